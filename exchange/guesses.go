package exchange

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

// How many wrong logins are free; each further one doubles the wait, during
// which the right one is not taken either: else one could go on guessing.
const (
	freeOfLogin   = 20  // of one login from one address: a client that still has the old secret tries often
	freeOfAddress = 100 // of one address, whatever it shows
	guessFirst    = time.Second
	guessLongest  = time.Minute
	guessRest     = 15 * time.Minute // without one that is wrong, and all is forgotten
	guessesMost   = 20_000           // logins and addresses remembered
)

// guesses counts wrong logins of clients. It costs those that are right an
// atomic load while nobody guesses.
type guesses struct {
	size atomic.Int32 // how many are remembered
	mu   sync.Mutex
	of   map[guessKey]*guess
}

// guessKey is an address, and a login unless it is all of those of the address.
type guessKey struct {
	address string
	login   loginKey
}

type guess struct {
	count int
	last  time.Time
	until time.Time // none is taken before
}

// wait says for how long no login is taken. known says that the address has
// shown a right one of this login last: what others guess there does not keep
// it out.
func (g *guesses) wait(now time.Time, address string, login loginKey, known func() bool) (wait time.Duration) {
	if g.size.Load() == 0 || address == "" {
		return 0
	}
	address = access.AddressKey(address)
	g.mu.Lock()
	defer g.mu.Unlock()
	if e := g.of[guessKey{address, login}]; e != nil {
		wait = max(wait, e.until.Sub(now))
	}
	if e := g.of[guessKey{address: address}]; e != nil && e.until.After(now) && !known() {
		wait = max(wait, e.until.Sub(now))
	}
	return wait
}

// wrong counts a login that was wrong; begins says that with it a burst has begun.
func (g *guesses) wrong(now time.Time, address string, login loginKey) (begins bool) {
	if address == "" {
		return false
	}
	address = access.AddressKey(address)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range []struct {
		key  guessKey
		free int
	}{{guessKey{address, login}, freeOfLogin}, {guessKey{address: address}, freeOfAddress}} {
		e := g.of[l.key]
		if e == nil {
			g.makeRoom(now)
			e = new(guess)
			g.of[l.key] = e
		}
		if now.Sub(e.last) >= guessRest {
			e.count = 0
		}
		e.count++
		e.last = now
		if over := e.count - l.free; over >= 0 {
			e.until = now.Add(min(guessFirst<<min(over, 20), guessLongest))
			begins = begins || over == 0
		}
	}
	g.size.Store(int32(len(g.of)))
	return begins
}

// right forgets the tries of a login, not those of its address: whoever has a
// login of their own could have them forgotten.
func (g *guesses) right(address string, login loginKey) {
	if g.size.Load() == 0 || address == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.of, guessKey{access.AddressKey(address), login})
	g.size.Store(int32(len(g.of)))
}

// makeRoom keeps the memory bounded: what has rested goes first, then what is
// not held back yet; the caller holds mu.
func (g *guesses) makeRoom(now time.Time) {
	if g.of == nil {
		g.of = make(map[guessKey]*guess)
	}
	if len(g.of) < guessesMost {
		return
	}
	for key, e := range g.of {
		if now.Sub(e.last) >= guessRest {
			delete(g.of, key)
		}
	}
	for key, e := range g.of {
		if len(g.of) < guessesMost*3/4 {
			return
		}
		if !e.until.After(now) {
			delete(g.of, key)
		}
	}
	for key := range g.of {
		if len(g.of) < guessesMost {
			return
		}
		delete(g.of, key)
	}
}

// guessed notes that a login was wrong, and where a burst begins, in the audit log.
func (x *Exchange) guessed(ctx context.Context, now time.Time, l Login, key loginKey, tenant string) {
	x.Log.InfoContext(ctx, "a login was refused", "dialect", l.Dialect, "name", inLog(key.name), "address", l.Address)
	if !x.guesses.wrong(now, l.Address, key) {
		return
	}
	x.Log.WarnContext(ctx, "somebody guesses credentials; they have to wait", "dialect", l.Dialect, "name", inLog(key.name), "address", l.Address)
	entry := wirechief.AuditEntry{
		ID: x.IDs.Next(), Tenant: tenant, At: now.UTC(), Who: inLog(key.name), Via: l.Dialect, Address: inLog(l.Address),
		Action: "key.throttled", Subject: inLog(key.name),
	}
	if _, err := x.Store.Apply(context.WithoutCancel(ctx), wirechief.PutAudit{AuditEntry: entry}); err != nil {
		x.Log.WarnContext(ctx, "the audit log could not be written", "action", entry.Action, "error", err)
	}
}

func heldBack(wait time.Duration) error {
	err := wirechief.Refuse(wirechief.Exhausted, wirechief.RuleRate, "too many wrong logins; wait %d seconds", int((wait+time.Second-1)/time.Second))
	err.Op = "authenticate"
	return err
}

// inLog shortens what a stranger shows to what is worth keeping.
func inLog(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.ToValidUTF8(s[:min(len(s), 100)], "")
}
