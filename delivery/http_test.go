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
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/egress"
)

// sender is a sender under a guard that lets loopback through.
func sender(t testing.TB, o ...egress.Options) *HTTP {
	t.Helper()
	options := egress.Options{Allow: []string{"127.0.0.0/8"}}
	if len(o) > 0 {
		options = o[0]
	}
	g, err := egress.New(options)
	if err != nil {
		t.Fatal(err)
	}
	h := NewHTTP(g, "1.2.3", nil)
	t.Cleanup(h.Close)
	return h
}

func to(url string, change ...func(*wirechief.Delivery)) *wirechief.Delivery {
	d := &wirechief.Delivery{
		Tenant: "acme", Kind: wirechief.KindWebhook, Destination: url, Method: "POST",
		ContentType: "application/json", Body: []byte(`{"From":"13105551212"}`),
	}
	for _, c := range change {
		c(d)
	}
	return d
}

func header(name, value string) func(*wirechief.Delivery) {
	return func(d *wirechief.Delivery) {
		if d.Header == nil {
			d.Header = make(map[string]string)
		}
		d.Header[name] = value
	}
}

func serve(t testing.TB, f http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s
}

// script is a server that speaks for itself: f has each connection.
func script(t testing.TB, f func(c net.Conn, in *bufio.Reader)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			running.Go(func() {
				defer c.Close()
				f(c, bufio.NewReader(c))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return "http://" + l.Addr().String()
}

// readRequest reads one request to its end.
func readRequest(in *bufio.Reader) bool {
	r, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, r.Body)
	return true
}

const patience = 10 * time.Second

func TestRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})
	host := strings.TrimPrefix(s.URL, "http://")
	for _, tt := range []struct {
		name   string
		d      *wirechief.Delivery
		uri    string
		header http.Header
		body   string
		record string
	}{
		{
			"webhook", to(s.URL + "/in?tracking_number=5&x=%41+b;c"), "/in?tracking_number=5&x=%41+b;c",
			http.Header{"Content-Type": {"application/json"}, "Content-Length": {"22"}, "User-Agent": {"wirechief/1.2.3"}},
			`{"From":"13105551212"}`,
			"POST /in?tracking_number=5&x=%41+b;c HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\nContent-Type: application/json\r\nContent-Length: 22",
		},
		{
			"no path", to(s.URL), "/",
			http.Header{"Content-Type": {"application/json"}, "Content-Length": {"22"}, "User-Agent": {"wirechief/1.2.3"}},
			`{"From":"13105551212"}`,
			"POST / HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\nContent-Type: application/json\r\nContent-Length: 22",
		},
		{
			"headers", to(s.URL+"/a", header("X-B", "2"), header("X-A", "1"), header("Host", "evil.example"), header("content-length", "7"),
				header("Webhook-Signature", "v1,c2ln"), header("X-Api-Key", "hunter2hunter2")),
			"/a",
			http.Header{
				"Content-Type": {"application/json"}, "Content-Length": {"22"}, "User-Agent": {"wirechief/1.2.3"},
				"X-A": {"1"}, "X-B": {"2"}, "Webhook-Signature": {"v1,c2ln"}, "X-Api-Key": {"hunter2hunter2"},
			},
			`{"From":"13105551212"}`,
			"POST /a HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\nContent-Type: application/json\r\nContent-Length: 22\r\n" +
				"Webhook-Signature: v1,c2ln\r\nX-A: 1\r\nX-Api-Key: <hidden>\r\nX-B: 2",
		},
		{
			"secrets in the URL", to("http://ann:s3cr3t-pw@" + host + "/in?a=1&token=t0ps3cret&b=2&API_KEY=kkkkkk"), "/in?a=1&token=t0ps3cret&b=2&API_KEY=kkkkkk",
			http.Header{
				"Content-Type": {"application/json"}, "Content-Length": {"22"}, "User-Agent": {"wirechief/1.2.3"},
				"Authorization": {"Basic YW5uOnMzY3IzdC1wdw=="},
			},
			`{"From":"13105551212"}`,
			"POST /in?a=1&token=<hidden>&b=2&API_KEY=<hidden> HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\n" +
				"Content-Type: application/json\r\nContent-Length: 22\r\nAuthorization: <hidden>",
		},
		{
			"no body", to(s.URL+"/x", func(d *wirechief.Delivery) { d.Body, d.ContentType = nil, "" }), "/x",
			http.Header{"Content-Length": {"0"}, "User-Agent": {"wirechief/1.2.3"}},
			"",
			"POST /x HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\nContent-Length: 0",
		},
		{
			"GET with a form", to(s.URL+"/x?own=1", func(d *wirechief.Delivery) {
				d.Method, d.ContentType, d.Body = "GET", "application/x-www-form-urlencoded; charset=utf-8", []byte("From=1&Text=a+b")
			}), "/x?own=1&From=1&Text=a+b",
			http.Header{"User-Agent": {"wirechief/1.2.3"}},
			"",
			"GET /x?own=1&From=1&Text=a+b HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3",
		},
		{
			"GET with a form and no query", to(s.URL+"/x", func(d *wirechief.Delivery) {
				d.Method, d.ContentType, d.Body = "GET", "application/x-www-form-urlencoded", []byte("From=1")
			}), "/x?From=1",
			http.Header{"User-Agent": {"wirechief/1.2.3"}},
			"",
			"GET /x?From=1 HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got = nil
			a, o := sender(t).Send(t.Context(), tt.d, patience)
			if o.Disposition != wirechief.Done || got == nil {
				t.Fatalf("%+v %+v", a, o)
			}
			if got.Method != tt.d.Method || got.RequestURI != tt.uri || string(body) != tt.body || got.Host != host {
				t.Errorf("%s %s to %s: %s", got.Method, got.RequestURI, got.Host, body)
			}
			if diff := cmp.Diff(tt.header, got.Header); diff != "" {
				t.Error(diff)
			}
			if a.Request != tt.record {
				t.Errorf("record:\n%q\nwant:\n%q", a.Request, tt.record)
			}
		})
	}
}

