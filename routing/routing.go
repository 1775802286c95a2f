package routing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Route sends what starts with Prefix over Carriers, in that order.
type Route struct {
	Prefix   string // "+1310", "+", or "" for everything; short codes match "" and their own digits
	Carriers []string
}

// Table is the routes of an installation.
type Table struct {
	routes   []Route  // longest prefix first, else in the order of the configuration
	carriers []string // all of them, in the order of the configuration
}

// New makes a table. The carriers serve as the only route when there is none.
func New(routes []Route, carriers []string) *Table {
	sorted := slices.Clone(routes)
	slices.SortStableFunc(sorted, func(a, b Route) int {
		return cmp.Compare(len(b.Prefix), len(a.Prefix))
	})
	return &Table{routes: sorted, carriers: slices.Clone(carriers)}
}

// Query is what has to be known of a message.
type Query struct {
	From string // the sending number
	To   string
	Own  string // the carrier that From is on; empty when it has none
	MMS  bool
}

// Condition is what a carrier can do, and whether it can do it now.
type Condition struct {
	SMS, MMS  bool
	Paused    bool
	Connected bool
}

// Step is one rule or carrier that was considered.
type Step struct {
	Rule    string `json:"rule"`              // what was looked at
	Carrier string `json:"carrier,omitempty"` // which carrier it speaks of
	Result  string `json:"result"`            // what came of it, in words
	Chosen  bool   `json:"chosen"`            // this one won
}

// Choice is the carriers to try, in order, and why.
type Choice struct {
	Carriers []string // empty: nothing can carry the message
	Because  string   // the rule that gave the first
	// Incapable says that there was a carrier, and that none can carry this
	// kind of message.
	Incapable bool
}

// Explanation is a choice with every step to it.
type Explanation struct {
	From     string   `json:"from,omitempty"`
	To       string   `json:"to"`
	Kind     string   `json:"kind"` // "sms" or "mms"
	Steps    []Step   `json:"steps"`
	Carriers []string `json:"carriers"` // in the order in which they are tried
	Because  string   `json:"because"`
	Waits    string   `json:"waits,omitempty"` // why a text would not leave now, in words
}

// Explain is Choose with every step written down.
func (t *Table) Explain(q Query, condition func(carrier string) (Condition, bool)) Explanation {
	e := Explanation{From: q.From, To: q.To, Kind: "sms", Carriers: []string{}}
	if q.MMS {
		e.Kind = "mms"
	}
	choice := t.choose(q, condition, func(s Step) { e.Steps = append(e.Steps, s) })
	if len(choice.Carriers) > 0 {
		e.Carriers = choice.Carriers
		for i := range e.Steps {
			if e.Steps[i].Carrier == choice.Carriers[0] && e.Steps[i].Rule == choice.Because {
				e.Steps[i].Chosen = true
				break
			}
		}
	}
	e.Because = choice.Because
	if len(e.Carriers) > 0 {
		switch c, _ := condition(e.Carriers[0]); {
		case c.Paused:
			e.Waits = "carrier " + e.Carriers[0] + " is paused: what is sent now waits until it is resumed"
		case !c.Connected:
			e.Waits = "carrier " + e.Carriers[0] + " is not connected now: what is sent waits for it, or goes to the next that is"
		}
	}
	if e.Because == "" {
		e.Because = "no carrier can take it"
	}
	return e
}

// Choose gives the carriers to try. condition reports on a carrier, and false
// for one that does not exist.
func (t *Table) Choose(q Query, condition func(carrier string) (Condition, bool)) Choice {
	return t.choose(q, condition, nil)
}

type candidate struct {
	carrier string
	rule    string
	Condition
}

func (t *Table) choose(q Query, condition func(string) (Condition, bool), trace func(Step)) Choice {
	var (
		room       [8]candidate
		candidates = room[:0]
		incapable  bool
	)
	consider := func(carrier, rule string) {
		if slices.ContainsFunc(candidates, func(c candidate) bool { return c.carrier == carrier }) {
			note(trace, rule, carrier, "considered already")
			return
		}
		c, known := condition(carrier)
		switch {
		case !known:
			note(trace, rule, carrier, "skipped: there is no carrier of this name")
		case q.MMS && !c.MMS:
			incapable = true
			note(trace, rule, carrier, "skipped: it cannot carry MMS")
		case !q.MMS && !c.SMS:
			incapable = true
			note(trace, rule, carrier, "skipped: it cannot carry SMS")
		default:
			candidates = append(candidates, candidate{carrier, rule, c})
			note(trace, rule, carrier, "can carry it; "+c.words())
		}
	}

	const own = "the number's own carrier"
	if q.Own != "" {
		consider(q.Own, own)
	} else if trace != nil {
		note(trace, own, "", "the number has none")
	}
	t.walk(q.To, consider, trace)

	// Connected before unconnected before paused, otherwise as considered.
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Compare(a.lateness(), b.lateness())
	})
	if len(candidates) == 0 {
		return Choice{Incapable: incapable}
	}
	choice := Choice{Because: candidates[0].rule, Carriers: make([]string, 0, len(candidates))}
	for i, c := range candidates {
		if c.Paused && i > 0 && !candidates[0].Paused {
			note(trace, c.rule, c.carrier, "dropped: paused, and another is not")
			continue
		}
		choice.Carriers = append(choice.Carriers, c.carrier)
	}
	return choice
}

// walk considers the carriers of the route that matches, or all of them when
// nothing is configured.
func (t *Table) walk(to string, consider func(carrier, rule string), trace func(Step)) {
	if len(t.routes) == 0 {
		for _, c := range t.carriers {
			consider(c, "all carriers, for no route is configured")
		}
		return
	}
	won := false
	for i := range t.routes {
		r := &t.routes[i]
		switch {
		case !strings.HasPrefix(to, r.Prefix):
			if trace != nil {
				note(trace, r.name(), "", "does not match the destination")
			}
		case won:
			if trace != nil {
				note(trace, r.name(), "", "matches, but a longer or earlier prefix won")
			}
		default:
			won = true
			name := r.name()
			for _, c := range r.Carriers {
				consider(c, name)
			}
		}
	}
	if !won && trace != nil {
		note(trace, "routes", "", "none matches the destination")
	}
}

func (r *Route) name() string {
	if r.Prefix == "" {
		return "the default route"
	}
	return "route " + strconv.Quote(r.Prefix)
}

func (c Condition) lateness() int {
	switch {
	case c.Paused:
		return 2
	case !c.Connected:
		return 1
	}
	return 0
}

func (c Condition) words() string {
	switch {
	case c.Paused:
		return "paused"
	case !c.Connected:
		return "not connected now"
	}
	return "connected"
}

func note(trace func(Step), rule, carrier, result string) {
	if trace != nil {
		trace(Step{Rule: rule, Carrier: carrier, Result: result})
	}
}
