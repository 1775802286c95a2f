package bench

import (
	"errors"
	"sync"
	"time"
)

// clocks times messages, by RefId, from their request to their webhook. A
// webhook may come before the caller has read the answer to its request.
type clocks struct {
	mu     sync.Mutex
	begun  map[string]time.Time
	early  map[string]time.Time
	result map[string]time.Duration
}

func newClocks() *clocks {
	return &clocks{begun: make(map[string]time.Time), early: make(map[string]time.Time), result: make(map[string]time.Duration)}
}

// sent says when the request was begun.
func (c *clocks) sent(ref string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if arrival, ok := c.early[ref]; ok {
		delete(c.early, ref)
		c.result[ref] = arrival.Sub(at)
		return
	}
	c.begun[ref] = at
}

// arrived says that the webhook is here.
func (c *clocks) arrived(ref string) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.begun[ref]; ok {
		delete(c.begun, ref)
		c.result[ref] = now.Sub(at)
		return
	}
	c.early[ref] = now
}

func (c *clocks) times() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]time.Duration, 0, len(c.result))
	for _, d := range c.result {
		out = append(out, d)
	}
	return out
}

func join(errs ...error) error { return errors.Join(errs...) }
