package exchange

import "github.com/wirechief/wirechief"

// doubtsMost is how often a message may end in doubt before it is left alone:
// each time the handset may have got a copy.
const doubtsMost = 5

// late is an answer that came after its submission was reported in doubt.
type late struct {
	message int64
	outcome wirechief.Outcome
}

// Late implements [carrier.LateHandler].
func (x *Exchange) Late(name string, message int64, o wirechief.Outcome) {
	l := x.lanes[name]
	if l == nil {
		return
	}
	l.putOff(late{message, o})
}

// putOff keeps a late answer for the next round.
func (l *lane) putOff(a late) {
	l.reportsMu.Lock()
	l.lates = append(l.lates, a)
	l.reportsMu.Unlock()
	l.wakeUp()
}

// settleLate takes the doubt off a message: the carrier has it after all, or
// surely has not and never will. What has not gone out again meanwhile does not.
// A message that has left this lane is past help.
func (l *lane) settleLate(b *batch, a late) {
	m := l.doubtful[a.message]
	if m == nil || a.outcome.Disposition != wirechief.Done && a.outcome.Disposition != wirechief.Final {
		return
	}
	e := wirechief.Event{At: b.now, Type: wirechief.EventSubmitted, Detail: wirechief.Detail{
		Carrier: l.c.Name(), CarrierIDs: a.outcome.IDs, Because: "the answer came after its time",
	}}
	if l.flight.has(m.MessageKey) {
		if a.outcome.Disposition == wirechief.Done && !l.answered[m.MessageKey] {
			// The copy is on its way already. The message has left all the same,
			// and its first id is known now, whatever becomes of the copy.
			l.answered[m.MessageKey] = true
			b.add(wirechief.Record{Key: m.MessageKey, Message: m, Events: b.one(e), Queue: &nowhere, Plan: l.x.follow}, nil)
		}
		return
	}
	if b.ended[m.MessageKey] {
		return
	}
	if a.outcome.Disposition == wirechief.Final {
		e = wirechief.Event{At: b.now, Type: wirechief.EventFailed, Detail: wirechief.Detail{
			Carrier: l.c.Name(), Reason: a.outcome.Reason, Code: a.outcome.Code, Text: a.outcome.Text,
			State: wirechief.ReceiptRejected, Because: "the answer came after its time",
		}}
	}
	b.end(m.MessageKey)
	l.head.Remove(m.MessageKey)
	l.finish(b, m, e)
}

// settleCopy ends a submission whose message had been answered, late, while it
// was under way. It says false when there was no such answer.
func (l *lane) settleCopy(b *batch, r report) bool {
	key := r.m.MessageKey
	if !l.answered[key] {
		return false
	}
	delete(l.answered, key)
	var events []wirechief.Event
	if r.outcome.Disposition == wirechief.Done {
		events = b.one(wirechief.Event{At: b.now, Type: wirechief.EventSubmitted, Detail: wirechief.Detail{
			Carrier: l.c.Name(), CarrierIDs: r.outcome.IDs, Because: "the copy that went out in doubt", Resend: true,
		}})
	}
	b.add(wirechief.Record{Key: key, Events: events, Queue: &nowhere, Plan: l.x.follow}, func(wirechief.Result) { l.forget(r.m) })
	return true
}

// end notes that a message leaves the queue in this round, so that what is read
// from the store in the same round does not bring it back.
func (b *batch) end(key wirechief.MessageKey) {
	if b.ended == nil {
		b.ended = make(map[wirechief.MessageKey]bool)
	}
	b.ended[key] = true
}

// doubtsOf counts how often the message ended in doubt while we ran.
func doubtsOf(m *wirechief.Message) int {
	n := 0
	for i := range m.Events {
		if m.Events[i].Type == wirechief.EventInDoubt && m.Events[i].Detail.Reason != "" {
			n++
		}
	}
	return n
}
