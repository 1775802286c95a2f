package exchange

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// The shelves, one a kind. Each method is quick: a shelf is a view.

// Properties are the projects of a tenant; the key is the SID.
func (x *Exchange) Properties() Shelf[wirechief.Property] {
	return shelf[wirechief.Property]{x, kind[wirechief.Property]{
		entity: wirechief.EntityProperty,
		key:    func(p *wirechief.Property) string { return p.SID },
		fresh: func(x *Exchange, tenant string, p *wirechief.Property, now time.Time) {
			p.SID, p.CreatedAt = wirechief.SID('S', tenant, x.IDs.Next()), now
		},
		judge: func(_ context.Context, _ *Exchange, _ string, _, p *wirechief.Property) *wirechief.Error {
			if err := judgeText("name", p.Name, maxName); err != nil || p.Name == "" {
				return orNeeded(err, "name")
			}
			if err := judgeText("main_domain", p.MainDomain, maxName); err != nil {
				return err
			}
			return judgeText("time_zone", p.TimeZone, maxTag)
		},
	}}
}

// Addresses are those of a tenant.
func (x *Exchange) Addresses() Shelf[wirechief.Address] {
	return shelf[wirechief.Address]{x, kind[wirechief.Address]{
		entity: wirechief.EntityAddress,
		key:    func(a *wirechief.Address) string { return id10(a.ID) },
		fresh: func(x *Exchange, _ string, a *wirechief.Address, now time.Time) {
			a.ID, a.CreatedAt = x.IDs.Next(), now
		},
		judge: judgeAddress,
	}}
}

func judgeAddress(_ context.Context, x *Exchange, tenant string, old, a *wirechief.Address) *wirechief.Error {
	for _, t := range []struct{ field, text string }{
		{"name", a.Name},
		{"reference", a.Reference},
		{"street", a.Street},
		{"street2", a.Street2},
		{"city", a.City},
		{"province", a.Province},
		{"state", a.State},
		{"zip", a.Zip},
	} {
		if err := judgeText(t.field, t.text, maxName); err != nil {
			return err
		}
	}
	switch {
	case a.Street == "":
		return wrongSetting("street", "an address needs a street")
	case a.City == "":
		return wrongSetting("city", "an address needs a city")
	case !e164.IsCountry(a.Country):
		return wrongSetting("country", "%q is not a country of two capitals, such as US", a.Country)
	case old == nil || old.Country == a.Country:
		return nil
	}
	for _, n := range x.dir.numbersOf(tenant) {
		if n.State == wirechief.NumberInService && n.Address == a.ID && n.AddressRule.Needed() && !n.AddressRule.Fits(a.Country, n.Country) {
			err := inUse(wirechief.EntityAddress, "number "+n.Number+" could not have it in this country")
			err.Field, err.Message = "country", "number "+n.Number+" could not have this address in "+a.Country
			return err
		}
	}
	return nil
}

// Agents are the people of a tenant. Owners are made, changed and removed by
// those only who may ([wirechief.RightOwners]), and one of them stays.
func (x *Exchange) Agents() Shelf[wirechief.Agent] { return team{x.agents(), x} }

func (x *Exchange) agents() shelf[wirechief.Agent] {
	return shelf[wirechief.Agent]{x, kind[wirechief.Agent]{
		entity: wirechief.EntityAgent,
		key:    func(a *wirechief.Agent) string { return id10(a.ID) },
		fresh:  func(x *Exchange, _ string, a *wirechief.Agent, _ time.Time) { a.ID = x.IDs.Next() },
		judge: func(_ context.Context, x *Exchange, _ string, old, a *wirechief.Agent) *wirechief.Error {
			switch {
			case a.Email != "" && !wirechief.IsMailAddress(a.Email):
				return wrongSetting("email", "%q is not a mail address", a.Email)
			case !slices.Contains([]string{"", "owner", "admin", "agent", "viewer", "api"}, a.Role):
				return wrongSetting("role", "%q is not a role: owner, admin, agent, viewer or api", a.Role)
			case !slices.Contains([]string{"", "online", "offline", "away", "transfers_only"}, a.State):
				return wrongSetting("state", "%q is not a state: online, offline, away or transfers_only", a.State)
			case !slices.Contains([]string{"", "client", "phone"}, a.Via):
				return wrongSetting("via", "%q is not a way: client or phone", a.Via)
			}
			if err := judgeEndpoint("phone", a.Phone, ""); err != nil {
				return err
			}
			if old != nil && old.State != a.State || old == nil && a.State != "" {
				now := x.Now().UTC().Truncate(time.Second)
				if old != nil {
					a.Presence = old.PresenceAt(now)
				}
				a.StateAt = now
			}
			return judgeText("name", a.Name, maxName)
		},
	}}
}

