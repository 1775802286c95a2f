package exchange

import (
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/backlog"
)

// claim takes what is due: up to the carrier's room to be submitted; what has
// outlived its validity, or whose handset has opted out meanwhile, to be ended;
// what has waited into quiet hours, to wait on; and what another carrier should have, if this one is away, to be moved.
func (l *lane) claim(b *batch) {
	room := l.c.Room() - l.flight.len()
	if l.paused.Load() || l.draining.Load() {
		room = 0
	}
	// What cannot be moved must not stand before what can: while the carrier
	// is away, the whole head is searched now and then.
	away := l.isAway(b.now)
	search := away && b.now.Sub(l.searched) >= time.Second
	var stuck []backlog.Item[wirechief.MessageKey, *wirechief.Message]
	more := false
	for ended := 0; ; {
		if more = ended == expireMost; more {
			break
		}
		it, ok := l.head.Pop(b.now)
		if !ok {
			break
		}
		m := it.Value
		if end := l.endOf(m, b.now); end != nil {
			ended++
			l.finish(b, m, *end)
			continue
		}
		if at, because := l.x.heldBack(m, b.now); because != "" {
			ended++
			l.delay(b, m, at, because)
			continue
		}
		if away {
			if to := l.elsewhere(m); to != "" {
				ended++
				l.moveAway(b, m, to)
				continue
			}
		}
		if room > 0 && l.paced(b, m) {
			continue
		}
		if room <= 0 {
			stuck = append(stuck, it)
			if search {
				continue
			}
			break
		}
		room--
		b.claimed = append(b.claimed, m)
		b.flight = true
		l.flight.add(m.MessageKey)
	}
	for _, it := range stuck {
		l.head.Return(it)
	}
	if more {
		l.wakeUp() // there may be more to end or to move
	} else if search {
		l.searched = b.now
	}
}

// endOf is the event that ends a message before it leaves, nil if it may go.
func (l *lane) endOf(m *wirechief.Message, now time.Time) *wirechief.Event {
	if !m.ValidUntil.IsZero() && !now.Before(m.ValidUntil) {
		return &wirechief.Event{At: now, Type: wirechief.EventExpired, Detail: wirechief.Detail{
			Rule: wirechief.RuleValidity, State: wirechief.ReceiptExpired,
			Because: "no carrier took it within its validity",
		}}
	}
	if n := l.x.dir.number(m.From); n != nil && (n.Tenant != m.Tenant || n.State != wirechief.NumberInService) {
		return &wirechief.Event{At: now, Type: wirechief.EventSuppressed, Detail: wirechief.Detail{
			Rule: wirechief.RuleSender, State: wirechief.ReceiptRejected,
			Because: "its number went out of the tenant's service while it waited",
		}}
	}
	if o, out := l.x.dir.unwanted(m.Tenant, m.From, m.To); out && !(m.Options != nil && m.Options.Excused && saidStop(o)) {
		refusal := refusedBy(&o, m.From, m.To)
		return &wirechief.Event{At: now, Type: wirechief.EventSuppressed, Detail: wirechief.Detail{
			Rule: refusal.Rule, State: wirechief.ReceiptRejected, Because: "while it waited, " + refusal.Message,
		}}
	}
	if l.x.isBlocked(m.Tenant, m.To) {
		refusal := refusedAsBlocked(m.To)
		return &wirechief.Event{At: now, Type: wirechief.EventSuppressed, Detail: wirechief.Detail{
			Rule: refusal.Rule, State: wirechief.ReceiptRejected, Because: "while it waited: " + refusal.Message,
		}}
	}
	return nil
}

// isAway says whether the carrier has been unable to take anything for long
// enough that messages should go over another.
func (l *lane) isAway(now time.Time) bool {
	if l.c.Room() > 0 && !l.paused.Load() {
		l.downSince = time.Time{}
		return false
	}
	if l.downSince.IsZero() {
		l.downSince = now
	}
	return now.Sub(l.downSince) >= l.x.Failover
}

// elsewhere is the next carrier of the message's route that could take it now.
func (l *lane) elsewhere(m *wirechief.Message) string {
	for _, name := range m.Route {
		if other := l.x.lanes[name]; other != nil && other != l && other.c.Room() > 0 && !other.paused.Load() {
			return name
		}
	}
	return ""
}
