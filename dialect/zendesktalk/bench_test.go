package zendesktalk_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// discard is a response that costs nothing.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkShow is the whole dialect around one phone number.
func BenchmarkShow(b *testing.B) {
	w, core := newCore(b, phoneState)
	h := newServer(w, core)
	r := httptest.NewRequest("GET", prefix+"/phone_numbers/1001.json?include=settings", nil)
	authorize(token)(r)
	out := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(out, r)
	}
}
