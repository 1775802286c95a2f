package offer_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

// local is an ordinary offer.
func local(number string) wirechief.Offer {
	return wirechief.Offer{
		Number: number, Carrier: "sim", Type: wirechief.TypeLocal, Country: "US", Location: "CA",
		Capabilities: wirechief.Capabilities{Voice: true, SMS: true}, Price: 1_000_000, Address: wirechief.AddressNone,
	}
}

// indexOf loads offers as one source.
func indexOf(t testing.TB, offers ...wirechief.Offer) *offer.Index {
	t.Helper()
	x := offer.New()
	load(t, x, "list", offers)
	return x
}

func load(t testing.TB, x *offer.Index, source string, offers []wirechief.Offer) {
	t.Helper()
	blocks, err := offer.Pack(slices.Values(offers))
	if err == nil {
		err = x.Load(source, blocks)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func numbersOf(offers []wirechief.Offer) (numbers []string) {
	for _, o := range offers {
		numbers = append(numbers, o.Number)
	}
	return numbers
}

func search(t testing.TB, x *offer.Index, q wirechief.OfferQuery) []string {
	t.Helper()
	r, err := x.Search(q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return numbersOf(r.Offers)
}

// Numbers of several lengths, that the table asks for by pattern.
var listed = []string{
	"+12405550123", "+15105550100", "+15105550101", "+15108255300", "+18003569377", "+18005551234",
	"+353871234567", "+442079460000", "+447700900123", "+6834001",
}

func TestPattern(t *testing.T) {
	var offers []wirechief.Offer
	for _, n := range listed {
		offers = append(offers, local(n))
	}
	x := indexOf(t, offers...)
	tests := []struct {
		pattern string
		want    []string
	}{
		{"", listed},
		{"%", listed},
		{"+", listed},
		{"$", listed},
		{"+%$", listed},
		{"+$", nil},
		{"5550", []string{"+12405550123", "+15105550100", "+15105550101"}},
		{"1510", []string{"+15105550100", "+15105550101", "+15108255300"}},
		{"FLOWERS", []string{"+18003569377"}},
		{"flowers$", []string{"+18003569377"}},
		{"CALL", nil},
		{"tall", []string{"+15108255300"}},
		{"00$", []string{"+15105550100", "+15108255300", "+442079460000"}},
		{"+44", []string{"+442079460000", "+447700900123"}},
		{"+4", []string{"+442079460000", "+447700900123"}},
		{"44", []string{"+442079460000", "+447700900123"}},
		{"+18%4$", []string{"+18005551234"}},
		{"+*******$", []string{"+6834001"}},
		{"************", []string{"+353871234567", "+442079460000", "+447700900123"}},
		{"*************", nil},
		{"+1***555", []string{"+12405550123", "+15105550100", "+15105550101", "+18005551234"}},
		{"5*5%0*0", []string{"+15105550100", "+15105550101"}},
		{"5%55%5%01", []string{"+15105550100", "+15105550101"}},
		{"0%0%0%0", []string{"+15105550100", "+442079460000", "+447700900123"}},
		{"00%00%00%0", nil},
		{"010%01$", nil}, // pieces do not overlap
		{"+1510555%5550101$", nil},
		{"123%4", []string{"+18005551234", "+353871234567"}},
		{"+6834001$", []string{"+6834001"}},
		{"+683400$", nil},
		{"834001", []string{"+6834001"}},
		{"%%00%%1%%", []string{"+18005551234", "+447700900123", "+6834001"}},
		{"3333333333333333", nil},
	}
	for _, tt := range tests {
		if got := search(t, x, wirechief.OfferQuery{Contains: tt.pattern}); !slices.Equal(got, tt.want) {
			t.Errorf("%q gave %v, want %v", tt.pattern, got, tt.want)
		}
	}
}

func TestMalformedQuery(t *testing.T) {
	tests := []struct {
		field string
		q     wirechief.OfferQuery
	}{
		{"limit", wirechief.OfferQuery{Limit: -1}},
		{"limit", wirechief.OfferQuery{Limit: 1001}},
		{"offset", wirechief.OfferQuery{Offset: -1}},
		{"country", wirechief.OfferQuery{Country: "USA"}},
		{"country", wirechief.OfferQuery{Country: "U1"}},
		{"country", wirechief.OfferQuery{Country: "é"}},
		{"type", wirechief.OfferQuery{Types: []wirechief.NumberType{"local", "fixed"}}},
		{"area_code", wirechief.OfferQuery{AreaCode: "51O"}},
		{"area_code", wirechief.OfferQuery{AreaCode: "1234567890123456"}},
		{"prefix", wirechief.OfferQuery{Prefix: "+1510"}},
		{"prefix", wirechief.OfferQuery{Prefix: "1234567890123456"}},
		{"contains", wirechief.OfferQuery{Contains: "5-1"}},
		{"contains", wirechief.OfferQuery{Contains: "0%0%0%0%0"}},
		{"contains", wirechief.OfferQuery{Contains: "5 1"}},
		{"contains", wirechief.OfferQuery{Contains: "5+1"}},
		{"contains", wirechief.OfferQuery{Contains: "++1"}},
		{"contains", wirechief.OfferQuery{Contains: "1$2"}},
		{"contains", wirechief.OfferQuery{Contains: "1$$"}},
		{"contains", wirechief.OfferQuery{Contains: "1+"}},
		{"contains", wirechief.OfferQuery{Contains: "é"}},
		{"contains", wirechief.OfferQuery{Contains: "٣"}},
		{"contains", wirechief.OfferQuery{Contains: "@"}},
		{"contains", wirechief.OfferQuery{Contains: "["}},
		{"contains", wirechief.OfferQuery{Contains: strings.Repeat("1", 33)}},
	}
	x := indexOf(t, local("+15105550100"))
	for _, tt := range tests {
		r, err := x.Search(tt.q)
		e, ok := errors.AsType[*wirechief.Error](err)
		if !ok || e.Kind != wirechief.Invalid || e.Field != tt.field || e.Message == "" {
			t.Errorf("%+v gave %v, %#v; want an error about %s", tt.q, r, err, tt.field)
		}
	}
}

// A page begins and ends where it should, whether blocks or single offers hold
// the numbers.
func TestPages(t *testing.T) {
	made, err := offer.Generate("US", []string{"510", "240"}, 120)
	if err != nil {
		t.Fatal(err)
	}
	numbers := slices.Sorted(made)
	x := offer.New()
	var listed []wirechief.Offer
	for i, n := range numbers {
		if i%3 > 0 {
			listed = append(listed, local(n))
		} else if err := x.Put(local(n)); err != nil {
			t.Fatal(err)
		}
	}
	load(t, x, "list", listed)
	for _, limit := range []int{0, 1, 7, 1000} {
		for offset := range 125 {
			r, err := x.Search(wirechief.OfferQuery{Limit: limit, Offset: offset})
			if err != nil {
				t.Fatal(err)
			}
			from := min(offset, len(numbers))
			to := min(from+max(limit, 1), len(numbers))
			if limit == 0 {
				to = min(from+50, len(numbers))
			}
			if got := numbersOf(r.Offers); !slices.Equal(got, numbers[from:to]) || r.More != (to < len(numbers)) {
				t.Fatalf("limit %d, offset %d gave %v, more %v", limit, offset, got, r.More)
			}
		}
	}
}

// The index and the reference answer alike, whatever happens to both.
func TestSearchAgainstReference(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 7))
		x, ref := offer.New(), newReference()
		pool := randomOffers(r, 3000)
		for range 25 {
			disturb(t, r, x, ref, pool)
			if got, want := x.Len(), len(ref.known()); got != want {
				t.Fatalf("%d numbers known, want %d", got, want)
			}
			if got, want := x.Available(), len(ref.available()); got != want {
				t.Fatalf("%d numbers on offer, want %d", got, want)
			}
			if got, want := x.Sources(), len(ref.sources); got != want {
				t.Fatalf("%d sources, want %d", got, want)
			}
			list := ref.listing()
			for range 8 {
				compare(t, x, list, randomQuery(r, pool))
			}
			checkOne(t, x, ref, pool[r.IntN(len(pool))].Number)
		}
	}
}

