package exchange_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// person is somebody of acme with a role.
func person(role wirechief.Role) wirechief.Principal {
	return wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Olga", Agent: 1, Role: role}
}

// program is a token of our own API.
func program(scopes ...string) wirechief.Principal {
	return wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectOwn, Name: "f1", Scopes: scopes}
}

func (w *world) mustCreate(p wirechief.Principal, label, dialect string, scopes []string, expires time.Time) exchange.NewKey {
	w.t.Helper()
	if p.Agent == 1 { // whoever makes a key is on the team
		w.apply("tenants: [{id: acme, agents: [{id: 1, name: Olga, role: owner}]}]")
	}
	k, err := w.CreateKey(w.t.Context(), p, label, dialect, scopes, expires)
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

// login is how a client shows a key.
func login(k exchange.NewKey) exchange.Login {
	return exchange.Login{Dialect: k.Dialect, Scheme: k.Scheme, Account: k.Account, Name: k.User, Secret: k.Secret.Reveal()}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	for _, dialect := range []string{"", "bulkvs", "fonedynamics", "message2give", "zendesk"} {
		k := w.mustCreate(person(wirechief.RoleAdmin), " CRM ", dialect, nil, time.Time{})
		p, err := w.Authenticate(t.Context(), login(k))
		if err != nil || p.Tenant != "acme" {
			t.Errorf("%s %s: %+v, %v", k.Dialect, k.User, p, err)
		}
		if k.Label != "CRM" || k.CreatedBy != "Olga" || !k.CreatedAt.Equal(t0) || len(k.Secret) < 40 || !strings.HasSuffix(k.Secret.Reveal(), k.Hint) || len(k.Hint) != 4 {
			t.Errorf("%+v", k)
		}
		if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: k.Dialect, Scheme: k.Scheme, Account: k.Account, Name: k.User, Secret: "x"}); wirechief.KindOf(err) != wirechief.Unauthenticated {
			t.Error(err)
		}
	}
	list, err := w.Keys(t.Context(), person(wirechief.RoleOwner))
	if err != nil || len(list) != 6 { // one of the state
		t.Fatalf("%+v, %v", list, err)
	}
	own := list[slices.IndexFunc(list, func(k exchange.Key) bool { return k.Dialect == wirechief.DialectOwn })]
	want := exchange.Key{ID: own.ID, Dialect: "wirechief", Label: "CRM", Hint: own.Hint, Scopes: []string{"all"}, CreatedBy: "Olga", CreatedAt: t0, UsedAt: t0}
	if d := cmp.Diff(want, own); d != "" {
		t.Error(d)
	}
	if list, _ := w.Keys(t.Context(), wirechief.Principal{Tenant: "globex", Role: wirechief.RoleOwner}); len(list) != 1 {
		t.Errorf("another tenant sees %+v", list)
	}
	for _, k := range list {
		if err := w.RevokeKey(t.Context(), wirechief.Principal{Tenant: "globex", Role: wirechief.RoleOwner}, k.ID); wirechief.KindOf(err) != wirechief.NotFound {
			t.Errorf("another tenant revokes: %v", err)
		}
		if err := w.RevokeKey(t.Context(), person(wirechief.RoleAdmin), k.ID); err != nil {
			t.Error(err)
		}
		if err := w.RevokeKey(t.Context(), person(wirechief.RoleAdmin), k.ID); wirechief.KindOf(err) != wirechief.NotFound {
			t.Error(err)
		}
	}
	if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret"}); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Errorf("a revoked key: %v", err)
	}
}

