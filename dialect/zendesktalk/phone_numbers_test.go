package zendesktalk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/dialect/zendesktalk"
)

// phoneState has numbers of two tenants, and one on offer. The first of acme's
// has the id 1001, that of globex 1004.
const phoneState = `
tenants:
  - id: acme
    credentials: [{dialect: zendesk, email: agent@acme.test, token: zen-secret}]
    groups: [{id: 1, name: Sales}]
    schedules: [{id: 1, name: Office}]
    numbers:
      - {number: "+12059530000", carrier: main, type: local, capabilities: [voice, sms, mms]}
      - {number: "+13109060901", carrier: main, type: local, capabilities: [voice, sms], name: Desk}
  - id: globex
    credentials: [{dialect: zendesk, email: boss@globex.test, token: globex-secret}]
    groups: [{id: 9, name: Theirs}]
    numbers: [{number: "+13105559999", carrier: main, type: local, capabilities: [voice, sms]}]
offers:
  - {number: "+15105550100", carrier: main, type: local, capabilities: [voice, sms], location: CA, price: "1.00", address: none}
`

// offerToken stands for the number on offer, for acme, at the start of a world.
const offerToken = "45a0d0b8f2d0cce991395c610ec58b31"

func TestPhoneNumbersConform(t *testing.T) {
	const numbers = prefix + "/phone_numbers"
	conformance(t, phoneState, dialecttest.Suite{
		Calls: []dialecttest.Call{
			{Name: "list", Method: "GET", Target: numbers},
			{Name: "list minimal", Method: "GET", Target: numbers + ".json?minimal_mode=true&page[size]=1"},
			{Name: "search", Method: "GET", Target: numbers + "/search?country=US"},
			{Name: "show", Method: "GET", Target: numbers + "/1001"},
			{Name: "show all", Method: "GET", Target: numbers + "/1001.json?include=settings,ivrs,all_greetings,all_groups,all_schedules"},
			{Name: "create", Method: "POST", Target: numbers, Body: `{"phone_number":{"token":"` + offerToken + `"}}`},
			{Name: "update", Method: "PUT", Target: numbers + "/1001", Body: `{"phone_number":{"nickname":"Desk"}}`},
			{Name: "update settings", Method: "PUT", Target: numbers + "/1001?include=settings", Body: `{"phone_number":{"settings":{"callback_locale":"fr"}}}`},
			{Name: "delete", Method: "DELETE", Target: numbers + "/1001"},
		},
		Unknown: []dialecttest.Call{
			{Name: "path", Method: "GET", Target: prefix + "/phonenumbers"},
			{Name: "root", Method: "GET", Target: prefix},
			{Name: "trailing slash", Method: "GET", Target: numbers + "/"},
			{Name: "deeper", Method: "GET", Target: numbers + "/1001/settings"},
			{Name: "patch", Method: "PATCH", Target: numbers + "/1001", Body: "{}"},
			{Name: "delete all", Method: "DELETE", Target: numbers},
			{Name: "post a search", Method: "POST", Target: numbers + "/search.json", Body: "{}"},
		},
		Absent: []dialecttest.Call{
			{Name: "nobody's number", Method: "GET", Target: numbers + "/4711"},
			{Name: "another's number", Method: "GET", Target: numbers + "/1004"},
			{Name: "no id", Method: "GET", Target: numbers + "/x"},
			{Name: "change nobody's", Method: "PUT", Target: numbers + "/4711", Body: `{"phone_number":{"nickname":"X"}}`},
			{Name: "change another's", Method: "PUT", Target: numbers + "/1004", Body: `{"phone_number":{"nickname":"X"}}`},
			{Name: "delete nobody's", Method: "DELETE", Target: numbers + "/4711"},
			{Name: "delete another's", Method: "DELETE", Target: numbers + "/1004"},
		},
	})
}

