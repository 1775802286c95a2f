package flow

import (
	"strings"
	"time"
)

// Graph is a flow that was read: every node is typed and has its defaults.
type Graph struct {
	ID       string
	Name     string
	Revision int
	Start    string
	Nodes    map[string]*Node
}

// Hangup is where exits lead that are not given.
const Hangup = "hangup"

// The exits of nodes. The keys of a menu are exits of their own.
const (
	ExitNext      = "next"
	ExitFailure   = "failure"
	ExitTimeout   = "timeout"
	ExitOtherwise = "otherwise"
	ExitOpen      = "open"
	ExitClosed    = "closed"
	ExitHoliday   = "holiday"
	ExitYes       = "yes"
	ExitNo        = "no"
	ExitOverflow  = "overflow"
)

// Node is one step of a flow.
type Node struct {
	Name string
	Do   Step
	// Exits are those that were given; what is not there leads to [Hangup].
	Exits map[string]string
}

// Exit is where an exit leads, and whether that was said.
func (n *Node) Exit(name string) (target string, given bool) {
	if target, given = n.Exits[name]; given {
		return target, true
	}
	if name == ExitHoliday { // a holiday is a day on which it is closed
		if target, given = n.Exits[ExitClosed]; given {
			return target, true
		}
	}
	return Hangup, false
}

// Step is what a node does: one of the types below.
type Step interface{ kind() string }

// Kind is the word for what a node does, as a flow has it.
func (n *Node) Kind() string { return n.Do.kind() }

// Prompt is something that is heard; one field is set, or none.
type Prompt struct {
	File     string `json:"file,omitempty"`     // name of an uploaded sound
	Greeting string `json:"greeting,omitempty"` // name of a stock greeting or id of one's own
	Text     string `json:"text,omitempty"`     // spoken by the service of the configuration
}

func (p Prompt) String() string {
	switch {
	case p.File != "":
		return "the file " + p.File
	case p.Greeting != "":
		return "the greeting " + p.Greeting
	case p.Text != "":
		return "“" + p.Text + "”"
	}
	return "nothing"
}

// The steps.
type (
	// Play plays something.
	Play struct{ Prompt Prompt }
	// Menu asks for one key.
	Menu struct {
		Digits  map[string]string // key: node
		Prompt  Prompt
		Timeout time.Duration
		Retries int // how often it is asked in all
	}
	// Collect asks for several keys.
	Collect struct {
		Prompt     Prompt
		Max        int
		Terminator string
		Timeout    time.Duration
		As         string // variable
	}
	// Schedule looks at opening hours.
	Schedule struct{ ID int64 }
	// Condition looks at the call.
	Condition struct {
		If     string // caller, prefix, attribution[.PART], attestation, variable[.NAME]
		Equals []string
		Prefix []string
	}
	// Ring calls somebody.
	Ring struct {
		Numbers  []string
		Group    int64
		Order    string // one of the Order constants
		Timeout  time.Duration
		Confirm  bool   // whoever takes it presses a key first, so that no voicemail does
		CallerID string // CallerOriginal or CallerOwn
	}
	// Queue has the caller wait for a group.
	Queue struct {
		Group    int64
		Limit    int
		Wait     time.Duration
		Music    Prompt
		Position bool
	}
	// Voicemail takes a message.
	Voicemail struct {
		Greeting   Prompt
		Max        time.Duration
		Silence    time.Duration
		Transcribe bool
	}
	// SMS texts somebody.
	SMS struct {
		To   string // "caller", or a number
		Text string
		From int64 // id of a number of ours; 0: the one that was called
	}
	// Webhook tells a URL.
	Webhook struct {
		URL     string
		Timeout time.Duration
	}
	// Set notes something of the call.
	Set struct {
		Tags        []string
		Attribution map[string]string // source, medium, campaign, content
	}
	// Record turns recording on or off: "on", "off", "pause", "resume".
	Record struct{ Mode string }
	// Consent tells of recording, or asks for it.
	Consent struct {
		Prompt Prompt
		Ask    bool
	}
	// Transfer passes the call on for good.
	Transfer struct{ To string }
	// End hangs up; Cause is a Q.850 value.
	End struct{ Cause int }
)

// Values of Ring.Order.
const (
	OrderAll        = "all"
	OrderIn         = "in-order"
	OrderRoundRobin = "round-robin"
	OrderIdle       = "longest-idle"
)

// Values of Ring.CallerID.
const (
	CallerOriginal = "original"
	CallerOwn      = "own"
)

func (*Play) kind() string      { return "play" }
func (*Menu) kind() string      { return "menu" }
func (*Collect) kind() string   { return "collect" }
func (*Schedule) kind() string  { return "schedule" }
func (*Condition) kind() string { return "condition" }
func (*Ring) kind() string      { return "ring" }
func (*Queue) kind() string     { return "queue" }
func (*Voicemail) kind() string { return "voicemail" }
func (*SMS) kind() string       { return "sms" }
func (*Webhook) kind() string   { return "webhook" }
func (*Set) kind() string       { return "set" }
func (*Record) kind() string    { return "record" }
func (*Consent) kind() string   { return "consent" }
func (*Transfer) kind() string  { return "transfer" }
func (*End) kind() string       { return "hangup" }

// exitsOf names the exits that a kind has beside failure and timeout.
func exitsOf(kind string) []string {
	switch kind {
	case "menu":
		return []string{ExitOtherwise}
	case "schedule":
		return []string{ExitOpen, ExitClosed, ExitHoliday}
	case "condition", "consent":
		return []string{ExitYes, ExitNo}
	case "queue":
		return []string{ExitOverflow}
	case "play", "collect", "voicemail", "sms", "webhook", "set", "record":
		return []string{ExitNext}
	}
	return nil
}

// takesTime says whether a node waits for somebody: a loop through one is no
// endless one.
func takesTime(s Step) bool {
	switch s.(type) {
	case *Schedule, *Condition, *SMS, *Set, *Record:
		return false
	}
	return true
}

// Problem is one mistake in a flow.
type Problem struct {
	Node    string `json:"node,omitempty"` // empty: of the flow
	Key     string `json:"key,omitempty"`  // empty: of the node
	Message string `json:"message"`
}

func (p Problem) Error() string {
	where := p.Key
	if p.Node != "" {
		where = strings.TrimSuffix("node "+p.Node+": "+p.Key, ": ")
	}
	if where == "" {
		return p.Message
	}
	return where + ": " + p.Message
}

// Path is where a problem is within a flow, "nodes.hello.play".
func (p Problem) Path() string {
	switch {
	case p.Node == "":
		return p.Key
	case p.Key == "":
		return "nodes." + p.Node
	}
	return "nodes." + p.Node + "." + p.Key
}

// Problems are all mistakes of a flow.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}
