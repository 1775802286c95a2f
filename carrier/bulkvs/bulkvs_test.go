package bulkvs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/bulkvs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ carrier.Carrier = (*bulkvs.Carrier)(nil)

const (
	password = "upstream-password"
	token    = "0123456789abcdef-token"
	ref      = "5a66dee6-ff7a-40ee-8218-5805c074dc01"
	success  = `{"RefId":"` + ref + `","From":"13109060901","MessageType":"SMS","Fragments":1,"Results":[{"To":"13105551212","Status":"SUCCESS"}]}`
)

// exchange is a handler that remembers what it was brought.
type exchange struct {
	inboundFunc func(wirechief.Inbound) error
	receiptFunc func(wirechief.Receipt) error

	mu       sync.Mutex
	texts    []wirechief.Inbound
	receipts []wirechief.Receipt
}

func (x *exchange) Inbound(_ context.Context, in wirechief.Inbound) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.inboundFunc != nil {
		if err := x.inboundFunc(in); err != nil {
			return err
		}
	}
	x.texts = append(x.texts, in)
	return nil
}

func (x *exchange) Receipt(_ context.Context, r wirechief.Receipt) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.receiptFunc != nil {
		if err := x.receiptFunc(r); err != nil {
			return err
		}
	}
	x.receipts = append(x.receipts, r)
	return nil
}

func (x *exchange) Changed(string) {}

func config(url string) bulkvs.Config {
	cfg := bulkvs.Defaults()
	cfg.URL, cfg.Username, cfg.Password, cfg.WebhookToken = url, "acme", password, token
	return cfg
}

