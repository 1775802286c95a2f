package backlog_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief/backlog"
)

var t0 = time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)

func at(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second) }

type (
	head = backlog.Head[int, string]
	item = backlog.Item[int, string]
)

// empty is a head whose queue has been read and was empty.
func empty(limit int) *head {
	h := backlog.New[int, string](limit)
	h.Refill(true, nil)
	return h
}

// pop takes all that is due and gives the keys.
func pop(h *head, now time.Time) (keys []int) {
	for {
		it, ok := h.Pop(now)
		if !ok {
			return keys
		}
		keys = append(keys, it.Key)
	}
}

func wantKeys(t *testing.T, got []int, want ...int) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("took %v, want %v", got, want)
	}
}

func TestOrderIsOfTimeThenArrival(t *testing.T) {
	h := empty(10)
	h.Push(3, at(2), "c")
	h.Push(9, at(1), "i")
	h.Push(1, at(1), "a")
	h.Push(7, at(0), "g")
	if next, ok := h.Next(); !ok || !next.Equal(at(0)) {
		t.Errorf("next is %v, %t", next, ok)
	}
	wantKeys(t, pop(h, at(1)), 7, 9, 1)
	wantKeys(t, pop(h, at(1)))
	wantKeys(t, pop(h, at(2)), 3)
	if _, ok := h.Next(); ok || h.Len() != 0 {
		t.Error("there is more")
	}
}

// A new head knows nothing of the disk: it takes nothing before it has read.
func TestNewHeadReadsFirst(t *testing.T) {
	h := backlog.New[int, string](4)
	h.Push(5, at(5), "e") // older ones may be on disk
	if h.Len() != 0 || h.Wants(t0) != 4 {
		t.Fatalf("%d items, wants %d", h.Len(), h.Wants(t0))
	}
	h.Refill(true, []item{{Key: 1, At: at(1)}, {Key: 5, At: at(5)}})
	if h.Wants(t0) != 0 {
		t.Errorf("wants %d of an exhausted disk", h.Wants(t0))
	}
	wantKeys(t, pop(h, at(9)), 1, 5)
}

// What is offered by its commit and by a refill that read it is taken once,
// while it is waiting and while it is taken.
func TestKnownIsTakenOnce(t *testing.T) {
	h := empty(4)
	h.Push(1, at(1), "a")
	h.Push(1, at(1), "a")
	h.Refill(true, []item{{Key: 1, At: at(1)}})
	wantKeys(t, pop(h, at(9)), 1)
	h.Push(1, at(1), "a")
	h.Refill(true, []item{{Key: 1, At: at(1)}})
	wantKeys(t, pop(h, at(9)))
	h.Done(1)
	h.Push(1, at(1), "another life")
	wantKeys(t, pop(h, at(9)), 1)
}

func TestBackWaitsAgain(t *testing.T) {
	h := empty(4)
	h.Push(1, at(0), "a")
	it, _ := h.Pop(at(0))
	h.Back(1, at(5), it.Value+" again")
	wantKeys(t, pop(h, at(4)))
	if it, ok := h.Pop(at(5)); !ok || it.Value != "a again" {
		t.Errorf("%+v, %t", it, ok)
	}
}

// Past the limit items are left to the disk, and come back in order.
func TestFullLeavesToTheDisk(t *testing.T) {
	h := empty(4)
	for key := range 6 {
		h.Push(key, at(key), "")
	}
	if h.Len() != 4 || h.Wants(t0) != 0 {
		t.Fatalf("%d items, wants %d", h.Len(), h.Wants(t0))
	}
	// Older ones wait on disk: this one may not overtake them.
	wantKeys(t, pop(h, at(9)), 0, 1, 2, 3)
	h.Push(6, at(6), "")
	if h.Len() != 0 {
		t.Error("a new item overtook those on disk")
	}
	if want := 4 + 4; h.Wants(t0) != want { // those taken come first
		t.Fatalf("wants %d, want %d", h.Wants(t0), want)
	}
	read := make([]item, 7)
	for key := range read {
		read[key] = item{Key: key, At: at(key)}
	}
	h.Refill(true, read)
	wantKeys(t, pop(h, at(9)), 4, 5, 6)
}

// An item that comes back when there is no room is left to the disk as well.
func TestBackWithoutRoom(t *testing.T) {
	h := empty(2)
	h.Push(1, at(1), "")
	h.Pop(at(1))
	h.Push(2, at(2), "")
	h.Push(3, at(3), "")
	h.Back(1, at(9), "")
	wantKeys(t, pop(h, at(9)), 2, 3)
	h.Done(2)
	h.Done(3)
	if h.Wants(t0) != 2 {
		t.Fatalf("wants %d", h.Wants(t0))
	}
	h.Refill(true, []item{{Key: 1, At: at(9)}})
	wantKeys(t, pop(h, at(9)), 1)
}

