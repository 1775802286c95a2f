package offer

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// The sizes of a page.
const (
	limitDefault = 50
	limitMost    = 1000
)

// query is an OfferQuery as the index asks it.
type query struct {
	wirechief.OfferQuery
	pattern *pattern // nil: any number
	within  span     // prefix, and the literal start of the pattern
	area    string   // not yet a span: that depends on the calling codes there are

	chooses bool // whether anything is asked of kinds
	facts
	sites []uint32 // those at the location
}

// unknownName stands for a carrier that the base does not know.
const unknownName = ^uint32(0)

// compile checks a query.
func compile(q wirechief.OfferQuery) (*query, error) {
	c := &query{OfferQuery: q, area: q.AreaCode, within: span{0, after}}
	if q.Limit < 0 || q.Limit > limitMost {
		return nil, wirechief.InvalidField("limit", "a page has 1 to %d offers", limitMost)
	}
	if q.Limit == 0 {
		c.Limit = limitDefault
	}
	if q.Offset < 0 {
		return nil, wirechief.InvalidField("offset", "no fewer than 0 offers can be left out")
	}
	if q.Country != "" {
		c.Country = strings.ToUpper(q.Country)
		if !isCountry(c.Country) {
			return nil, wirechief.InvalidField("country", "%q is not a country; give two letters, as US", clip(q.Country))
		}
		c.country = countryBits(c.Country)
	}
	for _, t := range q.Types {
		if !slices.Contains(types[:], t) {
			return nil, wirechief.InvalidField("type", "%q is not a type of number; one of local, toll-free, mobile, national, shared-rate", clip(string(t)))
		}
		c.types |= typeBit(t)
	}
	if !areDigits(q.AreaCode) {
		return nil, wirechief.InvalidField("area_code", "an area code is at most %d digits, without the country code", places)
	}
	if !areDigits(q.Prefix) {
		return nil, wirechief.InvalidField("prefix", "a prefix is at most %d digits, country code included", places)
	}
	c.within = spanOf(pack(q.Prefix))
	p, err := parsePattern(q.Contains)
	if err != nil {
		return nil, err
	}
	if p != nil {
		prefix, all := p.prefix()
		c.within = c.within.and(spanOf(prefix))
		if !all {
			c.pattern = p
		}
	}
	c.capabilities = capabilityBits(q.Capabilities)
	c.Location = strings.ToLower(q.Location)
	c.chooses = c.country != 0 || c.types != 0 || c.capabilities != 0 || c.Carrier != ""
	return c, nil
}

func areDigits(s string) bool {
	return len(s) <= places && strings.Trim(s, "0123456789") == ""
}

// spans gives where the numbers that are meant can be, in order, when there
// are numbers of these calling codes.
func (q *query) spans(codes []digits) []span {
	if q.area == "" {
		return []span{q.within}
	}
	var all []span
	for _, code := range codes {
		if prefix, ok := code.join(q.area); ok {
			if s := q.within.and(spanOf(prefix)); !s.empty() {
				all = append(all, s)
			}
		}
	}
	return all
}

// know looks up the names that are asked for.
func (q *query) know(d *dictionary) {
	if q.Carrier != "" {
		id, ok := d.names[q.Carrier]
		if !ok {
			id = unknownName
		}
		q.carrier = id
	}
	q.sites = d.spelled[q.Location]
}

// asksInVain says whether no number of any source can meet the query, whatever
// its digits.
func (q *query) asksInVain(d *dictionary) bool {
	if q.Location != "" && len(q.sites) == 0 {
		return true
	}
	return q.chooses && !slices.ContainsFunc(d.facts, func(f facts) bool { return q.accepts(&f) })
}

// accepts says whether a kind meets what is asked of it.
func (q *query) accepts(f *facts) bool {
	return (q.country == 0 || q.country == f.country) &&
		(q.types == 0 || q.types&f.types != 0) &&
		q.capabilities&^f.capabilities == 0 &&
		(q.carrier == 0 || q.carrier == f.carrier)
}

// acceptsSingle says the same of a single offer, that is in no dictionary.
func (q *query) acceptsSingle(s *single) bool {
	o := &s.offer
	return s.open &&
		(q.country == 0 || q.Country == o.Country) &&
		(q.types == 0 || q.types&typeBit(o.Type) != 0) &&
		q.capabilities&^capabilityBits(o.Capabilities) == 0 &&
		(q.Carrier == "" || q.Carrier == o.Carrier) &&
		(q.Location == "" || q.Location == s.site) &&
		(q.pattern == nil || q.pattern.fits(s.number))
}
