package delivery

import (
	"context"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
)

// clerk is what has to be done with the store beside keeping outcomes: reading
// on where a front runs low and looking for lanes, and, apart from that because
// it may take long, bringing pauses into it. A goroutine for each does it, so
// that nobody else waits. All of it is guarded by the engine's lock.
type clerk struct {
	reads  chan struct{}
	survey bool    // look at all lanes of the store
	fills  []*lane // read on

	changes chan struct{}
	pauses  []*lane          // bring the pause or its end into the store
	gone    []wirechief.Lane // tell Options.Gone
}

// task is something to do with the store, and what makes it wait again when
// that could not be asked.
type task struct {
	do    func(context.Context) error
	again func()
}

// nudge wakes who listens to a channel.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// askFor has the front of a lane filled from the store.
func (e *Engine) askFor(l *lane) {
	l.refilling = true
	l.settled = make(map[wirechief.DeliveryKey]struct{})
	e.clerk.fills = append(e.clerk.fills, l)
	nudge(e.clerk.reads)
}

// settlePause has the store agree with whether a lane is paused.
func (e *Engine) settlePause(l *lane) {
	if !slices.Contains(e.clerk.pauses, l) {
		e.clerk.pauses = append(e.clerk.pauses, l)
	}
	nudge(e.clerk.changes)
}

// work does tasks as they come.
func (e *Engine) work(wake <-chan struct{}, next func() task) {
	for {
		select {
		case <-e.life.Done():
			return
		case <-wake:
		}
		for wait := commitWait; !e.serve(next); wait = min(2*wait, commitWaitMost) {
			if !e.sleep(wait) {
				return
			}
		}
	}
}

// serve does what there is to do. It reports false when the store could not
// be asked; the rest then waits.
func (e *Engine) serve(next func() task) bool {
	for {
		e.mu.Lock()
		t := next()
		e.mu.Unlock()
		if t.do == nil {
			return true
		}
		if err := t.do(e.life); err != nil {
			if e.life.Err() != nil {
				return true
			}
			e.Log.Error("the queue of deliveries cannot be read or changed; trying again", "error", err)
			e.mu.Lock()
			t.again()
			e.mu.Unlock()
			return false
		}
	}
}

// nextRead takes the next task of reading.
func (e *Engine) nextRead() (t task) {
	c := &e.clerk
	switch {
	case c.survey:
		c.survey = false
		t = task{e.look, func() { c.survey = true }}
	case len(c.fills) > 0:
		l := c.fills[0]
		c.fills = c.fills[1:]
		t = task{func(ctx context.Context) error { return e.fill(ctx, l) }, func() { c.fills = append(c.fills, l) }}
	}
	return t
}

// nextChange takes the next task of bringing pauses into the store.
func (e *Engine) nextChange() (t task) {
	c := &e.clerk
	switch {
	case len(c.gone) > 0:
		key := c.gone[0]
		c.gone = c.gone[1:]
		t.do = func(ctx context.Context) error { e.Gone(ctx, key); return nil }
	case len(c.pauses) > 0:
		l := c.pauses[0]
		c.pauses = c.pauses[1:]
		t = task{func(ctx context.Context) error { return e.bringPause(ctx, l) }, func() { e.settlePause(l) }}
	}
	return t
}

// look finds the lanes that have something pending, and lets each be read
// from its beginning: what was waiting may have been replayed.
func (e *Engine) look(ctx context.Context) error {
	depths, err := e.Store.PendingLanes(ctx)
	if err != nil {
		return err
	}
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.surveyed = true
	for key, depth := range depths {
		l := e.lane(key, now)
		l.pending, l.diskOldest = depth.Count, depth.Oldest
		e.reset(l)
		if l.paused {
			e.settlePause(l)
		}
		e.place(l, now)
	}
	e.dispatch(now)
	return nil
}

// fill reads on in a lane.
func (e *Engine) fill(ctx context.Context, l *lane) error {
	e.mu.Lock()
	room := e.roomFor()
	want := l.front.wants(e.Now().Add(-e.first), room)
	epoch := l.epoch
	if want == 0 || l.paused {
		e.filled(l)
		e.mu.Unlock()
		return nil
	}
	clear(l.settled)
	l.missed = time.Time{}
	e.mu.Unlock()

	read, err := e.Store.Pending(ctx, l.key, want)
	if err != nil {
		return err
	}
	entries := make([]*entry, len(read))
	for i, d := range read {
		// The lane's own strings serve all; attempts are only counted.
		d.Tenant, d.Kind, d.Destination = l.key.Tenant, l.key.Kind, l.key.Destination
		entries[i] = e.entry(d)
		d.Attempts = nil
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	if l.epoch == epoch {
		before := len(l.front.waiting)
		whole := len(read) < want
		l.front.refill(whole, entries, l.settled, room)
		e.memory += len(l.front.waiting) - before
		if !l.missed.IsZero() {
			if !l.front.more || l.missed.Before(l.front.horizon) {
				l.front.horizon = l.missed
			}
			l.front.more = true
		}
		if !l.front.more {
			l.diskOldest = time.Time{}
		}
	}
	e.filled(l)
	return nil
}

func (e *Engine) filled(l *lane) {
	l.refilling, l.settled, l.missed = false, nil, time.Time{}
	now := e.Now()
	e.place(l, now)
	e.dispatch(now)
}

// bringPause changes what is pending in a paused lane to paused, and back.
func (e *Engine) bringPause(ctx context.Context, l *lane) error {
	e.mu.Lock()
	paused := l.paused
	e.mu.Unlock()
	from, to := wirechief.DeliveryPaused, wirechief.DeliveryPending
	if paused {
		from, to = to, from
	}
	now := e.Now()
	results, err := e.Store.Apply(ctx, wirechief.Redeliver{
		Filter: wirechief.DeliveryFilter{
			Tenant: l.key.Tenant, Kind: l.key.Kind, Destination: l.key.Destination, Status: from,
		},
		Status: to, At: now.Truncate(time.Microsecond),
	})
	if err != nil {
		return err
	}
	if err := results[0].Err; err != nil {
		e.Log.Error("the store refuses to pause or resume deliveries", "tenant", l.key.Tenant, "kind", l.key.Kind, "error", err)
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case l.paused != paused:
		e.settlePause(l)
	case paused:
		l.pending = len(l.unsettled)
	default:
		l.pending += results[0].Count
		e.reset(l)
		e.place(l, now)
		e.dispatch(now)
	}
	return nil
}
