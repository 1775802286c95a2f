package presence

import (
	"cmp"
	"slices"
	"time"
)

// Status is where one agent is, and why.
type Status struct {
	Agent   int64
	Name    string
	Said    string // what they say themselves: Agent.State
	State   State
	Since   time.Time // when State was entered, or when we learned of it
	Open    int       // consoles
	Touched time.Time // when they last did something in one; zero: not since we started
	Answers bool      // their role lets them answer, so they count for [Tracker.Online]
}

// Online says whether somebody of a tenant could answer now: at least one agent
// is [Online] and has a role that may.
func (t *Tracker) Online(tenant string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.online[tenant] > 0
}

// List gives the agents of a tenant, by name, then id.
func (t *Tracker) List(tenant string) []Status {
	t.mu.RLock()
	defer t.mu.RUnlock()
	out := []Status{}
	for k, p := range t.people {
		if k.tenant == tenant && p.known {
			out = append(out, p.status())
		}
	}
	slices.SortFunc(out, func(a, b Status) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Agent, b.Agent)) })
	return out
}

// Of gives one agent; false: there is none.
func (t *Tracker) Of(tenant string, agent int64) (Status, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	p := t.people[key{tenant, agent}]
	if p == nil || !p.known {
		return Status{}, false
	}
	return p.status(), true
}

func (p *person) status() Status {
	return Status{
		Agent: p.agent.ID, Name: p.name(), Said: p.agent.State, State: p.state, Since: p.since,
		Open: p.connections, Touched: p.touchedAt, Answers: answers(p),
	}
}
