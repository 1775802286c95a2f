package fonedynamics

import (
	"errors"
	"net/http"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
)

// Counts of entries in one answer: at most, and where the vendor gives 50 unless
// it is asked for more.
const (
	mostNumbers   = 200
	firstPage     = 50 // where the vendor's page is 50 entries
	mostAvailable = 200
)

func numberRoutes() []dialect.Route[handler] {
	return []dialect.Route[handler]{
		{Method: http.MethodPost, Path: "/Numbers/{Number}", Handle: (*server).configureNumber, Cite: "fonedynamics: POST /Numbers/[Number]"},
		{Method: http.MethodGet, Path: "/Numbers/{Number}", Handle: (*server).getNumber, Cite: "fonedynamics: GET /Numbers/[Number]"},
		{Method: http.MethodDelete, Path: "/Numbers/{Number}", Handle: (*server).releaseNumber, Cite: "fonedynamics: DELETE /Numbers/[Number]"},
		{Method: http.MethodGet, Path: "/Properties/{PropertySid}/Numbers", Handle: (*server).listPropertyNumbers, Cite: "fonedynamics: GET /Properties/[PropertySid]/Numbers"},
		{Method: http.MethodGet, Path: "/Accounts/{AccountSid}/Numbers", Handle: (*server).listAccountNumbers, Cite: "fonedynamics: GET /Accounts/[AccountSid]/Numbers"},
		{Method: http.MethodPost, Path: "/Properties/{PropertySid}/Numbers", Handle: (*server).purchaseNumber, Cite: "fonedynamics: POST /Properties/[PropertySid]/Numbers"},
		{Method: http.MethodGet, Path: "/AvailableNumbers", Handle: (*server).findAvailable, Cite: "fonedynamics: GET /AvailableNumbers"},
		{Method: http.MethodGet, Path: "/Numbers/Available", Handle: (*server).findAvailable, Cite: "fonedynamics: GET /AvailableNumbers, GET /v2/Numbers/Available"},
	}
}

// configureNumber changes what the request names (fonedynamics: POST
// /Numbers/[Number], Number). What it lacks depends on what the number has, of
// which an unknown number has nothing: so that is looked at before, and again
// when the number is held.
func (s *server) configureNumber(c *call) error {
	r := c.read()
	to := r.numberOfPath()
	set := readSettings(r)
	known, unknown := s.core.Number(c.ctx(), c.p, to)
	set.judge(r, &known)
	if err := r.err(); err != nil {
		return err
	}
	if unknown != nil {
		return unknown
	}
	h, err := s.holdings(c)
	if err != nil {
		return err
	}
	n, err := s.core.ConfigureNumber(c.ctx(), c.p, to, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		again := *r
		set.judge(&again, &n)
		if err := again.err(); err != nil {
			return wirechief.NumberPatch{}, err
		}
		return set.patch(&n)
	})
	if err != nil {
		return err
	}
	return s.answer(c, numberOf(&n, c.account(), h.of(n.Property)))
}

// fonedynamics: GET /Numbers/[Number], Number
func (s *server) getNumber(c *call) error {
	r := c.read()
	name := r.numberOfPath()
	if err := r.err(); err != nil {
		return err
	}
	n, err := s.core.Number(c.ctx(), c.p, name)
	if err != nil {
		return err
	}
	h, err := s.holdings(c)
	if err != nil {
		return err
	}
	return s.answer(c, numberWithExtras(&n, c.account(), h.of(n.Property)))
}

// fonedynamics: DELETE /Numbers/[Number], Number: it stays in quarantine.
func (s *server) releaseNumber(c *call) error {
	r := c.read()
	name := r.numberOfPath()
	if err := r.err(); err != nil {
		return err
	}
	n, err := s.core.Release(c.ctx(), c.p, name)
	if err != nil {
		return err
	}
	return s.answer(c, released{n.Number})
}

// fonedynamics: GET /Properties/[PropertySid]/Numbers, PropertySid, Type,
// Capabilites, Results_Count, Results_Skip
func (s *server) listPropertyNumbers(c *call) error {
	f, err := readNumberFilter(c.read())
	if err != nil {
		return err
	}
	p, h, err := s.property(c)
	if err != nil {
		return err
	}
	if h.stored {
		f.Property, f.Unassigned = p.SID, p.SID == h.list[0].SID
	}
	return s.listNumbers(c, f, h)
}

