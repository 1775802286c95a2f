package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/wirechief/wirechief/server"
)

func TestBehind(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, tt := range []struct {
		name, peer string
		header     http.Header
		want       string
	}{
		{"no proxy", "192.0.2.1:4711", nil, "192.0.2.1:4711"},
		{"a client that claims to be a proxy", "192.0.2.1:4711", http.Header{"X-Forwarded-For": {"198.51.100.7"}}, "192.0.2.1:4711"},
		{"a proxy", "10.0.0.1:4711", http.Header{"X-Forwarded-For": {"198.51.100.7"}}, "198.51.100.7:0"},
		{"a proxy, mapped", "[::ffff:10.0.0.1]:4711", http.Header{"X-Forwarded-For": {"198.51.100.7"}}, "198.51.100.7:0"},
		{"what the client claims", "10.0.0.1:4711", http.Header{"X-Forwarded-For": {"10.9.9.9, 203.0.113.1, 198.51.100.7"}}, "198.51.100.7:0"},
		{"two proxies", "10.0.0.1:4711", http.Header{"X-Forwarded-For": {"203.0.113.1", "198.51.100.7, 10.0.0.2"}}, "198.51.100.7:0"},
		{"only proxies", "10.0.0.1:4711", http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3:0"},
		{"not an address", "10.0.0.1:4711", http.Header{"X-Forwarded-For": {"198.51.100.7, nonsense"}}, "10.0.0.1:0"},
		{"with ports", "10.0.0.1:4711", http.Header{"X-Forwarded-For": {"[2001:db8::7]:99"}}, "[2001:db8::7]:0"},
		{"nothing said", "10.0.0.1:4711", nil, "10.0.0.1:0"},
		{"Forwarded", "[fd00::1]:4711", http.Header{"Forwarded": {`for=203.0.113.1;proto=https, For="[2001:db8::7]:99";by=10.0.0.2`, `for=10.0.0.2`}}, "[2001:db8::7]:0"},
		{"Forwarded, unknown", "10.0.0.1:4711", http.Header{"Forwarded": {`for=unknown`}}, "10.0.0.1:0"},
		{"both", "10.0.0.1:4711", http.Header{"Forwarded": {`for=203.0.113.1`}, "X-Forwarded-For": {"198.51.100.7"}}, "198.51.100.7:0"},
	} {
		got := ""
		h := server.Behind(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.peer
		for name, values := range tt.header {
			r.Header[name] = values
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want || r.RemoteAddr != tt.peer {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func FuzzBehind(f *testing.F) {
	f.Add("10.0.0.1:1", "198.51.100.7, 10.0.0.2", "")
	f.Add("10.0.0.1:1", "", `for="[2001:db8::7]:99";by=x, for=_y`)
	f.Fuzz(func(t *testing.T, peer, xff, forwarded string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		if xff != "" {
			r.Header["X-Forwarded-For"] = []string{xff}
		}
		r.Header["Forwarded"] = []string{forwarded}
		server.Behind([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.RemoteAddr == peer {
				return
			}
			if _, err := netip.ParseAddrPort(r.RemoteAddr); err != nil {
				t.Error(err)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	})
}
