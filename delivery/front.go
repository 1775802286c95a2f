package delivery

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
)

// entry is a delivery in memory.
type entry struct {
	d        *wirechief.Delivery
	due      time.Time // of the next try
	tries    int       // towards the schedule
	attempts int       // on record so far
}

// front is the beginning of a lane's queue. backlog.Head would not do here: it
// keeps what it has read, and a destination that was down for a while has
// thousands of tries hours ahead, which a new event has to pass. So a front
// knows its horizon, up to which it has everything, and lets go of what
// is due last when it grows.
type front struct {
	waiting entries
	known   map[wirechief.DeliveryKey]struct{} // waiting or taken
	more    bool                               // there may be others, on disk only
	horizon time.Time                          // those are not due before; zero: nobody knows
}

func newFront() front {
	return front{known: make(map[wirechief.DeliveryKey]struct{}), more: true}
}

// slack is how much a front may grow past its limit before it is cut.
func slack(limit int) int { return limit / 4 }

// push offers what has been committed. What is beyond the horizon stays on
// disk, and so does, when there are too many, what is due last; it reports
// false if that may be this one.
func (f *front) push(e *entry, limit int) bool {
	if _, ok := f.known[e.d.DeliveryKey]; ok {
		return true
	}
	if f.more && !e.due.Before(f.horizon) {
		return false
	}
	f.add(e)
	if len(f.waiting) > limit+slack(limit) {
		f.cut(limit)
		return false
	}
	return true
}

func (f *front) add(e *entry) {
	f.known[e.d.DeliveryKey] = struct{}{}
	heap.Push(&f.waiting, e)
}

// cut forgets what is due last: it is on disk.
func (f *front) cut(limit int) {
	slices.SortFunc(f.waiting, compare) // a sorted list is a heap
	for _, e := range f.waiting[limit:] {
		delete(f.known, e.d.DeliveryKey)
	}
	at := f.waiting[limit].due
	if !f.more || at.Before(f.horizon) {
		f.horizon = at
	}
	f.more = true
	clear(f.waiting[limit:])
	f.waiting = f.waiting[:limit]
}

// pop takes what is due first, if it is due now. It stays known until forget.
func (f *front) pop(now time.Time) *entry {
	if len(f.waiting) == 0 || f.waiting[0].due.After(now) {
		return nil
	}
	return heap.Pop(&f.waiting).(*entry)
}

// forget ends a taken entry; push may offer it anew.
func (f *front) forget(key wirechief.DeliveryKey) { delete(f.known, key) }

// next is when the first entry is due.
func (f *front) next() (time.Time, bool) {
	if len(f.waiting) == 0 {
		return time.Time{}, false
	}
	return f.waiting[0].due, true
}

// wants says how many to read from the beginning of the queue in the store, 0
// when nothing has to be read now. Those that are known come with them. What
// is on disk only is taken for due when its horizon is not after now.
func (f *front) wants(now time.Time, limit int) int {
	if !f.more {
		return 0
	}
	low := len(f.waiting) <= limit/4
	if !low {
		// With nothing due here, something may be due there.
		low = f.waiting[0].due.After(now) && !f.horizon.After(now)
	}
	if !low {
		return 0
	}
	return len(f.known) + max(limit-len(f.waiting), limit/4, 1)
}

// refill takes what was read; whole says that this was all. skip names what
// the read may have seen in a state that is past.
func (f *front) refill(whole bool, read []*entry, skip map[wirechief.DeliveryKey]struct{}, limit int) {
	f.more = !whole
	f.horizon = time.Time{}
	if !whole && len(read) > 0 {
		f.horizon = read[len(read)-1].d.NextAt
	}
	for _, e := range read {
		if _, ok := f.known[e.d.DeliveryKey]; ok {
			continue
		}
		if _, ok := skip[e.d.DeliveryKey]; ok {
			continue
		}
		f.add(e)
	}
	if len(f.waiting) > limit+slack(limit) {
		f.cut(limit)
	}
}

// entries is a heap by due time, then id.
type entries []*entry

func compare(a, b *entry) int {
	return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.d.ID, b.d.ID))
}

func (s entries) Len() int           { return len(s) }
func (s entries) Less(i, j int) bool { return compare(s[i], s[j]) < 0 }
func (s entries) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *entries) Push(x any)        { *s = append(*s, x.(*entry)) }

func (s *entries) Pop() any {
	old := *s
	last := len(old) - 1
	e := old[last]
	old[last] = nil
	*s = old[:last]
	return e
}
