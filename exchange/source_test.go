package exchange_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	testworld "github.com/wirechief/wirechief/test/world"
)

// seller is a carrier that sells numbers, and answers as the test says.
type seller struct {
	*testworld.Carrier
	can carrier.Abilities

	mu     sync.Mutex
	lists  []wirechief.Offer
	answer error // to orders and releases
	asked  []string
	// while is called once, while the carrier is being asked.
	while func()
}

func (s *seller) Abilities() carrier.Abilities { return s.Carrier.Abilities() | s.can }

func (s *seller) SearchNumbers(_ context.Context, q wirechief.OfferQuery) ([]wirechief.Offer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Prefix == "" {
		return slices.Clone(s.lists), nil
	}
	return slices.DeleteFunc(slices.Clone(s.lists), func(o wirechief.Offer) bool { return o.Number != "+"+q.Prefix }), nil
}

func (s *seller) OrderNumber(_ context.Context, number string) error { return s.ask("order " + number) }

func (s *seller) ReleaseNumber(_ context.Context, number string) error {
	return s.ask("release " + number)
}

func (s *seller) ask(what string) error {
	s.mu.Lock()
	while := s.while
	s.while = nil
	s.mu.Unlock()
	if while != nil {
		while()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
	return s.answer
}

func (s *seller) answers(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = err
}

// were gives what it was asked since the last time.
func (s *seller) were() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := slices.Compact(s.asked) // the exchange sweeps by itself, too
	s.asked = nil
	return asked
}

const (
	sold     = "+15105550100"
	buyState = `tenants: [{id: acme, balance: "10.00"}]`
)

func newSeller(t *testing.T, can carrier.Abilities, lists ...string) (*testworld.World, *seller) {
	t.Helper()
	s := &seller{Carrier: testworld.NewCarrier("shop"), can: can}
	for _, number := range lists {
		s.lists = append(s.lists, wirechief.Offer{
			Number: number, Carrier: "shop", Type: wirechief.TypeLocal, Country: "US", Price: 1_000_000, Capabilities: wirechief.Capabilities{Voice: true, SMS: true},
		})
	}
	return testworld.New(t, buyState, func(o *exchange.Options) { o.Carriers = append(o.Carriers, s); o.Aging = time.Hour }), s
}

func buy(w *testworld.World, t *testing.T) (wirechief.Number, error) {
	return w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: sold})
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s, -want +got:\n%s", what, d)
	}
}

func balanceOf(t *testing.T, w *testworld.World) string {
	t.Helper()
	b, err := w.Balance(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var away = wirechief.Errorf(wirechief.Unavailable, "the carrier is away")

// An order that the carrier does not confirm stands, is asked for again, and is
// paid once.
func TestOrderIsConfirmedLater(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	s.answers(away)
	n, err := buy(w, t)
	if err != nil || n.State != wirechief.NumberOrdered {
		t.Fatalf("%s, %v", n.State, err)
	}
	expect(t, "the carrier is asked", s.were(), []string{"order " + sold})
	w.SweepNumbers(t.Context())
	if n, err = w.Number(t.Context(), acme, sold); err != nil || n.State != wirechief.NumberOrdered {
		t.Errorf("after a sweep in vain: %s, %v", n.State, err)
	}
	_, err = w.Release(t.Context(), acme, sold)
	wantError(t, err, wirechief.Conflict, wirechief.RuleState, "")
	s.answers(nil)
	s.were()
	w.SweepNumbers(t.Context())
	expect(t, "asked again at once", s.were(), []string(nil)) // not before a second has passed
	w.Advance(time.Second)
	if n, err = w.Number(t.Context(), acme, sold); err != nil || n.State != wirechief.NumberInService {
		t.Errorf("after it was confirmed: %s, %v", n.State, err)
	}
	expect(t, "the balance", balanceOf(t, w), "9.00")
}

// An order that the carrier refuses is undone, and the money is back.
func TestOrderIsRefused(t *testing.T) {
	for _, kind := range []wirechief.Kind{wirechief.Conflict, wirechief.NotFound} {
		w, s := newSeller(t, carrier.Search|carrier.Order, sold)
		s.answers(wirechief.Errorf(kind, "sold to somebody else"))
		_, err := buy(w, t)
		wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
		_, err = w.Number(t.Context(), acme, sold)
		wantError(t, err, wirechief.NotFound, "", "number")
		expect(t, "the balance", balanceOf(t, w), "10.00")
	}
}

// A number goes back to its carrier when the quarantine is over, and not before
// the carrier has taken it.
func TestNumberGoesBack(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	if _, err := buy(w, t); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Release(t.Context(), acme, sold); err != nil {
		t.Fatal(err)
	}
	w.Advance(30 * time.Minute)
	expect(t, "asked during the quarantine", s.were(), []string{"order " + sold})
	s.answers(away)
	w.Advance(time.Hour)
	if n, err := w.NumberAnyState(t.Context(), acme, sold); err != nil || n.State != wirechief.NumberAging {
		t.Errorf("while the carrier is away: %s, %v", n.State, err)
	}
	s.answers(nil)
	w.Advance(time.Second)
	expect(t, "asked after it", s.were(), []string{"release " + sold})
	_, err := w.NumberAnyState(t.Context(), acme, sold)
	wantError(t, err, wirechief.NotFound, "", "number")
}

// Who offers a number again that was given up: a carrier that lists what it
// sells does, for one that only confirms we do.
func TestWhoOffersItAgain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		can     carrier.Abilities
		offered int
	}{
		{"a carrier that lists, and does not list it", carrier.Search | carrier.Order, 0},
		{"a carrier that confirms", carrier.Order, 1},
		{"a carrier without numbers", 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, _ := newSeller(t, tt.can)
			w.ApplyState(`tenants: [{id: acme, numbers: [{number: "` + sold + `", carrier: shop, type: local, capabilities: [voice, sms]}]}]`)
			if _, err := w.Release(t.Context(), acme, sold); err != nil {
				t.Fatal(err)
			}
			w.Advance(2 * time.Hour)
			page, err := w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{AreaCode: "510"})
			if err != nil || len(page.Offers) != tt.offered {
				t.Errorf("%v, %v; want %d", page.Offers, err, tt.offered)
			}
		})
	}
}