func TestKeyNames(t *testing.T) {
	w := newWorld(t)
	k := w.mustCreate(person(wirechief.RoleAdmin), "Warehouse", "", []string{"read"}, time.Time{})
	p, err := w.Authenticate(t.Context(), login(k))
	if err != nil || p.Name != "Warehouse" || !slices.Equal(p.Scopes, []string{"read"}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestKeyExpires(t *testing.T) {
	w := newWorld(t)
	k := w.mustCreate(person(wirechief.RoleAdmin), "CRM", "bulkvs", nil, t0.Add(time.Hour))
	w.clock.advance(time.Hour - time.Second)
	if _, err := w.Authenticate(t.Context(), login(k)); err != nil {
		t.Error(err)
	}
	w.clock.advance(time.Second)
	_, err := w.Authenticate(t.Context(), login(k))
	wrong := login(k)
	wrong.Secret = "x"
	_, other := w.Authenticate(t.Context(), wrong)
	if err == nil || other == nil || err.Error() != other.Error() {
		t.Errorf("expired: %v; wrong: %v", err, other)
	}
}

// TestKeyUse: when a key was used survives a restart, and goes with the key.
func TestKeyUse(t *testing.T) {
	w := newWorld(t)
	k := w.mustCreate(person(wirechief.RoleAdmin), "CRM", "", nil, time.Time{})
	w.clock.advance(time.Hour)
	if _, err := w.Authenticate(t.Context(), login(k)); err != nil {
		t.Fatal(err)
	}
	w.stop()
	w.start()
	used := func() (out time.Time) {
		list, err := w.Keys(t.Context(), program("manage"))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			if l.ID == k.ID {
				out = l.UsedAt
			}
		}
		return out
	}
	if got := used(); !got.Equal(t0.Add(time.Hour)) {
		t.Errorf("it was used at %v", got)
	}
	if err := w.RevokeKey(t.Context(), program("all"), k.ID); err != nil {
		t.Fatal(err)
	}
	w.stop()
	w.start()
	if kept, err := w.disk.Entities(t.Context(), wirechief.EntityKeyUse); err != nil || len(kept) != 0 {
		t.Errorf("%v, %v", kept, err)
	}
}

// TestKeysOfAFile: what a state file does not know of, it does not take away.
func TestKeysOfAFile(t *testing.T) {
	w := newWorld(t)
	const file = `
tenants:
  - id: acme
    credentials:
      - {dialect: fonedynamics, account_sid: AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS, token: fd-secret}
      - {dialect: message2give, workspace: "4711", username: m2g, password: m2g-secret}
`
	w.apply(file)
	fd := w.mustCreate(person(wirechief.RoleAdmin), "CRM", "fonedynamics", nil, time.Time{})
	m2g := w.mustCreate(person(wirechief.RoleAdmin), "CRM", "message2give", nil, time.Time{})
	if fd.User != "AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS" || m2g.Account != "4711" {
		t.Errorf("they are of another account: %+v, %+v", fd, m2g)
	}
	w.apply(strings.ReplaceAll(file, "fd-secret", "fd-other"))
	for _, l := range []exchange.Login{login(fd), login(m2g), {Dialect: "fonedynamics", Name: fd.User, Secret: "fd-other"}} {
		if _, err := w.Authenticate(t.Context(), l); err != nil {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "fonedynamics", Name: fd.User, Secret: "fd-secret"}); err == nil {
		t.Error("the old secret of the file lets in")
	}
}

func TestKeyRefusals(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name           string
		p              wirechief.Principal
		label, dialect string
		scopes         []string
		expires        time.Time
		kind           wirechief.Kind
		field          string
	}{
		{"an agent", person(wirechief.RoleAgent), "x", "", nil, time.Time{}, wirechief.Forbidden, ""},
		{"a viewer", person(wirechief.RoleViewer), "x", "", nil, time.Time{}, wirechief.Forbidden, ""},
		{"a vendor's client", acme, "x", "", nil, time.Time{}, wirechief.Forbidden, ""},
		{"a reading token", program("read"), "x", "", nil, time.Time{}, wirechief.Forbidden, ""},
		{"a vendor's key by a managing token", program("manage"), "x", "bulkvs", nil, time.Time{}, wirechief.Forbidden, ""},
		{"more than one has", program("manage"), "x", "", []string{"send"}, time.Time{}, wirechief.Forbidden, "scopes"},
		{"everything, not having it", program("manage"), "x", "", nil, time.Time{}, wirechief.Forbidden, "scopes"},
		{"no label", person(wirechief.RoleAdmin), " ", "", nil, time.Time{}, wirechief.Invalid, "label"},
		{"no such API", person(wirechief.RoleAdmin), "x", "twilio", nil, time.Time{}, wirechief.Invalid, "dialect"},
		{"no such scope", person(wirechief.RoleAdmin), "x", "", []string{"root"}, time.Time{}, wirechief.Invalid, "scopes"},
		{"a scope twice", person(wirechief.RoleAdmin), "x", "", []string{"read", "read"}, time.Time{}, wirechief.Invalid, "scopes"},
		{"scopes elsewhere", person(wirechief.RoleAdmin), "x", "bulkvs", []string{"read"}, time.Time{}, wirechief.Invalid, "scopes"},
		{"expired", person(wirechief.RoleAdmin), "x", "", nil, t0, wirechief.Invalid, "expires_at"},
		{"nobody's", wirechief.Principal{Operator: true}, "x", "", nil, time.Time{}, wirechief.NotFound, "tenant"},
	} {
		_, err := w.CreateKey(t.Context(), tt.p, tt.label, tt.dialect, tt.scopes, tt.expires)
		if wirechief.KindOf(err) != tt.kind || fieldOf(err) != tt.field {
			t.Errorf("%s: %v, field %q", tt.name, err, fieldOf(err))
		}
	}
	if list, err := w.Keys(t.Context(), person(wirechief.RoleOwner)); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	for _, p := range []wirechief.Principal{person(wirechief.RoleAgent), program("read"), acme} {
		if _, err := w.Keys(t.Context(), p); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Error(err)
		}
		if err := w.RevokeKey(t.Context(), p, "x"); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Error(err)
		}
	}
}
