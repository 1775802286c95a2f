package bulkvs_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/test/world"
)

// TestWire plays testdata: every documented call, every refusal, and every
// shape of request that real clients send. vendor.txt is no archive.
func TestWire(t *testing.T) {
	dialecttest.Archives(t, "testdata/[^v]*.txt", func(t *testing.T, given string) dialecttest.Subject {
		c := newCore(t, given)
		return dialecttest.Subject{Handler: bulkvs.New(c, bulkvs.Options{}), State: c.state}
	})
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func authorize(value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", value) }
}

var digits = regexp.MustCompile(`^7[0-9]{3}$`)

func TestConformance(t *testing.T) {
	(&dialecttest.Suite{
		New: func(t *testing.T) (http.Handler, func(error)) {
			c := newCore(t, "webhook Default http://127.0.0.1:2790/dlr true POST -\ncampaign CW1549 49 approved Brand 1")
			c.world = sync.OnceValue(func() *world.World { return world.New(t, someNumbers) })
			return bulkvs.New(c, bulkvs.Options{}), func(err error) { c.fail = err }
		},
		Calls: []dialecttest.Call{
			{Name: "send", Method: "POST", Target: "/api/v1.0/messageSend", Body: `{"From":"13109060901","To":["13105551212"],"Message":"Hi"}`},
			{Name: "send bare", Method: "POST", Target: "/api/v1.0/messageSend", Body: `{"From":"13109060901","To":"13105551212","Message":"Hi"}`},
			{Name: "list webhooks", Method: "GET", Target: "/api/v1.0/webHooks"},
			{Name: "get webhook", Method: "GET", Target: "/api/v1.0/webHooks?Webhook=Default"},
			{Name: "put webhook", Method: "PUT", Target: "/api/v1.0/webHooks", Body: `{"Webhook":"New","Url":"https://a.test/"}`},
			{Name: "list campaigns", Method: "GET", Target: "/api/v1.0/campaigns"},
			{Name: "get campaign", Method: "GET", Target: "/api/v1.0/campaigns?Tcr=CW1549"},
			{Name: "delete webhook", Method: "DELETE", Target: "/api/v1.0/webHooks?Webhook=Default"},
			{Name: "search numbers", Method: "GET", Target: "/api/v1.0/orderTn?Npa=510"},
			{Name: "buy a number", Method: "POST", Target: "/api/v1.0/orderTn", Body: `{"TN":"15105550100","Lidb":"ACME","Sms":true}`},
			{Name: "list numbers", Method: "GET", Target: "/api/v1.0/tnRecord"},
			{Name: "get a number", Method: "GET", Target: "/api/v1.0/tnRecord?Number=13109060901"},
			{Name: "change a number", Method: "POST", Target: "/api/v1.0/tnRecord", Body: `{"TN":"13109060901","ReferenceID":"note"}`},
			{Name: "release a number", Method: "DELETE", Target: "/api/v1.0/tnRecord?Number=13109060901"},
			{Name: "exchanges", Method: "GET", Target: "/api/v1.0/exchanges?Npa=510"},
			{Name: "account", Method: "GET", Target: "/api/v1.0/accountDetail"},
		},
		Unknown: []dialecttest.Call{
			{Name: "path", Method: "GET", Target: "/api/v1.0/messageStatus"},
			{Name: "root", Method: "GET", Target: "/api/v1.0/"},
			{Name: "trailing slash", Method: "POST", Target: "/api/v1.0/messageSend/"},
			{Name: "method", Method: "GET", Target: "/api/v1.0/messageSend"},
			{Name: "head", Method: "HEAD", Target: "/api/v1.0/messageSend"},
			{Name: "post to webHooks", Method: "POST", Target: "/api/v1.0/webHooks", Body: "{}"},
		},
		Absent: []dialecttest.Call{
			{Name: "nobody's webhook", Method: "GET", Target: "/api/v1.0/webHooks?Webhook=Nobody"},
			{Name: "another's webhook", Method: "GET", Target: "/api/v1.0/webHooks?Webhook=Secret"},
			{Name: "delete another's webhook", Method: "DELETE", Target: "/api/v1.0/webHooks?Webhook=Secret"},
			{Name: "another's campaign", Method: "GET", Target: "/api/v1.0/campaigns?Tcr=CGLOBEX"},
			{Name: "nobody's number", Method: "GET", Target: "/api/v1.0/tnRecord?Number=13109060998"},
			{Name: "another's number", Method: "GET", Target: "/api/v1.0/tnRecord?Number=13109060999"},
			{Name: "change another's number", Method: "POST", Target: "/api/v1.0/tnRecord", Body: `{"TN":"13109060999","Sms":false}`},
			{Name: "release another's number", Method: "DELETE", Target: "/api/v1.0/tnRecord?Number=13109060999"},
			{Name: "an area without offers", Method: "GET", Target: "/api/v1.0/orderTn?Npa=999"},
		},
		Login: authorize(basic("acme", "bulk-secret")),
		Wrong: []func(*http.Request){
			authorize(basic("acme", "wrong")),
			authorize(basic("globex", "bulk-secret")),
			authorize(basic("", "bulk-secret")),
			authorize(basic("acme", "")),
			authorize("Basic"),
			authorize("Basic !"),
			authorize("Bearer bulk-secret"),
			authorize("Digest username=acme"),
			authorize("bulk-secret"),
		},
		Refusal: func(t *testing.T, status int, header http.Header, body []byte) {
			t.Helper()
			var b map[string]string // Description is always a string
			if err := json.Unmarshal(body, &b); err != nil {
				t.Errorf("%d %s: %v", status, body, err)
				return
			}
			number, about := b["TN"]
			if about && len(number) != 11 || about && len(b) != 4 || !about && len(b) != 3 || b["Status"] != "Failed" || !digits.MatchString(b["Code"]) || b["Description"] == "" {
				t.Errorf("%d %s is not the refusal of docs/dialects/bulkvs.md", status, body)
			}
			if header.Get("Content-Type") != "application/json" {
				t.Errorf("%d has content type %q", status, header.Get("Content-Type"))
			}
			if status == 401 && header.Get("WWW-Authenticate") != `Basic realm="BulkVS API"` {
				t.Errorf("401 with WWW-Authenticate %q", header.Get("WWW-Authenticate"))
			}
		},
		Secrets: []string{"bulk-secret", "globex.test", "Globex"},
	}).Run(t)
}

// post sends a body to messageSend and gives the answer.
func post(t testing.TB, h http.Handler, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	authorize(basic("acme", "bulk-secret"))(r)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// apprise sends up to 4000 numbers in one call.
func TestManyRecipients(t *testing.T) {
	for _, tt := range []struct{ n, status, results int }{
		{1, 200, 1}, {4000, 200, 4000}, {4001, 400, 0},
	} {
		c := newCore(t, "")
		var to []string
		for i := range tt.n {
			to = append(to, fmt.Sprintf("+1310555%04d", i%5000))
		}
		body, err := json.Marshal(map[string]any{"From": "13109060901", "To": to, "Message": "Hi"})
		if err != nil {
			t.Fatal(err)
		}
		w := post(t, bulkvs.New(c, bulkvs.Options{}), "/api/v1.0/messageSend", string(body))
		var reply struct{ Results []struct{ To, Status string } }
		if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || w.Code != tt.status || len(reply.Results) != tt.results {
			t.Errorf("%d recipients: %d with %d results (%v)", tt.n, w.Code, len(reply.Results), err)
		}
	}
}

// The two ways to name the same recipients are other bodies, and so other requests.
func TestFingerprintIsOfTheBody(t *testing.T) {
	c := newCore(t, "")
	h := bulkvs.New(c, bulkvs.Options{})
	send := func(body string) int {
		r := httptest.NewRequest("POST", "/api/v1.0/messageSend", strings.NewReader(body))
		authorize(basic("acme", "bulk-secret"))(r)
		r.Header.Set("Idempotency-Key", "k")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for _, tt := range []struct {
		body   string
		status int
	}{
		{`{"From":"13109060901","To":"13105551212","Message":"Hi"}`, 200},
		{`{"From":"13109060901","To":"13105551212","Message":"Hi"}`, 200},
		{`{"From":"13109060901","To":"13105551212","Message":"Ho"}`, 409},
	} {
		if status := send(tt.body); status != tt.status {
			t.Errorf("%s: %d, want %d", tt.body, status, tt.status)
		}
	}
}

// Every rule that has a code of its own has another one.
func TestDocumentedCodes(t *testing.T) {
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, code := range regexp.MustCompile(`"(7[0-9]{3})"`).FindAllStringSubmatch(string(source), -1) {
		if seen[code[1]] {
			t.Errorf("code %s stands for two things", code[1])
		}
		seen[code[1]] = true
	}
	if !seen["7511"] {
		t.Error("7511, the one code known from the vendor, is gone")
	}
}

// FuzzSend: whatever comes, the answer is a 200 or a 400 of the right shape,
// and a sent text is the one that was given.
func FuzzSend(f *testing.F) {
	for _, seed := range []string{
		`{"From":"13109060901","To":["13105551212","78701"],"Message":"Hi \ud83d\ude00","MediaURLs":["https://a.test/1.png"]}`,
		`{"From":"+1 (310) 906-0901","To":"3105551212","Message":"Hi","MediaURLs":null}`,
		`{"from":"+13109060901","to":"+13105551212","text":"Hi","media_urls":[]}`,
		`{"From":1}`, `{"To":{}}`, `[]`, `{"From":"13109060901","To":[null]}`,
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	h := bulkvs.New(newCore(f, ""), bulkvs.Options{})
	f.Fuzz(func(t *testing.T, body string, pbx bool) {
		target := "/api/v1.0/messageSend"
		if pbx {
			target += "?pbx=3cx"
		}
		w := post(t, h, target, body)
		var reply struct {
			Status, Code, Description string
			RefID                     string `json:"RefId"`
			Results                   []struct{ To, Status string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		switch {
		case w.Code == 200 && reply.RefID == ref && len(reply.Results) > 0:
		case w.Code == 400 && reply.Status == "Failed" && reply.Code != "" && reply.Description != "":
		default:
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}

// discard is a response that costs nothing.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// quick is a core that takes no time.
type quick struct{ core }

var accepted = wirechief.SendResult{
	Ref: ref, From: "+13109060901", Segments: 1, Recipients: []wirechief.SendRecipient{{To: "+13105551212", Message: 1}},
}

func (*quick) Send(_ context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	return accepted, nil
}

// BenchmarkMessageSend is the whole dialect around one text.
func BenchmarkMessageSend(b *testing.B) {
	h := bulkvs.New(&quick{}, bulkvs.Options{})
	body := strings.NewReader("")
	r := httptest.NewRequest("POST", "/api/v1.0/messageSend", body)
	authorize(basic("acme", "bulk-secret"))(r)
	const text = `{"From":"13109060901","To":["13105551212"],"Message":"Your code is 123456. It is valid for ten minutes."}`
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(text)
		r.ContentLength = int64(len(text))
		h.ServeHTTP(w, r)
	}
}
