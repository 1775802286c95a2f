package delivery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Options is what an [Engine] is built from. Store and Senders are needed; the
// rest has defaults.
type Options struct {
	Store Store
	// Senders make the tries, by kind of delivery. What has no sender waits.
	Senders map[wirechief.DeliveryKind]Sender

	// Schedule, when set, has the wait before each try of every delivery,
	// exactly (delivery.schedule).
	Schedule []time.Duration
	// Timeout, when set, is for every try (delivery.timeout).
	Timeout time.Duration

	InFlight int     // tries that one destination may have under way; 16
	Rate     float64 // tries a second that one destination gets at most; 0: no limit
	Pool     int     // tries under way in all; 1,024
	Memory   int     // deliveries waiting in memory in all, about; 16,384
	// Window is how many outcomes of a lane may be on their way to the disk
	// beside the tries under way, see [Engine]; 48, negative: none.
	Window int

	// Paused says whether a destination is paused, when a lane begins; nil:
	// none is. It must be quick and must not call the engine.
	Paused func(wirechief.Lane) bool
	// Gone is told that a destination answered 410, to make the pause last.
	// The lane is paused already.
	Gone func(context.Context, wirechief.Lane)
	// Follow says what follows from a try that brought nothing, before it is kept:
	// the commands are part of the same commit, and the deliveries that they insert
	// are taken as by Add. nil: nothing does. It may read the store and take its time,
	// for it is asked in the try's own goroutine and only that outcome waits; after an
	// error it is asked again. It must not call the engine.
	Follow func(ctx context.Context, d *wirechief.Delivery, came wirechief.Attempted) ([]wirechief.Command, error)

	// Broken says that the last run ended without Stop: what it may have had under
	// way is marked at its next try.
	Broken bool

	Now    wirechief.Clock
	Log    *slog.Logger
	Meter  Meter
	Chance func() float64 // for jitter, from 0 to below 1
}

// Store is what the engine needs of the store.
type Store interface {
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
	Pending(ctx context.Context, lane wirechief.Lane, limit int) ([]*wirechief.Delivery, error)
	PendingLanes(ctx context.Context) (map[wirechief.Lane]wirechief.Depth, error)
}

// Meter counts attempts, for metrics. It is quick.
type Meter interface {
	Attempted(kind, class string, took time.Duration)
}

// Sizes.
const (
	inFlight   = 16
	poolSize   = 1024
	memoryMost = 16_384
	windowSize = 48
	frontLimit = 1024 // deliveries of one lane in memory
	frontLeast = 32   // when memory is short
	idleLane   = 10 * time.Minute
	housekeep  = 5 * time.Second
)

// Engine delivers. Make it with [New], then Start it. It is safe for
// concurrent use.
//
// A lane's limit bounds its requests under way. A request that has ended keeps
// its place in the lane until its outcome is on disk; the window adds places
// for that, so that a lane need not rest at each flush of the disk. Limit and
// window together, 64 by default, are what a crash may repeat. Measured over SQLite
// with one busy lane: 75 µs of CPU a webhook without a window, 47 with one of 48,
// and hardly less with more.
type Engine struct {
	Options
	profiles map[string]*Profile
	usual    *Profile
	first    time.Duration // wait before a first try, the same for all profiles

	began time.Time

	tries  context.Context // ends when what is under way is to be cut off
	cutOff context.CancelFunc
	life   context.Context // of the goroutines
	end    context.CancelFunc

	mu       sync.Mutex
	state    state
	lanes    map[wirechief.Lane]*lane
	pool     pool
	sleepers sleepers
	memory   int // entries waiting in the fronts of all lanes
	flying   int
	finished []settlement // not on disk yet
	surveyed bool         // the lanes of the store have been looked through
	clerk    clerk

	commits chan struct{} // there is something in finished
	alarm   chan struct{} // the first sleeper is another
	landed  chan struct{} // closed: stopping, and none flies any more
	kept    chan struct{} // closed: stopping, and all that landed is on disk
	running sync.WaitGroup
	stop    sync.Once
	stopErr error
}

type state uint8

const (
	idle state = iota
	started
	stopping
)

