package delivery

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/webhook"
)

// HTTP makes webhook calls and HTTP forwards. It writes HTTP/1.1 itself and
// has the library read the answers: measured, that is less than half the work
// of http.Transport, which passes each request through two further goroutines.
// Connections are guarded and kept for each URL.
type HTTP struct {
	// Signer proves to destinations that it is us; nil: nothing is signed. It is
	// set before the first try.
	Signer Signer

	guard Connector
	agent string
	now   wirechief.Clock

	idle    atomic.Int64 // connections kept in all
	buffers sync.Pool    // of requests

	mu        sync.Mutex
	endpoints map[string]*endpoint
}

// Connector opens guarded connections; [egress.Guard] is one.
type Connector interface {
	Connect(ctx context.Context, t *egress.Target) (net.Conn, egress.Steps, error)
}

// Signer has the secrets that requests are signed with.
type Signer interface {
	// Sign gives the header fields that prove a try made at an instant with this
	// body, and the secrets that they are made with, which nothing may show. It
	// is quick and waits for nothing; none: the destination has no secret.
	Sign(d *wirechief.Delivery, at time.Time, body []byte) (fields []webhook.Field, secrets []wirechief.Secret)
}

var (
	_ Sender = (*HTTP)(nil)
	_ Tidier = (*HTTP)(nil)
)

// NewHTTP makes a sender. version is of the program, for User-Agent.
func NewHTTP(guard Connector, version string, now wirechief.Clock) *HTTP {
	if now == nil {
		now = time.Now
	}
	return &HTTP{
		guard: guard, agent: "wirechief/" + version, now: now, endpoints: make(map[string]*endpoint),
		buffers: sync.Pool{New: func() any { return new([]byte) }},
	}
}

// errCut is how a deadline shows that we set ourselves because ctx ended.
var errCut = errors.New("we are stopping")

// Send implements [Sender].
func (h *HTTP) Send(ctx context.Context, d *wirechief.Delivery, timeout time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	start := time.Now()
	a := &wirechief.Attempt{At: h.now().UTC().Truncate(time.Microsecond)}
	ep, err := h.endpoint(d.Destination)
	if err != nil {
		return failed(a, start, wirechief.ReasonEgress, err)
	}
	buffer := h.buffers.Get().(*[]byte)
	defer h.giveBuffer(buffer)
	var signed []webhook.Field
	hide := ep
	if h.Signer != nil {
		var secrets []wirechief.Secret
		signed, secrets = h.Signer.Sign(d, a.At, sentBody(d))
		hide = ep.hiding(secrets)
	}
	if *buffer, a.Request, err = ep.request((*buffer)[:0], d, signed); err != nil {
		_, o := failed(a, start, wirechief.ReasonContent, err)
		o.Disposition = wirechief.Final
		return a, o
	}
	deadline := start.Add(timeout)
	for fresh := false; ; fresh = true {
		k := ep.take(h, fresh)
		if k == nil {
			if k, err = h.connect(ctx, ep, a, deadline); err != nil {
				if ctx.Err() != nil {
					return nil, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
				}
				a.Request = "" // nothing was sent
				return failed(a, start, reasonOf(err), err)
			}
		}
		o, again := h.try(ctx, ep, hide, k, d, *buffer, a, start, deadline)
		if !again {
			a.DurationMS = ms(time.Since(start))
			return a, o
		}
		// Nothing of the request left over the connection that was kept, for
		// the far side had closed it: this was no try yet.
	}
}

// giveBuffer keeps a buffer for other requests, unless it has grown large.
func (h *HTTP) giveBuffer(b *[]byte) {
	if cap(*b) <= writeAside {
		h.buffers.Put(b)
	}
}

// endpoint finds or makes what is known of a URL.
func (h *HTTP) endpoint(rawURL string) (*endpoint, error) {
	h.mu.Lock()
	ep := h.endpoints[rawURL]
	h.mu.Unlock()
	if ep != nil {
		return ep, nil
	}
	ep, err := newEndpoint(rawURL, h.agent)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := h.endpoints[rawURL]; other != nil {
		return other, nil
	}
	ep.lastUse = time.Now()
	h.endpoints[rawURL] = ep
	return ep, nil
}

