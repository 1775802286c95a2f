package exchange

import (
	"maps"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// tenant applies one tenant of the file and everything under it.
func (a *application) tenant(s *state.Tenant) *wirechief.Error {
	old := a.x.dir.tenant(s.ID)
	if s.Absent {
		if old == nil && len(a.x.dir.numbersOf(s.ID)) == 0 {
			return nil
		}
		return a.dropTenant(s.ID, old != nil)
	}
	t := wirechief.Tenant{ID: s.ID, RequireCampaign: true, Messaging: true, Agreement: true}
	var before any
	if old != nil {
		t, before = *old, *old
	}
	set(&t.Name, s.Name)
	if r := s.Rates; r != nil {
		set(&t.Rates.SMSSegment, r.SMSSegment)
		set(&t.Rates.MMS, r.MMS)
		set(&t.Rates.NumberMonth, r.NumberMonth)
	}
	set(&t.RequireCampaign, s.RequireCampaign)
	set(&t.QuietHours, s.QuietHours)
	set(&t.SendingWindow, s.SendingWindow)
	set(&t.TimeZone, s.TimeZone)
	if o := s.OptOut; o != nil {
		set(&t.OptOutReplies, o.Replies)
		set(&t.OptOutLanguages, o.Languages)
		set(&t.OptOutMessage, o.Message)
		set(&t.OptInMessage, o.StartMessage)
		set(&t.HelpMessage, o.HelpMessage)
	}
	if r := s.Retention; r != nil {
		set(&t.Retention.Texts, (*time.Duration)(r.Texts))
		set(&t.Retention.Media, (*time.Duration)(r.Media))
		set(&t.Retention.Messages, (*time.Duration)(r.Messages))
	}
	set(&t.Messaging, s.Messaging)
	set(&t.Agreement, s.Agreement)
	set(&t.InDoubt, s.InDoubt)
	if s.Balance != nil {
		t.Metered = true
	}
	if err := judgeTenant(&t); err != nil {
		err.Message = "tenant " + s.ID + ": " + err.Message
		return err
	}
	a.tenants[s.ID] = &t
	if _, err := a.put(wirechief.EntityTenant, s.ID, s.ID, before, t); err != nil {
		return err
	}
	if err := a.balance(s); err != nil {
		return err
	}
	for _, step := range []func(*state.Tenant) *wirechief.Error{
		a.credentials, a.tenantCampaigns, a.tenantWebhooks, a.endpoints, a.people, a.tenantNumbers,
	} {
		if err := step(s); err != nil {
			return err
		}
	}
	return nil
}

// set changes a value that the file names.
func set[T any](to *T, named *T) {
	if named != nil {
		*to = *named
	}
}

func (a *application) balance(s *state.Tenant) *wirechief.Error {
	if s.Balance == nil || a.again { // it is spent from already
		return nil
	}
	if a.balances == nil {
		var err error
		if a.balances, err = a.x.Store.Balances(a.ctx); err != nil {
			return storeError(err)
		}
	}
	old, known := a.balances[s.ID]
	if known && old == *s.Balance {
		return nil
	}
	action := "update"
	if !known {
		action = "create"
	}
	a.note(action, "balance", s.ID, s.ID, s.Balance.String())
	a.add(wirechief.SetBalance{Tenant: s.ID, Balance: *s.Balance}, nil)
	return nil
}

// storeError gives an error of the store as the type that Apply works with.
func storeError(err error) *wirechief.Error {
	return &wirechief.Error{Kind: wirechief.KindOf(err), Rule: wirechief.RuleStore, Message: wirechief.MessageOf(err), Err: err}
}

// dropTenant removes a tenant, everything configured for it, and its numbers
// from service. Its messages stay as they are: they are a record.
func (a *application) dropTenant(id string, there bool) *wirechief.Error {
	for _, n := range a.x.dir.numbersOf(id) {
		if n = a.number(n.Number); n.Tenant != id {
			continue // the file has given it to somebody else
		}
		s := step{n: vacant(n, wirechief.NumberAging), event: wirechief.NumberWasReleased, message: "its tenant is gone"}
		s.n.Until = a.now.Add(a.x.Aging) // but there is nobody who could have it back
		switch {
		case n.State.Owned() && n.Protected:
			return protected(n)
		case n.State.Owned():
			a.note("delete", "number", id, n.Number, "released")
		case n.State == wirechief.NumberReserved: // it has never been in service
			s.n.State, s.n.Until, s.event = wirechief.NumberAvailable, zeroTime, wirechief.NumberWasFreed
		}
		a.step(s)
	}
	if !there {
		return nil
	}
	for _, e := range a.x.dir.entitiesOf(id) {
		if e.Kind == wirechief.EntityCredential {
			a.dropped[id+"/"+e.Key] = true
		}
		a.dropSilently(e.Kind, id, e.Key)
	}
	a.tenants[id] = nil
	a.drop(wirechief.EntityTenant, id, id)
	return nil
}

func (a *application) tenantCampaigns(s *state.Tenant) *wirechief.Error {
	for i := range s.Campaigns {
		c := &s.Campaigns[i]
		old := a.x.dir.campaign(s.ID, c.TCR)
		key := named{s.ID, c.TCR}
		if c.Absent {
			a.campaigns[key] = nil
			if old != nil {
				a.drop(wirechief.EntityCampaign, s.ID, c.TCR)
			}
			a.unbind(s.ID, func(n *wirechief.Number) *string { return &n.Campaign }, c.TCR)
			continue
		}
		v := wirechief.Campaign{TCR: c.TCR}
		var before any
		if old != nil {
			v, before = *old, *old
		}
		set(&v.Brand, c.Brand)
		if c.Approved != nil {
			v.Approved = *c.Approved
		}
		switch {
		case !v.Approved:
			v.ApprovedAt = zeroTime
		case v.ApprovedAt.IsZero():
			v.ApprovedAt = a.now
		}
		a.campaigns[key] = &v
		if _, err := a.put(wirechief.EntityCampaign, s.ID, c.TCR, before, v); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) tenantWebhooks(s *state.Tenant) *wirechief.Error {
	for i := range s.Webhooks {
		w := &s.Webhooks[i]
		old := a.x.dir.webhook(s.ID, w.Name)
		key := named{s.ID, w.Name}
		if w.Absent {
			a.webhooks[key] = nil
			if old != nil {
				a.drop(wirechief.EntityWebhook, s.ID, w.Name)
			}
			a.unbind(s.ID, func(n *wirechief.Number) *string { return &n.Webhook }, w.Name)
			continue
		}
		v := wirechief.Webhook{Name: w.Name, Method: MethodPOST}
		var before any
		if old != nil {
			v, before = *old, *old
		}
		set(&v.Description, w.Description)
		set(&v.URL, w.URL)
		set(&v.DLR, w.DLR)
		set(&v.Method, w.Method)
		set(&v.Encoding, w.Encoding)
		if old == nil || v != *old {
			v.ModifiedAt = a.now
			if err := a.x.judgeWebhook(a.ctx, nil, &v); err != nil {
				err.Message = "webhook " + w.Name + ": " + err.Message
				return err
			}
		}
		a.webhooks[key] = &v
		if _, err := a.put(wirechief.EntityWebhook, s.ID, w.Name, before, v); err != nil {
			return err
		}
	}
	return nil
}

// unbind takes a name that is being removed off the numbers that have it.
func (a *application) unbind(tenant string, field func(*wirechief.Number) *string, name string) {
	for _, n := range a.x.dir.numbersOf(tenant) {
		if n = a.number(n.Number); n.Tenant != tenant || *field(n) != name {
			continue
		}
		changed := *n
		*field(&changed) = ""
		a.putNumber(&changed)
	}
}

// webhook and campaign are as they will be.
func (a *application) webhook(tenant, name string) *wirechief.Webhook {
	if w, ok := a.webhooks[named{tenant, name}]; ok {
		return w
	}
	return a.x.dir.webhook(tenant, name)
}

func (a *application) campaign(tenant, tcr string) *wirechief.Campaign {
	if c, ok := a.campaigns[named{tenant, tcr}]; ok {
		return c
	}
	return a.x.dir.campaign(tenant, tcr)
}

// sortedKeys gives the keys of both maps in order, each once.
func sortedKeys[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
