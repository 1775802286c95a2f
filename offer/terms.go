package offer

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// longest is how long the name of a carrier or a place may be, in octets.
const longest = 255

// The closed lists of an offer, in the order of the numbers that stand for
// their entries on disk: add at the end only.
var (
	types     = [...]wirechief.NumberType{wirechief.TypeLocal, wirechief.TypeTollFree, wirechief.TypeMobile, wirechief.TypeNational, wirechief.TypeSharedRate}
	addresses = [...]wirechief.AddressRequirement{wirechief.AddressNone, wirechief.AddressAny, wirechief.AddressLocal, wirechief.AddressForeign}
)

// The bits of capabilities, on disk and in memory.
const (
	voice = 1 << iota
	sms
	mms
	fax
)

func capabilityBits(c wirechief.Capabilities) (b uint8) {
	for i, has := range [...]bool{c.Voice, c.SMS, c.MMS, c.Fax} {
		if has {
			b |= 1 << i
		}
	}
	return b
}

func capabilities(b uint8) wirechief.Capabilities {
	return wirechief.Capabilities{Voice: b&voice != 0, SMS: b&sms != 0, MMS: b&mms != 0, Fax: b&fax != 0}
}

// Check says what is wrong with an offer; nil: it can be packed and put.
func Check(o wirechief.Offer) error {
	_, _, err := split(o)
	return err
}

// split takes an offer apart: its number, and the terms, which many share.
func split(o wirechief.Offer) (digits, wirechief.Offer, error) {
	d, ok := digitsOf(o.Number)
	if !ok {
		return 0, o, wirechief.InvalidField("number", "an offer needs a telephone number in international form, as +15105550100")
	}
	o.Number = ""
	if o.Address == "" {
		o.Address = wirechief.AddressNone
	}
	return d, o, checkTerms(o)
}

func checkTerms(o wirechief.Offer) error {
	switch {
	case !isCountry(o.Country):
		return wirechief.InvalidField("country", "%q is not a country; give two capital letters, as US", clip(o.Country))
	case !slices.Contains(types[:], o.Type):
		return wirechief.InvalidField("type", "%q is not a type of number; one of local, toll-free, mobile, national, shared-rate", clip(string(o.Type)))
	case !slices.Contains(addresses[:], o.Address):
		return wirechief.InvalidField("address", "%q is not an address requirement; one of none, any, local, foreign", clip(string(o.Address)))
	case len(o.Carrier) > longest || !utf8.ValidString(o.Carrier):
		return wirechief.InvalidField("carrier", "the name of a carrier has at most %d octets of UTF-8", longest)
	case len(o.Location) > longest || !utf8.ValidString(o.Location):
		return wirechief.InvalidField("location", "a location has at most %d octets of UTF-8", longest)
	case o.Price < 0:
		return wirechief.InvalidField("price", "a price is not below zero")
	}
	return nil
}

// isCountry says whether s is two capital letters.
func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

// clip shortens what is quoted.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

// row is one number of a table.
type row struct {
	number digits
	terms  uint32 // in the table's dictionary
	order  uint32 // in which it came; of two, the later one holds
}

// table is offers on their way to or from their packed form: the numbers, and
// what they cost, which is said once for all that are alike.
type table struct {
	rows  []row
	terms []wirechief.Offer // without numbers
	ids   map[wirechief.Offer]uint32
}

func newTable() *table { return &table{ids: make(map[wirechief.Offer]uint32)} }

// id finds terms in the dictionary or adds them.
func (t *table) id(terms wirechief.Offer) uint32 {
	id, ok := t.ids[terms]
	if !ok {
		id = uint32(len(t.terms))
		t.terms = append(t.terms, terms)
		t.ids[terms] = id
	}
	return id
}

func (t *table) add(number digits, terms uint32) {
	t.rows = append(t.rows, row{number, terms, uint32(len(t.rows))})
}

// sort brings the numbers into order, each once.
func (t *table) sort() {
	if t.ascends() {
		return
	}
	slices.SortFunc(t.rows, func(a, b row) int {
		if c := cmp.Compare(a.number, b.number); c != 0 {
			return c
		}
		return cmp.Compare(b.order, a.order)
	})
	t.rows = slices.CompactFunc(t.rows, func(a, b row) bool { return a.number == b.number })
}

// ascends says whether each number is beyond the one before it.
func (t *table) ascends() bool {
	for i := 1; i < len(t.rows); i++ {
		if t.rows[i].number <= t.rows[i-1].number {
			return false
		}
	}
	return true
}
