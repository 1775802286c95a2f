package carriertest

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// Options say how an [SMSC] is set up. The zero value lets everybody in on a
// free port of 127.0.0.1 and remembers all that comes.
type Options struct {
	Address         string // host:port to listen on
	TLS             *tls.Config
	SystemID        string // of the client; empty: any, with any password
	Password        wirechief.Secret
	Window          int           // deliver_sm outstanding on a connection; 256
	ResponseTimeout time.Duration // for deliver_sm and enquire_link; 10 s
	EnquireLink     time.Duration // ask for a sign of life after such a silence; 0: never
	Redeliver       time.Duration // until a deliver_sm that was not kept comes again; 100 ms
	FirstID         uint64        // the number of the first message; the present in microseconds
	CountOnly       bool          // keep [Stats] and nothing else
	Log             *slog.Logger
	Behaviour       Behaviour // to begin with
}

// SMSC is a server of SMPP 3.4. Make it with [NewSMSC].
type SMSC struct {
	opt      Options
	listener net.Listener
	born     time.Time
	running  sync.WaitGroup

	deaf, mute, ignoring atomic.Bool // of behave, for the connections

	mu          sync.Mutex // of everything below; a session's own lock is inside it
	closed      bool
	behave      Behaviour
	changed     chan struct{} // closed when behave has changed
	watched     chan struct{} // closed when stats or a delivery has changed and somebody waits
	watchers    int
	peers       []*peer
	connections int // ever accepted
	turn        int // whose turn it is to deliver
	lastID      uint64
	allowance   float64 // of Behaviour.Rate
	allowedAt   time.Duration
	tasks       tasks
	order       int64
	sleeping    time.Duration // until when the postman sleeps
	wake        chan struct{}
	ready       queue // deliveries that are due, in order
	scratch     []byte

	stats      Stats
	submits    []Submit
	deliveries []*Delivery
	seen       map[string]int
}

// NewSMSC begins to listen. Close ends it.
func NewSMSC(opt Options) (*SMSC, error) {
	if opt.Address == "" {
		opt.Address = "127.0.0.1:0"
	}
	if opt.Window <= 0 {
		opt.Window = 256
	}
	if opt.Redeliver <= 0 {
		opt.Redeliver = 100 * time.Millisecond
	}
	if opt.FirstID == 0 {
		opt.FirstID = uint64(time.Now().UnixMicro())
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	l, err := net.Listen("tcp", opt.Address)
	if err != nil {
		return nil, &wirechief.Error{Op: "smsc", Kind: wirechief.Unavailable, Message: "cannot listen on " + opt.Address, Err: err}
	}
	if opt.TLS != nil {
		l = tls.NewListener(l, opt.TLS)
	}
	c := &SMSC{
		opt: opt, listener: l, born: time.Now(), lastID: opt.FirstID - 1,
		changed: make(chan struct{}), watched: make(chan struct{}), wake: make(chan struct{}, 1),
		seen: make(map[string]int),
	}
	c.Behave(func(b *Behaviour) { *b = opt.Behaviour })
	c.running.Go(c.accept)
	c.running.Go(c.post)
	return c, nil
}

// Address is host:port that clients connect to.
func (c *SMSC) Address() string { return c.listener.Addr().String() }

// Behave changes the behaviour, from now on.
func (c *SMSC) Behave(change func(b *Behaviour)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.behave)
	c.deaf.Store(c.behave.Deaf)
	c.mute.Store(c.behave.Mute)
	c.ignoring.Store(c.behave.IgnoreEnquiries)
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *SMSC) behaviourChanged() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Close cuts all connections and waits until nothing of the SMSC runs any
// more. What is waiting for delivery is lost. It may be called twice.
func (c *SMSC) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	c.Cut()
	c.wakeUp()
	c.running.Wait()
	return err
}

// Cut cuts all connections that there are.
func (c *SMSC) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.peers {
		p.cut()
	}
}

// Unbind takes leave of all clients, one after the other.
func (c *SMSC) Unbind(ctx context.Context) error {
	c.mu.Lock()
	peers := slices.Clone(c.peers)
	c.mu.Unlock()
	var errs []error
	for _, p := range peers {
		errs = append(errs, p.session.Unbind(ctx))
	}
	return errors.Join(errs...)
}

func (c *SMSC) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				c.opt.Log.Error("the SMSC takes no more connections", "error", err)
			}
			return
		}
		c.welcome(conn)
	}
}

func (c *SMSC) welcome(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.behave.HangUp {
		_ = conn.Close() // the peer notices
		c.stats.HungUp++
		c.notify()
		return
	}
	c.connections++
	p := &peer{c: c, number: c.connections}
	p.session = session.New(&gate{Conn: conn, c: c, closed: make(chan struct{})}, p, session.Options{
		Window: c.opt.Window, ResponseTimeout: c.opt.ResponseTimeout, EnquireLink: c.opt.EnquireLink, Log: c.opt.Log,
	})
	c.peers = append(c.peers, p)
	p.session.Start()
	c.running.Go(func() {
		<-p.session.Done()
		c.leave(p)
	})
}

func (c *SMSC) leave(p *peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.peers = slices.DeleteFunc(c.peers, func(other *peer) bool { return other == p })
	if p.bound != 0 {
		c.stats.Connections--
	}
	if errors.Is(p.session.Err(), session.ErrUnbound) {
		c.stats.Unbound++
	}
	c.notify()
}

// since is the time of the SMSC's queues.
func (c *SMSC) since() time.Duration { return time.Since(c.born) }
