package wirechief

import (
	"slices"
	"time"
)

// Direction is the way a message goes, seen from our numbers.
type Direction string

// The directions.
const (
	Outward Direction = "outbound" // from a number of ours to a handset
	Inward  Direction = "inbound"  // from a handset to a number of ours
)

// Status is the one word for where a message stands. It is a view over the
// events and never steps back (see [Status.rank]).
type Status string

// The statuses.
const (
	StatusAccepted   Status = "accepted"   // on disk, waits for its carrier
	StatusScheduled  Status = "scheduled"  // on disk, waits for its time
	StatusSubmitted  Status = "submitted"  // a carrier took it
	StatusDelivered  Status = "delivered"  // a receipt says that the handset has it
	StatusFailed     Status = "failed"     // a carrier or a receipt says that it will not arrive
	StatusExpired    Status = "expired"    // its validity ran out here or at the carrier
	StatusSuppressed Status = "suppressed" // a rule of ours kept it from leaving
	StatusCanceled   Status = "canceled"   // withdrawn before it left
	StatusUnknown    Status = "unknown"    // it left, and what became of it cannot be known
	StatusReceived   Status = "received"   // inbound
)

// IsFinal says whether the status cannot change any more.
func (s Status) IsFinal() bool { return s.rank() == 3 }

// rank orders the statuses: a message moves to a higher rank only.
func (s Status) rank() int {
	switch s {
	case StatusScheduled:
		return 0
	case StatusAccepted:
		return 1
	case StatusSubmitted:
		return 2
	}
	return 3
}

// EventType names what happened to a message.
type EventType string

// The event types, in the order in which a text usually meets them.
const (
	EventAccepted   EventType = "accepted"
	EventScheduled  EventType = "scheduled"
	EventRouted     EventType = "routed"    // Detail: Carrier, Route, Reason when it is another than before
	EventSubmitted  EventType = "submitted" // Detail: Carrier, CarrierIDs
	EventThrottled  EventType = "throttled" // Detail: Carrier, Reason, Code, NextAt
	EventInDoubt    EventType = "in_doubt"  // Detail: Carrier, Reason; the next try may be a duplicate
	EventReceipt    EventType = "receipt"   // Detail: the receipt, raw and mapped
	EventDelivered  EventType = "delivered"
	EventFailed     EventType = "failed"
	EventExpired    EventType = "expired"
	EventCanceled   EventType = "canceled"
	EventReceived   EventType = "received"
	EventForwarded  EventType = "forwarded" // a webhook, mail or text was caused, or an attempt at it made
	EventReplied    EventType = "replied"
	EventSuppressed EventType = "suppressed"
	EventMediaLost  EventType = "media_lost" // a picture or file that came with it could not be fetched; Detail: Because
)

// Event is one entry of a message's history. Events are appended, never
// changed; what is said in Detail depends on the type.
type Event struct {
	At     time.Time `json:"at"`
	Type   EventType `json:"type"`
	Detail Detail    `json:"detail"`
}

// Detail holds what an event has to say. Every field is optional.
type Detail struct {
	Carrier    string       `json:"carrier,omitempty"`
	CarrierIDs []string     `json:"carrier_ids,omitempty"` // one a segment
	Route      []string     `json:"route,omitempty"`       // carriers left to try after Carrier
	Because    string       `json:"because,omitempty"`     // the routing rule that won, or another reason in words
	Reason     Reason       `json:"reason,omitempty"`
	Rule       Rule         `json:"rule,omitempty"`
	Code       string       `json:"code,omitempty"` // the far side's own code
	Text       string       `json:"text,omitempty"` // the far side's own words
	State      ReceiptState `json:"state,omitempty"`
	Part       int          `json:"part,omitempty"`  // which segment a receipt is about, from 1
	Parts      int          `json:"parts,omitempty"` // how many segments there are
	Missing    []int        `json:"missing,omitempty"`
	Raw        string       `json:"raw,omitempty"`
	Repeat     bool         `json:"repeat,omitempty"` // the carrier said it before
	Resend     bool         `json:"resend,omitempty"` // the message goes out again and may arrive twice
	NextAt     time.Time    `json:"next_at,omitzero"`
	DoneAt     time.Time    `json:"done_at,omitzero"` // the carrier's own time
	Delivery   int64        `json:"delivery,omitempty"`
	Fallback   int          `json:"fallback,omitempty"`    // the place in its number's fallback chain, from 1
	Kind       string       `json:"kind,omitempty"`        // of a delivery: webhook, http, email, sms, console
	To         string       `json:"destination,omitempty"` // of a delivery
	Status     string       `json:"status,omitempty"`      // of a delivery
	Dialect    string       `json:"dialect,omitempty"`     // which API took it
	Who        string       `json:"who,omitempty"`         // the person who sent it
	Attempt    *Attempt     `json:"attempt,omitempty"`
}

