package fonedynamics

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// mostEntries are the entries of one answer at most, of whatever kind.
const mostEntries = 200

func accountRoutes() []dialect.Route[handler] {
	return []dialect.Route[handler]{
		{Method: http.MethodGet, Path: "/Accounts/{AccountSid}", Handle: (*server).getAccount, Cite: "fonedynamics: GET /Accounts/[AccountSid]"},

		{Method: http.MethodPost, Path: "/Accounts/{AccountSid}/Addresses", Handle: (*server).createAddress, Cite: "fonedynamics: POST /Accounts/[AccountSid]/Addresses"},
		{Method: http.MethodGet, Path: "/Accounts/{AccountSid}/Addresses", Handle: (*server).listAddresses, Cite: "fonedynamics: GET /Accounts/[AccountSid]/Addresses"},
		{Method: http.MethodGet, Path: "/Addresses/{AddressSid}", Handle: (*server).getAddress, Cite: "fonedynamics: GET /Addresses/[AddressSid]"},
		{Method: http.MethodDelete, Path: "/Addresses/{AddressSid}", Handle: (*server).deleteAddress, Cite: "fonedynamics: DELETE /Addresses/[AddressSid]"},

		{Method: http.MethodPost, Path: "/Properties", Handle: (*server).createProperty, Cite: "fonedynamics: POST /Properties"},
		{Method: http.MethodGet, Path: "/Properties", Handle: (*server).listProperties, Cite: "fonedynamics: GET /Properties"},
		{Method: http.MethodGet, Path: "/Properties/{PropertySid}", Handle: (*server).getProperty, Cite: "fonedynamics: GET /Properties/[PropertySid]"},
		{Method: http.MethodGet, Path: "/Accounts/{AccountSid}/Properties", Handle: (*server).listAccountProperties, Cite: "fonedynamics: GET /Accounts/[AccountSid]/Properties"},
		{Method: http.MethodGet, Path: "/Properties/{PropertySid}/Flows", Handle: (*server).listFlows, Cite: "fonedynamics: GET /Properties/[PropertySid]/Flows"},

		{Method: http.MethodPost, Path: "/Properties/{PropertySid}/OnlineLogins", Handle: (*server).createLogin, Cite: "fonedynamics: POST /Properties/{PropertySid}/OnlineLogins"},
		{Method: http.MethodGet, Path: "/OnlineLogins", Handle: (*server).listLogins, Cite: "fonedynamics: GET /OnlineLogins"},
		{Method: http.MethodGet, Path: "/OnlineLogins/{OnlineLoginSid}", Handle: (*server).getLogin, Cite: "fonedynamics: GET /OnlineLogins/[OnlineLoginSid]"},

		{Method: http.MethodGet, Path: "/Calls/{CallSid}", Handle: (*server).getCall, Cite: "fonedynamics: GET /Calls/[CallSid]"},
		{Method: http.MethodGet, Path: "/Properties/{PropertySid}/Calls", Handle: (*server).listPropertyCalls, Cite: "fonedynamics: GET /Properties/[PropertySid]/Calls"},
		{Method: http.MethodGet, Path: "/Accounts/{AccountSid}/Calls", Handle: (*server).listAccountCalls, Cite: "fonedynamics: GET /Accounts/[AccountSid]/Calls"},
	}
}

// fonedynamics: GET /Accounts/[AccountSid], AccountSid
func (s *server) getAccount(c *call) error {
	if err := c.ownAccount(); err != nil {
		return err
	}
	t, err := s.core.Tenant(c.ctx(), c.p.Tenant)
	if err != nil {
		return err
	}
	var out account
	out.Account.AccountSid, out.Account.Name = c.account(), t.Name
	return s.answer(c, out)
}

