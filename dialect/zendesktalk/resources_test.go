package zendesktalk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/dialecttest"
)

func (f *failing) PutGreetingAudio(ctx context.Context, p wirechief.Principal, key, name string, r io.Reader) (wirechief.Greeting, error) {
	if f.err != nil {
		return wirechief.Greeting{}, f.err
	}
	return f.Core.PutGreetingAudio(ctx, p, key, name, r)
}

func (f *failing) GreetingAudio(ctx context.Context, tenant, key string) (wirechief.Greeting, io.ReadSeekCloser, error) {
	if f.err != nil {
		return wirechief.Greeting{}, nil, f.err
	}
	return f.Core.GreetingAudio(ctx, tenant, key)
}

// resourceState has the ids 1001 for the address and 1002 for the number.
const resourceState = `
tenants:
  - id: acme
    credentials:
      - {dialect: zendesk, email: agent@acme.test, token: zen-secret}
    addresses:
      - {name: HQ, street: 1 Main St, city: Oakland, province: CA, zip: "94607", country: US}
    groups: [{id: 1, name: Sales, agents: [ann@acme.test]}]
    agents: [{id: 101, email: ann@acme.test, name: Ann}]
    numbers:
      - {number: "+13109060901", capabilities: [voice, sms]}
  - id: globex
    credentials:
      - {dialect: zendesk, email: boss@globex.test, token: globex-secret}
    addresses:
      - {name: Theirs, street: 3 Main St, city: Cypress Creek, province: OR, zip: "97001", country: US}
    groups: [{id: 7, name: Globex}]
    agents: [{id: 701, email: hank@globex.test, name: Hank}]
`

func TestResourcesConform(t *testing.T) {
	const address = `{"address":{"name":"Annex","street":"2 Main St","city":"Oakland","province":"CA","zip":"94607","country_code":"US"}}`
	conformance(t, resourceState, dialecttest.Suite{
		Calls: []dialecttest.Call{
			{Name: "list addresses", Method: "GET", Target: prefix + "/addresses"},
			{Name: "make an address", Method: "POST", Target: prefix + "/addresses.json", Body: address},
			{Name: "show an address", Method: "GET", Target: prefix + "/addresses/1001"},
			{Name: "change an address", Method: "PUT", Target: prefix + "/addresses/1001", Body: `{"address":{"name":"Head office"}}`},
			{Name: "remove an address", Method: "DELETE", Target: prefix + "/addresses/1001"},
			{Name: "list categories", Method: "GET", Target: prefix + "/greeting_categories"},
			{Name: "show a category", Method: "GET", Target: prefix + "/greeting_categories/9"},
			{Name: "list greetings", Method: "GET", Target: prefix + "/greetings"},
			{Name: "make a greeting", Method: "POST", Target: prefix + "/greetings", Body: `{"greeting":{"name":"Closed","category_id":1}}`},
			{Name: "show a default greeting", Method: "GET", Target: prefix + "/greetings/wait_en"},
			{Name: "list IVRs", Method: "GET", Target: prefix + "/ivr"},
			{Name: "make an IVR", Method: "POST", Target: prefix + "/ivr", Body: `{"ivr":{"name":"Front desk"}}`},
			{Name: "list lines", Method: "GET", Target: prefix + "/lines"},
			{Name: "make a digital line", Method: "POST", Target: prefix + "/digital_lines", Body: `{"digital_line":{"nickname":"Web","group_ids":[1]}}`},
			{Name: "show an availability", Method: "GET", Target: prefix + "/availabilities/101"},
			{Name: "change an availability", Method: "PUT", Target: prefix + "/availabilities/101", Body: `{"availability":{"agent_state":"online"}}`},
			{Name: "show settings", Method: "GET", Target: prefix + "/settings.json"},
			{Name: "ask for a callback", Method: "POST", Target: prefix + "/callback_requests", Body: `{"callback_request":{"phone_number_id":1002,"requester_phone_number":"+12518717081"}}`},
			{Name: "ask for a callback barely", Method: "POST", Target: prefix + "/callback_requests", Body: `{"phone_number_id":1002,"requester_phone_number":"+12518717081"}`},
			{Name: "account overview", Method: "GET", Target: prefix + "/stats/account_overview"},
			{Name: "agents overview", Method: "GET", Target: prefix + "/stats/agents_overview"},
			{Name: "agents activity", Method: "GET", Target: prefix + "/stats/agents_activity?group_ids=1"},
			{Name: "queue activity", Method: "GET", Target: prefix + "/stats/current_queue_activity"},
		},
		Unknown: []dialecttest.Call{
			{Name: "no list of digital lines", Method: "GET", Target: prefix + "/digital_lines"},
			{Name: "an old name", Method: "GET", Target: prefix + "/stats/historical_queue_activity"},
			{Name: "another old name", Method: "GET", Target: prefix + "/greeting_category/1"},
			{Name: "Partner edition", Method: "POST", Target: prefix + "/tickets", Body: "{}"},
			{Name: "patch", Method: "PATCH", Target: prefix + "/addresses/1001", Body: address},
			{Name: "head", Method: "HEAD", Target: prefix + "/callback_requests"},
		},
		Absent: []dialecttest.Call{
			{Name: "nobody's address", Method: "GET", Target: prefix + "/addresses/17"},
			{Name: "another's address", Method: "GET", Target: prefix + "/addresses/1004"},
			{Name: "change another's address", Method: "PUT", Target: prefix + "/addresses/1004", Body: address},
			{Name: "remove another's address", Method: "DELETE", Target: prefix + "/addresses/1004"},
			{Name: "nobody's greeting", Method: "GET", Target: prefix + "/greetings/17"},
			{Name: "nobody's sound", Method: "GET", Target: prefix + "/greetings/17/upload"},
			{Name: "nobody's IVR", Method: "DELETE", Target: prefix + "/ivr/17"},
			{Name: "nobody's menus", Method: "GET", Target: prefix + "/ivr/17/menus"},
			{Name: "a menu of nobody's", Method: "POST", Target: prefix + "/ivr/17/menus", Body: `{"ivr_menu":{"name":"x"}}`},
			{Name: "a route of nobody's", Method: "DELETE", Target: prefix + "/ivr/17/menus/18/routes/19"},
			{Name: "nobody's line", Method: "GET", Target: prefix + "/digital_lines/1002"},
			{Name: "nobody's availability", Method: "GET", Target: prefix + "/availabilities/102"},
			{Name: "another's availability", Method: "PUT", Target: prefix + "/availabilities/701", Body: `{"availability":{"agent_state":"away"}}`},
			{Name: "recordings of no call", Method: "DELETE", Target: prefix + "/calls/1/recordings"},
		},
	})
}

