package exchange

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/voice/flow"
)

// flowRefs is what a flow of a tenant refers to, as it is or will be.
type flowRefs struct {
	x       *Exchange
	r       refs
	tenant  string
	numbers []string // whose calls go through the flow
}

func (f flowRefs) has(kind wirechief.EntityKind, key string) bool {
	return f.r.other(f.tenant, kind, key) != nil
}

func (f flowRefs) Group(id int64) bool     { return f.has(wirechief.EntityGroup, id10(id)) }
func (f flowRefs) Schedule(id int64) bool  { return f.has(wirechief.EntitySchedule, id10(id)) }
func (f flowRefs) Greeting(id string) bool { return f.has(wirechief.EntityGreeting, id) }
func (f flowRefs) Speech() bool            { return f.x.Speech }
func (f flowRefs) Numbers() []string       { return f.numbers }

// File says whether a sound of this name was uploaded for a greeting.
func (f flowRefs) File(name string) bool {
	for _, e := range f.x.dir.documents(f.tenant, wirechief.EntityGreeting) {
		var g wirechief.Greeting
		if json.Unmarshal(e.Doc, &g) == nil && g.Audio != nil && g.Audio.Name == name {
			return true
		}
	}
	return false
}

// URL looks at the form only: where it leads is the egress guard's question at
// the time of the call, for names lead elsewhere by then.
func (flowRefs) URL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return wirechief.Errorf(wirechief.Invalid, "%q is no absolute http or https URL", address)
	}
	return nil
}

// judgeFlow looks at the graph of a flow. One without nodes is a name that
// numbers refer to, whose calls go to their failover.
func (x *Exchange) judgeFlow(r refs, tenant string, numbers []string, f *wirechief.Flow) flow.Problems {
	if len(f.Nodes) == 0 && f.Start == "" {
		return nil
	}
	_, problems := flow.Judge(f, flowRefs{x: x, r: r, tenant: tenant, numbers: numbers})
	return problems
}

// goThrough are the numbers of a tenant whose calls go through a flow.
func goThrough(numbers []*wirechief.Number, tenant, id string) (out []string) {
	for _, n := range numbers {
		if n.Tenant == tenant && n.State.Owned() && n.Voice.Route == wirechief.RouteFlow && n.Voice.Flow == id {
			out = append(out, n.Number)
		}
	}
	return out
}

// refusedFlow words the mistakes of a flow; the field is that of the first.
func refusedFlow(problems flow.Problems) *wirechief.Error {
	if len(problems) == 0 {
		return nil
	}
	return wirechief.InvalidField(problems[0].Path(), "%s", problems.Error())
}

// flows judges the flows that a file changes, once all that they may refer to
// is known, and names the line of each mistake.
func (a *application) flows(f *state.File) *wirechief.Error {
	var lines []string
	for i := range f.Tenants {
		t := &f.Tenants[i]
		if len(t.Flows) == 0 {
			continue
		}
		numbers := a.numbersOf(t)
		for k := range t.Flows {
			doc := a.documents[namedKind{t.ID, wirechief.EntityFlow, t.Flows[k].ID}]
			var v wirechief.Flow
			if doc == nil || json.Unmarshal(doc, &v) != nil {
				continue // it goes, or stays as it is
			}
			for _, p := range a.x.judgeFlow(a, t.ID, goThrough(numbers, t.ID, v.ID), &v) {
				path := fmt.Sprintf("tenants[%d].flows[%d].%s", i, k, p.Path())
				lines = append(lines, f.Mistake(path, "flow %s: %s", v.ID, p.Message).Error())
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return wirechief.InvalidField("flows", "%s", strings.Join(lines, "\n"))
}

// numbersOf are the numbers that a tenant has or will have, as they will be.
// Those of the file may be there twice.
func (a *application) numbersOf(t *state.Tenant) (out []*wirechief.Number) {
	for _, n := range a.x.dir.numbersOf(t.ID) {
		out = append(out, a.number(n.Number))
	}
	for j := range t.Numbers {
		if n := a.number(t.Numbers[j].Number); n != nil {
			out = append(out, n)
		}
	}
	return out
}
