package exchange_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/state"
	testworld "github.com/wirechief/wirechief/test/world"
)

// A tenant cannot hold the whole inventory, whether it asks for one after the
// other or for all at once; what has run out or been given up does not count.
func TestATenantHoldsSoManyNumbersAtMost(t *testing.T) {
	w := shop(t)
	w.apply(`offers: [{generate: {country: US, area_codes: ["646", "415"], count: 1200}, carrier: main}]`)
	var numbers []string
	for _, area := range []string{"415", "646"} {
		for _, o := range must(w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{AreaCode: area, Limit: 1000}))(t).Offers {
			numbers = append(numbers, o.Number)
		}
	}
	var all sync.WaitGroup
	for chunk := range slices.Chunk(numbers, exchange.ReservationMost) {
		all.Go(func() {
			if _, err := w.Reserve(t.Context(), acme, chunk); err != nil {
				wantError(t, err, wirechief.Exhausted, "", "numbers")
			}
		})
	}
	all.Wait()
	held := 0
	reservations := w.Reservations(t.Context(), acme)
	for _, r := range reservations {
		held += len(r.Numbers)
	}
	if held != exchange.HoldMost {
		t.Errorf("%d numbers are held", held)
	}
	_, err := w.Reserve(t.Context(), acme, []string{"+15105550100"})
	wantError(t, err, wirechief.Exhausted, "", "numbers")
	if _, err := w.Reserve(t.Context(), globex, []string{"+15105550100"}); err != nil {
		t.Errorf("another tenant may not: %v", err)
	}
	if err := w.CancelReservation(t.Context(), acme, reservations[0].Token, reservations[0].Numbers[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Reserve(t.Context(), acme, []string{"+15105550101"}); err != nil {
		t.Errorf("after one was given up: %v", err)
	}
	w.clock.advance(time.Hour) // nobody has to sweep
	if _, err := w.Reserve(t.Context(), acme, []string{"+353766800100"}); err != nil {
		t.Errorf("after they have run out: %v", err)
	}
}

// A carrier is asked about one number of a reservation at most; what a search
// has found need not be asked about.
func TestAReservationAsksCarriersOnce(t *testing.T) {
	var lists []string
	for i := range 20 {
		lists = append(lists, fmt.Sprintf("+151055501%02d", i))
	}
	w, s := newAsked(t, lists...)
	_, err := w.Reserve(t.Context(), acme, lists)
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "numbers")
	if n := s.looked.Swap(0); n > 1 {
		t.Errorf("the carrier was asked %d times", n)
	}
	if _, err := w.Reserve(t.Context(), acme, lists[:1]); err != nil {
		t.Errorf("a single one: %v", err)
	}
	if _, err := w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{AreaCode: "510"}); err != nil {
		t.Fatal(err)
	}
	s.looked.Swap(0)
	if _, err := w.Reserve(t.Context(), acme, lists[1:]); err != nil {
		t.Errorf("what a search has found: %v", err)
	}
	if n := s.looked.Swap(0); n != 0 {
		t.Errorf("the carrier was asked %d times for what is known", n)
	}
}

// asked is a carrier that lists what it sells, and counts how often it has to.
type asked struct {
	*seller
	looked atomic.Int64
}

func (s *asked) SearchNumbers(ctx context.Context, q wirechief.OfferQuery) ([]wirechief.Offer, error) {
	s.looked.Add(1)
	return s.seller.SearchNumbers(ctx, q)
}

func newAsked(t *testing.T, lists ...string) (*testworld.World, *asked) {
	t.Helper()
	_, s := newSeller(t, carrier.Search|carrier.Order, lists...)
	a := &asked{seller: s}
	return testworld.New(t, buyState, func(o *exchange.Options) { o.Carriers = append(o.Carriers, a) }), a
}

