package exchange

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
)

// The backlog of a queue is what its carrier is behind with, so what waits for
// its own time, a scheduled text or one that quiet hours hold, is not part of
// it: the night's bulk of one tenant must not keep the texts of all others out.
// That has a limit of its own, for each tenant half of the backlog, so that its
// time finds room for others too.

// later counts what waits in a queue for a minute that has yet to come. What has
// come needs no further care: its minute is forgotten as a whole.
type later struct {
	mu      sync.Mutex
	now     int64                    // the minute that it is
	minutes map[int64]map[string]int // by minute, by tenant
	tenants map[string]int           // of all minutes
	total   int
}

func minuteOf(at time.Time) int64 { return at.Unix() / 60 }

// change counts n messages of a tenant in or out that wait until at.
func (l *later) change(tenant string, at, now time.Time, n int) {
	minute := minuteOf(at)
	if minute <= minuteOf(now) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.come(now)
	if l.minutes == nil {
		l.minutes, l.tenants = make(map[int64]map[string]int), make(map[string]int)
	}
	of := l.minutes[minute]
	if of == nil {
		of = make(map[string]int)
		l.minutes[minute] = of
	}
	n = max(n, -of[tenant])
	if of[tenant] += n; of[tenant] == 0 {
		delete(of, tenant)
	}
	if len(of) == 0 {
		delete(l.minutes, minute)
	}
	l.less(tenant, -n)
}

// come forgets the minutes that have come.
func (l *later) come(now time.Time) {
	minute := minuteOf(now)
	if minute == l.now {
		return
	}
	l.now = minute
	for at, of := range l.minutes {
		if at > minute {
			continue
		}
		for tenant, n := range of {
			l.less(tenant, n)
		}
		delete(l.minutes, at)
	}
}

func (l *later) less(tenant string, n int) {
	l.total -= n
	if l.tenants[tenant] -= n; l.tenants[tenant] == 0 {
		delete(l.tenants, tenant)
	}
}

// count gives how many wait for later: of all, and of one tenant.
func (l *later) count(tenant string, now time.Time) (all, own int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.come(now)
	return l.total, l.tenants[tenant]
}

// roomIn refuses a message for which a queue has no room; what says what waits
// there.
func (x *Exchange) roomIn(waiting *atomic.Int64, l *later, m *wirechief.Message, at, now time.Time, what string) *wirechief.Error {
	n := waiting.Load()
	if n < int64(x.Backlog+1)/2 {
		return nil // whoever they are of, and whenever it is their time
	}
	all, own := l.count(m.Tenant, now)
	switch most := (x.Backlog + 1) / 2; {
	case minuteOf(at) <= minuteOf(now):
		if due := n - int64(all); due >= int64(x.Backlog) {
			return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleBacklog, what+"; try again later", due)
		}
	case own >= most:
		return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleBacklog, "%d messages of yours wait for their time already; try again when some have left", own)
	}
	return nil
}

// loadLater takes over what waits in the queues for its time.
func (x *Exchange) loadLater(list []wirechief.Scheduled, now time.Time) {
	for _, s := range list {
		if s.Lane == wirechief.LaneMedia {
			x.media.later.change(s.Tenant, s.Minute, now, s.Count)
		} else if l := x.lanes[s.Lane]; l != nil {
			l.later.change(s.Tenant, s.Minute, now, s.Count)
		}
	}
}
