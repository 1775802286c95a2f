package feed

import (
	"context"
	"errors"
	"sync/atomic"
)

// ErrClosed says that a subscription is closed.
var ErrClosed = errors.New("the subscription is closed")

// Subscription is one who listens. See [Hub.Subscribe].
type Subscription struct {
	hub    *Hub
	tenant string
	all    bool
	c      chan Event
	missed atomic.Bool
	closed bool // under the hub's lock
}

// C gives the events, in order; Close ends it.
func (s *Subscription) C() <-chan Event { return s.c }

// Next waits for the next event. Its error is that of ctx, or [ErrClosed].
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	select {
	case e, ok := <-s.c:
		if !ok {
			return Event{}, ErrClosed
		}
		return e, nil
	case <-ctx.Done():
		return Event{}, ctx.Err()
	}
}

// Missed says whether something could not be told since it was last asked:
// the subscriber came back too late, or was too slow. An event of topic
// [Reload] stands among the others where that was.
func (s *Subscription) Missed() bool { return s.missed.Swap(false) }

// Position is the id from which somebody who has seen all that has come out of
// this subscription would go on when nothing is waiting in it: what a quiet
// stream tells now and then, so that what others did meanwhile does not count
// as missed. "" while something waits.
func (s *Subscription) Position() string {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if len(s.c) > 0 {
		return ""
	}
	return eventID(s.hub.epoch, s.hub.seq)
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() { s.hub.leave(s) }

// wants says whether the subscriber is to be told of an event.
func (s *Subscription) wants(e *Event) bool { return s.all || e.Tenant != "" && e.Tenant == s.tenant }

// tell queues an event, under the hub's lock. Where the queue is full, one
// event takes the place of all that wait.
func (s *Subscription) tell(e *Event) {
	select {
	case s.c <- *e:
		return
	default:
	}
	for len(s.c) > 0 {
		select {
		case <-s.c:
		default: // the subscriber was quicker
		}
	}
	s.missed.Store(true)
	s.c <- Event{Seq: e.Seq, At: e.At, Tenant: e.Tenant, Topic: Reload, epoch: e.epoch}
}