// fonedynamics: GET /Accounts/[AccountSid]/Numbers, AccountSid, Type,
// Capabilites, Capabilities, Results_Count, Results_Skip
func (s *server) listAccountNumbers(c *call) error {
	f, err := readNumberFilter(c.read())
	if err != nil {
		return err
	}
	if err := c.ownAccount(); err != nil {
		return err
	}
	h, err := s.holdings(c)
	if err != nil {
		return err
	}
	return s.listNumbers(c, f, h)
}

func (s *server) listNumbers(c *call, f wirechief.NumberFilter, h holdings) error {
	out := numbers{[]number{}}
	if f.Limit > 0 { // for the exchange 0 is no limit
		f.Tenant = c.p.Tenant
		found, _ := s.core.FindNumbers(c.ctx(), c.p, f)
		for i := range found {
			out.Numbers = append(out.Numbers, numberWithExtras(&found[i], c.account(), h.of(found[i].Property)))
		}
	}
	return s.answer(c, out)
}

// purchaseNumber buys a number; without the address that it needs it is
// pending (fonedynamics: POST /Properties/[PropertySid]/Numbers, PropertySid,
// Number, AddressSid, response 403).
func (s *server) purchaseNumber(c *call) error {
	r := c.read()
	var name string
	if r.need("Number") != "" {
		name, _ = r.number("Number")
	}
	sid, _ := r.words("AddressSid")
	if err := r.err(); err != nil {
		return err
	}
	p, h, err := s.property(c)
	if err != nil {
		return err
	}
	if p.Inactive {
		return wirechief.Errorf(wirechief.Forbidden, "the property is not active")
	}
	order := wirechief.OrderRequest{Tenant: c.p.Tenant, Number: name, PickAddress: sid == "", MayOwe: true, Property: h.key(p)}
	if sid != "" {
		if order.Address, err = addressID(c.p.Tenant, sid); err != nil {
			return err
		}
	}
	n, err := s.core.Order(c.ctx(), c.p, order)
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Rule == wirechief.RuleAlreadyOwned {
		e.Field = "number"
		if own, err := s.core.Number(c.ctx(), c.p, name); err == nil && h.of(own.Property) != p.SID {
			e = wirechief.Refuse(wirechief.Invalid, ruleOtherProperty, "%s is on another property of this account", name)
			e.Field = "number"
		}
		return e
	}
	if err != nil {
		return err
	}
	return s.answer(c, purchased{n.Number, statusWord(n.State)})
}

// findAvailable lists numbers that can be bought (fonedynamics: GET
// /AvailableNumbers, CountryCode, Type, Capabilities, Contains, Results_Count,
// Results_Skip). A country that is none is refused; of one without numbers the
// list is empty.
func (s *server) findAvailable(c *call) error {
	r := c.read()
	q := wirechief.OfferQuery{Types: readTypes(r), Capabilities: readCapabilities(r)}
	country, _ := r.words("CountryCode")
	if q.Country = upper(country); q.Country != "" && !e164.IsCountry(q.Country) && r.invalid == nil {
		r.invalid = wirechief.Refuse(wirechief.Invalid, ruleCountry, "%q is not a country of two letters such as AU", country)
		r.invalid.Field = "CountryCode"
	}
	q.Contains, _ = r.words("Contains")
	q.Limit, q.Offset = r.page(firstPage, mostAvailable)
	if err := r.err(); err != nil {
		return err
	}
	out := available{[]offered{}}
	if q.Limit > 0 {
		found, err := s.core.SearchOffers(c.ctx(), c.p, q)
		if err != nil {
			return err
		}
		for i := range found.Offers {
			out.Numbers = append(out.Numbers, offeredOf(&found.Offers[i]))
		}
	}
	return s.answer(c, out)
}

// country reads a country of two letters.
func (r *reading) country(name string) string {
	text, given := r.words(name)
	if !given || text == "" {
		return ""
	}
	if code := upper(text); e164.IsCountry(code) {
		return code
	}
	r.wrong(name, "%q is not a country of two letters such as AU", text)
	return ""
}
