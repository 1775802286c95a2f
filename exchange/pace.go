package exchange

import (
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// pace spreads what a number sends over time, in segments. It gives each message the first instant that is free, over
// all carriers; a long text takes as many places as it has segments.
type pace struct {
	mu   sync.Mutex
	free map[string]time.Time // by number: when the next segment may leave
}

// place gives the instant at which the message may leave, and takes it.
func (p *pace) place(m *wirechief.Message, perSecond float64, now time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free == nil {
		p.free = make(map[string]time.Time)
	}
	at := p.free[m.From]
	if at.Before(now) {
		at = now
	}
	if !m.ValidUntil.IsZero() && !at.Before(m.ValidUntil) {
		return at // it will not leave, and takes nobody's place
	}
	p.free[m.From] = at.Add(time.Duration(float64(max(m.Segments, 1)) / perSecond * float64(time.Second)))
	return at
}

// paced has a message wait when its number sends too fast. The instant is kept
// on disk, so that what waits for it does not stand before the messages of
// other numbers in the carrier's queue; its place is remembered until it leaves.
func (l *lane) paced(b *batch, m *wirechief.Message) bool {
	n := l.x.dir.number(m.From)
	if n == nil || n.Throughput <= 0 {
		return false
	}
	if _, placed := l.placed[m.MessageKey]; placed {
		delete(l.placed, m.MessageKey)
		// A place that has gone by, as while the carrier was away, is worth nothing:
		// all that waited would leave at once.
		if b.now.Sub(m.Queue.At) < time.Second {
			return false
		}
	}
	at := l.x.pace.place(m, n.Throughput, b.now)
	if !at.After(b.now) {
		return false
	}
	l.placed[m.MessageKey] = struct{}{}
	l.back(b, m, b.one(wirechief.Event{At: b.now, Type: wirechief.EventThrottled, Detail: wirechief.Detail{
		Rule: wirechief.RuleRate, Because: "its number may not send faster", NextAt: at,
	}}), at, m.Queue.Tries)
	return true
}