func TestAttempt(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Trace", "abc")
		w.Header().Add("Set-Cookie", "session=hunter2hunter2")
		w.Header()["X-Many"] = []string{"1", "2"}
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "OK é")
	})
	h := sender(t)
	for i := range 2 {
		before := time.Now()
		a, o := h.Send(t.Context(), to(s.URL), patience)
		if o.Disposition != wirechief.Done {
			t.Fatalf("%+v", o)
		}
		if a.Class != "2xx" || a.StatusCode != 202 || a.Body != "OK é" || a.Truncated || a.Error != "" || a.Peer != s.Listener.Addr().String() {
			t.Errorf("%+v", a)
		}
		if a.Header["X-Trace"] != "abc" || a.Header["Set-Cookie"] != "<hidden>" || a.Header["X-Many"] != "1, 2" {
			t.Errorf("header %v", a.Header)
		}
		if a.Timing == nil || a.Timing.Reused != (i == 1) || (a.Timing.Connect > 0) != (i == 0) || a.Timing.FirstByte <= 0 || a.DurationMS < a.Timing.FirstByte {
			t.Errorf("timing %+v of %v ms", a.Timing, a.DurationMS)
		}
		if a.At.Before(before.Add(-time.Second)) || a.At.Location() != time.UTC {
			t.Errorf("at %v", a.At)
		}
	}
}