func start(t *testing.T, cfg bulkvs.Config, x *exchange) *bulkvs.Carrier {
	t.Helper()
	now := time.Date(2026, 9, 16, 2, 48, 1, 0, time.UTC)
	c := bulkvs.New("upstream", cfg, carrier.Services{Now: func() time.Time { return now }})
	if err := c.Start(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

var text = carrier.Submission{Message: 4711, From: "+13109060901", To: "+13105551212", Text: "Hi <é>", Receipt: true}

func submit(t *testing.T, c *bulkvs.Carrier, s carrier.Submission) wirechief.Outcome {
	t.Helper()
	reports := make(chan wirechief.Outcome, 2)
	c.Submit(t.Context(), s, func(o wirechief.Outcome) { reports <- o })
	return <-reports
}

// TestRequest shows what leaves.
func TestRequest(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    carrier.Submission
		body string
		key  string
	}{
		{"text", text, `{"From":"13109060901","To":["13105551212"],"Message":"Hi <é>"}`, "4711-13109060901-13105551212"},
		{"short code", carrier.Submission{Message: 1, From: "+13109060901", To: "78701", Text: "JOIN"},
			`{"From":"13109060901","To":["78701"],"Message":"JOIN"}`, "1-13109060901-78701"},
		{"pictures", carrier.Submission{Message: 2, From: "+13109060901", To: "+13105551212", Media: []carrier.Media{
			{URL: "https://h.test/media/1.jpg", Type: "image/jpeg"}, {URL: "https://h.test/media/2.png?a&b"},
		}},
			`{"From":"13109060901","To":["13105551212"],"Message":"","MediaURLs":["https://h.test/media/1.jpg","https://h.test/media/2.png?a&b"]}`,
			"2-13109060901-13105551212"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got *http.Request
			var body []byte
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				io.WriteString(w, success)
			}))
			defer s.Close()
			c := start(t, config(s.URL+"/api/v1.0"), &exchange{})
			o := submit(t, c, tt.s)
			want := wirechief.Outcome{Disposition: wirechief.Done, Code: "200", IDs: []string{ref}}
			if d := cmp.Diff(want, o); d != "" {
				t.Error(d)
			}
			user, pass, _ := got.BasicAuth()
			if got.Method != "POST" || got.URL.Path != "/api/v1.0/messageSend" || user != "acme" || pass != password {
				t.Errorf("%s %s as %s", got.Method, got.URL, user)
			}
			if got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Idempotency-Key") != tt.key {
				t.Errorf("header %v", got.Header)
			}
			if strings.TrimSpace(string(body)) != tt.body {
				t.Errorf("body %s, want %s", body, tt.body)
			}
			if st := c.Status(); st.State != carrier.Up || st.Outstanding != 0 || st.LastError != "" {
				t.Errorf("status %+v", st)
			}
		})
	}
}

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
		{"taken", 200, "", success,
			wirechief.Outcome{Disposition: wirechief.Done, Code: "200", IDs: []string{ref}}, carrier.Up},
		{"taken, the id as measured once", 200, "", `{"RefId":"4551F89F","Results":[{"To":"1","Status":"SUCCESS"}]}`,
			wirechief.Outcome{Disposition: wirechief.Done, Code: "200", IDs: []string{"4551F89F"}}, carrier.Up},
		{"taken, without an id", 200, "", `{"Results":[{"Status":"SUCCESS"}]}`,
			wirechief.Outcome{Disposition: wirechief.Done, Code: "200"}, carrier.Up},
		{"the recipient failed", 200, "", `{"RefId":"` + ref + `","Results":[{"To":"13105551212","Status":"FAILED","Code":"7434","Description":"Recipient has opted out"}]}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination, Code: "200 7434", Text: "Recipient has opted out"}, carrier.Up},
		{"the recipient failed, in other words", 200, "", `{"RefId":"x","Results":[{"Status":"ERROR","Error":"no"}]}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination, Code: "200", Text: "no"}, carrier.Up},
		{"failed with 200", 200, "", failed("7511", "no"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "200 7511", Text: "no", Elsewhere: true}, carrier.Up},
		{"a sign-in page", 200, "", "<html>",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Code: "200", Text: "the answer is not that of messageSend", Elsewhere: true}, carrier.Up},
		{"another service", 200, "", `{"ok":true}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Code: "200", Text: "the answer is not that of messageSend", Elsewhere: true}, carrier.Up},
		{"nothing said", 204, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Code: "204", Elsewhere: true}, carrier.Up},
		{"moved", 307, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRedirect, Code: "307", Elsewhere: true}, carrier.Up},
		{"malformed", 400, "", failed("7400", "Message: too long"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "400 7400", Text: "Message: too long", Elsewhere: true}, carrier.Up},
		{"malformed, described by an object", 400, "", `{"Status":"Failed","Code":7400,"Description":{"Valid Type":["a"]}}`,
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "400 7400", Text: `{"Valid Type":["a"]}`, Elsewhere: true}, carrier.Up},
		{"credentials", 401, "", failed("7401", "wrong"),
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonCredentials, Code: "401 7401", Text: "wrong"}, carrier.Refused},
		{"funds", 403, "", failed("7432", "balance"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonFunds, Code: "403 7432", Text: "balance", Elsewhere: true}, carrier.Up},
		{"sender", 404, "", failed("7441", "not enabled"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonSource, Code: "404 7441", Text: "not enabled", Elsewhere: true}, carrier.Up},
		{"registration", 409, "", failed("7451", "campaign"),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonSource, Code: "409 7451", Text: "campaign", Elsewhere: true}, carrier.Up},
		{"agreement", 412, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "412", Elsewhere: true}, carrier.Up},
		{"too big", 413, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonContent, Code: "413", Elsewhere: true}, carrier.Up},
		{"another refusal", 418, "", "",
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "418", Elsewhere: true}, carrier.Up},
		{"too fast", 429, "7", failed("7462", "slow down"),
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, After: 7 * time.Second, Code: "429 7462", Text: "slow down"}, carrier.Degraded},
		{"too fast, until a date", 429, "Wed, 16 Sep 2026 02:48:31 GMT", "",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, After: 30 * time.Second, Code: "429"}, carrier.Degraded},
		{"too fast, until long ago", 429, "Wed, 16 Sep 2020 02:48:31 GMT", "",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled, Code: "429"}, carrier.Degraded},
		{"trouble", 503, "99999999", "",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary, After: time.Hour, Code: "503"}, carrier.Degraded},
		{"a gateway's trouble", 502, "soon", "<html>",
			wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary, Code: "502"}, carrier.Degraded},
		{"long words", 400, "", failed("7", strings.Repeat("é", 400)),
			wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Code: "400 7", Text: strings.Repeat("é", 150), Elsewhere: true}, carrier.Up},
	} {
		t.Run(tt.name, func(t *testing.T) {
			requests := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
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
			if requests != 1 {
				t.Errorf("%d requests, want 1", requests)
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
		requests := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			panic(http.ErrAbortHandler)
		}))
		defer s.Close()
		c := start(t, config(s.URL), &exchange{})
		if o := submit(t, c, text); o.Disposition != wirechief.InDoubt || o.Reason != wirechief.ReasonDisconnected {
			t.Errorf("%+v, want in doubt, disconnected", o)
		}
		if requests != 1 {
			t.Errorf("%d requests: repeating is not ours to decide", requests)
		}
	})
	t.Run("cut on a connection that was used before", func(t *testing.T) {
		requests := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests > 1 {
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
		if requests != 2 {
			t.Errorf("%d requests, want 2: net/http has repeated one", requests)
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

func TestLifecycle(t *testing.T) {
	c := bulkvs.New("upstream", config("http://127.0.0.1:9"), carrier.Services{})
	shut := func(when string) {
		t.Helper()
		if o := submit(t, c, text); c.Room() != 0 || o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonShutdown {
			t.Errorf("%s: room %d, %+v", when, c.Room(), o)
		}
	}
	shut("before Start")
	for range 2 {
		if err := c.Start(t.Context(), &exchange{}); err != nil {
			t.Fatal(err)
		}
	}
	if c.Room() != 16 || c.Status().State != carrier.Connecting {
		t.Errorf("running: room %d, %+v", c.Room(), c.Status())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	c.Submit(ended, text, func(o wirechief.Outcome) {
		if o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonShutdown {
			t.Errorf("an ended context: %+v", o)
		}
	})
	for range 2 {
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	shut("after Stop")
	if err := bulkvs.New("never", config("http://127.0.0.1:9"), carrier.Services{}).Stop(t.Context()); err != nil {
		t.Errorf("Stop before Start: %v", err)
	}
}

// TestSecrets forces every kind of trouble and searches what is shown of it.
func TestSecrets(t *testing.T) {
	var log bytes.Buffer
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	defer echo.Close()
	for _, u := range []string{"http://127.0.0.1:1", echo.URL} {
		cfg := config(u)
		c := bulkvs.New("upstream", cfg, carrier.Services{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		x := &exchange{inboundFunc: func(wirechief.Inbound) error { return errors.New("disk full") }}
		if err := c.Start(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		o := submit(t, c, text)
		fmt.Fprintf(&log, "%+v %+v %+v %#v", o, c.Status(), cfg, cfg)
		for _, body := range []string{"{", `{"From":"13105551212","To":["13109060901"],"Message":"Hi"}`} {
			w := httptest.NewRecorder()
			c.Webhook().ServeHTTP(w, httptest.NewRequest("POST", c.WebhookPath(), strings.NewReader(body)))
			fmt.Fprint(&log, w.Body)
		}
		if err := c.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{password, token} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the open:\n%s", secret, &log)
		}
	}
}

func TestConfig(t *testing.T) {
	if err := config("https://portal.example.test/api/v1.0").Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*bulkvs.Config){
		"url":              func(c *bulkvs.Config) { c.URL = "portal.example.test" },
		"username":         func(c *bulkvs.Config) { c.Username = "" },
		"password":         func(c *bulkvs.Config) { c.Password = "" },
		"connections":      func(c *bulkvs.Config) { c.Connections = 0 },
		"response_timeout": func(c *bulkvs.Config) { c.ResponseTimeout = 0 },
		"webhook_token":    func(c *bulkvs.Config) { c.WebhookToken = "short" },
	} {
		cfg := config("https://portal.example.test/api/v1.0")
		change(&cfg)
		err := cfg.Validate()
		if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Field != name || !strings.HasPrefix(e.Message, name+":") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAbilities(t *testing.T) {
	cfg := config("https://portal.example.test/api/v1.0")
	c := bulkvs.New("up stream", cfg, carrier.Services{})
	if got := c.Abilities().String(); got != "sms,mms,receipts,inbound" {
		t.Errorf("with a token: %s", got)
	}
	if got := c.WebhookPath(); got != "/carriers/up%20stream/"+token {
		t.Errorf("path %s", got)
	}
	cfg.WebhookToken = ""
	c = bulkvs.New("upstream", cfg, carrier.Services{})
	if got := c.Abilities().String(); got != "sms,mms" || c.WebhookPath() != "" {
		t.Errorf("without a token: %s at %q", got, c.WebhookPath())
	}
}
