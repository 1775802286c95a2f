package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/test/world"
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

// BenchmarkNumber is the whole API around the showing of one number, and
// around a search.
func BenchmarkNumber(b *testing.B) {
	w := world.New(b, `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [voice, sms], name: Front desk}]
offers: [{generate: {country: US, area_codes: ["510"], count: 10000}, carrier: main, capabilities: [voice, sms], price: "1.00", address: none}]
`)
	o := worldOptions(nil)
	o.Core = w.Exchange
	h := New(o)
	for name, path := range map[string]string{"show": "/numbers/+13109060901", "search": "/offers?country=US&area_code=510&contains=77&limit=20"} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", Prefix+path, nil)
			r.Header.Set("Authorization", "Bearer "+acmeToken)
			w := discard{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
