package wire

import (
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/webhook"
)

// Message is a text or picture message with its history.
type Message = webhook.Message

// Media is a picture or file of a message.
type Media = webhook.Media

// Delivery is one thing to bring to one destination, with every try at it.
type Delivery struct {
	ID          int64               `json:"id"`
	Kind        string              `json:"kind" enum:"webhook,http,email,sms,console"`
	Destination string              `json:"destination"`
	MessageID   int64               `json:"message_id" doc:"0 when it is about no message"`
	Status      string              `json:"status" enum:"pending,delivered,exhausted,paused,canceled"`
	NextAt      *time.Time          `json:"next_at" doc:"Of the next try, while pending"`
	Attempts    []wirechief.Attempt `json:"attempts" nullable:"false"`
}

// DeliveryDetail is a delivery with everything that is known of it.
type DeliveryDetail struct {
	Delivery
	Tenant      string            `json:"tenant"`
	Event       string            `json:"event"`
	Method      string            `json:"method"`
	ContentType string            `json:"content_type"`
	Header      map[string]string `json:"header,omitempty"`
	Body        string            `json:"body" doc:"What is sent, the same at every try"`
	CreatedAt   time.Time         `json:"created_at"`
}

// Send asks to send one text or picture message to one or many.
type Send struct {
	From  string    `json:"from" maxLength:"64" doc:"A number of yours, in international form" example:"+13109060901"`
	To    []string  `json:"to" minItems:"1" maxItems:"4000" nullable:"false" doc:"Numbers in international form, or short codes; each once"`
	Text  string    `json:"text,omitempty" doc:"Up to 10 segments"`
	Media []string  `json:"media,omitempty" maxItems:"10" nullable:"false" doc:"URLs; any makes it a picture message"`
	At    time.Time `json:"at,omitzero" doc:"Send then rather than now"`

	Validity string `json:"validity,omitempty" maxLength:"32" doc:"How long it may wait for a carrier, as a duration; empty: the usual" example:"4h"`
}

// Sent is the answer to a [Send].
type Sent struct {
	Ref      string        `json:"ref" doc:"UUID that the messages share"`
	From     string        `json:"from"`
	Encoding string        `json:"encoding" doc:"GSM-7 or UCS-2"`
	Segments int           `json:"segments" doc:"Parts that the text to one recipient travels in"`
	Messages []SentMessage `json:"messages" nullable:"false" doc:"One for each recipient, in the order given"`
}

// SentMessage is what became of the message to one recipient.
type SentMessage struct {
	ID      int64  `json:"id"`
	To      string `json:"to"`
	Refused bool   `json:"refused" doc:"It was suppressed and is kept as proof"`
	Rule    string `json:"rule,omitempty" doc:"The rule that refused it"`
	Detail  string `json:"detail,omitempty" doc:"Why it was refused, in words"`
}

// Replay names deliveries to try again: by id, or by filter.
type Replay struct {
	IDs         []int64 `json:"ids,omitempty" maxItems:"1000" nullable:"false"`
	Message     int64   `json:"message,omitempty" minimum:"0"`
	Status      string  `json:"status,omitempty" enum:"pending,delivered,exhausted,paused,canceled" doc:"Default exhausted"`
	Kind        string  `json:"kind,omitempty" enum:"webhook,http,email,sms,console"`
	Destination string  `json:"destination,omitempty"`
	Tenant      string  `json:"tenant,omitempty" doc:"For the operator; a tenant's is always its own"`
}

// Replayed says how many deliveries are pending again.
type Replayed struct {
	Replayed int `json:"replayed"`
}

// Destination names a destination of deliveries, to pause or to resume it.
type Destination struct {
	Tenant      string `json:"tenant,omitempty" doc:"For the operator; a tenant's is always its own"`
	Kind        string `json:"kind" enum:"webhook,http,email,sms,console"`
	Destination string `json:"destination" minLength:"1"`
	Paused      bool   `json:"paused"`
}

// Carrier is what can be seen of a carrier.
type Carrier struct {
	Name        string     `json:"name"`
	Type        string     `json:"type"`
	Abilities   []string   `json:"abilities" nullable:"false"`
	State       string     `json:"state" enum:"stopped,connecting,up,degraded,down,refused"`
	Since       *time.Time `json:"since" doc:"When the state was entered"`
	Paused      bool       `json:"paused"`
	Connections int        `json:"connections"`
	Wanted      int        `json:"wanted" doc:"Connections configured"`
	Outstanding int        `json:"outstanding" doc:"Submissions not answered yet"`
	Queue       int        `json:"queue" doc:"Messages waiting, in flight included"`
	Oldest      *time.Time `json:"oldest" doc:"When the oldest of them was accepted, about"`
	Rate        float64    `json:"rate" doc:"Segments a second that the link allows itself, 0: no limit"`
	Submitted   int64      `json:"submitted" doc:"Since the start"`
	Failed      int64      `json:"failed" doc:"Since the start"`
	ErrorRate   float64    `json:"error_rate" doc:"Of the last 1,000 tries, 0 to 1"`
	LastReceipt *time.Time `json:"last_receipt"`
	LastError   string     `json:"last_error"`
}

// CarrierChange changes what can be changed of a carrier while it runs.
type CarrierChange struct {
	Paused bool `json:"paused" doc:"Submit nothing; what waits is kept, what comes in is taken"`
}

// SimText plays a handset that texts a number on a simulator carrier.
type SimText struct {
	From string `json:"from" maxLength:"64" doc:"The handset"`
	To   string `json:"to" maxLength:"64" doc:"A number of yours on a simulator carrier"`
	Text string `json:"text" minLength:"1" maxLength:"10000"`
}

// Applied is what applying a state file changed, or would change.
type Applied struct {
	DryRun  bool           `json:"dry_run"`
	Changes []state.Change `json:"changes" nullable:"false"`
}

// Campaign is a campaign and how many numbers are bound to it.
type Campaign struct {
	TCR      string `json:"tcr"`
	Brand    string `json:"brand"`
	Approved bool   `json:"approved"`
	Numbers  int    `json:"numbers"`
}

// Webhook is a named endpoint.
type Webhook struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	URL         string    `json:"url"`
	DLR         bool      `json:"dlr" doc:"Receipts too"`
	Method      string    `json:"method" enum:"POST,3CX"`
	ModifiedAt  time.Time `json:"modified_at"`
}

// Version says what runs.
type Version struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

// Problem is an error, RFC 9457, with three members of our own.
type Problem struct {
	Type   string          `json:"type" doc:"Always about:blank"`
	Title  string          `json:"title" doc:"The status in words"`
	Status int             `json:"status"`
	Detail string          `json:"detail" doc:"What is wrong and what to do, for a person"`
	Kind   string          `json:"kind" doc:"What the caller can do about it"`
	Rule   string          `json:"rule,omitempty" doc:"The rule that refused, stable" example:"campaign"`
	Field  string          `json:"field,omitempty" doc:"The property at fault" example:"to[0]"`
	Errors []ProblemDetail `json:"errors,omitempty" doc:"All of them, when several properties are at fault"`
}

// ProblemDetail is one of several faults.
type ProblemDetail struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error gives the detail, so that a problem can travel as an error.
func (p *Problem) Error() string { return p.Detail }
