package access

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// The first tries are free; each further one that fails doubles the wait.
const (
	freeOfAccount = 5
	freeOfAddress = 20 // an office may be behind one
	firstWait     = 5 * time.Second
	longestWait   = 15 * time.Minute
	forgetAfter   = time.Hour // without a try
	mostTries     = 20_000    // accounts and addresses remembered
)

// throttle counts the tries of accounts and of addresses. A try counts before
// it is known to have failed, so that many at once are no way around it.
type throttle struct {
	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	count int
	last  time.Time
	until time.Time // none is taken before
	told  bool      // that it is throttled, since until was set
}

func newThrottle() *throttle { return &throttle{tries: make(map[string]*tries)} }

// limit is something that tries are counted of.
type limit struct {
	key  string
	free int
}

func ofAccount(email string) limit { return limit{"account " + email, freeOfAccount} }

func ofAddress(address string) limit {
	return limit{"address " + AddressKey(address), freeOfAddress}
}

// AddressKey is the form of an address in which tries are counted: those of
// IPv6 by their /64, because whoever has one address has all of it.
func AddressKey(address string) string {
	if ip, err := netip.ParseAddr(address); err == nil {
		ip = ip.Unmap().WithZone("")
		if address = ip.String(); ip.Is6() {
			if p, err := ip.Prefix(64); err == nil {
				address = p.String()
			}
		}
	}
	return cut(address, 64)
}

// try counts a try, unless one of the limits says to wait: for how long, and
// whether this wait has been told of before.
func (t *throttle) try(now time.Time, limits ...limit) (wait time.Duration, told bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	told = true
	for _, l := range limits {
		if e := t.tries[l.key]; e != nil && now.Before(e.until) {
			wait = max(wait, e.until.Sub(now))
			told, e.told = told && e.told, true
		}
	}
	if wait > 0 {
		return wait, told
	}
	for _, l := range limits {
		e := t.tries[l.key]
		if e == nil {
			t.makeRoom()
			e = new(tries)
			t.tries[l.key] = e
		}
		if now.Sub(e.last) >= forgetAfter {
			e.count = 0
		}
		e.count++
		e.last = now
		if over := e.count - l.free; over >= 0 {
			e.until, e.told = now.Add(waitOf(over)), false
		}
	}
	return 0, false
}

func waitOf(over int) time.Duration {
	return min(firstWait<<min(over, 20), longestWait)
}

// forgive takes a try back that was right.
func (t *throttle) forgive(limits ...limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range limits {
		if e := t.tries[l.key]; e != nil {
			if e.count--; e.count < l.free {
				e.until = time.Time{}
			}
		}
	}
}

// clear lets an account begin anew.
func (t *throttle) clear(account limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, account.key)
}

// forget removes what has rested.
func (t *throttle) forget(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, e := range t.tries {
		if now.Sub(e.last) >= forgetAfter {
			delete(t.tries, key)
		}
	}
}

// makeRoom keeps the memory bounded: those with the fewest tries go first, so
// that a flood of other names does not free one that is under attack.
func (t *throttle) makeRoom() {
	if len(t.tries) < mostTries {
		return
	}
	type candidate struct {
		key string
		*tries
	}
	all := make([]candidate, 0, len(t.tries))
	for key, e := range t.tries {
		all = append(all, candidate{key, e})
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(a.count-b.count, a.last.Compare(b.last))
	})
	for _, c := range all[:mostTries/4] {
		delete(t.tries, c.key)
	}
}
