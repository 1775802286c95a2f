package exchange_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// TestCeilingOfKeys: what a key may do goes down with whoever made it, over a
// restart, and by way of keys that it makes.
func TestCeilingOfKeys(t *testing.T) {
	w := newWorld(t)
	w.apply(team)
	owner := person(wirechief.RoleOwner)
	maker := wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "bob", Agent: 102, Role: wirechief.RoleAdmin}
	become := func(r wirechief.Role) {
		t.Helper()
		if _, err := w.PutPerson(t.Context(), owner, exchange.PersonChange{ID: 102, Role: &r}); err != nil {
			t.Fatal(err)
		}
	}
	become(wirechief.RoleAdmin)
	all := w.mustCreate(maker, "all", "", nil, time.Time{})
	p, err := w.Authenticate(t.Context(), login(all))
	if err != nil || p.Maker != 102 || p.Ceiling != wirechief.RoleAdmin {
		t.Fatalf("%+v, %v", p, err)
	}
	keys := map[string]exchange.NewKey{
		"all": all, "manage": w.mustCreate(maker, "manage", "", []string{"manage"}, time.Time{}),
		"bulkvs": w.mustCreate(maker, "bulkvs", "bulkvs", nil, time.Time{}), "by a key": w.mustCreate(p, "by a key", "", []string{"send", "manage"}, time.Time{}),
		"the operator's": w.mustCreate(wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectOwn, Role: wirechief.RoleOwner}, "o", "", nil, time.Time{}),
	}
	check := func(when string, want map[string][]string) {
		t.Helper()
		got := make(map[string][]string)
		for name, k := range keys {
			if p, err := w.Authenticate(t.Context(), login(k)); err == nil {
				got[name] = append([]string{}, p.Scopes...)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", when, d)
		}
	}
	everything := map[string][]string{"all": {"all"}, "manage": {"manage"}, "bulkvs": {}, "by a key": {"send", "manage"}, "the operator's": {"all"}}
	check("an admin", everything)
	become(wirechief.RoleAgent)
	check("an agent", map[string][]string{"all": {"read", "send"}, "by a key": {"send"}, "the operator's": {"all"}})
	w.stop()
	w.start()
	become(wirechief.RoleViewer)
	check("a viewer", map[string][]string{"all": {"read"}, "the operator's": {"all"}})
	become(wirechief.RoleOwner)
	check("an owner", everything)
	if err := w.Agents().Delete(t.Context(), owner, strconv.Itoa(102)); err != nil {
		t.Fatal(err)
	}
	check("removed", map[string][]string{"the operator's": {"all"}})
}
