package presence

import (
	"cmp"
	"strconv"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// State is where somebody is, all things considered.
type State string

// The states.
const (
	Online        State = "online"         // could answer now
	Away          State = "away"           // says so, or has not touched the console for a while
	TransfersOnly State = "transfers_only" // takes what others hand over, and nothing else
	Offline       State = "offline"
)

// What caused a transition.
const (
	becauseConnected = "console opened"
	becauseLeft      = "console closed"
	becauseIdle      = "idle"
	becauseTouched   = "active again"
	becauseSaid      = "said so"
	becauseRemoved   = "removed"
	becauseRestart   = "gone after a restart"
)

// person is an agent and what is known of them. Its tracker's lock guards it.
type person struct {
	known       bool // there is such an agent
	agent       wirechief.Agent
	connections int
	leftAt      time.Time // when the last console was closed; zero: never
	touchedAt   time.Time
	restarted   bool // leftAt is when we started: they have not been seen since

	state State     // that was settled last
	since time.Time // when that was entered
	due   time.Time // when the state changes by itself; zero: never
}

// judge gives the state of an instant, when it changes by itself (zero: never),
// and why it is offline or away though the person says otherwise.
func (t *Tracker) judge(p *person, now time.Time) (s State, due time.Time, because string) {
	if !p.known {
		return Offline, due, becauseRemoved
	}
	said := State(p.agent.State)
	if p.agent.Via == "phone" {
		if said == "" {
			said = Offline
		}
		return said, due, becauseSaid
	}
	if said == "" {
		said = Online // they never said anything: the console speaks for them
	}
	if p.connections == 0 {
		until := p.leftAt.Add(t.grace)
		if p.leftAt.IsZero() || !now.Before(until) {
			if p.restarted {
				return Offline, due, becauseRestart
			}
			return Offline, due, becauseLeft
		}
		due = until
	}
	if said != Online {
		return said, due, becauseSaid
	}
	if until := p.touchedAt.Add(t.idle); !now.Before(until) {
		return Away, due, becauseIdle
	} else if due.IsZero() || until.Before(due) {
		due = until
	}
	return Online, due, becauseSaid
}

// settle brings the state up to date and keeps a transition if there is one.
// because says what made it; empty: time did, or what judge finds.
func (t *Tracker) settle(k key, p *person, now time.Time, because string) {
	s, due, found := t.judge(p, now)
	if !due.Equal(p.due) {
		p.due = due
		wake(t.alarm)
	}
	if s == p.state {
		return
	}
	if because == "" {
		because = found
	}
	if answers(p) {
		if p.state == Online {
			t.count(k.tenant, -1)
		}
		if s == Online {
			t.count(k.tenant, 1)
		}
	}
	t.enqueue(transition{key: k, name: p.name(), before: p.state, after: s, because: because, at: now})
	p.state, p.since = s, now
	if t.changed != nil {
		t.changed(k.tenant, k.agent)
	}
}

func (t *Tracker) count(tenant string, by int) {
	if t.online[tenant] += by; t.online[tenant] == 0 {
		delete(t.online, tenant)
	}
}

// answers says whether a person could answer a text if they were there: who
// only looks could not, and a program is not there to be asked.
func answers(p *person) bool {
	return p.agent.Role == "" || wirechief.Role(p.agent.Role).May(wirechief.RightReply)
}

func (p *person) name() string {
	return cmp.Or(p.agent.Name, p.agent.Email, "agent "+strconv.FormatInt(p.agent.ID, 10))
}

// Connect says that an agent has opened a console. The function that it gives
// says that this one is closed; it may be called more than once.
func (t *Tracker) Connect(tenant string, agent int64) (disconnect func()) {
	k := key{tenant, agent}
	t.mu.Lock()
	p := t.person(k)
	now := t.now()
	p.connections++
	p.restarted = false
	p.touchedAt = now // it takes a person to open one
	t.settle(k, p, now, becauseConnected)
	t.mu.Unlock()
	var once sync.Once
	return func() {
		once.Do(func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			p.connections--
			now := t.now()
			if p.connections == 0 {
				p.leftAt = now
			}
			t.settle(k, p, now, "")
			t.forget(k, p)
		})
	}
}

// Touch says that an agent has just done something in the console. It is quick:
// it may be called for every request.
func (t *Tracker) Touch(tenant string, agent int64) {
	k := key{tenant, agent}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.people[k]
	if p == nil {
		return
	}
	now := t.now()
	p.touchedAt = now
	if p.state == Online {
		return // when it becomes due, the tick finds that it is not
	}
	t.settle(k, p, now, becauseTouched)
}

// person gives the person of a key, one that is not known yet if need be.
func (t *Tracker) person(k key) *person {
	p := t.people[k]
	if p == nil {
		p = &person{state: Offline, since: t.now()}
		t.people[k] = p
	}
	return p
}

// forget drops who is not known (any more) and has no console open.
func (t *Tracker) forget(k key, p *person) {
	if !p.known && p.connections == 0 && t.people[k] == p {
		delete(t.people, k)
	}
}
