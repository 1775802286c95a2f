package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Resolver knows what a flow refers to.
type Resolver interface {
	Group(id int64) bool
	Schedule(id int64) bool
	Greeting(id string) bool // one of the tenant's own, with sound or without
	File(name string) bool   // an uploaded sound of this name
	Speech() bool            // texts can be spoken
	URL(url string) error    // why it cannot be told anything; nil: it can
	// Numbers are ours whose calls go through the flow: it must not call them.
	Numbers() []string
}

// Check finds what is wrong with a graph as a whole, and with what it refers
// to: everything, in the order of the nodes' names.
func Check(g *Graph, r Resolver) Problems {
	c := &checker{Graph: g, r: r}
	switch {
	case len(g.Nodes) == 0:
		c.wrong("", "nodes", "a flow needs a node")
	case g.Start == "":
		c.wrong("", "start", "the name of the node is needed at which calls begin")
	case g.Nodes[g.Start] == nil:
		c.wrong("", "start", "there is no node %q", g.Start)
	}
	names := slices.Sorted(maps.Keys(g.Nodes))
	reached := c.reached()
	for _, name := range names {
		n := g.Nodes[name]
		c.targets(n)
		if g.Nodes[g.Start] != nil && !reached[name] {
			c.wrong(name, "", "no call comes to this node")
		}
		c.refers(n)
	}
	c.loops(names)
	return c.problems
}

// Judge is [Parse] and [Check]: the graph is good when there are no problems.
func Judge(f *wirechief.Flow, r Resolver) (*Graph, Problems) {
	g, problems := Parse(f)
	if len(problems) > 0 {
		return g, problems // what cannot be read would seem to be missing
	}
	return g, Check(g, r)
}

type checker struct {
	*Graph
	r        Resolver
	problems Problems
}

func (c *checker) wrong(node, key, format string, args ...any) {
	c.problems = append(c.problems, Problem{Node: node, Key: key, Message: fmt.Sprintf(format, args...)})
}

// leads lists where a node leads to, by exit, the keys of a menu included.
func (n *Node) leads() map[string]string {
	out := maps.Clone(n.Exits)
	if m, ok := n.Do.(*Menu); ok {
		for key, target := range m.Digits {
			out["menu.digits."+key] = target
		}
	}
	return out
}

func (c *checker) targets(n *Node) {
	leads := n.leads()
	for _, exit := range slices.Sorted(maps.Keys(leads)) {
		if target := leads[exit]; target != Hangup && c.Nodes[target] == nil {
			c.wrong(n.Name, exit, "there is no node %q", target)
		}
	}
}

// reached are the nodes that a call may come to.
func (c *checker) reached() map[string]bool {
	seen, next := make(map[string]bool), []string{c.Start}
	for len(next) > 0 {
		name := next[len(next)-1]
		next = next[:len(next)-1]
		if n := c.Nodes[name]; n != nil && !seen[name] {
			seen[name] = true
			for _, target := range n.leads() {
				next = append(next, target)
			}
		}
	}
	return seen
}

// loops reports circles in which no node waits for anybody: a call would go
// round for ever in no time. One circle is reported once.
func (c *checker) loops(names []string) {
	const under, done = 1, 2
	state := make(map[string]int, len(names))
	var way []string
	var visit func(name string)
	visit = func(name string) {
		n := c.Nodes[name]
		if n == nil || takesTime(n.Do) || state[name] == done {
			return
		}
		if state[name] == under {
			circle := append(slices.Clone(way[slices.Index(way, name):]), name)
			c.wrong(name, "", "calls would go round for ever: %s; nothing there waits for the caller", strings.Join(circle, " → "))
			return
		}
		state[name], way = under, append(way, name)
		leads := n.leads()
		for _, exit := range slices.Sorted(maps.Keys(leads)) {
			visit(leads[exit])
		}
		state[name], way = done, way[:len(way)-1]
	}
	for _, name := range names {
		visit(name)
	}
}

// refers looks at what a node refers to.
func (c *checker) refers(n *Node) {
	switch do := n.Do.(type) {
	case *Play:
		c.prompt(n, "play", do.Prompt)
	case *Menu:
		c.prompt(n, "menu.prompt", do.Prompt)
	case *Collect:
		c.prompt(n, "collect.prompt", do.Prompt)
	case *Consent:
		c.prompt(n, "consent.prompt", do.Prompt)
	case *Voicemail:
		c.prompt(n, "voicemail.greeting", do.Greeting)
	case *Queue:
		c.group(n, "queue.group", do.Group)
		c.prompt(n, "queue.music", do.Music)
	case *Ring:
		for i, number := range do.Numbers {
			c.endpoint(n, fmt.Sprintf("ring.numbers[%d]", i), number)
		}
		if do.Group != 0 {
			c.group(n, "ring.group", do.Group)
		}
	case *Transfer:
		c.endpoint(n, "transfer.to", do.To)
	case *SMS:
		if do.To != "caller" && !e164.IsNumber(do.To) {
			c.wrong(n.Name, "sms.to", "%q is neither caller nor a number such as +13105550100", do.To)
		} else {
			c.own(n, "sms.to", do.To, "text")
		}
	case *Schedule:
		if !c.r.Schedule(do.ID) {
			c.wrong(n.Name, "schedule", "there is no schedule %d", do.ID)
		}
	case *Webhook:
		if err := c.r.URL(do.URL); err != nil {
			c.wrong(n.Name, "webhook.url", "%s", wirechief.MessageOf(err))
		}
	}
}

func (c *checker) prompt(n *Node, key string, p Prompt) {
	switch {
	case p.Text != "" && !c.r.Speech():
		c.wrong(n.Name, key, "a text cannot be spoken here: no speech.synthesis_url is configured; name a greeting or a file")
	case p.Greeting != "" && !IsStockGreeting(p.Greeting) && !c.r.Greeting(p.Greeting):
		c.wrong(n.Name, key, "there is no greeting %q: name the id of one of your own, or a stock one such as available_en", p.Greeting)
	case p.File != "" && !c.r.File(p.File):
		c.wrong(n.Name, key, "there is no sound file %q; upload it as a greeting", p.File)
	}
}

func (c *checker) group(n *Node, key string, id int64) {
	if !c.r.Group(id) {
		c.wrong(n.Name, key, "there is no group %d", id)
	}
}

func (c *checker) endpoint(n *Node, key, endpoint string) {
	if !e164.IsEndpoint(endpoint) {
		c.wrong(n.Name, key, "%q is neither a number such as +13105550100 nor a SIP URI", endpoint)
		return
	}
	c.own(n, key, endpoint, "call")
}

func (c *checker) own(n *Node, key, number, verb string) {
	if slices.Contains(c.r.Numbers(), number) {
		c.wrong(n.Name, key, "%s would %s itself: its calls go through this flow", number, verb)
	}
}
