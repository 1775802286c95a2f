package wirechief

import (
	"context"
	"time"
)

// CallStatus is where a call stands.
type CallStatus string

// The statuses of calls.
const (
	CallOpen  CallStatus = "open"  // it rings, or people talk
	CallEnded CallStatus = "ended" // closed exactly once; Cause says why
)

// CallDisposition is what became of a call, in one word (fonedynamics: Get
// Calls, Disposition).
type CallDisposition string

// The dispositions of calls. An open one has none.
const (
	CallAnswered CallDisposition = "answered"  // somebody spoke with the caller
	CallIVR      CallDisposition = "ivr"       // only a machine did: a menu, a voicemail
	CallBusy     CallDisposition = "busy"      // whoever was called was busy
	CallNoAnswer CallDisposition = "no_answer" // nobody took it, or the caller gave up before
	CallFailed   CallDisposition = "failed"    // it could not be placed, or was refused
	CallCanceled CallDisposition = "canceled"  // an outbound call that was withdrawn before an answer
)

// Why a call or a leg ended, beside what the far side says. A closed list:
// metric label, filter and text of the timeline.
const (
	CauseNormal      = "normal"      // somebody hung up
	CauseBusy        = "busy"        // 486, 600
	CauseNoAnswer    = "no_answer"   // it rang for as long as it may
	CauseDeclined    = "declined"    // 603, or refused by whoever was called
	CauseCanceled    = "canceled"    // given up before an answer
	CauseElsewhere   = "elsewhere"   // another leg answered first
	CauseUnreachable = "unreachable" // no peer of the trunk answers
	CauseUnknown     = "unknown"     // the number is nobody's
	CauseVoiceOff    = "voice_off"   // the number takes no calls, or may place none
	CauseForbidden   = "forbidden"   // the address may not call us
	CauseCredentials = "credentials" // wrong or missing digest
	CauseLimit       = "limit"       // more calls, or calls a second, than the trunk may have
	CauseLoop        = "loop"        // it would come back to where it has been
	CauseMedia       = "media"       // no codec in common, or no encryption where it is required
	CauseSilent      = "silent"      // no sound came for too long
	CauseTooLong     = "too_long"    // longer than a call may last
	CauseMalformed   = "malformed"   // what was sent is not SIP, or not SDP
	CauseDraining    = "draining"    // the program is about to stop
	CauseInterrupted = "interrupted" // the program ended during the call
	CauseEmergency   = "emergency"   // an emergency number, and no trunk for it
	CauseFlow        = "flow"        // the flow said so
	CauseRejected    = "rejected"    // the far side refused for a reason of its own
	CauseInternal    = "internal"    // a fault of ours
)

// Cause is why a call or a leg ended.
type Cause struct {
	Reason string `json:"reason"`           // one of the Cause constants
	SIP    int    `json:"sip,omitempty"`    // the status code, 0: it ended by BYE or without SIP
	Q850   int    `json:"q850,omitempty"`   // ITU-T Q.850 cause value, 1 to 127 (RFC 3326)
	By     string `json:"by,omitempty"`     // "caller", "callee" or "us"
	Detail string `json:"detail,omitempty"` // for a person: what was said, or what was wrong
}

