package bulkvs_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// TestOutcome is the table of codes.go, seen from outside.
func TestOutcome(t *testing.T) {
	failed := func(code, description string) string {
		return `{"Status":"Failed","Code":"` + code + `","Description":"` + description + `"}`
	}
	for _, tt := range []struct {
		name   string
		status int
		header string // Retry-After
		body   string
		want   wirechief.Outcome
		state  carrier.State
	}{
		{
			"taken", 200, "", success,
			wirechief.Outcome{Disposition: wirechief.Done, Code: "200", IDs: []string{ref}},
			carrier.Up,
		},
		{
			"taken, the id as measured once", 200, "", `{"RefId":"4551F89F","Results":[{"To":"1","Status":"SUCCESS"}]}`,
			wirechief.Outcome{Disposition: wirechief.Done, Code: "200", IDs: []string{"4551F89F"}},
			carrier.Up,
		},
		{
			"taken, without an id", 200, "", `{"Results":[{"Status":"SUCCESS"}]}`,
			wirechief.Outcome{Disposition: wirechief.Done, Code: "200"},
			carrier.Up,
		},
		{
			"the recipient failed", 200, "", `{"RefId":"` + ref + `","Results":[{"To":"13105551212","Status":"FAILED","Code":"7434","Description":"Recipient has opted out"}]}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination, Code: "200 7434", Text: "Recipient has opted out"},
			carrier.Up,
		},
		{
			"the recipient failed, in other words", 200, "", `{"RefId":"x","Results":[{"Status":"ERROR","Error":"no"}]}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination, Code: "200", Text: "no"},
			carrier.Up,
		},
		{
			"failed with 200", 200, "", failed("7511", "no"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "200 7511", Text: "no", Elsewhere: true},
			carrier.Up,
		},
		{
			"a sign-in page", 200, "", "<html>",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Code: "200", Text: "the answer is not that of messageSend", Elsewhere: true},
			carrier.Up,
		},
		{
			"another service", 200, "", `{"ok":true}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Code: "200", Text: "the answer is not that of messageSend", Elsewhere: true},
			carrier.Up,
		},
		{
			"nothing said", 204, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Code: "204", Elsewhere: true},
			carrier.Up,
		},
		{
			"moved", 307, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRedirect, Code: "307", Elsewhere: true},
			carrier.Up,
		},
		{
			"malformed", 400, "", failed("7400", "Message: too long"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "400 7400", Text: "Message: too long", Elsewhere: true},
			carrier.Up,
		},
		{
			"malformed, described by an object", 400, "", `{"Status":"Failed","Code":7400,"Description":{"Valid Type":["a"]}}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "400 7400", Text: `{"Valid Type":["a"]}`, Elsewhere: true},
			carrier.Up,
		},
		{
			"credentials", 401, "", failed("7401", "wrong"),
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonCredentials, Code: "401 7401", Text: "wrong"},
			carrier.Refused,
		},
		{
			"funds", 403, "", failed("7432", "balance"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonFunds, Code: "403 7432", Text: "balance", Elsewhere: true},
			carrier.Up,
		},
		{
			"sender", 404, "", failed("7441", "not enabled"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonSource, Code: "404 7441", Text: "not enabled", Elsewhere: true},
			carrier.Up,
		},
		{
			"registration", 409, "", failed("7451", "campaign"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonSource, Code: "409 7451", Text: "campaign", Elsewhere: true},
			carrier.Up,
		},
		{
			"agreement", 412, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "412", Elsewhere: true},
			carrier.Up,
		},
		{
			"too big", 413, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonContent, Code: "413", Elsewhere: true},
			carrier.Up,
		},
		{
			"another refusal", 418, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "418", Elsewhere: true},
			carrier.Up,
		},
		{
			"too fast", 429, "7", failed("7462", "slow down"),
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, After: 7 * time.Second, Code: "429 7462", Text: "slow down"},
			carrier.Degraded,
		},
		{
			"too fast, until a date", 429, "Wed, 16 Sep 2026 02:48:31 GMT", "",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, After: 30 * time.Second, Code: "429"},
			carrier.Degraded,
		},
		{
			"too fast, until long ago", 429, "Wed, 16 Sep 2020 02:48:31 GMT", "",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, Code: "429"},
			carrier.Degraded,
		},
		{
			"trouble", 503, "99999999", "",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary, After: time.Hour, Code: "503"},
			carrier.Degraded,
		},
		{
			"a gateway's trouble", 502, "soon", "<html>",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary, Code: "502"},
			carrier.Degraded,
		},
		{
			"long words", 400, "", failed("7", strings.Repeat("é", 400)),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "400 7", Text: strings.Repeat("é", 150), Elsewhere: true},
			carrier.Up,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var requests atomic.Int64
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				if tt.status/100 == 3 {
					w.Header().Set("Location", "/elsewhere")
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}))
			defer s.Close()
			c := start(t, config(s.URL), &exchange{})
			if d := cmp.Diff(tt.want, submit(t, c, text)); d != "" {
				t.Error(d)
			}
			if st := c.Status(); st.State != tt.state {
				t.Errorf("state %s, want %s", st.State, tt.state)
			}
			if n := requests.Load(); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

