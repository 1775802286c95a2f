package exchange

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/backlog"
	"github.com/wirechief/wirechief/carrier"
)

// Sizes of a lane.
const (
	headSize   = 2048 // messages of a carrier's queue in memory
	expireMost = 512  // messages ended or moved in one round
)

// lane drives one carrier. One goroutine owns everything below the line; a
// round of it takes what has come (new messages, reports), decides, commits
// once, and only then submits what it claimed. So every submission that may
// have reached the carrier is named in the store as in flight, and a crash
// leaves exactly those in doubt, never more than the carrier's room.
type lane struct {
	x         *Exchange
	c         carrier.Carrier
	abilities carrier.Abilities
	wake      chan struct{}
	paused    atomic.Bool
	draining  atomic.Bool
	waiting   atomic.Int64 // in the queue, on disk and in flight
	oldest    atomic.Int64 // unix nanoseconds; an estimate for people and metrics
	stats     laneStats

	mu        sync.Mutex
	pushed    []*wirechief.Message
	reports   []report
	withdrawn []withdrawal
	refill    bool // the store has messages that were not pushed
	quiet     chan struct{}

	// Owned by run:
	head      *backlog.Head[wirechief.MessageKey, *wirechief.Message]
	flight    map[wirechief.MessageKey]*wirechief.Message
	downSince time.Time
}

// report is what a carrier said of a submission.
type report struct {
	m       *wirechief.Message
	outcome wirechief.Outcome
}

// withdrawal asks a lane to end a message that is still waiting.
type withdrawal struct {
	key   wirechief.MessageKey
	event wirechief.Event
	done  chan wirechief.Result
}

func newLane(x *Exchange, c carrier.Carrier) *lane {
	return &lane{
		x: x, c: c, abilities: c.Abilities(), wake: make(chan struct{}, 1),
		head:   backlog.New[wirechief.MessageKey, *wirechief.Message](headSize),
		flight: make(map[wirechief.MessageKey]*wirechief.Message),
	}
}

// push offers a message whose place in this queue is committed. It never blocks.
func (l *lane) push(m *wirechief.Message) {
	l.waiting.Add(1)
	l.oldest.CompareAndSwap(0, m.CreatedAt.UnixNano())
	l.mu.Lock()
	// What the memory has no room for is read from the store later.
	if len(l.pushed) < headSize {
		l.pushed = append(l.pushed, m)
	} else {
		l.refill = true
	}
	l.mu.Unlock()
	l.wakeUp()
}

func (l *lane) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lane) setOldest(at time.Time) {
	if !at.IsZero() {
		l.oldest.Store(at.UnixNano())
	}
}

