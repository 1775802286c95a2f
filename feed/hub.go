package feed

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
)

// Sizes of a hub.
const (
	// RingMost is how many events are kept for those who reconnect.
	RingMost = 8192
	// QueueMost is how many events wait for one subscriber.
	QueueMost = 256
)

// linger is how long events are kept after the last subscriber has left: it may
// be a page that comes back.
const linger = 5 * time.Minute

// Options is what a hub may be given. The zero value will do.
type Options struct {
	Now  wirechief.Clock
	Ring int // events kept for those who reconnect; [RingMost]
}

// Hub hands events on to its subscribers. Make it with [New]; it runs nothing
// by itself.
type Hub struct {
	now   wirechief.Clock
	most  int
	epoch string
	state atomic.Int32
	until atomic.Int64 // while lingering: until when, in Unix nanoseconds

	mu       sync.Mutex
	seq      int64   // of the last event
	floor    int64   // every event after it is in the ring
	ring     []Event // the event with number n stands at n modulo most
	ended    map[int64]struct{}
	byTenant map[string][]*Subscription
	all      []*Subscription
	closed   bool
}

// The states of a hub.
const (
	asleep    int32 = iota // nobody listens, and nothing was left untold since that began
	deaf                   // nobody listens, and events were dropped
	lingering              // nobody listens just now
	listening
)

// New makes a hub that nobody listens to.
func New(o Options) *Hub {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Ring <= 0 {
		o.Ring = RingMost
	}
	epoch := make([]byte, 6)
	rand.Read(epoch) // never fails
	return &Hub{
		now: o.Now, most: o.Ring, epoch: hex.EncodeToString(epoch),
		byTenant: make(map[string][]*Subscription),
	}
}

// Awake says whether anybody would be told of an event now. Whoever has one
// and is told no may leave it: that something was missed is noted.
func (h *Hub) Awake() bool {
	switch h.state.Load() {
	case listening:
		return true
	case asleep:
		// When somebody has begun to listen just now, that was after the commit.
		h.state.CompareAndSwap(asleep, deaf)
		return false
	case lingering:
		if h.now().UnixNano() < h.until.Load() {
			return true
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.state.Load() != lingering {
			return h.state.Load() == listening
		}
		h.ring, h.ended = nil, nil
		h.state.Store(deaf)
	}
	return false
}

// wake begins to keep events. What was dropped before leaves a hole in the
// numbers, by which those who come back from before it are known.
func (h *Hub) wake(to int32) {
	if h.ring == nil {
		h.ring = make([]Event, h.most)
		h.ended = make(map[int64]struct{})
		if h.state.Load() == deaf {
			h.seq++
		}
		h.floor = h.seq
	}
	if to == lingering {
		h.until.Store(h.now().Add(linger).UnixNano())
	}
	h.state.Store(to)
}

// Position is the id of the newest event. Who takes it, then reads the store,
// then subscribes from it, misses nothing. From now on events are kept, for a
// while, also if nobody listens.
func (h *Hub) Position() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state.Load() != listening {
		h.wake(lingering)
	}
	return eventID(h.epoch, h.seq)
}

// Publish tells events, in this order. It waits for nobody.
func (h *Hub) Publish(events ...Event) {
	if len(events) == 0 || !h.Awake() {
		return
	}
	now := h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ring == nil {
		return // it fell asleep meanwhile, and knows that something was missed
	}
	for i := range events {
		e := &events[i]
		if e.At.IsZero() {
			e.At = now
		}
		if h.overtaken(e) {
			continue
		}
		h.seq++
		e.Seq, e.epoch = h.seq, h.epoch
		h.keep(e)
		for _, s := range h.all {
			s.tell(e)
		}
		if e.Tenant != "" {
			for _, s := range h.byTenant[e.Tenant] {
				s.tell(e)
			}
		}
	}
}

// overtaken says whether an event of a message under way comes after the one
// of its end: two callers were let go at once, and the second was quicker.
func (h *Hub) overtaken(e *Event) bool {
	if e.Topic != Message || e.Message == nil {
		return false
	}
	if e.Message.Status.IsFinal() {
		h.ended[e.ID] = struct{}{}
		return false
	}
	_, over := h.ended[e.ID]
	return over
}

func (h *Hub) keep(e *Event) {
	place := &h.ring[h.seq%int64(h.most)]
	if h.seq-h.floor > int64(h.most) {
		if place.Topic == Message {
			delete(h.ended, place.ID)
		}
		h.floor++
	}
	*place = *e
}

// Subscribe begins to listen to what changes of a tenant, or with all of
// everybody. lastID is the id of the last event that the subscriber has seen,
// "" when there is none: what was told since comes first. Close it.
func (h *Hub) Subscribe(tenant string, all bool, lastID string) *Subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription{hub: h, tenant: tenant, all: all}
	if h.closed {
		s.closed, s.c = true, make(chan Event)
		close(s.c)
		return s
	}
	h.wake(listening)
	missed, known := h.since(s, lastID)
	s.c = make(chan Event, QueueMost+len(missed))
	if !known {
		s.missed.Store(true)
		s.c <- Event{Seq: h.seq, At: h.now(), Tenant: tenant, Topic: Reload, epoch: h.epoch}
	}
	for _, e := range missed {
		s.c <- e
	}
	if all {
		h.all = append(h.all, s)
	} else {
		h.byTenant[tenant] = append(h.byTenant[tenant], s)
	}
	return s
}

// since gives what a subscriber has missed after an event; false: that is not
// known any more.
func (h *Hub) since(s *Subscription, lastID string) ([]Event, bool) {
	if lastID == "" {
		return nil, true
	}
	epoch, seq, ok := parseID(lastID)
	if !ok || epoch != h.epoch || seq < h.floor || seq > h.seq {
		return nil, false
	}
	var missed []Event
	for n := seq + 1; n <= h.seq; n++ {
		if e := &h.ring[n%int64(h.most)]; s.wants(e) {
			missed = append(missed, *e)
		}
	}
	return missed, true
}

// leave ends a subscription.
func (h *Hub) leave(s *Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	if s.all {
		h.all = without(h.all, s)
	} else if rest := without(h.byTenant[s.tenant], s); len(rest) > 0 {
		h.byTenant[s.tenant] = rest
	} else {
		delete(h.byTenant, s.tenant)
	}
	if len(h.all)+len(h.byTenant) == 0 {
		h.wake(lingering)
	}
	close(s.c)
}

// Close ends every subscription, and those to come at once: for streams, which
// would otherwise keep a server from stopping.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	open := slices.Clone(h.all)
	for _, list := range h.byTenant {
		open = append(open, list...)
	}
	h.mu.Unlock()
	for _, s := range open {
		s.Close()
	}
}

func without(list []*Subscription, s *Subscription) []*Subscription {
	return slices.DeleteFunc(list, func(other *Subscription) bool { return other == s })
}
