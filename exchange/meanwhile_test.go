package exchange_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// What a state file says while a carrier is being asked about a number is not
// written over by what the carrier answers.
func TestAStateFileWhileACarrierIsAsked(t *testing.T) {
	t.Run("a change is kept", func(t *testing.T) {
		w, s := newSeller(t, carrier.Search|carrier.Order, sold)
		s.while = func() {
			w.ApplyState(`tenants: [{id: acme, numbers: [{number: "+15105550100", name: Desk, protected: true}]}]`)
		}
		if _, err := buy(w, t); err != nil {
			t.Fatal(err)
		}
		n, err := w.Number(t.Context(), acme, sold)
		if err != nil || n.State != wirechief.NumberInService || n.Name != "Desk" || !n.Protected {
			t.Errorf("%s %q %t, %v", n.State, n.Name, n.Protected, err)
		}
	})
	t.Run("the tenant goes", func(t *testing.T) {
		w, s := newSeller(t, carrier.Search|carrier.Order, sold)
		s.while = func() { w.ApplyState(`tenants: [{id: acme, absent: true}]`) }
		buy(w, t) // whatever it is told: it is not there any more
		if n, err := w.NumberAnyState(t.Context(), operator, sold); err == nil && n.State.Owned() {
			t.Errorf("it is %s, of %q", n.State, n.Tenant)
		}
	})
	t.Run("the number is given to somebody else", func(t *testing.T) {
		w, s := newSeller(t, carrier.Search|carrier.Order, sold)
		if _, err := buy(w, t); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Release(t.Context(), acme, sold); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		s.while = func() {
			w.ApplyState(`tenants: [{id: globex, numbers: [{number: "+15105550100", carrier: shop, protected: true}]}]`)
		}
		s.mu.Unlock()
		w.Advance(time.Hour) // its quarantine is over: the carrier is asked to take it back
		n, err := w.NumberAnyState(t.Context(), operator, sold)
		if err != nil || n.State != wirechief.NumberInService || n.Tenant != "globex" || !n.Protected {
			t.Errorf("%s, of %q, %v", n.State, n.Tenant, err)
		}
	})
}

// What is given back is what was paid, whatever a number costs by then.
func TestRefundIsWhatWasPaid(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	s.answers(away)
	if _, err := buy(w, t); err != nil {
		t.Fatal(err)
	}
	expect(t, "the balance", balanceOf(t, w), "9.00")
	w.ApplyState(`tenants: [{id: acme, rates: {number_month: "5.00"}}]`)
	s.answers(wirechief.Errorf(wirechief.Conflict, "sold to somebody else"))
	w.Advance(time.Minute)
	expect(t, "the balance", balanceOf(t, w), "10.00")
}

// An answer that is no word of the carrier's leaves the order open.
func TestForeignErrorIsNoRefusal(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	s.answers(errors.New("the wire broke"))
	if n, err := buy(w, t); err != nil || n.State != wirechief.NumberOrdered {
		t.Errorf("%s, %v", n.State, err)
	}
}

// A reservation that cannot be had leaves an earlier one of the same tenant as
// it was.
func TestAFailedReservationTakesNothing(t *testing.T) {
	w := shop(t)
	first, err := w.Reserve(t.Context(), acme, []string{"+15105550100"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Reserve(t.Context(), acme, []string{"+15105550100", "+15105559999"})
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "numbers")
	_, err = w.Reserve(t.Context(), acme, []string{"+15105550100"})
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "numbers")
	held := w.Reservations(t.Context(), acme)
	if len(held) != 1 || held[0].Token != first.Token || len(held[0].Numbers) != 1 {
		t.Errorf("held: %v", held)
	}
}

// However many are bought at once, a campaign gets no more than it may have.
func TestOrdersDoNotOverfillACampaign(t *testing.T) {
	w := shop(t)
	w.apply(`
tenants: [{id: acme, campaigns: [{tcr: CFULL1, approved: true}]}]
offers: [{generate: {country: US, area_codes: ["646"], count: 80}, carrier: main}]`)
	page := must(w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{AreaCode: "646", Limit: 80}))(t)
	var buyers sync.WaitGroup
	for _, o := range page.Offers {
		buyers.Go(func() {
			_, err := w.Order(t.Context(), acme, wirechief.OrderRequest{
				Tenant: "acme", Number: o.Number, Settings: wirechief.NumberPatch{Campaign: wirechief.Set("CFULL1")},
			})
			if err != nil && !strings.Contains(err.Error(), "which is all that it may have") {
				t.Error(err)
			}
		})
	}
	buyers.Wait()
	for _, c := range w.Campaigns(t.Context(), "acme") {
		if c.TCR == "CFULL1" && c.Numbers != wirechief.CampaignNumbers {
			t.Errorf("it has %d numbers", c.Numbers)
		}
	}
}

// A number whose time is over and that its carrier does not take back answers
// as one that there is not.
func TestANumberThatCannotGoBackIsAsUnknown(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	if _, err := buy(w, t); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Release(t.Context(), acme, sold); err != nil {
		t.Fatal(err)
	}
	s.answers(wirechief.Errorf(wirechief.Unavailable, "the account of acme is closed"))
	w.Advance(2 * time.Hour)
	w.ApplyState(`tenants: [{id: globex}]`)
	order := func(number string) error {
		_, err := w.Order(t.Context(), globex, wirechief.OrderRequest{Tenant: "globex", Number: number})
		wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
		return err
	}
	foreign, unknown := order(sold), order("+15105559999")
	if strings.ReplaceAll(wirechief.MessageOf(foreign), sold, "N") != strings.ReplaceAll(wirechief.MessageOf(unknown), "+15105559999", "N") {
		t.Errorf("foreign: %v\nunknown: %v", foreign, unknown)
	}
}

// A webhook goes from every number, those that are changed at the same time too.
func TestDeleteWebhookBesideChanges(t *testing.T) {
	w := shop(t)
	var changers sync.WaitGroup
	for range 20 {
		changers.Go(func() {
			if _, err := w.Release(t.Context(), acme, desk); err == nil {
				w.Restore(t.Context(), acme, desk)
			}
		})
	}
	if err := w.DeleteWebhook(t.Context(), acme, "Default"); err != nil {
		t.Error(err)
	}
	changers.Wait()
	w.restart()
	n, err := w.NumberAnyState(t.Context(), operator, desk)
	if err != nil || n.Webhook != "" {
		t.Errorf("%q is kept, %v", n.Webhook, err)
	}
}