// Call is the record of one call, whichever way it goes. It is written once
// when the call begins and closed exactly once; what happens between is
// appended to its events.
type Call struct {
	ID        int64     `json:"id"`
	Tenant    string    `json:"tenant"`
	Direction Direction `json:"direction"`
	Number    string    `json:"number"` // ours, E.164
	Peer      string    `json:"peer"`   // the other one, E.164; "" when withheld
	// RawFrom and RawTo are what the far side sent, cut to 128 octets.
	RawFrom     string `json:"raw_from,omitempty"`
	RawTo       string `json:"raw_to,omitempty"`
	DisplayName string `json:"display_name,omitempty"`
	// Attestation is what the far side says of the caller's number: the value
	// of verstat, "TN-Validation-Passed" (3GPP TS 24.229), as it came.
	Attestation string `json:"attestation,omitempty"`
	Trunk       string `json:"trunk"` // the carrier that brought it, or took it first

	StartedAt   time.Time `json:"started_at"`
	RingingAt   time.Time `json:"ringing_at,omitzero"`
	AnsweredAt  time.Time `json:"answered_at,omitzero"`  // by anybody, a machine too
	ConnectedAt time.Time `json:"connected_at,omitzero"` // to a person
	EndedAt     time.Time `json:"ended_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at"`

	Status      CallStatus      `json:"status"`
	Disposition CallDisposition `json:"disposition,omitempty"`
	Cause       Cause           `json:"cause,omitzero"`

	Flow         string `json:"flow,omitempty"` // id of the [Flow] it went through, and its revision
	FlowRevision int    `json:"flow_revision,omitempty"`
	// Keys are the digits that were pressed in menus, one string a menu.
	Keys []string `json:"keys,omitempty"`
	Tags []string `json:"tags,omitempty"`
	// Endpoint is who answered: E.164 or a SIP URI. Agent is their id, if any.
	Endpoint string `json:"endpoint,omitempty"`
	Agent    int64  `json:"agent,omitempty"`
	Group    int64  `json:"group,omitempty"`
	// Waited is how long the caller was in a queue, Overflowed whether it was
	// passed on from there, and to whom.
	Waited     time.Duration `json:"waited,omitempty"`
	Overflowed string        `json:"overflowed,omitempty"`
	Outside    bool          `json:"outside,omitempty"` // outside of business hours
	// Consent is what was said to being recorded: "", "announced", "given" or "denied".
	Consent     string      `json:"consent,omitempty"`
	Attribution Attribution `json:"attribution,omitzero"` // of the number, when the call began

	Legs       []CallLeg   `json:"legs,omitempty"`
	Recordings []Recording `json:"recordings,omitempty"`
	Events     []CallEvent `json:"events,omitempty"`
	Price      Money       `json:"price,omitzero"`
}

// Duration is how long the call lasted from its answer to its end; 0 for one
// that was not answered, or still goes on.
func (c *Call) Duration() time.Duration {
	if c.AnsweredAt.IsZero() || c.EndedAt.IsZero() {
		return 0
	}
	return c.EndedAt.Sub(c.AnsweredAt)
}

