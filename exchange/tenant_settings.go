package exchange

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/optout"
	"github.com/wirechief/wirechief/schedule"
)

// retentionMost is how long anything is kept at most, if not for ever.
const retentionMost = 100 * 366 * 24 * time.Hour

// copyOf gives a tenant that can be changed without changing the one kept.
func copyOf(t *wirechief.Tenant) wirechief.Tenant {
	c := *t
	c.OptOutLanguages = slices.Clone(t.OptOutLanguages)
	return c
}

// ConfigureTenant changes settings of the tenant of the principal: name, time
// zone, quiet hours and sending window, opt-out and retention. A person needs
// the right to settings; programs are let in by their scopes before. What costs
// money or answers for the tenant (rates, campaigns, messaging, the agreement,
// what is in doubt) is the operator's, and is changed in the state file.
//
// change gets the tenant as it stands; an error of its ends the call, and
// nothing is changed.
func (x *Exchange) ConfigureTenant(ctx context.Context, p wirechief.Principal, change func(*wirechief.Tenant) error) (wirechief.Tenant, error) {
	const op = "tenant.configure"
	if err := mayOf(p, wirechief.RightSettings); err != nil {
		err.Op = op
		return wirechief.Tenant{}, err
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	old := x.dir.tenant(p.Tenant)
	if old == nil {
		return wirechief.Tenant{}, noTenant(op)
	}
	t := copyOf(old)
	if err := change(&t); err != nil {
		return wirechief.Tenant{}, err
	}
	if err := judgeTenant(&t); err != nil {
		err.Op = op
		return wirechief.Tenant{}, err
	}
	if !p.Operator {
		if field := operators(old, &t); field != "" {
			e := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "%s is the operator's to change, in the state file", field)
			e.Op, e.Field = op, field
			return wirechief.Tenant{}, e
		}
	}
	t.ID = old.ID
	if reflect.DeepEqual(&t, old) {
		return t, nil
	}
	x.Log.InfoContext(ctx, "configured", "kind", wirechief.EntityTenant, "tenant", t.ID, "by", x.by(p))
	return t, x.putEntity(ctx, wirechief.EntityTenant, t.ID, t.ID, t)
}

// mayOf says whether a person has a right. Programs have no role: they go by
// their scopes, which their API asks about.
func mayOf(p wirechief.Principal, right wirechief.Right) *wirechief.Error {
	if p.Role == "" || p.May(right) {
		return nil
	}
	return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "a person with the role %s may not do that; ask somebody with the right to %s", p.Role, right)
}

// operators is the first setting that differs and is the operator's, "" if none.
func operators(old, t *wirechief.Tenant) string {
	for _, s := range []struct {
		field string
		same  bool
	}{
		{"rates", old.Rates == t.Rates},
		{"metered", old.Metered == t.Metered},
		{"require_campaign", old.RequireCampaign == t.RequireCampaign},
		{"messaging", old.Messaging == t.Messaging},
		{"agreement", old.Agreement == t.Agreement},
		{"in_doubt", old.InDoubt == t.InDoubt},
	} {
		if !s.same {
			return s.field
		}
	}
	return ""
}

// judgeTenant looks at the settings that a tenant's own people change.
func judgeTenant(t *wirechief.Tenant) *wirechief.Error {
	if _, err := schedule.Parse(t.QuietHours, t.SendingWindow); err != nil {
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			return e
		}
	}
	if len(t.SendingWindow) > 1000 {
		return wrongSetting("sending_window", "it has more than 1000 characters")
	}
	if err := judgeText("name", t.Name, 255); err != nil {
		return err
	}
	if t.TimeZone != "" {
		if _, err := time.LoadLocation(t.TimeZone); err != nil || t.TimeZone == "Local" {
			return wrongSetting("time_zone", "%q is not a time zone such as America/Los_Angeles", t.TimeZone)
		}
	}
	for i, l := range t.OptOutLanguages {
		if !slices.Contains(optout.Languages(), l) || slices.Contains(t.OptOutLanguages[:i], l) {
			return wrongSetting("opt_out_languages", "%q is not known or there twice; known: %v", l, optout.Languages())
		}
	}
	for _, m := range []struct{ field, text string }{
		{"opt_out_message", t.OptOutMessage}, {"opt_in_message", t.OptInMessage}, {"help_message", t.HelpMessage},
	} {
		if err := judgeText(m.field, m.text, MaxMMSText); err != nil {
			return err
		}
		if optout.Candidate(m.text) != "" {
			return wrongSetting(m.field, "the answer to a word must not be a word itself")
		}
	}
	for _, k := range []struct {
		field string
		keep  time.Duration
	}{
		{"retention.texts", t.Retention.Texts}, {"retention.media", t.Retention.Media}, {"retention.messages", t.Retention.Messages},
	} {
		if k.keep != 0 && (k.keep < 24*time.Hour || k.keep > retentionMost) {
			return wrongSetting(k.field, "what passed through is kept between a day and a hundred years; 0 for ever")
		}
	}
	return nil
}
