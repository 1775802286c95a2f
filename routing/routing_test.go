package routing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief/routing"
)

// The order of precedence, in one table. Carriers: main and spare carry SMS
// and MMS, text carries SMS only, down is not connected, idle is paused.
func TestChoose(t *testing.T) {
	conditions := map[string]routing.Condition{
		"main":  {SMS: true, MMS: true, Connected: true},
		"spare": {SMS: true, MMS: true, Connected: true},
		"text":  {SMS: true, Connected: true},
		"down":  {SMS: true, MMS: true},
		"idle":  {SMS: true, MMS: true, Connected: true, Paused: true},
	}
	known := func(name string) (routing.Condition, bool) {
		c, ok := conditions[name]
		return c, ok
	}
	routes := []routing.Route{
		{Prefix: "", Carriers: []string{"main"}},
		{Prefix: "+1", Carriers: []string{"main", "spare"}},
		{Prefix: "+1310", Carriers: []string{"spare", "main"}},
		{Prefix: "+1310", Carriers: []string{"text"}},
		{Prefix: "+44", Carriers: []string{"text", "spare"}},
		{Prefix: "+49", Carriers: []string{"down", "main"}},
		{Prefix: "+33", Carriers: []string{"idle", "main"}},
		{Prefix: "+34", Carriers: []string{"idle"}},
		{Prefix: "+39", Carriers: []string{"ghost", "text"}},
	}
	for _, tt := range []struct {
		name    string
		q       routing.Query
		want    string
		because string
	}{
		{"the default route", routing.Query{To: "+61299999999"}, "main", "the default route"},
		{"the longest prefix wins", routing.Query{To: "+13105550100"}, "spare main", `route "+1310"`},
		{"a shorter one otherwise", routing.Query{To: "+12125550100"}, "main spare", `route "+1"`},
		{"the own carrier comes first", routing.Query{To: "+12125550100", Own: "text"}, "text main spare", "the number's own carrier"},
		{"and is named once", routing.Query{To: "+12125550100", Own: "spare"}, "spare main", "the number's own carrier"},
		{"who cannot carry MMS drops out", routing.Query{To: "+447700900123", MMS: true}, "spare", `route "+44"`},
		{"the own carrier too", routing.Query{To: "+12125550100", Own: "text", MMS: true}, "main spare", `route "+1"`},
		{"who is not connected comes last", routing.Query{To: "+4930000000"}, "main down", `route "+49"`},
		{"who is paused drops out", routing.Query{To: "+33100000000"}, "main", `route "+33"`},
		{"unless there is nobody else", routing.Query{To: "+34100000000"}, "idle", `route "+34"`},
		{"an unknown carrier drops out", routing.Query{To: "+39060000000"}, "text", `route "+39"`},
		{"a short code takes the default route", routing.Query{To: "72345"}, "main", "the default route"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := routing.New(routes, []string{"main", "spare", "text", "down", "idle"})
			got := table.Choose(tt.q, known)
			if s := strings.Join(got.Carriers, " "); s != tt.want || got.Because != tt.because {
				t.Errorf("got %q because of %q, want %q because of %q", s, got.Because, tt.want, tt.because)
			}
			// What explains must say what chooses does.
			e := table.Explain(tt.q, known)
			if diff := cmp.Diff(got.Carriers, e.Carriers); diff != "" {
				t.Errorf("explained otherwise:\n%s", diff)
			}
			chosen := 0
			for _, s := range e.Steps {
				if s.Chosen {
					chosen++
					if s.Carrier != got.Carriers[0] {
						t.Errorf("the step of %s is marked, want %s", s.Carrier, got.Carriers[0])
					}
				}
			}
			if chosen != 1 {
				t.Errorf("%d steps are marked as chosen, want 1: %+v", chosen, e.Steps)
			}
		})
	}
}

func TestNothingCanCarry(t *testing.T) {
	table := routing.New([]routing.Route{{Prefix: "+44", Carriers: []string{"text"}}}, []string{"text"})
	known := func(string) (routing.Condition, bool) { return routing.Condition{SMS: true, Connected: true}, true }
	if got := table.Choose(routing.Query{To: "+447700900123", MMS: true}, known); len(got.Carriers) > 0 || !got.Incapable {
		t.Errorf("an MMS over an SMS carrier: %+v, want none, incapable", got)
	}
	if got := table.Choose(routing.Query{To: "+13105550100"}, known); len(got.Carriers) > 0 || got.Incapable {
		t.Errorf("a destination without a route: %+v, want none, not incapable", got)
	}
}

func TestWithoutRoutesAllCarriersServe(t *testing.T) {
	table := routing.New(nil, []string{"sim", "main"})
	known := func(string) (routing.Condition, bool) { return routing.Condition{SMS: true, Connected: true}, true }
	got := table.Choose(routing.Query{To: "+13105550100"}, known)
	if s := strings.Join(got.Carriers, " "); s != "sim main" {
		t.Errorf("got %q, want %q", s, "sim main")
	}
}

func BenchmarkChoose(b *testing.B) {
	table := routing.New([]routing.Route{{Prefix: "+1", Carriers: []string{"main"}}, {Carriers: []string{"main"}}}, []string{"main"})
	known := func(string) (routing.Condition, bool) { return routing.Condition{SMS: true, Connected: true}, true }
	q := routing.Query{From: "+13109060901", To: "+13105550100", Own: "main"}
	for b.Loop() {
		table.Choose(q, known)
	}
}