// Many blocks, some of them narrow parts of what is asked for.
func TestManyBlocksAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var pool []wirechief.Offer
	for _, p := range []struct {
		country string
		areas   []string
		count   int
	}{{"US", []string{"212", "510", "800"}, 40_000}, {"CA", []string{"416"}, 10_000}, {"GB", []string{"20", "1534"}, 15_000}, {"NU", nil, 4000}} {
		made, err := offer.Generate(p.country, p.areas, p.count)
		if err != nil {
			t.Fatal(err)
		}
		for n := range made {
			o := local(n)
			o.Country, o.Location = p.country, pick(r, "CA", "NY", "ON")
			pool = append(pool, o)
		}
	}
	x, ref := offer.New(), newReference()
	load(t, x, "a", pool[:45_000])
	ref.load("a", pool[:45_000])
	load(t, x, "b", pool[30_000:])
	ref.load("b", pool[30_000:])
	for range 300 {
		o := pool[r.IntN(len(pool))]
		if o.Location = "released"; r.IntN(2) == 0 {
			o.Number = o.Number[:len(o.Number)-1] + "9"
		}
		ref.put(o)
		if err := x.Put(o); err != nil {
			t.Fatal(err)
		}
		n := pool[r.IntN(len(pool))].Number
		ref.taken[n] = true
		x.Take(n)
	}
	list := ref.listing()
	for range 12 {
		q := randomQuery(r, pool)
		q.Carrier, q.Offset = "", q.Offset*pick(r, 0, 1, 30)
		compare(t, x, list, q)
	}
}

