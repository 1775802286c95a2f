package delivery

import (
	"bufio"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/egress"
)

func TestNoAnswer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent := script(t, func(_ net.Conn, in *bufio.Reader) { io.Copy(io.Discard, in) })
	guarded := egress.Options{Resolver: names{"inside.example": "10.0.0.1"}}
	nameless := egress.Options{Resolver: names{}}
	for _, tt := range []struct {
		name   string
		o      egress.Options
		url    string
		reason wirechief.Reason
		error  string
		peer   bool
	}{
		{"refused", egress.Options{Allow: []string{"127.0.0.1/32"}}, "http://" + closed.Addr().String(), wirechief.ReasonUnreachable, "connection refused", true},
		{"silent", egress.Options{Allow: []string{"127.0.0.1/32"}}, silent, wirechief.ReasonTimeout, "no answer in", true},
		{"forbidden", guarded, "http://127.0.0.1:2790/", wirechief.ReasonEgress, "egress.allow", false},
		{"forbidden by name", guarded, "http://inside.example/", wirechief.ReasonEgress, "egress.allow", false},
		{"malformed", guarded, "http://0x7f.1/", wirechief.ReasonEgress, "number", false},
		{"unknown name", nameless, "http://nowhere.example/", wirechief.ReasonUnreachable, "has no address", false},
		{"not TLS", egress.Options{Allow: []string{"127.0.0.1/32"}}, strings.Replace(script(t, func(c net.Conn, in *bufio.Reader) {
			in.ReadByte()
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}), "http:", "https:", 1), wirechief.ReasonUnreachable, "tls", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, o := sender(t, tt.o).Send(t.Context(), to(tt.url), 300*time.Millisecond)
			if o.Disposition != wirechief.Retry || o.Reason != tt.reason || a.Class != string(tt.reason) || !strings.Contains(a.Error, tt.error) {
				t.Errorf("%+v %+v", o, a)
			}
			if (a.Peer != "") != tt.peer || a.StatusCode != 0 || a.DurationMS < 0 {
				t.Errorf("%+v", a)
			}
		})
	}
}

type names map[string]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if s, ok := n[strings.TrimSuffix(host, ".")]; ok {
		return []netip.Addr{netip.MustParseAddr(s)}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, Server: "10.0.0.53:53", IsNotFound: true}
}

// Connections are kept and used again, and one that was closed meanwhile is
// noticed before a request is lost on it.
func TestConnectionsAreKept(t *testing.T) {
	var conns, requests atomic.Int32
	closing := make(chan struct{})
	closed := make(chan struct{})
	url := script(t, func(c net.Conn, in *bufio.Reader) {
		n := conns.Add(1)
		for readRequest(in) {
			requests.Add(1)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			if n == 1 && requests.Load() == 3 {
				<-closing
				c.Close()
				close(closed)
				return
			}
		}
	})
	h := sender(t)
	send := func() {
		t.Helper()
		if a, o := h.Send(t.Context(), to(url), patience); o.Disposition != wirechief.Done {
			t.Fatalf("%+v %+v", a, o)
		}
	}
	for range 3 {
		send()
	}
	if conns.Load() != 1 {
		t.Errorf("%d connections for three requests", conns.Load())
	}
	close(closing)
	<-closed
	waitFor(t, func() bool { // the end of the connection has arrived
		ep, _ := h.endpoint(url)
		ep.mu.Lock()
		defer ep.mu.Unlock()
		return !ep.kept[0].usable()
	})
	send()
	if conns.Load() != 2 || requests.Load() != 4 {
		t.Errorf("%d connections, %d requests", conns.Load(), requests.Load())
	}
	// Closed by us when we are done.
	h.Close()
	if h.idle.Load() != 0 || len(h.endpoints) != 0 {
		t.Errorf("%d kept after Close", h.idle.Load())
	}
}

func waitFor(t testing.TB, ok func() bool) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-look.C:
		case <-late:
			t.Fatal("it did not happen in 10 s")
		}
	}
}

