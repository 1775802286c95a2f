package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
)

// planner makes one plan.
type planner struct {
	Plan
	n     *wirechief.Number
	v     *wirechief.Voice
	d     Directory
	calls wirechief.Calls
}

func (p *planner) note(r Rule, applies bool, format string, args ...any) {
	p.Considered = append(p.Considered, Considered{Rule: r, Applies: applies, Because: fmt.Sprintf(format, args...)})
}

func (p *planner) then(s Step) { p.Steps = append(p.Steps, s) }

// decide goes through the rules in their order.
func (p *planner) decide() {
	if cause := off(p.n); cause != nil {
		p.note(RuleVoice, true, "%s", cause.Detail)
		p.then(Refuse{*cause})
		return
	}
	p.note(RuleVoice, false, "calls are switched on")
	p.record()
	if !p.hours() {
		p.fault()
		return
	}
	if !p.Outside {
		if graph, ivr, fault := p.graph(); fault {
			p.fault()
			return
		} else if graph != nil {
			if !asks(graph) {
				p.consent()
			}
			p.then(Flow{Graph: graph, IVR: ivr})
			p.fault()
			return
		}
		p.people()
	}
	p.overflow()
	voicemail := p.voicemail()
	if p.failover(); !voicemail {
		p.goodbye()
	}
	p.then(Refuse{wirechief.Cause{Reason: wirechief.CauseNoAnswer, SIP: 480, Q850: 19, By: "us", Detail: "nobody is there"}})
}

// fault goes to the failover at once, or ends the call.
func (p *planner) fault() {
	p.failover()
	p.then(Refuse{wirechief.Cause{Reason: wirechief.CauseInternal, SIP: 500, Q850: 41, By: "us", Detail: "a setting of the number is at fault"}})
}

// record says whether the call is recorded. Who is not asked is recorded at
// once; never is never, whatever Recording says.
func (p *planner) record() {
	if p.v.Recording != wirechief.RecordCall || p.v.Consent == wirechief.ConsentNever {
		return
	}
	p.Recording = Recording{On: true, Transcribe: p.v.Transcription, Keep: p.calls.RecordingsDeletedAfter}
	if p.v.Consent == wirechief.ConsentOptIn || p.v.Consent == wirechief.ConsentOptOut {
		p.Recording.Consent = p.v.Consent
	}
}

// consent asks before anybody is bridged; once.
func (p *planner) consent() {
	mode := p.Recording.Consent
	if mode == "" || slices.ContainsFunc(p.Steps, func(s Step) bool { _, asked := s.(Consent); return asked }) {
		return
	}
	prompt, _ := p.greeting("call_recording_"+mode, "")
	p.then(Consent{Mode: mode, Prompt: prompt})
}

// hours looks at the schedule; false is a fault.
func (p *planner) hours() bool {
	if p.v.Schedule == 0 {
		p.note(RuleSchedule, false, "none: always open")
		return true
	}
	s := p.d.Schedule(p.v.Schedule)
	if s == nil {
		p.note(RuleSchedule, true, "there is no schedule %d", p.v.Schedule)
		return false
	}
	state, err := flow.StateAt(s, p.At)
	if err != nil {
		p.note(RuleSchedule, true, "%s", wirechief.MessageOf(err))
		return false
	}
	p.Outside = state != flow.Open
	p.note(RuleSchedule, p.Outside, "%s", state)
	return true
}

// graph is what the call walks, nil when there is neither flow nor IVR.
func (p *planner) graph() (g *flow.Graph, ivr, fault bool) {
	switch {
	case p.v.Route == wirechief.RouteFlow:
		g, problems := p.d.Flow(p.v.Flow)
		switch {
		case g == nil:
			p.note(RuleFlow, true, "there is no flow %q", p.v.Flow)
		case len(problems) > 0:
			p.note(RuleFlow, true, "flow %s is not valid: %s", p.v.Flow, problems[0].Error())
		default:
			p.note(RuleFlow, true, "the route is flow %s", p.v.Flow)
			return g, false, false
		}
		return nil, false, true
	case p.v.Flow != "":
		p.note(RuleFlow, false, "the route is not flow")
	default:
		p.note(RuleFlow, false, "none")
	}
	if p.v.IVR == 0 {
		p.note(RuleIVR, false, "none")
		return nil, false, false
	}
	v := p.d.IVR(p.v.IVR)
	if v == nil {
		p.note(RuleIVR, true, "there is no IVR %d", p.v.IVR)
		return nil, true, true
	}
	if g = flow.FromIVR(v, p.calls); g.Nodes[g.Start] == nil {
		p.note(RuleIVR, true, "IVR %d has no menu", p.v.IVR)
		return nil, true, true
	}
	p.note(RuleIVR, true, "IVR %d", p.v.IVR)
	return g, true, false
}

// asks says whether a graph asks for consent by itself, wherever it sees fit.
func asks(g *flow.Graph) bool {
	for _, n := range g.Nodes {
		if _, ok := n.Do.(*flow.Consent); ok {
			return true
		}
	}
	return false
}

// voicemail takes a message, as the hours and the settings have it.
func (p *planner) voicemail() bool {
	hours := "inside_business_hours"
	if p.Outside {
		hours = "outside_business_hours"
	}
	switch {
	case !p.calls.Voicemail:
		p.note(RuleVoicemail, false, "switched off")
		return false
	case p.Outside && !p.calls.VoicemailOutsideHours:
		p.note(RuleVoicemail, false, "switched off outside of hours")
		return false
	}
	p.note(RuleVoicemail, true, "callers can leave a message")
	greeting, _ := p.greeting("voicemail", "voicemail_on_"+hours)
	p.then(Voicemail{
		Greeting: greeting, Max: 2 * time.Minute, Silence: 5 * time.Second, Outside: p.Outside,
		Transcribe: p.v.Transcription, Keep: p.calls.VoicemailsDeletedAfter,
	})
	return true
}

// goodbye tells callers who cannot leave a message, and who are passed on to
// nobody either, when the number has chosen something to be said or is
// answered by groups.
func (p *planner) goodbye() {
	if last := p.Considered[len(p.Considered)-1]; last.Rule == RuleFailover && last.Applies {
		return
	}
	name := "voicemail_off_inside_business_hours"
	if p.Outside {
		name = "voicemail_off_outside_business_hours"
	}
	if prompt, own := p.greeting("voicemail", name); prompt != (flow.Prompt{}) && (own || len(p.groups()) > 0) {
		p.then(Greet{prompt})
	}
}