// hold reserves numbers and gives them up.
func (w *world) hold(numbers ...string) {
	w.t.Helper()
	r, err := w.Reserve(w.t.Context(), acme, numbers)
	if err == nil {
		err = w.CancelReservation(w.t.Context(), acme, r.Token)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// What an operator says of offers holds for numbers, too, that somebody has
// reserved or bought and given up: new terms reach them, and what is taken off
// the shelf stays off, also after a restart.
func TestOffersOfNumbersThatWereHeld(t *testing.T) {
	const number, other = "+15105550100", "+15105550101"
	in510 := wirechief.OfferQuery{AreaCode: "510"}
	price := func(w *world) (string, wirechief.Money) {
		w.t.Helper()
		page := must(w.SearchOffers(w.t.Context(), acme, wirechief.OfferQuery{Prefix: number[1:]}))(w.t)
		if len(page.Offers) != 1 {
			w.t.Fatalf("on offer: %v", page.Offers)
		}
		return page.Offers[0].Location, page.Offers[0].Price
	}
	for name, release := range map[string]func(w *world){
		"reserved": func(w *world) { w.hold(number, other) },
		"bought": func(w *world) {
			for _, n := range []string{number, other} {
				w.mustBuy(n)
				must(w.Release(w.t.Context(), acme, n))(w.t)
			}
			w.clock.advance(31 * 24 * time.Hour)
			w.SweepNumbers(w.t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := shop(t)
			release(w)
			w.apply(`offers: [{number: "` + number + `", carrier: main, location: NY, price: "9.00"}]`)
			for range 2 {
				if place, p := price(w); place != "NY" || p != 9_000_000 {
					t.Errorf("%s for %s", place, p)
				}
				w.restart()
			}
			if n := w.mustBuy(number); n.Price != 9_000_000 {
				t.Errorf("bought for %s", n.Price)
			}
			must(w.Release(t.Context(), acme, number))(t)
			w.apply(`offers: [{number: "` + number + `", absent: true}, {number: "` + other + `", absent: true}]`)
			for range 2 {
				if got := w.onOffer(in510); got != "" {
					t.Errorf("absent, and on offer: %s", got)
				}
				if _, err := w.buy(globex, other); wirechief.KindOf(err) != wirechief.Conflict {
					t.Errorf("absent, and bought: %v", err)
				}
				w.restart()
			}
			// What somebody had when it was taken off does not come back.
			w.clock.advance(31 * 24 * time.Hour)
			w.SweepNumbers(t.Context())
			if got := w.onOffer(in510); got != "" {
				t.Errorf("absent, given up, and on offer: %s", got)
			}
			w.apply(`offers: [{number: "` + number + `", carrier: main, price: "1.00"}]`)
			for range 2 {
				if got := w.onOffer(in510); got != number {
					t.Errorf("offered again: %q", got)
				}
				w.hold(number)
				w.restart()
			}
		})
	}
}

// A source that goes takes its numbers along, those that were held, too, and
// those that are held now when they are given up; not what another source has,
// nor what was on offer before there were sources.
func TestASourceGoesWithWhatWasHeld(t *testing.T) {
	const csv = "number\n+16465550100\n+16465550101\n+16465550102\n+16465550103\n+16465550104\n"
	w := shop(t)
	apply := func(yaml string) {
		t.Helper()
		f, err := state.Parse("state.yaml", []byte(yaml))
		if err != nil {
			t.Fatal(err)
		}
		f.Open = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(csv)), nil }
		if _, err = w.Apply(t.Context(), f, false); err != nil {
			t.Fatal(err)
		}
	}
	apply(`
tenants: [{id: acme, numbers: [{number: "+16465550109", carrier: main}]}]
offers: [{csv: a.csv, carrier: main}, {number: "+16465550103", carrier: main}]`)
	must(w.Release(t.Context(), acme, "+16465550109"))(t)
	w.clock.advance(31 * 24 * time.Hour)
	w.SweepNumbers(t.Context())
	w.hold("+16465550100", "+16465550103")
	r := must(w.Reserve(t.Context(), acme, []string{"+16465550101"}))(t)
	w.mustBuy("+16465550102")
	apply(`offers: [{csv: a.csv, absent: true}]`)
	if err := w.CancelReservation(t.Context(), acme, r.Token); err != nil {
		t.Fatal(err)
	}
	must(w.Release(t.Context(), acme, "+16465550102"))(t)
	w.clock.advance(31 * 24 * time.Hour)
	w.SweepNumbers(t.Context())
	for range 2 {
		if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "+16465550103 +16465550109" {
			t.Errorf("on offer: %s", got)
		}
		w.restart()
	}
	apply(`offers: [{csv: a.csv, carrier: main}]`)
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "+16465550100 +16465550101 +16465550102 +16465550103 +16465550104 +16465550109" {
		t.Errorf("when the source is back: %s", got)
	}
}

