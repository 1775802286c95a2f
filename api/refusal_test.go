package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wirechief/wirechief"
)

func ask(a *api, token, method, path string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, Prefix+path, body)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	a.mux.ServeHTTP(w, r)
	return w
}

func sendBody(to, text string) string {
	return `{"from":"+13109060901","to":[` + to + `],"text":"` + text + `"}`
}

func recipients(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"+1310555%04d"`, i)
	}
	return b.String()[1:]
}

// Bodies that no client of good will sends. Each refusal names the property.
func TestBadBodies(t *testing.T) {
	big := sendBody(`"+13105550001"`, "")
	text := func(size int) string { return strings.Repeat("a", size-len(big)) }
	for _, tt := range []struct {
		name, body string
		status     int
		field      string
	}{
		{"1 MB", sendBody(`"+13105550001"`, text(maxBody)), 200, ""},
		{"more than 1 MB", sendBody(`"+13105550001"`, text(maxBody+1)), 413, ""},
		{"more than 1 MB of nothing", strings.Repeat(" ", 2*maxBody), 413, ""},
		{"4,000 recipients", sendBody(recipients(4000), "Hi"), 200, ""},
		{"10,000 recipients", sendBody(recipients(10_000), "Hi"), 400, "to"},
		{"10,000 recipients of the wrong type", sendBody(strings.Repeat("1,", 9999)+"1", "Hi"), 400, "to"},
		{"invalid UTF-8", sendBody(`"+13105550001"`, "a\xffb"), 400, "text"},
		{"invalid UTF-8 in a list", sendBody("\"+13105550001\",\"\xc3\"", "Hi"), 400, "to[1]"},
		{"invalid UTF-8 in a name", "{\"fr\xffom\":\"+13109060901\"}", 400, ""},
		{"NUL", sendBody(`"+13105550001"`, `\u0000`), 400, "text"},
		{"NUL far in", sendBody(recipients(3000)+`,"\u0000"`, "Hi"), 400, "to[3000]"},
		{"NUL octet", sendBody(`"+13105550001"`, "a\x00b"), 400, ""},
		{"half a surrogate pair", sendBody(`"+13105550001"`, `\ud83d!`), 400, "text"},
		{"two high surrogates", sendBody(`"+13105550001"`, `\ud83d\ud83d\ude00`), 400, "text"},
		{"other half", sendBody(`"+13105550001"`, `\\\ude00`), 400, "text"},
		{"escaped escape", sendBody(`"+13105550001"`, `\\u0000 \ud83d\ude00`), 200, ""},
		{"deep", strings.Repeat("[", 200_000), 400, ""},
		{"deep and not text", strings.Repeat("[", 5000) + `"\u0000"` + strings.Repeat("]", 5000), 400, "[0][0][0][0]"},
		{"deep property", `{"text":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, 400, "from"},
		{"property twice, in other letters", `{"from":"+13109060901","to":["+13105550001"],"To":7,"text":"Hi"}`, 400, "to"},
		{"number without end", `{"from":"+13109060901","to":["+13105550001"],"text":1e999}`, 400, ""},
		{"null", "null", 400, ""},
		{"text", `"from"`, 400, ""},
		{"two documents", sendBody(`"+13105550001"`, "Hi") + "{}", 400, ""},
		{"year 10000", `{"from":"+13109060901","to":["+13105550001"],"text":"Hi","at":"10000-01-01T00:00:00Z"}`, 400, "at"},
		{"UTF-16", "\xff\xfe{\x00}\x00", 400, ""},
		{"byte order mark", "\xef\xbb\xbf" + sendBody(`"+13105550001"`, "Hi"), 400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := build(worldOptions(newCore()))
			w := ask(a, acmeToken, "POST", "/messages", strings.NewReader(tt.body))
			if w.Code != tt.status {
				t.Fatalf("%d %.200s, want %d", w.Code, w.Body, tt.status)
			}
			if w.Code == 200 {
				return
			}
			p := checkProblem(t, a, w)
			if p.Field != tt.field {
				t.Errorf("field %q, want %q: %s", p.Field, tt.field, w.Body)
			}
			if len(p.Errors) > maxFaults || w.Body.Len() > 8<<10 {
				t.Errorf("the refusal has %d octets", w.Body.Len())
			}
			if strings.Contains(w.Body.String(), "Go ") || strings.Contains(w.Body.String(), "json:") {
				t.Errorf("the refusal speaks of Go: %s", w.Body)
			}
		})
	}
}