// ask makes a request with the token and gives the answer.
func ask(t testing.TB, h http.Handler, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	authorize(token)(r)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// numberIn reads a phone number out of an answer.
func numberIn(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var b struct {
		PhoneNumber map[string]any `json:"phone_number"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &b); err != nil || w.Code != 200 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return b.PhoneNumber
}

// Custom greetings take the place of the defaults of their categories, in names,
// in ids and in every case of a category; choices for a case win over both.
func TestGreetingFields(t *testing.T) {
	w, core := newCore(t, phoneState)
	p := wirechief.Principal{Tenant: "acme"}
	var ids []string
	for _, g := range []wirechief.Greeting{
		{Name: "Leave a message", Category: 1}, {Name: "Music", Category: 3}, {Name: "Main menu", Category: 5}, {Name: "Jazz", Category: 3},
	} {
		kept, err := w.Greetings().Put(t.Context(), p, "", func(to *wirechief.Greeting) error {
			to.Name, to.Category = g.Name, g.Category
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strconv.FormatInt(kept.ID, 10))
	}
	h := newServer(w, core)
	target := prefix + "/phone_numbers/1001"
	n := numberIn(t, ask(t, h, "PUT", target, `{"phone_number":{"greeting_ids":[`+strings.Join(ids, ",")+`]}}`))
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	check := func(n map[string]any, property, want string) {
		t.Helper()
		want = strings.NewReplacer("$0", ids[0], "$1", ids[1], "$2", ids[2], "$3", ids[3]).Replace(want)
		if got := text(n[property]); got != want {
			t.Errorf("%s is\n%s, want\n%s", property, got, want)
		}
	}
	check(n, "greeting_ids", `[$0,$1,$2,$3]`)
	check(n, "default_greeting_ids", `["available_en","hold_en","callback_en","callback-confirmation_en","call-recording-opt-out_en","call-recording-opt-in_en"]`)
	check(n, "categorised_greetings", `{"1":"Leave a message","2":"available_en","3":"Jazz","4":"hold_en","5":"Main menu","6":"callback_en","7":"callback-confirmation_en","8":"call-recording-opt-out_en","9":"call-recording-opt-in_en"}`)
	check(n, "categorised_greetings_with_sub_settings", `{"1":{"voicemail_off_inside_business_hours":"Leave a message","voicemail_off_outside_business_hours":"Leave a message","voicemail_on_inside_business_hours":"Leave a message","voicemail_on_outside_business_hours":"Leave a message"},`+
		`"2":{"voicemail_off":"available_en_voicemail_config","voicemail_on":"available_en"},"3":"Jazz","4":"hold_en","5":"Main menu","6":"callback_en","7":"callback-confirmation_en","8":"call-recording-opt-out_en","9":"call-recording-opt-in_en"}`)

	choices := map[string]map[string]string{"voicemail": {"voicemail_on_outside_business_hours": "voicemail_en"}}
	if _, err := w.ConfigureNumber(t.Context(), p, "+12059530000", func(wirechief.Number) (patch wirechief.NumberPatch, _ error) {
		patch.GreetingSettings = wirechief.Set(choices)
		return patch, nil
	}); err != nil {
		t.Fatal(err)
	}
	sub := numberIn(t, ask(t, h, "GET", target, ""))["categorised_greetings_with_sub_settings"].(map[string]any)
	check(sub, "1", `{"voicemail_off_inside_business_hours":"Leave a message","voicemail_off_outside_business_hours":"Leave a message","voicemail_on_inside_business_hours":"Leave a message","voicemail_on_outside_business_hours":"voicemail_en"}`)

	var list struct {
		PhoneNumbers []map[string]any `json:"phone_numbers"`
	}
	if err := json.Unmarshal(ask(t, h, "GET", prefix+"/phone_numbers", "").Body.Bytes(), &list); err != nil || len(list.PhoneNumbers) != 2 {
		t.Fatal(err, list)
	}
	check(list.PhoneNumbers[1], "default_greeting_ids", `["available_en","hold_en","callback_en","callback-confirmation_en","call-recording-opt-out_en","call-recording-opt-in_en"]`)
}

// Links begin with what the client used; behind a proxy that speaks TLS for us,
// with the public URL.
func TestLinksBeginAsTheClientDid(t *testing.T) {
	w, core := newCore(t, phoneState)
	for _, tt := range []struct{ public, target, want string }{
		{"", "http://10.0.0.1:8080/", "http://10.0.0.1:8080/"},
		{"", "https://talk.test/", "https://talk.test/"},
		{"http://127.0.0.1:8080", "http://localhost:8080/", "http://localhost:8080/"},
		{"https://talk.test", "http://10.0.0.1:8080/", "https://talk.test/"},
		{"https://talk.test/base/", "http://10.0.0.1:8080/", "https://talk.test/base/"},
		{"https://talk.test", "https://other.test/", "https://other.test/"},
		{"::", "http://talk.test/", "http://talk.test/"},
	} {
		h := zendesktalk.New(core, zendesktalk.Options{PublicURL: tt.public, Now: w.Clock.Now})
		path := "api/v2/channels/voice/phone_numbers.json?per_page=1&minimal_mode=true"
		var b struct {
			NextPage string `json:"next_page"`
		}
		if err := json.Unmarshal(ask(t, h, "GET", tt.target+path, "").Body.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		want := tt.want + "api/v2/channels/voice/phone_numbers.json?minimal_mode=true&page=2&per_page=1"
		if b.NextPage != want {
			t.Errorf("public URL %q, request to %s: %s, want %s", tt.public, tt.target, b.NextPage, want)
		}
	}
}

// A cursor holds its place when numbers come and go.
func TestCursorsHoldTheirPlace(t *testing.T) {
	state := "tenants:\n  - id: acme\n    credentials: [{dialect: zendesk, email: agent@acme.test, token: zen-secret}]\n    numbers:\n"
	for i := range 9 {
		state += fmt.Sprintf("      - {number: \"+1205953000%d\", carrier: main, type: local, capabilities: [voice]}\n", i)
	}
	w, core := newCore(t, state)
	h := newServer(w, core)
	next := "http://example.com" + prefix + "/phone_numbers?page[size]=2&minimal_mode=true"
	var seen []string
	for range 20 {
		answer := ask(t, h, "GET", next, "")
		var b struct {
			PhoneNumbers []struct {
				ID     int64  `json:"id"`
				Number string `json:"display_number"`
			} `json:"phone_numbers"`
			Links struct{ Next *string }
			Meta  struct {
				HasMore bool `json:"has_more"`
			}
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &b); err != nil || answer.Code != 200 {
			t.Fatal(answer.Code, answer.Body, err)
		}
		for _, n := range b.PhoneNumbers {
			seen = append(seen, n.Number[len(n.Number)-1:])
		}
		if b.Links.Next == nil {
			if b.Meta.HasMore {
				t.Error("has_more without a next link")
			}
			break
		}
		if len(seen) == 2 { // the newest goes, which shifts the others
			ask(t, h, "DELETE", prefix+"/phone_numbers/"+strconv.FormatInt(b.PhoneNumbers[0].ID, 10), "")
		}
		if len(seen) == 4 { // the one that the cursor names goes
			ask(t, h, "DELETE", prefix+"/phone_numbers/"+strconv.FormatInt(b.PhoneNumbers[1].ID, 10), "")
		}
		next = *b.Links.Next
	}
	if got := strings.Join(seen, ""); !slices.Contains([]string{"876543210", "87654210"}, got) || len(seen) < 8 {
		t.Errorf("seen %s", got)
	}
}

// Whoever asks too often waits for the next minute; others do not.
func TestRequestsAreCounted(t *testing.T) {
	w, core := newCore(t, phoneState)
	h := zendesktalk.New(core, zendesktalk.Options{PerMinute: 2, Now: w.Clock.Now})
	w.Advance(15 * time.Second)
	list := func(login string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", prefix+"/phone_numbers", nil)
		authorize(login)(r)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
	for i, want := range []struct {
		status    int
		remaining string
	}{{200, "1"}, {200, "0"}, {429, "0"}, {429, "0"}} {
		rec := list(token)
		if rec.Code != want.status {
			t.Fatalf("request %d: %d %s, want %d", i+1, rec.Code, rec.Body, want.status)
		}
		for name, value := range map[string]string{
			"X-Rate-Limit": "2", "X-Rate-Limit-Remaining": want.remaining,
			"ratelimit-limit": "2", "ratelimit-remaining": want.remaining, "ratelimit-reset": "45",
		} {
			if got := rec.Header().Get(name); got != value {
				t.Errorf("request %d: %s is %q, want %q", i+1, name, got, value)
			}
		}
		if want.status == 429 {
			checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
			if got := rec.Header().Get("Retry-After"); got != "45" {
				t.Errorf("Retry-After is %q", got)
			}
		} else if got := rec.Header().Get("Retry-After"); got != "" {
			t.Errorf("Retry-After is %q on a success: node-zendesk takes that for a refusal", got)
		}
	}
	if rec := list("Basic $boss@globex.test/token:globex-secret"); rec.Code != 200 {
		t.Errorf("another tenant: %d", rec.Code)
	}
	if rec := list("Basic $agent@acme.test/token:wrong"); rec.Code != 401 || rec.Header().Get("X-Rate-Limit") != "" {
		t.Errorf("wrong credentials: %d", rec.Code)
	}
	w.Advance(45 * time.Second)
	if rec := list(token); rec.Code != 200 {
		t.Errorf("in the next minute: %d", rec.Code)
	}
}

// A full disk is told as something that passes.
func TestNothingIsSoldThatCannotBeWrittenDown(t *testing.T) {
	w, core := newCore(t, phoneState)
	h := newServer(w, core)
	w.Fail(wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "the disk is full"))
	rec := ask(t, h, "POST", prefix+"/phone_numbers", `{"phone_number":{"token":"`+offerToken+`"}}`)
	checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
	if rec.Code != 503 {
		t.Errorf("%d %s, want 503", rec.Code, rec.Body)
	}
	w.Fail(nil)
	if rec := ask(t, h, "POST", prefix+"/phone_numbers", `{"phone_number":{"token":"`+offerToken+`"}}`); rec.Code != 200 {
		t.Errorf("afterwards: %d %s", rec.Code, rec.Body)
	}
}

// The token of a reservation is one, too.
func TestAReservationIsBoughtByItsToken(t *testing.T) {
	w, core := newCore(t, phoneState)
	held, err := w.Reserve(t.Context(), wirechief.Principal{Tenant: "acme"}, []string{"+15105550100"})
	if err != nil {
		t.Fatal(err)
	}
	n := numberIn(t, ask(t, newServer(w, core), "POST", prefix+"/phone_numbers", `{"phone_number":{"token":"`+held.Token+`"}}`))
	if n["number"] != "+15105550100" {
		t.Errorf("bought %v", n["number"])
	}
}
