package exchange

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// ReservationMost is how many numbers one reservation holds at most.
const ReservationMost = 100

// Reserve holds numbers for a tenant: all of them, or none when one cannot be
// had. They are kept until the reservation is extended no more, given up or ordered.
func (x *Exchange) Reserve(ctx context.Context, p wirechief.Principal, numbers []string) (wirechief.Reservation, error) {
	const op = "numbers.reserve"
	numbers = once(numbers)
	switch {
	case p.Tenant == "" || x.dir.tenant(p.Tenant) == nil:
		return wirechief.Reservation{}, noTenant(op)
	case len(numbers) == 0 || len(numbers) > ReservationMost:
		return wirechief.Reservation{}, &wirechief.Error{Op: op, Kind: wirechief.Invalid, Field: "numbers", Message: "a reservation holds 1 to 100 numbers"}
	}
	defer x.buying.lock(p.Tenant)() // one request of a tenant's at a time
	if err := x.mayHold(p.Tenant, numbers); err != nil {
		err.Op = op
		return wirechief.Reservation{}, err
	}
	now := x.Now().UTC()
	r := wirechief.Reservation{Token: x.IDs.Token(), Tenant: p.Tenant, Numbers: slices.Sorted(slices.Values(numbers)), Until: now.Add(x.Reservation)}
	for i, number := range r.Numbers {
		if err := x.reserve(ctx, p, number, &r); err != nil {
			undo := context.WithoutCancel(ctx)
			for _, held := range r.Numbers[:i] {
				err = errors.Join(err, x.unreserve(undo, p, held, r.Token, "another number of the reservation could not be had"))
			}
			if e, ok := errors.AsType[*wirechief.Error](err); ok {
				e.Op = op
			}
			return wirechief.Reservation{}, err
		}
	}
	return r, nil
}

func (x *Exchange) reserve(ctx context.Context, p wirechief.Principal, number string, r *wirechief.Reservation) error {
	defer x.buying.lock(number)()
	if held := x.dir.number(number); held != nil && held.State == wirechief.NumberReserved && held.Tenant == p.Tenant && !over(held, x.Now()) {
		err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleTaken, "%s is in a reservation of yours already; extend that one", number)
		err.Field = "numbers"
		return err
	}
	n, err := x.obtain(ctx, p.Tenant, number, "")
	if err != nil {
		return err
	}
	x.configuring.RLock() // the tenant stays until it is on disk
	defer x.configuring.RUnlock()
	if x.dir.tenant(p.Tenant) == nil {
		return noTenant("numbers.reserve")
	}
	n.State, n.Tenant, n.Until, n.Reservation = wirechief.NumberReserved, p.Tenant, r.Until, r.Token
	return x.lost(x.take(ctx, step{n: n, event: wirechief.NumberWasReserved, who: p, message: "until " + r.Until.Format(time.RFC3339)}), number, "numbers")
}

// obtain gives a number that the tenant may have, as nobody's: one on offer,
// one whose time with another has run out, or the tenant's own under the
// reservation. Whatever else it is, the answer is the same as for a number that
// there is not. The caller holds the number's lock.
func (x *Exchange) obtain(ctx context.Context, tenant, number, reservation string) (*wirechief.Number, error) {
	if err := x.freeHeld(ctx, number); err != nil { // nobody has swept yet
		if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Rule == wirechief.RuleStore {
			return nil, err
		}
		x.Log.WarnContext(ctx, "a number whose time is over could not be freed", "number", number, "error", err)
		return nil, taken(number)
	}
	n := x.dir.number(number)
	switch {
	case n == nil || n.State == wirechief.NumberAvailable:
		o, ok := x.terms(ctx, number)
		if !ok {
			return nil, taken(number)
		}
		fresh := wirechief.Number{Number: o.Number, Carrier: o.Carrier, Type: o.Type, Country: o.Country, Location: o.Location, Price: o.Price, AddressRule: o.Address, Capabilities: o.Capabilities}
		if n != nil {
			fresh.ID, fresh.Rev = n.ID, n.Rev
		}
		return &fresh, nil
	case n.State == wirechief.NumberReserved && n.Tenant == tenant && (reservation == "" || n.Reservation == reservation):
		return vacant(n, wirechief.NumberAvailable), nil
	case n.State.Owned() && n.Tenant == tenant:
		return nil, wirechief.Refuse(wirechief.Conflict, wirechief.RuleAlreadyOwned, "%s is on your account already", number)
	}
	err := taken(number)
	if x.canRestore(wirechief.Principal{Tenant: tenant}, n) {
		err.Message = released(n)
	}
	return nil, err
}

