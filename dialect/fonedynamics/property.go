package fonedynamics

import (
	"slices"

	"github.com/wirechief/wirechief"
)

// holdings are the properties of an account, in the order in which it got
// them. There is always a first one: a tenant without any is shown one that
// follows from its name.
type holdings struct {
	list    []wirechief.Property
	derived string // SID of the one that follows from the name
	stored  bool   // false: the list is the derived one, which is nowhere kept
}

// holdings looks up what the account has.
func (s *server) holdings(c *call) (holdings, error) {
	h := holdings{derived: wirechief.SID('S', c.p.Tenant, 0), stored: true} // ids begin at 1
	var err error
	if h.list, err = s.core.Properties().List(c.ctx(), c.p.Tenant); err != nil {
		return h, err
	}
	slices.SortStableFunc(h.list, func(a, b wirechief.Property) int { return a.CreatedAt.Compare(b.CreatedAt) })
	if len(h.list) > 0 {
		return h, nil
	}
	t, err := s.core.Tenant(c.ctx(), c.p.Tenant)
	if err != nil {
		return h, err
	}
	h.stored = false
	h.list = []wirechief.Property{{SID: h.derived, Name: t.Name, TimeZone: "UTC"}}
	if t.Name == "" {
		h.list[0].Name = t.ID
	}
	return h, nil
}

// find gives the property that a client names. Another account's is as
// unknown. The derived one stands for the first for good, so that what a client
// has noted stays true.
func (h *holdings) find(sid string) (wirechief.Property, error) {
	for _, p := range h.list {
		if p.SID == sid {
			return p, nil
		}
	}
	if sid == h.derived {
		return h.list[0], nil
	}
	return wirechief.Property{}, &wirechief.Error{Kind: wirechief.NotFound, Field: "property", Message: "there is no such property"}
}

// of gives the SID of the property that something is on, which may be none or
// one that has gone: then it is on the first.
func (h *holdings) of(property string) string {
	if slices.ContainsFunc(h.list, func(p wirechief.Property) bool { return p.SID == property }) {
		return property
	}
	return h.list[0].SID
}

// key is what the exchange calls a property: "" for one that is not kept.
func (h *holdings) key(p wirechief.Property) string {
	if !h.stored {
		return ""
	}
	return p.SID
}

// property finds the property that the path names.
func (s *server) property(c *call) (wirechief.Property, holdings, error) {
	h, err := s.holdings(c)
	if err != nil {
		return wirechief.Property{}, h, err
	}
	p, err := h.find(c.in.path("PropertySid"))
	return p, h, err
}

// ownAccount refuses every account in the path but the one of the credential.
func (c *call) ownAccount() error {
	if c.in.path("AccountSid") != c.account() {
		return &wirechief.Error{Kind: wirechief.NotFound, Field: "account", Message: "there is no such account"}
	}
	return nil
}
