package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// What a tenant may know of itself; who is not there has none.
func TestAccount(t *testing.T) {
	w := newWorld(t)
	w.apply(metered)
	tenant, err := w.Tenant(t.Context(), "acme")
	if err != nil || !tenant.Metered || tenant.Rates.MMS != 20_000 {
		t.Errorf("%+v, %v", tenant, err)
	}
	if b, err := w.Balance(t.Context(), "acme"); err != nil || b != 100_000 {
		t.Errorf("the balance is %v, %v", b, err)
	}
	_, err = w.Tenant(t.Context(), "nobody")
	wantError(t, err, wirechief.NotFound, "", "tenant")
	_, err = w.Balance(t.Context(), "nobody")
	wantError(t, err, wirechief.NotFound, "", "tenant")
}

// Who takes a webhook away is named in the events of the numbers that had it.
func TestWhoTookTheWebhookAway(t *testing.T) {
	w := newWorld(t)
	if err := w.DeleteWebhook(t.Context(), acme, "Default"); err != nil {
		t.Fatal(err)
	}
	events, err := w.NumberEvents(t.Context(), acme, wirechief.NumberEventFilter{Number: desk, Limit: 1})
	if err != nil || len(events) != 1 || events[0].By != "bulkvs/acme" || events[0].Detail != "webhook=none" {
		t.Errorf("%+v, %v", events, err)
	}
}

// Exchanges are those of numbers that can be bought now: each once, in order.
func TestOfferedExchanges(t *testing.T) {
	w := newWorld(t)
	w.apply(`offers:
  - {number: "+15105550100", carrier: main, type: local, location: CA, capabilities: [sms]}
  - {number: "+15105550101", carrier: main, type: local, location: CA, capabilities: [sms]}
  - {number: "+15102220100", carrier: main, type: local, location: Oakland, capabilities: [sms]}
  - {number: "+18002220100", carrier: main, type: toll-free, capabilities: [sms]}
  - {number: "+442079460000", carrier: main, type: local, capabilities: [sms]}
`)
	for _, tt := range []struct {
		npa  string
		want []exchange.OfferedExchange
	}{
		{"510", []exchange.OfferedExchange{{"510", "222", "Oakland"}, {"510", "555", "CA"}}},
		{"", []exchange.OfferedExchange{{"510", "222", "Oakland"}, {"510", "555", "CA"}, {"800", "222", ""}}},
		{"511", []exchange.OfferedExchange{}},
	} {
		got, err := w.OfferedExchanges(t.Context(), tt.npa)
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("%q: %v\n%s", tt.npa, err, d)
		}
	}
}
