package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// Nobody fills the memory with things of one kind.
func TestAShelfIsFullAtSomeTime(t *testing.T) {
	w := newWorld(t)
	put := func() error {
		_, err := w.Greetings().Put(t.Context(), acme, "", func(g *wirechief.Greeting) error {
			g.Name, g.Category = "Hello", 1
			return nil
		})
		return err
	}
	for range 1000 {
		if err := put(); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, put(), wirechief.Conflict, wirechief.RuleLimit, "greeting")
}

// Requests to be called back are not kept for ever.
func TestOldCallbackRequestsGo(t *testing.T) {
	w := newWorld(t)
	n := must(w.Number(t.Context(), acme, desk))(t)
	for range 2 {
		if _, err := w.CallbackRequests().Put(t.Context(), acme, "", func(c *wirechief.CallbackRequest) error {
			c.Number, c.Requester = n.ID, handset
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(20 * 24 * time.Hour)
	}
	if err := w.PurgeCallbacks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := must(w.CallbackRequests().List(t.Context(), "acme"))(t); len(left) != 1 {
		t.Errorf("%d are left", len(left))
	}
}
