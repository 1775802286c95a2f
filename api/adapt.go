package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/webhook"
)

// message gives a message with its whole timeline.
func (a *api) message(m *wirechief.Message, deliveries []*wirechief.Delivery) wire.Message {
	return webhook.NewMessage(m, timeline(m, deliveries), a.Link)
}

// timeline joins what happened to a message with what was caused by it: each
// delivery is an event when it was made, and each attempt at it another. The
// message's own events stay in their order.
func timeline(m *wirechief.Message, deliveries []*wirechief.Delivery) []wirechief.Event {
	var forwarded []wirechief.Event
	for _, d := range deliveries {
		forwarded = append(forwarded, forwardedEvents(d)...)
	}
	slices.SortStableFunc(forwarded, func(a, b wirechief.Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Detail.Delivery, b.Detail.Delivery))
	})
	out := make([]wirechief.Event, 0, len(m.Events)+len(forwarded))
	for i, e := range m.Events {
		// Deliveries are kept to the microsecond: what an event caused must not
		// come out before it. Nothing was before the first.
		at := e.At.Truncate(time.Microsecond)
		for i > 0 && len(forwarded) > 0 && forwarded[0].At.Before(at) {
			out, forwarded = append(out, forwarded[0]), forwarded[1:]
		}
		out = append(out, inUTC(e))
	}
	return append(out, forwarded...)
}

func forwardedEvents(d *wirechief.Delivery) []wirechief.Event {
	detail := wirechief.Detail{Delivery: d.ID, Kind: string(d.Kind), To: d.Destination, Status: string(wirechief.DeliveryPending)}
	if len(d.Attempts) == 0 {
		detail.Status = string(d.Status)
	}
	out := []wirechief.Event{{At: d.CreatedAt.UTC(), Type: wirechief.EventForwarded, Detail: detail}}
	for i := range d.Attempts {
		attempt := brief(&d.Attempts[i])
		detail.Attempt = &attempt
		detail.Status = string(statusAfter(d, i))
		out = append(out, wirechief.Event{At: attempt.At, Type: wirechief.EventForwarded, Detail: detail})
	}
	return out
}

// statusAfter is where a delivery stood after one of its attempts; empty when
// that is not on record: it was exhausted or paused then, and went on since.
func statusAfter(d *wirechief.Delivery, i int) wirechief.DeliveryStatus {
	a, last := &d.Attempts[i], i == len(d.Attempts)-1
	switch {
	case a.Class == "2xx":
		return wirechief.DeliveryDelivered
	case !a.NextAt.IsZero() && !last:
		return wirechief.DeliveryPending
	case last && (d.Status != wirechief.DeliveryPending || !a.NextAt.IsZero()):
		return d.Status
	}
	return ""
}

// brief is an attempt without what was sent and answered, which is shown with
// the delivery alone.
func brief(a *wirechief.Attempt) wirechief.Attempt {
	out := *a
	out.At, out.NextAt = a.At.UTC(), a.NextAt.UTC()
	out.Request, out.Header, out.Body, out.Truncated = "", nil, "", false
	return out
}

func inUTC(e wirechief.Event) wirechief.Event {
	e.At, e.Detail.NextAt, e.Detail.DoneAt = e.At.UTC(), e.Detail.NextAt.UTC(), e.Detail.DoneAt.UTC()
	return e
}

// instant is a time that may not be there.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func newDelivery(d *wirechief.Delivery) wire.Delivery {
	out := wire.Delivery{
		ID: d.ID, Kind: string(d.Kind), Destination: d.Destination, MessageID: d.Message, Status: string(d.Status),
		Attempts: make([]wirechief.Attempt, len(d.Attempts)),
	}
	if d.Status == wirechief.DeliveryPending {
		out.NextAt = instant(d.NextAt)
	}
	for i := range d.Attempts {
		out.Attempts[i] = brief(&d.Attempts[i])
	}
	return out
}

func newDeliveryDetail(d *wirechief.Delivery) wire.DeliveryDetail {
	out := wire.DeliveryDetail{
		Delivery: newDelivery(d), Tenant: d.Tenant, Event: d.Event, Method: d.Method, ContentType: d.ContentType,
		Header: d.Header, Body: string(d.Body), CreatedAt: d.CreatedAt.UTC(),
	}
	for i := range d.Attempts {
		at, next := out.Attempts[i].At, out.Attempts[i].NextAt
		out.Attempts[i] = d.Attempts[i]
		out.Attempts[i].At, out.Attempts[i].NextAt = at, next
	}
	return out
}

func newSent(r *wirechief.SendResult) wire.Sent {
	out := wire.Sent{
		Ref: r.Ref, From: r.From, Encoding: r.Encoding, Segments: r.Segments,
		Messages: make([]wire.SentMessage, len(r.Recipients)),
	}
	for i, to := range r.Recipients {
		out.Messages[i] = wire.SentMessage{
			ID: to.Message, To: to.To, Refused: to.Refusal != "", Rule: string(to.Rule), Detail: to.Refusal,
		}
	}
	return out
}

func newCarrier(v *exchange.CarrierView) wire.Carrier {
	receipt := v.LastReceipt
	if v.Status.LastReceipt.After(receipt) {
		receipt = v.Status.LastReceipt
	}
	return wire.Carrier{
		Name: v.Name, Type: v.Type, Abilities: orNone(v.Abilities.List()), State: string(v.Status.State),
		Since: instant(v.Status.Since), Paused: v.Paused, Connections: v.Status.Connections, Wanted: v.Status.Wanted,
		Outstanding: v.Status.Outstanding, Queue: v.Queue, Oldest: instant(v.Oldest), Rate: v.Status.Rate,
		Submitted: v.Submitted, Failed: v.Failed, ErrorRate: v.ErrorRate,
		LastReceipt: instant(receipt), LastError: v.Status.LastError,
	}
}

func capabilities(c wirechief.Capabilities) []string {
	out := []string{}
	for _, v := range [...]struct {
		name string
		has  bool
	}{{"voice", c.Voice}, {"sms", c.SMS}, {"mms", c.MMS}, {"fax", c.Fax}} {
		if v.has {
			out = append(out, v.name)
		}
	}
	return out
}

// orNone makes an empty list of none: lists on the wire are never null.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
