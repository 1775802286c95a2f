package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/sim"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

// house is the API over the real exchange, store and simulator. The test
// stands in for the delivery engine.
type house struct {
	t     *testing.T
	api   *api
	store *sqlite.Store

	delivered chan *wirechief.Delivery
	woken     chan struct{}
}

func (h *house) Add(deliveries ...*wirechief.Delivery) {
	for _, d := range deliveries {
		h.delivered <- d
	}
}
func (h *house) Pause(wirechief.Lane, bool) {}
func (h *house) Wake()                      { h.woken <- struct{}{} }

// Format implements [wirechief.Formatter].
func (h *house) Format(n wirechief.Notice) (wirechief.Payload, error) {
	return wirechief.Payload{Method: "POST", ContentType: "application/json", Body: []byte(`{"event":"` + n.Event + `"}`)}, nil
}

const configured = `
tenants:
  - id: acme
    messaging: true
    agreement: true
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]
    campaigns: [{tcr: CW1549, brand: Brand 1, approved: true}]
    webhooks: [{name: Default, description: Ours, url: "http://hooks.test/acme", dlr: true, method: POST}]
    numbers: [{number: "+13109060901", carrier: sim, capabilities: [sms], campaign: CW1549, webhook: Default, name: Front desk}]
  - id: globex
    require_campaign: false
    messaging: true
    credentials: [{dialect: wirechief, token: globex-secret}]
    numbers: [{number: "+12125550100", carrier: sim, capabilities: [sms]}]
`

const globexToken = "globex-secret"

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, delivered: make(chan *wirechief.Delivery, 100), woken: make(chan struct{}, 100)}
	ctx := t.Context()
	var err error
	if h.store, err = sqlite.Open(ctx, fresh.Dir(t, t.TempDir()), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	x := exchange.New(exchange.Options{
		Store: h.store, Deliver: h, IDs: ident.New(time.Now, 0),
		Carriers: []carrier.Carrier{sim.New("sim", sim.Defaults(), carrier.Services{})},
		Formats:  map[string]wirechief.Formatter{wirechief.DialectBulkVS: h},
	})
	if err := x.Load(ctx); err != nil {
		t.Fatal(err)
	}
	if err := x.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.Stop(context.Background())
		h.store.Close()
	})
	h.api = build(Options{Core: x, AdminToken: adminToken, Backup: h.store.Backup})
	return h
}

