package smpp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

const (
	firstPause   = 100 * time.Millisecond
	maxPause     = 30 * time.Second
	settled      = time.Second // bound so long, a connection counts as a good one
	firstRefused = 15 * time.Second
	maxRefused   = 5 * time.Minute
)

// port is the place of one connection.
type port struct {
	bind pdu.Command
	wire *wire // while it is bound; guarded by the link's lock
}

// portsOf gives the places that one configured connection takes.
func portsOf(b Bind) []*port {
	if b == TransmitterReceiver {
		return []*port{{bind: pdu.BindTransmitter}, {bind: pdu.BindReceiver}}
	}
	return []*port{{bind: pdu.BindTransceiver}}
}

// wire is a connection. It is the handler of its session.
type wire struct {
	l *Link
	s *session.Session

	// Guarded by the link's lock:
	used    int       // segments that have not been answered
	partial *outgoing // has more segments than the window, and goes on as places come free
	closing bool      // takes nothing more
}

// keep connects and connects again until ctx ends. begun is called when the
// first try has gone well or not.
func (l *Link) keep(ctx context.Context, p *port, begun func()) {
	failures := 0
	pause := l.untilAdmission() // another connection may have been refused
	for l.sleep(ctx, pause) {
		bound, err := l.serve(ctx, p, begun)
		begun()
		refused := errors.Is(err, errRefused)
		switch {
		case ctx.Err() != nil || errors.Is(err, errStopping):
			return
		case bound > 0:
			l.log.Warn("the connection to the carrier was lost", "bind", p.bind.String(), "error", err)
		case failures == 0 && !refused:
			l.log.Warn("the carrier cannot be reached; trying again", "bind", p.bind.String(), "error", err)
		}
		if bound >= settled {
			failures = 0
		}
		pause = backOff(failures, firstPause, maxPause)
		if refused {
			pause = backOff(failures, firstRefused, maxRefused)
		}
		failures++
	}
}

// sleep waits, longer if the link is refused meanwhile. It is false when ctx
// ended first.
func (l *Link) sleep(ctx context.Context, d time.Duration) bool {
	for ; d > 0; d = l.untilAdmission() {
		t := time.NewTimer(d)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return false
		}
	}
	return ctx.Err() == nil
}

var (
	errRefused  = errors.New("the carrier does not let us in")
	errStopping = errors.New("the link is stopping")
)

// backOff is how long to wait after the failure that n others came before.
func backOff(n int, first, most time.Duration) time.Duration {
	d := min(first<<min(n, 20), most)
	return d/2 + rand.N(d) // so that links that were cut together do not come back together
}

// serve makes one connection and stays until it has ended. It gives how long
// the connection was bound, and what ended it.
func (l *Link) serve(ctx context.Context, p *port, begun func()) (time.Duration, error) {
	conn, err := l.dial(ctx)
	if err != nil {
		return 0, l.failed(err)
	}
	w := &wire{l: l}
	w.s = session.New(conn, w, session.Options{
		Window: l.cfg.Window, ResponseTimeout: l.cfg.ResponseTimeout, EnquireLink: l.cfg.EnquireLink, Log: l.log,
	})
	w.s.Start()
	defer func() {
		w.s.Close()
		<-w.s.Done()
	}()
	wait, cancel := context.WithTimeout(ctx, maxPause)
	defer cancel()
	status, err := w.s.Bind(wait, p.bind, &pdu.Bind{
		SystemID: l.cfg.SystemID, Password: l.cfg.Password.Reveal(), Version: pdu.Version34,
	})
	switch {
	case errors.Is(err, session.ErrClosed):
		<-w.s.Done()
		return 0, l.failed(fmt.Errorf("%s was not answered: %w", p.bind, reasonOf(w.s)))
	case err != nil:
		return 0, l.failed(fmt.Errorf("%s was not answered: %w", p.bind, err))
	case refusesUs(status):
		return 0, l.refused(status)
	case status != pdu.OK:
		return 0, l.failed(fmt.Errorf("%s was refused: %s", p.bind, status))
	}
	at := time.Now()
	if !l.up(p, w) {
		return 0, errStopping
	}
	begun()
	<-w.s.Done()
	err = reasonOf(w.s)
	l.down(p, w, err)
	return max(time.Since(at), 1), err
}

// reasonOf says in words why a session ended.
func reasonOf(s *session.Session) error {
	switch err := s.Err(); err {
	case nil:
		return errors.New("closed from our side")
	case io.EOF:
		return errors.New("closed by the peer")
	default:
		return err
	}
}

// failed notes why a try to connect came to nothing.
func (l *Link) failed(err error) error {
	l.mu.Lock()
	l.tried = true
	l.trouble = fmt.Sprintf("no connection to %s: %v", l.cfg.Address, err)
	l.release(nil, false)
	return err
}

// refused notes that the SMSC does not let us in. That is told once, until it
// has let us in again, and tried again slowly, over one connection after the
// other, for some lock the account after a few tries. With another connection
// bound it is this one that is too many, and the others need not wait for it.
func (l *Link) refused(status pdu.Status) error {
	l.mu.Lock()
	l.tried = true
	l.trouble = fmt.Sprintf("the carrier refuses system_id %q or its password: %s", l.cfg.SystemID, status)
	if l.live > 0 {
		l.trouble = fmt.Sprintf("the carrier refuses a further connection: %s", status)
	}
	first := l.refusedAs != l.trouble
	l.refusedAs = l.trouble
	if l.live == 0 {
		l.admission = time.Now().Add(backOff(l.refusals, firstRefused, maxRefused))
		l.refusals++
	}
	trouble := l.trouble
	l.release(nil, false)
	if first {
		l.log.Error("the carrier does not let us in; trying again slowly", "error", trouble)
	}
	return errRefused
}

// untilAdmission is how long a refused link has to wait still.
func (l *Link) untilAdmission() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.admission)
}

// up takes a bound connection into use, unless the link is stopping.
func (l *Link) up(p *port, w *wire) bool {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return false
	}
	l.tried = true
	l.refusals, l.admission, l.refusedAs = 0, time.Time{}, ""
	l.live++
	p.wire = w
	if p.bind != pdu.BindReceiver {
		l.senders = append(l.senders, w)
	}
	done := l.pump(time.Now(), nil)
	live := l.live
	l.release(done, true)
	l.log.Info("bound to the carrier", "bind", p.bind.String(), "connections", live, "of", len(l.ports))
	return true
}

// down takes a connection out of use. Its session has told what became of
// everything that was outstanding.
func (l *Link) down(p *port, w *wire, why error) {
	l.mu.Lock()
	l.live--
	p.wire, w.closing = nil, true
	l.senders = slices.DeleteFunc(l.senders, func(x *wire) bool { return x == w })
	l.trouble = fmt.Sprintf("the connection to %s was lost: %v", l.cfg.Address, why)
	var done []*outgoing
	if len(l.senders) == 0 {
		done = l.flush(done, wirechief.ReasonDisconnected)
	}
	l.release(l.pump(time.Now(), done), true)
}