// compare asks both.
func compare(t *testing.T, x *offer.Index, list listing, q wirechief.OfferQuery) {
	t.Helper()
	got, err := x.Search(q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	want := list.search(q)
	if len(got.Offers) == 0 && len(want.Offers) == 0 {
		got.Offers, want.Offers = nil, nil
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%+v (-want +got):\n%s", q, d)
	}
}

func checkOne(t *testing.T, x *offer.Index, ref *reference, number string) {
	t.Helper()
	terms, known := x.Terms(number)
	if want, ok := ref.known()[number]; ok != known || terms != want {
		t.Fatalf("terms of %s: %+v, %v; want %+v, %v", number, terms, known, want, ok)
	}
	open, ok := x.Get(number)
	if want, on := ref.available()[number]; on != ok || open != want {
		t.Fatalf("%s: %+v, on offer %v; want %+v, %v", number, open, ok, want, on)
	}
}

// disturb does the same to both.
func disturb(t *testing.T, r *rand.Rand, x *offer.Index, ref *reference, pool []wirechief.Offer) {
	t.Helper()
	some := func() string { return pool[r.IntN(len(pool))].Number }
	switch r.IntN(8) {
	case 0, 1:
		name := string(rune('a' + r.IntN(3)))
		var offers []wirechief.Offer
		for _, o := range pool {
			if r.IntN(3) > 0 {
				o.Carrier = name + o.Carrier[:1]
				offers = append(offers, o)
			}
		}
		load(t, x, name, offers)
		ref.load(name, offers)
	case 2:
		name := string(rune('a' + r.IntN(3)))
		x.Unload(name)
		ref.unload(name)
	case 3:
		for range r.IntN(100) {
			n := some()
			x.Take(n)
			ref.taken[n] = true
		}
	case 4:
		for range r.IntN(100) {
			n := some()
			x.Give(n)
			delete(ref.taken, n)
		}
	case 5, 6:
		var offers []wirechief.Offer
		for range r.IntN(40) {
			o := pool[r.IntN(len(pool))]
			o.Carrier, o.Price = "released", wirechief.Money(r.IntN(5))
			offers = append(offers, o)
		}
		ref.put(offers...)
		if err := x.Put(offers...); err != nil {
			t.Fatal(err)
		}
	case 7:
		gone := []string{"no number", "+15105559999"}
		delete(ref.singles, gone[1])
		for number := range ref.singles {
			if r.IntN(2) == 0 {
				gone = append(gone, number)
				delete(ref.singles, number)
			}
		}
		x.Remove(gone...)
	}
}

func randomOffers(r *rand.Rand, n int) []wirechief.Offer {
	plans := []struct {
		country, prefix string
		digits          int
	}{
		{"US", "+1510555", 4},
		{"US", "+1800555", 4},
		{"CA", "+1416555", 4},
		{"GB", "+4420794", 5},
		{"GB", "+44150", 6},
		{"AU", "+6125550", 4},
		{"NU", "+6834", 3},
		{"IE", "+3531555", 4},
		{"KZ", "+770155", 5},
	}
	all := make([]wirechief.Offer, 0, n)
	for range n {
		p := plans[r.IntN(len(plans))]
		number := p.prefix
		for range p.digits {
			number += string(rune('0' + r.IntN(10)))
		}
		all = append(all, wirechief.Offer{
			Number: number, Country: p.country, Carrier: pick(r, "sim", "bulkvs"), Location: pick(r, "", "CA", "Leeds", "Ōtara"),
			Type: pick(r, wirechief.TypeLocal, wirechief.TypeMobile, wirechief.TypeTollFree), Price: wirechief.Money(r.IntN(3) * 500_000),
			Capabilities: wirechief.Capabilities{Voice: r.IntN(3) > 0, SMS: r.IntN(3) > 0, MMS: r.IntN(2) > 0, Fax: r.IntN(9) == 0},
			Address:      pick(r, wirechief.AddressNone, wirechief.AddressLocal),
		})
	}
	slices.SortStableFunc(all, func(a, b wirechief.Offer) int { return strings.Compare(a.Number, b.Number) })
	return slices.CompactFunc(all, func(a, b wirechief.Offer) bool { return a.Number == b.Number })
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func randomQuery(r *rand.Rand, pool []wirechief.Offer) wirechief.OfferQuery {
	var q wirechief.OfferQuery
	like := pool[r.IntN(len(pool))]
	maybe := func(n int, f func()) {
		if r.IntN(n) == 0 {
			f()
		}
	}
	maybe(5, func() { q.Country = pick(r, like.Country, strings.ToLower(like.Country), "FR") })
	maybe(5, func() { q.Types = []wirechief.NumberType{like.Type, wirechief.TypeNational} })
	maybe(5, func() { q.Capabilities = like.Capabilities })
	maybe(5, func() { q.Location = pick(r, like.Location, strings.ToUpper(like.Location), "nowhere") })
	maybe(8, func() { q.Carrier = pick(r, "as", "bb", "released") })
	maybe(5, func() { q.AreaCode = pick(r, "510", "20", "1", "4", "416", "99", "2555"+pick(r, "0", "01", "9")) })
	maybe(5, func() { q.Prefix = like.Number[1:][:r.IntN(len(like.Number))] })
	maybe(3, func() { q.Offset = r.IntN(2000) })
	maybe(2, func() { q.Limit = 1 + r.IntN(1000) })
	if r.IntN(4) > 0 {
		q.Contains = randomPattern(r, like.Number[1:])
	}
	return q
}

// randomPattern makes one that has a fair chance to fit a number.
func randomPattern(r *rand.Rand, digits string) string {
	from := r.IntN(len(digits))
	to := from + 1 + r.IntN(min(len(digits)-from, 6))
	start, end := r.IntN(4) == 0, r.IntN(4) == 0
	if start {
		from = 0
		to = max(to-3, 1)
	}
	if end {
		to = len(digits)
		from = max(from, min(to-1, 5))
	}
	b := []byte(digits[from:max(to, from+1)])
	for i := range b {
		switch r.IntN(8) {
		case 0:
			b[i] = '*'
		case 1:
			b[i] = '%'
		case 2:
			if b[i] > '1' {
				b[i] = "abcdefghijklmnopqrstuvwxyzABCMZ"[r.IntN(31)]
			}
		}
	}
	s := string(b)
	if start {
		s = "+" + s
	}
	if end {
		s += "$"
	}
	return s
}