// Groups are the teams of a tenant.
func (x *Exchange) Groups() Shelf[wirechief.Group] {
	return shelf[wirechief.Group]{x, kind[wirechief.Group]{
		entity: wirechief.EntityGroup,
		key:    func(g *wirechief.Group) string { return id10(g.ID) },
		fresh: func(x *Exchange, _ string, g *wirechief.Group, now time.Time) {
			g.ID, g.CreatedAt = x.IDs.Next(), now
		},
		touch: func(g *wirechief.Group, now time.Time) { g.UpdatedAt = now },
		judge: func(_ context.Context, _ *Exchange, _ string, _, g *wirechief.Group) *wirechief.Error {
			for _, mail := range g.Agents {
				if !wirechief.IsMailAddress(mail) {
					return wrongSetting("agents", "%q is not a mail address", mail)
				}
			}
			if err := judgeText("description", g.Description, maxNotes); err != nil {
				return err
			}
			return orNeeded(judgeText("name", g.Name, maxName), needed("name", g.Name))
		},
		used: func(x *Exchange, tenant string, g *wirechief.Group) *wirechief.Error {
			if err := x.usedByIVRs(tenant, wirechief.EntityGroup, func(m *wirechief.IVRMenu) bool {
				return slices.ContainsFunc(m.Routes, func(r wirechief.IVRRoute) bool { return slices.Contains(r.Groups, g.ID) })
			}); err != nil {
				return err
			}
			if voice, err := x.AccountVoice().Get(context.Background(), tenant, "voice"); err == nil && slices.Contains(voice.KnowledgeGroups, g.ID) {
				return inUse(wirechief.EntityGroup, "the settings of calls of the account name it; take it off there first")
			}
			return x.usedByLines(tenant, wirechief.EntityGroup, func(l *wirechief.DigitalLine) bool {
				return l.DefaultGroup == g.ID || slices.Contains(l.Groups, g.ID)
			})
		},
	}}
}

// Brands are the names under which a tenant appears.
func (x *Exchange) Brands() Shelf[wirechief.Brand] {
	return shelf[wirechief.Brand]{x, kind[wirechief.Brand]{
		entity: wirechief.EntityBrand,
		key:    func(b *wirechief.Brand) string { return id10(b.ID) },
		fresh: func(x *Exchange, _ string, b *wirechief.Brand, now time.Time) {
			b.ID, b.CreatedAt = x.IDs.Next(), now
		},
		touch: func(b *wirechief.Brand, now time.Time) { b.UpdatedAt = now },
		judge: func(_ context.Context, _ *Exchange, _ string, _, b *wirechief.Brand) *wirechief.Error {
			return orNeeded(judgeText("name", b.Name, maxName), needed("name", b.Name))
		},
		used: func(x *Exchange, tenant string, b *wirechief.Brand) *wirechief.Error {
			return x.usedByLines(tenant, wirechief.EntityBrand, func(l *wirechief.DigitalLine) bool { return l.Brand == b.ID })
		},
	}}
}

