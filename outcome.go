package wirechief

import "time"

// Disposition says what is left to do after one try.
type Disposition uint8

// The dispositions. The zero value is deliberately none of them.
const (
	Done    Disposition = iota + 1 // the far side took it
	Retry                          // not now: try again after Outcome.After
	Final                          // never over this wire: trying again would get the same answer
	InDoubt                        // it left, and no answer came: the far side may have it
)

func (d Disposition) String() string {
	switch d {
	case Done:
		return "done"
	case Retry:
		return "retry"
	case Final:
		return "final"
	case InDoubt:
		return "in doubt"
	}
	return "none"
}

// Reason is why a try ended as it did: a closed list, used as metric label,
// in the timeline and by failover.
type Reason string

// The reasons.
const (
	ReasonNone         Reason = ""
	ReasonThrottled    Reason = "throttled"    // too fast for the far side
	ReasonQueueFull    Reason = "queue_full"   // the far side has no room
	ReasonTemporary    Reason = "temporary"    // the far side has a passing trouble (system error, 5xx)
	ReasonUnreachable  Reason = "unreachable"  // no connection, or it was refused
	ReasonTimeout      Reason = "timeout"      // no answer in time
	ReasonDisconnected Reason = "disconnected" // the connection was cut before the answer
	ReasonCredentials  Reason = "credentials"  // the far side does not let us in
	ReasonFunds        Reason = "funds"        // our account there is empty
	ReasonSource       Reason = "source"       // it does not accept the sender
	ReasonDestination  Reason = "destination"  // it does not accept the recipient
	ReasonContent      Reason = "content"      // it does not accept the text or media
	ReasonRejected     Reason = "rejected"     // it refuses for another reason of its own
	ReasonUnsupported  Reason = "unsupported"  // the wire cannot carry this kind of message
	ReasonProtocol     Reason = "protocol"     // its answer makes no sense
	ReasonRedirect     Reason = "redirect"     // it sent us elsewhere: never followed
	ReasonEgress       Reason = "egress"       // our guard forbids the address
	ReasonGone         Reason = "gone"         // it says that it is gone for good
	ReasonShutdown     Reason = "shutdown"     // we stopped: neither failure nor attempt
)

// Outcome is what a carrier or a forward reports after one try. Metrics,
// timeline, failover and replay are functions of it (docs/adr/0001).
type Outcome struct {
	Disposition Disposition
	Reason      Reason        // empty when done
	After       time.Duration // wait at least this long before the next try; 0: as scheduled
	Code        string        // the far side's own code, as "ESME_RTHROTTLED" or "503"
	Text        string        // the far side's own words, shortened
	IDs         []string      // the far side's ids of what it took, one a part
	Elsewhere   bool          // final here, but another carrier may well take it
}
