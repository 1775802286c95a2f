package delivery

import (
	"container/heap"
	"time"

	"github.com/wirechief/wirechief"
)

// pool shares slots among lanes. In each class lanes take turns, a try a turn;
// the classes take turns as well, as long as they have not got what they may
// hold together.
type pool struct {
	free int
	held [classes]int
	most [classes]int
	turn class
	// queues have the lanes that could begin a try now.
	queues [classes]queue
}

func newPool(size int) pool {
	p := pool{free: size}
	p.most[quick] = size
	p.most[unknown] = max(size/4, 1)
	p.most[slow] = max(size/2, 1)
	return p
}

// next takes the lane whose turn it is, and says as what it waited.
func (p *pool) next() (*lane, class) {
	if p.free == 0 {
		return nil, 0
	}
	for range classes {
		c := p.turn
		p.turn = (p.turn + 1) % classes
		if p.held[c] < p.most[c] {
			if l := p.queues[c].pop(); l != nil {
				return l, c
			}
		}
	}
	return nil, 0
}

// queue is a list of lanes, first in, first out. A lane that has gone to
// another queue leaves its old ticket behind, which is passed over.
type queue struct {
	tickets []ticket
	first   int
}

type ticket struct {
	l *lane
	n int
}

func (q *queue) push(l *lane) {
	if q.first > 64 && q.first*2 > len(q.tickets) {
		n := copy(q.tickets, q.tickets[q.first:])
		clear(q.tickets[n:])
		q.tickets, q.first = q.tickets[:n], 0
	}
	l.ticket++
	l.queued = true
	q.tickets = append(q.tickets, ticket{l, l.ticket})
}

func (q *queue) pop() *lane {
	for q.first < len(q.tickets) {
		t := q.tickets[q.first]
		q.tickets[q.first] = ticket{}
		q.first++
		if t.n == t.l.ticket && t.l.queued {
			t.l.queued = false
			return t.l
		}
	}
	q.tickets, q.first = q.tickets[:0], 0
	return nil
}

// place puts a lane where it belongs: among those that could begin a try, or
// among the sleepers, or nowhere when something else has to happen first.
func (e *Engine) place(l *lane, now time.Time) {
	if l.queued || e.state != started {
		return
	}
	if l.paused || l.limit == 0 {
		e.sleepers.remove(l)
		return
	}
	if !l.refilling && l.front.wants(now.Add(-e.first), e.roomFor()) > 0 {
		e.askFor(l)
	}
	at, ok := l.front.next()
	if !ok || l.full(e.Window) {
		e.sleepers.remove(l)
		return
	}
	if l.front.more && !l.refilling && l.front.horizon.Before(at) && at.After(now) {
		at = l.front.horizon.Add(e.first) // what is on disk only may be due before
	}
	// The breaker and the rate have the last word: dispatch heeds them, and would
	// put the lane back here again and again, with the lock in its hands.
	if no := l.notBefore(); no.After(at) {
		at = no
	}
	if at.After(now) {
		if e.sleepers.put(l, at) {
			nudge(e.alarm)
		}
		return
	}
	e.sleepers.remove(l)
	e.setClass(l, l.judge(now))
	e.pool.queues[l.class].push(l)
}

// setClass moves a lane, with the slots that it holds, to a class.
func (e *Engine) setClass(l *lane, c class) {
	if l.class == c {
		return
	}
	e.pool.held[l.class] -= len(l.flights)
	l.class = c
	e.pool.held[c] += len(l.flights)
	if l.queued {
		e.pool.queues[c].push(l)
	}
}

// dispatch begins as many tries as there are slots and lanes for them.
func (e *Engine) dispatch(now time.Time) {
	if e.state != started {
		return
	}
	for {
		l, as := e.pool.next()
		if l == nil {
			return
		}
		if l.judge(now) != as {
			e.place(l, now) // waits with its like
			continue
		}
		if l.paused || l.full(e.Window) || l.notBefore().After(now) {
			e.place(l, now)
			continue
		}
		if en := l.front.pop(now); en != nil {
			e.memory--
			e.begin(l, en, now)
		}
		e.place(l, now)
	}
}

