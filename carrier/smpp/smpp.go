package smpp

import (
	"context"
	"crypto/tls"
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

const (
	maxInbound = 1000            // deliveries that wait for the disk at a time
	grace      = 2 * time.Second // that Stop waits for answers, ours and theirs
	farewell   = time.Second     // that Stop waits for unbind_resp
)

// Link is a carrier of one or several connections to one SMSC. Make it with [New].
type Link struct {
	name string
	cfg  Config
	log  *slog.Logger
	now  func() time.Time
	dial func(context.Context) (net.Conn, error)

	inbound     *pool
	ports       []*port
	lastReceipt atomic.Int64 // Unix nanoseconds
	complained  atomic.Int64 // when a refusal of the handler was logged last
	counters    [1024]uint16 // of references, by destination; guarded by mu
	seed        maphash.Seed

	mu        sync.Mutex
	h         carrier.Handler // nil until started
	ctx       context.Context // of the handler, ends when it is not waited for any more
	hurry     context.CancelFunc
	run       context.CancelFunc // ends the connecting
	stopped   bool
	ended     chan struct{} // closed when nothing runs any more
	first     chan struct{} // closed when it is known how the first try to connect went
	running   sync.WaitGroup
	state     carrier.State
	since     time.Time
	tried     bool
	trouble   string
	slowness  string    // why the pace is not the usual
	refusals  int       // in a row, with no connection bound
	refusedAs string    // what was told of it
	admission time.Time // before which a refused link does not try again

	senders     []*wire
	live        int // connections bound, in either direction
	queue       fifo
	pace        pacer
	alarm       *time.Timer // to look at the queue again
	outstanding int         // submissions that have not been reported
	open        int         // segments that have not been answered
	quiet       chan struct{}
	references  map[int64]uint16 // of messages that will be back, by id
}

// New makes the link. The configuration is taken as it is; check it with
// [Config.Validate] first.
func New(name string, cfg Config, s carrier.Services) *Link {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	l := &Link{
		name: name, cfg: cfg, now: s.Now, log: s.Log.With("carrier", name),
		dial: dialer(cfg.Address, cfg.TLS, nil), ended: make(chan struct{}), first: make(chan struct{}),
		state: carrier.Stopped, since: s.Now(), pace: newPacer(cfg.Throughput, time.Now()),
		references: make(map[int64]uint16), seed: maphash.MakeSeed(),
	}
	l.inbound = newPool(maxInbound, l.bring)
	for i := range l.counters {
		l.counters[i] = uint16(rand.Uint32()) // not where the last run began
	}
	for range cfg.Connections {
		l.ports = append(l.ports, portsOf(cfg.Bind)...)
	}
	return l
}

// dialer connects to the SMSC. Roots are the system's unless given.
func dialer(address string, encrypted bool, roots *tls.Config) func(context.Context) (net.Conn, error) {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if !encrypted {
		return func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, "tcp", address) }
	}
	if roots == nil {
		roots = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t := &tls.Dialer{NetDialer: d, Config: roots}
	return func(ctx context.Context) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, d.Timeout)
		defer cancel()
		return t.DialContext(ctx, "tcp", address)
	}
}

// Name is the configured name.
func (l *Link) Name() string { return l.name }

// Type is "smpp".
func (*Link) Type() string { return "smpp" }

// Abilities says what SMPP carries: texts, not pictures.
func (l *Link) Abilities() carrier.Abilities {
	const always = carrier.SMS | carrier.Receipts | carrier.Inbound
	if l.cfg.Senders == AnySender {
		return always | carrier.AnySender
	}
	return always
}

// Start begins to connect. A link that was stopped stays so.
func (l *Link) Start(_ context.Context, h carrier.Handler) error {
	l.mu.Lock()
	if l.h != nil || l.stopped {
		l.mu.Unlock()
		return nil
	}
	var run context.Context
	run, l.run = context.WithCancel(context.Background())
	l.ctx, l.hurry = context.WithCancel(context.Background())
	l.h = h
	l.alarm = time.AfterFunc(time.Hour, l.look)
	l.assess()
	begun := sync.OnceFunc(func() { close(l.first) })
	for i, p := range l.ports {
		l.running.Go(func() {
			if i > 0 {
				select { // wrong credentials are shown once, not once a connection
				case <-l.first:
				case <-run.Done():
					return
				}
			}
			l.keep(run, p, begun)
		})
	}
	l.mu.Unlock()
	h.Changed(l.name)
	return nil
}

