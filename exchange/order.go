package exchange

import (
	"context"
	"errors"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Order buys a number for a tenant. When it returns a number, that is the
// tenant's: in service, pending while it owes an address, or ordered while its
// carrier has not said. Of two who order the same number one gets it, and the
// other is told that it is not on offer.
func (x *Exchange) Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error) {
	n, err := x.order(ctx, p, &r)
	if err != nil {
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			e.Op = "numbers.order"
			if r.Token != "" && (e.Rule == wirechief.RuleTaken || e.Rule == wirechief.RuleAlreadyOwned) {
				e.Field = "token"
			}
		}
		return wirechief.Number{}, err
	}
	return *n, nil
}

func (x *Exchange) order(ctx context.Context, p wirechief.Principal, r *wirechief.OrderRequest) (*wirechief.Number, error) {
	if x.dir.tenant(r.Tenant) == nil || !reach(p, r.Tenant) {
		return nil, noTenant("")
	}
	number, reservation, refusal := x.meant(ctx, r)
	if refusal != nil {
		return nil, refusal
	}
	defer x.buying.lock(number)()
	n, err := x.obtain(ctx, r.Tenant, number, reservation)
	if err != nil {
		return nil, err
	}
	// The guard may have to ask a name server: nobody else has to wait for it.
	candidate := *n
	candidate.Enabled = candidate.Capabilities
	r.Settings.ApplyTo(&candidate)
	v, refusal := x.vet(ctx, &candidate, nil)
	if refusal != nil {
		return nil, refusal
	}
	if err := x.place(ctx, p, v, r, n); err != nil {
		return nil, err
	}
	if n.State == wirechief.NumberOrdered {
		// That the client goes away is no reason to leave it open.
		if err := x.confirm(context.WithoutCancel(ctx), number); err != nil {
			return nil, err
		}
	}
	return x.dir.number(number), nil
}

// place writes an order down. What the number refers to cannot go away before
// it is on disk.
func (x *Exchange) place(ctx context.Context, p wirechief.Principal, v *vetted, r *wirechief.OrderRequest, n *wirechief.Number) error {
	defer x.configure(r.Settings.Campaign)()
	if x.dir.tenant(r.Tenant) == nil { // it was there when the order came
		return noTenant("")
	}
	if err := x.settleOrder(ctx, v, r, n); err != nil {
		return err
	}
	s := step{n: n, event: wirechief.NumberIsActive, who: p, message: "bought at " + n.Price.String() + " a month", debit: x.priceOfNumber(r.Tenant, n)}
	if n.State == wirechief.NumberPending {
		s.event, s.message = wirechief.NumberIsOwed, s.message+"; an address is owed ("+string(n.AddressRule)+")"
	}
	if _, sells := x.source(n.Carrier); sells {
		n.State, s.event = wirechief.NumberOrdered, wirechief.NumberWasOrdered
		if s.debit != nil {
			n.Paid = s.debit.Amount
		}
	}
	return x.lost(x.take(ctx, s), n.Number, "number")
}

// configure takes the lock under which what a number refers to stays: with
// others who only read, or alone when it is bound to a campaign, whose numbers
// are counted.
func (x *Exchange) configure(campaign wirechief.Patch[string]) (unlock func()) {
	if tcr, _ := campaign.Value(); tcr != "" {
		x.configuring.Lock()
		return x.configuring.Unlock
	}
	x.configuring.RLock()
	return x.configuring.RUnlock
}

// meant finds out which number an order means.
func (x *Exchange) meant(ctx context.Context, r *wirechief.OrderRequest) (number, reservation string, _ *wirechief.Error) {
	switch {
	case r.Token == "" && r.Number == "":
		return "", "", wirechief.InvalidField("number", "an order needs a number, or the token of one")
	case r.Token == "":
		if !e164.IsNumber(r.Number) {
			return "", "", wirechief.InvalidField("number", "%q is not a number such as +13105550100", r.Number)
		}
		return r.Number, "", nil
	}
	if held, err := x.reservation(ctx, wirechief.Principal{Tenant: r.Tenant}, r.Token); err == nil {
		switch {
		case r.Number == "" && len(held.Numbers) == 1:
			return held.Numbers[0], r.Token, nil
		case r.Number == "":
			return "", "", wirechief.InvalidField("number", "the reservation holds %d numbers; say which one", len(held.Numbers))
		}
		for _, n := range held.Numbers {
			if n == r.Number {
				return n, r.Token, nil
			}
		}
		return "", "", refuseToken("the reservation does not hold %s", r.Number)
	}
	number, err := x.quoted(r.Tenant, r.Token)
	if err == nil && r.Number != "" && r.Number != number {
		err = refuseToken("the token is not of %s", r.Number)
	}
	return number, "", err
}

