package exchange

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// triesBeforeFailover is how often a carrier may have passing trouble with one
// message before another carrier of the route gets it.
const triesBeforeFailover = 3

// nowhere is the queue of a message that waits for nothing.
var nowhere = wirechief.Queue{}

// settle turns a carrier's report into what is recorded of the message.
func (l *lane) settle(b *batch, r report) {
	m, o := r.m, r.outcome
	l.x.Meter.Submitted(l.c.Name(), o.Disposition.String(), string(o.Reason))
	if l.x.debug {
		l.x.Log.Debug("tried", "carrier", l.c.Name(), "message", m.ID, "disposition", o.Disposition.String(), "reason", o.Reason, "code", o.Code)
	}
	switch o.Disposition {
	case wirechief.Done:
		l.stats.count(false)
		l.finish(b, m, wirechief.Event{At: b.now, Type: wirechief.EventSubmitted, Detail: wirechief.Detail{
			Carrier: l.c.Name(), CarrierIDs: o.IDs, Code: o.Code, Text: o.Text,
		}})
	case wirechief.InDoubt:
		l.stats.count(true)
		l.doubt(b, m, o)
	case wirechief.Retry:
		l.again(b, m, o)
	default:
		l.stats.count(true)
		if next := l.next(m); o.Elsewhere && next != "" {
			l.move(b, m, next, l.without(m, next), o, "carrier "+l.c.Name()+" refused it: "+string(o.Reason))
			return
		}
		l.finish(b, m, wirechief.Event{At: b.now, Type: wirechief.EventFailed, Detail: wirechief.Detail{
			Carrier: l.c.Name(), Reason: o.Reason, Code: o.Code, Text: o.Text, State: wirechief.ReceiptRejected,
		}})
	}
}

// finish records the end of the message's time in this queue.
func (l *lane) finish(b *batch, m *wirechief.Message, e wirechief.Event) {
	b.add(wirechief.Record{
		Key: m.MessageKey, Message: m, Events: b.one(e), Queue: &nowhere, Plan: l.x.follow,
	}, func(wirechief.Result) { l.forget(m) })
}

// forget drops a message that has left this queue.
func (l *lane) forget(m *wirechief.Message) {
	l.head.Done(m.MessageKey)
	delete(l.placed, m.MessageKey)
	delete(l.doubtful, m.ID)
	l.left()
}

// left counts a message out of this lane.
func (l *lane) left() {
	if l.waiting.Add(-1) == 0 {
		l.oldest.Store(0)
	}
}

// doubt records that the carrier may have the message. By default it goes out
// again, marked: at once after a cut, else with growing patience, for the answer
// may still come and each try may be a copy; and over another carrier when this
// one never answers. After doubtsMost times it is left alone, and a tenant may
// want such messages left alone from the first.
func (l *lane) doubt(b *batch, m *wirechief.Message, o wirechief.Outcome) {
	if t := l.x.dir.tenant(m.Tenant); t != nil && t.InDoubt == "unknown" {
		l.giveUp(b, m, o, wirechief.GivenUpInDoubt(b.now, l.c.Name()))
		return
	}
	tries := m.Queue.Tries + 1
	e := l.doubtEvent(b.now, o, true)
	if next := l.elsewhere(m); next != "" && tries >= triesBeforeFailover {
		l.move(b, m, next, l.without(m, next), o, "carrier "+l.c.Name()+" does not answer", e)
		return
	}
	if doubtsOf(m)+1 >= doubtsMost {
		end := wirechief.GivenUpInDoubt(b.now, l.c.Name())
		end.Detail.Because = "the carrier may have it; it was sent several times and never answered"
		l.giveUp(b, m, o, end)
		return
	}
	at := b.now
	if n := tries; o.Reason == wirechief.ReasonTimeout || n > 1 {
		if o.Reason != wirechief.ReasonTimeout {
			n--
		}
		at = at.Add(patience(n, false))
	}
	if o.Reason == wirechief.ReasonTimeout {
		l.doubtful[m.ID] = m
	}
	l.back(b, m, b.one(e), at, tries)
}

// giveUp ends a message in doubt.
func (l *lane) giveUp(b *batch, m *wirechief.Message, o wirechief.Outcome, end wirechief.Event) {
	b.add(wirechief.Record{
		Key: m.MessageKey, Message: m, Queue: &nowhere, Plan: l.x.follow,
		Events: []wirechief.Event{l.doubtEvent(b.now, o, false), end},
	}, func(wirechief.Result) { l.forget(m) })
}