// TestNoAnswer tells what left from what did not.
func TestNoAnswer(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		c := start(t, config("http://"+l.Addr().String()), &exchange{})
		if o := submit(t, c, text); o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonUnreachable {
			t.Errorf("%+v, want retry, unreachable", o)
		}
		if st := c.Status(); st.State != carrier.Down || st.LastError == "" {
			t.Errorf("status %+v", st)
		}
	})
	t.Run("cut after the request", func(t *testing.T) {
		var requests atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			panic(http.ErrAbortHandler)
		}))
		defer s.Close()
		c := start(t, config(s.URL), &exchange{})
		if o := submit(t, c, text); o.Disposition != wirechief.InDoubt || o.Reason != wirechief.ReasonDisconnected {
			t.Errorf("%+v, want in doubt, disconnected", o)
		}
		if n := requests.Load(); n != 1 {
			t.Errorf("%d requests: repeating is not ours to decide", n)
		}
	})
	t.Run("cut on a connection that was used before", func(t *testing.T) {
		var requests atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) > 1 {
				panic(http.ErrAbortHandler)
			}
			io.WriteString(w, success)
		}))
		defer s.Close()
		c := start(t, config(s.URL), &exchange{})
		submit(t, c, text)
		if o := submit(t, c, text); o.Disposition != wirechief.InDoubt {
			t.Errorf("%+v, want in doubt", o)
		}
		if n := requests.Load(); n != 2 {
			t.Errorf("%d requests, want 2: net/http has repeated one", n)
		}
	})
	t.Run("cut within the answer", func(t *testing.T) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, success)
		}))
		defer s.Close()
		c := start(t, config(s.URL), &exchange{})
		if o := submit(t, c, text); o.Disposition != wirechief.InDoubt || o.Reason != wirechief.ReasonDisconnected {
			t.Errorf("%+v, want in doubt, disconnected", o)
		}
	})
	t.Run("no answer in time", func(t *testing.T) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}))
		defer s.Close()
		cfg := config(s.URL)
		cfg.ResponseTimeout = 50 * time.Millisecond
		c := start(t, cfg, &exchange{})
		if o := submit(t, c, text); o.Disposition != wirechief.InDoubt || o.Reason != wirechief.ReasonTimeout {
			t.Errorf("%+v, want in doubt, timeout", o)
		}
	})
	t.Run("stopped while it waits", func(t *testing.T) {
		arrived := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			close(arrived)
			<-r.Context().Done()
		}))
		defer s.Close()
		c := start(t, config(s.URL), &exchange{})
		reports := make(chan wirechief.Outcome, 2)
		c.Submit(t.Context(), text, func(o wirechief.Outcome) { reports <- o })
		<-arrived
		if n := c.Status().Outstanding; n != 1 {
			t.Errorf("%d outstanding, want 1", n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		select {
		case o := <-reports:
			if o.Disposition != wirechief.InDoubt {
				t.Errorf("%+v, want in doubt", o)
			}
		default:
			t.Error("Stop returned before the report")
		}
	})
}