// Message is one text or picture message to one handset or from one.
type Message struct {
	MessageKey
	Tenant     string
	Ref        string // UUID shared by the messages of one request
	Direction  Direction
	From, To   string   // "+" and digits, a short code's digits, or an alphanumeric sender
	Also       []string // other recipients of a group message
	Text       string
	Media      []MediaItem
	MMS        bool
	Encoding   string // "GSM-7" or "UCS-2"
	Segments   int
	Status     Status
	Carrier    string   // that has it or is to get it
	CarrierIDs []string // its ids, one a segment
	Route      []string // carriers left to try after Carrier
	Queue      Queue    // where it waits; zero when it waits for nothing
	CreatedAt  time.Time
	ValidUntil time.Time // worthless afterwards
	Dialect    string    // which API took it: "bulkvs", "wirechief", …
	Hops       int       // forwards of ours that led to it
	Property   string    // the project that it belongs to; empty: the tenant's first
	// Conversation is the thread that it belongs to. Stores set it when they
	// insert the message, unless it is Apart: then it is in none.
	Conversation int64
	// Apart keeps it out of conversations: it is from a blocked peer and told to
	// nobody, or of ours under somebody else's number. Not kept itself.
	Apart   bool
	Options *MessageOptions
	Events  []Event
}

// MessageKey finds a message: the shard of its tenant and its id.
type MessageKey struct {
	Shard Shard
	ID    int64 // time-ordered, below 2^53, so that JavaScript reads it exactly
}

// Queue is a place in a carrier's queue.
type Queue struct {
	Lane  string    // the carrier; empty when the message waits for none
	At    time.Time // not before
	Tries int       // tries that ended in Retry so far
}

// MediaItem is a picture or file of a message.
type MediaItem struct {
	Source string `json:"source,omitempty"` // where the sender said it is; empty once kept and for inbound data
	Token  string `json:"token,omitempty"`  // names it under /media/ once it is kept
	Type   string `json:"type,omitempty"`   // sniffed media type
	Ext    string `json:"ext,omitempty"`    // ".jpg"
	Size   int64  `json:"size,omitempty"`   // octets
}

// Record appends an event and advances the view over the events.
func (m *Message) Record(e Event) {
	m.Events = append(m.Events, e)
	d := &e.Detail
	switch e.Type {
	case EventAccepted:
		m.advance(StatusAccepted)
	case EventScheduled:
		m.advance(StatusScheduled)
	case EventRouted:
		m.Carrier, m.Route = d.Carrier, d.Route
	case EventSubmitted:
		m.Carrier = d.Carrier
		if !d.Resend { // the ids of a copy are known beside those of the first
			m.CarrierIDs = d.CarrierIDs
		}
		m.advance(StatusSubmitted)
	case EventDelivered:
		m.advance(StatusDelivered)
	case EventFailed:
		if d.State == ReceiptUnknown || d.Reason == reasonInDoubt {
			m.advance(StatusUnknown)
		} else {
			m.advance(StatusFailed)
		}
	case EventExpired:
		m.advance(StatusExpired)
	case EventCanceled:
		m.advance(StatusCanceled)
	case EventSuppressed:
		m.advance(StatusSuppressed)
	case EventReceived:
		m.advance(StatusReceived)
	}
}