// Schedules are when a tenant is open.
func (x *Exchange) Schedules() Shelf[wirechief.Schedule] {
	return shelf[wirechief.Schedule]{x, kind[wirechief.Schedule]{
		entity: wirechief.EntitySchedule,
		key:    func(s *wirechief.Schedule) string { return id10(s.ID) },
		fresh: func(x *Exchange, _ string, s *wirechief.Schedule, now time.Time) {
			s.ID, s.CreatedAt = x.IDs.Next(), now
		},
		touch: func(s *wirechief.Schedule, now time.Time) { s.UpdatedAt = now },
		judge: func(_ context.Context, _ *Exchange, _ string, _, s *wirechief.Schedule) *wirechief.Error {
			if !isZone(s.TimeZone) {
				return wrongSetting("time_zone", "%q is not a time zone such as America/Los_Angeles", s.TimeZone)
			}
			for _, i := range s.Intervals {
				if i.StartTime < 0 || i.EndTime > 7*24*60 || i.StartTime >= i.EndTime {
					return wrongSetting("intervals", "%d to %d is no time of the week: minutes since Sunday 00:00, 0 to 10080", i.StartTime, i.EndTime)
				}
			}
			for _, h := range s.Holidays {
				if err := judgeText("holidays", h.Name, maxName); err != nil {
					return err
				}
				if err := h.Judge(); err != nil {
					return wrongSetting("holidays", "%s", err.Message)
				}
			}
			return orNeeded(judgeText("name", s.Name, maxName), needed("name", s.Name))
		},
		used: func(x *Exchange, tenant string, s *wirechief.Schedule) *wirechief.Error {
			return x.usedByLines(tenant, wirechief.EntitySchedule, func(l *wirechief.DigitalLine) bool { return l.Schedule == s.ID })
		},
	}}
}

// Flows are the graphs of a tenant's calls; each change counts their revision.
// They are made by the state file.
func (x *Exchange) Flows() Shelf[wirechief.Flow] {
	return shelf[wirechief.Flow]{x, kind[wirechief.Flow]{
		entity: wirechief.EntityFlow,
		key:    func(f *wirechief.Flow) string { return f.ID },
		fresh: func(x *Exchange, _ string, f *wirechief.Flow, _ time.Time) {
			f.ID = strconv.FormatInt(x.IDs.Next(), 10)
		},
		touch: func(f *wirechief.Flow, now time.Time) { f.Revision, f.UpdatedAt = f.Revision+1, now },
		judge: func(_ context.Context, x *Exchange, tenant string, old, f *wirechief.Flow) *wirechief.Error {
			if err := orNeeded(judgeText("name", f.Name, maxName), needed("name", f.Name)); err != nil {
				return err
			}
			if f.Property != "" && (old == nil || old.Property != f.Property) && x.dir.other(tenant, wirechief.EntityProperty, f.Property) == nil {
				return missing("property", "there is no property %q", f.Property)
			}
			return refusedFlow(x.judgeFlow(x.refs(), tenant, goThrough(x.dir.numbersOf(tenant), tenant, f.ID), f))
		},
	}}
}

// Greetings are the recordings of a tenant's own.
func (x *Exchange) Greetings() Shelf[wirechief.Greeting] {
	return shelf[wirechief.Greeting]{x, kind[wirechief.Greeting]{
		entity: wirechief.EntityGreeting,
		most:   1000,
		key:    func(g *wirechief.Greeting) string { return id10(g.ID) },
		fresh: func(x *Exchange, _ string, g *wirechief.Greeting, now time.Time) {
			g.ID, g.CreatedAt = x.IDs.Next(), now
		},
		judge: func(_ context.Context, _ *Exchange, _ string, old, g *wirechief.Greeting) *wirechief.Error {
			switch {
			case g.Category < 1 || g.Category > len(wirechief.GreetingCategories()):
				return wrongSetting("category", "%d is not a category: 1 to %d", g.Category, len(wirechief.GreetingCategories()))
			case old != nil && old.Category != g.Category:
				return wrongSetting("category", "the category of a greeting is for good")
			}
			return orNeeded(judgeText("name", g.Name, maxName), needed("name", g.Name))
		},
		used: func(x *Exchange, tenant string, g *wirechief.Greeting) *wirechief.Error {
			id := id10(g.ID)
			if err := x.usedByIVRs(tenant, wirechief.EntityGreeting, func(m *wirechief.IVRMenu) bool {
				return m.Greeting == id || slices.ContainsFunc(m.Routes, func(r wirechief.IVRRoute) bool { return r.Greeting == id })
			}); err != nil {
				return err
			}
			return x.usedByLines(tenant, wirechief.EntityGreeting, func(l *wirechief.DigitalLine) bool { return slices.Contains(l.Greetings, g.ID) })
		},
	}}
}

