package session

import (
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// keep watches the clock: requests that are overdue, and the peer's silence.
// All requests have the same time to be answered, so they fall due in the order
// in which they were sent, and one timer serves them all. It never sleeps
// longer than that time, so a request sent meanwhile cannot be missed.
func (s *Session) keep() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var asked time.Duration // when an enquire_link was sent that is not answered; 0: none
	for {
		select {
		case <-s.wake:
			return
		case <-timer.C:
		}
		now := time.Since(s.born)
		next := s.expire(now)
		if every := s.opt.EnquireLink; every > 0 {
			heard := time.Duration(s.heard.Load())
			switch {
			case heard > asked:
				asked = 0
			case asked > 0 && now >= asked+s.opt.ResponseTimeout:
				s.fail(ErrSilent)
				return
			}
			if asked == 0 && now >= heard+every {
				s.enquire()
				asked = max(now, 1)
			}
			if asked == 0 {
				next = min(next, heard+every)
			} else {
				next = min(next, asked+s.opt.ResponseTimeout)
			}
		}
		timer.Reset(next - now)
	}
}

// enquire asks for a sign of life (SMPP 3.4 4.11). Any PDU is one.
func (s *Session) enquire() {
	s.mu.Lock()
	if !s.quiet && !s.closing {
		s.request(entry{command: pdu.EnquireLink}, func(out []byte, sequence uint32) []byte {
			return pdu.AppendHeader(out, pdu.EnquireLink, pdu.OK, sequence)
		})
	}
	s.mu.Unlock()
	s.writable.Signal()
}

// expire tells the callers of overdue requests and gives the instant at which
// the next may be overdue.
func (s *Session) expire(now time.Duration) time.Duration {
	for {
		s.mu.Lock()
		s.order.drop(s.settled)
		sequence, ok := s.order.first()
		if !ok {
			s.mu.Unlock()
			return now + s.opt.ResponseTimeout
		}
		e := s.waiting[sequence]
		if e.due > now {
			s.mu.Unlock()
			return e.due
		}
		s.order.pop()
		e.late = true
		s.waiting[sequence] = e
		s.overdue.drop(func(n uint32) bool { _, ok := s.waiting[n]; return !ok })
		s.overdue.push(sequence)
		if s.overdue.len() > s.opt.Remember {
			delete(s.waiting, s.overdue.pop())
		}
		if e.counts {
			s.used--
		}
		s.mu.Unlock()
		if e.caller != nil {
			e.caller.Answered(e.part, Answer{Err: ErrTimeout, Left: true})
		}
	}
}

// settle tells what became of everything that was outstanding when the
// connection ended, oldest first. Nothing else of the session runs any more.
func (s *Session) settle() {
	for {
		s.mu.Lock()
		s.order.drop(s.settled)
		sequence, ok := s.order.first()
		if !ok {
			clear(s.waiting)
			s.mu.Unlock()
			return
		}
		s.order.pop()
		e := s.waiting[sequence]
		delete(s.waiting, sequence)
		if e.counts {
			s.used--
		}
		left := e.end <= s.left
		s.mu.Unlock()
		if e.caller != nil {
			e.caller.Answered(e.part, Answer{Err: ErrClosed, Left: left})
		}
	}
}

// fifo is a queue of sequence numbers. It may hold numbers that no longer
// matter; drop takes those off its front.
type fifo struct {
	numbers []uint32
	head    int
}

func (f *fifo) len() int { return len(f.numbers) - f.head }

func (f *fifo) push(n uint32) {
	if f.head > 1024 && f.head > len(f.numbers)/2 {
		f.numbers = f.numbers[:copy(f.numbers, f.numbers[f.head:])]
		f.head = 0
	}
	f.numbers = append(f.numbers, n)
}

func (f *fifo) first() (n uint32, ok bool) {
	if f.len() == 0 {
		return 0, false
	}
	return f.numbers[f.head], true
}

func (f *fifo) pop() uint32 {
	n := f.numbers[f.head]
	if f.head++; f.head == len(f.numbers) {
		f.numbers, f.head = f.numbers[:0], 0
	}
	return n
}

// drop pops while gone says so.
func (f *fifo) drop(gone func(uint32) bool) {
	for f.len() > 0 && gone(f.numbers[f.head]) {
		f.pop()
	}
}
