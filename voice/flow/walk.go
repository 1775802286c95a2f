package flow

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// ActionType says what is to be done next.
type ActionType string

// The actions, each with the inputs that answer it. [Gone] and [Failed] answer
// any of them.
const (
	DoPlay      ActionType = "play"      // Done
	DoDigits    ActionType = "digits"    // Keys, Late. The prompt ends at the first key
	DoRing      ActionType = "ring"      // Taken, Late (nobody took it), Failed
	DoQueue     ActionType = "queue"     // Taken, Late (waited too long), Full
	DoVoicemail ActionType = "voicemail" // Done
	DoSMS       ActionType = "sms"       // Done, at once
	DoWebhook   ActionType = "webhook"   // Done, Late, Failed
	DoRecord    ActionType = "record"    // Done, at once
	DoConsent   ActionType = "consent"   // Agreed, Refused
	DoTransfer  ActionType = "transfer"  // Taken, Failed
	DoTalk      ActionType = "talk"      // Gone, in the end
	DoHangup    ActionType = "hangup"    // the walk is over
	DoFailover  ActionType = "failover"  // the walk is over, and the number's failover decides
)

// Action is what is to be done next. Node is the step with all its data, nil
// for DoTalk, DoHangup by default and DoFailover.
type Action struct {
	Do      ActionType
	Name    string // of the node
	Step    Step
	Prompt  Prompt        // DoPlay, DoDigits, DoConsent: what is heard first
	Max     int           // DoDigits: so many keys end it
	Stop    string        // DoDigits: this key ends it, and is none of them
	Timeout time.Duration // DoDigits: for the next key; DoRing, DoQueue, DoWebhook: for all of it
	Cause   int           // DoHangup: Q.850
	Because string        // DoFailover: in words
}

// InputType is what happened.
type InputType string

// The inputs.
const (
	Began   InputType = "began"
	Done    InputType = "done"
	Keys    InputType = "keys" // Input.Keys
	Late    InputType = "timeout"
	Taken   InputType = "taken" // by Input.By
	Full    InputType = "full"
	Agreed  InputType = "agreed"
	Refused InputType = "refused"
	Failed  InputType = "failed" // Input.Because
	Gone    InputType = "gone"   // somebody hung up
)

// Input is what happened.
type Input struct {
	Type    InputType
	Keys    string
	By      string
	Because string
}

// Facts are what a flow may ask of a call.
type Facts struct {
	Caller      string // E.164; "" withheld
	Called      string
	Attestation string
	Attribution wirechief.Attribution
	// Schedule gives one by its id, nil when there is none.
	Schedule func(id int64) *wirechief.Schedule
}

// Passed is a node that a call came through, and the exit that it took.
type Passed struct {
	Node string `json:"node"`
	Exit string `json:"exit,omitempty"` // empty: the call is still there, or ended there
}

// instant bounds how many nodes that take no time follow each other: [Check]
// refuses circles of them, but a walk does not rely on that.
const instant = 2 * MostNodes

// MostPassed is how many nodes a call comes through at most; then the failover
// decides.
const MostPassed = 10_000

// Walk is one call's way through a graph. It is not for use by several
// goroutines at once.
type Walk struct {
	Graph *Graph
	Facts Facts

	Path        []Passed
	Keys        []string // pressed, one string a menu
	Tags        []string
	Attribution wirechief.Attribution // of the call: the number's, and what the flow has set
	Variables   map[string]string

	at    *Node
	tries int  // of the menu
	over  bool // hung up, failed over
}

// NewWalk begins a walk; the first [Walk.Step] is told [Began].
func NewWalk(g *Graph, f Facts) *Walk {
	return &Walk{Graph: g, Facts: f, Attribution: f.Attribution, Variables: make(map[string]string)}
}

// Over says whether nothing more is to be done.
func (w *Walk) Over() bool { return w.over }