// menuState is resourceState with an IVR, 1005, its menu, 1006, and a route
// in it, 1007; a greeting, 1008; a digital line, 1009.
func menuState(t testing.TB, h http.Handler) {
	t.Helper()
	for _, r := range []struct{ path, body, id string }{
		{"/ivr", `{"ivr":{"name":"Front desk"}}`, `"id":1005`},
		{"/ivr/1005/menus/1006/routes", `{"ivr_route":{"keypress":"0","action":"voicemail"}}`, `"id":1007`},
		{"/greetings", `{"greeting":{"name":"Closed","category_id":1}}`, `"id":1008`},
		{"/digital_lines", `{"digital_line":{"nickname":"Web"}}`, `"id":1009`},
	} {
		if w := ask(t, h, "POST", prefix+r.path, r.body); w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), r.id) {
			t.Fatalf("%s: %d %s", r.path, w.Code, w.Body)
		}
	}
}

// A change that the core refuses for whatever reason is refused in the vendor's
// shape: the suite has no calls on what must be made before.
func TestMadeThingsConform(t *testing.T) {
	w, core := newCore(t, resourceState)
	h := newServer(w, core)
	menuState(t, h)
	calls := []struct{ method, path, body string }{
		{"GET", "/ivr/1005", ""},
		{"PUT", "/ivr/1005", `{"ivr":{"name":"Back door"}}`},
		{"GET", "/ivr/1005/menus", ""},
		{"POST", "/ivr/1005/menus", `{"ivr_menu":{"name":"Sales"}}`},
		{"GET", "/ivr/1005/menus/1006", ""},
		{"PUT", "/ivr/1005/menus/1006", `{"ivr_menu":{"name":"Sales"}}`},
		{"GET", "/ivr/1005/menus/1006/routes", ""},
		{"POST", "/ivr/1005/menus/1006/routes", `{"ivr_route":{"keypress":"9","action":"voicemail"}}`},
		{"GET", "/ivr/1005/menus/1006/routes/1007", ""},
		{"PUT", "/ivr/1005/menus/1006/routes/1007", `{"ivr_route":{"keypress":"8"}}`},
		{"GET", "/greetings/1008", ""},
		{"PUT", "/greetings/1008", `{"greeting":{"name":"Open"}}`},
		{"GET", "/digital_lines/1009", ""},
		{"PUT", "/digital_lines/1009", `{"digital_line":{"nickname":"App"}}`},
		{"PUT", "/settings", `{"settings":{"maximum_queue_size":10}}`},
		{"DELETE", "/digital_lines/1009", ""},
		{"DELETE", "/greetings/1008", ""},
		{"DELETE", "/ivr/1005/menus/1006/routes/1007", ""},
		{"DELETE", "/ivr/1005", ""},
	}
	for kind := wirechief.Internal; kind <= wirechief.Unavailable; kind++ {
		for _, c := range calls {
			core.err = &wirechief.Error{Kind: kind, Message: "the message for people"}
			rec := ask(t, h, c.method, prefix+c.path, c.body)
			if core.err = nil; rec.Code < 400 {
				t.Errorf("%s %s with kind %v: %d", c.method, c.path, kind, rec.Code)
				continue
			}
			if kind != wirechief.Unauthenticated {
				checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
			}
		}
	}
	for _, c := range calls {
		for _, body := range []string{"", "{", "[]", "null", c.body + c.body, strings.Repeat("[", 1000)} {
			if c.body == "" {
				continue
			}
			rec := ask(t, h, c.method, prefix+c.path, body)
			checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
			if rec.Code != http.StatusBadRequest {
				t.Errorf("%s %s with %.20q: %d, want 400", c.method, c.path, body, rec.Code)
			}
		}
		if rec := ask(t, h, c.method, prefix+c.path, c.body); rec.Code >= 300 {
			t.Errorf("%s %s: %d %s", c.method, c.path, rec.Code, rec.Body)
		}
	}
}

