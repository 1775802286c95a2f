package delivery

import (
	"slices"
	"time"

	"github.com/wirechief/wirechief"
)

// class sorts lanes by how long their tries hold a slot of the pool.
type class uint8

const (
	quick   class = iota // the last try was short, and none under way is long
	unknown              // none has ended yet
	slow
	classes
)

const (
	// slowAfter is how long a try may hold a slot before its lane is slow.
	slowAfter = time.Second
	// tasters is how many tries an unknown lane may have under way at once.
	tasters = 4
)

// lane is the queue of one destination. Everything in it is guarded by the
// engine's lock.
type lane struct {
	key      wirechief.Lane
	limit    int           // tries under way at once
	interval time.Duration // between tries; 0: no rate
	paused   bool
	doubts   int // tries that were marked: see Engine.doubtful

	front     front
	flights   []*flight // under way, in the order of their start
	unsettled map[wirechief.DeliveryKey]*flight
	class     class
	breaker   breaker
	free      time.Time // with a rate: when the next try may begin

	// Reading on from the store; see clerk.
	refilling bool
	missed    time.Time // earliest due of what was left to the disk meanwhile
	settled   map[wirechief.DeliveryKey]struct{}
	epoch     int // of the front: what was read for an earlier one is worth nothing

	// Where the lane stands with the dispatcher.
	queued bool
	ticket int       // of its place in a queue
	wakeAt time.Time // among the sleepers
	index  int       // there, -1: is not

	// For people.
	pending    int       // waiting, on disk and under way
	diskOldest time.Time // the oldest of those on disk only was made about then
	lastUse    time.Time
}

// flight is a try from its start until its outcome is on disk.
type flight struct {
	l       *lane
	e       *entry
	started time.Time
	doubt   bool // the last run may have made the try, too
}

// reset empties the front, so that it is read anew; what is under way or on
// its way to the disk stays known.
func (l *lane) reset() {
	l.front = newFront()
	for key := range l.unsettled {
		l.front.known[key] = struct{}{}
	}
	l.epoch++
	l.missed = time.Time{}
}

// full says whether the lane has as many tries under way as it may have.
func (l *lane) full(window int) bool {
	limit := l.limit
	switch {
	case l.breaker.open:
		limit = 1 // the one that finds out
	case l.class == unknown:
		limit = min(limit, tasters)
	}
	return len(l.flights) >= limit || len(l.unsettled) >= l.limit+window
}

// notBefore is the earliest instant of the next try, as the breaker and the
// rate allow.
func (l *lane) notBefore() time.Time {
	at := l.breaker.until
	if l.interval > 0 && l.free.After(at) {
		at = l.free
	}
	return at
}

// took marks the start of a try for the rate.
func (l *lane) took(now time.Time) {
	if l.interval > 0 {
		// A short burst makes up for timers that come late.
		const burst = 20 * time.Millisecond
		if early := now.Add(-burst); l.free.Before(early) {
			l.free = early
		}
		l.free = l.free.Add(l.interval)
	}
}

// judge is the class of the lane at an instant.
func (l *lane) judge(now time.Time) class {
	if len(l.flights) > 0 && now.Sub(l.flights[0].started) >= slowAfter {
		return slow
	}
	return l.class
}

// landed takes a flight from those under way.
func (l *lane) landed(f *flight) {
	i := slices.Index(l.flights, f)
	l.flights = slices.Delete(l.flights, i, i+1)
}

// breaker keeps a lane from wasting tries on a destination that has answered
// nothing good for a while. It opens only after many failures over some time,
// so that single tries keep their schedule, and then lets one try through now
// and then.
type breaker struct {
	failures int       // in a row
	since    time.Time // the first of them
	open     bool
	until    time.Time     // while open: of the next try
	pause    time.Duration // between tries
}

const (
	breakAfter = 20               // failures in a row
	breakSpan  = 30 * time.Second // without any success
	pauseLeast = 5 * time.Second
	pauseMost  = time.Minute
)

// failed counts a failure.
func (b *breaker) failed(now time.Time) {
	if b.failures == 0 {
		b.since = now
	}
	b.failures++
	switch {
	case b.open && !now.Before(b.until):
		b.pause = min(2*b.pause, pauseMost)
	case !b.open && b.failures >= breakAfter && now.Sub(b.since) >= breakSpan:
		b.open, b.pause = true, pauseLeast
	default:
		return
	}
	b.until = now.Add(b.pause)
}

// succeeded closes the breaker.
func (b *breaker) succeeded() { *b = breaker{} }