// settleOrder makes a number the tenant's, as it will be.
func (x *Exchange) settleOrder(ctx context.Context, v *vetted, r *wirechief.OrderRequest, n *wirechief.Number) *wirechief.Error {
	n.Tenant, n.State = r.Tenant, wirechief.NumberInService
	n.Until, n.Reservation = time.Time{}, ""
	n.ActivatedAt = x.Now().UTC().Truncate(time.Second)
	n.Enabled = n.Capabilities
	if t := x.dir.tenant(r.Tenant); t != nil && !t.Messaging {
		n.Enabled.SMS, n.Enabled.MMS = false, false
	}
	texts := n.Enabled
	if n.ID == 0 {
		n.ID = x.IDs.Next()
	}
	if n.Type == wirechief.TypeTollFree && e164.IsNANP(n.Number) {
		n.TollFree = wirechief.Unverified
	}
	n.Property = r.Property
	if n.Property == "" {
		n.Property = x.firstProperty(r.Tenant)
	}
	if r.Defaults != nil {
		defaults := r.Defaults(*n)
		defaults.ApplyTo(n)
	}
	r.Settings.ApplyTo(n)
	if r.Address != 0 {
		n.Address = r.Address
	}
	if n.Address == 0 && r.PickAddress && n.AddressRule.Needed() {
		n.Address = x.fittingAddress(r.Tenant, n)
	}
	if err := x.judgeVetted(ctx, v, x.refs(), nil, n); err != nil {
		return err
	}
	if err := x.judgeCampaign(nil, n); err != nil {
		return err
	}
	if err := x.judgeMessaging(texts, n); err != nil {
		return err
	}
	if x.owesAddress(x.refs(), n) {
		if !r.MayOwe {
			err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleAddress, "%s needs an address (%s); give one in the order", n.Number, n.AddressRule)
			err.Field = "address"
			return err
		}
		n.State = wirechief.NumberPending
	}
	return nil
}

// priceOfNumber is what a metered tenant pays for the first month: its own
// rate, where it has one.
func (x *Exchange) priceOfNumber(tenant string, n *wirechief.Number) *wirechief.Debit {
	t := x.dir.tenant(tenant)
	if t == nil || !t.Metered {
		return nil
	}
	amount := n.Price
	if t.Rates.NumberMonth != 0 {
		amount = t.Rates.NumberMonth
	}
	if amount <= 0 {
		return nil
	}
	return &wirechief.Debit{Tenant: tenant, Amount: amount}
}

// confirm asks the carrier of an ordered number for it. Trouble that may pass
// is no error: the number stays ordered, and is asked for again. The caller
// holds the number's lock; who does not (a state file) may change it meanwhile,
// and what was decided then is decided anew on what it is now.
func (x *Exchange) confirm(ctx context.Context, number string) error {
	n := x.dir.number(number)
	if n == nil || n.State != wirechief.NumberOrdered {
		return nil
	}
	source, ok := x.source(n.Carrier)
	if !ok {
		x.Log.WarnContext(ctx, "a number is ordered from a carrier that does not sell any more; configure it again", "carrier", n.Carrier, "number", number)
		return nil
	}
	asked, cancel := context.WithTimeout(ctx, sourceTime)
	defer cancel()
	answer := source.OrderNumber(asked, number)
	if answer != nil && (asked.Err() != nil || !isRefusal(answer)) {
		x.Log.WarnContext(ctx, "a carrier has not confirmed an order; asking again", "carrier", n.Carrier, "number", number, "error", answer)
		return nil
	}
	var err error
	for range confirmTries {
		s, ok := x.confirmed(number, answer)
		if !ok {
			return nil
		}
		if err = x.take(context.WithoutCancel(ctx), s); wirechief.KindOf(err) != wirechief.Conflict {
			break
		} // else it was changed meanwhile
	}
	if err == nil && answer != nil {
		x.refused(ctx, number)
		return taken(number)
	}
	return err
}

// confirmTries bounds how often a confirmed number is looked at anew because
// somebody was first. What is left then is done by the next sweep.
const confirmTries = 10

// isRefusal says whether a carrier's answer means that the number cannot be
// had, and not just that nobody knows.
func isRefusal(err error) bool {
	switch wirechief.KindOf(err) {
	case wirechief.NotFound, wirechief.Conflict, wirechief.Invalid, wirechief.Forbidden, wirechief.NotOffered:
		return true
	}
	return false
}

// confirmed is what the carrier's answer makes of a number as it stands; false
// when it is not ordered any more.
func (x *Exchange) confirmed(number string, answer error) (step, bool) {
	n := x.dir.number(number)
	if n == nil || n.State != wirechief.NumberOrdered {
		return step{}, false
	}
	if answer != nil {
		s := step{n: vacant(n, wirechief.NumberAvailable), event: wirechief.NumberWasRefused, who: ourselves(), message: "carrier " + n.Carrier + ": " + wirechief.MessageOf(answer)}
		if n.Paid != 0 {
			s.debit = &wirechief.Debit{Tenant: n.Tenant, Amount: -n.Paid} // what it cost is given back
		}
		return s, true
	}
	next := *n
	next.Paid = 0
	s := step{n: &next, event: wirechief.NumberIsActive, who: ourselves(), message: "carrier " + n.Carrier + " has confirmed it"}
	next.State = wirechief.NumberInService
	if x.owesAddress(x.refs(), &next) {
		next.State, s.event = wirechief.NumberPending, wirechief.NumberIsOwed
	}
	return s, true
}