// CallLeg is one connection of a call with a far side.
type CallLeg struct {
	ID         string    `json:"id"` // Call-ID (RFC 3261 section 20.8)
	Trunk      string    `json:"trunk"`
	To         string    `json:"to"` // whom it reaches, or comes from
	Incoming   bool      `json:"incoming,omitempty"`
	Agent      int64     `json:"agent,omitempty"`
	StartedAt  time.Time `json:"started_at"`
	RingingAt  time.Time `json:"ringing_at,omitzero"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
	Cause      Cause     `json:"cause,omitzero"`
	Quality    Quality   `json:"quality,omitzero"`
}

// Quality is how the sound of a leg was, as we received it.
type Quality struct {
	Codec    string        `json:"codec,omitempty"` // "PCMU" or "PCMA"
	Received int64         `json:"received"`        // packets
	Sent     int64         `json:"sent"`
	Lost     int64         `json:"lost"`          // by their sequence numbers
	Strange  int64         `json:"strange"`       // from an address that is not the far side's; not heard
	Jitter   time.Duration `json:"jitter"`        // RFC 3550 section 6.4.1, the largest
	MOS      float64       `json:"mos,omitempty"` // 1.0 to 4.4, estimated by loss (ITU-T G.107, simplified)
}

// The kinds of recordings.
const (
	RecordedCall      = "call"
	RecordedVoicemail = "voicemail"
)

// The states of recordings.
const (
	RecordingOn      = "recording"
	RecordingSaved   = "saved"
	RecordingFailed  = "failed"  // Because says why; what there is of it is kept
	RecordingDeleted = "deleted" // the file is gone, the facts stay
)

// Recording is a sound file of a call.
type Recording struct {
	ID       int64         `json:"id"`
	Kind     string        `json:"kind"`
	State    string        `json:"state"`
	Because  string        `json:"because,omitempty"`
	Token    string        `json:"token,omitempty"` // of the file
	Channels int           `json:"channels"`        // 2: the caller is left
	Size     int64         `json:"size,omitempty"`
	SHA256   string        `json:"sha256,omitempty"` // in hex
	Duration time.Duration `json:"duration,omitempty"`
	At       time.Time     `json:"at"`
	Keep     time.Time     `json:"keep,omitzero"` // it is removed then; zero: never
	// Transcript is what was said, by the service of the configuration; never
	// made up. TranscriptState: "", "waiting", "done" or "failed".
	Transcript      string `json:"transcript,omitempty"`
	TranscriptState string `json:"transcript_state,omitempty"`
}

// CallEventType names what happened in a call.
type CallEventType string

// The types of the events of calls.
const (
	CallStarted     CallEventType = "started"
	CallDecided     CallEventType = "decided" // Detail: by which setting it goes on
	CallRinging     CallEventType = "ringing" // Leg
	CallPickedUp    CallEventType = "answered"
	CallNode        CallEventType = "node" // of a flow: Detail is its name
	CallKeys        CallEventType = "keys"
	CallQueued      CallEventType = "queued"
	CallConsent     CallEventType = "consent"
	CallHeld        CallEventType = "held"
	CallResumed     CallEventType = "resumed"
	CallTransferred CallEventType = "transferred"
	CallRecorded    CallEventType = "recording" // Detail: on, paused, resumed, saved, failed, deleted
	CallLegEnded    CallEventType = "leg_ended"
	CallClosed      CallEventType = "ended"
)

// CallEvent is one thing that happened, in order.
type CallEvent struct {
	At     time.Time     `json:"at"`
	Type   CallEventType `json:"type"`
	Leg    string        `json:"leg,omitempty"`
	Detail string        `json:"detail,omitempty"`
	Cause  *Cause        `json:"cause,omitempty"`
}

// CallFilter says which calls are wanted. Empty fields want all.
type CallFilter struct {
	Tenant       string
	Property     string // of the number
	Numbers      []string
	Peers        []string
	Endpoints    []string
	Direction    Direction
	Status       CallStatus
	Dispositions []CallDisposition
	Attribution  Attribution // of each part that is set, one of a comma list
	From, Until  time.Time   // StartedAt: from the first on, before the second
	// ChangedFrom is for exports: UpdatedAt from then on, in order of UpdatedAt, then id.
	ChangedFrom time.Time
	// First keeps only calls whose peer had not called the number before; Again
	// only those of others.
	First, Again bool
	Oldest       bool  // in order of start, else the newest first
	Before       int64 // ids below (above, with Oldest) this one; 0: all
	Limit        int
}

// RefusedCall is an attempt to call us that was refused before it was anybody's
// call. Who runs the trunk reads from it why.
type RefusedCall struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Trunk  string    `json:"trunk"`
	Source string    `json:"source"` // address and port
	From   string    `json:"from"`
	To     string    `json:"to"`
	Cause  Cause     `json:"cause"`
	Count  int       `json:"count"` // alike ones within a minute are one row
}

// CallReader reads calls.
type CallReader interface {
	Call(ctx context.Context, id int64) (*Call, error) // kind NotFound
	Calls(ctx context.Context, f CallFilter) ([]*Call, error)
	OpenCalls(ctx context.Context) ([]*Call, error)
	RefusedCalls(ctx context.Context, limit int) ([]RefusedCall, error) // the newest first
}

// PutCall keeps a call as it is now: its id is its key, so that it can be
// repeated. One that is closed is not opened again: an older state of it
// changes nothing.
type PutCall struct{ Call *Call }

// PutRefusedCall adds a row, or counts one up.
type PutRefusedCall struct{ Refused RefusedCall }

func (PutCall) command()        {}
func (PutRefusedCall) command() {}