// A number that its carrier refuses for good is not put back on offer, after a
// restart neither, until the operator names it anew.
func TestWhatACarrierRefusesIsOffTheShelf(t *testing.T) {
	s := &seller{Carrier: testworld.NewCarrier("shop"), can: carrier.Order}
	w := newWorld(t, func(o *exchange.Options) { o.Carriers = append(o.Carriers, s) })
	const entry = `{number: "` + sold + `", carrier: shop, price: "1.00"}`
	w.apply(`offers: [` + entry + `]`)
	s.answers(wirechief.Errorf(wirechief.Conflict, "sold to somebody else"))
	_, err := w.buy(acme, sold)
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
	s.were()
	for range 2 {
		if got := w.onOffer(wirechief.OfferQuery{AreaCode: "510"}); got != "" {
			t.Errorf("refused, and on offer: %s", got)
		}
		_, err = w.buy(globex, sold)
		wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
		expect(t, "the carrier is asked again", s.were(), []string(nil))
		w.restart()
		w.apply(`offers: [` + entry + `]`) // as at each start
	}
	s.answers(nil)
	w.apply(`offers: [` + entry + `, {number: "+15105550101", carrier: shop}]`)
	if n := w.mustBuy(sold); n.State != wirechief.NumberInService {
		t.Errorf("named anew, it is %s", n.State)
	}
}

// What carriers have to be asked for comes once, on the pages after what is in
// memory, and it is told when there is more.
func TestPagesOfLiveOffers(t *testing.T) {
	var lists, want []string
	for i := range 20 {
		lists = append(lists, fmt.Sprintf("+151055501%02d", i))
		if i != 5 {
			want = append(want, lists[i])
		}
	}
	want = append(want, "+15105550190")
	w, _ := newAsked(t, lists...)
	// Two of the carrier's are on offer here, too, and one is no longer.
	w.ApplyState(`offers: [{number: "+15105550103", carrier: shop}, {number: "+15105550117", carrier: shop}, {number: "+15105550190", carrier: shop}]`)
	if _, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: lists[5]}); err != nil {
		t.Fatal(err)
	}
	for limit := 1; limit < 25; limit++ {
		var got []string
		for offset := 0; ; offset += limit {
			page, err := w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{AreaCode: "510", Limit: limit, Offset: offset})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Offers {
				got = append(got, o.Number)
			}
			if page.More != (offset+limit < len(want)) {
				t.Errorf("limit %d, offset %d: more %v", limit, offset, page.More)
			}
			if len(page.Offers) < limit || offset > 100 {
				break
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("pages of %d: %v\nwant %v", limit, got, want)
		}
	}
}

// Of two sources that have a number the one counts that says most of it alone,
// in whatever order they came, and after a restart.
func TestWhatIsSaidOfOneNumberCounts(t *testing.T) {
	w := newWorld(t)
	price := func(want wirechief.Money) {
		t.Helper()
		page := must(w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{Contains: "6465550100"}))(t)
		if len(page.Offers) != 1 || page.Offers[0].Price != want {
			t.Errorf("on offer: %v, want one at %s", page.Offers, want)
		}
	}
	const made = `{generate: {country: US, area_codes: ["646"], count: 20}, carrier: main, price: "1.00"}`
	w.apply(`offers: [` + made + `]`)
	price(1_000_000)
	w.apply(`offers: [` + made + `, {number: "+16465550100", carrier: main, price: "3.00"}]`)
	price(3_000_000)
	w.restart()
	price(3_000_000)
}
