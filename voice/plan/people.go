package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
)

// people rings the endpoint and the forwards, then those in the groups.
func (p *planner) people() {
	ring := p.endpoints()
	queue, waits := p.queue()
	if len(ring) == 0 && !waits {
		return
	}
	// Whoever forwards calls does not have them answered by us to say hello,
	// unless something of their own is to be said; a queue has a greeting.
	name := "voicemail_on"
	if !p.calls.Voicemail {
		name = "voicemail_off"
	}
	if prompt, own := p.greeting("available", name); prompt != (flow.Prompt{}) && (own || len(ring) == 0) {
		p.then(Greet{prompt})
	}
	p.consent()
	if len(ring) > 0 {
		p.then(p.ring(RuleEndpoint, ring...))
	}
	if waits {
		p.then(queue)
	}
}

// callerID is whose number those see who are rung.
func (p *planner) callerID() string {
	if p.calls.ForwardingCallerID == "zendesk_number" {
		return flow.CallerOwn
	}
	return flow.CallerOriginal
}

// mute says why nobody can be rung: legs would present a number that may not
// be presented.
func (p *planner) mute() string {
	if cause := Outgoing(p.n); cause != nil && p.callerID() == flow.CallerOwn {
		return cause.Detail + ", and whoever is rung would see it"
	}
	return ""
}

func (p *planner) offer() time.Duration {
	seconds := p.calls.OfferingSeconds
	if seconds <= 0 {
		seconds = wirechief.DefaultCalls().OfferingSeconds
	}
	return time.Duration(seconds) * time.Second
}

func (p *planner) ring(r Rule, who ...Target) Ring {
	return Ring{Rule: r, Targets: who, Timeout: p.offer(), CallerID: p.callerID()}
}

// endpoints are the endpoint and the forwards that are switched on, each once,
// and never the number itself.
func (p *planner) endpoints() (out []Target) {
	add := func(t Target) {
		at := slices.IndexFunc(out, func(o Target) bool { return o.To == t.To })
		switch {
		case t.To == "" || t.To == p.n.Number:
		case at >= 0:
			out[at].NotifySMS = out[at].NotifySMS || t.NotifySMS
		default:
			out = append(out, t)
		}
	}
	add(Target{To: p.v.Endpoint})
	for _, f := range p.v.Forwards {
		if f.Enabled {
			add(Target{To: f.Destination, NotifySMS: f.NotifySMS})
		}
	}
	switch why := p.mute(); {
	case len(out) == 0:
		p.note(RuleEndpoint, false, "no endpoint, and no forward that is switched on")
		return nil
	case why != "":
		p.note(RuleEndpoint, false, "%s", why)
		return nil
	case len(out) == 1:
		p.note(RuleEndpoint, true, "1 rings")
	default:
		p.note(RuleEndpoint, true, "%d ring together", len(out))
	}
	return out
}

// groups are those that answer, in order.
func (p *planner) groups() []int64 {
	if len(p.n.Groups) == 0 && p.n.DefaultGroup != 0 {
		return []int64{p.n.DefaultGroup}
	}
	return p.n.Groups
}

// queue has callers wait for those of the groups who are there, each at one
// phone and in one place.
func (p *planner) queue() (Queue, bool) {
	groups := p.groups()
	if len(groups) == 0 {
		p.note(RuleQueue, false, "no groups")
		return Queue{}, false
	}
	if why := p.mute(); why != "" {
		p.note(RuleQueue, false, "%s", why)
		return Queue{}, false
	}
	var teams []Team
	var names, absent []string
	rung := []string{p.n.Number}
	for _, id := range groups {
		g := p.d.Group(id)
		if g == nil {
			absent = append(absent, "there is no group "+strconv.FormatInt(id, 10))
			continue
		}
		t := Team{ID: g.ID, Name: g.Name}
		if t.Name == "" {
			t.Name = "group " + strconv.FormatInt(g.ID, 10)
		}
		for _, a := range g.Agents {
			switch {
			case a.State != "online":
				absent = append(absent, a.Name+" is "+state(a.State))
			case a.Phone == "":
				absent = append(absent, a.Name+" has no phone")
			case !slices.Contains(rung, a.Phone):
				rung = append(rung, a.Phone)
				t.Targets = append(t.Targets, Target{To: a.Phone, Agent: a.ID})
			}
		}
		switch {
		case len(t.Targets) > 0:
			teams, names = append(teams, t), append(names, t.Name)
		case len(g.Agents) == 0:
			absent = append(absent, t.Name+" is empty")
		}
	}
	if len(teams) == 0 {
		p.note(RuleQueue, false, "nobody is there: %s", strings.Join(absent, ", "))
		return Queue{}, false
	}
	p.note(RuleQueue, true, "%s", strings.Join(names, ", then "))
	music, _ := p.greeting("wait", "")
	q := Queue{
		Groups: teams, Limit: p.calls.QueueSize, Wait: time.Duration(p.calls.QueueMinutes) * time.Minute, Offer: p.offer(),
		CallerID: p.callerID(), Music: music, Priority: p.n.Priority, TellWait: p.calls.WaitTimeMessage, Callback: p.calls.CallbackFromQueue,
	}
	if p.calls.WrapUp {
		q.WrapUp = time.Duration(p.calls.WrapUpSeconds) * time.Second
	}
	return q, true
}

func state(s string) string {
	if s == "" {
		return "offline"
	}
	return strings.ReplaceAll(s, "transfers_only", "there for transfers only")
}

func (p *planner) overflow() {
	o := p.calls.Overflow
	if !o.Enabled {
		p.note(RuleOverflow, false, "switched off")
		return
	}
	p.elsewhere(RuleOverflow, o.Number)
}

func (p *planner) failover() { p.elsewhere(RuleFailover, p.v.Failover) }

// elsewhere rings one further endpoint.
func (p *planner) elsewhere(r Rule, to string) {
	switch why := p.mute(); {
	case to == "":
		p.note(r, false, "none")
	case to == p.n.Number:
		p.note(r, false, "the number would call itself")
	case why != "":
		p.note(r, false, "%s", why)
	default:
		p.note(r, true, "%s", to)
		p.consent()
		p.then(p.ring(r, Target{To: to}))
	}
}