// DigitalLines are lines without numbers.
func (x *Exchange) DigitalLines() Shelf[wirechief.DigitalLine] {
	return shelf[wirechief.DigitalLine]{x, kind[wirechief.DigitalLine]{
		entity: wirechief.EntityLine,
		key:    func(l *wirechief.DigitalLine) string { return id10(l.ID) },
		fresh: func(x *Exchange, tenant string, l *wirechief.DigitalLine, now time.Time) {
			l.ID, l.CreatedAt = x.IDs.Next(), now
			l.LineID = hex.EncodeToString(digest(tenant, l.ID)[:16])
		},
		judge: func(_ context.Context, x *Exchange, tenant string, old, l *wirechief.DigitalLine) *wirechief.Error {
			if err := judgeText("name", l.Name, maxName); err != nil {
				return err
			}
			// A line refers to what a number refers to: the same rules hold.
			as := func(l *wirechief.DigitalLine) *wirechief.Number {
				if l == nil {
					return nil
				}
				return &wirechief.Number{
					Tenant: tenant, Brand: l.Brand, Groups: l.Groups, DefaultGroup: l.DefaultGroup, Priority: l.Priority,
					Voice: wirechief.Voice{Schedule: l.Schedule, Greetings: l.Greetings, Recording: l.Recording, Consent: l.Consent},
				}
			}
			n := as(l)
			if err := judgeVoice(n); err != nil {
				return err
			}
			if o := x.dir.number(l.OutboundNumber); l.OutboundNumber != "" && (old == nil || old.OutboundNumber != l.OutboundNumber) &&
				(o == nil || o.Tenant != tenant || !o.State.Owned()) {
				return missing("outbound_number", "%q is not a number of yours", l.OutboundNumber)
			}
			return x.judgeReferences(x.refs(), as(old), n)
		},
	}}
}

// AccountVoice are the settings of calls of a tenant as a whole; the key is
// always "voice".
func (x *Exchange) AccountVoice() Shelf[wirechief.AccountVoice] {
	return shelf[wirechief.AccountVoice]{x, kind[wirechief.AccountVoice]{
		entity: wirechief.EntityVoice,
		single: "voice",
		key:    func(*wirechief.AccountVoice) string { return "voice" },
		fresh: func(_ *Exchange, _ string, a *wirechief.AccountVoice, _ time.Time) {
			*a = DefaultAccountVoice()
		},
		judge: func(_ context.Context, x *Exchange, tenant string, old, a *wirechief.AccountVoice) *wirechief.Error {
			if old == nil {
				old = new(wirechief.AccountVoice)
			}
			switch {
			case !slices.Contains(QueueSizes(), a.QueueSize):
				return wrongSetting("queue_size", "%d is not one of %s", a.QueueSize, list(QueueSizes()))
			case !slices.Contains(QueueMinutes(), a.QueueMinutes):
				return wrongSetting("queue_minutes", "%d is not one of %s", a.QueueMinutes, list(QueueMinutes()))
			}
			for _, id := range a.KnowledgeGroups {
				if !slices.Contains(old.KnowledgeGroups, id) && x.dir.other(tenant, wirechief.EntityGroup, id10(id)) == nil {
					return missing("knowledge_groups", "there is no group %d", id)
				}
			}
			for _, lines := range []struct {
				field    string
				old, new []int64
			}{{"ai_lines", old.AILines, a.AILines}, {"qa_lines", old.QALines, a.QALines}} {
				for _, id := range lines.new {
					if n := x.dir.numberByID(id); !slices.Contains(lines.old, id) && (n == nil || n.Tenant != tenant || !n.State.Owned()) {
						return missing(lines.field, "there is no number of yours with the id %d", id)
					}
				}
			}
			if len(a.Locales) > maxTags {
				return wrongSetting("locales", "at most %d languages are taken", maxTags)
			}
			for _, l := range a.Locales {
				if err := judgeText("locales", l, maxTag); err != nil {
					return err
				}
			}
			return judgeText("boosted_keywords", a.BoostedKeywords, maxNotes)
		},
	}}
}

