package exchange

import "github.com/wirechief/wirechief"

// follow is the planner of the exchange: what customers are told about events
// of a message (hooks.go says who). It runs inside the commit of those events.
//
// An inbound message is told when it is received (or, with pictures still to be
// fetched, when these are kept). An outbound one is told once: when it has
// ended, whoever ended it.
func (x *Exchange) follow(m *wirechief.Message, added []wirechief.Event) []*wirechief.Delivery {
	inward := m.Direction == wirechief.Inward
	ours := m.From
	if inward {
		ours = m.To
	}
	n := x.dir.number(ours)
	if n != nil && n.Tenant != m.Tenant {
		n = nil
	}
	if n == nil && (inward || m.Options == nil) {
		return nil
	}
	notice := wirechief.Notice{Message: m}
	var few [2]listener // mostly there is one, and it costs nothing to list it
	listeners := few[:0]
	if inward {
		if !tellsArrival(added) {
			return nil
		}
		if listeners = x.arrivalListeners(listeners, m, n); len(listeners) == 0 {
			return nil
		}
		notice.Event, notice.At = wirechief.NoticeInbound, m.CreatedAt
		for _, item := range m.Media {
			if item.Token != "" && x.Media != nil {
				notice.Media = append(notice.Media, x.Media.Link(item))
			}
		}
	} else {
		end := ending(added)
		if end == nil {
			return nil
		}
		if listeners = x.endListeners(listeners, m, n); len(listeners) == 0 {
			return nil
		}
		notice.Event, notice.At = wirechief.NoticeReceipt, end.At
		notice.Receipt = receiptOf(m, end)
	}
	out := make([]*wirechief.Delivery, 0, len(listeners))
	for _, l := range listeners {
		d, err := x.tell(l, notice, n)
		if err != nil {
			x.Log.Error("what a customer is to be told could not be put into its shape", "message", m.ID, "tenant", m.Tenant, "format", l.format, "error", err)
			continue
		}
		out = append(out, d)
	}
	return out
}

// tellsArrival says whether the events include the arrival of an inbound
// message that is ready to be told: all its pictures are kept or given up.
func tellsArrival(added []wirechief.Event) bool {
	for i := range added {
		if added[i].Type == wirechief.EventReceived {
			return true
		}
	}
	return false
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
