package exchange_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/exchange"
)

func fieldOf(err error) string {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e.Field
	}
	return ""
}

const team = `
tenants:
  - id: acme
    agents:
      - {id: 101, email: ann@acme.test, name: Ann, password: ann-secret, role: owner}
      - {id: 102, email: bob@acme.test, name: bob}
  - id: globex
    agents:
      - {id: 201, email: Ann@ACME.test, name: Another Ann, role: owner}
`

func TestPeople(t *testing.T) {
	w := newWorld(t)
	w.apply(team)
	owner := person(wirechief.RoleOwner)
	role, secret := wirechief.RoleAdmin, wirechief.Secret("cay's password")
	cay, err := w.PutPerson(t.Context(), owner, exchange.PersonChange{Email: new(" cay@acme.test "), Name: new("Cay"), Role: &role, Password: &secret})
	if err != nil {
		t.Fatal(err)
	}
	if cay, err = w.PutPerson(t.Context(), owner, exchange.PersonChange{ID: cay.ID, Phone: new("+13105550125")}); err != nil {
		t.Fatal(err)
	}
	got, err := w.People(t.Context(), person(wirechief.RoleViewer))
	if err != nil {
		t.Fatal(err)
	}
	want := []exchange.Person{
		{ID: 101, Email: "ann@acme.test", Name: "Ann", Role: "owner", Password: true, State: "offline"},
		{ID: 102, Email: "bob@acme.test", Name: "bob", Role: "agent", State: "offline"},
		{ID: cay.ID, Email: "cay@acme.test", Name: "Cay", Role: "admin", Phone: "+13105550125", Password: true, State: "offline"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	check := func() {
		t.Helper()
		at := w.PeopleAt("CAY@acme.test")
		if len(at) != 1 || at[0].Tenant != "acme" || at[0].Role != wirechief.RoleAdmin || !access.PasswordMatches(at[0].Password, secret) {
			t.Errorf("%+v", at)
		}
		if at := w.PeopleAt("ann@acme.test"); len(at) != 2 || at[0].Tenant != "acme" || at[1].Tenant != "globex" {
			t.Errorf("%+v", at)
		}
	}
	check()
	w.stop()
	w.start()
	check()
	if err := w.RemovePerson(t.Context(), owner, cay.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.PersonOf("acme", cay.ID); ok || len(w.PeopleAt("cay@acme.test")) != 0 {
		t.Error("who was removed may still enter")
	}
	if d := cmp.Diff([]access.TenantChoice{{ID: "acme", Name: "acme"}, {ID: "globex", Name: "globex"}}, w.TenantChoices()); d != "" {
		t.Error(d)
	}
	ann := wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Agent: 101, Role: wirechief.RoleOwner}
	if err := w.SetPassword(t.Context(), ann, access.HashPassword("another one")); err != nil {
		t.Fatal(err)
	}
	if p, _ := w.PersonOf("acme", 101); !access.PasswordMatches(p.Password, "another one") {
		t.Error("the password is the old one")
	}
}

func TestPeopleRefusals(t *testing.T) {
	w := newWorld(t)
	w.apply(team)
	admin, owner := person(wirechief.RoleAdmin), person(wirechief.RoleOwner)
	role := func(r wirechief.Role) *wirechief.Role { return &r }
	short := wirechief.Secret("short")
	for _, tt := range []struct {
		name  string
		p     wirechief.Principal
		c     exchange.PersonChange
		kind  wirechief.Kind
		field string
	}{
		{"by an agent", person(wirechief.RoleAgent), exchange.PersonChange{Email: new("x@acme.test")}, wirechief.Forbidden, ""},
		{"by a reading token", program("read"), exchange.PersonChange{Email: new("x@acme.test")}, wirechief.Forbidden, ""},
		{"by a vendor's client", acme, exchange.PersonChange{Email: new("x@acme.test")}, wirechief.Forbidden, ""},
		{"an owner by an admin", admin, exchange.PersonChange{Email: new("x@acme.test"), Role: role("owner")}, wirechief.Forbidden, "role"},
		{"by a managing token", program("manage"), exchange.PersonChange{Email: new("x@acme.test"), Role: role("admin")}, wirechief.Forbidden, ""},
		{"a password by a managing token", program("manage", "read", "send"), exchange.PersonChange{ID: 102, Password: new(wirechief.Secret("a new password"))}, wirechief.Forbidden, ""},
		{"an owner by a token for everything", program("all"), exchange.PersonChange{Email: new("x@acme.test"), Role: role("owner")}, wirechief.Forbidden, "role"},
		{"an owner's password by a token for everything", program("all"), exchange.PersonChange{ID: 101, Password: new(wirechief.Secret("a new password"))}, wirechief.Forbidden, "role"},
		{"an admin makes themselves owner", admin, exchange.PersonChange{ID: 102, Role: role("owner")}, wirechief.Forbidden, "role"},
		{"an admin takes an owner down", admin, exchange.PersonChange{ID: 101, Role: role("agent")}, wirechief.Forbidden, "role"},
		{"an admin changes an owner's password", admin, exchange.PersonChange{ID: 101, Password: new(wirechief.Secret("a new password"))}, wirechief.Forbidden, "role"},
		{"the last owner", owner, exchange.PersonChange{ID: 101, Role: role("admin")}, wirechief.Conflict, "role"},
		{"a mail address that is taken", owner, exchange.PersonChange{Email: new("BOB@acme.test")}, wirechief.Conflict, "email"},
		{"no mail address", owner, exchange.PersonChange{Name: new("X")}, wirechief.Invalid, "email"},
		{"the mail address taken away", owner, exchange.PersonChange{ID: 102, Email: new("")}, wirechief.Invalid, "email"},
		{"no such mail address", owner, exchange.PersonChange{Email: new("x")}, wirechief.Invalid, "email"},
		{"no such role", owner, exchange.PersonChange{Email: new("x@acme.test"), Role: role("king")}, wirechief.Invalid, "role"},
		{"a short password", owner, exchange.PersonChange{Email: new("x@acme.test"), Password: &short}, wirechief.Invalid, "password"},
		{"another tenant's", owner, exchange.PersonChange{ID: 201, Name: new("X")}, wirechief.NotFound, "agent"},
	} {
		if _, err := w.PutPerson(t.Context(), tt.p, tt.c); wirechief.KindOf(err) != tt.kind || fieldOf(err) != tt.field {
			t.Errorf("%s: %v, field %q", tt.name, err, fieldOf(err))
		}
	}
	for _, tt := range []struct {
		name string
		p    wirechief.Principal
		id   int64
		kind wirechief.Kind
	}{
		{"the last owner", owner, 101, wirechief.Conflict},
		{"an owner by an admin", admin, 101, wirechief.Forbidden},
		{"by an agent", person(wirechief.RoleAgent), 102, wirechief.Forbidden},
		{"another tenant's", owner, 201, wirechief.NotFound},
		{"nobody", owner, 999, wirechief.NotFound},
		{"by a managing token", program("manage"), 102, wirechief.Forbidden},
		{"an owner by a token for everything", program("all"), 101, wirechief.Forbidden},
	} {
		if err := w.RemovePerson(t.Context(), tt.p, tt.id); wirechief.KindOf(err) != tt.kind {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// The same by way of any other API.
	for name, change := range map[string]func(*wirechief.Agent){
		"takes over":   func(a *wirechief.Agent) { a.Password = "x" },
		"moves":        func(a *wirechief.Agent) { a.Email = "x@acme.test" },
		"takes down":   func(a *wirechief.Agent) { a.Role = "agent" },
		"takes it all": func(a *wirechief.Agent) { a.Role, a.Password = "", "" },
	} {
		put := func(p wirechief.Principal) error {
			_, err := w.Agents().Put(t.Context(), p, "101", func(a *wirechief.Agent) error { change(a); return nil })
			return err
		}
		if err := put(program("manage")); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Errorf("a managing token %s an owner: %v", name, err)
		}
		if err := put(program("all")); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Errorf("a token for everything %s an owner: %v", name, err)
		}
		if _, err := w.Agents().Put(t.Context(), program("manage"), "102", func(a *wirechief.Agent) error { change(a); a.Email += "x"; return nil }); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Errorf("a managing token %s an agent: %v", name, err)
		}
		if _, err := w.Agents().Put(t.Context(), program("manage"), "", func(a *wirechief.Agent) error { change(a); a.Role = "admin"; return nil }); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Errorf("a managing token %s a new agent: %v", name, err)
		}
	}
	if _, err := w.Agents().Put(t.Context(), acme, "101", func(a *wirechief.Agent) error { a.State = "online"; return nil }); err != nil {
		t.Errorf("an owner comes online: %v", err)
	}
	if err := w.Agents().Delete(t.Context(), owner, "101"); wirechief.KindOf(err) != wirechief.Conflict {
		t.Errorf("the last owner: %v", err)
	}
	for who, p := range map[string]wirechief.Principal{"a managing token": program("manage"), "a token for everything": program("all")} {
		if err := w.Agents().Delete(t.Context(), p, "101"); wirechief.KindOf(err) != wirechief.Forbidden {
			t.Errorf("%s removes an owner: %v", who, err)
		}
	}
	if _, err := w.Agents().Put(t.Context(), program("all"), "", func(a *wirechief.Agent) error { a.Email = "Bob@ACME.test"; return nil }); wirechief.KindOf(err) != wirechief.Conflict || fieldOf(err) != "email" {
		t.Errorf("a mail address twice: %v", err)
	}
	if _, err := w.Agents().Put(t.Context(), program("manage"), "102", func(a *wirechief.Agent) error { a.Name = "Robert"; return nil }); err != nil {
		t.Errorf("a managing token changes a name: %v", err)
	}
	// The operator acts as an owner, and may make owners.
	if _, err := w.PutPerson(t.Context(), wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectOwn, Role: wirechief.RoleOwner}, exchange.PersonChange{ID: 102, Role: role("owner")}); err != nil {
		t.Error(err)
	}
}

