package fonedynamics

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// oneMessage is how a single message is answered (fonedynamics: POST
// /Properties/[PropertySid]/Messages, response 200, Message; fonedynamics: GET
// /Messages/[MessageSid], response 200, Message).
type oneMessage struct {
	Message message `json:"Message"`
}

// fonedynamics: GET /Properties/[PropertySid]/Messages, response 200, Messages
type messages struct {
	Messages []message `json:"Messages"`
}

// message is a text, out or in (fonedynamics: GET /Messages/[MessageSid],
// response 200, MessageSid, AccountSid, PropertySid, From, To, Text,
// DeliveryReceipt, NumSegments, Status, Direction, Scheduled, Created, Submitted,
// Delivered, Received, ErrorCode, ExternalId). Times are whole seconds since
// 1970; what has not happened is left out.
type message struct {
	MessageSid      string `json:"MessageSid"`
	AccountSid      string `json:"AccountSid"`
	PropertySid     string `json:"PropertySid"`
	From            string `json:"From"`
	To              string `json:"To"`
	Text            string `json:"Text"`
	DeliveryReceipt bool   `json:"DeliveryReceipt"` // never null: a client cannot read that
	NumSegments     int    `json:"NumSegments"`
	Status          string `json:"Status"`    // Processing, Submitted, Delivered, Failed, Received
	Direction       string `json:"Direction"` // Transmit, Receive
	Scheduled       int64  `json:"Scheduled,omitempty"`
	Created         int64  `json:"Created"`
	Submitted       int64  `json:"Submitted,omitempty"`
	Delivered       int64  `json:"Delivered,omitempty"`
	Received        int64  `json:"Received,omitempty"`
	ErrorCode       string `json:"ErrorCode,omitempty"`
	ExternalID      string `json:"ExternalId,omitempty"`

	*messageOptions
}

// messageOptions are what the request asked for beside the text, given back
// (fonedynamics: GET /Messages/[MessageSid], response 200,
// DeliveryReceiptWebhookUri, DeliveryReceiptWebhookMethod, WebhookUri,
// WebhookMethod, ForwardToSms, ForwardFromSms, ForwardToEmail, ForwardFromEmail).
type messageOptions struct {
	DeliveryReceiptWebhookURI    string `json:"DeliveryReceiptWebhookUri,omitempty"`
	DeliveryReceiptWebhookMethod string `json:"DeliveryReceiptWebhookMethod,omitempty"` // Post, Get
	WebhookURI                   string `json:"WebhookUri,omitempty"`
	WebhookMethod                string `json:"WebhookMethod,omitempty"` // Post, Get
	ForwardToSMS                 string `json:"ForwardToSms,omitempty"`
	ForwardFromSMS               string `json:"ForwardFromSms,omitempty"`
	ForwardToEmail               string `json:"ForwardToEmail,omitempty"`
	ForwardFromEmail             string `json:"ForwardFromEmail,omitempty"`
}

// sendFailure is an entry of the answer to a batch that was not sent. Message
// is a text here (fonedynamics: POST /Properties/[PropertySid]/BatchMessages,
// response 200, ErrorCode, Message).
type sendFailure struct {
	ErrorCode string `json:"ErrorCode"`
	Message   string `json:"Message"`
}

// messageOf gives a message as the vendor shows it.
func messageOf(m *wirechief.Message, account string, h *holdings) message {
	out := message{
		MessageSid: messageSID(m.Tenant, m.ID), AccountSid: account, PropertySid: h.of(m.Property),
		From: m.From, To: m.To, Text: m.Text, NumSegments: m.Segments, Created: m.CreatedAt.Unix(),
		Status: messageStatus(m.Status), Direction: "Transmit", ErrorCode: failureCode(m),
		DeliveryReceipt: m.Options == nil || !m.Options.NoReceipt,
	}
	if m.Direction == wirechief.Inward {
		out.Direction, out.Received, out.DeliveryReceipt = "Receive", out.Created, false
	}
	for i := range m.Events {
		switch e := &m.Events[i]; e.Type {
		case wirechief.EventScheduled:
			out.Scheduled = e.Detail.NextAt.Unix()
		case wirechief.EventSubmitted:
			out.Submitted = e.At.Unix()
		case wirechief.EventDelivered:
			out.Delivered = e.At.Unix() // the carrier's own time is often that of the minute
		}
	}
	if o := m.Options; o != nil {
		out.ExternalID = o.ExternalID
		options := messageOptions{
			DeliveryReceiptWebhookURI: o.Receipt.URL, DeliveryReceiptWebhookMethod: methodWord(o.Receipt),
			WebhookURI: o.Reply.URL, WebhookMethod: methodWord(o.Reply),
			ForwardToSMS: o.ReplySMS.To, ForwardFromSMS: o.ReplySMS.From,
			ForwardToEmail: o.ReplyMail.To, ForwardFromEmail: o.ReplyMail.From,
		}
		if options != (messageOptions{}) {
			out.messageOptions = &options
		}
	}
	return out
}

// asAccepted gives a message as it was when it was taken: with the events of
// that moment alone.
func asAccepted(m *wirechief.Message) *wirechief.Message {
	first := *m
	first.Status = wirechief.StatusAccepted
	if i := slices.IndexFunc(m.Events, func(e wirechief.Event) bool {
		return e.Type != wirechief.EventAccepted && e.Type != wirechief.EventScheduled && e.Type != wirechief.EventRouted
	}); i >= 0 {
		first.Events = m.Events[:i]
	}
	return &first
}

// methodWord spells a method as the vendor's Java client reads it.
func methodWord(h wirechief.Hook) string {
	switch {
	case h.URL == "":
		return ""
	case h.Method == "GET":
		return "Get"
	}
	return "Post"
}

// messageStatus gives the vendor's word; there are no others, for its C# client
// cannot read them.
func messageStatus(s wirechief.Status) string {
	for word, list := range statuses {
		if slices.Contains(list, s) {
			return word
		}
	}
	return "Failed"
}

// failureCode says why a message failed, "" for one that has not.
func failureCode(m *wirechief.Message) string {
	switch m.Status {
	case wirechief.StatusExpired:
		return "EXPIRED"
	case wirechief.StatusCanceled:
		return "CANCELED"
	case wirechief.StatusUnknown:
		return "UNKNOWN"
	case wirechief.StatusFailed, wirechief.StatusSuppressed:
	default:
		return ""
	}
	for i := len(m.Events) - 1; i >= 0; i-- {
		e := &m.Events[i]
		switch e.Type {
		case wirechief.EventSuppressed:
			if code := rules[e.Detail.Rule]; code != "" {
				return code
			}
			return "SUPPRESSED"
		case wirechief.EventFailed:
			if e.Detail.Reason != "" {
				return strings.ToUpper(string(e.Detail.Reason))
			}
			if e.Detail.State == wirechief.ReceiptRejected {
				return "REJECTED"
			}
			return "UNDELIVERABLE"
		}
	}
	return "UNDELIVERABLE"
}