// withdraw ends a message that waits in this queue. Only the lane can do it
// safely, for only the lane knows what is on its way to the carrier.
func (l *lane) withdraw(ctx context.Context, key wirechief.MessageKey, e wirechief.Event) (*wirechief.Message, error) {
	w := withdrawal{key, e, make(chan wirechief.Result, 1)}
	l.mu.Lock()
	l.withdrawn = append(l.withdrawn, w)
	l.mu.Unlock()
	l.wakeUp()
	select {
	case r := <-w.done:
		return r.Message, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// drain ends the claiming of further messages.
func (l *lane) drain() {
	l.draining.Store(true)
	l.wakeUp()
}

// idle waits until nothing of a draining lane is in flight, or ctx ends.
func (l *lane) idle(ctx context.Context) {
	l.mu.Lock()
	quiet := make(chan struct{})
	l.quiet = quiet
	l.mu.Unlock()
	l.wakeUp()
	select {
	case <-quiet:
	case <-ctx.Done():
	}
}

func (l *lane) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		next := l.round(ctx)
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// batch is one round's work between taking and committing.
type batch struct {
	commands []wirechief.Command
	after    []func(wirechief.Result) // one a command, run after the commit; nil: nothing to do
	claimed  []*wirechief.Message
	now      time.Time
	flight   bool                          // the set in flight changed
	ended    map[wirechief.MessageKey]bool // withdrawn in this round
}

func (b *batch) add(c wirechief.Command, after func(wirechief.Result)) {
	b.commands = append(b.commands, c)
	b.after = append(b.after, after)
}

// round does what there is to do and says how long it may sleep at most.
func (l *lane) round(ctx context.Context) time.Duration {
	b := &batch{now: l.x.Now()}
	l.take(b)
	l.fill(ctx, b)
	l.claim(ctx, b)
	if b.flight {
		keys := make([]wirechief.MessageKey, 0, len(l.flight))
		for k := range l.flight {
			keys = append(keys, k)
		}
		b.add(wirechief.SetInFlight{Carrier: l.c.Name(), Messages: keys}, nil)
	}
	if len(b.commands) > 0 {
		if !l.commit(ctx, b) {
			return time.Hour // ctx has ended
		}
	}
	for _, m := range b.claimed {
		l.submit(ctx, m)
	}
	l.tellQuiet()
	return l.sleep(ctx)
}

// take moves in what has come since the last round.
func (l *lane) take(b *batch) {
	l.mu.Lock()
	pushed, reports, withdrawn, refill := l.pushed, l.reports, l.withdrawn, l.refill
	l.pushed, l.reports, l.withdrawn, l.refill = nil, nil, nil, false
	l.mu.Unlock()
	for _, m := range pushed {
		l.head.Push(m.MessageKey, m.Queue.At, m)
	}
	if refill {
		l.head.More()
	}
	for _, r := range reports {
		delete(l.flight, r.m.MessageKey)
		b.flight = true
		l.settle(b, r)
	}
	for _, w := range withdrawn {
		l.withdrawNow(b, w)
	}
}

func (l *lane) withdrawNow(b *batch, w withdrawal) {
	if _, flying := l.flight[w.key]; flying {
		w.done <- wirechief.Result{Err: wirechief.Refuse(wirechief.Conflict, wirechief.RuleNotCancelable,
			"the message is on its way to carrier %s", l.c.Name())}
		return
	}
	if b.ended == nil {
		b.ended = make(map[wirechief.MessageKey]bool)
	}
	b.ended[w.key] = true
	l.head.Remove(w.key)
	b.add(wirechief.Record{
		Key: w.key, Events: []wirechief.Event{w.event}, Queue: &nowhere, Plan: l.x.follow,
		Only: []wirechief.Status{wirechief.StatusAccepted, wirechief.StatusScheduled},
	}, func(r wirechief.Result) {
		if r.Err == nil {
			l.left()
		}
		w.done <- r
	})
}

// fill reads on from the store when the head runs low.
func (l *lane) fill(ctx context.Context, b *batch) {
	want := l.head.Wants()
	if want == 0 {
		return
	}
	messages, err := l.x.Store.Queued(ctx, l.c.Name(), want)
	if err != nil {
		if ctx.Err() == nil {
			l.x.Log.ErrorContext(ctx, "the queue of a carrier cannot be read", "carrier", l.c.Name(), "error", err)
		}
		return
	}
	whole := len(messages) < want
	items := make([]backlog.Item[wirechief.MessageKey, *wirechief.Message], 0, len(messages))
	for _, m := range messages {
		if !b.ended[m.MessageKey] {
			items = append(items, backlog.Item[wirechief.MessageKey, *wirechief.Message]{Key: m.MessageKey, At: m.Queue.At, Value: m})
		}
	}
	l.head.Refill(whole, items)
	if len(messages) == 0 && len(l.flight) == 0 {
		l.oldest.Store(0)
	} else if len(messages) > 0 {
		l.oldest.Store(messages[0].CreatedAt.UnixNano())
	}
}

// claim takes what is due: up to the carrier's room to be submitted; what has
// outlived its validity to be ended; and what another carrier should have, if
// this one is away, to be moved.
func (l *lane) claim(ctx context.Context, b *batch) {
	room := l.c.Room() - len(l.flight)
	if l.paused.Load() || l.draining.Load() {
		room = 0
	}
	away := l.isAway(b.now)
	for ended := 0; ended < expireMost; {
		it, ok := l.head.Pop(b.now)
		if !ok {
			return
		}
		m := it.Value
		switch {
		case !m.ValidUntil.IsZero() && !b.now.Before(m.ValidUntil):
			ended++
			l.expire(b, m)
		case away && l.elsewhere(m) != "":
			ended++
			l.move(b, m, l.elsewhere(m), wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonUnreachable},
				"carrier "+l.c.Name()+" is not connected")
		case room > 0:
			room--
			b.claimed = append(b.claimed, m)
			b.flight = true
			l.flight[m.MessageKey] = m
		default:
			l.head.Back(m.MessageKey, it.At, m)
			return
		}
	}
	l.wakeUp() // there may be more to end or to move
}

// isAway says whether the carrier has been unable to take anything for long
// enough that messages should go over another.
func (l *lane) isAway(now time.Time) bool {
	if l.c.Room() > 0 && !l.paused.Load() {
		l.downSince = time.Time{}
		return false
	}
	if l.downSince.IsZero() {
		l.downSince = now
	}
	return now.Sub(l.downSince) >= l.x.Failover
}

// elsewhere is the next carrier of the message's route that could take it now.
func (l *lane) elsewhere(m *wirechief.Message) string {
	for _, name := range m.Route {
		if other := l.x.lanes[name]; other != nil && other != l && other.c.Room() > 0 && !other.paused.Load() {
			return name
		}
	}
	return ""
}

// commit makes the round durable. While the store refuses, nothing goes on: the
// reports are kept here and tried again until they are on disk.
func (l *lane) commit(ctx context.Context, b *batch) bool {
	wait := 50 * time.Millisecond
	for {
		results, err := l.x.Store.Apply(ctx, b.commands...)
		if err == nil {
			for i, r := range results {
				if r.Err != nil {
					l.x.Log.ErrorContext(ctx, "a message's record was refused by the store", "carrier", l.c.Name(), "error", r.Err)
				}
				if len(r.Deliveries) > 0 {
					l.x.Deliver.Add(r.Deliveries...)
				}
				if after := b.after[i]; after != nil {
					after(r)
				}
			}
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		l.x.Log.ErrorContext(ctx, "the store takes nothing; trying again", "carrier", l.c.Name(), "in", wait, "error", err)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
		wait = min(2*wait, 2*time.Second)
	}
}

// submit hands a claimed message to the carrier. The report may come on any goroutine.
func (l *lane) submit(ctx context.Context, m *wirechief.Message) {
	s := carrier.Submission{
		Message: m.ID, From: m.From, To: m.To, Text: m.Text, Validity: m.ValidUntil, Receipt: true, Again: wasInDoubt(m),
	}
	for _, item := range m.Media {
		link := l.x.Media.Link(item)
		s.Media = append(s.Media, carrier.Media{URL: link.URL, Type: link.Type, Size: link.Size})
	}
	l.c.Submit(ctx, s, func(o wirechief.Outcome) {
		l.mu.Lock()
		l.reports = append(l.reports, report{m, o})
		l.mu.Unlock()
		l.wakeUp()
	})
}

func wasInDoubt(m *wirechief.Message) bool {
	for i := range m.Events {
		if m.Events[i].Type == wirechief.EventInDoubt {
			return true
		}
	}
	return false
}

// tellQuiet lets idle know that nothing is in flight any more.
func (l *lane) tellQuiet() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.quiet != nil && l.draining.Load() && len(l.flight) == 0 && len(l.reports) == 0 {
		close(l.quiet)
		l.quiet = nil
	}
}

// sleep is how long nothing will happen by itself.
func (l *lane) sleep(ctx context.Context) time.Duration {
	const most = 10 * time.Second
	if l.head.Wants() > 0 && ctx.Err() == nil && l.head.Len() == 0 && l.waiting.Load() > int64(len(l.flight)) {
		return 50 * time.Millisecond // the store could not be read, or is ahead of us
	}
	wait := most
	if at, ok := l.head.Next(); ok {
		if d := at.Sub(l.x.Now()); d > 0 {
			wait = min(wait, d)
		} else if l.c.Room() == 0 {
			wait = min(wait, l.x.Failover) // due, and the carrier is away: look whether to move it
		}
	}
	return wait
}

// laneStats counts what came of the tries, for `wirechief carriers`.
type laneStats struct {
	mu        sync.Mutex
	submitted int64
	failed    int64
	recent    [1000]bool // ring of the last tries: true is a failure
	next      int
	filled    int
	failures  int
	receipt   time.Time
}

func (s *laneStats) count(failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed {
		s.failed++
	} else {
		s.submitted++
	}
	if s.filled == len(s.recent) {
		if s.recent[s.next] {
			s.failures--
		}
	} else {
		s.filled++
	}
	s.recent[s.next] = failed
	if failed {
		s.failures++
	}
	s.next = (s.next + 1) % len(s.recent)
}
