package zendesktalk

import (
	"sync"
	"time"
)

// DefaultPerMinute is how many requests a tenant may make a minute: more than
// an account of the vendor's may, since nothing here is short of them.
const DefaultPerMinute = 600_000

// limiter counts the requests of each tenant, minute by minute. It forgets at a
// restart: it is there to keep one client from drowning the others.
type limiter struct {
	most int
	mu   sync.Mutex
	// minute is the one that counts are of, since the epoch.
	minute int64
	counts map[string]int
}

func newLimiter(most int) *limiter {
	if most <= 0 {
		most = DefaultPerMinute
	}
	return &limiter{most: most, counts: make(map[string]int)}
}

// take counts one request and says how many there may be, how many are left and
// in how many seconds counting begins anew.
func (l *limiter) take(tenant string, now time.Time) (most, left, reset int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	second := now.Unix()
	if minute := second / 60; minute != l.minute {
		l.minute = minute
		clear(l.counts)
	}
	if ok = l.counts[tenant] < l.most; ok {
		l.counts[tenant]++
	}
	return l.most, l.most - l.counts[tenant], 60 - int(second%60), ok
}
