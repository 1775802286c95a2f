package webhook

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
)

// The types of events, by which endpoints choose.
const (
	Received   = "message.received"   // a text or picture came in at a number
	Delivered  = "message.delivered"  // the handset has it
	Failed     = "message.failed"     // it will not be delivered
	Expired    = "message.expired"    // its time ran out first
	Suppressed = "message.suppressed" // a rule kept it back
	Canceled   = "message.canceled"   // somebody withdrew it
	Unknown    = "message.unknown"    // it left, and what became of it cannot be known
	// Test is of a test that somebody asked for; it comes whatever an endpoint
	// has chosen.
	Test = "endpoint.test"
)

// Events lists the types that an endpoint can choose.
func Events() []string {
	return []string{Received, Delivered, Failed, Expired, Suppressed, Canceled, Unknown}
}

// Event is the body of a webhook of ours (Standard Webhooks, "Payload structure").
type Event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened
	Data      Message   `json:"data"`
}

// Message is a text or picture message with its history.
type Message struct {
	ID        int64             `json:"id"`
	Tenant    string            `json:"tenant"`
	Direction string            `json:"direction" enum:"outbound,inbound"`
	From      string            `json:"from"`
	To        string            `json:"to"`
	Text      string            `json:"text"`
	Media     []Media           `json:"media" nullable:"false"`
	Segments  int               `json:"segments" doc:"Parts that the text travels in; 1 for a picture message"`
	Status    string            `json:"status" enum:"accepted,scheduled,submitted,delivered,failed,expired,suppressed,canceled,unknown,received"`
	Carrier   string            `json:"carrier" doc:"Carrier that has the message or is to get it"`
	CarrierID string            `json:"carrier_id" doc:"The carrier's id, of the first segment; events have all"`
	CreatedAt time.Time         `json:"created_at"`
	Events    []wirechief.Event `json:"events" nullable:"false" doc:"What happened to it and what it caused, up to each try at a webhook"`
	Ref       string            `json:"ref" doc:"UUID that the messages of one request share"`
	Also      []string          `json:"also" nullable:"false" doc:"Other recipients of a group message"`
}

// Media is a picture or file of a message.
type Media struct {
	URL  string `json:"url" doc:"Where it can be fetched; expires"`
	Type string `json:"type" doc:"Media type, empty until it was fetched"`
	Size int64  `json:"size" doc:"Octets"`
}

// Linker says where a kept file can be fetched.
type Linker func(wirechief.MediaItem) wirechief.MediaLink

// NewMessage shows a message with the events that are given of it. link nil: a
// file is where it came from.
func NewMessage(m *wirechief.Message, events []wirechief.Event, link Linker) Message {
	out := Message{
		ID: m.ID, Tenant: m.Tenant, Direction: string(m.Direction), From: m.From, To: m.To, Text: m.Text,
		Media: make([]Media, len(m.Media)), Segments: m.Segments, Status: string(m.Status),
		Carrier: m.Carrier, CreatedAt: m.CreatedAt.UTC(), Events: events, Ref: m.Ref, Also: m.Also,
	}
	if out.Also == nil {
		out.Also = []string{}
	}
	if len(m.CarrierIDs) > 0 {
		out.CarrierID = m.CarrierIDs[0]
	}
	for i, item := range m.Media {
		out.Media[i] = Media{URL: item.Source, Type: item.Type, Size: item.Size}
		if item.Token != "" && link != nil {
			out.Media[i] = Media(link(item))
		}
	}
	return out
}

// TypeOf is the type of what a notice tells.
func TypeOf(n *wirechief.Notice) string {
	if n.Event == wirechief.NoticeReceipt {
		return "message." + string(n.Message.Status)
	}
	return Received
}

// Wants says whether an endpoint is to be told of a type of event: it is on,
// and has chosen it or chosen none.
func Wants(e *wirechief.Endpoint, event string) bool {
	return e.Enabled && (len(e.Events) == 0 || slices.Contains(e.Events, event))
}

// Formatter puts notices into our own shape. Events of a notice are those of
// the message so far; what it causes comes after it.
type Formatter struct{ Link Linker }

// Format implements [wirechief.Formatter].
func (f Formatter) Format(n wirechief.Notice) (wirechief.Payload, error) {
	events := make([]wirechief.Event, len(n.Message.Events))
	for i, e := range n.Message.Events {
		e.At, e.Detail.NextAt, e.Detail.DoneAt = e.At.UTC(), e.Detail.NextAt.UTC(), e.Detail.DoneAt.UTC()
		events[i] = e
	}
	e := Event{Type: TypeOf(&n), Timestamp: n.At.UTC(), Data: NewMessage(n.Message, events, f.Link)}
	if n.Event == wirechief.NoticeTest {
		e.Type = Test
	}
	body, err := json.Marshal(e)
	if err != nil {
		return wirechief.Payload{}, err
	}
	return wirechief.Payload{Method: "POST", ContentType: "application/json", Body: body}, nil
}
