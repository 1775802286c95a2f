package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/test/world"
)

// shop is a server over a whole core, with a client of a tenant and one of the
// operator.
func shop(t *testing.T) (acme, operator *client.Client) {
	t.Helper()
	w := world.New(t, `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [voice, sms], name: Front desk, protected: true}]
offers:
  - {number: "+15105550100", carrier: main, type: local, capabilities: [voice, sms], location: CA, price: "1.00", address: none}
  - {number: "+15105550101", carrier: main, type: local, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none}
`)
	srv := httptest.NewServer(api.New(api.Options{Core: w.Exchange, AdminToken: "admin-secret"}))
	t.Cleanup(srv.Close)
	clients := make([]*client.Client, 2)
	for i, token := range []string{"acme-secret", "admin-secret"} {
		transport := &http.Transport{}
		c, err := client.New(srv.URL, wirechief.Secret(token), client.WithTransport(transport))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		clients[i] = c
	}
	return clients[0], clients[1]
}

// The life of a number through the client, from the search to having it back.
func TestLifeOfANumber(t *testing.T) {
	ctx := t.Context()
	c, _ := shop(t)
	found := must(c.Search(ctx, client.OfferQuery{Country: "US", Types: []string{"local"}, Capabilities: []string{"sms", "mms"}, AreaCode: "510", Contains: "0101$"}))(t)
	if len(found.Offers) != 1 || found.Offers[0].Number != "+15105550101" || found.Offers[0].Token == "" {
		t.Fatalf("%+v", found)
	}
	held := must(c.Reserve(ctx, "", "+15105550100", "+15105550101"))(t)
	longer := must(c.ExtendReservation(ctx, "", held.Token))(t)
	if longer.Token != held.Token || len(longer.Numbers) != 2 {
		t.Errorf("%+v", longer)
	}
	if err := c.CancelReservation(ctx, "", held.Token, "+15105550100"); err != nil {
		t.Error(err)
	}
	one := must(c.Reservation(ctx, "", held.Token))(t)
	if list := must(c.Reservations(ctx, ""))(t); len(list) != 1 || len(one.Numbers) != 1 {
		t.Errorf("%+v %+v", list, one)
	}
	n := must(c.Order(ctx, "", wire.Order{Token: held.Token, Settings: wire.MergePatch{"name": "Desk", "voice": map[string]any{"recording": "call"}}}))(t)
	if n.State != "in_service" || n.Name != "Desk" || n.Voice.Recording != "call" || !n.Voice.Calls.Voicemail {
		t.Errorf("%+v", n)
	}
	n = must(c.SetNumber(ctx, "", n.Number, wire.MergePatch{"name": nil, "tags": []string{"a"}}))(t)
	if n.Name != "" || len(n.Tags) != 1 {
		t.Errorf("%+v", n)
	}
	list, total, err := c.FindNumbers(ctx, client.NumberQuery{Tag: "a", Limit: 1})
	if err != nil || total != 1 || list[0].Number != n.Number {
		t.Errorf("%+v %d %v", list, total, err)
	}
	many := must(c.SetNumbers(ctx, "", wire.Bulk{Filter: &wire.Filter{}, Patch: wire.MergePatch{"notes": "x"}}))(t)
	if many.Changed != 2 {
		t.Errorf("%+v", many)
	}
	if n = must(c.Release(ctx, "", n.Number))(t); n.State != "aging" || n.Until == nil {
		t.Errorf("%+v", n)
	}
	if n = must(c.NumberOf(ctx, "", n.Number))(t); n.State != "aging" {
		t.Errorf("%+v", n)
	}
	if n = must(c.Restore(ctx, "", n.Number))(t); n.State != "in_service" {
		t.Errorf("%+v", n)
	}
	events := must(c.NumberEvents(ctx, client.EventQuery{Number: n.Number, Limit: 2}))(t)
	if len(events) != 2 || events[0].Type != "restored" {
		t.Errorf("%+v", events)
	}
	_, err = c.Release(ctx, "", "+13109060901")
	if p, ok := err.(*wire.Problem); !ok || p.Rule != "protected" {
		t.Errorf("%v", err)
	}
}

func TestImportAndExport(t *testing.T) {
	c, operator := shop(t)
	table := []byte("number,name\n+13105550301,First\n")
	var told int64
	got := must(operator.ImportNumbers(t.Context(), table, client.Import{Tenant: "acme", Sent: func(done, total int64) {
		if told = done; total != int64(len(table)) {
			t.Errorf("%d of %d", done, total)
		}
	}}))(t)
	if got.Created != 1 || !got.Applied || told != int64(len(table)) {
		t.Errorf("%+v, %d octets", got, told)
	}
	var b bytes.Buffer
	if err := c.ExportNumbers(t.Context(), client.NumberQuery{Text: "first"}, &b); err != nil || !bytes.Contains(b.Bytes(), []byte("\n+13105550301,")) {
		t.Errorf("%v %s", err, &b)
	}
	if err := operator.ExportNumbers(t.Context(), client.NumberQuery{}, &b); err == nil {
		t.Error("the operator exports the numbers of nobody")
	}
}

// Each shelf lists, and those that can be changed are.
func TestShelves(t *testing.T) {
	c, operator := shop(t)
	ctx := t.Context()
	views(ctx, t, c.Flows(), c.Greetings())
	changes(ctx, t, c.Groups(), map[string]any{"name": "Sales"})
	changes(ctx, t, c.Brands(), map[string]any{"name": "Acme"})
	changes(ctx, t, c.Schedules(), map[string]any{"name": "Office", "intervals": []map[string]int{{"start_time": 0, "end_time": 60}}})
	changes(ctx, t, c.Properties(), map[string]any{"name": "Main"})
	changes(ctx, t, c.Agents(), map[string]any{"name": "Ann", "email": "ann@acme.test", "password": "ann-secret"})
	changes(ctx, t, c.IVRs(), map[string]any{"name": "Menu"})
	changes(ctx, t, c.Addresses(), map[string]any{"name": "HQ", "street": "1 Main St", "city": "Oakland", "country": "US"})
	if a, err := operator.Brands().Create(ctx, "acme", map[string]any{"name": "Ours"}); err != nil || a.Name != "Ours" {
		t.Errorf("%+v %v", a, err)
	}
}

func views(ctx context.Context, t *testing.T, flows client.View[wire.Flow], greetings client.View[wire.Greeting]) {
	t.Helper()
	if list, err := flows.List(ctx, ""); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	if _, err := greetings.Get(ctx, "", "1"); err == nil {
		t.Error("there is a greeting")
	}
}

func changes[W any](ctx context.Context, t *testing.T, s client.Shelf[W], with map[string]any) {
	t.Helper()
	made := must(s.Create(ctx, "", with))(t)
	doc, _ := json.Marshal(made)
	var id struct {
		ID  json.Number
		SID string
	}
	if err := json.Unmarshal(doc, &id); err != nil {
		t.Fatal(err)
	}
	key := id.SID
	if key == "" {
		key = id.ID.String()
	}
	if got := must(s.Get(ctx, "", key))(t); !cmp.Equal(got, made) {
		t.Error(cmp.Diff(made, got))
	}
	if got := must(s.Change(ctx, "", key, map[string]any{"name": "Other"}))(t); cmp.Equal(got, made) {
		t.Errorf("%+v is as it was", got)
	}
	if list := must(s.List(ctx, ""))(t); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	if err := s.Delete(ctx, "", key); err != nil {
		t.Error(err)
	}
}

// must gives a value that comes without an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
