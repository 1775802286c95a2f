package exchange

import (
	"time"

	"github.com/wirechief/wirechief"
)

// follow is the planner of the exchange: what customers are told about events
// of a message. It runs inside the commit of those events.
//
// An inbound message is told to the webhook of its number when it is received
// (or, with pictures still to be fetched, when these are kept). An outbound
// one is told once: when it has ended, whoever ended it.
func (x *Exchange) follow(m *wirechief.Message, added []wirechief.Event) []*wirechief.Delivery {
	ours := m.From
	if m.Direction == wirechief.Inward {
		ours = m.To
	}
	n := x.dir.number(ours)
	if n == nil || n.Tenant != m.Tenant {
		return nil
	}
	w := x.dir.webhook(n.Tenant, n.Webhook)
	if w == nil {
		return nil
	}
	notice := wirechief.Notice{Message: m, Webhook: w}
	switch {
	case m.Direction == wirechief.Inward:
		if !tellsArrival(added) {
			return nil
		}
		notice.Event, notice.ID, notice.At = wirechief.NoticeInbound, x.IDs.UUID(), m.CreatedAt
		for _, item := range m.Media {
			if item.Token != "" && x.Media != nil {
				notice.Media = append(notice.Media, x.Media.Link(item))
			}
		}
	case w.DLR:
		end := ending(added)
		if end == nil {
			return nil
		}
		notice.Event, notice.ID, notice.At = wirechief.NoticeReceipt, x.IDs.UUID(), end.At
		notice.Receipt = receiptOf(m, end)
	default:
		return nil
	}
	d, err := x.webhookDelivery(notice)
	if err != nil {
		x.Log.Error("a webhook body could not be made", "message", m.ID, "tenant", m.Tenant, "error", err)
		return nil
	}
	return []*wirechief.Delivery{d}
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

// webhookDelivery makes the delivery that tells a notice.
func (x *Exchange) webhookDelivery(n wirechief.Notice) (*wirechief.Delivery, error) {
	format := x.Formats[wirechief.DialectBulkVS] // named webhooks are BulkVS's
	payload, err := format.Format(n)
	if err != nil {
		return nil, err
	}
	now := x.Now()
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: n.Message.Shard, ID: x.IDs.Next()},
		Tenant:      n.Message.Tenant, Message: n.Message.ID, Kind: wirechief.KindWebhook,
		Destination: n.Webhook.URL, Profile: wirechief.DialectBulkVS, Event: n.Event,
		Method: payload.Method, ContentType: payload.ContentType, Header: payload.Header, Body: payload.Body,
		Status: wirechief.DeliveryPending, CreatedAt: now, NextAt: now.Truncate(time.Microsecond),
	}
	if x.DestinationPaused(d.Lane()) {
		d.Status = wirechief.DeliveryPaused
	}
	return d, nil
}

// laneKey names a paused destination among the entities of its tenant.
func laneKey(l wirechief.Lane) string { return string(l.Kind) + " " + l.Destination }
