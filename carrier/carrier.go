package carrier

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Carrier is one configured link to a carrier.
//
// Start returns once the link is trying to connect; the connection itself may
// come later and is told by Handler.Changed. Stop ends everything that Start
// began and returns when nothing of it runs any more; submissions that have
// not been answered are then reported as InDoubt (they left) or Retry with
// ReasonShutdown (they did not). Both may be called twice, and Stop before Start.
type Carrier interface {
	Name() string // as configured, unique, never empty
	Type() string // "smpp", "sim", "bulkvs"
	Abilities() Abilities

	Start(ctx context.Context, h Handler) error
	Stop(ctx context.Context) error

	// Submit makes one try at carrying the message and calls report exactly
	// once, from any goroutine, never before Submit was called, possibly
	// before it returns. report does not block. Submit itself does not wait
	// for the peer. When ctx ends before the message has left, it is reported
	// as Retry with ReasonShutdown.
	Submit(ctx context.Context, s Submission, report func(wirechief.Outcome))

	// Room is how many messages may be outstanding with Submit in all: the
	// window times the live connections, 0 while there is none. It may change
	// at any time; a change is told by Handler.Changed.
	Room() int

	// Status is what people and metrics see of the link now.
	Status() Status
}

// NumberSource is a [Carrier] that has numbers to sell; it has the abilities
// Search and Order. All methods may be called at any time between Start and
// Stop, from many goroutines, and end with ctx.
type NumberSource interface {
	// SearchNumbers lists what is on offer, up to q.Limit, in order of the
	// digits. A question that the source cannot ask gives none and no error.
	SearchNumbers(ctx context.Context, q wirechief.OfferQuery) ([]wirechief.Offer, error)
	// OrderNumber buys a number. To order what is ours already succeeds, so
	// that an order can be repeated after a crash. Kind Conflict or NotFound
	// means that it cannot be had; Unavailable, that nobody knows: try again.
	OrderNumber(ctx context.Context, number string) error
	// ReleaseNumber gives a number back. One that is not ours is no error.
	ReleaseNumber(ctx context.Context, number string) error
}

// Handler is what a carrier brings things to; the exchange implements it.
// It is safe for use from many goroutines.
type Handler interface {
	// Inbound takes a text (or a part of one) from a handset. It returns nil
	// once the text is on disk; only then may the carrier acknowledge it.
	// Kind NotFound means that no number of ours is meant; Unavailable that
	// it cannot be kept now and the peer should bring it again.
	Inbound(ctx context.Context, in wirechief.Inbound) error

	// Receipt takes a delivery receipt, under the same rule. A receipt that
	// matches nothing (yet) is kept, and is no error.
	Receipt(ctx context.Context, r wirechief.Receipt) error

	// Changed says that Room or Status is worth another look. It never blocks.
	Changed(carrier string)
}

// LateHandler is a [Handler] that wants to know what came of a submission that
// was reported as InDoubt with ReasonTimeout, when its answer comes after all.
type LateHandler interface {
	// Late gives the outcome: Done, or Final. It never blocks.
	Late(carrier string, message int64, o wirechief.Outcome)
}

// Submission is a message on its way out, as a carrier needs it.
type Submission struct {
	Message int64  // our id, for logs and for peers that take a reference of ours
	From    string // "+13109060901", a short code, or an alphanumeric sender
	To      string // "+13105551212" or a short code
	Text    string // whole; the carrier splits it as its link demands
	Media   []Media
	// Validity is the instant after which the message is worthless to the
	// sender; zero when there is none.
	Validity time.Time
	// Receipt says whether a delivery receipt is wanted.
	Receipt bool
	// Again says that the peer may have this message already: an earlier try
	// ended in doubt.
	Again bool
}

// Media is one picture or file of an outgoing MMS, already fetched and
// checked: URL is where the peer can get it from us, Type its sniffed media type.
type Media struct {
	URL  string
	Type string
	Size int64
}

// Abilities says what a link can do (docs/adr/0003). The exchange refuses
// early what no carrier on the route can do; each dialect words that its way.
type Abilities uint16

// The abilities.
const (
	SMS Abilities = 1 << iota
	MMS
	Receipts
	Inbound
	Search
	Order
	Campaigns
	Voice
	// AnySender: texts may be from whomever they are from, not only from numbers
	// that are ours.
	AnySender
)

var abilityNames = [...]string{"sms", "mms", "receipts", "inbound", "search", "order", "campaigns", "voice", "any_sender"}

// Has says whether all of want are there.
func (a Abilities) Has(want Abilities) bool { return a&want == want }

// List names the abilities, in the order of the constants.
func (a Abilities) List() []string {
	var out []string
	for i, name := range abilityNames {
		if a&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

func (a Abilities) String() string { return strings.Join(a.List(), ",") }

// State is the condition of a link.
type State string

// The states.
const (
	Stopped    State = "stopped"
	Connecting State = "connecting"
	Up         State = "up"
	Degraded   State = "degraded" // some connections of several are down, or throttled
	Down       State = "down"     // cannot connect; trying again
	Refused    State = "refused"  // the peer does not let us in: credentials
)

// Status is a snapshot for `wirechief carriers`, the console and metrics.
type Status struct {
	State       State
	Connections int       // live now
	Wanted      int       // configured
	Outstanding int       // submissions not answered yet
	Since       time.Time // when State was entered
	LastError   string    // for a person, without secrets; empty when all is well
	LastReceipt time.Time
	Rate        float64 // segments a second that the link allows itself now, 0: no limit
}

// Services is what every carrier is built with, beside its own configuration.
type Services struct {
	Log *slog.Logger
	Now func() time.Time
}
