package bulkvs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
		{
			"short code",
			carrier.Submission{Message: 1, From: "+13109060901", To: "78701", Text: "JOIN"},
			`{"From":"13109060901","To":["78701"],"Message":"JOIN"}`, "1-13109060901-78701",
		},
		{
			"pictures",
			carrier.Submission{Message: 2, From: "+13109060901", To: "+13105551212", Media: []carrier.Media{
				{URL: "https://h.test/media/1.jpg", Type: "image/jpeg"}, {URL: "https://h.test/media/2.png?a&b"},
			}},
			`{"From":"13109060901","To":["13105551212"],"Message":"","MediaURLs":["https://h.test/media/1.jpg","https://h.test/media/2.png?a&b"]}`,
			"2-13109060901-13105551212",
		},
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
	if got := c.Abilities().String(); got != "sms,mms,receipts,inbound,search,order" {
		t.Errorf("with a token: %s", got)
	}
	if got := c.WebhookPath(); got != "/carriers/up%20stream/"+token {
		t.Errorf("path %s", got)
	}
	cfg.WebhookToken = ""
	c = bulkvs.New("upstream", cfg, carrier.Services{})
	if got := c.Abilities().String(); got != "sms,mms,search,order" || c.WebhookPath() != "" {
		t.Errorf("without a token: %s at %q", got, c.WebhookPath())
	}
}