// upload sends a file as a form, as browsers and curl do.
func upload(t *testing.T, h http.Handler, target string, file []byte) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("greeting[uploaded_data]", "hello.mp3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", target, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	authorize(token)(r)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// A recording of 10 MB is taken and given back whole and in part; one octet
// more is refused by the name of what is wrong, never with 413.
func TestLargeGreeting(t *testing.T) {
	w, core := newCore(t, resourceState)
	h := newServer(w, core)
	menuState(t, h)
	const most = 10 << 20
	file := append([]byte("ID3"), bytes.Repeat([]byte("do re mi "), most/9)...)[:most]
	if rec := upload(t, h, prefix+"/greetings/1008", append(file, 0)); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("too large: %d %s", rec.Code, rec.Body)
	} else {
		checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
	}
	if rec := upload(t, h, prefix+"/greetings/1008", make([]byte, 2*most)); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("far too large, and no sound: %d %s", rec.Code, rec.Body)
	}
	rec := upload(t, h, prefix+"/greetings/1008", file)
	var made struct {
		Greeting struct {
			AudioURL string `json:"audio_url"`
			Pending  bool
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &made); err != nil || rec.Code != 200 || made.Greeting.Pending {
		t.Fatalf("%d %s (%v)", rec.Code, rec.Body, err)
	}
	get := func(header, value string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", made.Greeting.AudioURL, nil)
		authorize(token)(r)
		if header != "" {
			r.Header.Set(header, value)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
	whole := get("", "")
	if whole.Code != 200 || whole.Header().Get("Content-Type") != "audio/mpeg" || !bytes.Equal(whole.Body.Bytes(), file) {
		t.Errorf("%d %s with %d octets", whole.Code, whole.Header(), whole.Body.Len())
	}
	if part := get("Range", "bytes=3-10"); part.Code != http.StatusPartialContent || part.Body.String() != "do re mi" {
		t.Errorf("a part is %d %.20q", part.Code, part.Body)
	}
	if again := get("If-None-Match", whole.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("asked for again: %d", again.Code)
	}
	anybody := httptest.NewRecorder()
	h.ServeHTTP(anybody, httptest.NewRequest("GET", made.Greeting.AudioURL, nil))
	if anybody.Code != http.StatusUnauthorized {
		t.Errorf("without credentials: %d", anybody.Code)
	}
}

// However many ask at once, 30 callbacks are taken.
func TestCallbacksAtOnce(t *testing.T) {
	w, core := newCore(t, resourceState)
	h := newServer(w, core)
	var mu sync.Mutex
	codes := make(map[int]int)
	var asking sync.WaitGroup
	for range 50 {
		asking.Go(func() {
			rec := ask(t, h, "POST", prefix+"/callback_requests", `{"phone_number_id":1002,"requester_phone_number":"+12518717081"}`)
			mu.Lock()
			codes[rec.Code]++
			mu.Unlock()
		})
	}
	asking.Wait()
	if codes[201] != 30 || codes[429] != 20 {
		t.Errorf("%v, want 30 of 201 and 20 of 429", codes)
	}
}

// FuzzResources: whatever comes, the answer is a record or a refusal of the
// right shape, and lists can be read afterwards.
func FuzzResources(f *testing.F) {
	targets := []struct{ method, path, seed string }{
		{"POST", "/addresses", `{"address":{"name":"A","street":"2 Main St","city":"B","province":"C","zip":"9","country_code":"us","state":null}}`},
		{"PUT", "/addresses/1001", `{"address":{"name":"A\ud83d\ude00","state":"x"}}`},
		{"POST", "/greetings", `{"greeting":{"name":"A","category_id":2}}`},
		{"PUT", "/greetings/1008", `{"greeting":{"name":"A","category_id":7}}`},
		{"POST", "/ivr", `{"ivr":{"name":"A"}}`},
		{"PUT", "/ivr/1005", `{"ivr":{"name":"A"}}`},
		{"PUT", "/ivr/1005/menus/1006", `{"menu":{"name":"A","greeting_id":"wait_en","default":true}}`},
		{"PUT", "/ivr/1005/menus/1006", `{"ivr_menu":{"greeting_id":1008}}`},
		{"PUT", "/ivr/1005/menus/1006/routes/1007", `{"ivr_route":{"keypress":"#","action":"group","options":{"group_ids":[1,1],"tags":["a"]}}}`},
		{"PUT", "/ivr/1005/menus/1006/routes/1007", `{"route":{"action":"textback","options":{"sms_text":"x","textback_phone_number_id":1002}}}`},
		{"PUT", "/ivr/1005/menus/1006/routes/1007", `{"ivr_route":{"action":"menu","options":{"menu_id":1006}}}`},
		{"PUT", "/digital_lines/1009", `{"digital_line":{"group_ids":[1],"recorded":true,"priority":-3,"outbound_number":"+13109060901"}}`},
		{"PUT", "/availabilities/101", `{"availability":{"agent_state":"away","via":"phone","call_status":null}}`},
		{"PUT", "/settings", `{"settings":{"maximum_queue_size":50,"knowledge_suggestions_group_ids":[1],"voice":false}}`},
		{"POST", "/callback_requests", `{"callback_request":{"phone_number_id":1002,"requester_phone_number":"+12518717081","group_ids":[]}}`},
	}
	for i, target := range targets {
		f.Add(uint8(i), target.seed)
	}
	w, core := newCore(f, resourceState)
	h := newServer(w, core)
	menuState(f, h)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		target := targets[int(which)%len(targets)]
		rec := ask(t, h, target.method, prefix+target.path, body)
		switch rec.Code {
		case 200, 201:
			var record map[string]map[string]any
			if err := json.Unmarshal(rec.Body.Bytes(), &record); err != nil || len(record) != 1 {
				t.Errorf("%s: %v", rec.Body, err)
			}
		case 400, 422, 429:
			checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
		default:
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}

// FuzzUpload: whatever the form, it is taken or refused.
func FuzzUpload(f *testing.F) {
	for _, seed := range []struct{ kind, body string }{
		{"multipart/form-data; boundary=cut", "--cut\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\n\nID3 a\n--cut--\n"},
		{"multipart/form-data; boundary=cut", "--cut\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--cut--"},
		{"multipart/form-data", "--cut"},
		{"multipart/form-data; boundary=\"\"", ""},
	} {
		f.Add(seed.kind, seed.body)
	}
	w, core := newCore(f, resourceState)
	h := newServer(w, core)
	menuState(f, h)
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequest("PUT", prefix+"/greetings/1008", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		authorize(token)(r)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		switch rec.Code {
		case 200:
		case 400, 422:
			checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
		default:
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}

// The queries of statistics: ids are ids, in whatever order and number.
func TestStatsQueries(t *testing.T) {
	w, core := newCore(t, resourceState)
	h := newServer(w, core)
	for query, want := range map[string]int{
		"phone_number_ids=": 200, "phone_number_ids=1,,2": 200, "phone_number_ids=1&phone_number_ids=2": 200,
		"phone_number_ids=%2C": 200, "phone_number_ids=0": 400, "phone_number_ids=1.5": 400,
		"phone_number_ids=" + strings.Repeat("9", 30): 400, "phone_number_ids=1%3B2": 400,
	} {
		if rec := ask(t, h, "GET", fmt.Sprintf("%s/stats/account_overview?%s", prefix, query), ""); rec.Code != want {
			t.Errorf("%s: %d, want %d", query, rec.Code, want)
		}
	}
}