// reasonInDoubt marks the end of a message whose tenant wants what is in
// doubt to stay unknown rather than be sent again.
const reasonInDoubt Reason = "in_doubt"

// GivenUpInDoubt is the event that ends a message in doubt as unknown.
func GivenUpInDoubt(at time.Time, carrier string) Event {
	return Event{At: at, Type: EventFailed, Detail: Detail{
		Carrier: carrier, Reason: reasonInDoubt,
		Because: "the carrier may have it; the tenant's setting is not to send such messages again",
	}}
}

func (m *Message) advance(to Status) {
	if m.Status == "" || to.rank() > m.Status.rank() {
		m.Status = to
	}
}

// Receive says which events a receipt causes: always a receipt event; after it
// the event that ends the message, if this receipt does. A long text is
// delivered once every segment is, and has failed as soon as one has. The
// first final word counts; later ones are kept and change nothing.
func (m *Message) Receive(r Receipt) []Event {
	part := slices.Index(m.CarrierIDs, r.ID) + 1
	e := Event{At: r.At, Type: EventReceipt, Detail: Detail{
		Carrier: r.Carrier, CarrierIDs: []string{r.ID}, State: r.State, Code: r.Code,
		Part: part, Parts: len(m.CarrierIDs), Raw: r.Raw, DoneAt: r.Done,
	}}
	settled := m.settledParts()
	if _, ok := settled[r.ID]; ok {
		e.Detail.Repeat = true
		return []Event{e}
	}
	events := []Event{e}
	if !r.State.IsFinal() || m.Status.IsFinal() {
		return events
	}
	if part == 0 && (len(m.CarrierIDs) > 1 || r.State != ReceiptDelivered) {
		return events // about a copy: that it failed says nothing of the first
	}
	settled[r.ID] = r.State
	end := Event{At: r.At, Detail: Detail{Carrier: r.Carrier, State: r.State, Code: r.Code, DoneAt: r.Done}}
	switch r.State.Status() {
	case StatusDelivered:
		for _, id := range m.CarrierIDs {
			if part > 0 && settled[id] != ReceiptDelivered {
				return events
			}
		}
		end.Type = EventDelivered
	case StatusExpired:
		end.Type = EventExpired
	default:
		end.Type = EventFailed
	}
	return append(events, end)
}

// settledParts gives the final state of each segment that has one.
func (m *Message) settledParts() map[string]ReceiptState {
	settled := make(map[string]ReceiptState, len(m.CarrierIDs))
	for i := range m.Events {
		d := &m.Events[i].Detail
		if m.Events[i].Type != EventReceipt || !d.State.IsFinal() || len(d.CarrierIDs) != 1 {
			continue
		}
		if _, ok := settled[d.CarrierIDs[0]]; !ok {
			settled[d.CarrierIDs[0]] = d.State
		}
	}
	return settled
}

// LostMedia says how many pictures and files that came with it could not be
// fetched.
func (m *Message) LostMedia() (n int) {
	for i := range m.Events {
		if m.Events[i].Type == EventMediaLost {
			n++
		}
	}
	return n
}

// MessageFilter selects messages for a listing, newest first.
type MessageFilter struct {
	Tenant    string // empty: every tenant (the operator)
	Direction Direction
	Status    Status
	Statuses  []Status // any of them; none: all
	// Properties are the projects, any of them; "" stands for messages that
	// name none. None: all.
	Properties  []string
	CreatedFrom time.Time // inclusive; zero: from the beginning
	CreatedTo   time.Time // exclusive; zero: to the end
	Oldest      bool      // oldest first, also without After
	Skip        int       // leave out so many of those that are selected
	Number      string    // either end
	Ref         string
	Before      int64 // ids below it; 0: from the newest
	After       int64 // ids above it, oldest first when set
	Limit       int   // 1 to 1000; 0: 50
}
