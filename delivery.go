package wirechief

import "time"

// DeliveryKind is the way in which something reaches a customer.
type DeliveryKind string

// The kinds.
const (
	KindWebhook DeliveryKind = "webhook" // a registered endpoint, in its vendor's shape
	KindHTTP    DeliveryKind = "http"    // a number's HTTP forward
	KindEmail   DeliveryKind = "email"
	KindSMS     DeliveryKind = "sms"
	KindConsole DeliveryKind = "console"
)

// DeliveryStatus is where a delivery stands.
type DeliveryStatus string

// The statuses.
const (
	DeliveryPending   DeliveryStatus = "pending"
	DeliveryDelivered DeliveryStatus = "delivered"
	DeliveryExhausted DeliveryStatus = "exhausted" // the last try failed; kept, can be replayed
	DeliveryPaused    DeliveryStatus = "paused"    // its destination is; nothing is lost
	DeliveryCanceled  DeliveryStatus = "canceled"
)

// Delivery is one thing to bring to one destination, and every try at it.
type Delivery struct {
	DeliveryKey
	Tenant      string
	Message     int64 // that it is about; 0 when none
	Kind        DeliveryKind
	Destination string // URL, mail address, number or channel; with Tenant and Kind it names the lane
	Profile     string // whose rules of timing and success hold: "bulkvs", "fonedynamics", "wirechief", …
	Event       string // what it tells: "inbound", "receipt", …
	Method      string // HTTP method
	ContentType string
	Header      map[string]string // further header fields; they only add to the vendor's shape
	Body        []byte            // the same at every try
	Chunked     bool              // sent in chunks, without Content-Length
	// Fallback is the place in the fallback chain of its number that the
	// delivery has, from 1; 0: it is none of a chain.
	Fallback  int
	Status    DeliveryStatus
	CreatedAt time.Time
	NextAt    time.Time // of the next try, while pending
	Tries     int       // counts towards the schedule; replay starts it anew
	Attempts  []Attempt
}

// DeliveryKey finds a delivery.
type DeliveryKey struct {
	Shard Shard
	ID    int64
}

// Lane names the queue that the delivery stands in. One slow or dead
// destination delays its own lane only.
type Lane struct {
	Tenant      string
	Kind        DeliveryKind
	Destination string
}

// Lane gives the lane of the delivery.
func (d *Delivery) Lane() Lane { return Lane{d.Tenant, d.Kind, d.Destination} }

// Attempt is the record of one request that the far side saw, or of one that
// could not be made.
type Attempt struct {
	N          int               `json:"n"` // from 1, over the whole life of the delivery
	At         time.Time         `json:"at"`
	Class      string            `json:"class"` // "2xx" … "5xx", or the Reason when there was no answer
	StatusCode int               `json:"status_code"`
	Error      string            `json:"error"`
	DurationMS float64           `json:"duration_ms"`
	Peer       string            `json:"peer"` // address that was dialled
	Timing     *Timing           `json:"timing,omitempty"`
	Request    string            `json:"request,omitempty"` // request line and header, secrets masked
	Header     map[string]string `json:"header,omitempty"`  // of the answer
	Body       string            `json:"body,omitempty"`    // of the answer, up to 16 kB
	Truncated  bool              `json:"truncated,omitempty"`
	NextAt     time.Time         `json:"next_at,omitzero"`
	// InDoubt says why the far side may have seen the same once before, without
	// an attempt of it on record: the last run ended in the middle of it.
	InDoubt string `json:"in_doubt,omitempty"`
	// Message is the message that it became, of a delivery that is a text.
	Message int64 `json:"message,omitempty"`
}

// Timing splits an attempt, in milliseconds from its start.
type Timing struct {
	DNS       float64 `json:"dns,omitempty"`
	Connect   float64 `json:"connect,omitempty"`
	TLS       float64 `json:"tls,omitempty"`
	FirstByte float64 `json:"first_byte,omitempty"`
	Reused    bool    `json:"reused,omitempty"`
}

// DeliveryFilter selects deliveries for a listing, newest first.
type DeliveryFilter struct {
	Tenant      string // empty: every tenant
	Message     int64
	Status      DeliveryStatus
	Kind        DeliveryKind
	Destination string
	Before      int64
	Limit       int // 1 to 1000; 0: 50
}
