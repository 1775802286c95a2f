package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

// discard is a response that costs nothing.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkSend is the whole API around one text.
func BenchmarkSend(b *testing.B) {
	c := newCore()
	accepted := wirechief.SendResult{
		Ref: ref, From: "+13109060901", Encoding: "GSM-7", Segments: 1,
		Recipients: []wirechief.SendRecipient{{To: "+13105551212", Message: 1}},
	}
	c.send = func(wirechief.SendRequest) (wirechief.SendResult, error) { return accepted, nil }
	h := New(worldOptions(c))
	text := sendBody(`"+13105551212"`, "Your code is 123456. It is valid for ten minutes.")
	body := strings.NewReader("")
	r := httptest.NewRequest("POST", Prefix+"/messages", body)
	r.Header.Set("Authorization", "Bearer "+acmeToken)
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(text)
		h.ServeHTTP(w, r)
	}
}
