package carriertest

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// Delivery is a text or receipt on its way to the client. It comes again until
// the client has kept it, or has refused it for good.
type Delivery struct {
	Message pdu.Message // as it is sent; not to be changed any more

	c         *SMSC
	isReceipt bool
	sent      time.Time
	tries     []Try
	status    pdu.Status // of the last answer
	over      bool
}

// Try is one deliver_sm and its end.
type Try struct {
	Sent   time.Time
	Ended  time.Time
	Status pdu.Status // of the answer
	Err    error      // why there is none: session.ErrTimeout, session.ErrClosed
}

// Deliver brings a text, or whatever a deliver_sm may hold, to a client that
// is bound to receive, now or as soon as there is one.
func (c *SMSC) Deliver(m pdu.Message) *Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &Delivery{Message: m, c: c}
	c.deliverAt(nil, 0, d)
	return d
}

// Stray brings a receipt for an id that the SMSC never gave.
func (c *SMSC) Stray(id string, from, to string) *Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now().UTC()
	m := pdu.Message{Source: addressOf(to), Dest: addressOf(from)} // what it pretends to be about
	d := c.receipt(&m, pdu.ESMReceipt, Receipt{ID: id, State: wirechief.ReceiptDelivered, Submitted: now, Done: now})
	c.deliverAt(nil, 0, d)
	return d
}

// Wait waits until the client has answered for good, and gives its status.
func (d *Delivery) Wait(ctx context.Context) (pdu.Status, error) {
	var status pdu.Status
	err := d.c.wait(ctx, func() bool {
		status = d.status
		return d.over
	})
	return status, err
}

// Tries are the deliver_sm that have ended, oldest first.
func (d *Delivery) Tries() []Try {
	d.c.mu.Lock()
	defer d.c.mu.Unlock()
	return append([]Try(nil), d.tries...)
}

// WaitTries waits for the end of n deliver_sm.
func (d *Delivery) WaitTries(ctx context.Context, n int) error {
	return d.c.wait(ctx, func() bool { return len(d.tries) >= n })
}

// Answered implements [session.Caller].
func (d *Delivery) Answered(_ int, a session.Answer) {
	c := d.c
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.notify()
	if !c.opt.CountOnly || !d.isReceipt {
		d.tries = append(d.tries, Try{Sent: d.sent, Ended: time.Now(), Status: a.Status, Err: a.Err})
	}
	switch kept, again := a.Err == nil && a.Status == pdu.OK, comesAgain(a); {
	case again:
		c.stats.Redelivered++
		c.deliverAt(nil, c.since()+c.opt.Redeliver, d)
	default:
		d.status, d.over = a.Status, true
		c.stats.Waiting--
		c.stats.count(d.isReceipt, kept)
	}
	c.dispatch()
}

// comesAgain says whether the client may still keep it.
func comesAgain(a session.Answer) bool {
	if a.Err != nil {
		return true
	}
	switch a.Status {
	case pdu.SystemError, pdu.TemporaryAppError, pdu.Throttled, pdu.MessageQueueFull:
		return true
	}
	return false
}

// deliverAt puts a delivery into the queue; the SMSC is locked. One of p that
// is due leaves at once, if it can, so that its place among p's answers is sure.
func (c *SMSC) deliverAt(p *peer, due time.Duration, d *Delivery) {
	if d.sent.IsZero() {
		c.stats.Waiting++
		if d.isReceipt && !c.opt.CountOnly {
			c.deliveries = append(c.deliveries, d)
		}
	}
	if due > c.since() {
		c.schedule(task{due: due, order: c.next(), d: d})
		return
	}
	if p != nil && p.receives() && c.ready.len() == 0 && c.send(p, d) {
		return
	}
	c.ready.push(d)
	c.dispatch()
}

// dispatch sends what is ready while somebody has room for it.
func (c *SMSC) dispatch() {
	for c.ready.len() > 0 {
		p := c.receiver()
		if p == nil || !c.send(p, c.ready.first()) {
			return
		}
		c.ready.pop()
	}
}

// receiver gives the client whose turn it is, of those that have room.
func (c *SMSC) receiver() *peer {
	for range c.peers {
		c.turn++
		if p := c.peers[c.turn%len(c.peers)]; p.receives() && p.session.Free() > 0 {
			return p
		}
	}
	return nil
}

func (c *SMSC) send(p *peer, d *Delivery) bool {
	if p.session.Send(pdu.DeliverSM, &d.Message, 0, d) != nil {
		return false
	}
	d.sent = time.Now()
	return true
}

// post does what is due, with one timer for all.
func (c *SMSC) post() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		c.mu.Lock()
		for len(c.tasks) > 0 && c.tasks[0].due <= c.since() {
			switch t := c.tasks.pop(); {
			case t.d != nil:
				c.ready.push(t.d)
			case !t.p.gone:
				t.p.answer(t.header, t.status, t.id, t.cut)
			}
		}
		c.dispatch()
		c.sleeping = c.since() + time.Hour
		if len(c.tasks) > 0 {
			c.sleeping = c.tasks[0].due
		}
		closed, pause := c.closed, c.sleeping-c.since()
		c.mu.Unlock()
		if closed {
			return
		}
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-c.wake:
		}
	}
}

func (c *SMSC) schedule(t task) {
	c.tasks.push(t)
	if t.due < c.sleeping {
		c.sleeping = t.due
		c.wakeUp()
	}
}

func (c *SMSC) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *SMSC) next() int64 {
	c.order++
	return c.order
}
