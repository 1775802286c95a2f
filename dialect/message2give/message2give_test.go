package message2give_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/dialect/message2give"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestWire plays testdata: every documented call and every refusal.
func TestWire(t *testing.T) {
	dialecttest.Archives(t, "testdata/*.txt", func(t *testing.T, given string) dialecttest.Subject {
		c := newCore(t, given)
		return dialecttest.Subject{
			Handler: message2give.New(c, message2give.Options{}),
			State:   func() string { return c.state(t) },
		}
	})
}

const given = `
tenants:
  - id: acme
    credentials: [{dialect: message2give, workspace: "4711", username: m2g, password: m2g-secret}]
    numbers:
      - number: "+61400000000"
        capabilities: [voice, sms, mms]
        name: Front desk
        forwards: [{type: console, destination: Chat, enabled: true}]
        voice: {forwards: [{destination: "+61400005678", enabled: true}]}
  - id: globex
    credentials:
      - {dialect: message2give, workspace: "9", username: m2g, password: globex-secret}
      - {dialect: bulkvs, username: m2g, password: bulk-secret}
    numbers:
      - number: "+61400000009"
        capabilities: [voice, sms]
        name: Globex
        forwards: [{type: console, destination: GlobexChat, enabled: true}]
`

func set(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func key(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

func TestConformance(t *testing.T) {
	const msns = "/2019-01-23/organisations/self/msns"
	(&dialecttest.Suite{
		New: func(t *testing.T) (http.Handler, func(error)) {
			c := newCore(t, given)
			return message2give.New(c, message2give.Options{}), func(err error) { c.fail = err }
		},
		Calls: []dialecttest.Call{
			{Name: "list", Method: "GET", Target: msns},
			{Name: "get", Method: "GET", Target: msns + "/61400000000"},
			{Name: "update", Method: "POST", Target: msns + "/61400000000", Body: `{"alias":"Desk"}`},
			{Name: "add", Method: "POST", Target: msns + "/61400000000/forwarding", Body: `{"destination":"a@b.test","enabled":true,"type":"Email"}`},
			{Name: "remove", Method: "DELETE", Target: msns + "/61400000000/forwarding/Chat"},
			{Name: "add voice", Method: "POST", Target: msns + "/61400000000/voice", Body: `{"destination":"61400005679","enabled":true}`},
			{Name: "remove voice", Method: "DELETE", Target: msns + "/61400000000/voice/61400005678"},
			{Name: "send", Method: "POST", Target: "/2019-01-23/messages", Body: `{"to":"61400000002","from":"61400000000","type":"sms","content":"Hi"}`},
		},
		Unknown: []dialecttest.Call{
			{Name: "root", Method: "GET", Target: "/2019-01-23"},
			{Name: "trailing slash", Method: "GET", Target: msns + "/"},
			{Name: "case", Method: "GET", Target: "/2019-01-23/Organisations/self/msns"},
			{Name: "lists", Method: "GET", Target: "/2019-01-23/organisations/self/lists"},
			{Name: "message status", Method: "GET", Target: "/2019-01-23/messages/1"},
			{Name: "method", Method: "PUT", Target: msns + "/61400000000"},
			{Name: "head", Method: "HEAD", Target: msns},
			{Name: "delete nothing", Method: "DELETE", Target: msns + "/61400000000/forwarding/"},
			{Name: "get forwarding", Method: "GET", Target: msns + "/61400000000/forwarding"},
		},
		Absent: []dialecttest.Call{
			{Name: "nobody's number", Method: "GET", Target: msns + "/61400000008"},
			{Name: "another's number", Method: "GET", Target: msns + "/61400000009"},
			{Name: "update another's", Method: "POST", Target: msns + "/61400000009", Body: `{"alias":"Mine"}`},
			{Name: "add to another's", Method: "POST", Target: msns + "/61400000009/forwarding", Body: `{"destination":"a@b.test","enabled":true,"type":"Email"}`},
			{Name: "remove from another's", Method: "DELETE", Target: msns + "/61400000009/forwarding/GlobexChat"},
			{Name: "add voice to another's", Method: "POST", Target: msns + "/61400000009/voice", Body: `{"destination":"61400005679","enabled":true}`},
			{Name: "remove voice from another's", Method: "DELETE", Target: msns + "/61400000009/voice/61400005678"},
			{Name: "another's workspace", Method: "GET", Target: "/2019-01-23/organisations/9/msns"},
			{Name: "nobody's workspace", Method: "GET", Target: "/2019-01-23/organisations/10/msns"},
			{Name: "send from another's", Method: "POST", Target: "/2019-01-23/messages", Body: `{"to":"61400000002","from":"61400000009","type":"sms","content":"Hi"}`},
		},
		Login: set("X-Api-Key", key("m2g", "m2g-secret")),
		Wrong: []func(*http.Request){
			set("X-Api-Key", key("m2g", "wrong")),
			set("X-Api-Key", key("nobody", "m2g-secret")),
			set("X-Api-Key", key("", "m2g-secret")),
			set("X-Api-Key", key("m2g", "")),
			set("X-Api-Key", "m2g:m2g-secret"),
			set("X-Api-Key", "!"),
			set("X-Api-Key", key("m2g", "bulk-secret")),
			set("X-Token", "m2g-secret"),
			set("Authorization", "Basic"),
			set("Authorization", "Basic :m2g-secret"),
			set("Authorization", "Basic m2g:"),
			set("Authorization", "Basic "+key("m2g", "wrong")),
			set("Authorization", "Bearer "+key("m2g", "m2g-secret")),
			set("Authorization", "m2g:m2g-secret"),
		},
		Refusal: func(t *testing.T, status int, header http.Header, body []byte) {
			t.Helper()
			var b map[string]string
			if err := json.Unmarshal(body, &b); err != nil || len(b) != 1 || b["status"] == "" {
				t.Errorf("%d %s is not the refusal of docs/dialects/message2give.md (%v)", status, body, err)
			}
			if header.Get("Content-Type") != "application/json" {
				t.Errorf("%d has content type %q", status, header.Get("Content-Type"))
			}
			if status == 401 && header.Get("WWW-Authenticate") == "" {
				t.Errorf("401 %s without WWW-Authenticate", body)
			}
		},
		Secrets: []string{"m2g-secret", "globex-secret", "Globex"},
	}).Run(t)
}

// A key that is withdrawn is as wrong as one that never was.
func TestWithdrawnKey(t *testing.T) {
	c := newCore(t, given)
	h := message2give.New(c, message2give.Options{})
	get := func() int {
		r := httptest.NewRequest("GET", "/2019-01-23/organisations/4711/msns", http.NoBody)
		set("X-Api-Key", key("m2g", "m2g-secret"))(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	if code := get(); code != 200 {
		t.Errorf("%d", code)
	}
	c.ApplyState(`tenants: [{id: acme, credentials: [{dialect: message2give, workspace: "4711", username: m2g, absent: true}]}]`)
	if code := get(); code != 401 {
		t.Errorf("%d after the key was withdrawn", code)
	}
}

// What is read can be sent back, and changes nothing.
func TestRoundTrip(t *testing.T) {
	c := newCore(t, given)
	h := message2give.New(c, message2give.Options{})
	do := func(method, body string) string {
		r := httptest.NewRequest(method, "/2019-01-23/organisations/self/msns/61400000000", strings.NewReader(body))
		set("Authorization", "Basic m2g:m2g-secret")(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("%s %s: %d %s", method, body, w.Code, w.Body)
		}
		return w.Body.String()
	}
	before := do("GET", "")
	rev := c.rev(t)
	do("POST", before)
	if after := do("GET", ""); after != before || c.rev(t) != rev {
		t.Errorf("%s\nbecame (%d changes)\n%s", before, c.rev(t)-rev, after)
	}
}