// Stop takes nothing more in either direction, waits a moment for the answers
// that are due on both sides, at most until ctx ends, unbinds, and reports
// what is still unanswered.
func (l *Link) Stop(ctx context.Context) error {
	l.mu.Lock()
	if l.stopped || l.h == nil {
		if !l.stopped {
			close(l.ended)
		}
		l.stopped = true
		l.mu.Unlock()
		select {
		case <-l.ended:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	l.stopped = true
	l.alarm.Stop()
	done := l.flush(nil, wirechief.ReasonShutdown)
	quiet := make(chan struct{})
	if l.open > 0 {
		l.quiet = quiet
	} else {
		close(quiet)
	}
	l.release(done, false)

	wait, cancel := context.WithTimeout(ctx, grace)
	l.inbound.close(wait)
	select {
	case <-quiet:
	case <-wait.Done():
	}
	cancel()
	l.hurry()
	l.leave(ctx)
	l.run()
	l.running.Wait()
	l.inbound.wait()

	l.mu.Lock()
	l.assess()
	l.mu.Unlock()
	close(l.ended)
	l.h.Changed(l.name)
	return nil
}

// leave takes leave of the SMSC on all connections at a time.
func (l *Link) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	l.inbound.close(ctx) // so that the answers of handlers that were cut short go out first
	l.mu.Lock()
	var sessions []*session.Session
	for _, p := range l.ports {
		if p.wire != nil {
			sessions = append(sessions, p.wire.s)
		}
	}
	l.mu.Unlock()
	var leaving sync.WaitGroup
	for _, s := range sessions {
		leaving.Go(func() {
			if err := s.Unbind(ctx); err != nil {
				l.log.Debug("smpp: no answer to unbind", "error", err)
			}
		})
	}
	leaving.Wait()
}

// Room is the window times the live connections that send. A message of many
// segments takes one place here; whatever the window has no place for waits
// in the link.
func (l *Link) Room() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return 0
	}
	return l.cfg.Window * len(l.senders)
}

// Status shows the connections and the pace.
func (l *Link) Status() carrier.Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace.creep(time.Now())
	l.assess()
	st := carrier.Status{
		State: l.state, Wanted: l.cfg.Connections, Outstanding: l.outstanding,
		Since: l.since, LastError: l.trouble, Rate: l.pace.rate,
	}
	// Where each direction has a connection of its own, a pair counts as one.
	st.Connections = len(l.senders)
	if l.cfg.Bind == TransmitterReceiver {
		st.Connections = min(len(l.senders), l.live-len(l.senders))
	}
	if l.trouble == "" {
		st.LastError = l.slowness
	}
	if ns := l.lastReceipt.Load(); ns != 0 {
		st.LastReceipt = time.Unix(0, ns)
	}
	return st
}

// assess finds the state and says whether it has changed. l is locked.
func (l *Link) assess() bool {
	if !l.pace.slowed {
		l.slowness = ""
	}
	state := carrier.Connecting
	switch {
	case l.stopped || l.h == nil:
		state = carrier.Stopped
		l.trouble, l.slowness = "", ""
	case l.live == len(l.ports) && !l.pace.slowed:
		state = carrier.Up
	case l.live > 0:
		state = carrier.Degraded
	case l.refusals > 0:
		state = carrier.Refused
	case l.tried:
		state = carrier.Down
	}
	if l.live == len(l.ports) {
		l.trouble = ""
	}
	if state == l.state {
		return false
	}
	l.state, l.since = state, l.now()
	return true
}

// release unlocks l, reports what has come to its end, and tells the handler
// when there is a change to look at.
func (l *Link) release(done []*outgoing, changed bool) {
	changed = l.assess() || changed
	h := l.h
	l.mu.Unlock()
	for _, m := range done {
		m.report(m.outcome)
	}
	if changed && h != nil {
		h.Changed(l.name)
	}
}
