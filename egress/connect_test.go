package egress

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/wirechief/wirechief"
)

// answers is a resolver that gives one answer after the other.
type answers struct {
	mu   sync.Mutex
	list []string
}

func (a *answers) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	addr := netip.MustParseAddr(a.list[0])
	a.list = a.list[1:]
	return []netip.Addr{addr}, nil
}

func parse(t testing.TB, raw string) *Target {
	t.Helper()
	u, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// recorder dials nothing and remembers what was asked for.
type recorder struct {
	mu     sync.Mutex
	dialed []string
}

func (r *recorder) dial(_ context.Context, _, address string) (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dialed = append(r.dialed, address)
	return nil, errors.New("recorded")
}

// A name that is public when it is saved and private when it is asked for is
// refused at the second look, and nothing is dialled.
func TestRebinding(t *testing.T) {
	g := guard(t, Options{Resolver: &answers{list: []string{"93.184.215.14", "127.0.0.1", "93.184.215.14"}}})
	var r recorder
	g.dial = r.dial
	u := parse(t, "http://rebind.example/")
	if err := g.Check(t.Context(), u.URL.String()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.Connect(t.Context(), u); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("the second look: %v", err)
	}
	if len(r.dialed) != 0 {
		t.Errorf("dialled %v", r.dialed)
	}
	// Resolved once for each connection: what was judged is what is dialled.
	if _, steps, err := g.Connect(t.Context(), u); wirechief.KindOf(err) != wirechief.Unavailable || steps.Peer.String() != "93.184.215.14:80" {
		t.Errorf("%v %v", steps, err)
	}
	if len(r.dialed) != 1 || r.dialed[0] != "93.184.215.14:80" {
		t.Errorf("dialled %v", r.dialed)
	}
}

// The socket is looked at once more, whatever led to it.
func TestLookAtDialTime(t *testing.T) {
	g := guard(t, Options{})
	if _, err := g.dial(t.Context(), "tcp", "127.0.0.1:9"); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a forbidden address at dial time: %v", err)
	}
	if err := g.control("tcp4", "93.184.215.14:80", nil); err != nil {
		t.Error(err)
	}
	if err := g.control("tcp6", "[fe80::1%eth0]:80", nil); err == nil {
		t.Error("a link-local address passed")
	}
	if err := g.control("tcp", "nonsense", nil); err == nil {
		t.Error("what cannot be judged passed")
	}
}

func TestConnect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).AddrPort().Port()
	at := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String()
	_, service, _ := net.SplitHostPort(at)
	// 127.0.0.2 listens to nothing: the next address has its turn.
	g := guard(t, Options{Allow: []string{"127.0.0.0/8"}, Resolver: names{"two.example": "127.0.0.2 127.0.0.1", "dead.example": "127.0.0.2"}})
	conn, steps, err := g.Connect(t.Context(), parse(t, "http://two.example:"+service+"/"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if steps.Peer.String() != at || steps.DNS <= 0 || steps.Connect <= 0 || steps.TLS != 0 {
		t.Errorf("steps %+v", steps)
	}
	conn, err = g.DialContext(t.Context(), "tcp", "two.example:"+service)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	_, steps, err = g.Connect(t.Context(), parse(t, "http://dead.example:"+service+"/"))
	if wirechief.KindOf(err) != wirechief.Unavailable || steps.Peer.Addr().String() != "127.0.0.2" {
		t.Errorf("a dead address: %+v %v", steps, err)
	}
	for _, address := range []string{"127.1:25", "two.example", "two.example:0", "two.example:smtp", "[::1%lo]:25", ":25", "10.0.0.1:25"} {
		if _, err := g.DialContext(t.Context(), "tcp", address); wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("DialContext(%s): %v", address, err)
		}
	}
}

// silent never answers.
type silent struct{}

func (silent) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, &net.DNSError{Err: ctx.Err().Error(), Name: host, IsTimeout: true}
}

func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, Options{Resolver: silent{}})
		start := time.Now()
		_, steps, err := g.Connect(t.Context(), parse(t, "http://slow.example/"))
		if took := time.Since(start); took != dnsTimeout || steps.DNS != took || wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("DNS: %v after %v, %+v", err, took, steps)
		}
		start = time.Now()
		if err := g.Check(t.Context(), "http://slow.example/"); err != nil || time.Since(start) != dnsTimeout {
			t.Errorf("Check of a name that does not resolve in time: %v after %v", err, time.Since(start))
		}

		g = guard(t, Options{Resolver: names{"four.example": "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4"}})
		var tried []time.Duration
		start = time.Now()
		g.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			tried = append(tried, time.Since(start))
			<-ctx.Done()
			return nil, ctx.Err()
		}
		_, _, err = g.Connect(t.Context(), parse(t, "http://four.example/"))
		if took := time.Since(start); took != connectTimeout || !errors.Is(err, context.DeadlineExceeded) || len(tried) != 4 {
			t.Errorf("connect: %v after %v, tries at %v", err, took, tried)
		}

		here, there := net.Pipe()
		defer there.Close()
		g.dial = func(context.Context, string, string) (net.Conn, error) { return here, nil }
		go io.Copy(io.Discard, there)
		start = time.Now()
		_, steps, err = g.Connect(t.Context(), parse(t, "https://four.example/"))
		if took := time.Since(start); took != tlsTimeout || wirechief.KindOf(err) != wirechief.Unavailable || steps.TLS != took {
			t.Errorf("TLS: %v after %v, %+v", err, took, steps)
		}
	})
}

// bothPorts listens on one port of UDP and TCP. A port that is free in one may
// be taken in the other by a neighbour: then it is the next one's turn.
func bothPorts(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	var err error
	for range 50 {
		var pc net.PacketConn
		if pc, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var l net.Listener
		if l, err = net.Listen("tcp", pc.LocalAddr().String()); err == nil {
			return pc, l
		}
		pc.Close()
	}
	t.Fatal(err)
	return nil, nil
}