func TestKeepFor(t *testing.T) {
	for v, want := range map[string]time.Duration{
		"": keepIdle, "timeout=5": 4 * time.Second, "timeout=5, max=100": 4 * time.Second, "max=5, Timeout=3": 2 * time.Second,
		"timeout=600": keepIdle, "timeout=x": keepIdle, "timeout=1": 0, "timeout=0": -time.Second,
	} {
		h := http.Header{}
		if v != "" {
			h.Set("Keep-Alive", v)
		}
		if got := keepFor(h); got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	}
}

// A request that the far side may have had is never made again by itself: it
// is on record as a failure.
func TestLostRequestIsAnAttempt(t *testing.T) {
	var requests atomic.Int32
	url := script(t, func(c net.Conn, in *bufio.Reader) {
		for readRequest(in) {
			if requests.Add(1) == 2 {
				return // read, and not answered
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	h := sender(t)
	for i, want := range []string{"2xx", "disconnected", "2xx"} {
		a, _ := h.Send(t.Context(), to(url), patience)
		if a.Class != want || a.Timing.Reused != (i == 1) {
			t.Errorf("request %d: %+v", i+1, a)
		}
	}
	if requests.Load() != 3 {
		t.Errorf("the far side saw %d requests", requests.Load())
	}
}

// A large body to a server that answers before it has read it.
func TestEarlyAnswer(t *testing.T) {
	large := func(d *wirechief.Delivery) { d.Body = make([]byte, 20<<20) }
	read := make(chan struct{})
	for name, f := range map[string]func(c net.Conn, in *bufio.Reader){
		"keeps the rest unread": func(c net.Conn, in *bufio.Reader) {
			http.ReadRequest(in)
			io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
			<-read
		},
		"reads all": func(c net.Conn, in *bufio.Reader) {
			if readRequest(in) {
				io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
			}
		},
	} {
		url := script(t, f)
		a, o := sender(t).Send(t.Context(), to(url, large), patience)
		if a.StatusCode != 413 || o.Reason != wirechief.ReasonRejected {
			t.Errorf("%s: %+v %+v", name, a, o)
		}
	}
	close(read)
}

// Stopping cuts off what is under way: the far side may have seen the request,
// so it is on record; where nothing was sent, nothing is.
func TestCutOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := script(t, func(_ net.Conn, in *bufio.Reader) {
		if readRequest(in) {
			cancel()
			in.ReadByte()
		}
	})
	a, o := sender(t).Send(ctx, to(url), patience)
	if o.Reason != wirechief.ReasonShutdown || a == nil || a.Class != "shutdown" || a.Request == "" {
		t.Errorf("%+v %+v", a, o)
	}
	if a, o := sender(t).Send(ctx, to("http://127.0.0.1:1/"), patience); a != nil || o.Reason != wirechief.ReasonShutdown {
		t.Errorf("%+v %+v", a, o)
	}
}

func TestHTTPS(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	h := sender(t, egress.Options{Allow: []string{"127.0.0.1/32"}, CAFile: ca})
	for i := range 3 {
		a, o := h.Send(t.Context(), to(s.URL), patience)
		if o.Disposition != wirechief.Done || a.Body != "HTTP/1.1" || a.Timing.Reused != (i > 0) || (a.Timing.TLS > 0) != (i == 0) {
			t.Errorf("%+v %+v", a, a.Timing)
		}
	}
}

// Many at once to few endpoints: each gets its own answer.
func TestManyAtOnce(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.URL.Path, b)
	})
	h := sender(t)
	var running sync.WaitGroup
	for i := range 32 {
		running.Go(func() {
			for j := range 50 {
				path, body := fmt.Sprintf("/%d", i%4), fmt.Sprintf("%d-%d", i, j)
				a, o := h.Send(t.Context(), to(s.URL+path, func(d *wirechief.Delivery) { d.Body = []byte(body) }), patience)
				if o.Disposition != wirechief.Done || a.Body != path+" "+body {
					t.Errorf("%s %s: %+v", path, body, a)
					return
				}
			}
		})
	}
	running.Wait()
	if n := h.idle.Load(); n > 4*keepMost {
		t.Errorf("%d connections kept", n)
	}
}
