package exchange

import (
	"context"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Number gives a number on the tenant's account. Another's is as unknown.
func (x *Exchange) Number(_ context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if n := x.dir.number(number); n != nil && n.State.Owned() && reach(p, n.Tenant) {
		return *n, nil
	}
	return wirechief.Number{}, notYours("number", number)
}

// NumberByID is Number by the id.
func (x *Exchange) NumberByID(_ context.Context, p wirechief.Principal, id int64) (wirechief.Number, error) {
	if n := x.dir.numberByID(id); n != nil && n.State.Owned() && reach(p, n.Tenant) {
		return *n, nil
	}
	return wirechief.Number{}, &wirechief.Error{Op: "number", Kind: wirechief.NotFound, Field: "id", Message: "there is no number of yours of this id"}
}

// NumberAnyState gives a number of the tenant's in whatever state, reserved and
// aging included.
func (x *Exchange) NumberAnyState(_ context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if n := x.dir.number(number); n != nil && n.State != wirechief.NumberAvailable && reach(p, n.Tenant) {
		return *n, nil
	}
	return wirechief.Number{}, notYours("number", number)
}

// Numbers lists the numbers on the tenant's account, for the operator all.
func (x *Exchange) Numbers(ctx context.Context, p wirechief.Principal) ([]wirechief.Number, error) {
	list, _ := x.FindNumbers(ctx, p, wirechief.NumberFilter{})
	return list, nil
}

// FindNumbers lists the numbers that a filter selects, and says how many there
// are without its limit.
func (x *Exchange) FindNumbers(_ context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int) {
	out := []wirechief.Number{}
	if !own(p, &f.Tenant) {
		return out, 0
	}
	of := x.dir.rolls(f.Tenant)
	list := of.digits
	if f.Newest {
		list = of.newest
	}
	f.Text = strings.ToLower(f.Text)
	plain, total, passed := selectsOwned(&f), 0, 0
	for _, page := range list.pages {
		full := f.Limit > 0 && len(out) == f.Limit
		last := page.numbers[len(page.numbers)-1]
		switch {
		case plain && (full || !f.Newest && f.After >= last.Number):
			total += page.owned
			continue
		case plain && f.After == "" && passed+page.owned <= f.Offset:
			total, passed = total+page.owned, passed+page.owned
			continue
		}
		for _, n := range page.numbers {
			if !selects(&f, n) {
				continue
			}
			total++
			if f.After != "" && n.Number <= f.After {
				continue
			}
			if passed++; passed > f.Offset && (f.Limit <= 0 || len(out) < f.Limit) {
				out = append(out, *n)
			}
		}
	}
	return out, total
}

// EachNumber goes through the numbers that a filter selects without copying
// them, as long as do is true; its limit and offset count for nothing. They
// belong to the core: do must not change them.
func (x *Exchange) EachNumber(_ context.Context, p wirechief.Principal, f wirechief.NumberFilter, do func(*wirechief.Number) bool) {
	if !own(p, &f.Tenant) {
		return
	}
	list := x.dir.rolls(f.Tenant).digits
	f.Text = strings.ToLower(f.Text)
	for _, page := range list.pages {
		for _, n := range page.numbers {
			if selects(&f, n) && !do(n) {
				return
			}
		}
	}
}

// selectsOwned says whether a filter selects all that are on the account.
func selectsOwned(f *wirechief.NumberFilter) bool {
	return len(f.States) == 0 && len(f.Types) == 0 && f.Capabilities == (wirechief.Capabilities{}) &&
		f.Property == "" && f.Campaign == "" && f.Webhook == "" && f.Tag == "" && f.Text == "" && !f.NANP
}

func selects(f *wirechief.NumberFilter, n *wirechief.Number) bool {
	switch {
	case len(f.States) == 0 && !n.State.Owned(), len(f.States) > 0 && !slices.Contains(f.States, n.State):
	case n.State == wirechief.NumberAvailable: // nobody's
	case len(f.Types) > 0 && !slices.Contains(f.Types, n.Type):
	case f.Capabilities.Voice && !n.Capabilities.Voice, f.Capabilities.SMS && !n.Capabilities.SMS,
		f.Capabilities.MMS && !n.Capabilities.MMS, f.Capabilities.Fax && !n.Capabilities.Fax:
	case f.Property != "" && n.Property != f.Property && !(f.Unassigned && n.Property == ""), f.Campaign != "" && n.Campaign != f.Campaign, f.Webhook != "" && n.Webhook != f.Webhook:
	case f.Tag != "" && !slices.Contains(n.Tags, f.Tag):
	case f.NANP && !e164.IsNANP(n.Number):
	case f.Text != "" && !mentions(n, f.Text):
	default:
		return true
	}
	return false
}

// mentions looks for a text, which is in small letters.
func mentions(n *wirechief.Number, text string) bool {
	has := func(s string) bool { return len(s) > 0 && strings.Contains(strings.ToLower(s), text) }
	return strings.Contains(n.Number, text) || has(n.Name) || has(n.Notes) || has(n.Reference) || slices.ContainsFunc(n.Tags, has)
}

// NumberEvents lists what happened to numbers, newest first: to the tenant's
// own, while they were that.
func (x *Exchange) NumberEvents(ctx context.Context, p wirechief.Principal, f wirechief.NumberEventFilter) ([]wirechief.NumberEvent, error) {
	if !own(p, &f.Tenant) {
		return nil, nil
	}
	return x.Store.NumberEvents(ctx, f)
}

// ConfigureNumber changes the settings of a number on the tenant's account.
// change gets the number as it stands and gives the patch to apply; an error of
// its ends the call, and nothing is changed. The answer is the number as it is now.
func (x *Exchange) ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(n wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error) {
	const op = "numbers.configure"
	defer x.buying.lock(number)()
	for {
		old := x.dir.number(number)
		if old == nil || !old.State.Owned() || !reach(p, old.Tenant) {
			return wirechief.Number{}, x.noneOf(op, p, number, old)
		}
		patch, err := change(*old)
		if err != nil {
			return wirechief.Number{}, err
		}
		n := *old
		patch.ApplyTo(&n)
		v, refusal := x.vet(ctx, &n, old)
		if refusal != nil {
			refusal.Op = op
			return wirechief.Number{}, refusal
		}
		if now, done, err := x.configureNumber(ctx, p, v, old, n); done {
			return now, err
		}
	}
}

// configureNumber makes a number what n is, unless it is not what it was in old
// any more: then it is not done.
func (x *Exchange) configureNumber(ctx context.Context, p wirechief.Principal, v *vetted, old *wirechief.Number, n wirechief.Number) (_ wirechief.Number, done bool, _ error) {
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if x.dir.number(n.Number) != old {
		return n, false, nil
	}
	refusal := x.judgeVetted(ctx, v, x.refs(), old, &n)
	if refusal == nil {
		refusal = x.judgeCampaign(old, &n)
	}
	if refusal == nil {
		refusal = x.judgeMessaging(old.Enabled, &n)
	}
	if refusal == nil {
		refusal = x.judgeSenders(old, &n)
	}
	if refusal == nil && n.State == wirechief.NumberInService && x.owesAddress(x.refs(), &n) && !x.owesAddress(x.refs(), old) {
		refusal = wirechief.Refuse(wirechief.Invalid, wirechief.RuleAddress, "%s is in service and needs an address (%s)", n.Number, n.AddressRule)
		refusal.Field = "address"
	}
	if refusal != nil {
		refusal.Op = "numbers.configure"
		return wirechief.Number{}, true, refusal
	}
	s := step{n: &n, event: wirechief.NumberWasChanged, who: p}
	if n.State == wirechief.NumberPending && !x.owesAddress(x.refs(), &n) {
		n.State, s.event = wirechief.NumberInService, wirechief.NumberIsActive
	}
	var changed bool
	if s.detail, changed = changeOf(old, &n); !changed {
		return *old, true, nil
	}
	return n, true, x.take(ctx, s)
}

// judgeMessaging refuses to switch texts on for a tenant that may not send any;
// is says what was on before.
func (x *Exchange) judgeMessaging(is wirechief.Capabilities, n *wirechief.Number) *wirechief.Error {
	if t := x.dir.tenant(n.Tenant); t == nil || t.Messaging {
		return nil
	}
	for _, s := range []struct {
		field    string
		was, now bool
	}{{"sms", is.SMS, n.Enabled.SMS}, {"mms", is.MMS, n.Enabled.MMS}} {
		if s.now && !s.was {
			err := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMessaging, "the messaging service is not enabled for this account")
			err.Field = s.field
			return err
		}
	}
	return nil
}

// judgeSenders refuses to forward texts from a number that is not the tenant's
// own; another's is as unknown.
func (x *Exchange) judgeSenders(old, n *wirechief.Number) *wirechief.Error {
	before := slices.Concat(old.Forwards, old.Fallback)
	for _, f := range slices.Concat(n.Forwards, n.Fallback) {
		if f.Type != wirechief.KindSMS || !e164.IsNumber(f.Sender) || slices.ContainsFunc(before, func(o wirechief.Forward) bool { return o.Type == f.Type && o.Sender == f.Sender }) {
			continue
		}
		if own := x.dir.number(f.Sender); own == nil || !own.State.Owned() || own.Tenant != n.Tenant {
			err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleReference, "%s is not a number of yours", f.Sender)
			err.Field = "forwards.sender"
			return err
		}
	}
	return nil
}
