package exchange

import (
	"context"
	"slices"
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
	inbox
	x         *Exchange
	c         carrier.Carrier
	abilities carrier.Abilities
	paused    atomic.Bool
	draining  atomic.Bool
	waiting   atomic.Int64 // in the queue, on disk and in flight
	later     later        // of them, those whose time has yet to come
	oldest    atomic.Int64 // unix nanoseconds; an estimate for people and metrics
	stats     laneStats

	reportsMu sync.Mutex
	reports   []report
	lates     []late
	quiet     chan struct{} // closed when the lane is idle
	over      bool          // no more reports will come

	// Owned by run:
	head      *backlog.Head[wirechief.MessageKey, *wirechief.Message]
	flight    flight
	doubtful  map[int64]*wirechief.Message      // that wait here or are in flight after an answer did not come in time
	answered  map[wirechief.MessageKey]bool     // of them, those in flight whose answer came after all
	placed    map[wirechief.MessageKey]struct{} // messages that wait for the pace of their number
	batch     batch
	downSince time.Time
	searched  time.Time // when the head was last searched for what can be moved
}

// report is what a carrier said of a submission.
type report struct {
	m       *wirechief.Message
	outcome wirechief.Outcome
}

func newLane(x *Exchange, c carrier.Carrier) *lane {
	return &lane{
		inbox: newInbox(), x: x, c: c, abilities: c.Abilities(),
		head: backlog.New[wirechief.MessageKey, *wirechief.Message](headSize), flight: newFlight(),
		doubtful: make(map[int64]*wirechief.Message), answered: make(map[wirechief.MessageKey]bool),
		placed: make(map[wirechief.MessageKey]struct{}),
	}
}

// push offers a message whose place in this queue is committed. It never blocks.
func (l *lane) push(m *wirechief.Message) {
	l.waiting.Add(1)
	l.later.change(m.Tenant, m.Queue.At, l.x.Now(), 1)
	l.oldest.CompareAndSwap(0, m.CreatedAt.UnixNano())
	l.put(m)
}

func (l *lane) setOldest(at time.Time) {
	if !at.IsZero() {
		l.oldest.Store(at.UnixNano())
	}
}

// drain ends the claiming of further messages.
func (l *lane) drain() {
	l.draining.Store(true)
	l.wakeUp()
}

// idle waits until nothing of a draining lane is in flight, or ctx ends.
func (l *lane) idle(ctx context.Context) { l.quietens(ctx, false) }

// settled waits until what a carrier that has stopped reported is on disk, or
// ctx ends. What it did not report stays in flight.
func (l *lane) settled(ctx context.Context) { l.quietens(ctx, true) }

func (l *lane) quietens(ctx context.Context, over bool) {
	quiet := make(chan struct{})
	l.reportsMu.Lock()
	l.quiet, l.over = quiet, over
	l.reportsMu.Unlock()
	l.wakeUp()
	select {
	case <-quiet:
	case <-ctx.Done():
	}
}

