package egress

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// fuzzed is a resolver that answers with addresses made from the input, other
// ones at each look.
type fuzzed struct{ bytes []byte }

func (f *fuzzed) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var out []netip.Addr
	for range 2 {
		if len(f.bytes) >= 16 && f.bytes[0]%2 == 0 {
			out = append(out, netip.AddrFrom16([16]byte(f.bytes)))
			f.bytes = f.bytes[3:]
		} else if len(f.bytes) >= 4 {
			out = append(out, netip.AddrFrom4([4]byte(f.bytes)))
			f.bytes = f.bytes[1:]
		}
	}
	return out, nil
}

// forbidden is a second opinion, written apart from the first: some addresses
// that must never be dialled.
func forbidden(addr netip.Addr) bool {
	if addr.Is4In6() || !addr.IsValid() || addr.Zone() != "" {
		return true // what is dialled is always in its plain form
	}
	if addr.IsPrivate() || addr.IsLoopback() || addr.IsUnspecified() || addr.IsMulticast() || addr.IsLinkLocalUnicast() {
		return true
	}
	b := addr.AsSlice()
	if addr.Is4() {
		return b[0] == 0 || b[0] >= 224 || b[0] == 100 && b[1]&0xc0 == 64 || b[0] == 198 && b[1]&0xfe == 18
	}
	v4 := func(i int) bool { return forbidden(netip.AddrFrom4([4]byte(b[i : i+4]))) }
	switch {
	case b[0] == 0 && b[1] == 0x64:
		return v4(12)
	case b[0] == 0x20 && b[1] == 2:
		return v4(2)
	case b[0]>>5 != 1:
		return true
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe:
		return v4(12)
	}
	return false
}

// FuzzURL holds the guard to its promise: whatever the URL and whatever the
// resolver says, nothing that is forbidden is dialled, and what is dialled is
// what was saved.
func FuzzURL(f *testing.F) {
	for _, u := range []string{
		"http://example.com/", "https://user:pw@example.com:8443/a?b#c", "http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/",
		"http://[::ffff:127.0.0.1]:80/", "http://127.0.0.1@example.com/", `http://a\@b/`, "http://%31.1/", "http://１.1.1.1/",
		"http://8.8.8.8/", "http://[64:ff9b::808:808]/", "http://[2002:808:808::]/", "http://a#@b/", "http://a?@b/", "http://a/@b:80",
	} {
		f.Add(u, []byte("\x7f\x00\x00\x01\x08\x08\x08\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x7f\x00\x00\x01"))
		f.Add(u, []byte{8, 8, 8, 8, 8, 8, 8, 8, 10, 0, 0, 1})
	}
	f.Fuzz(func(t *testing.T, raw string, addresses []byte) {
		if len(addresses) > 200 {
			return
		}
		g := guard(t, Options{Resolver: &fuzzed{addresses}})
		var r recorder
		g.dial = r.dial
		accepted := g.Check(t.Context(), raw) == nil
		target, err := Parse(raw)
		if accepted && err != nil {
			t.Fatalf("Check takes %q and Parse does not: %v", raw, err)
		}
		if err == nil {
			g.Connect(t.Context(), target)
			if again, err := Parse(target.URL.String()); err != nil || again.Host != target.Host || again.Port != target.Port || again.TLS != target.TLS {
				t.Errorf("%q is %s:%d, and read again %+v, %v", raw, target.Host, target.Port, again, err)
			}
		}
		// Whatever the library makes of the URL.
		c := g.Client(time.Second)
		if req, err := http.NewRequest(http.MethodPost, raw, strings.NewReader("x")); err == nil {
			if resp, err := c.Do(req); err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				t.Error("the recorder answered")
			}
		}
		for _, d := range r.dialed {
			ap, err := netip.ParseAddrPort(d)
			if err != nil || forbidden(ap.Addr()) || !Public(ap.Addr()) {
				t.Errorf("%q with answers %v led to %s", raw, addresses, d)
			}
			if target != nil && ap.Port() != target.Port { // nil: the library mends an empty port before we see it
				t.Errorf("%q led to port %d", raw, ap.Port())
			}
		}
	})
}
