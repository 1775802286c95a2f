package bulkvs

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

const (
	maxAnswer = 1 << 20         // octets of an answer that are read
	grace     = 5 * time.Second // that Stop waits for answers
)

// Carrier is a link to a service that speaks BulkVS. Make it with [New].
type Carrier struct {
	name   string
	cfg    Config
	log    *slog.Logger
	now    func() time.Time
	client *http.Client
	// slots has a place for each message under way, as many as connections: who
	// waits for one can be told to go without any of it having left.
	slots chan struct{}

	outstanding atomic.Int64
	lastReceipt atomic.Int64 // Unix nanoseconds

	mu      sync.Mutex
	h       carrier.Handler // nil unless running
	run     context.Context // ends when answers are not waited for any more
	cancel  context.CancelFunc
	stopped bool
	state   carrier.State
	since   time.Time
	trouble string

	running sync.WaitGroup // submissions and inbound requests
}

// New makes the link. The configuration is taken as it is; check it with
// [Config.Validate] first.
func New(name string, cfg Config, s carrier.Services) *Carrier {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	return &Carrier{
		name: name, cfg: cfg, now: s.Now, log: s.Log.With("carrier", name),
		state: carrier.Stopped, since: s.Now(), slots: make(chan struct{}, max(cfg.Connections, 1)),
		client: &http.Client{
			Transport: &http.Transport{
				DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
				TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
				TLSHandshakeTimeout: 5 * time.Second,
				MaxConnsPerHost:     cfg.Connections,
				MaxIdleConnsPerHost: cfg.Connections,
				IdleConnTimeout:     30 * time.Second, // before servers commonly close
				DisableCompression:  true,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Name is the configured name.
func (c *Carrier) Name() string { return c.name }

// Type is "bulkvs".
func (*Carrier) Type() string { return "bulkvs" }

// Abilities says what the far side can do. Receipts and texts come in only
// with a webhook_token.
func (c *Carrier) Abilities() carrier.Abilities {
	const always = carrier.SMS | carrier.MMS | carrier.Search | carrier.Order
	if c.cfg.WebhookToken == "" {
		return always
	}
	return always | carrier.Receipts | carrier.Inbound
}

// Start begins to take messages; there is nothing to connect before the first.
// A link that was stopped stays so.
func (c *Carrier) Start(_ context.Context, h carrier.Handler) error {
	c.mu.Lock()
	if c.h != nil || c.stopped {
		c.mu.Unlock()
		return nil
	}
	c.h = h
	c.run, c.cancel = context.WithCancel(context.Background())
	c.state, c.since = carrier.Connecting, c.now()
	c.mu.Unlock()
	h.Changed(c.name)
	return nil
}

// Stop takes nothing more and gives the far side a moment, at most until ctx
// ends, to answer what it has.
func (c *Carrier) Stop(ctx context.Context) error {
	c.mu.Lock()
	h, cancel := c.h, c.cancel
	c.stopped, c.h = true, nil
	if c.state != carrier.Stopped {
		c.state, c.since = carrier.Stopped, c.now()
	}
	c.mu.Unlock()
	if cancel == nil {
		return nil
	}
	wait, enough := context.WithTimeout(ctx, grace)
	defer enough()
	defer context.AfterFunc(wait, cancel)()
	c.running.Wait()
	cancel()
	c.client.CloseIdleConnections()
	if h != nil {
		h.Changed(c.name)
	}
	return nil
}

// begin counts something in, unless the link is not running.
func (c *Carrier) begin() (carrier.Handler, context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.h == nil {
		return nil, nil
	}
	c.running.Add(1)
	return c.h, c.run
}

// Submit makes one request.
func (c *Carrier) Submit(ctx context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	_, run := c.begin()
	if run == nil || ctx.Err() != nil {
		if run != nil {
			c.running.Done()
		}
		report(wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown})
		return
	}
	c.outstanding.Add(1)
	go func() {
		defer c.running.Done()
		o := c.send(ctx, run, s)
		c.outstanding.Add(-1)
		report(o)
	}()
}

// request is the body of messageSend, in the order of the vendor's sample.
type request struct {
	From      string   `json:"From"`
	To        []string `json:"To"`
	Message   string   `json:"Message"`
	MediaURLs []string `json:"MediaURLs,omitempty"`
}

// send makes the request and judges what comes of it.
func (c *Carrier) send(ctx, run context.Context, s carrier.Submission) wirechief.Outcome {
	var left atomic.Bool // something of the request may have reached the far side
	all := run           // of the link; it has ended before anything of it that is under way does
	run, cancel := context.WithTimeout(run, c.cfg.ResponseTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		if !left.Load() {
			cancel()
		}
	})()
	r, err := c.newRequest(httptrace.WithClientTrace(run, &httptrace.ClientTrace{
		WroteHeaders: func() { left.Store(true) },
	}), s)
	if err != nil { // a configuration that Validate would have refused
		return wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Elsewhere: true, Text: "the request could not be made"}
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-run.Done():
		return c.unanswered(ctx, run, run.Err(), false)
	}
	if err := all.Err(); err != nil {
		return c.unanswered(ctx, run, err, false)
	}
	res, err := c.client.Do(r)
	if err != nil {
		return c.unanswered(ctx, run, err, left.Load())
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil && res.StatusCode < 300 {
		return c.unanswered(ctx, run, err, true)
	}
	o := outcomeOf(res.StatusCode, res.Header, body, c.now())
	c.answered(res.StatusCode, o.Code)
	return o
}

// answered notes what an answer says of the link.
func (c *Carrier) answered(status int, code string) {
	switch {
	case status == http.StatusUnauthorized:
		c.become(carrier.Refused, "the far side refuses the credentials (401)")
	case status == http.StatusTooManyRequests || status >= 500:
		c.become(carrier.Degraded, "the far side answers "+code)
	default:
		c.become(carrier.Up, "")
	}
}

func (c *Carrier) newRequest(ctx context.Context, s carrier.Submission) (*http.Request, error) {
	from, to := bare(s.From), bare(s.To)
	body := request{From: from, To: []string{to}, Message: s.Text}
	for _, m := range s.Media {
		body.MediaURLs = append(body.MediaURLs, m.URL)
	}
	r, err := c.newCall(ctx, http.MethodPost, "/messageSend", body)
	if err != nil {
		return nil, err
	}
	// Ids of two installations that share an account may be equal; with the
	// numbers the key is as good as unique.
	r.Header.Set("Idempotency-Key", fmt.Sprintf("%d-%s-%s", s.Message, from, to))
	return r, nil
}

// newCall makes a request; body nil is none.
func (c *Carrier) newCall(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var buf bytes.Buffer
	if body != nil {
		e := json.NewEncoder(&buf)
		e.SetEscapeHTML(false)
		if err := e.Encode(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.cfg.URL, "/")+path, &buf)
	if err != nil {
		return nil, err
	}
	// Without GetBody net/http cannot send the request anew on a second
	// connection, which it otherwise does for one with an Idempotency-Key.
	r.GetBody = nil
	if c.cfg.Username != "" {
		r.SetBasicAuth(c.cfg.Username, c.cfg.Password.Reveal())
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Wirechief")
	return r, nil
}

// unanswered judges a request without an answer. Once any of it has left, the
// far side may have acted on it.
func (c *Carrier) unanswered(ctx, run context.Context, err error, left bool) wirechief.Outcome {
	timeout := errors.Is(err, context.DeadlineExceeded) || run.Err() == context.DeadlineExceeded
	text := c.hide(err)
	stopping := ctx.Err() != nil || errors.Is(err, context.Canceled)
	if !stopping {
		c.become(carrier.Down, text)
	}
	switch {
	case left && timeout:
		return wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonTimeout, Text: text}
	case left:
		return wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonDisconnected, Text: text}
	case stopping:
		return wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
	case timeout:
		return wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTimeout, Text: text}
	}
	return wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonUnreachable, Text: text}
}

