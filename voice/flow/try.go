package flow

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Script is what happens in a call that is only tried.
type Script struct {
	At time.Time // when it begins
	// Keys are pressed, one entry each time keys are asked for: "1", "4711".
	// An empty one is a caller who presses nothing; so are those that are missing.
	Keys []Press
	// Answers are who takes a call, and after which time; who is not named lets
	// it ring. A group is "group:1".
	Answers map[string]time.Duration
	// Busy are who refuse at once, in the same words; a URL that fails, too.
	Busy map[string]bool
	// Refuses is a caller who does not agree to being recorded.
	Refuses bool
	// Sound is how long each prompt is taken to last; 0: two seconds.
	Sound time.Duration
}

// Press is keys that are pressed, so long after they were asked for.
type Press struct {
	Keys  string
	After time.Duration // 0: one second
}

// Line is one line of a transcript.
type Line struct {
	At   time.Time  `json:"at"`
	Node string     `json:"node,omitempty"`
	Do   ActionType `json:"do"`
	Text string     `json:"text"`             // what was done
	Then string     `json:"then,omitempty"`   // what came of it
	Exit string     `json:"exit,omitempty"`   // by which the node was left
	By   string     `json:"by,omitempty"`     // who took the call
	Keys string     `json:"digits,omitempty"` // what was pressed
}

// Transcript is what would happen in a call.
type Transcript struct {
	Flow     string            `json:"flow"`
	Revision int               `json:"revision"`
	Lines    []Line            `json:"lines"`
	Path     []Passed          `json:"path"`
	Keys     []string          `json:"keys"`
	Tags     []string          `json:"tags"`
	Set      map[string]string `json:"variables"`
	Outcome  ActionType        `json:"outcome"` // talk, hangup or failover
	Took     time.Duration     `json:"took"`    // nanoseconds until then
}

// tryMost bounds a call that is tried: it may go round with nobody pressing
// anything, as a real one would until it is too long.
const tryMost = 500

// Try runs a flow against digits and a clock, with no phone.
func Try(g *Graph, f Facts, s Script) Transcript {
	if s.Sound == 0 {
		s.Sound = 2 * time.Second
	}
	t := &trial{Script: s, now: s.At, keys: s.Keys}
	w := NewWalk(g, f)
	out := Transcript{Flow: g.ID, Revision: g.Revision, Lines: []Line{}}
	a := w.Step(t.now, Input{Type: Began})
	for range tryMost {
		line := Line{At: t.now, Node: a.Name, Do: a.Do, Text: a.words()}
		if out.Outcome = a.Do; a.Do == DoTalk || a.Do == DoHangup || a.Do == DoFailover {
			out.Lines = append(out.Lines, line)
			break
		}
		in, then := t.happens(a)
		line.Then, line.Keys, line.By = then, in.Keys, in.By
		left := len(w.Path)
		a = w.Step(t.now, in)
		if left > 0 {
			line.Exit = w.Path[left-1].Exit
		}
		out.Lines = append(out.Lines, line)
	}
	out.Path, out.Keys, out.Tags, out.Took = w.Path, append([]string{}, w.Keys...), append([]string{}, w.Tags...), t.now.Sub(s.At)
	out.Set = make(map[string]string)
	for name, value := range w.Variables {
		if name != "" {
			out.Set[name] = value
		}
	}
	return out
}

type trial struct {
	Script
	now  time.Time
	keys []Press
}

func (t *trial) wait(d time.Duration) { t.now = t.now.Add(d) }

func (t *trial) hear(p Prompt) {
	if p != (Prompt{}) {
		t.wait(t.Sound)
	}
}