func TestAnswers(t *testing.T) {
	date := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for _, tt := range []struct {
		name   string
		answer string // raw
		class  string
		code   int
		o      wirechief.Outcome
		body   string
	}{
		{"200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", "2xx", 200, took, "OK"},
		{"201", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", "2xx", 201, took, ""},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", "2xx", 204, took, ""},
		{"299", "HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n", "2xx", 299, took, ""},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nuntil the end", "2xx", 200, took, "until the end"},
		{"no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "2xx", 200, took, ""},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n", "2xx", 200, took, "abcde"},
		{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "2xx", 200, took, ""},
		{"301", "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "3xx", 301, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonRedirect, Code: "301"}, ""},
		{"304", "HTTP/1.1 304 Not Modified\r\n\r\n", "3xx", 304, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonRedirect, Code: "304"}, ""},
		{"307", "HTTP/1.1 307 Temporary\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", "3xx", 307, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonRedirect, Code: "307"}, ""},
		{"400", "HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nbad", "4xx", 400, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonRejected, Code: "400"}, "bad"},
		{"401", "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "4xx", 401, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonCredentials, Code: "401"}, ""},
		{"404", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "4xx", 404, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonDestination, Code: "404"}, ""},
		{"408", "HTTP/1.1 408 Slow\r\nContent-Length: 0\r\n\r\n", "4xx", 408, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTimeout, Code: "408"}, ""},
		{"410", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", "4xx", 410, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonGone, Code: "410"}, ""},
		{"429", "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", "4xx", 429, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, Code: "429", After: 7 * time.Second}, ""},
		{"500", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "5xx", 500, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary, Code: "500"}, ""},
		{"503, nonsense in Retry-After", "HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", "5xx", 503, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary, Code: "503"}, ""},
		{"101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "protocol", 101, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol, Code: "101"}, ""},
		{"600", "HTTP/1.1 600 What\r\nContent-Length: 0\r\n\r\n", "protocol", 600, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol, Code: "600"}, ""},
		{"not HTTP", "220 mail.example ESMTP\r\n", "protocol", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol}, ""},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", "protocol", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol}, ""},
		{"only interim", strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 20), "protocol", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol}, ""},
		{"large header", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 100) + "\r\n", "protocol", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol}, ""},
		{"endless header line", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 100_000), "protocol", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonProtocol}, ""},
		{"nothing", "", "disconnected", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonDisconnected}, ""},
		{"half a header", "HTTP/1.1 200 OK\r\nContent-Le", "disconnected", 0, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonDisconnected}, ""},
		{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "2xx", 200, took, "half"},
		{"not text", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na\xff\x00b", "2xx", 200, took, "a\uFFFD\x00b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := script(t, func(c net.Conn, in *bufio.Reader) {
				if readRequest(in) {
					io.WriteString(c, tt.answer)
				}
			})
			a, o := sender(t).Send(t.Context(), to(url), patience)
			if diff := cmp.Diff(tt.o, o); diff != "" {
				t.Error(diff)
			}
			if a.Class != tt.class || a.StatusCode != tt.code || a.Body != tt.body {
				t.Errorf("%+v", a)
			}
			if tt.o.Disposition != wirechief.Done && tt.code/100 < 4 && a.Error == "" {
				t.Error("no words")
			}
			if a.Request == "" || a.DurationMS <= 0 {
				t.Errorf("%+v", a)
			}
		})
	}
	url := script(t, func(c net.Conn, in *bufio.Reader) {
		if readRequest(in) {
			fmt.Fprintf(c, "HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date)
		}
	})
	if _, o := sender(t).Send(t.Context(), to(url), patience); o.After < 59*time.Minute || o.After > time.Hour {
		t.Errorf("a date in Retry-After: %v", o.After)
	}
}

func TestRetryAfterForms(t *testing.T) {
	now := time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)
	for s, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, "-5": 0, "1.5": 0, "99999999999999999999": 0, "2000000000": longestWait,
		"Wed, 16 Sep 2026 02:48:00 GMT": time.Minute, "Wed, 16 Sep 2026 02:46:00 GMT": 0, "Wednesday, 16-Sep-26 02:48:00 GMT": time.Minute,
	} {
		if got := parseRetryAfter(s, now); got != want {
			t.Errorf("%q is %v, want %v", s, got, want)
		}
	}
}

// A 2xx counts when its header is in, whatever the body does; and what it does
// costs neither memory nor more than a moment.
func TestBodies(t *testing.T) {
	big := strings.Repeat("é", bodyMost/2-1) + "xé" // a character lies across the bound
	for _, tt := range []struct {
		name      string
		answer    func(c net.Conn)
		truncated bool
		body      string
		again     bool // the connection is used again
	}{
		{"at the bound", func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", bodyMost, strings.Repeat("a", bodyMost))
		}, false, strings.Repeat("a", bodyMost), true},
		{"past the bound", func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", bodyMost+1, big)
		}, true, strings.TrimSuffix(big, "é"), true},
		{"gigabytes", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n")
			b := []byte(strings.Repeat("a", 1<<16))
			for range 4000000000 >> 16 {
				if _, err := c.Write(b); err != nil {
					return
				}
			}
		}, true, strings.Repeat("a", bodyMost), false},
		{"gigabytes in chunks", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for range 1 << 20 {
				if _, err := io.WriteString(c, "1000\r\n"+strings.Repeat("a", 0x1000)+"\r\n"); err != nil {
					return
				}
			}
		}, true, strings.Repeat("a", bodyMost), false},
		{"never ends", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
			io.Copy(io.Discard, c)
		}, true, "ab", false},
		{"never begins", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
			io.Copy(io.Discard, c)
		}, true, "", false},
		{"more than it says", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\n")
		}, false, "ab", false},
		{"zipped bomb", func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08")
		}, false, "\x1f\uFFFD\x08", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var conns atomic.Int32
			url := script(t, func(c net.Conn, in *bufio.Reader) {
				conns.Add(1)
				for readRequest(in) {
					tt.answer(c)
				}
			})
			h := sender(t)
			for range 2 {
				a, o := h.Send(t.Context(), to(url), patience)
				if o.Disposition != wirechief.Done || a.StatusCode != 200 || a.Truncated != tt.truncated || a.Body != tt.body {
					t.Errorf("%+v; %d octets, truncated %v", o, len(a.Body), a.Truncated)
				}
				if a.DurationMS > 5000 {
					t.Errorf("took %v ms", a.DurationMS)
				}
			}
			if want := map[bool]int32{true: 1, false: 2}[tt.again]; conns.Load() != want {
				t.Errorf("%d connections, want %d", conns.Load(), want)
			}
		})
	}
}

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

