package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
	"github.com/wirechief/wirechief/voice/plan"
)

// directory is what the numbers of these tests refer to.
type directory struct{}

func (directory) Schedule(id int64) *wirechief.Schedule {
	switch id {
	case 1: // Mondays, 9 to 17 in New York, but not on 2026-05-25
		return &wirechief.Schedule{
			ID: 1, TimeZone: "America/New_York", Intervals: []wirechief.Interval{{StartTime: 1980, EndTime: 2460}},
			Holidays: []wirechief.Holiday{{Name: "Memorial Day", From: "2026-05-25"}},
		}
	case 2:
		return &wirechief.Schedule{ID: 2, TimeZone: "Mars/Olympus"}
	}
	return nil
}

func (directory) Flow(id string) (*flow.Graph, flow.Problems) {
	nodes := map[string]any{
		"main":  map[string]any{"play": map[string]any{"greeting": "ivr_en"}},
		"lost":  map[string]any{"play": map[string]any{"greeting": "ivr_en"}, "next": "nowhere"},
		"asks":  map[string]any{"consent": map[string]any{"prompt": map[string]any{"greeting": "ivr_en"}}},
		"empty": nil,
	}
	node, known := nodes[id]
	if !known {
		return nil, nil
	}
	f := &wirechief.Flow{ID: id, Start: "hello", Nodes: map[string]any{"hello": node}, Revision: 3}
	if node == nil {
		f = &wirechief.Flow{ID: id}
	}
	return flow.Judge(f, nothing{})
}

func (directory) IVR(id int64) *wirechief.IVR {
	switch id {
	case 5:
		return &wirechief.IVR{ID: 5, Menus: []wirechief.IVRMenu{{ID: 1, Default: true, Greeting: "ivr_en"}}}
	case 6:
		return &wirechief.IVR{ID: 6}
	}
	return nil
}

func (directory) Group(id int64) *plan.Group {
	ann := plan.Agent{ID: 11, Name: "Ann", Phone: "+13105550111", State: "online"}
	bob := plan.Agent{ID: 12, Name: "Bob", Phone: "+13105550112", State: "away"}
	cat := plan.Agent{ID: 13, Name: "Cat", State: "online"}
	dan := plan.Agent{ID: 14, Name: "Dan", Phone: "sip:dan@pbx.example", State: "online"}
	eve := plan.Agent{ID: 15, Name: "Eve", Phone: "+13105550115", State: "transfers_only"}
	fay := plan.Agent{ID: 16, Name: "Fay", Phone: "+13105550116"}
	switch id {
	case 7:
		return &plan.Group{ID: 7, Name: "Sales", Agents: []plan.Agent{ann, bob, cat, dan}}
	case 8:
		return &plan.Group{ID: 8, Agents: []plan.Agent{ann, {ID: 17, Name: "Gus", Phone: "+13105550117", State: "online"}}}
	case 9:
		return &plan.Group{ID: 9, Name: "Night", Agents: []plan.Agent{bob, cat, eve, fay}}
	case 10:
		return &plan.Group{ID: 10, Name: "Nobody"}
	}
	return nil
}

func (directory) Greeting(id string) *wirechief.Greeting {
	category := map[string]int{"21": 2, "22": 2, "23": 1, "24": 2, "25": 9}[id]
	switch {
	case category == 0:
		return nil
	case id == "24": // nothing was uploaded yet
		return &wirechief.Greeting{ID: 24, Category: category}
	}
	return &wirechief.Greeting{Category: category, Audio: &wirechief.Audio{Name: "hello.wav"}}
}

// nothing is a resolver of flows that refer to nothing.
type nothing struct{}

func (nothing) Group(int64) bool     { return false }
func (nothing) Schedule(int64) bool  { return false }
func (nothing) Greeting(string) bool { return false }
func (nothing) File(string) bool     { return false }
func (nothing) Speech() bool         { return false }
func (nothing) URL(string) error     { return nil }
func (nothing) Numbers() []string    { return nil }

// inService is a number that takes calls.
func inService(v wirechief.Voice, groups ...int64) *wirechief.Number {
	return &wirechief.Number{
		Number: "+13105550100", State: wirechief.NumberInService, Groups: groups, Voice: v,
		Capabilities: wirechief.Capabilities{Voice: true}, Enabled: wirechief.Capabilities{Voice: true},
	}
}

// calls are the finer settings, changed.
func calls(change func(c *wirechief.Calls)) *wirechief.Calls {
	c := wirechief.DefaultCalls()
	change(&c)
	return &c
}

// words writes a plan: "+" before a rule that applies, "-" before one that does
// not, ">" before a step.
func words(p plan.Plan) string {
	var b strings.Builder
	for _, c := range p.Considered {
		sign := "-"
		if c.Applies {
			sign = "+"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", sign, c.Rule, c.Because)
	}
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "> %s\n", s)
	}
	return b.String()
}

func at(day string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 MST", day)
	if err != nil {
		panic(err)
	}
	return t
}

func TestFor(t *testing.T) {
	forwards := []wirechief.VoiceForward{
		{Destination: "+13105550102", Enabled: true, NotifySMS: true},
		{Destination: "+13105550103"},
		{Destination: "sip:desk@pbx.example", Enabled: true},
	}
	for _, tt := range append(rows(forwards), graphs()...) {
		t.Run(tt.name, func(t *testing.T) {
			now := at("2026-05-18 14:00 UTC") // a Monday, 10 in New York
			if tt.at != "" {
				now = at(tt.at)
			}
			got := plan.For(tt.number, directory{}, now)
			if diff := cmp.Diff(strings.TrimLeft(tt.want, "\n"), words(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, ends := got.Steps[len(got.Steps)-1].(plan.Refuse); !ends {
				t.Error("the last step does not end the call")
			}
		})
	}
}
