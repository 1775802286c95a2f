package email

import (
	"context"
	"sync"
	"time"
)

// Sizes of the pool of connections.
const (
	// connections is how many there are at once: what Exim takes by default
	// (smtp_accept_max), and Postfix takes more. It is more than what one
	// destination has under way.
	connections = 20
	mailsEach   = 100              // mails over one connection; servers have limits, too
	keepIdle    = 30 * time.Second // shorter than servers wait for us
)

// pool keeps connections to the server.
type pool struct {
	places chan struct{} // one for each connection in use

	mu     sync.Mutex
	idle   []*link // the one used last is last
	closed bool
}

func newPool() *pool { return &pool{places: make(chan struct{}, connections)} }

// enter waits for a place; leave gives it back.
func (p *pool) enter(ctx context.Context, end time.Time) error {
	select {
	case p.places <- struct{}{}:
		return nil
	default:
	}
	late := time.NewTimer(time.Until(end))
	defer late.Stop()
	select {
	case p.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errBusy
	}
}

func (p *pool) leave() { <-p.places }

// take gives a connection that rests, nil when there is none.
func (p *pool) take() *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		last := len(p.idle) - 1
		k := p.idle[last]
		p.idle[last], p.idle = nil, p.idle[:last]
		if time.Since(k.since) < keepIdle {
			return k
		}
		k.Close()
	}
	return nil
}

// put lets a connection rest, or ends it when it has done enough.
func (p *pool) put(k *link) {
	k.used++
	k.since = time.Now()
	// At rest it has no deadline but that of its next try.
	p.mu.Lock()
	keep := !p.closed && k.used < mailsEach
	if keep {
		p.idle = append(p.idle, k)
	}
	p.mu.Unlock()
	if !keep {
		k.leave()
	}
}

// drop ends the connections that have rested for long enough, or all.
func (p *pool) drop(all bool) {
	var old []*link
	p.mu.Lock()
	p.closed = p.closed || all
	stays := p.idle[:0]
	for _, k := range p.idle {
		if all || time.Since(k.since) >= keepIdle {
			old = append(old, k)
		} else {
			stays = append(stays, k)
		}
	}
	clear(p.idle[len(stays):])
	p.idle = stays
	p.mu.Unlock()
	for _, k := range old {
		k.leave()
	}
}
