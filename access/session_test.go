package access

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func (w *world) ends(t *testing.T, token wirechief.Secret) bool {
	t.Helper()
	_, err := w.Session(t.Context(), token.Reveal())
	if err != nil && wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Error(err)
	}
	return err != nil
}

func TestSessionEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		ends bool
		do   func(*world)
	}{
		{"unused for less", false, func(w *world) { w.advance(idleLife - time.Second) }},
		{"unused", true, func(w *world) { w.advance(idleLife) }},
		{"person gone", true, func(w *world) { w.change(101, func(p *Person) { p.ID = 0 }) }},
		{"another password", true, func(w *world) { w.change(101, func(p *Person) { p.Password = cheap("x") }) }},
		{"the password taken away", true, func(w *world) { w.change(101, func(p *Person) { p.Password = "" }) }},
		{"now a program", true, func(w *world) { w.change(101, func(p *Person) { p.Role = wirechief.RoleAPI }) }},
		{"another name", false, func(w *world) { w.change(101, func(p *Person) { p.Name = "Anna" }) }},
		{"another role", false, func(w *world) { w.change(101, func(p *Person) { p.Role = wirechief.RoleViewer }) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.mustSignIn(t, ann, password)
			tt.do(w)
			if got := w.ends(t, s.Token); got != tt.ends {
				t.Errorf("it ends: %v", got)
			}
			w.start(t)
			if got := w.ends(t, s.Token); got != tt.ends {
				t.Errorf("after a restart it ends: %v", got)
			}
		})
	}
}

func TestSessionTakesTheRole(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, ann, password)
	w.change(101, func(p *Person) { p.Role = wirechief.RoleAdmin })
	if s, err := w.Session(t.Context(), s.Token.Reveal()); err != nil || s.Principal.Role != wirechief.RoleAdmin {
		t.Errorf("%+v, %v", s.Principal, err)
	}
}

// TestSessionLastsNoLonger: use does not prolong it for ever, and what was used
// is written down, also over a restart.
func TestSessionLastsNoLonger(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, ann, password)
	for range 28 { // of 12 hours less a bit
		w.advance(idleLife - time.Minute)
		if w.ends(t, s.Token) {
			t.Fatalf("it ended after %v", w.now.Sub(s.CreatedAt))
		}
		if err := w.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.start(t)
	}
	w.advance(time.Hour)
	if !w.ends(t, s.Token) {
		t.Errorf("it lasts for %v", w.now.Sub(s.CreatedAt))
	}
	if err := w.sweep(t.Context()); err != nil || len(w.entities) != 1 { // the secret
		t.Errorf("%v; kept are %v", err, w.entities)
	}
}

func TestNothingKeptLetsIn(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, ann, password)
	for key, e := range w.entities {
		if e.Kind != wirechief.EntitySession {
			continue
		}
		if strings.Contains(key+string(e.Doc), s.Token.Reveal()) || strings.Contains(key+string(e.Doc), s.CSRF) {
			t.Errorf("%s is kept as %s", key, e.Doc)
		}
		if !w.ends(t, wirechief.Secret(e.Key)) {
			t.Error("the key is a token")
		}
	}
	for _, token := range []string{"", "x", strings.Repeat("x", 1<<20), s.Token.Reveal() + "x"} {
		if !w.ends(t, wirechief.Secret(token)) {
			t.Errorf("%.50q lets in", token)
		}
	}
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	s, other := w.mustSignIn(t, ann, password), w.mustSignIn(t, ann, password)
	w.log()
	if err := w.SignOut(t.Context(), s.Token.Reveal()); err != nil {
		t.Fatal(err)
	}
	if err := w.SignOut(t.Context(), s.Token.Reveal()); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Error(err)
	}
	if got := w.log(); got != "acme: signout by Ann (101) at 192.0.2.1, ann@acme.test\n" {
		t.Error(got)
	}
	w.start(t)
	if !w.ends(t, s.Token) || w.ends(t, other.Token) {
		t.Error("the wrong session came back")
	}
}

func TestRevoke(t *testing.T) {
	w := newWorld(t)
	s, theirs := w.mustSignIn(t, ann, password), w.mustSignIn(t, bob, "bob's password")
	w.advance(time.Minute)
	second := w.mustSignIn(t, ann, password)
	list, err := w.Sessions(t.Context(), s.Principal)
	if err != nil || len(list) != 2 || list[0].ID != second.ID || list[1].ID != s.ID || list[0].Token != "" || list[0].CSRF != "" || list[0].UserAgent != "Browser 1" {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := w.Revoke(t.Context(), s.Principal, theirs.ID); wirechief.KindOf(err) != wirechief.NotFound || w.ends(t, theirs.Token) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := w.Revoke(t.Context(), s.Principal, second.ID); err != nil || !w.ends(t, second.Token) || w.ends(t, s.Token) {
		t.Error(err)
	}
	op := w.mustSignIn(t, operator, "change-me")
	acting := op.Principal // as the console has it
	acting.Operator, acting.Role = false, wirechief.RoleOwner
	if list, _ := w.Sessions(t.Context(), acting); len(list) != 1 || list[0].ID != op.ID {
		t.Errorf("the operator's: %+v", list)
	}
	if err := w.Revoke(t.Context(), acting, s.ID); wirechief.KindOf(err) != wirechief.NotFound {
		t.Error(err)
	}
}

func TestTooManySessions(t *testing.T) {
	w := newWorld(t)
	first := w.mustSignIn(t, ann, password)
	for range mostSessions {
		w.advance(time.Second)
		w.mustSignIn(t, ann, password)
	}
	if list, _ := w.Sessions(t.Context(), first.Principal); len(list) != mostSessions || !w.ends(t, first.Token) {
		t.Errorf("there are %d", len(list))
	}
}

// TestStoreFails: nobody is signed in whose session is not kept.
func TestStoreFails(t *testing.T) {
	w := newWorld(t)
	w.fail = errors.New("no room")
	if _, err := w.signIn(t, ann, password); err == nil || len(w.sessions) != 0 {
		t.Errorf("%v, %d sessions", err, len(w.sessions))
	}
	w.fail = nil
	s := w.mustSignIn(t, ann, password)
	w.fail = errors.New("no room")
	if err := w.SignOut(t.Context(), s.Token.Reveal()); err == nil || !w.ends(t, s.Token) {
		t.Error(err)
	}
	w.fail = nil
	if err := w.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.start(t)
	if !w.ends(t, s.Token) {
		t.Error("it came back")
	}
}

func TestStartStop(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, ann, password)
	if err := errors.Join(w.Start(t.Context()), w.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	w.advance(time.Hour)
	w.ends(t, s.Token)
	if err := errors.Join(w.Stop(t.Context()), w.Stop(t.Context()), w.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	w.start(t)
	if list, _ := w.Sessions(t.Context(), s.Principal); len(list) != 1 || !list[0].SeenAt.Equal(w.now) {
		t.Errorf("the last use is lost: %+v", list)
	}
	if err := w.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func BenchmarkSession(b *testing.B) {
	w := newWorld(b)
	s, err := w.SignIn(b.Context(), Attempt{Email: ann, Password: password})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := w.Session(b.Context(), s.Token.Reveal()); err != nil {
			b.Fatal(err)
		}
	}
}
