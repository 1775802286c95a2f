package exchange

import (
	"cmp"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/webhook"
)

// listener is somebody who is told of a message: a named webhook, a forward of
// the number, a hook of the number or of one text, an endpoint of the tenant.
type listener struct {
	kind     wirechief.DeliveryKind
	url      string
	format   string // the dialect whose shape it gets
	webhook  *wirechief.Webhook
	forward  *wirechief.Forward
	hook     *wirechief.Hook
	endpoint *wirechief.Endpoint
}

func webhookListener(w *wirechief.Webhook) listener {
	// Named webhooks are BulkVS's.
	return listener{kind: wirechief.KindWebhook, url: w.URL, format: wirechief.DialectBulkVS, webhook: w}
}

func hookListener(h *wirechief.Hook) listener {
	return listener{kind: wirechief.KindHTTP, url: h.URL, format: cmp.Or(h.Format, wirechief.DialectFoneDynamics), hook: h}
}

func forwardListener(f *wirechief.Forward) listener {
	return listener{
		kind: wirechief.KindHTTP, url: f.Destination, format: cmp.Or(f.Format, wirechief.DialectMessage2Give), forward: f,
	}
}

// endListeners adds who is told how a text of ours ended. n is nil when it was
// from a name, or the number has gone.
func (x *Exchange) endListeners(out []listener, m *wirechief.Message, n *wirechief.Number) []listener {
	var own *wirechief.Hook
	if o := m.Options; o != nil && o.Receipt.URL != "" {
		own = &o.Receipt
	}
	wanted := m.Options == nil || !m.Options.NoReceipt
	// What a number sends by itself, no client of it asked for, and none has its id.
	if n != nil && m.Hops == 0 {
		if w := x.dir.webhook(n.Tenant, n.Webhook); w != nil && w.DLR {
			out = append(out, webhookListener(w))
		}
		// What is asked for with one text is in place of what the number says.
		if h := &n.Receipts; wanted && h.URL != "" && own == nil {
			out = append(out, hookListener(h))
		}
	}
	if wanted && own != nil {
		out = append(out, hookListener(own))
	}
	if told := x.dir.endpointsOf(m.Tenant); len(told) > 0 {
		event := webhook.TypeOf(&wirechief.Notice{Event: wirechief.NoticeReceipt, Message: m})
		for _, e := range told {
			if webhook.Wants(e, event) {
				out = append(out, endpointListener(e))
			}
		}
	}
	return out
}

// tell makes the delivery that tells a listener of a notice.
func (x *Exchange) tell(l listener, n wirechief.Notice, number *wirechief.Number) (*wirechief.Delivery, error) {
	n.ID, n.Webhook, n.Forward, n.Hook, n.Endpoint = x.IDs.UUID(), l.webhook, l.forward, l.hook, l.endpoint
	if l.forward != nil && n.Event == wirechief.NoticeInbound && n.Message.LostMedia() > 0 {
		said := *n.Message // the shapes of vendors have no other word for it
		said.Text = withLost(n.Message)
		n.Message = &said
	}
	if l.webhook == nil && l.endpoint == nil {
		n.Number, n.Account, n.Property = number, x.dir.calledIn(n.Message.Tenant, l.format), x.propertyOf(n.Message)
	}
	format := x.Formats[l.format]
	if format == nil {
		return nil, wirechief.Errorf(wirechief.NotOffered, "nothing here has the shape of %s", l.format)
	}
	payload, err := format.Format(n)
	if err != nil {
		return nil, err
	}
	now := x.Now()
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: n.Message.Shard, ID: x.IDs.Next()},
		Tenant:      n.Message.Tenant, Message: n.Message.ID, Kind: l.kind,
		Destination: l.url, Profile: l.format, Event: n.Event,
		Method: payload.Method, ContentType: payload.ContentType, Header: payload.Header, Body: payload.Body, Chunked: payload.Chunked,
		Status: wirechief.DeliveryPending, CreatedAt: now, NextAt: now.Truncate(time.Microsecond),
	}
	if l.endpoint != nil { // an event of ours has its own name, and no number's fallback is for it
		d.Event = webhook.TypeOf(&n)
	}
	if x.DestinationPaused(d.Lane()) {
		d.Status = wirechief.DeliveryPaused
	}
	return d, nil
}
