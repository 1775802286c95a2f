package backlog

import (
	"container/heap"
	"slices"
	"time"
)

// Item is an entry of a head: a value, the key that names it in the store,
// and the instant before which it must not be taken.
type Item[K comparable, V any] struct {
	Key   K
	At    time.Time
	Value V
	seq   uint64 // keeps items of the same instant in order of arrival
}

// Head is the front of a durable queue. The zero value is not ready; use [New].
type Head[K comparable, V any] struct {
	limit   int
	items   items[K, V]
	known   map[K]struct{} // in items or taken
	more    bool           // there may be items on disk that are not known
	horizon time.Time      // those are not due before; zero: nobody knows
	seq     uint64
}

// New makes a head that holds up to limit items in memory, and for a moment a
// quarter more. It assumes that the store may have some already: ask
// [Head.Wants] and refill.
func New[K comparable, V any](limit int) *Head[K, V] {
	return &Head[K, V]{limit: limit, known: make(map[K]struct{}), more: true}
}

// Push offers a freshly committed item. It is remembered if it is due before
// all that is on disk only; otherwise a refill will bring it. What is due last
// makes room for it, so that items for tomorrow never keep out one for now.
func (h *Head[K, V]) Push(key K, at time.Time, v V) {
	if _, ok := h.known[key]; ok {
		return
	}
	if h.more && !at.Before(h.horizon) {
		return
	}
	h.add(key, at, v)
	h.cut()
}

func (h *Head[K, V]) add(key K, at time.Time, v V) {
	h.known[key] = struct{}{}
	h.seq++
	heap.Push(&h.items, Item[K, V]{Key: key, At: at, Value: v, seq: h.seq})
}

// cut leaves to the disk what is due last, once there is too much.
func (h *Head[K, V]) cut() {
	if len(h.items) <= h.limit+h.limit/4 {
		return
	}
	slices.SortFunc(h.items, func(a, b Item[K, V]) int { // a sorted list is a heap
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		if a.seq < b.seq {
			return -1
		}
		return 1
	})
	rest := h.items[h.limit:]
	for i := range rest {
		delete(h.known, rest[i].Key)
	}
	h.beyond(rest[0].At)
	clear(rest)
	h.items = h.items[:h.limit]
}

// beyond notes that there are items on disk only, due at the given instant at
// the earliest.
func (h *Head[K, V]) beyond(at time.Time) {
	if !h.more || at.Before(h.horizon) {
		h.horizon = at
	}
	h.more = true
}

// Pop takes the first item that is due at now. It stays known until Done or Back.
func (h *Head[K, V]) Pop(now time.Time) (Item[K, V], bool) {
	if len(h.items) == 0 || h.items[0].At.After(now) {
		return Item[K, V]{}, false
	}
	return heap.Pop(&h.items).(Item[K, V]), true
}

// Next says when the first item in memory is due.
func (h *Head[K, V]) Next() (time.Time, bool) {
	if len(h.items) == 0 {
		return time.Time{}, false
	}
	return h.items[0].At, true
}

// Done forgets a taken item: it has left the queue in the store too.
func (h *Head[K, V]) Done(key K) { delete(h.known, key) }

// Back returns a taken item that stays in the queue, due at the given instant.
// It may be left to the disk when others are due before it.
func (h *Head[K, V]) Back(key K, at time.Time, v V) {
	delete(h.known, key)
	h.Push(key, at, v)
}

// Return puts a taken item back into the place that it had, as when it turns out
// that nothing can be done with it now.
func (h *Head[K, V]) Return(it Item[K, V]) { heap.Push(&h.items, it) }

// Remove takes an item out that is still waiting here, as when it is
// canceled. It reports false when the item is taken or not known.
func (h *Head[K, V]) Remove(key K) bool {
	for i := range h.items {
		if h.items[i].Key == key {
			heap.Remove(&h.items, i)
			delete(h.known, key)
			return true
		}
	}
	return false
}

// Wants says how many items to read from the front of the queue in the store,
// 0 when no refill is due at now. The count includes those known already, which
// the store will return first. After reading, call [Head.Refill].
func (h *Head[K, V]) Wants(now time.Time) int {
	if !h.more {
		return 0
	}
	// With nothing due here, something may be due there.
	if len(h.items) > h.limit/4 && (!h.items[0].At.After(now) || h.horizon.After(now)) {
		return 0
	}
	return len(h.known) + h.limit
}

// Refill gives the head what the store returned from the front of the queue;
// whole says that this was all of it. An item that was committed after the
// read began must be pushed after this call, or [Head.More] called.
func (h *Head[K, V]) Refill(whole bool, read []Item[K, V]) {
	h.more, h.horizon = !whole, time.Time{}
	if !whole && len(read) > 0 {
		h.horizon = read[len(read)-1].At
	}
	for _, it := range read {
		if _, ok := h.known[it.Key]; !ok {
			h.add(it.Key, it.At, it.Value)
		}
	}
	h.cut()
}

// More says that there may be items on disk that are not known, due at any time.
func (h *Head[K, V]) More() { h.beyond(time.Time{}) }

// Len is how many items wait in memory, taken ones not counted.
func (h *Head[K, V]) Len() int { return len(h.items) }

// items is a heap by instant, then arrival.
type items[K comparable, V any] []Item[K, V]

func (s items[K, V]) Len() int { return len(s) }

func (s items[K, V]) Less(i, j int) bool {
	if !s[i].At.Equal(s[j].At) {
		return s[i].At.Before(s[j].At)
	}
	return s[i].seq < s[j].seq
}

func (s items[K, V]) Swap(i, j int) { s[i], s[j] = s[j], s[i] }

func (s *items[K, V]) Push(x any) { *s = append(*s, x.(Item[K, V])) }

func (s *items[K, V]) Pop() any {
	old := *s
	last := len(old) - 1
	it := old[last]
	old[last] = Item[K, V]{}
	*s = old[:last]
	return it
}