// Step takes what happened and says what is to be done. Now is for schedules.
func (w *Walk) Step(now time.Time, in Input) Action {
	switch {
	case w.over:
		return Action{Do: DoHangup, Cause: 16}
	case in.Type == Gone:
		return w.end(16)
	case in.Type == Began:
		return w.enter(now, w.Graph.Start)
	case w.at == nil: // people talk
		return Action{Do: DoTalk}
	case in.Type == Taken:
		w.pass("")
		w.at = nil
		return Action{Do: DoTalk}
	case in.Type == Failed:
		if _, given := w.at.Exit(ExitFailure); !given {
			// Who is rung may well fail; anything else is a fault.
			if _, ringing := w.at.Do.(*Ring); !ringing {
				return w.failover("node " + w.at.Name + ": " + in.Because)
			}
		}
		return w.leave(now, ExitFailure)
	}
	return w.answer(now, in)
}

// answer goes on from the node where the walk is.
func (w *Walk) answer(now time.Time, in Input) Action {
	switch do := w.at.Do.(type) {
	case *Menu:
		return w.menu(now, do, in)
	case *Collect:
		if in.Keys != "" {
			w.Keys = append(w.Keys, in.Keys)
		}
		w.Variables[do.As], w.Variables[""] = in.Keys, in.Keys
		if in.Type == Late && in.Keys == "" {
			if _, given := w.at.Exits[ExitTimeout]; given {
				return w.leave(now, ExitTimeout)
			}
			return w.leave(now, ExitNext)
		}
		return w.leave(now, ExitNext)
	case *Consent:
		if in.Type == Refused || in.Type == Late {
			return w.leave(now, ExitNo)
		}
		return w.leave(now, ExitYes)
	case *Queue:
		if in.Type == Full {
			return w.leave(now, ExitOverflow)
		}
		return w.either(now, ExitTimeout, ExitOverflow)
	case *Ring:
		if in.Type == Late {
			return w.either(now, ExitTimeout, ExitFailure)
		}
		return w.leave(now, ExitFailure)
	case *Webhook:
		if in.Type == Late {
			return w.either(now, ExitTimeout, ExitFailure)
		}
	case *Transfer:
		return w.leave(now, ExitFailure)
	}
	return w.leave(now, ExitNext)
}

func (w *Walk) menu(now time.Time, m *Menu, in Input) Action {
	if in.Type == Keys && in.Keys != "" {
		w.Keys = append(w.Keys, in.Keys)
		if target, ok := m.Digits[in.Keys]; ok {
			w.pass(in.Keys)
			return w.enter(now, target)
		}
	}
	if w.tries++; w.tries < m.Retries {
		return w.ask(m)
	}
	if in.Type == Late {
		return w.either(now, ExitTimeout, ExitOtherwise)
	}
	return w.leave(now, ExitOtherwise)
}

func (w *Walk) ask(m *Menu) Action {
	return Action{Do: DoDigits, Name: w.at.Name, Step: m, Prompt: m.Prompt, Max: 1, Timeout: m.Timeout}
}

// either takes the first exit that was given.
func (w *Walk) either(now time.Time, first, second string) Action {
	if _, given := w.at.Exits[first]; given {
		return w.leave(now, first)
	}
	return w.leave(now, second)
}

func (w *Walk) leave(now time.Time, exit string) Action {
	target, _ := w.at.Exit(exit)
	w.pass(exit)
	return w.enter(now, target)
}

// pass notes by which exit the node is left.
func (w *Walk) pass(exit string) {
	if len(w.Path) > 0 {
		w.Path[len(w.Path)-1].Exit = exit
	}
}

func (w *Walk) end(cause int) Action {
	w.over = true
	return Action{Do: DoHangup, Cause: cause}
}

func (w *Walk) failover(because string) Action {
	w.over = true
	return Action{Do: DoFailover, Because: because}
}

