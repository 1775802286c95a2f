package console

import (
	"strconv"
	"sync"
	"time"
)

// How many live streams are open at once: of one session, which is as many
// pages of one browser, and of one tenant.
const (
	streamsOfSession = 16
	streamsOfTenant  = 1024
)

// streams counts those that are open.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

// begin counts one more, unless there are too many; done counts it off.
func (s *streams) begin(session, tenant string) (done func(), ok bool) {
	session, tenant = "session "+session, "tenant "+tenant
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[session] >= streamsOfSession || s.open[tenant] >= streamsOfTenant {
		return nil, false
	}
	if s.open == nil {
		s.open = make(map[string]int)
	}
	s.open[session]++
	s.open[tenant]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, key := range []string{session, tenant} {
			if s.open[key]--; s.open[key] <= 0 {
				delete(s.open, key)
			}
		}
	}, true
}

// refusals remembers which refused looks the audit log has of this minute, so
// that a page which somebody reloads does not fill it.
type refusals struct {
	mu     sync.Mutex
	minute time.Time
	noted  map[string]bool
}

// refusalsMost bounds what is remembered; beyond it nothing more is noted of
// the minute.
const refusalsMost = 4096

// first says whether this is the first refusal of the person and path in the minute.
func (r *refusals) first(now time.Time, tenant string, agent int64, path string) bool {
	key := tenant + " " + strconv.FormatInt(agent, 10) + " " + path
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := now.Truncate(time.Minute); !m.Equal(r.minute) {
		r.minute, r.noted = m, make(map[string]bool)
	}
	if r.noted[key] || len(r.noted) >= refusalsMost {
		return false
	}
	r.noted[key] = true
	return true
}
