package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
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
