package exchange

import "github.com/wirechief/wirechief"

// follow is the planner of the exchange: what customers are told about events
// of a message that went out (hooks.go says who). It runs inside the commit of
// those events. They are told once: when the message has ended, whoever ended it.
// What follows from a message that came in is arrival's to say (forward.go).
func (x *Exchange) follow(m *wirechief.Message, added []wirechief.Event) []*wirechief.Delivery {
	end := ending(added)
	if end == nil || m.Direction == wirechief.Inward {
		return nil
	}
	n := x.dir.number(m.From)
	if n != nil && n.Tenant != m.Tenant {
		n = nil
	}
	var few [2]listener // mostly there is one, and it costs nothing to list it
	listeners := x.endListeners(few[:0], m, n)
	if len(listeners) == 0 {
		return nil
	}
	notice := wirechief.Notice{Event: wirechief.NoticeReceipt, At: end.At, Message: m, Receipt: receiptOf(m, end)}
	out := make([]*wirechief.Delivery, 0, len(listeners))
	for _, l := range listeners {
		d, err := x.tell(l, notice, n)
		if err != nil {
			x.unformatted(m, l, err)
			continue
		}
		out = append(out, d)
	}
	return out
}

// ending is the event among those added that ended an outbound message. (What
// is suppressed when it is accepted is told by the answer to the request, and
// no planner hears of it.)
func ending(added []wirechief.Event) *wirechief.Event {
	for i := range added {
		switch added[i].Type {
		case wirechief.EventDelivered, wirechief.EventFailed, wirechief.EventExpired, wirechief.EventCanceled, wirechief.EventSuppressed:
			return &added[i]
		}
	}
	return nil
}

// receiptOf gives the receipt to tell: the carrier's, or for what we ended
// ourselves one of the same form.
func receiptOf(m *wirechief.Message, end *wirechief.Event) *wirechief.Receipt {
	d := &end.Detail
	r := &wirechief.Receipt{
		Carrier: d.Carrier, State: d.State, Code: d.Code, From: m.To, To: m.From,
		Submitted: m.CreatedAt, Done: end.At, At: end.At,
	}
	if !d.DoneAt.IsZero() {
		r.Done = d.DoneAt
	}
	if r.State == "" {
		switch m.Status {
		case wirechief.StatusDelivered:
			r.State = wirechief.ReceiptDelivered
		case wirechief.StatusExpired:
			r.State = wirechief.ReceiptExpired
		case wirechief.StatusCanceled:
			r.State = wirechief.ReceiptDeleted
		case wirechief.StatusSuppressed:
			r.State = wirechief.ReceiptRejected
		case wirechief.StatusUnknown:
			r.State = wirechief.ReceiptUnknown
		default:
			r.State = wirechief.ReceiptUndeliverable
		}
	}
	return r
}

// laneKey names a paused destination among the entities of its tenant.
func laneKey(l wirechief.Lane) string { return string(l.Kind) + " " + l.Destination }
