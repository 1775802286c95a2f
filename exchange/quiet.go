package exchange

import (
	"context"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/schedule"
)

// Quiet hours and sending windows delay texts and refuse none. They hold in the
// zone of the handset, as its number tells: of several zones in all of them, and
// in the tenant's own when the number tells nothing (UTC when the tenant has
// none). Sends of people and programs are always judged; a text that waited
// into quiet hours is judged again when its lane would send it.
//
// They are for what we begin. The answer to STOP or HELP goes out at any time,
// and so does an automatic reply to a handset that has texted its number within
// the last minutes: whoever just wrote is awake.

// answerWithin is how long after a text of a handset an automatic text to it is
// an answer.
const answerWithin = 10 * time.Minute

// calendar remembers the rules and zones that have been read: tenants have few
// different ones.
type calendar struct {
	mu    sync.RWMutex
	rules map[hours]*schedule.Rules
	zones map[string]*time.Location
}

// hours are the rules of a tenant, as they are written.
type hours struct{ quiet, window string }

// calendarMost is how many different rules are remembered.
const calendarMost = 10_000

// rulesOf gives the rules of a tenant, nil when there are none. (Those that are
// kept have been judged, so they can be read.)
func (c *calendar) rulesOf(t *wirechief.Tenant) *schedule.Rules {
	if t == nil || t.QuietHours == "" && t.SendingWindow == "" {
		return nil
	}
	key := hours{t.QuietHours, t.SendingWindow}
	c.mu.RLock()
	r, known := c.rules[key]
	c.mu.RUnlock()
	if known {
		return r
	}
	r, err := schedule.Parse(key.quiet, key.window)
	if err != nil {
		r = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rules == nil || len(c.rules) >= calendarMost {
		c.rules = make(map[hours]*schedule.Rules)
	}
	c.rules[key] = r
	return r
}

// zone finds a zone by its IANA name, nil when there is none.
func (c *calendar) zone(name string) *time.Location {
	c.mu.RLock()
	z, known := c.zones[name]
	c.mu.RUnlock()
	if known {
		return z
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		z = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.zones == nil {
		c.zones = make(map[string]*time.Location) // there are a few hundred
	}
	c.zones[name] = z
	return z
}

// notBefore gives when a text of the tenant to a handset may go out, not before
// at, and what holds it back until then; "" when nothing does.
func (x *Exchange) notBefore(t *wirechief.Tenant, to string, at time.Time) (time.Time, string) {
	rules := x.calendar.rulesOf(t)
	if rules == nil {
		return at, ""
	}
	home := x.calendar.zone(t.TimeZone)
	if home == nil {
		home = time.UTC
	}
	var zones []*time.Location
	for _, name := range e164.TimeZones(to) {
		if z := x.calendar.zone(name); z != nil {
			zones = append(zones, z)
		}
	}
	at, because := rules.Next(at, zones, home)
	return at.UTC(), because
}

// timed gives when the text to one recipient of a request may go out, what
// holds it back, and whether it is let out as an answer all the same.
func (x *Exchange) timed(ctx context.Context, r *wirechief.SendRequest, t *wirechief.Tenant, to string, at, now time.Time) (when time.Time, because string, answer bool) {
	if r.Excused {
		return at, "", false
	}
	when, because = x.notBefore(t, to, at)
	if because == "" || !(r.Because != "" || r.Hops > 0) || at.After(now) || !x.hasJustWritten(ctx, r.Tenant, r.From, to, now) {
		return when, because, false
	}
	return at, "", true
}

// hasJustWritten says whether a handset has texted one of our numbers within
// the last minutes.
func (x *Exchange) hasJustWritten(ctx context.Context, tenant, number, handset string, now time.Time) bool {
	list, err := x.Store.Messages(ctx, wirechief.MessageFilter{
		Tenant: tenant, Direction: wirechief.Inward, Number: handset, CreatedFrom: now.Add(-answerWithin), Limit: 100,
	})
	if err != nil {
		x.Log.WarnContext(ctx, "whether a handset has just written cannot be read; quiet hours hold", "tenant", tenant, "error", err)
		return false
	}
	for _, m := range list {
		if m.From == handset && m.To == number {
			return true
		}
	}
	return false
}

// heldBack is asked of each message that could leave now: until when quiet
// hours hold it back, if they do.
func (x *Exchange) heldBack(m *wirechief.Message, now time.Time) (time.Time, string) {
	t := x.dir.tenant(m.Tenant)
	if t == nil || t.QuietHours == "" && t.SendingWindow == "" {
		return now, ""
	}
	if o := m.Options; o != nil && (o.Excused || o.Answer && now.Sub(m.CreatedAt) < answerWithin) {
		return now, ""
	}
	return x.notBefore(t, m.To, now)
}

// delay has a message that waited into quiet hours wait for their end. What is
// worthless by then expires.
func (l *lane) delay(b *batch, m *wirechief.Message, at time.Time, because string) {
	delete(l.placed, m.MessageKey)
	l.back(b, m, b.one(wirechief.Event{At: b.now, Type: wirechief.EventScheduled, Detail: wirechief.Detail{
		Because: because, NextAt: at,
	}}), at, m.Queue.Tries)
}
