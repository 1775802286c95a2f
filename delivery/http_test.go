package delivery

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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
			"in chunks", to(s.URL+"/x", func(d *wirechief.Delivery) { d.Chunked = true }), "/x",
			http.Header{"Content-Type": {"application/json"}, "User-Agent": {"wirechief/1.2.3"}},
			`{"From":"13105551212"}`,
			"POST /x HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked",
		},
		{
			"no body, in chunks", to(s.URL+"/x", func(d *wirechief.Delivery) { d.Body, d.ContentType, d.Chunked = nil, "", true }), "/x",
			http.Header{"Content-Length": {"0"}, "User-Agent": {"wirechief/1.2.3"}},
			"",
			"POST /x HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: wirechief/1.2.3\r\nContent-Length: 0",
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
