package fonedynamics

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/wirechief/wirechief"
)

// Formatter makes what webhooks get. The zero value is ready for use.
type Formatter struct{}

// The events (fonedynamics: webhook, Event).
const (
	eventReceived = "Message.Received"
	eventReceipt  = "Message.DeliveryReceiptReceived"
)

// Format implements [wirechief.Formatter]: eight parameters with these names,
// dots and all, in this order, as a form; with GET they go behind the query
// that the URL has. How a text ended is not among them: the receiver asks
// for the message (fonedynamics: webhook, Action, Event, Account.Sid, Property.Sid,
// Message.Sid, Message.From, Message.To, Message.Text).
func (Formatter) Format(n wirechief.Notice) (wirechief.Payload, error) {
	m := n.Message
	if m == nil || n.Forward == nil && n.Hook == nil {
		return wirechief.Payload{}, wirechief.Errorf(wirechief.Internal, "a notice lacks its message, or whom it is for")
	}
	event := eventReceived
	switch n.Event {
	case wirechief.NoticeInbound:
	case wirechief.NoticeReceipt:
		event = eventReceipt
	default:
		return wirechief.Payload{}, wirechief.Errorf(wirechief.Internal, "webhooks are not told of %q", n.Event)
	}
	method := "POST"
	if n.Forward != nil {
		method = cmp.Or(n.Forward.Method, method)
	} else {
		method = cmp.Or(n.Hook.Method, method)
	}
	var b strings.Builder
	for i, p := range [...]struct{ name, value string }{
		{"Action", "Webhook"},
		{"Event", event},
		{"Account.Sid", cmp.Or(n.Account, wirechief.SID('A', m.Tenant, 0))},
		{"Property.Sid", cmp.Or(n.Property, wirechief.SID('S', m.Tenant, 0))},
		{"Message.Sid", messageSID(m.Tenant, m.ID)},
		{"Message.From", m.From},
		{"Message.To", m.To},
		{"Message.Text", m.Text},
	} {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name)
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return wirechief.Payload{Method: method, ContentType: "application/x-www-form-urlencoded; charset=utf-8", Body: []byte(b.String())}, nil
}
