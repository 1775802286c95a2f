package exchange

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/routing"
)

// Limits of one request.
const (
	MaxMMSText    = 1600 // characters beside pictures
	MaxMedia      = 10   // URLs
	MaxRecipients = 4000
	MaxKey        = 255 // characters of an idempotency key
	maxAhead      = 366 * 24 * time.Hour
)

// judge looks at the properties alone.
func (x *Exchange) judge(r *wirechief.SendRequest, now time.Time) (gsm.Analysis, *wirechief.Error) {
	var a gsm.Analysis
	switch {
	case len(r.To) == 0:
		return a, wirechief.InvalidField("to", "at least one recipient is needed")
	case len(r.To) > MaxRecipients:
		return a, wirechief.InvalidField("to", "%d recipients are too many: at most %d in one request", len(r.To), MaxRecipients)
	case r.Text == "" && len(r.Media) == 0:
		return a, wirechief.InvalidField("text", "there is neither a text nor media")
	case !utf8.ValidString(r.Text) || strings.ContainsRune(r.Text, 0):
		return a, wirechief.InvalidField("text", "the text holds a NUL or is not valid UTF-8")
	case len(r.Media) > MaxMedia:
		return a, wirechief.InvalidField("media", "%d media are too many: at most %d in one message", len(r.Media), MaxMedia)
	case len(r.Media) > 0 && utf8.RuneCountInString(r.Text) > MaxMMSText:
		e := wirechief.InvalidField("text", "the text beside media has more than %d characters", MaxMMSText)
		e.Rule = wirechief.RuleTooLong
		return a, e
	case r.Validity < 0:
		return a, wirechief.InvalidField("validity", "the validity is negative")
	case !r.At.IsZero() && r.At.After(now.Add(maxAhead)):
		return a, wirechief.InvalidField("at", "the time lies more than a year ahead")
	}
	a = gsm.Analyse(r.Text)
	if len(r.Media) == 0 && a.Segments > wirechief.MaxSegments {
		e := wirechief.InvalidField("text", "the text needs %d segments as %s; at most %d are sent (1530 characters of GSM-7, 670 of UCS-2)",
			a.Segments, a.Encoding, wirechief.MaxSegments)
		e.Rule = wirechief.RuleTooLong
		return a, e
	}
	return a, nil
}

// judgeSender asks whether the tenant may send from the number at all.
func (x *Exchange) judgeSender(r *wirechief.SendRequest) (*wirechief.Tenant, *wirechief.Number, *wirechief.Error) {
	tenant, n := x.dir.tenant(r.Tenant), x.dir.number(r.From)
	mms := len(r.Media) > 0
	if n == nil && tenant != nil && isName(r.From) {
		// A name is nobody's number; what follows finds nothing against it.
		n = &wirechief.Number{Number: r.From, Tenant: r.Tenant, State: wirechief.NumberInService, Enabled: wirechief.Capabilities{SMS: true}}
	}
	switch {
	case tenant == nil || n == nil || n.Tenant != r.Tenant || n.State != wirechief.NumberInService:
		return nil, nil, refuseFrom(wirechief.NotFound, wirechief.RuleSender, "%s is not a number of yours in service", r.From)
	case mms && !n.Enabled.MMS:
		return nil, nil, refuseFrom(wirechief.NotFound, wirechief.RuleSender, "%s is not enabled for MMS", r.From)
	case !mms && !n.Enabled.SMS:
		return nil, nil, refuseFrom(wirechief.NotFound, wirechief.RuleSender, "%s is not enabled for SMS", r.From)
	case !tenant.Messaging:
		return nil, nil, wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMessaging, "the messaging service is not enabled for this account")
	}
	return tenant, n, nil
}