// happens is what the script has for an action, and lets the time pass.
func (t *trial) happens(a Action) (in Input, then string) {
	switch do := a.Step.(type) {
	case *Menu, *Collect:
		return t.pressed(a)
	case *Ring:
		who := do.Numbers
		if do.Group != 0 {
			who = []string{groupName(do.Group)}
		}
		return t.rung(who, do.Timeout, do.Order == OrderAll)
	case *Queue:
		return t.rung([]string{groupName(do.Group)}, do.Wait, true)
	case *Transfer:
		if t.Busy[do.To] {
			return Input{Type: Failed, Because: do.To + " refuses"}, "it is refused"
		}
		return Input{Type: Taken, By: do.To}, do.To + " has it"
	case *Consent:
		t.hear(a.Prompt)
		if do.Ask && t.Refuses {
			return Input{Type: Refused}, "the caller does not agree"
		}
		return Input{Type: Agreed}, "it goes on"
	case *Webhook:
		if t.Busy[do.URL] {
			t.wait(do.Timeout)
			return Input{Type: Late}, "no answer"
		}
	case *Voicemail:
		t.hear(a.Prompt)
		t.wait(do.Silence)
		return Input{Type: Done}, "a message is left"
	default:
		t.hear(a.Prompt)
	}
	return Input{Type: Done}, ""
}

// pressed takes the next keys off the script.
func (t *trial) pressed(a Action) (Input, string) {
	press := Press{}
	if len(t.keys) > 0 {
		press, t.keys = t.keys[0], t.keys[1:]
	}
	after := press.After
	if after == 0 {
		after = time.Second
	}
	t.hear(a.Prompt)
	if press.Keys == "" || after > a.Timeout {
		t.wait(a.Timeout)
		return Input{Type: Late}, "nothing is pressed"
	}
	t.wait(after)
	keys := press.Keys
	if a.Stop != "" {
		keys, _, _ = strings.Cut(keys, a.Stop)
	}
	if len(keys) > a.Max { // the rest is for who asks next
		t.keys = append([]Press{{Keys: keys[a.Max:]}}, t.keys...)
		keys = keys[:a.Max]
	}
	return Input{Type: Keys, Keys: keys}, keys + " is pressed"
}

// rung has everybody ring at once, or one after the other within the time.
func (t *trial) rung(who []string, most time.Duration, together bool) (Input, string) {
	first, by, refused := most+1, "", 0
	turn := most
	if !together && len(who) > 0 {
		turn = most / time.Duration(len(who))
	}
	passed := time.Duration(0)
	for _, w := range who {
		after, answers := t.Answers[w]
		switch {
		case t.Busy[w]:
			refused++
			continue
		case answers && after <= turn && passed+after < first:
			first, by = passed+after, w
		}
		if !together {
			passed += turn
		}
	}
	switch {
	case by != "":
		t.wait(first)
		return Input{Type: Taken, By: by}, by + " takes it"
	case refused == len(who):
		return Input{Type: Failed, Because: "all refuse"}, "all are busy"
	}
	t.wait(most)
	return Input{Type: Late}, "nobody takes it"
}

func groupName(id int64) string { return "group:" + strconv.FormatInt(id, 10) }

// words say what an action does, to a person.
func (a Action) words() string {
	switch do := a.Step.(type) {
	case *Play:
		return "plays " + a.Prompt.String()
	case *Menu:
		return "plays " + a.Prompt.String() + " and waits for a key"
	case *Collect:
		return fmt.Sprintf("plays %s and takes up to %d keys", a.Prompt, a.Max)
	case *Ring:
		who := strings.Join(do.Numbers, ", ")
		if do.Group != 0 {
			who = "group " + strconv.FormatInt(do.Group, 10)
		}
		return fmt.Sprintf("rings %s (%s, %v)", who, do.Order, do.Timeout)
	case *Queue:
		return fmt.Sprintf("waits for group %d, at most %v", do.Group, do.Wait)
	case *Voicemail:
		return "plays " + a.Prompt.String() + " and takes a message"
	case *SMS:
		return "texts " + do.To + ": " + do.Text
	case *Webhook:
		return "tells " + do.URL
	case *Record:
		return "turns recording " + do.Mode
	case *Consent:
		return map[bool]string{true: "asks for consent to recording", false: "tells of recording"}[do.Ask]
	case *Transfer:
		return "passes the call to " + do.To
	}
	switch a.Do {
	case DoTalk:
		return "they talk"
	case DoFailover:
		return "goes to the failover of the number: " + a.Because
	}
	return fmt.Sprintf("hangs up (cause %d)", a.Cause)
}