func (l *lane) doubtEvent(at time.Time, o wirechief.Outcome, resend bool) wirechief.Event {
	return wirechief.Event{At: at, Type: wirechief.EventInDoubt, Detail: wirechief.Detail{
		Carrier: l.c.Name(), Reason: o.Reason, Code: o.Code, CarrierIDs: o.IDs, Resend: resend,
	}}
}

// again keeps a message that the carrier does not want now.
func (l *lane) again(b *batch, m *wirechief.Message, o wirechief.Outcome) {
	switch o.Reason {
	case wirechief.ReasonShutdown, wirechief.ReasonDisconnected:
		// It never left: neither a failure nor a try.
		b.flight = true
		l.head.Back(m.MessageKey, m.Queue.At, m)
		return
	}
	tries := m.Queue.Tries + 1
	slowDown := o.Reason == wirechief.ReasonThrottled || o.Reason == wirechief.ReasonQueueFull
	if !slowDown {
		l.stats.count(true)
		if next := l.elsewhere(m); next != "" && tries >= triesBeforeFailover {
			l.move(b, m, next, l.without(m, next), o, strings.TrimSpace("carrier "+l.c.Name()+" had trouble with it "+o.Code))
			return
		}
	}
	at := b.now.Add(max(o.After, patience(tries, slowDown)))
	var events []wirechief.Event
	// Segments of a long text that it took before it refused one go out again.
	if partly := len(o.IDs) > 0; partly || isNoted(tries) {
		events = b.one(wirechief.Event{At: b.now, Type: wirechief.EventThrottled, Detail: wirechief.Detail{
			Carrier: l.c.Name(), CarrierIDs: o.IDs, Reason: o.Reason, Code: o.Code, Text: o.Text, NextAt: at, Resend: partly,
		}})
	}
	l.back(b, m, events, at, tries)
}

// isNoted says whether the n-th refusal of a message gets an event of its own.
// A carrier that is too busy for hours refuses a message thousands of times;
// the history lies in the message's row, which each entry writes anew.
func isNoted(n int) bool { return n <= 8 || n&(n-1) == 0 }

// back returns a message to this queue, due at the given instant, but not
// after its validity, for then it has to be ended.
func (l *lane) back(b *batch, m *wirechief.Message, events []wirechief.Event, at time.Time, tries int) {
	if !m.ValidUntil.IsZero() && at.After(m.ValidUntil) {
		at = m.ValidUntil
	}
	q := wirechief.Queue{Lane: l.c.Name(), At: at, Tries: tries}
	b.add(wirechief.Record{Key: m.MessageKey, Message: m, Events: events, Queue: &q}, func(r wirechief.Result) {
		kept := m
		if r.Message != nil {
			kept = lean(r.Message)
		}
		kept.Queue = q
		l.later.change(m.Tenant, at, l.x.Now(), 1) // the time that it had has come, so it is counted no more
		if l.doubtful[m.ID] != nil {
			l.doubtful[m.ID] = kept
		}
		l.head.Back(m.MessageKey, at, kept)
		l.wakeUp()
	})
}

// patience is how long a message waits after its n-th refusal, with jitter. A
// carrier that is too busy is asked again soon, for the link slows down too.
func patience(n int, slowDown bool) time.Duration {
	base, most := time.Second, time.Minute
	if slowDown {
		base, most = 100*time.Millisecond, 5*time.Second
	}
	d := min(base<<min(n-1, 10), most)
	return d/2 + rand.N(d)
}

// move gives a message to another carrier, with those left to try after it.
// What happened before the move may be told by further events.
func (l *lane) move(b *batch, m *wirechief.Message, to string, rest []string, o wirechief.Outcome, because string, before ...wirechief.Event) {
	q := wirechief.Queue{Lane: to, At: b.now}
	events := append(before, wirechief.Event{At: b.now, Type: wirechief.EventRouted, Detail: wirechief.Detail{
		Carrier: to, Route: rest, Because: because, Reason: o.Reason, Code: o.Code, Text: o.Text,
	}})
	other := l.x.lanes[to]
	other.announce(m.MessageKey)
	b.add(wirechief.Record{Key: m.MessageKey, Message: m, Events: events, Queue: &q}, func(r wirechief.Result) {
		l.forget(m)
		if r.Message == nil {
			other.retract(m.MessageKey)
			return
		}
		other.push(r.Message)
	})
}

// moveAway gives a message to another carrier because this one is away. It
// stays on the route: it has not been tried.
func (l *lane) moveAway(b *batch, m *wirechief.Message, to string) {
	l.move(b, m, to, append(l.without(m, to), l.c.Name()), wirechief.Outcome{Reason: wirechief.ReasonUnreachable},
		"carrier "+l.c.Name()+" is not connected")
}