// begin starts a try.
func (e *Engine) begin(l *lane, en *entry, now time.Time) {
	f := &flight{l: l, e: en, started: now, doubt: e.doubtful(l, en)}
	l.flights = append(l.flights, f)
	l.unsettled[en.d.DeliveryKey] = f
	l.took(now)
	l.lastUse = now
	e.pool.free--
	e.pool.held[l.class]++
	e.flying++
	go e.try(f)
}

// try makes one try. It is a goroutine of its own; Stop waits for it.
func (e *Engine) try(f *flight) {
	d := f.e.d
	attempt, outcome := e.Senders[d.Kind].Send(e.tries, d, e.profile(d.Profile).Timeout)
	now := e.Now()
	if attempt != nil {
		e.Meter.Attempted(string(d.Kind), attempt.Class, now.Sub(f.started))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.land(f, now)
	came := e.finish(f, attempt, outcome, now)
	e.place(f.l, now)
	e.dispatch(now)
	if came != nil {
		if e.Follow != nil && came.command.Status != wirechief.DeliveryDelivered {
			e.mu.Unlock()
			e.ask(came)
			e.mu.Lock()
		}
		e.finished = append(e.finished, *came)
		nudge(e.commits)
	}
	if e.flying--; e.flying == 0 && e.state == stopping {
		close(e.landed)
	}
}

// land gives the slot of a try back, and learns from how long it was held.
func (e *Engine) land(f *flight, now time.Time) {
	l := f.l
	e.pool.free++
	e.pool.held[l.class]--
	l.landed(f)
	c := quick
	if now.Sub(f.started) >= slowAfter {
		c = slow
	}
	e.setClass(l, c)
}

// tick wakes the lanes whose time has come, and keeps house.
func (e *Engine) tick() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	house := time.NewTicker(housekeep)
	defer house.Stop()
	for {
		select {
		case <-e.life.Done():
			return
		case <-timer.C:
		case <-e.alarm:
		case <-house.C:
			e.tidy()
		}
		e.mu.Lock()
		now := e.Now()
		for {
			l := e.sleepers.due(now)
			if l == nil {
				break
			}
			e.place(l, now)
		}
		e.dispatch(now)
		wait := time.Hour
		if at, ok := e.sleepers.next(); ok {
			wait = max(at.Sub(now), time.Millisecond)
		}
		e.mu.Unlock()
		timer.Reset(wait)
	}
}

// tidy forgets lanes that nothing is known of any more, and lets senders drop
// what they do not use.
func (e *Engine) tidy() {
	for _, t := range e.tidiers() {
		t.Tidy()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.Now()
	for key, l := range e.lanes {
		empty := len(l.front.waiting) == 0 && !l.front.more && len(l.unsettled) == 0
		if empty {
			l.pending, l.diskOldest = 0, time.Time{}
		}
		if empty && !l.paused && !l.queued && !l.refilling && !l.breaker.open && now.Sub(l.lastUse) > idleLane {
			delete(e.lanes, key)
		}
	}
}

// sleepers is a heap of lanes by the instant at which they wake.
type sleepers []*lane

// put sets when a lane wakes. It reports whether the lane is the first now.
func (s *sleepers) put(l *lane, at time.Time) bool {
	if l.index >= 0 && l.wakeAt.Equal(at) {
		return false
	}
	l.wakeAt = at
	if l.index >= 0 {
		heap.Fix(s, l.index)
	} else {
		heap.Push(s, l)
	}
	return l.index == 0
}

func (s *sleepers) remove(l *lane) {
	if l.index >= 0 {
		heap.Remove(s, l.index)
	}
}

// due takes a lane whose time has come.
func (s *sleepers) due(now time.Time) *lane {
	if len(*s) == 0 || (*s)[0].wakeAt.After(now) {
		return nil
	}
	return heap.Pop(s).(*lane)
}

func (s sleepers) next() (time.Time, bool) {
	if len(s) == 0 {
		return time.Time{}, false
	}
	return s[0].wakeAt, true
}

func (s sleepers) Len() int           { return len(s) }
func (s sleepers) Less(i, j int) bool { return s[i].wakeAt.Before(s[j].wakeAt) }

func (s sleepers) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

func (s *sleepers) Push(x any) {
	l := x.(*lane)
	l.index = len(*s)
	*s = append(*s, l)
}

func (s *sleepers) Pop() any {
	old := *s
	last := len(old) - 1
	l := old[last]
	old[last] = nil
	*s = old[:last]
	l.index = -1
	return l
}
