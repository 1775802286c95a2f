package wirechief

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxSegments is how many segments a text may have.
const MaxSegments = 10

// SendRequest asks to send one text or picture message to one or many.
// A dialect fills it from its own wire form; the exchange judges it.
type SendRequest struct {
	Tenant  string
	Dialect string
	From    string   // a number of the tenant, "+13109060901"; a name; empty: a leased number
	To      []string // "+13105551212" or a short code; each once
	Text    string
	Media   []string  // URLs; any makes it an MMS
	At      time.Time // send then; zero: now
	// Validity is how long it may wait for a carrier; 0: the installation's.
	Validity time.Duration
	// Key and Fingerprint make a repeat of the request harmless: see Answer. One
	// that the program makes itself begins with OwnKey; one from outside passes
	// JudgeKey first.
	Key         string
	Fingerprint [32]byte
	Property    string // that it belongs to, and that a leased number is taken from; empty: the number's, and any
	Options     *MessageOptions
	Simulated   bool // judged and answered as ever, and neither sent nor kept
	// Of texts that we send by ourselves:
	// As is whom the text is to look as if it were from, where the carrier lets
	// us say so (ability any_sender); it is judged as one from From. "": From.
	As      string
	Hops    int    // forwards of ours that led to it; beyond the limit it is refused (RuleLoop)
	Because string // why, for the timeline: "forward of message 4711", "automatic reply: agents offline"
	// Missed is when a call was missed that it answers, of somebody there is no
	// conversation with yet; zero: it answers no such call. The text opens the
	// conversation, and brings there the call and that it was answered.
	Missed time.Time
	// Excused lets it out to a handset that has opted out: the confirmation of
	// just that, and the answer to HELP.
	Excused bool
	// Agent is the name of the person who sends it in the console; "" otherwise.
	Agent string
	// Whole says that the API refuses the request when every recipient is
	// refused: such an answer does not use the key up.
	Whole bool
}

// OwnKey begins the idempotency keys that the program makes itself, of forwards,
// answers by mail, bulk sends and the parts of one request. No client can choose
// such a key ([JudgeKey]), so none can take one and silence what is sent under it.
const OwnKey = "\x1f"

// KeyMost is how many characters an idempotency key from outside has at most.
const KeyMost = 255

// JudgeKey refuses an idempotency key that somebody outside may not choose: an
// empty or long one, one that is no text, and one with control characters, with
// which our own begin.
func JudgeKey(key string) *Error {
	if key == "" || !utf8.ValidString(key) || utf8.RuneCountInString(key) > KeyMost || strings.ContainsFunc(key, unicode.IsControl) {
		return InvalidField("key", "an idempotency key has 1 to %d characters, and no control characters", KeyMost)
	}
	return nil
}

// SendResult is the answer to an accepted [SendRequest]. It is what a repeat
// under the same idempotency key gets again.
type SendResult struct {
	Ref        string          `json:"ref"` // UUID v4, lower case
	From       string          `json:"from"`
	MMS        bool            `json:"mms,omitempty"`
	Encoding   string          `json:"encoding"`
	Segments   int             `json:"segments"` // of the text to one recipient
	Recipients []SendRecipient `json:"recipients"`
	Repeated   bool            `json:"-"` // an earlier request under the key got this answer
}

// SendRecipient is what became of the message to one recipient. A recipient
// that a rule refuses has a message too, suppressed, so that it can be proved.
type SendRecipient struct {
	To      string `json:"to"`
	Message int64  `json:"message"`
	Kind    Kind   `json:"kind,omitempty"`
	Rule    Rule   `json:"rule,omitempty"`    // why it was refused
	Refusal string `json:"refusal,omitempty"` // in words; empty: accepted
}

// Notice is something to tell a customer about a message: what a [Formatter]
// turns into the shape of its vendor.
type Notice struct {
	Event   string   // NoticeInbound or NoticeReceipt; NoticeTest
	ID      string   // UUID, the same at every try
	Message *Message // with its events
	Receipt *Receipt // NoticeReceipt: the one that settled it; nil when we settled it ourselves
	// Whose settings ask for it: one of these.
	Webhook *Webhook // a named one of the tenant
	Forward *Forward // of the number, to a URL
	Hook    *Hook    // of the number or of one text
	// Endpoint is one of the tenant that is told of all its numbers.
	Endpoint *Endpoint
	// Of all but named webhooks: our number (nil when the text is from a name),
	// what the tenant is called in the API of whose shape it gets (the account of
	// its credential there, or else the name; "" when it has none), and the
	// project, "" when the tenant has none.
	Number   *Number
	Account  string
	Property string
	Media    []MediaLink
	At       time.Time
}

// The events of a [Notice].
const (
	NoticeInbound = "inbound"
	NoticeReceipt = "receipt"
	NoticeTest    = "test" // of a message that nobody sent; to endpoints only
)

// MediaLink is where the customer's program can fetch a file of a message.
type MediaLink struct {
	URL  string
	Type string
	Size int64
}

// Payload is a request body ready to be sent. It goes to the URL of whom the
// notice is for. With GET the body is a form (application/x-www-form-urlencoded)
// that goes behind the query which that URL has already: so the destination
// stays one and the same, and keeps its place in one queue.
type Payload struct {
	Method      string // HTTP method
	ContentType string
	Header      map[string]string
	Body        []byte
	Chunked     bool // sent in chunks, without Content-Length (RFC 9112 7.1)
}

// Formatter turns notices into what the clients of one dialect expect.
type Formatter interface {
	Format(n Notice) (Payload, error)
}

// Clock tells the time; tests bring their own.
type Clock func() time.Time

// IDs makes identifiers; tests bring their own.
type IDs interface {
	Next() int64   // time-ordered, unique, below 2^53
	UUID() string  // version 4, lower case
	Token() string // unguessable, for URLs: 128 bits at least
}

// Guard judges addresses that a tenant steers; package egress has the real one.
type Guard interface {
	// Check refuses (kind Invalid, RuleEgress) a URL that is malformed or
	// leads to a forbidden address. A name that does not resolve now passes.
	Check(ctx context.Context, rawURL string) error
}
