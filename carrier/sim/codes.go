package sim

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Behaviour is how a simulated handset, and the carrier before it, behaves.
type Behaviour struct {
	Throttles int                    // how often the carrier says "not now" first
	Delay     time.Duration          // from the submission to the receipt
	State     wirechief.ReceiptState // what the receipt says; empty: none ever comes
	Code      string                 // the receipt's error code, three digits
}

// behaviour is the table of docs/operating.md, "The simulator carrier". usual is the
// delay of an ordinary receipt. The error codes are ours, but for 255, which
// has been seen with UNDELIV (docs/dialects/bulkvs.md).
func behaviour(to string, usual time.Duration) Behaviour {
	b := Behaviour{Delay: usual, State: wirechief.ReceiptDelivered, Code: "000"}
	if len(to) < 4 {
		return b
	}
	switch to[len(to)-4:] {
	case "0001":
		b.Delay = 0
	case "0002":
		b.State, b.Code = wirechief.ReceiptUndeliverable, "255"
	case "0003":
		b.State, b.Code = wirechief.ReceiptRejected, "008"
	case "0004":
		b.State, b.Code = wirechief.ReceiptExpired, "034"
	case "0005":
		b.State, b.Code = "", ""
	case "0006":
		b.Throttles = 2
	case "0007":
		b.Delay = 10 * time.Second
	}
	return b
}

// throttled is the answer of a carrier that wants the message later.
var throttled = wirechief.Outcome{
	Disposition: wirechief.Retry, Reason: wirechief.ReasonThrottled,
	Code: "SIM_THROTTLED", Text: "the simulator throttles this destination twice",
}

// shutdown is the answer to what comes while the simulator does not run.
var shutdown = wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
