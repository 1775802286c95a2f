package delivery

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// TestFront plays a front over a queue whose entries come in any order of
// their times, are taken, finished and put off. It takes nothing before its
// time and nothing twice, nothing due on disk waits behind what is not due in
// memory, and memory stays bounded.
func TestFront(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		limit := 1 + r.IntN(40)
		f := newFront()
		disk := make(map[int64]time.Time)
		taken := make(map[int64]*entry)
		now, id := t0, int64(0)
		make1 := func(id int64, due time.Time) *entry {
			return &entry{due: due, d: &wirechief.Delivery{DeliveryKey: wirechief.DeliveryKey{ID: id}, NextAt: due}}
		}
		refill := func() {
			want := f.wants(now, limit)
			if want == 0 {
				return
			}
			var read []*entry
			for id, due := range disk {
				read = append(read, make1(id, due))
			}
			slices.SortFunc(read, compare)
			whole := len(read) < want
			f.refill(whole, read[:min(want, len(read))], nil, limit)
		}
		for range 600 {
			switch r.IntN(6) {
			case 0, 1:
				id++
				due := now.Add(time.Duration(r.IntN(40)-10) * time.Second)
				disk[id] = due
				f.push(make1(id, due), limit)
			case 2:
				now = now.Add(time.Duration(r.IntN(5)) * time.Second)
			case 3:
				for id := range taken {
					delete(taken, id)
					f.forget(wirechief.DeliveryKey{ID: id})
					if r.IntN(2) == 0 {
						delete(disk, id)
					} else {
						disk[id] = now.Add(time.Duration(r.IntN(100)) * time.Second)
						f.push(make1(id, disk[id]), limit)
					}
					break
				}
			default:
				refill()
				first, due := int64(0), false
				for id, at := range disk {
					if taken[id] == nil && !at.After(now) && (!due || cmp.Or(at.Compare(disk[first]), cmp.Compare(id, first)) < 0) {
						first, due = id, true
					}
				}
				e := f.pop(now)
				switch {
				case e == nil && due:
					t.Fatalf("seed %d: %d is due and is not taken", seed, first)
				case e != nil && !due:
					t.Fatalf("seed %d: %d is taken before its time, or twice", seed, e.d.ID)
				case e != nil && !e.due.Equal(disk[first]):
					t.Fatalf("seed %d: %d is taken, and %d was due before", seed, e.d.ID, first)
				case e != nil:
					taken[e.d.ID] = e
				}
			}
			if len(f.waiting) > limit+slack(limit)+limit/4+1 {
				t.Fatalf("seed %d: %d in memory at a limit of %d", seed, len(f.waiting), limit)
			}
		}
	}
}
