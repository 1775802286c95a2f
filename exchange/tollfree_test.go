package exchange_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// A toll-free number whose verification is pending may send 2,000 a day, 6,000
// a week and 10,000 a month (docs/dialects/bulkvs.md).
func TestTollFreeCaps(t *testing.T) {
	w := newWorld(t)
	w.main.answers(taken)
	send := func(n int) error {
		r := text("hello", numbers(n)...)
		r.From = "+18005550103"
		_, err := w.Send(t.Context(), r)
		return err
	}
	full := func(when string, err error) {
		t.Helper()
		if err == nil {
			t.Fatalf("nothing is capped %s", when)
		}
		wantError(t, err, wirechief.Conflict, wirechief.RuleTollFreeCap, "from")
	}
	day := 24 * time.Hour
	for d := range 3 {
		if err := send(1999); err != nil {
			t.Fatalf("day %d: %v", d, err)
		}
		full("a day", send(2))
		if err := send(1); err != nil {
			t.Fatalf("the last of day %d: %v", d, err)
		}
		full("a day", send(1))
		w.advance(day + time.Second)
	}
	full("a week", send(1))
	w.advance(4 * day)
	for d := range 2 {
		if err := send(2000); err != nil {
			t.Fatalf("day %d of the next week: %v", d, err)
		}
		w.advance(day + time.Second)
	}
	full("a month", send(1))
	w.advance(30 * day)
	if err := send(2005); err == nil || !strings.Contains(err.Error(), "in parts") { // waiting would not help
		t.Errorf("more than a day's at once: %v", err)
	}
	if err := send(2000); err != nil {
		t.Fatalf("a month later: %v", err)
	}
}

// Two requests cannot both have the last place.
func TestTheLastPlaceOfACap(t *testing.T) {
	w := newWorld(t)
	w.main.answers(taken)
	var sent, refused atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			r := text("hello", numbers(500)...)
			r.From = "+18005550103"
			switch _, err := w.Send(t.Context(), r); {
			case err == nil:
				sent.Add(1)
			case wirechief.KindOf(err) == wirechief.Conflict:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if sent.Load() != 4 || refused.Load() != 1 {
		t.Errorf("%d sent, %d refused", sent.Load(), refused.Load())
	}
}

// Once it is verified nothing is counted.
func TestVerifiedTollFree(t *testing.T) {
	w := newWorld(t)
	w.main.answers(taken)
	r := text("hello", numbers(2001)...)
	r.From = "+18005550103"
	_, err := w.Send(t.Context(), r)
	wantError(t, err, wirechief.Conflict, wirechief.RuleTollFreeCap, "from")
	w.apply(`tenants: [{id: acme, numbers: [{number: "+18005550103", toll_free_verification: verified}]}]`)
	w.accept(r)
}

// A campaign that is suspended, or goes, holds its numbers back at once.
func TestCampaigns(t *testing.T) {
	w := newWorld(t)
	w.main.answers(taken)
	w.send("approved")
	w.apply(`tenants: [{id: acme, campaigns: [{tcr: CW1549, approved: false}]}]`)
	_, err := w.Send(t.Context(), text("not any more"))
	wantError(t, err, wirechief.Conflict, wirechief.RuleCampaign, "from")
	w.apply(`tenants: [{id: acme, campaigns: [{tcr: CW1549, approved: true}]}]`)
	w.send("again")
	suspended := wirechief.Entity{
		Tenant: "acme", Kind: wirechief.EntityCampaign, Key: "CW1549",
		Doc: []byte(`{"tcr":"CW1549","approved":true,"suspended":true}`),
	}
	if _, err := w.disk.Apply(t.Context(), wirechief.PutEntity{Entity: suspended}); err != nil {
		t.Fatal(err)
	}
	w.restart()
	_, err = w.Send(t.Context(), text("suspended"))
	wantError(t, err, wirechief.Conflict, wirechief.RuleCampaign, "from")
	w.apply(`tenants: [{id: acme, require_campaign: false}]`)
	w.send("the tenant needs none")
}
