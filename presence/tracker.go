package presence

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Defaults of [Options].
const (
	IdleAfter = 10 * time.Minute
	Grace     = 30 * time.Second
)

// queueMost is how many transitions wait for the store before those of one
// person are drawn together.
const queueMost = 4096

// Options is what a [Tracker] is built from. Store and IDs are needed.
type Options struct {
	Store Store
	IDs   interface{ Next() int64 } // of the entries of the audit log
	Idle  time.Duration             // without a touch for so long, an agent is away; 0: [IdleAfter]
	Grace time.Duration             // how long somebody stays after the last console is closed; 0: [Grace]; negative: not at all
	// Changed is told of every transition, in order, before it is kept: for
	// pages that show who is there. It must be quick and must not call the
	// tracker; nil: nobody is told.
	Changed func(tenant string, agent int64)
	Now     wirechief.Clock
	Log     *slog.Logger
}

// Store is what the tracker needs of the store.
type Store interface {
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
	Entities(ctx context.Context, kind wirechief.EntityKind) ([]wirechief.Entity, error)
	wirechief.AuditReader
}

// Tracker knows who is there. Make it with [New], Load it, then Start it. It is
// safe for concurrent use, and works before it is started, but for what only
// time brings about.
type Tracker struct {
	store       Store
	ids         interface{ Next() int64 }
	idle, grace time.Duration
	changed     func(tenant string, agent int64)
	now         wirechief.Clock
	log         *slog.Logger

	mu      sync.RWMutex
	people  map[key]*person
	online  map[string]int // by tenant: who could answer
	queue   []transition
	merged  int           // transitions that were drawn together since it was last logged
	waiting map[key]int   // of a person's transitions in queue: the newest's place, counted from the first ever
	taken   int           // how many have left the queue
	full    chan struct{} // there is something in queue
	alarm   chan struct{} // something is due at another time than it was

	begin, stop sync.Once
	cancel      context.CancelFunc // ends the clockwork
	closing     chan struct{}      // closed: what is in the queue is the last
	giveUp      context.CancelFunc
	ticking     sync.WaitGroup
	writing     sync.WaitGroup
	stopErr     error
}

// key names a person.
type key struct {
	tenant string
	agent  int64
}

// New makes a tracker that knows nobody yet.
func New(o Options) *Tracker {
	t := &Tracker{
		store: o.Store, ids: o.IDs, idle: o.Idle, grace: o.Grace, changed: o.Changed, now: o.Now, log: o.Log,
		people: make(map[key]*person), online: make(map[string]int), waiting: make(map[key]int),
		full: make(chan struct{}, 1), alarm: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	if t.idle == 0 {
		t.idle = IdleAfter
	}
	switch {
	case t.grace == 0:
		t.grace = Grace
	case t.grace < 0:
		t.grace = 0
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t
}

// Start begins to watch the clock and to keep transitions. A second call does
// nothing.
func (t *Tracker) Start(context.Context) error {
	t.begin.Do(func() {
		var life, writing context.Context
		life, t.cancel = context.WithCancel(context.Background())
		writing, t.giveUp = context.WithCancel(context.Background())
		t.ticking.Go(func() { t.tick(life) })
		t.writing.Go(func() { t.keep(writing) })
	})
	return nil
}

// Stop ends both and keeps what has yet to be kept, as far as ctx leaves time.
// Nobody is offline because we stop: who is back within the grace after the next
// start has not been away.
func (t *Tracker) Stop(ctx context.Context) error {
	t.stop.Do(func() {
		t.begin.Do(func() {}) // it cannot be started any more
		if t.cancel == nil {
			return
		}
		t.cancel()
		t.ticking.Wait()
		close(t.closing) // time brings nothing about any more
		release := context.AfterFunc(ctx, t.giveUp)
		t.writing.Wait()
		release()
		t.giveUp()
		t.mu.Lock()
		defer t.mu.Unlock()
		if n := len(t.queue); n > 0 {
			t.stopErr = wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "%d changes of who is there could not be kept", n)
		}
	})
	return t.stopErr
}

// tick makes happen what only time brings about: the end of a grace, and idleness.
func (t *Tracker) tick(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		now := t.now()
		timer.Reset(max(t.settleDue(now).Sub(now), 0))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-t.alarm:
		}
	}
}

// settleDue settles everybody whose time has come, and says when the next is
// due; an hour from now when nobody is.
func (t *Tracker) settleDue(now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := now.Add(time.Hour)
	for k, p := range t.people {
		if p.due.IsZero() {
			continue
		}
		if !p.due.After(now) {
			t.settle(k, p, now, "")
		}
		if !p.due.IsZero() && p.due.Before(next) {
			next = p.due
		}
	}
	return next
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
