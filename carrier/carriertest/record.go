package carriertest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// Stats counts what an [SMSC] has seen since it began.
type Stats struct {
	Connections  int // bound now
	Binds        int // let in
	BindsRefused int
	HungUp       int // connections closed by Behaviour.HangUp
	Unbound      int // clients that took leave with unbind

	Submits   int // segments that came
	Accepted  int // of them taken, whether the answer said so or was cut off
	Throttled int // refused by Throttle or Rate
	Refused   int // refused for another reason
	Repeated  int // taken although they had been before; 0 with CountOnly

	Waiting         int // receipts and texts that the client has not answered for good
	Redelivered     int // tries that come again
	ReceiptsKept    int
	ReceiptsRefused int // for good
	TextsKept       int
	TextsRefused    int // for good
}

func (s *Stats) count(isReceipt, kept bool) {
	switch {
	case isReceipt && kept:
		s.ReceiptsKept++
	case isReceipt:
		s.ReceiptsRefused++
	case kept:
		s.TextsKept++
	default:
		s.TextsRefused++
	}
}

// Submit is a submission that came.
type Submit struct {
	At         time.Time
	Connection int // which one, counted from 1
	Message    pdu.Message
	Status     pdu.Status // of the answer, whether it was given or not
	ID         string     // empty when it was refused
}

// Stats gives the counters.
func (c *SMSC) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Wait waits until the counters are as cond wants them.
func (c *SMSC) Wait(ctx context.Context, cond func(Stats) bool) error {
	return c.wait(ctx, func() bool { return cond(c.stats) })
}

// Submits gives what came, oldest first; nothing with CountOnly.
func (c *SMSC) Submits() []Submit {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.submits)
}

// Receipts gives the receipts that were made so far, oldest first; nothing
// with CountOnly.
func (c *SMSC) Receipts() []*Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.deliveries)
}

// record remembers a submission; the SMSC is locked.
func (c *SMSC) record(p *peer, m *pdu.Message, status pdu.Status, id string) {
	c.stats.Submits++
	throttled := c.behave.ThrottleStatus
	switch {
	case status == pdu.OK:
		c.stats.Accepted++
	case status == pdu.Throttled || status == throttled:
		c.stats.Throttled++
	default:
		c.stats.Refused++
	}
	if c.opt.CountOnly {
		return
	}
	s := Submit{At: time.Now(), Connection: p.number, Message: *m, Status: status, ID: id}
	c.submits = append(c.submits, s)
	if status == pdu.OK {
		key := s.identity()
		if c.seen[key]++; c.seen[key] > 1 {
			c.stats.Repeated++
		}
	}
}

// wait waits for a condition on what the SMSC's lock guards.
func (c *SMSC) wait(ctx context.Context, cond func() bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers++
	defer func() { c.watchers-- }()
	for !cond() {
		watched := c.watched
		c.mu.Unlock()
		select {
		case <-watched:
			c.mu.Lock()
		case <-ctx.Done():
			c.mu.Lock()
			return fmt.Errorf("%w; the SMSC's counters: %+v", context.Cause(ctx), c.stats)
		}
	}
	return nil
}

// notify lets those who wait look again; the SMSC is locked.
func (c *SMSC) notify() {
	if c.watchers > 0 {
		close(c.watched)
		c.watched = make(chan struct{})
	}
}
