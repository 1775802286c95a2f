package offer_test

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

// reference is an index that any reader can see to be right: it looks at every
// offer, with a regular expression.
type reference struct {
	sources []source
	singles map[string]wirechief.Offer
	taken   map[string]bool
}

type source struct {
	name   string
	offers []wirechief.Offer
}

func newReference() *reference {
	return &reference{singles: make(map[string]wirechief.Offer), taken: make(map[string]bool)}
}

func (r *reference) load(name string, offers []wirechief.Offer) {
	for _, o := range offers {
		delete(r.singles, o.Number)
	}
	for i := range r.sources {
		if r.sources[i].name == name {
			r.sources[i].offers = offers
			return
		}
	}
	r.sources = append(r.sources, source{name, offers})
}

// put adds single offers, of numbers that no source has.
func (r *reference) put(offers ...wirechief.Offer) {
	known := newReference()
	known.sources = r.sources
	has := known.known()
	for _, o := range offers {
		if _, ok := has[o.Number]; !ok {
			r.singles[o.Number] = o
		}
	}
}

func (r *reference) unload(name string) {
	r.sources = slices.DeleteFunc(r.sources, func(s source) bool { return s.name == name })
}

// known is the terms of each number.
func (r *reference) known() map[string]wirechief.Offer {
	all := make(map[string]wirechief.Offer)
	for _, s := range slices.Backward(r.sources) {
		for _, o := range s.offers {
			all[o.Number] = o
		}
	}
	for number, o := range r.singles {
		all[number] = o
	}
	return all
}

func (r *reference) available() map[string]wirechief.Offer {
	all := r.known()
	for number := range r.taken {
		delete(all, number)
	}
	return all
}

// listing is what is on offer, in order.
func (r *reference) listing() listing {
	return slices.SortedFunc(maps.Values(r.available()), func(a, b wirechief.Offer) int { return cmp.Compare(a.Number, b.Number) })
}

type listing []wirechief.Offer

func (l listing) search(q wirechief.OfferQuery) offer.Result {
	var all []wirechief.Offer
	expression := expressionOf(q.Contains)
	for _, o := range l {
		if meets(o, q) && expression.MatchString(o.Number[1:]) {
			all = append(all, o)
		}
	}
	limit := cmp.Or(q.Limit, 50)
	skipped := min(q.Offset, len(all))
	all = all[skipped:]
	return offer.Result{Offers: all[:min(limit, len(all))], More: len(all) > limit, Skipped: skipped}
}

func meets(o wirechief.Offer, q wirechief.OfferQuery) bool {
	c, want := o.Capabilities, q.Capabilities
	return (q.Country == "" || strings.EqualFold(q.Country, o.Country)) &&
		(len(q.Types) == 0 || slices.Contains(q.Types, o.Type)) &&
		(c.Voice || !want.Voice) && (c.SMS || !want.SMS) && (c.MMS || !want.MMS) && (c.Fax || !want.Fax) &&
		(q.Carrier == "" || q.Carrier == o.Carrier) &&
		(q.Location == "" || strings.EqualFold(q.Location, o.Location)) &&
		strings.HasPrefix(o.Number, "+"+q.Prefix) &&
		(q.AreaCode == "" || hasAreaCode(o.Number, q.AreaCode))
}

// hasAreaCode knows the calling codes that the tests use.
func hasAreaCode(number, area string) bool {
	for _, code := range []string{"+1", "+44", "+61", "+683", "+353", "+7"} {
		if national, ok := strings.CutPrefix(number, code); ok {
			return strings.HasPrefix(national, area)
		}
	}
	return false
}

// expressionOf writes a pattern as a regular expression.
func expressionOf(pattern string) *regexp.Regexp {
	keys := strings.NewReplacer(
		"a", "2", "b", "2", "c", "2", "d", "3", "e", "3", "f", "3", "g", "4", "h", "4", "i", "4", "j", "5", "k", "5", "l", "5",
		"m", "6", "n", "6", "o", "6", "p", "7", "q", "7", "r", "7", "s", "7", "t", "8", "u", "8", "v", "8", "w", "9", "x", "9", "y", "9", "z", "9",
		"*", ".", "%", ".*",
	)
	s, start := strings.CutPrefix(pattern, "+")
	s, end := strings.CutSuffix(s, "$")
	s = keys.Replace(strings.ToLower(s))
	if start {
		s = "^" + s
	}
	if end {
		s += "$"
	}
	return regexp.MustCompile(s)
}