// judgeRegistration asks whether the networks would take texts from the
// number: the verification of toll-free ones, the campaign of long codes.
func (x *Exchange) judgeRegistration(ctx context.Context, r *wirechief.SendRequest, tenant *wirechief.Tenant, n *wirechief.Number, now time.Time) error {
	if e164.IsTollFree(r.From) {
		switch n.TollFree {
		case wirechief.Verified:
			return nil
		case wirechief.VerificationPending:
			return x.judgeTollFreeCaps(ctx, n, len(r.To), now)
		case wirechief.VerificationRejected:
			return refuseFrom(wirechief.Conflict, wirechief.RuleTollFree,
				"the toll-free verification of %s was rejected, and the networks would block its texts; have it verified anew, or send from another number", r.From)
		}
		return refuseFrom(wirechief.Conflict, wirechief.RuleTollFree,
			"%s is a toll-free number without verification; have it verified first", r.From)
	}
	if !tenant.RequireCampaign || !e164.IsNANP(r.From) {
		return nil
	}
	switch c := x.dir.campaign(r.Tenant, n.Campaign); {
	case n.Campaign == "":
		return refuseFrom(wirechief.Conflict, wirechief.RuleCampaign,
			"%s is a long code without a campaign; bind it to an approved campaign (Tcr)", r.From)
	case c == nil || !c.Approved:
		return refuseFrom(wirechief.Conflict, wirechief.RuleCampaign, "campaign %s of %s is not approved; wait for its approval, or bind the number to an approved campaign", n.Campaign, r.From)
	case c.Suspended:
		return refuseFrom(wirechief.Conflict, wirechief.RuleCampaign, "campaign %s of %s is suspended; have the suspension lifted, or bind the number to an approved campaign", n.Campaign, r.From)
	}
	return nil
}

// shortOfFunds says whether the request would fail for want of money too: that
// is told before trouble with the registration. It is asked only when there
// is such trouble, for the commit judges funds anyway.
func (x *Exchange) shortOfFunds(ctx context.Context, r *wirechief.SendRequest, tenant *wirechief.Tenant, a gsm.Analysis) error {
	cost := priceOf(r, tenant, a) * wirechief.Money(len(r.To))
	if cost == 0 {
		return nil
	}
	balances, err := x.Store.Balances(ctx)
	if err != nil || balances[tenant.ID] >= cost {
		return nil
	}
	return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "the balance is below %s", cost)
}

// priceOf is what the message to one recipient costs, 0 when the tenant is not metered.
func priceOf(r *wirechief.SendRequest, tenant *wirechief.Tenant, a gsm.Analysis) wirechief.Money {
	switch {
	case !tenant.Metered:
		return 0
	case len(r.Media) > 0:
		return tenant.Rates.MMS
	}
	return tenant.Rates.SMSSegment * wirechief.Money(a.Segments)
}

func refuseFrom(kind wirechief.Kind, rule wirechief.Rule, format string, args ...any) *wirechief.Error {
	e := wirechief.Refuse(kind, rule, format, args...)
	e.Field = "from"
	return e
}

// judgeRecipient asks whether one recipient can be sent to.
func (x *Exchange) judgeRecipient(r *wirechief.SendRequest, to string, mms bool, choice routing.Choice) *wirechief.Error {
	if mms && e164.IsShortCode(to) {
		return wirechief.Refuse(wirechief.Invalid, wirechief.RuleRecipient, "short codes take no MMS")
	}
	if to == r.From {
		return wirechief.Refuse(wirechief.Invalid, wirechief.RuleRecipient, "the recipient is the sender")
	}
	if o, out := x.dir.unwanted(r.Tenant, r.From, to); out && !(r.Excused && saidStop(o)) {
		return refusedBy(&o, r.From, to)
	}
	if x.isBlocked(r.Tenant, to) {
		return refusedAsBlocked(to)
	}
	if len(choice.Carriers) > 0 {
		return nil
	}
	if choice.Incapable && mms {
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMediaCarrier, "no carrier on the route can carry media")
	}
	return wirechief.Refuse(wirechief.NotOffered, wirechief.RuleRoute, "there is no route to %s", to)
}