// New builds an engine. Nothing runs and nothing is read before Start.
func New(o Options) *Engine {
	if o.InFlight <= 0 {
		o.InFlight = inFlight
	}
	if o.Pool <= 0 {
		o.Pool = poolSize
	}
	if o.Memory <= 0 {
		o.Memory = memoryMost
	}
	switch {
	case o.Window == 0:
		o.Window = windowSize
	case o.Window < 0:
		o.Window = 0
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Chance == nil {
		o.Chance = rand.Float64
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	e := &Engine{
		Options: o, profiles: make(map[string]*Profile), usual: usual().override(&o),
		lanes: make(map[wirechief.Lane]*lane), pool: newPool(o.Pool),
		commits: make(chan struct{}, 1), alarm: make(chan struct{}, 1),
		landed: make(chan struct{}), kept: make(chan struct{}),
	}
	if len(o.Schedule) > 0 {
		e.first = o.Schedule[0]
	}
	e.clerk.reads, e.clerk.changes = make(chan struct{}, 1), make(chan struct{}, 1)
	for name, p := range profiles() {
		e.profiles[name] = p.override(&o)
	}
	e.tries, e.cutOff = context.WithCancel(context.Background())
	e.life, e.end = context.WithCancel(context.Background())
	return e
}

// Start begins to deliver what is pending in the store and what is added. It
// does not wait for the store to be read.
func (e *Engine) Start(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != idle {
		return nil
	}
	e.state, e.began = started, e.Now()
	e.clerk.survey = true
	nudge(e.clerk.reads)
	nudge(e.clerk.changes)
	e.running.Go(e.commit)
	e.running.Go(func() { e.work(e.clerk.reads, e.nextRead) })
	e.running.Go(func() { e.work(e.clerk.changes, e.nextChange) })
	e.running.Go(e.tick)
	return nil
}

// Stop begins nothing more, lets the tries under way end until ctx does, cuts
// off the others, and returns when their outcomes are on disk and nothing of
// the engine runs any more.
func (e *Engine) Stop(ctx context.Context) error {
	e.stop.Do(func() { e.stopErr = e.close(ctx) })
	return e.stopErr
}

func (e *Engine) close(ctx context.Context) error {
	e.mu.Lock()
	before := e.state
	e.state = stopping
	if e.flying == 0 {
		close(e.landed)
	}
	e.mu.Unlock()
	defer e.cutOff()
	defer e.end()
	if before == idle {
		return nil
	}
	select {
	case <-e.landed:
	case <-ctx.Done():
		e.cutOff()
		<-e.landed
	}
	nudge(e.commits)
	select {
	case <-e.kept:
	case <-ctx.Done():
	}
	e.end()
	e.running.Wait()
	err := e.flush(ctx)
	for _, t := range e.tidiers() {
		t.Close()
	}
	return err
}

// Add takes deliveries that have just been committed as pending or paused.
func (e *Engine) Add(deliveries ...*wirechief.Delivery) {
	if len(deliveries) == 0 {
		return
	}
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range deliveries {
		if d.Status != wirechief.DeliveryPending {
			// It comes back when its lane does. Only one that was made before the
			// lane came back, and committed after, has to be sent for.
			if d.Status == wirechief.DeliveryPaused && e.Paused != nil && !e.Paused(d.Lane()) {
				e.settlePause(e.lane(d.Lane(), now))
			}
			continue
		}
		l := e.lane(d.Lane(), now)
		l.pending++
		if l.paused {
			e.settlePause(l)
			continue
		}
		e.push(l, e.entry(d))
		e.place(l, now)
	}
	e.dispatch(now)
}

// Wake makes the engine look at the store again, after a replay.
func (e *Engine) Wake() {
	e.mu.Lock()
	e.clerk.survey = true
	e.mu.Unlock()
	nudge(e.clerk.reads)
}

// Pause stops or resumes a lane. What is pending in it becomes paused in the
// store, and the other way round with a fresh schedule.
func (e *Engine) Pause(key wirechief.Lane, paused bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pause(e.lane(key, e.Now()), paused)
}

func (e *Engine) pause(l *lane, paused bool) {
	l.paused = paused
	l.breaker.succeeded()
	e.reset(l)
	e.place(l, e.Now()) // takes a paused lane from the sleepers
	e.settlePause(l)
}

// entry makes the form of a delivery that is kept in memory.
func (e *Engine) entry(d *wirechief.Delivery) *entry {
	en := &entry{d: d, due: d.NextAt, tries: d.Tries, attempts: len(d.Attempts)}
	if d.Tries == 0 {
		en.due = en.due.Add(e.first)
	}
	return en
}

// lane finds a lane or begins it.
func (e *Engine) lane(key wirechief.Lane, now time.Time) *lane {
	l := e.lanes[key]
	if l == nil {
		l = &lane{
			key: key, limit: e.InFlight, class: unknown, index: -1, front: newFront(),
			unsettled: make(map[wirechief.DeliveryKey]*flight), lastUse: now,
		}
		// Once the store has been looked through, a lane that is not here has
		// nothing on disk.
		l.front.more = !e.surveyed
		if e.Rate > 0 {
			l.interval = time.Duration(float64(time.Second) / e.Rate)
		}
		l.paused = e.Paused != nil && e.Paused(key)
		if e.Senders[key.Kind] == nil {
			l.limit = 0 // waits until a version that knows the kind
		}
		e.lanes[key] = l
	}
	return l
}

// roomFor is how many entries of a lane may be in memory now.
func (e *Engine) roomFor() int {
	if e.memory >= e.Memory {
		return frontLeast
	}
	return frontLimit
}

// push offers an entry to the front of its lane.
func (e *Engine) push(l *lane, en *entry) {
	before := len(l.front.waiting)
	if !l.front.push(en, e.roomFor()) {
		if l.diskOldest.IsZero() {
			l.diskOldest = en.d.CreatedAt
		}
		if l.refilling {
			// What is being read may be older than this.
			at := l.front.horizon
			if at.IsZero() {
				at = en.due
			}
			if l.missed.IsZero() || at.Before(l.missed) {
				l.missed = at
			}
		}
	}
	e.memory += len(l.front.waiting) - before
}

// reset lets a lane's front be read anew.
func (e *Engine) reset(l *lane) {
	e.memory -= len(l.front.waiting)
	l.reset()
}

func (e *Engine) tidiers() (out []Tidier) {
	for _, s := range e.Senders {
		if t, ok := s.(Tidier); ok {
			out = append(out, t)
		}
	}
	return out
}

type noMeter struct{}

func (noMeter) Attempted(string, string, time.Duration) {}