// DefaultAccountVoice are the settings of a tenant that has changed none.
func DefaultAccountVoice() wirechief.AccountVoice {
	return wirechief.AccountVoice{ID: "voice", Voice: true, QueueSize: 5, QueueMinutes: 1}
}

// CallbackRequests are calls that somebody has asked for.
func (x *Exchange) CallbackRequests() Shelf[wirechief.CallbackRequest] {
	return shelf[wirechief.CallbackRequest]{x, kind[wirechief.CallbackRequest]{
		entity: wirechief.EntityCallback,
		key:    func(c *wirechief.CallbackRequest) string { return id10(c.ID) },
		fresh: func(x *Exchange, _ string, c *wirechief.CallbackRequest, now time.Time) {
			c.ID, c.CreatedAt, c.Status = x.IDs.Next(), now, "waiting"
		},
		judge: func(_ context.Context, x *Exchange, tenant string, old, c *wirechief.CallbackRequest) *wirechief.Error {
			if old == nil {
				old = new(wirechief.CallbackRequest)
			}
			if n := x.dir.numberByID(c.Number); old.Number != c.Number && (n == nil || n.Tenant != tenant || !n.State.Owned()) || c.Number == 0 {
				return missing("number", "there is no number of yours with the id %d", c.Number)
			}
			if !e164.IsNumber(c.Requester) {
				return wrongSetting("requester", "%q is not a number such as +13105550100", c.Requester)
			}
			for _, id := range c.Groups {
				if !slices.Contains(old.Groups, id) && x.dir.other(tenant, wirechief.EntityGroup, id10(id)) == nil {
					return missing("groups", "there is no group %d", id)
				}
			}
			return nil
		},
	}}
}

// OnlineLogins are the people that may see properties of a tenant.
func (x *Exchange) OnlineLogins() Shelf[wirechief.OnlineLogin] {
	return shelf[wirechief.OnlineLogin]{x, kind[wirechief.OnlineLogin]{
		entity: wirechief.EntityLogin,
		key:    func(l *wirechief.OnlineLogin) string { return l.ID },
		fresh: func(x *Exchange, _ string, l *wirechief.OnlineLogin, now time.Time) {
			l.ID, l.CreatedAt = x.IDs.UUID(), now
		},
		judge: func(_ context.Context, x *Exchange, tenant string, old, l *wirechief.OnlineLogin) *wirechief.Error {
			had := func(property string) bool {
				return old != nil && slices.ContainsFunc(old.Permissions, func(p wirechief.LoginPermission) bool { return p.Property == property })
			}
			if !wirechief.IsMailAddress(l.Email) {
				return wrongSetting("email", "%q is not a mail address", l.Email)
			}
			for _, p := range l.Permissions {
				if !had(p.Property) && x.dir.other(tenant, wirechief.EntityProperty, p.Property) == nil {
					return missing("property", "there is no property %q", p.Property)
				}
			}
			if err := judgeText("first_name", l.FirstName, maxName); err != nil {
				return err
			}
			return judgeText("last_name", l.LastName, maxName)
		},
	}}
}

// needed gives the field when its value is missing.
func needed(field, value string) string {
	if value == "" {
		return field
	}
	return ""
}

// orNeeded is the error, or that a field is needed when one is named.
func orNeeded(err *wirechief.Error, field string) *wirechief.Error {
	if err == nil && field != "" {
		return wrongSetting(field, "it is needed")
	}
	return err
}

func (x *Exchange) usedByLines(tenant string, of wirechief.EntityKind, uses func(*wirechief.DigitalLine) bool) *wirechief.Error {
	lines, err := x.DigitalLines().List(context.Background(), tenant)
	if err != nil {
		return &wirechief.Error{Kind: wirechief.Internal, Err: err}
	}
	for i := range lines {
		if uses(&lines[i]) {
			return inUse(of, "digital line "+id10(lines[i].ID)+" uses it; take it off there first")
		}
	}
	return nil
}