// What cannot be a request is final: no later try would be better.
func TestUnsendable(t *testing.T) {
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	for name, d := range map[string]*wirechief.Delivery{
		"line break in a header": to(s.URL, header("X-A", "1\r\nX-B: 2")),
		"name of a header":       to(s.URL, header("X A", "1")),
		"method":                 to(s.URL, func(d *wirechief.Delivery) { d.Method = "PO ST" }),
		"content type":           to(s.URL, func(d *wirechief.Delivery) { d.ContentType = "a/b\r\nX: y" }),
	} {
		a, o := sender(t).Send(t.Context(), d, patience)
		if o.Disposition != wirechief.Final || o.Reason != wirechief.ReasonContent || a.Error == "" {
			t.Errorf("%s: %+v %+v", name, o, a)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests", hits.Load())
	}
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
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatal("it did not happen in 10 s")
		}
		time.Sleep(time.Millisecond)
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

// No secret of the URL or of a header is in the record, even when the far side
// says it back.
func TestSecretsAreHidden(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.URL.RawQuery)
		w.Header().Set("X-Auth", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "%s %v %s", r.URL, r.Header, r.URL.Query().Get("token"))
	})
	h := sender(t)
	host := strings.TrimPrefix(s.URL, "http://")
	for _, d := range []*wirechief.Delivery{
		to("http://ann:hunter2%20hunter2@"+host+"/?token=hunter2%20hunter2&secret=hunter2+hunter2", header("X-Api-Key", "hunter2.hunter2")),
		to("http://ann:hunter2%20hunter2@127.0.0.1:1/?token=hunter2%20hunter2"),
		to("http://ann:hunter2%20hunter2@0x7f.1/?token=hunter2%20hunter2"),
		to("http://ann:hunter2%20hunter2@10.0.0.1/?token=hunter2%20hunter2"),
		to("https://ann:hunter2%20hunter2@" + host + "/?token=hunter2%20hunter2"),
		to(s.URL+"/?token=hunter2%20hunter2", header("X-Api-Key", "hunter2\nhunter2")),
	} {
		a, o := h.Send(t.Context(), d, patience)
		for _, s := range []string{fmt.Sprintf("%+v %+v", *a, o), a.Error} {
			if strings.Contains(s, "hunter2") || strings.Contains(s, "YW5uOmh1bnRlcjI") {
				t.Errorf("%s", s)
			}
		}
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

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "é": "é", "\xc3": "", "a\xe2\x82": "a", "a\xf0\x9f\x98": "a", "\xffa": "\uFFFDa", "a\xff": "a\uFFFD", "a\x80": "a\uFFFD",
	} {
		if got := text([]byte(in)); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIsSecretName(t *testing.T) {
	for _, name := range []string{"token", "X-Api-Key", "AUTHORIZATION", "password", "Set-Cookie", "client_secret", "sig", "access_token"} {
		if !isSecretName(name) {
			t.Errorf("%s is taken for no secret", name)
		}
	}
	if plain := []string{"tracking_number", "webhook-signature", "webhook-id", "X-Trace", "from", "Idempotency-Key"}; slices.ContainsFunc(plain, isSecretName) {
		t.Errorf("one of %v is taken for a secret", plain)
	}
}