func TestBodyBreaksOff(t *testing.T) {
	a := build(worldOptions(newCore()))
	body := io.MultiReader(strings.NewReader(`{"from":`), iotest.ErrReader(io.ErrUnexpectedEOF))
	w := ask(a, acmeToken, "POST", "/messages", body)
	if p := checkProblem(t, a, w); w.Code != 400 || p.Detail != "the request body broke off" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A name that the caller gave comes back shortened.
func TestLongNames(t *testing.T) {
	a := build(worldOptions(newCore()))
	long := strings.Repeat("ä", 100_000)
	w := ask(a, acmeToken, "PUT", "/destinations", strings.NewReader(`{"kind":"webhook","destination":"x","paused":true,"`+long+`":1}`))
	if p := checkProblem(t, a, w); w.Code != 400 || len(p.Field) > 110 || !strings.HasPrefix(p.Field, "ää") {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}

// Each kind has its status, and the cause of what is our own fault goes to the
// log and nowhere else.
func TestKinds(t *testing.T) {
	cause := errors.New("disk on fire")
	for _, tt := range []struct {
		err    error
		status int
		retry  string
		logged bool
	}{
		{wirechief.InvalidField("to", "no"), 400, "", false},
		{wirechief.Errorf(wirechief.Unauthenticated, "no"), 401, "", false},
		{wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "no"), 403, "", false},
		{wirechief.Errorf(wirechief.NotFound, "no"), 404, "", false},
		{wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaign, "no"), 409, "", false},
		{wirechief.Refuse(wirechief.Consent, wirechief.RuleAgreement, "no"), 412, "", false},
		{wirechief.Refuse(wirechief.NotOffered, wirechief.RuleRoute, "no"), 422, "", false},
		{wirechief.Refuse(wirechief.Exhausted, wirechief.RuleBacklog, "no"), 429, "1", false},
		{&wirechief.Error{Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: "no", Err: cause}, 503, "1", false},
		{&wirechief.Error{Kind: wirechief.Internal, Err: cause}, 500, "", true},
		{cause, 500, "", true},
	} {
		var log bytes.Buffer
		c := newCore()
		o := worldOptions(c)
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		a := build(o)
		for name, fails := range map[string]func(){
			"send":         func() { c.send = func(wirechief.SendRequest) (r wirechief.SendResult, _ error) { return r, tt.err } },
			"authenticate": func() { c.fail = tt.err },
		} {
			fails()
			log.Reset()
			w := ask(a, acmeToken, "POST", "/messages", strings.NewReader(sendBody(`"+13105550001"`, "Hi")))
			p := checkProblem(t, a, w)
			if w.Code != tt.status || w.Header().Get("Retry-After") != tt.retry {
				t.Errorf("%s: %v is answered %d with Retry-After %q", name, tt.err, w.Code, w.Header().Get("Retry-After"))
			}
			var e *wirechief.Error
			if errors.As(tt.err, &e) && (p.Rule != string(e.Rule) || p.Field != e.Field || p.Kind != e.Kind.String()) {
				t.Errorf("%s: %v is answered %s", name, tt.err, w.Body)
			}
			if strings.Contains(w.Body.String(), cause.Error()) {
				t.Errorf("%s: the caller is told %s", name, w.Body)
			}
			if strings.Contains(log.String(), cause.Error()) != tt.logged {
				t.Errorf("%s: %v is logged as %q", name, tt.err, log.String())
			}
			if secret.Match(log.Bytes()) {
				t.Errorf("the log holds a secret: %s", log.String())
			}
		}
	}
}

// An error because the client has gone is not ours.
func TestGoneClientIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	c := newCore()
	o := worldOptions(c)
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	ctx, cancel := context.WithCancel(t.Context())
	c.send = func(wirechief.SendRequest) (r wirechief.SendResult, _ error) { cancel(); return r, ctx.Err() }
	r := httptest.NewRequest("POST", Prefix+"/messages", strings.NewReader(sendBody(`"+13105550001"`, "Hi"))).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer "+acmeToken)
	New(o).ServeHTTP(httptest.NewRecorder(), r)
	if log.Len() > 0 {
		t.Error(log.String())
	}
}

// Which scope each operation needs.
func TestScopes(t *testing.T) {
	bodies := map[string]string{
		"POST /messages":          sendBody(`"+13105550001"`, "Hi"),
		"POST /deliveries/replay": `{}`,
		"PUT /destinations":       `{"kind":"webhook","destination":"x","paused":true}`,
		"PATCH /carriers/sim":     `{"paused":true}`,
		"POST /sim/texts":         `{"from":"+13105550123","to":"+13109060901","text":"Hi"}`,
		"POST /apply":             "tenants: []",
	}
	scopes := map[string][]string{
		"send":     {"POST /messages", "POST /messages/13/cancel", "POST /sim/texts"},
		"manage":   {"POST /deliveries/replay", "PUT /destinations"},
		"operator": {"GET /carriers", "PATCH /carriers/sim", "POST /apply", "GET /backup"},
		"any":      {"GET /version"},
		"read": {
			"GET /messages", "GET /messages/12", "GET /deliveries", "GET /deliveries/22", "GET /route?to=78701",
			"GET /numbers", "GET /numbers/+13109060901", "GET /webhooks", "GET /campaigns",
		},
	}
	tokens := map[string]string{
		acmeToken: "send manage read any", readToken: "read any", sendToken: "send any", mendToken: "manage any", bareToken: "any",
		adminToken: "send manage read operator any", "": "", "wrong": "",
	}
	operations := 0
	for scope, requests := range scopes {
		for _, request := range requests {
			operations++
			method, path, _ := strings.Cut(request, " ")
			for token, has := range tokens {
				c := newCore()
				o := worldOptions(c)
				o.Backup = func(context.Context, io.Writer) error { return nil }
				w := ask(build(o), token, method, path, strings.NewReader(bodies[request]))
				allowed := strings.Contains(has, scope)
				switch {
				case has == "" && w.Code == 401:
				case has != "" && !allowed && w.Code == 403:
					if got := w.Body.String(); !strings.Contains(got, `"rule":"scope"`) {
						t.Errorf("%s as %s: %s", request, token, got)
					}
				case allowed && (w.Code < 300 || token == adminToken && w.Code == 400):
					// The operator has to name a tenant for some.
				default:
					t.Errorf("%s as %q: %d %s", request, token, w.Code, w.Body)
				}
				if !allowed && c.asked.Len() > 0 {
					t.Errorf("%s as %q reached the core: %s", request, token, &c.asked)
				}
			}
		}
	}
	if operations != 19 {
		t.Errorf("%d operations are tested", operations)
	}
}

// Nobody is the operator when there is no token for one.
func TestNoOperator(t *testing.T) {
	o := worldOptions(newCore())
	o.AdminToken = ""
	a := build(o)
	for _, token := range []string{"", " ", adminToken} {
		if w := ask(a, token, "GET", "/carriers", http.NoBody); w.Code != 401 {
			t.Errorf("%q: %d", token, w.Code)
		}
	}
}