// enter comes to a node, and goes on through those that take no time.
func (w *Walk) enter(now time.Time, name string) Action {
	for range instant {
		n := w.Graph.Nodes[name]
		if n == nil {
			if name == Hangup {
				return w.end(16)
			}
			return w.failover("the flow has no node " + name)
		}
		if len(w.Path) == MostPassed {
			return w.failover("the call has come through too many nodes")
		}
		w.at, w.tries = n, 0
		w.Path = append(w.Path, Passed{Node: name})
		exit := ""
		switch do := n.Do.(type) {
		case *Schedule:
			opening, err := w.opening(now, do.ID)
			if err != nil {
				target, given := n.Exit(ExitFailure)
				if !given {
					return w.failover("node " + name + ": " + wirechief.MessageOf(err))
				}
				w.pass(ExitFailure)
				name = target
				continue
			}
			exit = string(opening)
		case *Condition:
			exit = map[bool]string{true: ExitYes, false: ExitNo}[w.holds(do)]
		case *Set:
			w.set(do)
			exit = ExitNext
		default:
			return w.arrive(n)
		}
		w.pass(exit)
		name, _ = n.Exit(exit)
	}
	return w.failover("the flow goes round in a circle at node " + name)
}

// arrive says what a node that takes time wants done.
func (w *Walk) arrive(n *Node) Action {
	a := Action{Name: n.Name, Step: n.Do}
	switch do := n.Do.(type) {
	case *Play:
		a.Do, a.Prompt = DoPlay, do.Prompt
	case *Menu:
		return w.ask(do)
	case *Collect:
		a.Do, a.Prompt, a.Max, a.Stop, a.Timeout = DoDigits, do.Prompt, do.Max, do.Terminator, do.Timeout
	case *Ring:
		a.Do, a.Timeout = DoRing, do.Timeout
	case *Queue:
		a.Do, a.Timeout = DoQueue, do.Wait
	case *Voicemail:
		a.Do, a.Prompt = DoVoicemail, do.Greeting
	case *SMS:
		a.Do = DoSMS
	case *Webhook:
		a.Do, a.Timeout = DoWebhook, do.Timeout
	case *Record:
		a.Do = DoRecord
	case *Consent:
		a.Do, a.Prompt = DoConsent, do.Prompt
	case *Transfer:
		a.Do = DoTransfer
	case *End:
		w.over = true
		a.Do, a.Cause = DoHangup, do.Cause
	}
	return a
}

func (w *Walk) opening(now time.Time, id int64) (Opening, error) {
	if w.Facts.Schedule != nil {
		if s := w.Facts.Schedule(id); s != nil {
			return StateAt(s, now)
		}
	}
	return Closed, wirechief.Errorf(wirechief.NotFound, "there is no schedule %d", id)
}

func (w *Walk) set(s *Set) {
	for _, tag := range s.Tags {
		if !slices.Contains(w.Tags, tag) {
			w.Tags = append(w.Tags, tag)
		}
	}
	for key, value := range s.Attribution {
		switch key {
		case "source":
			w.Attribution.Source = value
		case "medium":
			w.Attribution.Medium = value
		case "campaign":
			w.Attribution.Campaign = value
		case "content":
			w.Attribution.Content = value
		}
	}
}

func (w *Walk) holds(c *Condition) bool {
	return slices.ContainsFunc(w.subject(c.If), func(s string) bool {
		return slices.Contains(c.Equals, s) || slices.ContainsFunc(c.Prefix, func(p string) bool { return strings.HasPrefix(s, p) }) ||
			c.If == "prefix" && slices.ContainsFunc(c.Equals, func(p string) bool { return strings.HasPrefix(s, p) })
	})
}

// subject is what a condition looks at: any of it may fit.
func (w *Walk) subject(of string) []string {
	a := w.Attribution
	switch of, part, _ := strings.Cut(of, "."); of {
	case "caller", "prefix":
		return []string{w.Facts.Caller}
	case "attestation":
		return []string{w.Facts.Attestation}
	case "variable":
		return []string{w.Variables[part]}
	default:
		parts := map[string]string{"source": a.Source, "medium": a.Medium, "campaign": a.Campaign, "content": a.Content}
		if part != "" {
			return []string{parts[part]}
		}
		return slices.Sorted(maps.Values(parts))
	}
}
