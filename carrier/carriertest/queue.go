package carriertest

import (
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// task is something that the SMSC does at an instant: deliver d, or answer p.
type task struct {
	due   time.Duration // since the SMSC was born
	order int64         // of tasks that are due at once, the lower first
	d     *Delivery

	p      *peer
	header pdu.Header
	status pdu.Status
	id     string
	cut    bool
}

func (t *task) before(other *task) bool {
	return t.due < other.due || t.due == other.due && t.order < other.order
}

// tasks is a heap, the earliest on top. It is not a container/heap so that a
// task costs no allocation.
type tasks []task

func (h *tasks) push(t task) {
	*h = append(*h, t)
	s := *h
	for i := len(s) - 1; i > 0; {
		parent := (i - 1) / 2
		if !s[i].before(&s[parent]) {
			return
		}
		s[i], s[parent] = s[parent], s[i]
		i = parent
	}
}

func (h *tasks) pop() task {
	s := *h
	top := s[0]
	last := len(s) - 1
	s[0], s[last] = s[last], task{}
	s = s[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if s[child].before(&s[least]) {
				least = child
			}
		}
		if least == i {
			break
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
	*h = s
	return top
}

// queue is first in, first out.
type queue struct {
	items []*Delivery
	head  int
}

func (q *queue) len() int { return len(q.items) - q.head }

func (q *queue) first() *Delivery { return q.items[q.head] }

func (q *queue) push(d *Delivery) {
	if q.head > 1024 && q.head > len(q.items)/2 {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, d)
}

func (q *queue) pop() {
	q.items[q.head] = nil
	if q.head++; q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
}
