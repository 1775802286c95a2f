package delivery

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

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

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "é": "é", "\xc3": "", "a\xe2\x82": "a", "a\xf0\x9f\x98": "a", "\xffa": "\uFFFDa", "a\xff": "a\uFFFD", "a\x80": "a\uFFFD",
	} {
		if got := text([]byte(in)); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
}
