package exchange

import (
	"context"
	"sync"

	"github.com/wirechief/wirechief"
)

// inbox is where the goroutine of a lane finds what others bring it.
type inbox struct {
	wake  chan struct{}
	ended chan struct{} // closed when the goroutine is gone

	mu        sync.Mutex
	coming    map[wirechief.MessageKey]struct{} // see announce
	pushed    []*wirechief.Message
	withdrawn []withdrawal
	refill    bool // the store has messages that there was no room for
}

// withdrawal asks a lane to end a message that is still waiting.
type withdrawal struct {
	key   wirechief.MessageKey
	event wirechief.Event
	done  chan wirechief.Result
}

func newInbox() inbox {
	return inbox{wake: make(chan struct{}, 1), ended: make(chan struct{}), coming: make(map[wirechief.MessageKey]struct{})}
}

func (b *inbox) wakeUp() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// announce says that a message is about to be committed to this queue by
// somebody who will push it, or retract the word. A refill that reads it from
// the store before leaves it alone: taken from there it could have been sent
// and forgotten when the push arrives, and be sent once more.
func (b *inbox) announce(key wirechief.MessageKey) {
	b.mu.Lock()
	b.coming[key] = struct{}{}
	b.mu.Unlock()
}

func (b *inbox) retract(key wirechief.MessageKey) {
	b.mu.Lock()
	delete(b.coming, key)
	b.mu.Unlock()
}

// put offers a message whose place in this queue is committed. It never blocks.
func (b *inbox) put(m *wirechief.Message) {
	b.mu.Lock()
	delete(b.coming, m.MessageKey)
	// What the memory has no room for is read from the store later.
	if len(b.pushed) < headSize {
		b.pushed = append(b.pushed, m)
	} else {
		b.refill = true
	}
	b.mu.Unlock()
	b.wakeUp()
}

// unexpected drops the messages that somebody has yet to push, or that have been
// pushed since the round began, from what was read from the store.
func (b *inbox) unexpected(read []*wirechief.Message) []*wirechief.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.coming) == 0 && len(b.pushed) == 0 {
		return read
	}
	pushed := make(map[wirechief.MessageKey]struct{}, len(b.pushed))
	for _, m := range b.pushed {
		pushed[m.MessageKey] = struct{}{}
	}
	out := read[:0]
	for _, m := range read {
		_, coming := b.coming[m.MessageKey]
		if _, here := pushed[m.MessageKey]; !coming && !here {
			out = append(out, m)
		}
	}
	return out
}

// isOnItsWay says whether a message has yet to be pushed, or to be taken in.
func (b *inbox) isOnItsWay(key wirechief.MessageKey) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, coming := b.coming[key]; coming {
		return true
	}
	for _, m := range b.pushed {
		if m.MessageKey == key {
			return true
		}
	}
	return false
}

// withdraw ends a message that waits in this queue. Only the lane can do it
// safely, for only the lane knows what is on its way.
func (b *inbox) withdraw(ctx context.Context, key wirechief.MessageKey, e wirechief.Event) (*wirechief.Message, error) {
	w := withdrawal{key, e, make(chan wirechief.Result, 1)}
	b.again(w)
	select {
	case r := <-w.done:
		return r.Message, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.ended:
		return nil, wirechief.Errorf(wirechief.Unavailable, "the server is stopping")
	}
}

// again puts a withdrawal on the list, for the first time or once more.
func (b *inbox) again(w withdrawal) {
	b.mu.Lock()
	b.withdrawn = append(b.withdrawn, w)
	b.mu.Unlock()
	b.wakeUp()
}

// errMoved is the answer to a withdrawal of what waits in another queue by now.
var errMoved = wirechief.Refuse(wirechief.Conflict, wirechief.RuleNotCancelable, "the message has moved on")

// examine decides a withdrawal, of what is not on its way out. It gives the
// message when it may be ended now; else the withdrawal has been answered, or
// put back until the message has arrived here.
func (b *inbox) examine(ctx context.Context, s wirechief.Store, lane string, w withdrawal) *wirechief.Message {
	m, err := s.Message(ctx, w.key)
	switch {
	case err != nil:
		w.done <- wirechief.Result{Err: err}
	case m.Queue.Lane != lane:
		w.done <- wirechief.Result{Err: errMoved}
	case b.isOnItsWay(w.key):
		b.again(w)
	default:
		return m
	}
	return nil
}