// ask makes a request ("METHOD /path", or with a key "METHOD /path key") and
// reads a good answer into out.
func (h *house) ask(token, request, body string, out any) *httptest.ResponseRecorder {
	h.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	path, key, keyed := strings.Cut(path, " ")
	r := httptest.NewRequest(method, Prefix+path, strings.NewReader(body))
	if keyed {
		r.Header.Set("Idempotency-Key", key)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.api.mux.ServeHTTP(w, r)
	if w.Header().Get("Content-Type") != "application/octet-stream" {
		checkAnswer(h.t, h.api, r, w)
	}
	if out != nil {
		if w.Code >= 300 {
			h.t.Fatalf("%s: %d %s", request, w.Code, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			h.t.Fatal(err)
		}
	}
	return w
}

func (h *house) next() *wirechief.Delivery {
	h.t.Helper()
	select {
	case d := <-h.delivered:
		return d
	case <-time.After(10 * time.Second):
		h.t.Fatal("nothing was delivered")
		return nil
	}
}

func types(m wire.Message) string {
	var out []string
	for _, e := range m.Events {
		s := string(e.Type)
		if e.Detail.Attempt != nil {
			s += fmt.Sprint("#", e.Detail.Attempt.N)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// The way of a text from accept to webhook attempt, over the real thing.
func TestOverTheExchange(t *testing.T) {
	h := newHouse(t)
	var applied wire.Applied
	h.ask(adminToken, "POST /apply?dry_run=true", configured, &applied)
	if !applied.DryRun || len(applied.Changes) == 0 {
		t.Fatalf("%+v", applied)
	}
	if w := h.ask(acmeToken, "GET /numbers", "", nil); w.Code != 401 {
		t.Fatal("a dry run has changed something", w.Code)
	}
	would := applied.Changes
	h.ask(adminToken, "POST /apply", configured, &applied)
	if !slices.Equal(applied.Changes, would) {
		t.Errorf("done: %+v\nforetold: %+v", applied.Changes, would)
	}
	if h.ask(adminToken, "POST /apply", configured, &applied); len(applied.Changes) != 0 {
		t.Errorf("again: %+v", applied.Changes)
	}

	var sent, again wire.Sent
	body := `{"from":"+13109060901","to":["+13105550001"],"text":"Hi"}`
	h.ask(acmeToken, "POST /messages k1", body, &sent)
	d := h.next()
	if d.Message != sent.Messages[0].ID {
		t.Fatalf("delivered %+v after %+v", d, sent)
	}
	if _, err := h.store.Apply(t.Context(), wirechief.Attempted{
		Key: d.DeliveryKey, Status: wirechief.DeliveryDelivered, Tries: 1,
		Attempt: &wirechief.Attempt{N: 1, At: time.Now(), Class: "2xx", StatusCode: 200, Body: "ok"},
	}); err != nil {
		t.Fatal(err)
	}
	message := fmt.Sprintf("GET /messages/%d", sent.Messages[0].ID)
	var m wire.Message
	h.ask(acmeToken, message, "", &m)
	if got := types(m); got != "accepted routed submitted receipt delivered forwarded forwarded#1" {
		t.Errorf("the timeline is %s", got)
	}
	var list []wire.Message
	if h.ask(acmeToken, "GET /messages?status=delivered&number=+13109060901", "", &list); len(list) != 1 || types(list[0]) != types(m) {
		t.Errorf("listed: %+v", list)
	}
	var dd wire.DeliveryDetail
	if h.ask(acmeToken, fmt.Sprintf("GET /deliveries/%d", d.ID), "", &dd); dd.Status != "delivered" || dd.Attempts[0].Body != "ok" || dd.Body != `{"event":"receipt"}` {
		t.Errorf("%+v", dd)
	}

	h.ask(acmeToken, "POST /messages k1", " "+body, &again)
	if fmt.Sprint(again) != fmt.Sprint(sent) {
		t.Errorf("%+v was answered as %+v", again, sent)
	}
	if w := h.ask(acmeToken, "POST /messages k1", strings.Replace(body, "Hi", "Ho", 1), nil); w.Code != 409 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.ask(acmeToken, "POST /messages", strings.Replace(body, "+13109060901", "+12125550100", 1), nil); w.Code != 404 {
		t.Errorf("from another's number: %d %s", w.Code, w.Body)
	}
	h.operator(t, body)
	h.strangers(t, sent.Messages[0].ID, d.ID)
}

// operator acts for a tenant, and a tenant's own acts follow.
func (h *house) operator(t *testing.T, body string) {
	var sent wire.Sent
	var m wire.Message
	h.ask(adminToken, "POST /messages", body, &sent)
	h.ask(adminToken, fmt.Sprintf("GET /messages/%d", sent.Messages[0].ID), "", &m)
	if m.Tenant != "acme" {
		t.Errorf("%+v", m)
	}
	h.next()

	later := fmt.Sprintf(`{"from":"+13109060901","to":["+13105550001"],"text":"Hi","at":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339))
	h.ask(acmeToken, "POST /messages", later, &sent)
	if h.ask(acmeToken, fmt.Sprintf("POST /messages/%d/cancel", sent.Messages[0].ID), "", &m); m.Status != "canceled" || !strings.HasPrefix(types(m), "accepted scheduled routed canceled") {
		t.Errorf("%s: %s", m.Status, types(m))
	}
	h.next()
	if w := h.ask(acmeToken, fmt.Sprintf("POST /messages/%d/cancel", sent.Messages[0].ID), "", nil); w.Code != 409 {
		t.Errorf("canceled twice: %d %s", w.Code, w.Body)
	}

	var paused wire.Destination
	h.ask(acmeToken, "PUT /destinations", `{"kind":"webhook","destination":"http://hooks.test/acme","paused":true}`, &paused)
	h.ask(adminToken, "POST /sim/texts", `{"from":"+13105550123","to":"+13109060901","text":"Hello"}`, nil)
	if d := h.next(); d.Status != wirechief.DeliveryPaused || d.Event != "inbound" {
		t.Errorf("%+v", d)
	}
	var list []wire.Message
	if h.ask(acmeToken, "GET /messages?direction=inbound", "", &list); len(list) != 1 || list[0].Text != "Hello" || types(list[0]) != "received forwarded" {
		t.Errorf("%+v", list)
	}
	var replayed wire.Replayed
	if h.ask(acmeToken, "POST /deliveries/replay", `{"status":"paused"}`, &replayed); replayed.Replayed != 1 {
		t.Errorf("%+v", replayed)
	}
	<-h.woken

	var c wire.Carrier
	if h.ask(adminToken, "PATCH /carriers/sim", `{"paused":true}`, &c); !c.Paused || c.State != "up" {
		t.Errorf("%+v", c)
	}
	if w := h.ask(acmeToken, "GET /route?from=+13109060901&to=+13105550001", "", nil); !strings.Contains(w.Body.String(), "can carry it; paused") {
		t.Error(w.Body)
	}
	if w := h.ask(adminToken, "GET /backup", "", nil); !strings.HasPrefix(w.Body.String(), "SQLite format 3") {
		t.Errorf("the backup begins %.40q", w.Body)
	}
}

// strangers: what is another tenant's is answered exactly as what is not there.
func (h *house) strangers(t *testing.T, message, delivery int64) {
	for _, request := range []string{
		"GET /messages/%d", "POST /messages/%d/cancel", "GET /deliveries/%d", `POST /deliveries/replay {"ids":[%d]}`,
		"GET /numbers/%s", `PATCH /numbers/%s {"name":"mine"}`, "DELETE /numbers/%s", "POST /numbers/%s/restore", "GET /numbers/%s/events",
		`POST /numbers {"number":"%s"}`, `POST /reservations {"numbers":["%s"]}`, `POST /sim/texts {"from":"+13105550123","to":"%s","text":"Hi"}`,
		`POST /messages {"from":"%s","to":["+13105550001"],"text":"Hi"}`, "GET /route?to=78701&from=%s",
	} {
		theirs, nobodys := any(message), any(message+1)
		switch {
		case strings.Contains(request, "%s"):
			theirs, nobodys = "+13109060901", "+13109060999"
		case strings.Contains(request, "deliveries"):
			theirs, nobodys = delivery, delivery+1
		}
		var answers []string
		for _, of := range []any{theirs, nobodys} {
			method, rest, _ := strings.Cut(fmt.Sprintf(request, of), " ")
			path, body, _ := strings.Cut(rest, " ")
			w := h.ask(globexToken, method+" "+path, body, nil)
			if w.Code != 404 && !strings.Contains(w.Body.String(), `"rule":"taken"`) {
				t.Errorf("%s: %d %s", request, w.Code, w.Body)
			}
			answers = append(answers, strings.ReplaceAll(w.Body.String(), fmt.Sprint(of), "X"))
		}
		if answers[0] != answers[1] {
			t.Errorf("%s tells a stranger's from nobody's:\n%s%s", request, answers[0], answers[1])
		}
	}
	for _, path := range []string{"/messages", "/deliveries", "/webhooks", "/campaigns", "/messages?after=0", "/messages?number=+13109060901"} {
		if w := h.ask(globexToken, "GET "+path, "", nil); strings.TrimSpace(w.Body.String()) != "[]" {
			t.Errorf("%s shows %s", path, w.Body)
		}
	}
	if w := h.ask(globexToken, "GET /numbers", "", nil); strings.Contains(w.Body.String(), "acme") {
		t.Error(w.Body)
	}
	var replayed wire.Replayed
	if h.ask(globexToken, "POST /deliveries/replay", `{"status":"delivered"}`, &replayed); replayed.Replayed != 0 {
		t.Errorf("%+v", replayed)
	}
}
