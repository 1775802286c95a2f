package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "own-secret-token"

// serve has a handler answer a client.
func serve(t *testing.T, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	c, err := client.New(s.URL+"/", token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); s.Close() })
	return c
}

// Each method makes the request of its operation.
func TestRequests(t *testing.T) {
	at := time.Date(2026, 9, 17, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		want   string // method, target, key, content type, body
		answer string
		call   func(context.Context, *client.Client) (any, error)
		result any
	}{
		{
			`POST /messages key "k 1" application/json {"from":"+1","to":["+2"],"text":"Hi","at":"2026-09-17T08:00:00Z"}`,
			`{"ref":"r","messages":[{"id":7,"to":"+2","refused":true,"rule":"opt_out"}]}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Send(ctx, wire.Send{From: "+1", To: []string{"+2"}, Text: "Hi", At: at}, "k 1")
			},
			wire.Sent{Ref: "r", Messages: []wire.SentMessage{{ID: 7, To: "+2", Refused: true, Rule: "opt_out"}}},
		},
		{
			`GET /messages?after=3&before=9&direction=inbound&limit=5&number=%2B1&ref=r&status=received&tenant=acme key ""  `,
			`[{"id":4,"media":[],"events":[{"at":"2026-09-17T08:00:00Z","type":"received","detail":{"carrier":"sim"}}]}]`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Messages(ctx, client.MessageQuery{Tenant: "acme", Direction: "inbound", Status: "received", Number: "+1", Ref: "r", Before: 9, After: 3, Limit: 5})
			},
			[]wire.Message{{ID: 4, Media: []wire.Media{}, Events: []wirechief.Event{{At: at, Type: "received", Detail: wirechief.Detail{Carrier: "sim"}}}}},
		},
		{
			`GET /messages key ""  `, `[]`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Messages(ctx, client.MessageQuery{})
			},
			[]wire.Message{},
		},
		{
			`GET /messages/0 key ""  `, `{"id":1}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Message(ctx, 0) },
			wire.Message{ID: 1},
		},
		{
			`POST /messages/7/cancel key ""  `, `{"id":7,"status":"canceled"}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Cancel(ctx, 7) },
			wire.Message{ID: 7, Status: "canceled"},
		},
		{
			`GET /deliveries?before=9&destination=http%3A%2F%2Fa%2F%3Fb%3Dc%26d&kind=webhook&limit=5&message=7&status=exhausted&tenant=acme key ""  `,
			`[{"id":8,"attempts":[{"n":1}]}]`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Deliveries(ctx, client.DeliveryQuery{Tenant: "acme", Message: 7, Status: "exhausted", Kind: "webhook", Destination: "http://a/?b=c&d", Before: 9, Limit: 5})
			},
			[]wire.Delivery{{ID: 8, Attempts: []wirechief.Attempt{{N: 1}}}},
		},
		{
			`GET /deliveries/8 key ""  `, `{"id":8,"tenant":"acme","body":"b"}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Delivery(ctx, 8) },
			wire.DeliveryDetail{Delivery: wire.Delivery{ID: 8}, Tenant: "acme", Body: "b"},
		},
		{
			`POST /deliveries/replay key "" application/json {"ids":[8]}`, `{"replayed":1}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Replay(ctx, wire.Replay{IDs: []int64{8}})
			},
			1,
		},
		{
			`PUT /destinations key "" application/json {"kind":"webhook","destination":"http://a","paused":true}`, `{"paused":true}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.PauseDestination(ctx, wire.Destination{Kind: "webhook", Destination: "http://a", Paused: true})
			},
			nil,
		},
		{
			`GET /carriers key ""  `, `[{"name":"sim"}]`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Carriers(ctx) },
			[]wire.Carrier{{Name: "sim"}},
		},
		{
			`PATCH /carriers/a%2Fb key "" application/json {"paused":false}`, `{"name":"a/b"}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.PauseCarrier(ctx, "a/b", false) },
			wire.Carrier{Name: "a/b"},
		},
		{
			`GET /route?to=%2B2 key ""  `, `{"to":"+2","steps":[],"carriers":[]}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				e, err := c.ExplainRoute(ctx, "", "+2")
				return e.To, err
			},
			"+2",
		},
		{
			`POST /sim/texts key "" application/json {"from":"+1","to":"+2","text":"Hi"}`, ``,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.SimulateText(ctx, "+1", "+2", "Hi")
			},
			nil,
		},
		{
			`POST /apply?dry_run=true&name=my.yaml key "" application/yaml tenants: []`, `{"dry_run":true,"changes":[]}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				a, err := c.Apply(ctx, "my.yaml", []byte("tenants: []"), nil, true)
				return a.DryRun, err
			},
			true,
		},
		{
			`GET /numbers/+1%202 key ""  `, `{"number":"+12"}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Number(ctx, "+1 2") },
			wire.Number{Number: "+12"},
		},
		{
			`GET /webhooks?tenant=acme key ""  `, `[{"name":"Default"}]`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Webhooks(ctx, "acme") },
			[]wire.Webhook{{Name: "Default"}},
		},
		{
			`GET /campaigns key ""  `, `[{"tcr":"C1"}]`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Campaigns(ctx, "") },
			[]wire.Campaign{{TCR: "C1"}},
		},
		{
			`GET /version key ""  `, `{"version":"1"}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.Version(ctx) },
			wire.Version{Version: "1"},
		},
	} {
		var got string
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = fmt.Sprintf("%s %s key %q %s %s", r.Method, strings.TrimPrefix(r.RequestURI, "/wirechief/v1"),
				r.Header.Get("Idempotency-Key"), r.Header.Get("Content-Type"), body)
			if r.Header.Get("Authorization") != "Bearer "+token {
				got = "without the token: " + got
			}
			if tt.answer == "" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, tt.answer)
		})
		result, err := tt.call(t.Context(), c)
		if err != nil || got != tt.want {
			t.Errorf("asked: %s\nwant:  %s (%v)", got, tt.want, err)
		}
		if !reflect.DeepEqual(result, tt.result) {
			t.Errorf("%s gives %+v, want %+v", tt.want, result, tt.result)
		}
	}
}

func TestNumbersOfManyPages(t *testing.T) {
	const all = 2300
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		first := 0
		if after := r.URL.Query().Get("after"); after != "" {
			fmt.Sscanf(after, "+1%d", &first)
			first -= 1_000_000 - 1
		}
		var page []string
		for i := first; i < all && len(page) < 1000; i++ {
			page = append(page, fmt.Sprintf(`{"number":"+1%d"}`, 1_000_000+i))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(page, ","))
	})
	list, err := c.Numbers(t.Context(), "")
	if err != nil || len(list) != all {
		t.Fatal(len(list), err)
	}
	for i, n := range list {
		if n.Number != fmt.Sprintf("+1%d", 1_000_000+i) {
			t.Fatal(i, n.Number)
		}
	}
}

// What goes wrong: a refusal is a problem, anything else is not, and no error
// holds the token.
func TestErrors(t *testing.T) {
	answer := func(status int, media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	for _, tt := range []struct {
		name   string
		h      http.HandlerFunc
		status int // of the problem; 0: it is none
		text   string
		field  string
	}{
		{"refused", answer(400, "application/problem+json", `{"status":400,"detail":"to: no","kind":"invalid","rule":"recipient","field":"to"}`), 400, "to: no", "to"},
		{"the server echoes the token", answer(401, "application/problem+json", `{"detail":"`+token+` is wrong","field":"`+token+`","errors":[{"detail":"`+token+`","field":"`+token+`"}]}`), 401, "<hidden> is wrong", "<hidden>"},
		{"a proxy's page", answer(502, "text/html", `<h1>Bad Gateway `+token+`</h1>`), 502, "answered 502 Bad Gateway, which is no answer of Wirechief's own API", ""},
		{"another program", answer(200, "text/html", `<h1>Welcome</h1>`), 200, "answered 200 OK, which is no answer", ""},
		{"half a problem", answer(500, "application/problem+json", `{"detail":`), 500, "answered 500 Internal Server Error", ""},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.test/", http.StatusFound)
		}, 302, "answered 302 Found", ""},
		{"half an answer", answer(200, "application/json", `{"version":`), 0, "the answer of the server broke off or makes no sense", ""},
		{"cut", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, 0, "gives no answer: EOF", ""},
	} {
		c := serve(t, tt.h)
		_, err := c.Version(t.Context())
		if err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
			continue
		}
		var p *wire.Problem
		if errors.As(err, &p) != (tt.status != 0) || p != nil && (p.Status != tt.status || p.Field != tt.field) {
			t.Errorf("%s: %+v", tt.name, p)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v %+v %v", err, p, c, c, *c), token) {
			t.Errorf("%s: %v holds the token", tt.name, err)
		}
	}
	// What says no more than that it is done is asked for more than its status.
	c := serve(t, answer(200, "text/html", `<h1>Welcome</h1>`))
	if err := c.SimulateText(t.Context(), "+1", "+2", "Hi"); err == nil {
		t.Error("another program has played a handset")
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	c, err := client.New(address, token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Version(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "the server at "+address+" gives no answer: dial tcp") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Version(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNew(t *testing.T) {
	for _, tt := range []struct{ server, token, field string }{
		{"http://127.0.0.1:8080", token, ""},
		{"https://w.test/behind/a/proxy/", token, ""},
		{"127.0.0.1:8080", token, "server"},
		{"localhost", token, "server"},
		{"", token, "server"},
		{"ftp://w.test", token, "server"},
		{"http://user:pass@w.test", token, "server"},
		{"http://w.test/?a=b", token, "server"},
		{"http://w.test:port", token, "server"},
		{"http://w.test", "", "token"},
		{"http://w.test", token + "\n", "token"},
		{"http://w.test", "two words", "token"},
	} {
		_, err := client.New(tt.server, wirechief.Secret(tt.token))
		field := ""
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			field = e.Field
		}
		if field != tt.field || (err != nil) != (field != "") {
			t.Errorf("%q, %q: %v", tt.server, tt.token, err)
		}
		if err != nil && tt.token != "" && (strings.Contains(err.Error(), tt.token) || strings.Contains(err.Error(), "pass@")) {
			t.Errorf("%v holds a secret", err)
		}
	}
}