// fonedynamics: POST /Accounts/[AccountSid]/Addresses, AccountSid
func (s *server) createAddress(c *call) error {
	wanted, err := readAddress(c.read())
	if err != nil {
		return err
	}
	if err := c.ownAccount(); err != nil {
		return err
	}
	a, err := s.core.Addresses().Put(c.ctx(), c.p, "", func(a *wirechief.Address) error {
		wanted.ID, wanted.CreatedAt = a.ID, a.CreatedAt
		*a = wanted
		return nil
	})
	if err != nil {
		return err
	}
	return s.answer(c, addressOf(&a, c))
}

// fonedynamics: GET /Accounts/[AccountSid]/Addresses, AccountSid, Results_Count,
// Results_Skip
func (s *server) listAddresses(c *call) error {
	r := c.read()
	matches := readAddressFilter(r)
	limit, skip := r.page(mostEntries, mostEntries)
	if err := r.err(); err != nil {
		return err
	}
	if err := c.ownAccount(); err != nil {
		return err
	}
	list, err := s.core.Addresses().List(c.ctx(), c.p.Tenant)
	if err != nil {
		return err
	}
	out := addresses{[]address{}}
	for i := range list {
		if a := addressOf(&list[i], c); matches(&a) {
			out.Addresses = append(out.Addresses, a)
		}
	}
	out.Addresses = cut(out.Addresses, limit, skip)
	return s.answer(c, out)
}

// cut gives one page of a list.
func cut[T any](list []T, limit, skip int) []T {
	list = list[min(skip, len(list)):]
	return list[:min(limit, len(list))]
}

// addressKey finds what the exchange calls the address in the path.
func (c *call) addressKey() (string, error) {
	id, err := addressID(c.p.Tenant, c.in.path("AddressSid"))
	return strconv.FormatInt(id, 10), err
}

// fonedynamics: GET /Addresses/[AddressSid], AddressSid
func (s *server) getAddress(c *call) error {
	key, err := c.addressKey()
	if err != nil {
		return err
	}
	a, err := s.core.Addresses().Get(c.ctx(), c.p.Tenant, key)
	if err != nil {
		return err
	}
	return s.answer(c, addressOf(&a, c))
}

// fonedynamics: DELETE /Addresses/[AddressSid], AddressSid
func (s *server) deleteAddress(c *call) error {
	key, err := c.addressKey()
	if err != nil {
		return err
	}
	if err := s.core.Addresses().Delete(c.ctx(), c.p, key); err != nil {
		return err
	}
	return s.answer(c, addressRemoved{c.in.path("AddressSid")})
}

func (s *server) createProperty(c *call) error {
	wanted, err := readProperty(c.read())
	if err != nil {
		return err
	}
	p, err := s.core.Properties().Put(c.ctx(), c.p, "", func(p *wirechief.Property) error {
		wanted.SID, wanted.CreatedAt = p.SID, p.CreatedAt
		*p = wanted
		return nil
	})
	if err != nil {
		return renamed(err, "name", "Name")
	}
	return s.answer(c, oneProperty{propertyOf(&p, c)})
}

// fonedynamics: GET /Properties, Results_Count, Results_Skip
func (s *server) listProperties(c *call) error {
	r := c.read()
	limit, skip := r.page(mostEntries, mostEntries)
	if err := r.err(); err != nil {
		return err
	}
	h, err := s.holdings(c)
	if err != nil {
		return err
	}
	out := properties{[]property{}}
	for i := range h.list {
		out.Properties = append(out.Properties, propertyOf(&h.list[i], c))
	}
	out.Properties = cut(out.Properties, limit, skip)
	return s.answer(c, out)
}

// fonedynamics: GET /Accounts/[AccountSid]/Properties, AccountSid, Results_Count,
// Results_Skip
func (s *server) listAccountProperties(c *call) error {
	if err := c.ownAccount(); err != nil {
		return err
	}
	return s.listProperties(c)
}

// fonedynamics: GET /Properties/[PropertySid], PropertySid
func (s *server) getProperty(c *call) error {
	p, _, err := s.property(c)
	if err != nil {
		return err
	}
	return s.answer(c, oneProperty{propertyOf(&p, c)})
}