// A refill that read all of the queue may still be more than there is room for.
func TestRefillBeyondTheLimit(t *testing.T) {
	h := backlog.New[int, string](2)
	h.Refill(true, []item{{Key: 1, At: at(1)}, {Key: 2, At: at(2)}, {Key: 3, At: at(3)}})
	wantKeys(t, pop(h, at(9)), 1, 2)
	if h.Wants(t0) == 0 {
		t.Error("what there was no room for is forgotten")
	}
}

// Items for tomorrow fill the memory, and those for now pass them all the same:
// pushed, returned, or found by a refill when they were told of in general only.
func TestTomorrowDoesNotKeepOutNow(t *testing.T) {
	h := empty(4)
	for key := range 20 {
		h.Push(key, at(1000+key), "")
	}
	h.Push(100, at(1), "")
	wantKeys(t, pop(h, at(1)), 100)
	h.Back(100, at(2), "")
	wantKeys(t, pop(h, at(2)), 100)
	h.Done(100)
	if h.Wants(at(3)) != 0 {
		t.Error("it wants to read although nothing can be due")
	}
	h.More()
	if h.Wants(at(3)) == 0 {
		t.Fatal("it does not look for what may be due")
	}
	h.Refill(false, []item{{Key: 101, At: at(3)}, {Key: 0, At: at(1000)}})
	wantKeys(t, pop(h, at(3)), 101)
}

func TestRemove(t *testing.T) {
	h := empty(4)
	h.Push(1, at(1), "")
	h.Push(2, at(2), "")
	h.Push(3, at(3), "")
	if !h.Remove(2) || h.Remove(2) || h.Remove(9) {
		t.Error("Remove removes what waits, once")
	}
	h.Pop(at(1))
	if h.Remove(1) {
		t.Error("Remove removed a taken item")
	}
	wantKeys(t, pop(h, at(9)), 3)
}

// queue is a durable queue, as simple as can be.
type queue map[int]time.Time

// front gives the first of the queue, as a store would.
func (q queue) front(limit int) (read []item) {
	for key, at := range q {
		read = append(read, item{Key: key, At: at})
	}
	slices.SortFunc(read, func(a, b item) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
	return read[:min(limit, len(read))]
}

// TestNothingIsLost plays a lane over a queue: items come in any order of
// their times, are taken, finished, returned and withdrawn; some commits are not
// told at once. In the end each has been taken at least once and finished once.
func TestNothingIsLost(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		limit := 1 + r.IntN(8)
		h := backlog.New[int, string](limit)
		disk, taken, finished := queue{}, map[int]bool{}, map[int]bool{}
		now, key := 0, 0
		fail := func(format string, args ...any) {
			t.Fatalf("seed %d: %s", seed, fmt.Sprintf(format, args...))
		}
		step := func() {
			if n := h.Wants(at(now)); n > 0 {
				read := disk.front(n)
				h.Refill(len(read) < n, read)
			}
			if h.Len() > limit+limit/4 {
				fail("%d items in memory, at most %d", h.Len(), limit)
			}
			it, ok := h.Pop(at(now))
			if !ok {
				return
			}
			switch {
			case taken[it.Key]:
				fail("%d is taken twice", it.Key)
			case finished[it.Key]:
				fail("%d is taken after its end", it.Key)
			case it.At.After(at(now)):
				fail("%d is taken before its time", it.Key)
			}
			taken[it.Key] = true
		}
		for range 400 {
			switch r.IntN(6) {
			case 0, 1:
				key++
				due := at(now + r.IntN(20) - 10)
				disk[key] = due
				if r.IntN(5) == 0 {
					h.More() // told in general only
				} else {
					h.Push(key, due, "")
				}
			case 2:
				for _, k := range slices.Sorted(maps.Keys(taken)) {
					delete(taken, k)
					if r.IntN(3) == 0 {
						disk[k] = at(now + r.IntN(10))
						h.Back(k, disk[k], "")
					} else {
						delete(disk, k)
						finished[k] = true
						h.Done(k)
					}
					break
				}
			case 3:
				now++
			case 4:
				if key > 0 {
					if k := 1 + r.IntN(key); h.Remove(k) {
						delete(disk, k)
						finished[k] = true
					}
				}
			case 5:
				step()
			}
		}
		for now = 1000; len(disk) > 0; {
			before := len(disk)
			step()
			for _, k := range slices.Sorted(maps.Keys(taken)) {
				delete(taken, k)
				delete(disk, k)
				finished[k] = true
				h.Done(k)
			}
			if len(disk) == before {
				fail("%d items are never taken: %v", len(disk), disk)
			}
		}
		if len(finished) != key {
			fail("%d of %d are finished", len(finished), key)
		}
	}
}

func BenchmarkPushPop(b *testing.B) {
	h := empty(2048)
	for key := range 2048 {
		h.Push(key, t0, "")
	}
	b.ReportAllocs()
	key := 2048
	for b.Loop() {
		it, _ := h.Pop(t0)
		h.Done(it.Key)
		h.Push(key, t0, "")
		key++
	}
}