// without is the route of a message less one carrier.
func (l *lane) without(m *wirechief.Message, name string) []string {
	var rest []string
	for _, c := range m.Route {
		if c != name {
			rest = append(rest, c)
		}
	}
	return rest
}

// next is the carrier to try after a refusal: one that could take the message
// now, else the first that there is.
func (l *lane) next(m *wirechief.Message) string {
	if name := l.elsewhere(m); name != "" {
		return name
	}
	for _, name := range m.Route {
		if other := l.x.lanes[name]; other != nil && other != l {
			return name
		}
	}
	return ""
}

// settleInDoubt runs at start: what was claimed when the last run ended may
// have reached the carrier. It is marked, and waits in its queue again.
func (x *Exchange) settleInDoubt(ctx context.Context) error {
	flights, err := x.Store.InFlight(ctx)
	if err != nil {
		return err
	}
	now := x.Now()
	for name, keys := range flights {
		var commands []wirechief.Command
		doubtful := 0
		for _, key := range keys {
			m, err := x.Store.Message(ctx, key)
			if wirechief.KindOf(err) == wirechief.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if m.Queue.Lane != name {
				continue
			}
			doubtful++
			resend := true
			if t := x.dir.tenant(m.Tenant); t != nil && t.InDoubt == "unknown" {
				resend = false
			}
			e := wirechief.Event{At: now, Type: wirechief.EventInDoubt, Detail: wirechief.Detail{
				Carrier: name, Resend: resend, Because: "the last run ended before the carrier's answer was kept",
			}}
			record := wirechief.Record{Key: key, Events: []wirechief.Event{e}, Plan: x.follow}
			if !resend {
				record.Events = append(record.Events, wirechief.GivenUpInDoubt(now, name))
				record.Queue = &nowhere
			}
			commands = append(commands, record)
		}
		if doubtful == 0 && len(keys) == 0 {
			continue
		}
		commands = append(commands, wirechief.SetInFlight{Carrier: name})
		results, err := x.Store.Apply(ctx, commands...)
		if err != nil {
			return err
		}
		for _, r := range results {
			if r.Err != nil {
				return r.Err
			}
			x.Deliver.Add(r.Deliveries...)
		}
		if doubtful > 0 {
			x.Log.WarnContext(ctx, "the last run ended with submissions unanswered; they are marked in doubt", "carrier", name, "messages", doubtful)
		}
	}
	return nil
}

// reroute gives messages to whichever carrier their route says now. It
// reports false when it could do nothing.
func (x *Exchange) reroute(ctx context.Context, messages []*wirechief.Message, because string) bool {
	now := x.Now()
	commands := make([]wirechief.Command, 0, len(messages))
	to := make([]string, len(messages)) // the queue of each
	for i, m := range messages {
		own := ""
		if n := x.dir.number(m.From); n != nil {
			own = n.Carrier
		}
		choice := x.routes.Choose(queryOf(m, own), x.condition)
		if len(choice.Carriers) == 0 {
			commands = append(commands, wirechief.Record{Key: m.MessageKey, Queue: &nowhere, Plan: x.follow, Events: []wirechief.Event{{
				At: now, Type: wirechief.EventFailed, Detail: wirechief.Detail{
					Rule: wirechief.RuleRoute, State: wirechief.ReceiptUndeliverable, Because: because + "; there is no other route",
				},
			}}})
			continue
		}
		to[i] = choice.Carriers[0]
		x.lanes[to[i]].announce(m.MessageKey)
		q := wirechief.Queue{Lane: to[i], At: m.Queue.At}
		commands = append(commands, wirechief.Record{Key: m.MessageKey, Queue: &q, Events: []wirechief.Event{{
			At: now, Type: wirechief.EventRouted, Detail: wirechief.Detail{
				Carrier: choice.Carriers[0], Route: choice.Carriers[1:], Because: because,
			},
		}}})
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err != nil {
		x.Log.ErrorContext(ctx, "messages could not be routed anew", "error", err)
	}
	moved := false
	for i, m := range messages {
		var r wirechief.Result
		if err == nil {
			r = results[i]
		}
		if b := x.inbox(to[i]); b != nil && r.Message == nil {
			b.retract(m.MessageKey)
		}
		if r.Message == nil {
			continue
		}
		moved = true
		x.Deliver.Add(r.Deliveries...)
		x.toLanes(r.Message)
	}
	return moved
}