// dnsServer answers on UDP with a truncated message and on TCP in full.
func dnsServer(t *testing.T, addr string) string {
	t.Helper()
	pc, l := bothPorts(t)
	answer := func(query []byte, truncated bool) []byte {
		var m dnsmessage.Message
		if err := m.Unpack(query); err != nil {
			t.Error(err)
			return nil
		}
		m.Header.Response, m.Header.Truncated, m.Additionals = true, truncated, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA && !truncated {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
				Body:   &dnsmessage.AResource{A: netip.MustParseAddr(addr).As4()},
			}}
		}
		out, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		return out
	}
	var running sync.WaitGroup
	running.Go(func() {
		b := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(b)
			if err != nil {
				return
			}
			pc.WriteTo(answer(b[:n], true), from)
		}
	})
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer c.Close()
				b := make([]byte, 1500)
				if _, err := io.ReadFull(c, b[:2]); err != nil {
					return
				}
				n := int(b[0])<<8 | int(b[1])
				if _, err := io.ReadFull(c, b[:n]); err != nil {
					return
				}
				out := answer(b[:n], false)
				c.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...))
			})
		}
	})
	t.Cleanup(func() {
		pc.Close()
		l.Close()
		running.Wait()
	})
	return pc.LocalAddr().String()
}

// The configured resolver is asked, over TCP when the answer is long.
func TestOwnResolver(t *testing.T) {
	g := guard(t, Options{DNS: dnsServer(t, "10.9.8.7")})
	if err := g.Check(t.Context(), "http://hooks.example.test/"); wirechief.KindOf(err) != wirechief.Invalid || !strings.Contains(err.Error(), "10.9.8.7") {
		t.Errorf("a name that leads inside: %v", err)
	}
	g = guard(t, Options{DNS: dnsServer(t, "93.184.215.14")})
	if err := g.Check(t.Context(), "http://hooks.example.test/"); err != nil {
		t.Errorf("a name that leads outside: %v", err)
	}
}

func TestClient(t *testing.T) {
	var hits []string
	zipped := func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(make([]byte, 1000))
		z.Close()
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits = append(hits, r.URL.Path+r.Header.Get("Accept-Encoding"))
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/zip":
			zipped(w)
		case "/header":
			for range 20 {
				w.Header().Add("X-Large", strings.Repeat("x", 8000))
			}
		}
	}))
	defer s.Close()
	// A proxy would answer everything; there is none at this port.
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	g := guard(t, Options{Allow: []string{"127.0.0.1/32"}, Resolver: names{"hooks.example": "127.0.0.1"}})
	c := g.Client(5 * time.Second)
	defer c.CloseIdleConnections()
	if p := c.Transport.(parsing).Proxy; p != nil {
		t.Error("the transport has a proxy")
	}
	at := strings.Replace(s.URL, "127.0.0.1", "hooks.example", 1)
	get := func(path string) (int, []byte, error) {
		resp, err := c.Get(at + path)
		if err != nil {
			return 0, nil, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp.StatusCode, body, err
	}
	if code, _, err := get("/moved"); code != http.StatusFound || err != nil {
		t.Errorf("a redirect: %d %v", code, err)
	}
	if _, body, err := get("/zip"); err != nil || len(body) < 2 || body[0] != 0x1f {
		t.Errorf("a zipped body arrives as %d octets, %v", len(body), err)
	}
	if _, _, err := get("/header"); err == nil {
		t.Error("160 kB of header were read")
	}
	if got := strings.Join(hits, " "); got != "/moved /zip /header" {
		t.Errorf("the server saw %s", got)
	}
	for _, u := range []string{"http://10.0.0.1/", "http://127.1/", "http://１27.0.0.1/", "http://[::ffff:10.0.0.1]/", "http:opaque"} {
		resp, err := c.Post(u, "text/plain", strings.NewReader("x"))
		if err == nil {
			resp.Body.Close()
		}
		if wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestTLS(t *testing.T) {
	old := func(s *httptest.Server) {
		s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	} //nolint:gosec // the point of the test
	serve := func(change func(*httptest.Server)) *httptest.Server {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // the refusals are the point
		if change != nil {
			change(s)
		}
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	current, outdated := serve(nil), serve(old)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: current.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	trusting := guard(t, Options{Allow: []string{"127.0.0.1/32"}, CAFile: ca, Resolver: names{"example.com": "127.0.0.1", "other.test": "127.0.0.1"}})
	doubting := guard(t, Options{Allow: []string{"127.0.0.1/32"}})
	named := func(s *httptest.Server, name string) string { return strings.Replace(s.URL, "127.0.0.1", name, 1) }
	for _, tt := range []struct {
		name string
		g    *Guard
		url  string
		ok   bool
	}{
		{"known root, by address", trusting, current.URL, true},
		{"known root, by name", trusting, named(current, "example.com"), true},
		{"certificate of another name", trusting, named(current, "other.test"), false},
		{"unknown root", doubting, current.URL, false},
		{"TLS 1.1", trusting, outdated.URL, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, steps, err := tt.g.Connect(t.Context(), parse(t, tt.url))
			if err == nil {
				conn.Close()
			}
			if (err == nil) != tt.ok || steps.TLS == 0 {
				t.Errorf("Connect: %v, %+v", err, steps)
			}
			c := tt.g.Client(5 * time.Second)
			defer c.CloseIdleConnections()
			resp, err := c.Get(tt.url)
			if err == nil {
				resp.Body.Close()
			}
			if (err == nil) != tt.ok {
				t.Errorf("Client: %v", err)
			}
		})
	}
}
