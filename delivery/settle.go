package delivery

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// settlement is what came of a try, until it is on disk.
type settlement struct {
	f       *flight
	command wirechief.Attempted
	follows []wirechief.Command // of Options.Follow
	asked   bool                // they are known
}

// Waits between the times that a store which takes nothing is asked again.
const (
	commitWait     = 50 * time.Millisecond
	commitWaitMost = 2 * time.Second
)

// finish decides where a delivery stands after a try; nil: where it stood.
func (e *Engine) finish(f *flight, attempt *wirechief.Attempt, o wirechief.Outcome, now time.Time) *settlement {
	l, en := f.l, f.e
	if o.Reason == wirechief.ReasonShutdown && attempt == nil {
		// Neither failure nor attempt: the store has it as it was.
		e.release(f)
		e.push(l, en)
		return nil
	}
	c := wirechief.Attempted{Key: en.d.DeliveryKey, Delivery: en.d, Attempt: attempt, Status: wirechief.DeliveryPending}
	switch {
	case o.Reason == wirechief.ReasonShutdown:
		// The far side may have seen it: on record, but no try.
		c.NextAt = en.d.NextAt
	case o.Disposition == wirechief.Done:
		l.breaker.succeeded()
		en.tries++
		c.Status = wirechief.DeliveryDelivered
	default:
		l.breaker.failed(now)
		en.tries++
		c.Status, c.NextAt = e.after(en, o, now)
		if o.Reason == wirechief.ReasonGone && !e.profile(en.d.Profile).GoneFails {
			c.Status = wirechief.DeliveryPaused
			e.gone(l)
		}
	}
	if l.paused && c.Status == wirechief.DeliveryPending {
		c.Status = wirechief.DeliveryPaused
	}
	if c.Status == wirechief.DeliveryExhausted {
		e.Log.Warn("a delivery had its last try; it is kept and can be replayed",
			"tenant", l.key.Tenant, "kind", l.key.Kind, "delivery", en.d.ID, "message", en.d.Message, "reason", o.Reason)
	}
	c.Tries = en.tries
	if attempt != nil {
		en.attempts++
		attempt.N = en.attempts
		if f.doubt {
			attempt.InDoubt = lastRunEnded
		}
		attempt.NextAt = c.NextAt
		if c.Status != wirechief.DeliveryPending {
			attempt.NextAt = time.Time{}
		}
	}
	return &settlement{f: f, command: c}
}