// TestTwoOwners who remove each other at once: one stays.
func TestTwoOwners(t *testing.T) {
	w := newWorld(t)
	w.apply(team)
	role := wirechief.RoleOwner
	if _, err := w.PutPerson(t.Context(), person(wirechief.RoleOwner), exchange.PersonChange{ID: 102, Role: &role}); err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, id := range []int64{101, 102} {
		both.Go(func() { errs[i] = w.RemovePerson(t.Context(), person(wirechief.RoleOwner), id) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%v", errs)
	}
}

func TestAuditIsolation(t *testing.T) {
	w := newWorld(t)
	put := func(id int64, tenant string) {
		if _, err := w.disk.Apply(t.Context(), wirechief.PutAudit{AuditEntry: wirechief.AuditEntry{ID: id, Tenant: tenant, At: t0, Who: "x", Action: "signin"}}); err != nil {
			t.Fatal(err)
		}
	}
	put(1, "acme")
	put(2, "globex")
	put(3, "")
	for _, tt := range []struct {
		name string
		p    wirechief.Principal
		f    wirechief.AuditFilter
		want []int64
		kind wirechief.Kind
	}{
		{"own", person(wirechief.RoleAdmin), wirechief.AuditFilter{Action: "signin"}, []int64{1}, 0},
		{"all, of a tenant", person(wirechief.RoleAdmin), wirechief.AuditFilter{All: true, Action: "signin"}, []int64{1}, 0},
		{"another's", program("read"), wirechief.AuditFilter{Tenant: "globex", Action: "signin"}, nil, 0},
		{"the operator, all", operator, wirechief.AuditFilter{All: true, Action: "signin"}, []int64{3, 2, 1}, 0},
		{"the operator, one", operator, wirechief.AuditFilter{Tenant: "globex", Action: "signin"}, []int64{2}, 0},
		{"an agent", person(wirechief.RoleAgent), wirechief.AuditFilter{}, nil, wirechief.Forbidden},
		{"a sending token", program("send"), wirechief.AuditFilter{}, nil, wirechief.Forbidden},
		{"nobody", wirechief.Principal{Role: wirechief.RoleOwner}, wirechief.AuditFilter{All: true}, nil, 0},
		{"too many", operator, wirechief.AuditFilter{Limit: 1001}, nil, wirechief.Invalid},
	} {
		list, err := w.Audit(t.Context(), tt.p, tt.f)
		var got []int64
		for _, e := range list {
			got = append(got, e.ID)
		}
		if d := cmp.Diff(tt.want, got); d != "" || err != nil && wirechief.KindOf(err) != tt.kind || err == nil && tt.kind != 0 {
			t.Errorf("%s: %v %s", tt.name, err, d)
		}
	}
}
