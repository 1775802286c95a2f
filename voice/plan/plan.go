package plan

import (
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
)

// Directory knows what a number refers to. What it gives is not changed.
type Directory interface {
	Schedule(id int64) *wirechief.Schedule // nil: there is none
	// Flow gives a flow as [flow.Judge] does: the graph is good when there are
	// no problems, and nil when there is no such flow.
	Flow(id string) (*flow.Graph, flow.Problems)
	IVR(id int64) *wirechief.IVR            // nil: there is none
	Group(id int64) *Group                  // nil: there is none
	Greeting(id string) *wirechief.Greeting // one of the tenant's own; nil: there is none
}

// Group is a team with those in it, in the order in which they are listed.
type Group struct {
	ID     int64
	Name   string
	Agents []Agent
}

// Agent is one of a group. State is what package presence says of them: only
// who is "online" is offered calls.
type Agent struct {
	ID    int64
	Name  string
	Phone string // E.164 or SIP URI
	State string
}

// Rule is a setting, or several, that may decide.
type Rule string

// The rules, in the order in which they are considered.
const (
	RuleVoice     Rule = "voice_enabled"
	RuleSchedule  Rule = "schedule"
	RuleFlow      Rule = "flow"
	RuleIVR       Rule = "ivr"
	RuleEndpoint  Rule = "endpoint" // and the voice forwards
	RuleQueue     Rule = "queue"
	RuleOverflow  Rule = "overflow"
	RuleVoicemail Rule = "voicemail"
	RuleFailover  Rule = "failover"
)

// Considered is a rule that was looked at. Because says to a person why it
// applies, or why not. One that is at fault applies: it sends the call to the
// failover. What comes after a rule that decides for good is not looked at.
type Considered struct {
	Rule    Rule   `json:"rule"`
	Applies bool   `json:"applies"`
	Because string `json:"because"`
}

// Recording is whether a call is recorded.
type Recording struct {
	On bool `json:"on"`
	// Consent is how callers are asked first: [wirechief.ConsentOptIn] (it begins
	// when they agree), [wirechief.ConsentOptOut] (unless they object), or "".
	Consent    string `json:"consent,omitempty"`
	Transcribe bool   `json:"transcribe,omitempty"`
	Keep       string `json:"keep,omitempty"` // one of [wirechief.Retentions]; see [KeepUntil]
}

// Plan is what happens to a call.
type Plan struct {
	Number     string
	At         time.Time
	Outside    bool // of the hours of the number's schedule
	Considered []Considered
	// Steps are taken one after the other for as long as each passes the call
	// on. There is at least one, and the last is a [Refuse].
	Steps     []Step
	Recording Recording
}

// For says what happens to a call to a number at an instant.
func For(n *wirechief.Number, d Directory, now time.Time) Plan {
	p := &planner{
		Plan: Plan{Number: n.Number, At: now}, n: n, v: &n.Voice, d: d, calls: n.Voice.CallSettings(),
	}
	p.decide()
	return p.Plan
}

// Outgoing says why a leg must not present a number, nil when it may: a number
// that has no calls, and one whose calls may not go out (Calls.Outbound).
func Outgoing(n *wirechief.Number) *wirechief.Cause {
	if cause := off(n); cause != nil {
		return cause
	}
	if !n.Voice.CallSettings().Outbound {
		return &wirechief.Cause{Reason: wirechief.CauseVoiceOff, SIP: 403, Q850: 57, By: "us", Detail: "calls may not go out under this number"}
	}
	return nil
}

// off says why a number has no calls at all. The pairs of SIP and Q.850 are
// those of RFC 3398 section 7.2.4.1.
func off(n *wirechief.Number) *wirechief.Cause {
	switch {
	case n.State != wirechief.NumberInService:
		return &wirechief.Cause{Reason: wirechief.CauseUnknown, SIP: 404, Q850: 1, By: "us", Detail: "the number is not in service: " + string(n.State)}
	case !n.Capabilities.Voice:
		return &wirechief.Cause{Reason: wirechief.CauseVoiceOff, SIP: 403, Q850: 57, By: "us", Detail: "the number cannot have calls"}
	case !n.Enabled.Voice:
		return &wirechief.Cause{Reason: wirechief.CauseVoiceOff, SIP: 403, Q850: 57, By: "us", Detail: "calls are switched off"}
	}
	return nil
}

// KeepUntil is when a recording of an instant goes, by a retention (zendesk:
// call_recording_delete_after). Zero is never; so is a word that is not known,
// for nothing is deleted by mistake.
func KeepUntil(retention string, at time.Time) time.Time {
	switch retention {
	case "1.days":
		return at.AddDate(0, 0, 1)
	case "1.weeks":
		return at.AddDate(0, 0, 7)
	case "2.weeks":
		return at.AddDate(0, 0, 14)
	case "1.months":
		return at.AddDate(0, 1, 0)
	case "2.months":
		return at.AddDate(0, 2, 0)
	case "3.months":
		return at.AddDate(0, 3, 0)
	case "6.months":
		return at.AddDate(0, 6, 0)
	case "1.years":
		return at.AddDate(1, 0, 0)
	case "2.years":
		return at.AddDate(2, 0, 0)
	}
	return time.Time{}
}