// connect opens a connection for an attempt.
func (h *HTTP) connect(ctx context.Context, ep *endpoint, a *wirechief.Attempt, deadline time.Time) (*conn, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	c, steps, err := h.guard.Connect(ctx, ep.target)
	a.Timing = &wirechief.Timing{DNS: ms(steps.DNS), Connect: ms(steps.Connect), TLS: ms(steps.TLS)}
	if steps.Peer.IsValid() {
		a.Peer = steps.Peer.String()
	}
	if err != nil {
		return nil, err
	}
	return newConn(c, a.Peer), nil
}

// try makes the request over a connection. again says that nothing of it left,
// over a connection that had been kept. secret has what the record of the answer
// must not show.
func (h *HTTP) try(ctx context.Context, ep, secret *endpoint, k *conn, d *wirechief.Delivery, request []byte, a *wirechief.Attempt, start, deadline time.Time) (o wirechief.Outcome, again bool) {
	if k.used {
		a.Peer = k.peer
		a.Timing = &wirechief.Timing{Reused: true}
	}
	k.SetDeadline(deadline)
	goOn := context.AfterFunc(ctx, k.cut)
	resp, err := k.exchange(d.Method, request)
	if !k.firstAt.IsZero() {
		a.Timing.FirstByte = ms(k.firstAt.Sub(start))
	}
	if err != nil {
		cut := !goOn()
		k.Close()
		if s, ok := errors.AsType[*sendError](err); ok && s.nothing && k.used && !cut {
			return o, true
		}
		if cut {
			err = errCut
		}
		_, o = failed(a, start, k.reason(err), err)
		return o, false
	}
	body, more, whole := k.body(resp, make([]byte, 0, bodySize(resp)), deadline)
	open := goOn()
	a.StatusCode, a.Class, a.Error = resp.StatusCode, classOf(resp.StatusCode), wordsOf(resp.StatusCode)
	hide := secret.secretsOf(d)
	a.Header = headerOf(resp.Header, hide)
	a.Body, a.Truncated = hide.hide(text(body)), more
	if open && whole && !resp.Close && resp.StatusCode >= 200 && k.in.Buffered() == 0 {
		k.keep = keepFor(resp.Header)
		h.giveBack(ep, k)
	} else {
		k.Close()
	}
	return outcomeOf(resp.StatusCode, resp.Header.Get("Retry-After"), h.now()), false
}

// bodySize is how much to make room for at first.
func bodySize(resp *http.Response) int {
	if resp.ContentLength >= 0 {
		return int(min(resp.ContentLength, bodyMost))
	}
	return 512
}

// reason says why there was no answer.
func (k *conn) reason(err error) wirechief.Reason {
	switch {
	case errors.Is(err, errCut):
		return wirechief.ReasonShutdown
	case isTimeout(err):
		return wirechief.ReasonTimeout
	case errors.Is(err, errTooMuch), k.got > 0 && !k.ended:
		return wirechief.ReasonProtocol
	}
	return wirechief.ReasonDisconnected
}

// reasonOf says why there was no connection.
func reasonOf(err error) wirechief.Reason {
	switch {
	case wirechief.KindOf(err) == wirechief.Invalid:
		return wirechief.ReasonEgress
	case isTimeout(err):
		return wirechief.ReasonTimeout
	}
	return wirechief.ReasonUnreachable
}

func isTimeout(err error) bool {
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return true
	}
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// failed completes an attempt that got no answer.
func failed(a *wirechief.Attempt, start time.Time, reason wirechief.Reason, err error) (*wirechief.Attempt, wirechief.Outcome) {
	took := time.Since(start)
	a.Class, a.DurationMS = string(reason), ms(took)
	switch reason {
	case wirechief.ReasonTimeout:
		a.Error = "no answer in " + took.Round(100*time.Millisecond).String()
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			a.Error = e.Message + " in time" // of a step before
			if strings.HasSuffix(e.Message, "in time") {
				a.Error = e.Message
			}
		}
	case wirechief.ReasonShutdown:
		a.Error = "we were stopped before the answer came"
	case wirechief.ReasonDisconnected:
		a.Error = "the connection was closed before the answer" + cause(err)
	case wirechief.ReasonProtocol:
		a.Error = "the answer cannot be read as HTTP"
		if errors.Is(err, errTooMuch) {
			a.Error = "the header of the answer is larger than 64 kB"
		}
	default:
		a.Error = wirechief.MessageOf(err) + cause(err)
	}
	return a, wirechief.Outcome{Disposition: wirechief.Retry, Reason: reason}
}

