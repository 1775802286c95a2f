package message2give_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
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
			{Name: "head", Method: "HEAD", Target: msns + "/61400000000/forwarding"},
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
	do := func(method, body string) string {
		w := c.serve(method, "/2019-01-23/organisations/self/msns/61400000000", body)
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

// FuzzBodies: whatever comes, the answer is of the right shape and never blames
// us, and what is kept can be read and sent back.
func FuzzBodies(f *testing.F) {
	paths := []string{"", "/forwarding", "/voice", "!"}
	for i, bodies := range [][]string{
		{`{"alias":"Desk","replies":{"AgentsOnline":{"message":"Hi","enabled":true}},"voice":{"61400005678":{"enabled":true},"sip:a@b.test":{"enabled":false}}}`, `{"voice":{"":{}}}`},
		{`{"destination":"a@b.test","enabled":true,"type":"Email","historyMessages":"5","historyTimezone":"UTC"}`, `{"destination":"+61 400 004 321","enabled":false,"type":"SMS","prefix":"\ud83d\ude00"}`, `{"destination":"https://a.test","enabled":true,"type":"HTTP","httpMethod":"get","encoding":"json","historyMessages":1e2}`},
		{`{"destination":"sip:a@b.test","enabled":true,"notifySms":false}`},
		{`{"to":"61400000002","from":"61400000000","type":"sms","template":"{{a}} {{ b }}","fields":{"a":1,"b":"x"},"simulated":true}`, `{"to":"191177","from":"+61400000000","type":"mms","media":["https://a.test/1.png"],"simulated":true}`},
	} {
		for _, body := range bodies {
			f.Add(i, body)
		}
	}
	c := newCore(f, given)
	f.Fuzz(func(t *testing.T, i int, body string) {
		path := paths[uint(i)%uint(len(paths))]
		target := "/2019-01-23/organisations/self/msns/61400000000" + path
		if path == "!" {
			target = "/2019-01-23/messages"
		}
		w := c.serve("POST", target, body)
		var answer struct{ Status string }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Status == "" || w.Code >= 500 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		if w.Code != 200 || path == "!" {
			return
		}
		w = c.serve("GET", "/2019-01-23/organisations/self/msns/61400000000", "")
		if !json.Valid(w.Body.Bytes()) || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if back := c.serve("POST", "/2019-01-23/organisations/self/msns/61400000000", w.Body.String()); back.Code != 200 {
			t.Fatalf("%s came back as %d %s", w.Body, back.Code, back.Body)
		}
		var read struct {
			Forwarding, Voice map[string]any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &read); err != nil {
			t.Fatal(err)
		}
		for part, keys := range map[string]map[string]any{"/forwarding/": read.Forwarding, "/voice/": read.Voice} {
			for key := range keys {
				if w := c.serve("DELETE", "/2019-01-23/organisations/self/msns/61400000000"+part+url.PathEscape(key), ""); w.Code != 200 {
					t.Fatalf("%q cannot be removed: %d %s", key, w.Code, w.Body)
				}
			}
		}
	})
}

// FuzzPaths: a destination in a path is found or not, and nothing else happens.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"Chat", "%2F", "https://a.test//b?c=d", "+61400005678", "%zz", "..", "a/../b", "%00", "%ff"} {
		f.Add(seed)
	}
	c := newCore(f, given)
	f.Fuzz(func(t *testing.T, value string) {
		target := "/2019-01-23/organisations/self/msns/61400000000/forwarding/" + value
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := httptest.NewRequest("DELETE", "/", http.NoBody)
		r.URL = u
		set("Authorization", "Basic m2g:m2g-secret")(r)
		w := httptest.NewRecorder()
		message2give.New(c, message2give.Options{}).ServeHTTP(w, r)
		switch w.Code {
		case 200:
			c.serve("POST", "/2019-01-23/organisations/self/msns/61400000000/forwarding", `{"destination":"Chat","enabled":true,"type":"Console"}`)
		case 404, 405:
		default:
			t.Fatalf("%q: %d %s", value, w.Code, w.Body)
		}
	})
}

// BenchmarkGet is the whole dialect and core around one read.
func BenchmarkGet(b *testing.B) {
	h := message2give.New(newCore(b, given), message2give.Options{})
	r := httptest.NewRequest("GET", "/2019-01-23/organisations/self/msns/61400000000", http.NoBody)
	set("Authorization", "Basic m2g:m2g-secret")(r)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// TestOffTheRecord: the handset gets the text, and nobody else can read it
// afterwards.
func TestOffTheRecord(t *testing.T) {
	c := newCore(t, given)
	w := c.serve("POST", "/2019-01-23/messages", `{"to":"61400000002","from":"61400000000","type":"sms","content":"Your code is 4711","offTheRecord":true}`)
	if w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	select {
	case text := <-c.sent:
		if text != "Your code is 4711" {
			t.Errorf("sent %q", text)
		}
	case <-t.Context().Done():
		t.Fatal("it was not sent")
	}
	if err := c.Stop(t.Context()); err != nil { // what the carrier said is on disk then
		t.Fatal(err)
	}
	list, err := c.Messages(t.Context(), wirechief.Principal{Operator: true}, wirechief.MessageFilter{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if m := list[0]; m.Status != wirechief.StatusSubmitted || !strings.HasPrefix(m.Text, "sha256:") {
		t.Errorf("%s: %q", m.Status, m.Text)
	}
}
