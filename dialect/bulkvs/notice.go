package bulkvs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Formatter makes the bodies of webhooks. The zero value is ready for use.
type Formatter struct{}

const (
	method3CX  = "3CX"                      // bulkvs: PUT /webHooks, Method
	millis     = "2006-01-02T15:04:05.000Z" // times of a 3CX event
	minutes    = "0601021504"               // times of a receipt, SMPP 3.4 appendix B
	textEchoed = 20                         // characters of the text in a receipt, SMPP 3.4 appendix B
)

// Format implements [wirechief.Formatter] (bulkvs: inbound; bulkvs: receipt; bulkvs: 3CX).
func (Formatter) Format(n wirechief.Notice) (wirechief.Payload, error) {
	if n.Message == nil || n.Webhook == nil {
		return wirechief.Payload{}, wirechief.Errorf(wirechief.Internal, "a notice lacks its message or webhook")
	}
	var body []byte
	switch receipt := n.Event == wirechief.NoticeReceipt; {
	case !receipt && n.Event != wirechief.NoticeInbound:
		return wirechief.Payload{}, wirechief.Errorf(wirechief.Internal, "webhooks are not told of %q", n.Event)
	case n.Webhook.Method == method3CX:
		e := inboundEvent(n)
		if receipt {
			e = receiptEvent(n)
		}
		var buf bytes.Buffer
		encoder := json.NewEncoder(&buf)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(event{e}); err != nil {
			return wirechief.Payload{}, err
		}
		body = bytes.TrimRight(buf.Bytes(), "\n")
	case receipt:
		body = appendReceipt(nil, n)
	default:
		body = appendInbound(nil, n)
	}
	return wirechief.Payload{Method: "POST", ContentType: "application/json", Body: body}, nil
}

// appendInbound writes an inbound message (docs/dialects/bulkvs.md; bulkvs:
// inbound, From, To, Message, MediaURLs, RefId): the vendor's keys, and RefId
// after them. DeliveryReceipt stays out, for clients
// take its mere presence for a receipt.
func appendInbound(b []byte, n wirechief.Notice) []byte {
	m := n.Message
	text := m.Text
	if hasText(n.Media) {
		text = "" // it is in the .txt file, and smsconnector would join the two
	}
	b = append(b, `{"From":`...)
	b = dialect.AppendString(b, bare(m.From))
	b = append(b, `,"To":[`...)
	b = dialect.AppendString(b, bare(m.To))
	for _, to := range m.Also {
		b = append(b, ',')
		b = dialect.AppendString(b, bare(to))
	}
	b = append(b, `],"Message":`...)
	b = dialect.AppendString(b, encodeText(text, n.Webhook.Encoding))
	if len(n.Media) > 0 {
		b = append(b, `,"MediaURLs":[`...)
		for i, media := range n.Media {
			if i > 0 {
				b = append(b, ',')
			}
			b = dialect.AppendString(b, media.URL)
		}
		b = append(b, ']')
	}
	b = append(b, `,"RefId":`...)
	b = dialect.AppendString(b, m.Ref)
	return append(b, '}')
}

// appendReceipt writes a delivery receipt (docs/dialects/bulkvs.md; bulkvs:
// receipt, RefId, From, To, Message, DeliveryReceipt). It comes
// from the handset, and DeliveryReceipt is a JSON boolean: the text "false"
// would be true to smsconnector.
func appendReceipt(b []byte, n wirechief.Notice) []byte {
	m := n.Message
	b = append(b, `{"RefId":`...)
	b = dialect.AppendString(b, m.Ref)
	b = append(b, `,"From":`...)
	b = dialect.AppendString(b, bare(m.To))
	b = append(b, `,"To":[`...)
	b = dialect.AppendString(b, bare(m.From))
	b = append(b, `],"Message":`...)
	b = dialect.AppendString(b, encodeText(receiptText(n), n.Webhook.Encoding))
	return append(b, `,"DeliveryReceipt":true}`...)
}

// receiptText is the text of a receipt as an SMSC writes it (SMPP 3.4 appendix
// B), which clients match to the letter: seven fields, in this order, single
// spaces. The id is that of the message, decimal; times are UTC; sub is 001
// because a receipt is about a recipient, not about a part.
func receiptText(n wirechief.Notice) string {
	m, state := n.Message, stateOf(n)
	delivered := "000"
	if state == wirechief.ReceiptDelivered {
		delivered = "001"
	}
	return fmt.Sprintf("id:%d sub:001 dlvrd:%s submit date:%s done date:%s stat:%s err:%s text:%s",
		m.ID, delivered, m.CreatedAt.UTC().Format(minutes), doneAt(n).UTC().Format(minutes), state, errorCode(n, state), beginning(m.Text))
}

