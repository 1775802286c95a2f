package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/exchange"
)

// TestSessionsFollowTheTeam: what the team becomes, sessions are at once, over
// a real store and over a restart.
func TestSessionsFollowTheTeam(t *testing.T) {
	w := newWorld(t)
	w.apply(team)
	gate := func() *access.Gate {
		g := access.New(access.Options{Store: w.Store, People: w.Exchange, IDs: w.IDs, Now: w.clock.Now})
		if err := g.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		return g
	}
	owner, secret := person(wirechief.RoleOwner), wirechief.Secret("bob's password")
	if _, err := w.PutPerson(t.Context(), owner, exchange.PersonChange{ID: 102, Password: &secret}); err != nil {
		t.Fatal(err)
	}
	s, err := gate().SignIn(t.Context(), access.Attempt{Email: "Bob@acme.test", Password: secret, Address: "192.0.2.1"})
	if err != nil || s.Principal.Role != wirechief.RoleAgent || s.Principal.Tenant != "acme" || s.Tenants[0].Name != "acme" {
		t.Fatalf("%+v, %v", s, err)
	}
	w.stop()
	w.start()
	g := gate()
	role := wirechief.RoleAdmin
	if _, err := w.PutPerson(t.Context(), owner, exchange.PersonChange{ID: 102, Role: &role}); err != nil {
		t.Fatal(err)
	}
	if s, err := g.Session(t.Context(), s.Token.Reveal()); err != nil || s.Principal.Role != role {
		t.Errorf("%+v, %v", s.Principal, err)
	}
	if err := w.RemovePerson(t.Context(), owner, 102); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Session(t.Context(), s.Token.Reveal()); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Error(err)
	}
	log, err := w.Audit(t.Context(), person(wirechief.RoleAdmin), wirechief.AuditFilter{Action: "signin"})
	if err != nil || len(log) != 1 || log[0].Subject != "bob@acme.test" || log[0].Address != "192.0.2.1" || log[0].Agent != 102 {
		t.Errorf("%+v, %v", log, err)
	}
}
