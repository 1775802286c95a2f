package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
)

// Step is one thing that is done with a call: one of the types below. String
// says it to a person.
type Step interface {
	fmt.Stringer
	step()
}

// The steps.
type (
	// Greet plays a greeting, and goes on.
	Greet struct{ Prompt flow.Prompt }
	// Consent tells of recording and listens for a key, and goes on; it is passed
	// over when a flow has asked before. Mode is [wirechief.ConsentOptIn] or
	// [wirechief.ConsentOptOut].
	Consent struct {
		Mode   string
		Prompt flow.Prompt
	}
	// Flow walks a graph, which ends the call by itself; only a fault in it
	// (flow.DoFailover) passes the call on.
	Flow struct {
		Graph *flow.Graph
		IVR   bool // it is made of an IVR
	}
	// Ring rings all targets at once. Rule says what for: the endpoint, the
	// overflow or the failover.
	Ring struct {
		Rule     Rule
		Targets  []Target
		Timeout  time.Duration
		CallerID string // flow.CallerOriginal or flow.CallerOwn
	}
	// Queue has the caller wait while agents are rung: those of the first group,
	// one after the other for Offer each, then those of the next.
	Queue struct {
		Groups   []Team
		Limit    int           // callers that wait at most; 0: nobody waits, a free agent takes the call or none
		Wait     time.Duration // at most
		Offer    time.Duration // to one agent
		WrapUp   time.Duration // that an agent has after a call
		CallerID string        // flow.CallerOriginal or flow.CallerOwn
		Music    flow.Prompt
		Priority int  // higher first
		TellWait bool // tells callers how long it takes
		Callback bool // offers to call back
	}
	// Voicemail takes a message; the call ends with it, unless none can be taken.
	Voicemail struct {
		Greeting   flow.Prompt
		Max        time.Duration
		Silence    time.Duration // ends it
		Outside    bool          // of business hours
		Transcribe bool
		Keep       string // one of [wirechief.Retentions]
	}
	// Refuse ends the call: it is refused, or hung up when it was answered.
	Refuse struct{ Cause wirechief.Cause }
)

// Target is who is rung.
type Target struct {
	To        string // E.164 or SIP URI
	Agent     int64  // 0: no agent
	NotifySMS bool   // is texted about the call
}

// Team is a group in a queue: those of it that are there.
type Team struct {
	ID      int64
	Name    string
	Targets []Target
}

func (Greet) step()     {}
func (Consent) step()   {}
func (Flow) step()      {}
func (Ring) step()      {}
func (Queue) step()     {}
func (Voicemail) step() {}
func (Refuse) step()    {}

func (s Greet) String() string { return "greet with " + s.Prompt.String() }

func (s Consent) String() string {
	how := "record when the caller agrees"
	if s.Mode == wirechief.ConsentOptOut {
		how = "record unless the caller objects"
	}
	return "ask with " + s.Prompt.String() + "; " + how
}

func (s Flow) String() string {
	if s.IVR {
		return "walk IVR " + s.Graph.ID
	}
	return fmt.Sprintf("walk flow %s, revision %d", s.Graph.ID, s.Graph.Revision)
}

func (s Ring) String() string {
	words := fmt.Sprintf("ring %s for %v, showing the %s number", targets(s.Targets), s.Timeout, shown(s.CallerID))
	if s.Rule != RuleEndpoint {
		words = string(s.Rule) + ": " + words
	}
	return words
}

func (s Queue) String() string {
	teams := make([]string, len(s.Groups))
	for i, t := range s.Groups {
		teams[i] = fmt.Sprintf("%s (%s)", t.Name, targets(t.Targets))
	}
	return fmt.Sprintf("queue for %s: %d wait for at most %v, each agent rings for %v, showing the %s number",
		strings.Join(teams, ", then "), s.Limit, s.Wait, s.Offer, shown(s.CallerID))
}

func (s Voicemail) String() string {
	hours := "inside"
	if s.Outside {
		hours = "outside"
	}
	return fmt.Sprintf("voicemail %s of hours after %s, kept %s", hours, s.Greeting, s.Keep)
}

func (s Refuse) String() string { return "refuse: " + s.Cause.Reason }

func targets(all []Target) string {
	words := make([]string, len(all))
	for i, t := range all {
		words[i] = t.To
		if t.NotifySMS {
			words[i] += " (texted)"
		}
	}
	return strings.Join(words, " + ")
}

func shown(callerID string) string {
	if callerID == flow.CallerOwn {
		return "called"
	}
	return "caller's"
}