// stateOf is the final state to tell.
func stateOf(n wirechief.Notice) wirechief.ReceiptState {
	if n.Receipt != nil && n.Receipt.State.IsFinal() {
		return n.Receipt.State
	}
	switch n.Message.Status {
	case wirechief.StatusDelivered:
		return wirechief.ReceiptDelivered
	case wirechief.StatusExpired:
		return wirechief.ReceiptExpired
	case wirechief.StatusCanceled:
		return wirechief.ReceiptDeleted
	case wirechief.StatusSuppressed:
		return wirechief.ReceiptRejected
	case wirechief.StatusFailed:
		return wirechief.ReceiptUndeliverable
	}
	return wirechief.ReceiptUnknown
}

// doneAt is the carrier's own time, or else when it reached us.
func doneAt(n wirechief.Notice) time.Time {
	if r := n.Receipt; r != nil {
		if !r.Done.IsZero() {
			return r.Done
		}
		if !r.At.IsZero() {
			return r.At
		}
	}
	return n.At
}

// errorCode is three digits: the carrier's when it gave up to three, 000 for
// none, and 255 (seen with UNDELIV) for a failure without a code that fits.
func errorCode(n wirechief.Notice, state wirechief.ReceiptState) string {
	if n.Receipt != nil {
		if code, err := strconv.ParseUint(n.Receipt.Code, 10, 16); err == nil && code < 1000 {
			return fmt.Sprintf("%03d", code)
		}
	}
	if state == wirechief.ReceiptDelivered {
		return "000"
	}
	return "255"
}

// beginning is the first characters of a text on one line.
func beginning(text string) string {
	if strings.ContainsAny(text, "\r\n") {
		text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
	}
	n := 0
	for i := range text {
		if n++; n > textEchoed {
			return text[:i]
		}
	}
	return text
}

// encodeText encodes a text inside the JSON as the webhook wants it. The
// vendor's way is form encoding, the space as "+" (docs/dialects/bulkvs.md).
func encodeText(text, encoding string) string {
	switch encoding {
	case "none":
		return text
	case "percent":
		return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	}
	return url.QueryEscape(text)
}

func hasText(media []wirechief.MediaLink) bool {
	for _, m := range media {
		if isText(m) {
			return true
		}
	}
	return false
}

func isText(m wirechief.MediaLink) bool { return strings.HasPrefix(m.Type, "text/plain") }

// inboundEvent is an inbound message for a 3CX: E.164 numbers and plain text.
func inboundEvent(n wirechief.Notice) eventData {
	const status = "webhook_delivered"
	m := n.Message
	p := payload{
		ID: m.Ref, RecordType: "message", Direction: "inbound", Type: messageType(m.MMS),
		From: party{m.From, status}, To: []party{{m.To, status}},
		Text: m.Text, ReceivedAt: m.CreatedAt.UTC().Format(millis),
	}
	for _, to := range m.Also {
		p.To = append(p.To, party{to, status})
	}
	for _, media := range n.Media {
		if !isText(media) || m.Text == "" { // the text is in its own field
			p.Media = append(p.Media, eventMedia{media.URL, media.Type, media.Size})
		}
	}
	return eventData{"message.received", n.ID, "event", n.At.UTC().Format(millis), p}
}

// receiptEvent is a receipt for a 3CX: Telnyx's message.finalized.
func receiptEvent(n wirechief.Notice) eventData {
	m := n.Message
	status := "delivery_failed"
	if stateOf(n) == wirechief.ReceiptDelivered {
		status = "delivered"
	}
	return eventData{"message.finalized", n.ID, "event", n.At.UTC().Format(millis), payload{
		ID: m.Ref, RecordType: "message", Direction: "outbound", Type: messageType(m.MMS),
		From: party{PhoneNumber: m.From}, To: []party{{m.To, status}}, Text: m.Text,
		SentAt: m.CreatedAt.UTC().Format(millis), CompletedAt: doneAt(n).UTC().Format(millis),
	}}
}
