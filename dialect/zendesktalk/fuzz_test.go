package zendesktalk_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/wirechief/wirechief"
)

// FuzzUpdate: whatever comes, the answer is the number or a refusal of the
// right shape, and a number that is refused a change is as it was.
func FuzzUpdate(f *testing.F) {
	for _, seed := range []string{
		`{"phone_number":{"nickname":"Desk \ud83d\ude00","group_ids":[1,1],"priority":5,"sms_enabled":false}}`,
		`{"phone_number":{"settings":{"overflow_number":{"enabled":true,"number":"+13105550123"},"priority":7,"maximum_queue_size":10}}}`,
		`{"phone_number":{"nickname":null,"brand_id":null,"ivr_id":7,"greeting_ids":[null],"schedule_id":1}}`,
		`{"phone_number":{"recorded":1}}`, `{"phone_number":[]}`, `[]`, `{"phone_number":{"call_recording_consent":"opt_in","line_type":"phone"}}`,
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	w, core := newCore(f, phoneState)
	h := newServer(w, core)
	f.Fuzz(func(t *testing.T, body string, settings bool) {
		target := prefix + "/phone_numbers/1001"
		if settings {
			target += "?include=settings"
		}
		kept := func() string {
			n, err := w.NumberByID(t.Context(), wirechief.Principal{Tenant: "acme"}, 1001)
			doc, merr := json.Marshal(n)
			if err != nil || merr != nil {
				t.Fatal(err, merr)
			}
			return string(doc)
		}
		before := kept()
		rec := ask(t, h, "PUT", target, body)
		if rec.Code == 200 {
			if n := numberIn(t, rec); n["number"] != "+12059530000" || n["name"] == "" {
				t.Errorf("%s", rec.Body)
			}
			return
		}
		checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
		if rec.Code != 400 && rec.Code != 422 {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
		if after := kept(); after != before {
			t.Errorf("refused with %d, and changed:\n%s\n%s", rec.Code, before, after)
		}
	})
}

// FuzzCreate: whatever comes, nothing is bought but by the token.
func FuzzCreate(f *testing.F) {
	for _, seed := range []string{
		`{"phone_number":{"token":"24a407cef67213be6d26b4c02d7d86c0","nickname":"X"},"address_sid":"AD0123456789abcdef"}`,
		`{"phone_number":{"token":"` + offerToken + `","group_ids":[9]}}`,
		`{"phone_number":{"token":5}}`, `{"token":""}`, `{"phone_number":{"token":"x","address_sid":"AD"},"address_sid":null}`,
	} {
		f.Add(seed)
	}
	w, core := newCore(f, phoneState)
	h := newServer(w, core)
	f.Fuzz(func(t *testing.T, body string) {
		rec := ask(t, h, "POST", prefix+"/phone_numbers", body)
		if rec.Code == 200 {
			numberIn(t, rec)
			return
		}
		checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
		if rec.Code != 400 && rec.Code != 422 {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}

// FuzzQuery: every query of a list or a search gets a page or a refusal, and
// the links of a page lead to another.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"per_page=1&page=2", "page[size]=1&page[after]=MSAxMDA3", "page%5Bsize%5D=1&page%5Bbefore%5D=MQ", "minimal_mode=True&page=",
		"country=US&contains=5*5&area_code=510&toll_free=0", "country=us&contains=pizza", "page=99999999999&per_page=;", "country=%00&contains=%ff",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	w, core := newCore(f, phoneState)
	h := newServer(w, core)
	f.Fuzz(func(t *testing.T, query string, search bool) {
		u := url.URL{Path: prefix + "/phone_numbers", RawQuery: query}
		if search {
			u.Path += "/search.json"
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = &u
		authorize(token)(r)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != 200 {
			checkRefusal(t, rec.Code, rec.Header(), rec.Body.Bytes())
			if rec.Code != 400 {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			return
		}
		var b struct {
			PhoneNumbers []json.RawMessage `json:"phone_numbers"`
			NextPage     *string           `json:"next_page"`
			Links        struct{ Next, Prev *string }
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &b); err != nil || b.PhoneNumbers == nil {
			t.Fatalf("%s: %v", rec.Body, err)
		}
		for _, link := range []*string{b.NextPage, b.Links.Next, b.Links.Prev} {
			if link == nil {
				continue
			}
			if next := ask(t, h, "GET", *link, ""); next.Code != 200 {
				t.Errorf("%s leads to %d %s", *link, next.Code, next.Body)
			}
		}
	})
}