// hide words an error without what is secret in it. net/http leaves passwords
// out of its errors by itself; this is the belt to the braces.
func (c *Carrier) hide(err error) string { return c.hidden(err.Error()) }

func (c *Carrier) hidden(text string) string {
	for _, s := range []wirechief.Secret{c.cfg.Password, c.cfg.WebhookToken} {
		if s != "" {
			text = strings.ReplaceAll(text, s.Reveal(), s.String())
		}
	}
	return shorten(text)
}

// become notes how the link does, and tells when that has changed.
func (c *Carrier) become(state carrier.State, trouble string) {
	c.mu.Lock()
	h := c.h
	changed := h != nil && c.state != state
	if changed {
		c.state, c.since = state, c.now()
	}
	if h != nil {
		c.trouble = trouble
	}
	c.mu.Unlock()
	if !changed {
		return
	}
	if trouble != "" {
		c.log.Warn("the carrier link has trouble", "state", state, "error", trouble)
	} else {
		c.log.Info("the carrier link is up")
	}
	h.Changed(c.name)
}

// Room is the number of connections, 0 unless the link runs. It does not drop
// while the far side is away, for only messages show when it is back.
func (c *Carrier) Room() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.h == nil {
		return 0
	}
	return c.cfg.Connections
}

// Status shows how the last request went.
func (c *Carrier) Status() carrier.Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := carrier.Status{
		State: c.state, Wanted: c.cfg.Connections, Outstanding: int(c.outstanding.Load()), Since: c.since, LastError: c.trouble,
	}
	if c.state == carrier.Up {
		st.Connections = c.cfg.Connections
	}
	if ns := c.lastReceipt.Load(); ns != 0 {
		st.LastReceipt = time.Unix(0, ns)
	}
	return st
}

// bare is the vendor's way to write a number: digits without "+".
func bare(number string) string { return strings.TrimPrefix(number, "+") }