// fonedynamics: GET /Properties/[PropertySid]/Flows, PropertySid, Results_Count,
// Results_Skip
func (s *server) listFlows(c *call) error {
	r := c.read()
	limit, skip := r.page(firstPage, mostEntries)
	if err := r.err(); err != nil {
		return err
	}
	p, h, err := s.property(c)
	if err != nil {
		return err
	}
	list, err := s.core.Flows().List(c.ctx(), c.p.Tenant)
	if err != nil {
		return err
	}
	out := flows{[]flow{}}
	for i := range list {
		if h.of(list[i].Property) == p.SID {
			out.Flows = append(out.Flows, flowOf(&list[i], p.SID))
		}
	}
	out.Flows = cut(out.Flows, limit, skip)
	return s.answer(c, out)
}

// createLogin lets somebody see a property. The one that follows from the
// tenant's name is kept from now on, when it is that (fonedynamics: POST
// /Properties/{PropertySid}/OnlineLogins, PropertySid).
func (s *server) createLogin(c *call) error {
	wanted, err := readLogin(c.read())
	if err != nil {
		return err
	}
	p, h, err := s.property(c)
	if err != nil {
		return err
	}
	if !h.stored {
		if p, err = s.core.Properties().Put(c.ctx(), c.p, "", func(fresh *wirechief.Property) error {
			*fresh = p // without a time: it was there before all others, and stays the first
			return nil
		}); err != nil {
			return err
		}
	}
	login, err := wanted.hashed(c.ctx(), s.core)
	if err != nil {
		return err
	}
	login.Permissions = []wirechief.LoginPermission{{Property: p.SID, Scopes: wanted.scopes}}
	shelf := s.core.OnlineLogins()
	login, err = shelf.Put(c.ctx(), c.p, "", func(l *wirechief.OnlineLogin) error {
		if err := s.mailIsFree(c, login.Email); err != nil {
			return err
		}
		login.ID, login.CreatedAt = l.ID, l.CreatedAt
		*l = login
		return nil
	})
	if err != nil {
		return err
	}
	return s.answer(c, oneLogin{loginOf(&login)})
}

// logins lists those of the account, the first that was made first.
func (s *server) logins(c *call) ([]wirechief.OnlineLogin, error) {
	list, err := s.core.OnlineLogins().List(c.ctx(), c.p.Tenant)
	slices.SortStableFunc(list, func(a, b wirechief.OnlineLogin) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return list, err
}

// fonedynamics: GET /OnlineLogins, Results_Count, Results_Skip, NextPageToken: in a request it goes on after
// the page that gave it, which is the SID of its last login.
func (s *server) listLogins(c *call) error {
	r := c.read()
	limit, skip := r.page(firstPage, mostEntries)
	after, _ := r.words("NextPageToken")
	if after == "" {
		after, _ = r.words("PageToken")
	}
	if err := r.err(); err != nil {
		return err
	}
	list, err := s.logins(c)
	if err != nil {
		return err
	}
	out := onlineLogins{OnlineLogins: []onlineLogin{}, TotalCount: len(list)}
	if after != "" {
		at := slices.IndexFunc(list, func(l wirechief.OnlineLogin) bool { return l.ID == after })
		if at < 0 {
			return wirechief.InvalidField("NextPageToken", "the token is none that was given out")
		}
		list = list[at+1:]
	}
	page := cut(list, limit, skip)
	for i := range page {
		out.OnlineLogins = append(out.OnlineLogins, loginOf(&page[i]))
	}
	if n := len(page); n > 0 && skip+n < len(list) {
		out.NextPageToken = page[n-1].ID
	}
	return s.answer(c, out)
}

// fonedynamics: GET /OnlineLogins/[OnlineLoginSid], OnlineLoginSid
func (s *server) getLogin(c *call) error {
	l, err := s.core.OnlineLogins().Get(c.ctx(), c.p.Tenant, c.in.path("OnlineLoginSid"))
	if err != nil {
		return err
	}
	return s.answer(c, onlineLogins{OnlineLogins: []onlineLogin{loginOf(&l)}, TotalCount: 1})
}
