package exchange_test

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// A state file with a bad flow is refused with the line and the node of every
// mistake; what the flow refers to may come in the same file.
func TestFlowsAreJudged(t *testing.T) {
	w := newWorld(t)
	put := func(doc string) error {
		t.Helper()
		f, err := state.Parse("state.yaml", []byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Apply(t.Context(), f, true)
		return err
	}
	const good = `
tenants:
  - id: acme
    groups: [{id: 7, name: Sales}]
    flows:
      - id: "1001"
        name: Front desk
        start: hello
        nodes:
          hello: {play: {greeting: available_en}, next: menu}
          menu: {menu: {digits: {"1": sales, "2": message}, timeout: 5s, retries: 3, otherwise: message}}
          sales: {ring: {group: 7, order: all, timeout: 25s}, failure: message}
          message: {voicemail: {max: 120s}}
`
	if err := put(good); err != nil {
		t.Errorf("a good flow: %v", err)
	}
	err := put(strings.NewReplacer("group: 7,", "group: 8,", "next: menu", "next: manu").Replace(good))
	for _, want := range []string{"state.yaml:10: ", `there is no node "manu"`, "state.yaml:12: ", "there is no group 8"} {
		if wirechief.KindOf(err) != wirechief.Invalid || !strings.Contains(wirechief.MessageOf(err), want) {
			t.Errorf("a bad flow: %v; want %q in it", err, want)
		}
	}
	_, err = w.Flows().Put(t.Context(), acme, "", func(f *wirechief.Flow) error {
		f.Name, f.Start, f.Nodes = "Bad", "a", map[string]any{"a": map[string]any{"plai": nil}}
		return nil
	})
	if wirechief.KindOf(err) != wirechief.Invalid || !strings.Contains(wirechief.MessageOf(err), "node a: plai") {
		t.Errorf("on the shelf: %v", err)
	}
}

// Holidays of a schedule come with a file, and are judged on the shelf as there.
func TestHolidays(t *testing.T) {
	w := newWorld(t)
	w.apply(`
tenants:
  - id: acme
    schedules: [{id: 3, name: Office, time_zone: America/New_York, holidays: [{name: Christmas, from: 2026-12-25, until: 2026-12-26}]}]
`)
	s, err := w.Schedules().Get(t.Context(), "acme", "3")
	if err != nil || len(s.Holidays) != 1 || s.Holidays[0] != (wirechief.Holiday{Name: "Christmas", From: "2026-12-25", Until: "2026-12-26"}) {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = w.Schedules().Put(t.Context(), acme, "3", func(s *wirechief.Schedule) error {
		s.Holidays = append(s.Holidays, wirechief.Holiday{From: "2026-12-25", Until: "2026-12-24"})
		return nil
	})
	wantError(t, err, wirechief.Invalid, "", "holidays")
}
