package exchange

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// Release takes a number out of service. It stays in quarantine for a time, in
// which its tenant can have it back as it was.
func (x *Exchange) Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	const op = "numbers.release"
	defer x.buying.lock(number)()
	x.configuring.RLock()
	defer x.configuring.RUnlock()
	n := x.dir.number(number)
	switch {
	case n == nil || !n.State.Owned() || !reach(p, n.Tenant):
		return wirechief.Number{}, x.noneOf(op, p, number, n)
	case n.Protected:
		err := protected(n)
		err.Op = op
		return wirechief.Number{}, err
	case n.State == wirechief.NumberOrdered:
		err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleState, "%s is being ordered; release it when its carrier has answered", number)
		err.Op = op
		return wirechief.Number{}, err
	}
	next := x.quarantined(n)
	return *next, x.take(ctx, step{n: next, event: wirechief.NumberWasReleased, who: p, message: "can be had back until " + next.Until.Format(time.RFC3339)})
}

// quarantined is a number in its quarantine, with all its settings.
func (x *Exchange) quarantined(n *wirechief.Number) *wirechief.Number {
	next := *n
	// Whole seconds, never too few of them; no quarantine is over at once.
	next.State, next.Until = wirechief.NumberAging, x.Now().UTC().Add(x.Aging)
	if x.Aging > 0 {
		next.Until = next.Until.Add(time.Second - 1).Truncate(time.Second)
	}
	return &next
}

func protected(n *wirechief.Number) *wirechief.Error {
	return wirechief.Refuse(wirechief.Conflict, wirechief.RuleProtected, "%s is protected; take the protection off first (protected: false)", n.Number)
}

func notYours(op, number string) *wirechief.Error {
	return &wirechief.Error{Op: op, Kind: wirechief.NotFound, Field: "number", Message: number + " is not a number of yours"}
}

// noneOf is the answer about a number that is none of the caller's. Of one that
// waits to be had back only its own tenant, and the operator, are told that.
func (x *Exchange) noneOf(op string, p wirechief.Principal, number string, n *wirechief.Number) *wirechief.Error {
	err := notYours(op, number)
	if x.canRestore(p, n) {
		err.Message = released(n)
	}
	return err
}

// canRestore says whether the caller can have a number back.
func (x *Exchange) canRestore(p wirechief.Principal, n *wirechief.Number) bool {
	return n != nil && reach(p, n.Tenant) && n.State == wirechief.NumberAging && !over(n, x.Now())
}

func released(n *wirechief.Number) string {
	return n.Number + " is released, and can be had back until " + n.Until.Format(time.RFC3339) + ": restore it"
}

// Restore undoes a release while the quarantine lasts: the number is in
// service again with the settings it had, less those that refer to what is gone.
func (x *Exchange) Restore(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	const op = "numbers.restore"
	defer x.buying.lock(number)()
	x.configuring.Lock() // its campaign may be full by now
	defer x.configuring.Unlock()
	n := x.dir.number(number)
	switch {
	case n != nil && reach(p, n.Tenant) && n.State.Owned():
		err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleState, "%s is on your account already, and was not released", number)
		err.Op, err.Field = op, "number"
		return wirechief.Number{}, err
	case !x.canRestore(p, n):
		return wirechief.Number{}, notYours(op, number)
	}
	next := *n
	next.State, next.Until = wirechief.NumberInService, time.Time{}
	gone := x.dropDangling(x.refs(), &next)
	if x.owesAddress(x.refs(), &next) {
		next.State = wirechief.NumberPending
	}
	return next, x.take(ctx, step{n: &next, event: wirechief.NumberWasRestored, who: p, detail: gone})
}
