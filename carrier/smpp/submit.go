package smpp

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// Submit sends the message, or lets it wait in the link until the window and
// the pace have room for it.
func (l *Link) Submit(ctx context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	m, refusal := l.prepare(&s)
	if m == nil {
		report(refusal)
		return
	}
	m.report = report
	l.mu.Lock()
	var reason wirechief.Reason
	switch {
	case l.h == nil || l.stopped || ctx.Err() != nil:
		reason = wirechief.ReasonShutdown
	case len(l.senders) == 0:
		reason = wirechief.ReasonDisconnected // since Room was asked
	}
	if reason != "" {
		l.mu.Unlock()
		report(wirechief.Outcome{Disposition: wirechief.Retry, Reason: reason})
		return
	}
	l.outstanding++
	m.waits = true
	l.queue.push(m)
	var room [4]*outgoing
	done := l.pump(time.Now(), room[:0])
	if m.waits && ctx.Done() != nil {
		m.unwatch = context.AfterFunc(ctx, func() { l.withdraw(m) })
	}
	l.release(done, false)
}

// withdraw takes back a message that has not left, because its context ended.
func (l *Link) withdraw(m *outgoing) {
	l.mu.Lock()
	if !m.waits {
		l.mu.Unlock()
		return
	}
	done := l.retract(m, wirechief.ReasonShutdown, nil)
	l.release(l.pump(time.Now(), done), false)
}

// retract ends a message that waits in the queue; pump passes over it there.
// l is locked.
func (l *Link) retract(m *outgoing, reason wirechief.Reason, done []*outgoing) []*outgoing {
	m.outcome = wirechief.Outcome{Disposition: wirechief.Retry, Reason: reason}
	return l.end(m, done)
}

// flush ends everything that waits in the queue. l is locked.
func (l *Link) flush(done []*outgoing, reason wirechief.Reason) []*outgoing {
	for l.queue.len() > 0 {
		if m := l.queue.pop(); m.waits {
			done = l.retract(m, reason, done)
		}
	}
	return done
}

// end takes leave of a message whose outcome is known. l is locked.
func (l *Link) end(m *outgoing, done []*outgoing) []*outgoing {
	m.waits = false
	if m.unwatch != nil {
		m.unwatch()
	}
	l.outstanding--
	if m.outcome.Disposition == wirechief.Done || m.outcome.Disposition == wirechief.Final {
		delete(l.references, m.id)
	}
	m.segments = nil // a session may remember m for a while
	return append(done, m)
}

// look is run by the alarm.
func (l *Link) look() {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	l.release(l.pump(time.Now(), nil), false)
}

// pump sends what window and pace have room for, oldest first. l is locked.
func (l *Link) pump(now time.Time, done []*outgoing) []*outgoing {
	for l.queue.len() > 0 {
		m := l.queue.first()
		if !m.waits { // withdrawn
			l.queue.pop()
			continue
		}
		if !m.validity.IsZero() && !l.now().Before(m.validity) {
			l.queue.pop()
			done = l.retract(m, wirechief.ReasonTimeout, done) // whose message it is lets it expire
			continue
		}
		w := l.choose(len(m.segments))
		if w == nil {
			break
		}
		if wait := l.pace.take(now, m.weight); wait > 0 {
			l.alarm.Reset(wait)
			return done
		}
		if w.send(m); m.wire == w {
			l.queue.pop()
		}
	}
	if l.pace.slowed && !l.stopped {
		l.pace.creep(now)
		l.alarm.Reset(time.Second) // to notice when the usual pace is back
	}
	return done
}

// choose gives the connection with the most free places that has enough for
// the whole message; for one longer than the window a connection that is free
// altogether. l is locked.
func (l *Link) choose(segments int) *wire {
	var best *wire
	need := min(segments, l.cfg.Window)
	for _, w := range l.senders {
		if w.closing || w.partial != nil || l.cfg.Window-w.used < need {
			continue
		}
		if best == nil || w.used < best.used {
			best = w
		}
	}
	return best
}

// send sends the segments of m in order, as many as there are places for. The
// first one to leave makes the connection the message's own. The link is locked.
func (w *wire) send(m *outgoing) {
	for m.next < len(m.segments) && w.used < w.l.cfg.Window && !m.cut {
		out := m.pdu(m.next)
		if err := w.s.Send(pdu.SubmitSM, &out, m.next, m); err != nil {
			w.closing = true // its session tells what was outstanding, then it is taken out
			m.cut = m.next > 0
			break
		}
		if m.next == 0 {
			m.wire, m.waits = w, false
			if m.unwatch != nil {
				m.unwatch()
			}
		}
		m.next++
		m.open++
		w.used++
		w.l.open++
	}
	if m.wire != w {
		return
	}
	w.partial = nil
	if m.next < len(m.segments) && !m.cut {
		w.partial = m
	}
}

// Answered implements [session.Caller].
func (m *outgoing) Answered(part int, a session.Answer) {
	l := m.l
	now := time.Now()
	var room [4]*outgoing
	done := room[:0]
	l.mu.Lock()
	w := m.wire
	w.used--
	m.open--
	l.open--
	changed := m.note(part, a, now)
	if w.partial == m {
		w.send(m)
	}
	if m.open == 0 && (m.cut || m.next == len(m.segments)) {
		done = l.settle(m, done)
	}
	done = l.pump(now, done)
	if l.open == 0 && l.quiet != nil {
		close(l.quiet)
		l.quiet = nil
	}
	l.release(done, changed)
}

