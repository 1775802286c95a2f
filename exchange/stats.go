package exchange

import (
	"sync"
	"time"
)

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