// ask has what follows from a try found out, however often that takes, until the
// engine is stopped.
func (e *Engine) ask(s *settlement) {
	for wait := commitWait; ; wait = min(2*wait, commitWaitMost) {
		err := e.askOnce(e.tries, s)
		if err == nil || e.tries.Err() != nil {
			return
		}
		e.Log.Error("what follows from a failed delivery cannot be found out; trying again", "delivery", s.command.Key.ID, "in", wait, "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-e.tries.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func (e *Engine) askOnce(ctx context.Context, s *settlement) error {
	if s.asked || e.Follow == nil || s.command.Status == wirechief.DeliveryDelivered {
		return nil
	}
	follows, err := e.Follow(ctx, s.f.e.d, s.command)
	if err == nil {
		s.follows, s.asked = follows, true
	}
	return err
}

// askedFor leaves out those of a batch of which nobody could say what follows, as
// the engine was stopped: they are tried again at the next start.
func (e *Engine) askedFor(ctx context.Context, batch []settlement) []settlement {
	kept := batch[:0]
	for i := range batch {
		if err := e.askOnce(ctx, &batch[i]); err != nil {
			e.Log.Error("what follows from a failed delivery cannot be found out; it will be made again", "delivery", batch[i].command.Key.ID, "error", err)
			continue
		}
		kept = append(kept, batch[i])
	}
	return kept
}

// after says where a delivery stands after a failed try, and when the next is.
func (e *Engine) after(en *entry, o wirechief.Outcome, now time.Time) (wirechief.DeliveryStatus, time.Time) {
	p := e.profile(en.d.Profile)
	wait, more := p.wait(en.tries, e.Chance)
	if !more || o.Disposition == wirechief.Final {
		return wirechief.DeliveryExhausted, time.Time{}
	}
	wait = max(wait, min(o.After, longestWait))
	return wirechief.DeliveryPending, now.Add(wait).Truncate(time.Microsecond)
}

// gone pauses a lane whose destination wants nothing more.
func (e *Engine) gone(l *lane) {
	if l.paused {
		return
	}
	e.Log.Warn("a destination answers that it is gone; it is paused", "tenant", l.key.Tenant, "kind", l.key.Kind)
	e.pause(l, true)
	if e.Gone != nil {
		e.clerk.gone = append(e.clerk.gone, l.key)
		nudge(e.clerk.changes)
	}
}

// release frees the place that a try had in its lane.
func (e *Engine) release(f *flight) {
	key := f.e.d.DeliveryKey
	delete(f.l.unsettled, key)
	f.l.front.forget(key)
	if f.l.refilling {
		f.l.settled[key] = struct{}{}
	}
}

// commit puts on disk what has ended, as much as there is at a time.
func (e *Engine) commit() {
	for {
		select {
		case <-e.life.Done():
			return
		case <-e.commits:
		}
		for {
			batch, last := e.takeFinished()
			if len(batch) > 0 && !e.keep(batch) {
				return
			}
			if last {
				close(e.kept)
				return
			}
			if len(batch) == 0 {
				break
			}
		}
	}
}

// takeFinished gives what has ended; last says that nothing more will.
func (e *Engine) takeFinished() (batch []settlement, last bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	batch, e.finished = e.finished, nil
	return batch, e.state == stopping && e.flying == 0
}

// keep applies a batch, however often it has to ask. It reports false when the
// life of the engine ended first; the batch then waits for flush.
func (e *Engine) keep(batch []settlement) bool {
	if batch = e.askedFor(e.life, batch); len(batch) == 0 {
		return true
	}
	commands := commandsOf(batch)
	for wait := commitWait; ; wait = min(2*wait, commitWaitMost) {
		results, err := e.Store.Apply(e.life, commands...)
		if err == nil {
			e.settle(batch, results)
			e.Add(inserted(commands, results)...)
			return true
		}
		if e.life.Err() == nil {
			e.Log.Error("the store takes no outcomes of deliveries; trying again", "deliveries", len(batch), "in", wait, "error", err)
		}
		if !e.sleep(wait) {
			e.mu.Lock()
			e.finished = append(batch, e.finished...)
			e.mu.Unlock()
			return false
		}
	}
}

// sleep waits; it reports false when the life of the engine ended meanwhile.
func (e *Engine) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-e.life.Done():
		return false
	case <-timer.C:
		return true
	}
}

// commandsOf is what is committed of a batch: the outcomes in their order, then
// what follows from them.
func commandsOf(batch []settlement) []wirechief.Command {
	commands := make([]wirechief.Command, len(batch))
	for i := range batch {
		commands[i] = batch[i].command
	}
	for i := range batch {
		commands = append(commands, batch[i].follows...)
	}
	return commands
}

// inserted gives the deliveries that commands inserted.
func inserted(commands []wirechief.Command, results []wirechief.Result) (out []*wirechief.Delivery) {
	for i, c := range commands {
		if a, ok := c.(wirechief.Accept); ok && results[i].Err == nil {
			out = append(out, a.Deliveries...)
		}
	}
	return out
}

// flush offers what is left at the end once more, a moment longer than ctx
// allows: it is what the far side has got already.
func (e *Engine) flush(ctx context.Context) error {
	batch, _ := e.takeFinished()
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWaitMost)
	defer cancel()
	if batch = e.askedFor(ctx, batch); len(batch) == 0 {
		return nil
	}
	if _, err := e.Store.Apply(ctx, commandsOf(batch)...); err != nil {
		return &wirechief.Error{
			Op: "delivery.stop", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err,
			Message: "the outcomes of some deliveries could not be kept; they will be made again",
		}
	}
	return nil
}

// settle frees the places of what is on disk.
func (e *Engine) settle(batch []settlement, results []wirechief.Result) {
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range batch {
		f, c := batch[i].f, &batch[i].command
		l := f.l
		e.release(f)
		status := c.Status
		if err := results[i].Err; err != nil {
			e.Log.Error("the outcome of a delivery was refused by the store", "delivery", c.Key.ID, "error", err)
			status = wirechief.DeliveryCanceled
		}
		switch {
		case status != wirechief.DeliveryPending && status != wirechief.DeliveryPaused:
			l.pending = max(l.pending-1, 0)
		case l.paused != (status == wirechief.DeliveryPaused):
			e.settlePause(l) // changed its mind meanwhile
		case status == wirechief.DeliveryPending:
			// What was done with a delivery may be shared: change a copy.
			d := *f.e.d
			d.NextAt, d.Tries = c.NextAt, c.Tries
			e.push(l, &entry{d: &d, due: c.NextAt, tries: c.Tries, attempts: f.e.attempts})
		}
		e.place(l, now)
	}
	e.dispatch(now)
}
