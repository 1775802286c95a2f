package api

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// FuzzSend: whatever comes is sent as it was given, or refused with a problem
// document; what reaches the core is text, and its recipients are distinct.
func FuzzSend(f *testing.F) {
	for _, seed := range []string{
		sendBody(`"+13105550001","78701"`, `Hi \ud83d\ude00`),
		`{"from":"+1 (310) 906-0901","to":["+13105550001"],"media":["https://a.test/1.png"],"at":"2026-09-17T10:00:00+02:00"}`,
		sendBody(`"+13105550001"`, `\u0000`), sendBody(`"+13105550001"`, `\ud83d`), sendBody("\"\xff\"", "Hi"),
		`{"from":1,"to":{},"text":[]}`, `{"FROM":"+13109060901","To":["+13105550001"],"text":"a","text":"b"}`,
		`[]`, `null`, ``, `{"from":1e999}`, `{"at":"0000-01-01T00:00:00Z"}`, `{"a.b":{"\u0000":"\u0000"}}`,
	} {
		f.Add(seed)
	}
	c := newCore()
	a := build(worldOptions(c))
	var got *wirechief.SendRequest
	c.send = func(r wirechief.SendRequest) (wirechief.SendResult, error) {
		got = &r
		res := wirechief.SendResult{Ref: ref, From: r.From}
		for i, to := range r.To {
			res.Recipients = append(res.Recipients, wirechief.SendRecipient{To: to, Message: int64(i + 1)})
		}
		return res, nil
	}
	f.Fuzz(func(t *testing.T, body string) {
		got = nil
		r := httptest.NewRequest("POST", Prefix+"/messages", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+acmeToken)
		w := httptest.NewRecorder()
		a.mux.ServeHTTP(w, r)
		checkAnswer(t, a, r, w)
		if w.Code != 200 {
			if got != nil || w.Code != 400 {
				t.Fatalf("%d %s, and the core got %+v", w.Code, w.Body, got)
			}
			return
		}
		if got == nil || got.Tenant != "acme" || !e164.IsNumber(got.From) {
			t.Fatalf("the core got %+v", got)
		}
		seen := make(map[string]bool)
		for _, to := range got.To {
			if seen[to] || !e164.IsNumber(to) && !e164.IsShortCode(to) {
				t.Fatalf("the core got the recipients %q", got.To)
			}
			seen[to] = true
		}
		if !utf8.ValidString(got.Text) || strings.ContainsRune(got.Text, 0) || strings.Contains(got.Text, "\ufffd") && !strings.Contains(body, "\ufffd") && !strings.Contains(strings.ToLower(body), `\ufffd`) {
			t.Fatalf("the core got the text %q", got.Text)
		}
		if !json.Valid([]byte(body)) {
			t.Fatal("what is no JSON was sent")
		}
	})
}