func (l *lane) run(ctx context.Context) {
	defer close(l.ended)
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

// batch is one round's work between taking and committing. Its memory is used
// again by the next round.
type batch struct {
	commands []wirechief.Command
	after    []func(wirechief.Result) // one a command, run after the commit; nil: nothing to do
	events   []wirechief.Event        // of the commands
	claimed  []*wirechief.Message
	now      time.Time
	flight   bool                          // the set in flight changed
	ended    map[wirechief.MessageKey]bool // withdrawn in this round
}

// begin empties a batch.
func (b *batch) begin(now time.Time) {
	clear(b.commands)
	clear(b.after)
	clear(b.events)
	clear(b.claimed)
	*b = batch{commands: b.commands[:0], after: b.after[:0], events: b.events[:0], claimed: b.claimed[:0], now: now}
}

// one is a list of one event, for a command.
func (b *batch) one(e wirechief.Event) []wirechief.Event {
	b.events = append(b.events, e)
	n := len(b.events)
	return b.events[n-1 : n : n]
}

func (b *batch) add(c wirechief.Command, after func(wirechief.Result)) {
	b.commands = append(b.commands, c)
	b.after = append(b.after, after)
}

// round does what there is to do and says how long it may sleep at most.
func (l *lane) round(ctx context.Context) time.Duration {
	b := &l.batch
	b.begin(l.x.Now())
	l.take(ctx, b)
	l.fill(ctx, b)
	l.claim(b)
	if b.flight {
		// The list is ours, and stays as it is until Apply returns.
		b.add(wirechief.SetInFlight{Carrier: l.c.Name(), Messages: l.flight.keys}, nil)
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

// take moves in what has come since the last round. Withdrawals come before
// reports: what a carrier has just given back counts as on its way until it
// waits here again.
func (l *lane) take(ctx context.Context, b *batch) {
	l.mu.Lock()
	pushed, withdrawn, refill := l.pushed, l.withdrawn, l.refill
	l.pushed, l.withdrawn, l.refill = nil, nil, false
	l.mu.Unlock()
	l.reportsMu.Lock()
	reports, lates := l.reports, l.lates
	l.reports, l.lates = nil, nil
	l.reportsMu.Unlock()
	for _, m := range pushed {
		l.head.Push(m.MessageKey, m.Queue.At, lean(m))
	}
	if refill {
		l.head.More()
	}
	for _, w := range withdrawn {
		l.withdrawNow(ctx, b, w)
	}
	// Late answers come before reports: to a copy under way they have to be known.
	for _, a := range lates {
		switch {
		case l.doubtful[a.message] != nil:
			l.settleLate(b, a)
		case slices.ContainsFunc(reports, func(r report) bool { return r.m.ID == a.message }):
			l.putOff(a) // its doubt is settled in this round
		}
	}
	for _, r := range reports {
		l.flight.remove(r.m.MessageKey)
		b.flight = true
		if !l.settleCopy(b, r) {
			l.settle(b, r)
		}
	}
}

// lean drops the history of a message that the lane owns from now on, but for
// what says that the carrier may have it, which the carrier is told. The store
// has all of it.
func lean(m *wirechief.Message) *wirechief.Message {
	var doubts []wirechief.Event
	for i := range m.Events {
		if m.Events[i].Type == wirechief.EventInDoubt || m.Events[i].Detail.Resend {
			doubts = append(doubts, m.Events[i])
		}
	}
	m.Events = doubts
	return m
}

func (l *lane) withdrawNow(ctx context.Context, b *batch, w withdrawal) {
	if l.flight.has(w.key) {
		w.done <- wirechief.Result{Err: wirechief.Refuse(wirechief.Conflict, wirechief.RuleNotCancelable,
			"the message is on its way to carrier %s", l.c.Name())}
		return
	}
	m := l.examine(ctx, l.x.Store, l.c.Name(), w)
	if m == nil {
		return
	}
	until := m.Queue.At
	b.end(w.key)
	l.head.Remove(w.key)
	delete(l.placed, w.key)
	delete(l.doubtful, w.key.ID)
	b.add(wirechief.Record{
		Key: w.key, Message: m, Events: b.one(w.event), Queue: &nowhere, Plan: l.x.follow,
		Only: []wirechief.Status{wirechief.StatusAccepted, wirechief.StatusScheduled},
	}, func(r wirechief.Result) {
		if r.Err == nil {
			l.later.change(m.Tenant, until, b.now, -1)
			l.left()
		}
		w.done <- r
	})
}

// fill reads on from the store when the head runs low.
func (l *lane) fill(ctx context.Context, b *batch) {
	want := l.head.Wants(b.now)
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
	if len(messages) > 0 {
		l.oldest.Store(messages[0].CreatedAt.UnixNano())
	} else if l.flight.len() == 0 {
		l.oldest.Store(0)
	}
	whole := len(messages) < want
	items := make([]backlog.Item[wirechief.MessageKey, *wirechief.Message], 0, len(messages))
	for _, m := range l.unexpected(messages) {
		if !b.ended[m.MessageKey] {
			items = append(items, backlog.Item[wirechief.MessageKey, *wirechief.Message]{Key: m.MessageKey, At: m.Queue.At, Value: lean(m)})
		}
	}
	l.head.Refill(whole, items)
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
		Message: m.ID, From: m.From, To: m.To, Text: m.Text, Validity: m.ValidUntil, Receipt: true, Again: len(m.Events) > 0,
	}
	for _, item := range m.Media {
		link := l.x.Media.Link(item)
		s.Media = append(s.Media, carrier.Media{URL: link.URL, Type: link.Type, Size: link.Size})
	}
	l.c.Submit(ctx, s, func(o wirechief.Outcome) {
		l.reportsMu.Lock()
		l.reports = append(l.reports, report{m, o})
		l.reportsMu.Unlock()
		l.wakeUp()
	})
}

// tellQuiet lets idle know that nothing is in flight any more.
func (l *lane) tellQuiet() {
	l.reportsMu.Lock()
	defer l.reportsMu.Unlock()
	if l.quiet != nil && l.draining.Load() && (l.over || l.flight.len() == 0) && len(l.reports) == 0 {
		close(l.quiet)
		l.quiet = nil
	}
}

// sleep is how long nothing will happen by itself.
func (l *lane) sleep(ctx context.Context) time.Duration {
	const most = 10 * time.Second
	if l.head.Wants(l.x.Now()) > 0 && ctx.Err() == nil && l.head.Len() == 0 && l.waiting.Load() > int64(l.flight.len()) {
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