// cause gives the system's word for what happened, or that of TLS; other
// causes may tell what is nobody's business.
func cause(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return ": " + errno.Error()
	}
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Op == "egress.tls" && e.Err != nil {
		return ": " + e.Err.Error()
	}
	return ""
}

// Bounds of a recorded header.
const (
	fieldsMost = 64
	fieldMost  = 1 << 10 // octets of one value
)

// headerOf is the header of an answer for the record.
func headerOf(h http.Header, ep *endpoint) map[string]string {
	if len(h) == 0 {
		return nil
	}
	out := make(map[string]string, min(len(h), fieldsMost))
	for name, values := range h {
		if len(out) == fieldsMost {
			break
		}
		v := values[0]
		if len(values) > 1 {
			v = strings.Join(values, ", ")
		}
		if isSecretName(name) && v != "" {
			v = hidden
		} else {
			v = ep.hide(text([]byte(v)))
		}
		if len(v) > fieldMost {
			v = text([]byte(v[:fieldMost])) + "…"
		}
		out[name] = v
	}
	return out
}

// text makes bytes fit to be kept as text; a character that was cut at the end goes.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				b = b[:len(b)-i]
			}
			break
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func ms(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}

// take finds a kept connection that is still good.
func (ep *endpoint) take(h *HTTP, fresh bool) *conn {
	for {
		ep.mu.Lock()
		ep.lastUse = time.Now()
		last := len(ep.kept) - 1
		if fresh || last < 0 {
			ep.mu.Unlock()
			return nil
		}
		k := ep.kept[last]
		ep.kept[last] = nil
		ep.kept = ep.kept[:last]
		ep.mu.Unlock()
		h.idle.Add(-1)
		// The deadline of its last use may have passed.
		if time.Since(k.idle) < k.keep && k.SetDeadline(time.Time{}) == nil && k.usable() {
			return k
		}
		k.Close()
	}
}

// giveBack keeps a connection for the next request.
func (h *HTTP) giveBack(ep *endpoint, k *conn) {
	k.used, k.idle = true, time.Now()
	if k.keep <= 0 || h.idle.Load() >= keepTotal {
		k.Close()
		return
	}
	ep.mu.Lock()
	defer ep.mu.Unlock()
	if len(ep.kept) >= keepMost || ep.dropped {
		k.Close()
		return
	}
	ep.kept = append(ep.kept, k)
	h.idle.Add(1)
}

// Tidy implements [Tidier].
func (h *HTTP) Tidy() { h.drop(false) }

// Close implements [Tidier].
func (h *HTTP) Close() { h.drop(true) }

// drop closes the connections that have been idle for long enough, and forgets
// URLs that nobody has asked for lately.
func (h *HTTP) drop(all bool) {
	h.mu.Lock()
	list := make(map[string]*endpoint, len(h.endpoints))
	for url, ep := range h.endpoints {
		list[url] = ep
	}
	h.mu.Unlock()
	for url, ep := range list {
		var old []*conn
		ep.mu.Lock()
		stays := ep.kept[:0]
		for _, k := range ep.kept {
			if all || time.Since(k.idle) >= k.keep {
				old = append(old, k)
			} else {
				stays = append(stays, k)
			}
		}
		clear(ep.kept[len(stays):])
		ep.kept = stays
		ep.dropped = all || len(stays) == 0 && time.Since(ep.lastUse) > 5*time.Minute
		dropped := ep.dropped
		ep.mu.Unlock()
		h.idle.Add(-int64(len(old)))
		for _, k := range old {
			k.Close()
		}
		if dropped {
			h.mu.Lock()
			delete(h.endpoints, url)
			h.mu.Unlock()
		}
	}
}
