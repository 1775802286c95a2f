package session

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// The ends of a request or a session.
var (
	ErrTimeout = errors.New("smpp: no response in time")
	ErrClosed  = errors.New("smpp: the connection is closed")
	ErrWindow  = errors.New("smpp: the window is full")
	ErrSilent  = errors.New("smpp: the peer does not answer enquire_link")
	ErrUnbound = errors.New("smpp: the peer has unbound")
	ErrBacklog = errors.New("smpp: the peer does not read what it is sent")
)

const (
	readBuffer = 64 << 10
	maxBacklog = 4 << 20 // octets that wait for a peer that does not read
)

// Handler takes what the peer asks. Its methods are called by the reading
// goroutine, one after the other, and must not block.
type Handler interface {
	// Bind takes one of the three bind requests; the answer is ReplyBind.
	Bind(s *Session, h pdu.Header, b pdu.Bind)
	// Message takes a submit_sm, deliver_sm or data_sm; the answer is Reply.
	Message(s *Session, h pdu.Header, m pdu.Message)
	// Late tells of an answer to a request that was overdue.
	Late(s *Session, a Answer)
}

// Caller is told how a request of [Session.Send] ended: once, from any of the
// session's goroutines, without a lock held. part is what Send was given.
type Caller interface {
	Answered(part int, a Answer)
}

// Answer is the end of a request.
type Answer struct {
	Status pdu.Status // of the response
	ID     string     // message_id of the response
	// Err is nil when the peer answered, ErrTimeout when it did not in time,
	// ErrClosed when the connection ended first.
	Err error
	// Left is false when the request surely did not reach the peer whole. It
	// has a meaning with ErrClosed only.
	Left bool
	// Caller and Part are what Send was given. They are set for [Handler.Late].
	Caller Caller
	Part   int
}

// Options say how a session behaves. Zero values are replaced by the defaults
// named with them.
type Options struct {
	Window          int           // own messages outstanding at most; 10
	ResponseTimeout time.Duration // a request unanswered this long is overdue; 10 s
	EnquireLink     time.Duration // ask for a sign of life after such a silence; 0: never
	Remember        int           // overdue requests that are still recognised; 16 windows
	Log             *slog.Logger  // for what the peer does against the rules; none
}

// Session is one connection. Make it with [New].
type Session struct {
	conn net.Conn
	h    Handler
	opt  Options
	born time.Time

	heard atomic.Int64 // when the last PDU came, in nanoseconds since born
	done  chan struct{}
	wake  chan struct{} // closed to end the keeper

	mu       sync.Mutex
	writable sync.Cond // out has grown, or closing or draining was set
	out      []byte    // what is to be written
	queued   uint64    // octets ever put into out
	left     uint64    // octets that may have left
	last     uint32    // the last sequence_number given
	waiting  map[uint32]entry
	order    fifo // of waiting, by age
	overdue  fifo // those that are remembered only
	used     int  // places of the window taken
	closing  bool // the connection is being closed
	draining bool // close when out is empty
	quiet    bool // no more requests from here: unbind was sent
	err      error
}

// entry is a request that was queued and has had no answer.
type entry struct {
	caller  Caller
	command pdu.Command
	part    int
	due     time.Duration // since born
	end     uint64        // value of queued behind its last octet
	late    bool          // it has been told to be overdue
	counts  bool          // it takes a place in the window
}

// New makes a session on a connection, which from then on belongs to it.
func New(conn net.Conn, h Handler, opt Options) *Session {
	if opt.Window <= 0 {
		opt.Window = 10
	}
	if opt.ResponseTimeout <= 0 {
		opt.ResponseTimeout = 10 * time.Second
	}
	if opt.Remember <= 0 {
		opt.Remember = 16 * opt.Window
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	s := &Session{
		conn: conn, h: h, opt: opt, born: time.Now(),
		done: make(chan struct{}), wake: make(chan struct{}),
		waiting: make(map[uint32]entry, opt.Window),
	}
	s.writable.L = &s.mu
	return s
}

// Start begins reading and writing. It is called once.
func (s *Session) Start() {
	var others sync.WaitGroup
	others.Go(s.write)
	others.Go(s.keep)
	go func() {
		if err := s.read(); err != nil {
			s.fail(err)
		}
		others.Wait()
		s.settle()
		close(s.done)
	}()
}

// Done is closed when the session has ended and nothing of it runs any more.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err says why the session ended, nil while it has not or when Unbind or
// Finish ended it.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.err, ErrClosed) {
		return nil
	}
	return s.err
}

