package carrier

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// CallCarrier is a [Carrier] that carries calls; it has the ability Voice. It
// knows how to speak with its far side and nothing about what numbers do with
// calls: that is the core's (package voice).
type CallCarrier interface {
	Carrier

	// Answering says who takes the calls that come in. It is called once,
	// before Start; without it every call is refused.
	Answering(CallHandler)

	// Dial places a call. It returns once the call is on its way, or why it
	// cannot be; what becomes of it is told to on. A call that is not wanted
	// any more is ended by Leg.Hangup, whatever its state.
	Dial(d Dial, on Listener) (Leg, error)
}

// CallHandler takes calls; package voice implements it.
type CallHandler interface {
	// Incoming takes a call. It returns without waiting, and has the leg
	// answered, refused or hung up in the end. What happens to the leg from
	// then on is told to the listener that it returns.
	Incoming(c IncomingCall, leg Leg) Listener
	// Refused tells of a call that the carrier refused by itself, with its cause.
	Refused(c wirechief.RefusedCall)
}

// Listener hears what happens to one leg: in order, one event at a time. It
// never blocks. LegEnded is the last.
type Listener func(LegEvent)

// Dial is a call that is to be placed.
type Dial struct {
	To          string // E.164, an emergency number, or a SIP URI
	From        string // E.164, presented; "" withholds the number
	DisplayName string
	// Diverted is the number of ours that the call was first for, when it is a
	// forwarded one (RFC 5806, Diversion); "" when not.
	Diverted string
	// Hops are how many of our numbers the call has come through, this one too.
	Hops int
	// Attestation goes along as it came.
	Attestation string
	Codecs      []Codec // in order of liking; empty: as the carrier has them
}

// IncomingCall is a call that somebody wants with a number of ours.
type IncomingCall struct {
	Carrier     string
	To          string // E.164
	From        string // E.164; "" withheld
	RawTo       string // as they came, cut to 128 octets
	RawFrom     string
	DisplayName string
	Attestation string
	Source      string // address and port of the far side
	Diversion   []string
	Hops        int  // as told by the far side when it is one of us
	Early       bool // sound can be sent before the answer
}

// Leg is one connection with a far side. All methods may be called at any time
// from any goroutine, and do not wait for the far side; on a leg that has ended
// they do nothing.
type Leg interface {
	ID() string // Call-ID, or what stands for it; unique in the carrier

	// Ring says to an incoming leg that somebody is being called; with early,
	// sound is sent before the answer (183).
	Ring(early bool)
	// Answer takes an incoming leg. The sound flows once LegUp was told.
	Answer()
	// Hangup ends the leg in any state: refuses an incoming one with what fits
	// the cause, withdraws one that rings, and says goodbye to one that is up.
	Hangup(c wirechief.Cause)
	// SendDigits presses keys at the far side: 0 to 9, *, #, A to D.
	SendDigits(digits string)
	// Audio is the sound of the leg; it can be asked for at once, and is silent
	// until the sides have agreed.
	Audio() Audio
}

// LegEventType names what happened to a leg.
type LegEventType uint8

// What happens to legs.
const (
	LegRinging  LegEventType = iota + 1 // the far side rings; Early says that it sends sound
	LegUp                               // answered, and the sound can flow
	LegDigit                            // the far side pressed a key: Digit
	LegHeld                             // it does not want to hear us for now
	LegResumed                          // it does again
	LegTransfer                         // it asks us to connect the other side with Target (REFER)
	LegRecord                           // it asks for recording on, or off: Digit is '1' or '0' (SIP INFO Record)
	LegEnded                            // Cause says why; nothing comes after
)

// LegEvent is one thing that happened to a leg.
type LegEvent struct {
	Type   LegEventType
	At     time.Time
	Early  bool
	Digit  byte
	Target string
	Cause  wirechief.Cause
	// Quality comes with LegEnded.
	Quality wirechief.Quality
}

// Codec is how sound is written (RFC 3551 section 6, its payload types).
type Codec uint8

// The codecs: G.711, 8,000 samples a second, an octet each.
const (
	PCMU Codec = 0
	PCMA Codec = 8
)

func (c Codec) String() string {
	switch c {
	case PCMU:
		return "PCMU"
	case PCMA:
		return "PCMA"
	}
	return "none"
}

// Packet is a piece of sound on its way: what RTP carries (RFC 3550 section
// 5.1) without the parts that belong to one link.
type Packet struct {
	Codec     Codec
	Sequence  uint16 // as the far side counts
	Timestamp uint32 // in samples, as the far side counts
	Marker    bool   // the first after silence
	// Event says that Payload is a telephone event (RFC 4733) and not sound.
	Event   bool
	Payload []byte // only valid until the call that brought it returns
}

// Audio is the sound of a leg in both directions.
type Audio interface {
	// Codec is what was agreed on; good once the leg is up or early sound flows.
	Codec() Codec
	// Hear says who gets each packet that comes in, in the order in which they
	// come; nil for nobody. The function is called by the one goroutine that
	// reads, so it has to be quick. When Hear returns, the one before is not
	// called any more.
	Hear(func(Packet))
	// Say sends a packet of the agreed codec. Sequence and timestamp may jump
	// between sources: what the far side sees is one stream.
	Say(Packet) error
	// Quality is the count so far.
	Quality() wirechief.Quality
}

// CallTester is a [CallCarrier] that can play a handset: the simulator.
type CallTester interface {
	CallCarrier
	// Ring places a call from a made-up phone to a number of ours, which
	// presses the digits and hears what there is to hear, until ctx ends or
	// the call does.
	Ring(ctx context.Context, from, to, digits string) (Heard, error)
}

// Heard is what a made-up phone heard.
type Heard struct {
	Answered bool
	Cause    wirechief.Cause
	Duration time.Duration
	Sound    []byte // µ-law, 8,000 a second
}
