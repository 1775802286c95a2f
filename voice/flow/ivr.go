package flow

import (
	"fmt"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// FromIVR makes a graph of the menus and routes of an IVR (zendesk: ivr, menus,
// routes). What routes say nothing of is as the number has it: how long callers
// wait and how many, whether they can leave a message, and whose number is shown.
func FromIVR(v *wirechief.IVR, calls wirechief.Calls) *Graph {
	b := &ivrBuilder{Graph: &Graph{ID: strconv.FormatInt(v.ID, 10), Name: v.Name, Nodes: make(map[string]*Node)}, calls: calls}
	for i := range v.Menus {
		m := &v.Menus[i]
		name := menuName(m.ID)
		if m.Default || b.Start == "" {
			b.Start = name
		}
		menu := &Menu{Digits: make(map[string]string), Prompt: Prompt{Greeting: m.Greeting}, Timeout: 5 * time.Second, Retries: 3}
		exits := make(map[string]string)
		for j := range m.Routes {
			r := &m.Routes[j]
			if r.Keypress == "default" {
				exits[ExitOtherwise] = b.route(r)
				continue
			}
			menu.Digits[r.Keypress] = b.route(r)
		}
		b.add(name, menu, exits)
	}
	return b.Graph
}

type ivrBuilder struct {
	*Graph
	calls wirechief.Calls
}

func menuName(id int64) string { return fmt.Sprintf("menu-%d", id) }

func (b *ivrBuilder) add(name string, do Step, exits map[string]string) string {
	b.Nodes[name] = &Node{Name: name, Do: do, Exits: exits}
	return name
}

// route adds the nodes of a route and gives the first of them: its tags, its
// greeting, then what it does.
func (b *ivrBuilder) route(r *wirechief.IVRRoute) string {
	first := b.action(r)
	if r.Greeting != "" && r.Action != "voicemail" {
		first = b.add(fmt.Sprintf("greeting-%d", r.ID), &Play{Prompt{Greeting: r.Greeting}}, map[string]string{ExitNext: first})
	}
	if len(r.Tags) > 0 {
		first = b.add(fmt.Sprintf("tags-%d", r.ID), &Set{Tags: r.Tags}, map[string]string{ExitNext: first})
	}
	return first
}

func (b *ivrBuilder) action(r *wirechief.IVRRoute) string {
	name := fmt.Sprintf("route-%d", r.ID)
	switch r.Action {
	case "menu":
		return menuName(r.Menu)
	case "voicemail":
		return b.add(name, &Voicemail{Greeting: Prompt{Greeting: r.Greeting}, Max: 2 * time.Minute, Silence: 5 * time.Second}, nil)
	case "phone_number":
		callerID := CallerOriginal
		if b.calls.ForwardingCallerID == "zendesk_number" {
			callerID = CallerOwn
		}
		return b.add(name, &Ring{Numbers: []string{r.Number}, Order: OrderAll, Timeout: 25 * time.Second, CallerID: callerID}, b.nobody())
	case "textback":
		return b.add(name, &SMS{To: "caller", Text: r.Text, From: r.TextFrom}, nil)
	case "group":
		// Each group has its turn; the last one's callers go where those go whom
		// nobody takes.
		exits := b.nobody()
		for i := len(r.Groups) - 1; i >= 0; i-- {
			at := name
			if i > 0 {
				at = fmt.Sprintf("%s-%d", name, i+1)
			}
			b.add(at, &Queue{Group: r.Groups[i], Limit: b.calls.QueueSize, Wait: time.Duration(b.calls.QueueMinutes) * time.Minute}, exits)
			exits = map[string]string{ExitOverflow: at, ExitTimeout: at, ExitFailure: at}
		}
		return name
	}
	return b.add(name, &End{Cause: 16}, nil)
}

// nobody are the exits of what nobody took: overflow, then voicemail, else the
// call ends.
func (b *ivrBuilder) nobody() map[string]string {
	to := ""
	if b.calls.Voicemail {
		to = b.add("voicemail", &Voicemail{Max: 2 * time.Minute, Silence: 5 * time.Second}, nil)
	}
	if o := b.calls.Overflow; o.Enabled && o.Number != "" {
		exits := map[string]string{}
		if to != "" {
			exits = map[string]string{ExitFailure: to, ExitTimeout: to}
		}
		to = b.add("overflow", &Ring{Numbers: []string{o.Number}, Order: OrderAll, Timeout: 25 * time.Second, CallerID: CallerOriginal}, exits)
	}
	if to == "" {
		return map[string]string{}
	}
	return map[string]string{ExitFailure: to, ExitTimeout: to, ExitOverflow: to}
}
