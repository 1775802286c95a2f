package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// A tenant sees what is its own; another's is as unknown. The operator sees all.
func TestTenantsDoNotSeeEachOther(t *testing.T) {
	w := newWorld(t)
	id := w.submit("hello", "c1")
	w.receipt("c1", wirechief.ReceiptDelivered)
	w.inboundTo("+12125550100", handset, "for globex")
	delivery := w.deliveries(id)[0].ID
	nobody := wirechief.Principal{}
	for _, p := range []wirechief.Principal{globex, nobody} {
		_, _, err := w.Message(t.Context(), p, id)
		wantError(t, err, wirechief.NotFound, "", "id")
		_, err = w.CancelMessage(t.Context(), p, id)
		wantError(t, err, wirechief.NotFound, "", "id")
		_, err = w.Delivery(t.Context(), p, delivery)
		wantError(t, err, wirechief.NotFound, "", "id")
		_, err = w.Replay(t.Context(), p, []int64{delivery}, wirechief.DeliveryFilter{})
		wantError(t, err, wirechief.NotFound, "", "id")
		_, err = w.Number(t.Context(), p, desk)
		wantError(t, err, wirechief.NotFound, "", "number")
		_, err = w.ExplainRoute(t.Context(), p, desk, handset)
		wantError(t, err, wirechief.NotFound, "", "from")
		wantError(t, w.SimulateText(t.Context(), p, handset, desk, "hi"), wirechief.NotFound, "", "to")
	}
	for _, tt := range []struct {
		p                             wirechief.Principal
		messages, deliveries, numbers int
	}{
		{acme, 1, 1, 11}, {globex, 1, 1, 1}, {operator, 2, 2, 12}, {nobody, 0, 0, 0},
	} {
		// A filter that asks for another's changes nothing.
		for _, asked := range []string{"", tt.p.Tenant, "acme"} {
			if tt.p.Operator && asked != "" {
				continue
			}
			messages, err := w.Messages(t.Context(), tt.p, wirechief.MessageFilter{Tenant: asked})
			if err != nil || len(messages) != tt.messages {
				t.Errorf("%+v sees %d messages, %v", tt.p, len(messages), err)
			}
			deliveries, err := w.Deliveries(t.Context(), tt.p, wirechief.DeliveryFilter{Tenant: asked})
			if err != nil || len(deliveries) != tt.deliveries {
				t.Errorf("%+v sees %d deliveries, %v", tt.p, len(deliveries), err)
			}
		}
		numbers, err := w.Numbers(t.Context(), tt.p)
		if err != nil || len(numbers) != tt.numbers {
			t.Errorf("%+v sees %d numbers, %v", tt.p, len(numbers), err)
		}
		if n, err := w.Replay(t.Context(), tt.p, nil, wirechief.DeliveryFilter{Tenant: "acme", Status: wirechief.DeliveryPending}); err != nil ||
			n != map[string]int{"acme": 1, "globex": 1, "operator": 1}[tt.p.Name] {
			t.Errorf("%+v replays %d, %v", tt.p, n, err)
		}
	}
	if w := w.Webhooks(t.Context(), "globex"); len(w) != 1 || w[0].URL != "http://hooks.test/globex" {
		t.Errorf("webhooks %+v", w)
	}
	if c := w.Campaigns(t.Context(), "globex"); len(c) != 0 {
		t.Errorf("campaigns %+v", c)
	}
}

// Who shows the right secret is let in; whatever is wrong, the answer is the same.
func TestAuthenticate(t *testing.T) {
	w := newWorld(t)
	p, err := w.Authenticate(t.Context(), exchange.Login{Dialect: wirechief.DialectBulkVS, Name: "acme", Secret: "bulk-secret"})
	if err != nil || p.Tenant != "acme" || p.Operator {
		t.Fatalf("%+v, %v", p, err)
	}
	var first string
	for _, l := range []exchange.Login{
		{Dialect: wirechief.DialectBulkVS, Name: "acme", Secret: "wrong"},
		{Dialect: wirechief.DialectBulkVS, Name: "nobody", Secret: "bulk-secret"},
		{Dialect: wirechief.DialectBulkVS, Name: "globex", Secret: "bulk-secret"},
		{Dialect: wirechief.DialectZendesk, Name: "acme", Secret: "bulk-secret"},
		{Dialect: wirechief.DialectBulkVS, Name: "acme"},
		{},
	} {
		_, err := w.Authenticate(t.Context(), l)
		wantError(t, err, wirechief.Unauthenticated, "", "")
		if first == "" {
			first = err.Error()
		}
		if err.Error() != first {
			t.Errorf("%+v is told %q, another %q", l, err, first)
		}
	}
}

// A webhook can be put and taken away; numbers that used it have none then.
func TestWebhooks(t *testing.T) {
	w := newWorld(t)
	put := wirechief.WebhookPatch{Name: "Default", URL: wirechief.Set("http://hooks.test/new")}
	hook, err := w.PutWebhook(t.Context(), acme, put)
	if err != nil || !hook.DLR || hook.URL != "http://hooks.test/new" {
		t.Fatalf("%+v, %v", hook, err)
	}
	w.restart()
	w.inbound(handset, "one")
	if d := w.deliveries(w.inbox()[0].ID); len(d) != 1 || d[0].Destination != "http://hooks.test/new" {
		t.Errorf("told %+v", d)
	}
	if err := w.DeleteWebhook(t.Context(), acme, "Default"); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.DeleteWebhook(t.Context(), acme, "Default"), wirechief.NotFound, "", "name")
	w.restart()
	w.inbound(handset, "two")
	if d := w.deliveries(w.inbox()[1].ID); len(d) != 0 {
		t.Errorf("told %+v", d)
	}
	if n, err := w.Number(t.Context(), acme, desk); err != nil || n.Webhook != "" {
		t.Errorf("%+v, %v", n, err)
	}
	_, err = w.PutWebhook(t.Context(), acme, wirechief.WebhookPatch{Name: "no/slash", URL: wirechief.Set("http://a.test")})
	wantError(t, err, wirechief.Invalid, "", "name")
	w.apply(`tenants: [{id: acme, agreement: false}]`)
	_, err = w.PutWebhook(t.Context(), acme, put)
	wantError(t, err, wirechief.Consent, wirechief.RuleAgreement, "")
	w.apply(`tenants: [{id: acme, messaging: false}]`)
	_, err = w.PutWebhook(t.Context(), acme, put)
	wantError(t, err, wirechief.Forbidden, wirechief.RuleMessaging, "")
}