// note takes down the answer to one segment, and says whether it changed the
// pace. The link is locked.
func (m *outgoing) note(part int, a session.Answer, now time.Time) (changed bool) {
	l := m.l
	switch {
	case a.Err == session.ErrTimeout:
		m.doubt = wirechief.ReasonTimeout
		m.late++
	case a.Err != nil && a.Left:
		m.doubt = wirechief.ReasonDisconnected
	case a.Err != nil:
		m.unsent = true
	case a.Status == pdu.OK:
		l.pace.taken(now, 1)
		if id := l.cfg.ReceiptID.Submitted(a.ID); id != "" {
			if m.ids == nil {
				m.ids = make([]string, len(m.segments))
			}
			m.ids[part] = id
		}
	}
	if a.Err != nil || a.Status == pdu.OK {
		return false
	}
	m.cut = true // what is refused in part is refused; the rest would be lost on the handset
	v := verdictOf(a.Status)
	if m.worst == pdu.OK || v.disposition == wirechief.Final && verdictOf(m.worst).disposition != wirechief.Final {
		m.worst = a.Status
	}
	switch {
	case v.reason == wirechief.ReasonThrottled || v.reason == wirechief.ReasonQueueFull:
		begins := !l.pace.slowed
		if changed = l.pace.refused(now); changed {
			l.slowness = "the carrier asks us to slow down: " + a.Status.String()
			level := slog.LevelDebug
			if begins {
				level = slog.LevelWarn
			}
			l.log.Log(context.Background(), level, "the carrier asks us to slow down", "status", a.Status.String(), "rate", l.pace.rate)
		}
	case a.Status == pdu.InvalidBindStatus && !m.wire.closing:
		// It has forgotten us, and nothing but a new bind helps.
		m.wire.closing = true
		m.wire.s.Finish()
	}
	return changed
}

// settle finds the outcome of a message of which nothing is outstanding. l is
// locked.
//
// A refusal of any segment decides, for then the message is surely not whole:
// a final one before one that may pass. Else, if anything of the message may
// have arrived without our knowing that all of it did, it is in doubt.
func (l *Link) settle(m *outgoing, done []*outgoing) []*outgoing {
	unsent := m.unsent || m.next < len(m.segments)
	switch {
	case m.worst != pdu.OK:
		m.outcome = outcomeOf(m.worst)
	case m.doubt != "":
		m.outcome = wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: m.doubt}
	case unsent && len(m.ids) > 0:
		m.outcome = wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonDisconnected}
	case unsent:
		m.outcome = wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonDisconnected}
		if l.stopped {
			m.outcome.Reason = wirechief.ReasonShutdown
		}
	default:
		m.outcome = wirechief.Outcome{Disposition: wirechief.Done}
	}
	m.outcome.IDs = m.knownIDs()
	return l.end(m, done)
}

// knownIDs are the carrier's ids of the segments, in their order; one that it
// left empty is left out.
func (m *outgoing) knownIDs() []string {
	return slices.DeleteFunc(slices.Clone(m.ids), func(id string) bool { return id == "" })
}

// Late implements [session.Handler]: the message has been reported in doubt,
// and may have gone out again. Once all its segments have been answered, whoever
// wants to know is told.
func (w *wire) Late(_ *session.Session, a session.Answer) {
	m, ok := a.Caller.(*outgoing)
	if !ok {
		return
	}
	l := w.l
	l.log.Info("the carrier's answer came after its time; the message was reported in doubt",
		"message", m.id, "segment", a.Part+1, "status", a.Status.String(), "id", a.ID)
	l.mu.Lock()
	o := m.noteLate(a)
	h, _ := l.h.(carrier.LateHandler)
	l.mu.Unlock()
	if h != nil && o.Disposition != 0 {
		h.Late(l.name, m.id, o)
	}
}

// noteLate takes down a late answer, and gives the outcome once it is known. The
// link is locked.
func (m *outgoing) noteLate(a session.Answer) (o wirechief.Outcome) {
	m.late--
	if m.outcome.Disposition == 0 { // other segments are still out: this one is as if it were in time
		switch {
		case a.Status != pdu.OK:
			m.worst, m.cut = a.Status, true
		case m.ids == nil:
			m.ids = make([]string, len(m.segments))
			fallthrough
		default:
			m.ids[a.Part] = m.l.cfg.ReceiptID.Submitted(a.ID)
			if m.late == 0 && m.doubt == wirechief.ReasonTimeout {
				m.doubt = ""
			}
		}
		return o
	}
	switch {
	case m.outcome.Disposition != wirechief.InDoubt || m.outcome.Reason != wirechief.ReasonTimeout || m.unsent:
		return o
	case a.Status != pdu.OK:
		if o = outcomeOf(a.Status); o.Disposition != wirechief.Final {
			return wirechief.Outcome{}
		}
		return o
	}
	if m.ids == nil {
		m.ids = make([]string, m.next)
	}
	m.ids[a.Part] = m.l.cfg.ReceiptID.Submitted(a.ID)
	if m.late > 0 {
		return o
	}
	return wirechief.Outcome{Disposition: wirechief.Done, IDs: m.knownIDs()}
}

// fifo is a queue of messages.
type fifo struct {
	items []*outgoing
	head  int
}

func (f *fifo) len() int         { return len(f.items) - f.head }
func (f *fifo) first() *outgoing { return f.items[f.head] }

func (f *fifo) push(m *outgoing) {
	if f.head > 1024 && f.head > len(f.items)/2 {
		n := copy(f.items, f.items[f.head:])
		clear(f.items[n:])
		f.items, f.head = f.items[:n], 0
	}
	f.items = append(f.items, m)
}

func (f *fifo) pop() *outgoing {
	m := f.items[f.head]
	f.items[f.head] = nil
	if f.head++; f.head == len(f.items) {
		f.items, f.head = f.items[:0], 0
	}
	return m
}
