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