func taken(number string) *wirechief.Error {
	err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleTaken, "%s is not on offer; search again", number)
	err.Field = "number"
	return err
}

// lost turns the store's refusal of a write that another was ahead of into
// what its loser is told.
func (x *Exchange) lost(err error, number, field string) error {
	if wirechief.KindOf(err) == wirechief.Conflict {
		e := taken(number)
		e.Field, e.Err = field, err
		return e
	}
	return err
}

func noTenant(op string) error {
	return &wirechief.Error{Op: op, Kind: wirechief.NotFound, Field: "tenant", Message: "there is no such tenant"}
}

// Reservations lists the reservations of a tenant, the first to run out first.
func (x *Exchange) Reservations(_ context.Context, p wirechief.Principal) []wirechief.Reservation {
	byToken := make(map[string]*wirechief.Reservation)
	out := []wirechief.Reservation{}
	now := x.Now()
	for _, n := range x.dir.unsettled() {
		if n.State != wirechief.NumberReserved || over(n, now) || !(p.Operator && p.Tenant == "" || n.Tenant == p.Tenant) {
			continue
		}
		if byToken[n.Reservation] == nil {
			byToken[n.Reservation] = &wirechief.Reservation{Token: n.Reservation, Tenant: n.Tenant, Until: n.Until}
		}
		byToken[n.Reservation].Numbers = append(byToken[n.Reservation].Numbers, n.Number)
	}
	for _, r := range byToken {
		slices.Sort(r.Numbers)
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b wirechief.Reservation) int {
		if c := a.Until.Compare(b.Until); c != 0 {
			return c
		}
		return strings.Compare(a.Token, b.Token)
	})
	return out
}

// reservation finds what a token of the tenant's holds now.
func (x *Exchange) reservation(ctx context.Context, p wirechief.Principal, token string) (wirechief.Reservation, *wirechief.Error) {
	for _, r := range x.Reservations(ctx, p) {
		if token != "" && r.Token == token {
			return r, nil
		}
	}
	return wirechief.Reservation{}, &wirechief.Error{
		Kind: wirechief.NotFound, Rule: wirechief.RuleToken, Field: "token", Message: "there is no such reservation, or it has run out or been used",
	}
}

// ExtendReservation lets a reservation begin anew: its numbers are held as long
// as if it were made now.
func (x *Exchange) ExtendReservation(ctx context.Context, p wirechief.Principal, token string) (wirechief.Reservation, error) {
	r, err := x.reservation(ctx, p, token)
	if err != nil {
		err.Op = "reservation.extend"
		return r, err
	}
	r.Until = x.Now().UTC().Add(x.Reservation)
	for _, number := range r.Numbers {
		if err := x.extend(ctx, p, number, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (x *Exchange) extend(ctx context.Context, p wirechief.Principal, number string, r *wirechief.Reservation) error {
	defer x.buying.lock(number)()
	n := x.dir.number(number)
	if n == nil || n.Reservation != r.Token || over(n, x.Now()) {
		return taken(number)
	}
	longer := *n
	longer.Until = r.Until
	return x.take(ctx, step{n: &longer, event: wirechief.NumberWasExtended, who: p, message: "until " + r.Until.Format(time.RFC3339)})
}

// CancelReservation gives the numbers of a reservation up: those named, or all.
func (x *Exchange) CancelReservation(ctx context.Context, p wirechief.Principal, token string, numbers ...string) error {
	r, err := x.reservation(ctx, p, token)
	if err != nil {
		err.Op = "reservation.cancel"
		return err
	}
	if len(numbers) == 0 {
		numbers = r.Numbers
	}
	for _, number := range numbers {
		if !slices.Contains(r.Numbers, number) {
			return &wirechief.Error{Op: "reservation.cancel", Kind: wirechief.NotFound, Field: "numbers", Message: number + " is not in this reservation"}
		}
	}
	for _, number := range numbers {
		if err := x.unreserve(ctx, p, number, token, "given up"); err != nil {
			return err
		}
	}
	return nil
}

func (x *Exchange) unreserve(ctx context.Context, p wirechief.Principal, number, token, why string) error {
	defer x.buying.lock(number)()
	n := x.dir.number(number)
	if n == nil || n.State != wirechief.NumberReserved || n.Reservation != token {
		return nil // it has run out or been ordered meanwhile
	}
	return x.take(ctx, step{n: vacant(n, wirechief.NumberAvailable), event: wirechief.NumberWasFreed, who: p, message: why})
}