// Close cuts the connection. [Session.Done] tells when that is over.
func (s *Session) Close() { s.fail(ErrClosed) }

// Finish closes the connection once what is queued has been written.
func (s *Session) Finish() { s.finish(ErrClosed) }

func (s *Session) finish(why error) {
	s.mu.Lock()
	s.draining, s.quiet = true, true
	if s.err == nil {
		s.err = why
	}
	s.mu.Unlock()
	s.writable.Signal()
}

// fail ends the session; the first reason counts.
func (s *Session) fail(err error) {
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	first := !s.closing
	s.closing = true
	s.mu.Unlock()
	if first {
		close(s.wake)
		s.writable.Signal()
		_ = s.conn.Close() // nothing can be done about a failure, and nothing depends on it
	}
}

// Free is how many messages Send would take now; 0 when the session has ended
// or is about to.
func (s *Session) Free() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.quiet {
		return 0
	}
	return s.opt.Window - s.used
}

// Outstanding is how many messages have been sent and not been answered.
func (s *Session) Outstanding() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Send queues a submit_sm, deliver_sm or data_sm. It does not wait. When it
// fails, with ErrWindow or ErrClosed, the caller is not told anything.
func (s *Session) Send(c pdu.Command, m *pdu.Message, part int, caller Caller) error {
	s.mu.Lock()
	switch {
	case s.closing || s.quiet:
		s.mu.Unlock()
		return ErrClosed
	case s.used >= s.opt.Window:
		s.mu.Unlock()
		return ErrWindow
	}
	s.used++
	before := len(s.out)
	s.out = pdu.AppendMessage(s.out, c, s.next(), m)
	s.record(entry{caller: caller, command: c, part: part, counts: true}, before)
	s.mu.Unlock()
	s.writable.Signal()
	return nil
}

// Bind sends one of the three bind requests and waits for the answer.
func (s *Session) Bind(ctx context.Context, c pdu.Command, b *pdu.Bind) (pdu.Status, error) {
	return s.call(ctx, c, func(out []byte, sequence uint32) []byte { return pdu.AppendBind(out, c, sequence, b) })
}

// Unbind takes leave of the peer (SMPP 3.4 4.2): no more requests are sent,
// and the connection is closed when the peer has answered or ctx has ended.
func (s *Session) Unbind(ctx context.Context) error {
	_, err := s.call(ctx, pdu.Unbind, func(out []byte, sequence uint32) []byte {
		s.quiet = true
		return pdu.AppendHeader(out, pdu.Unbind, pdu.OK, sequence)
	})
	s.Close()
	return err
}

// waiter is the caller of a request that a goroutine waits for.
type waiter chan Answer

func (w waiter) Answered(_ int, a Answer) { w <- a }

func (s *Session) call(ctx context.Context, c pdu.Command, add func([]byte, uint32) []byte) (pdu.Status, error) {
	w := make(waiter, 1)
	s.mu.Lock()
	if s.closing || s.quiet {
		s.mu.Unlock()
		return 0, ErrClosed
	}
	s.request(entry{caller: w, command: c}, add)
	s.mu.Unlock()
	s.writable.Signal()
	select {
	case a := <-w:
		return a.Status, a.Err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// request queues and records a request outside the window. s is locked.
func (s *Session) request(e entry, add func([]byte, uint32) []byte) {
	before := len(s.out)
	s.out = add(s.out, s.next())
	s.record(e, before)
}

// next gives the next sequence_number (SMPP 3.4 5.1.4) that no outstanding
// request has. s is locked.
func (s *Session) next() uint32 {
	for {
		if s.last++; s.last > pdu.MaxSequence {
			s.last = 1
		}
		if _, taken := s.waiting[s.last]; !taken {
			return s.last
		}
	}
}

// record notes the request that has just been put into out as s.last, which
// the writer cannot see before s is unlocked. before is len(out) without it.
func (s *Session) record(e entry, before int) {
	s.queued += uint64(len(s.out) - before)
	e.end = s.queued
	e.due = time.Since(s.born) + s.opt.ResponseTimeout
	s.waiting[s.last] = e
	s.order.drop(s.settled)
	s.order.push(s.last)
}

// settled says whether a request in order has been answered already. The
// sequence number cannot be a newer one's: that takes 2^31 requests.
func (s *Session) settled(sequence uint32) bool {
	e, ok := s.waiting[sequence]
	return !ok || e.late
}
