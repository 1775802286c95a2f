package access

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, " ANN@acme.test ", password)
	if len(s.Token.Reveal()) < 43 || s.CSRF == "" || s.ID == "" {
		t.Errorf("the session is %+v", s)
	}
	got, err := w.Session(t.Context(), s.Token.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	s.Token = ""
	if d := cmp.Diff(s, got); d != "" {
		t.Error(d)
	}
	want := wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Ann", Agent: 101, Role: wirechief.RoleAgent, Address: desk}
	if d := cmp.Diff(want, got.Principal); d != "" {
		t.Error(d)
	}
	// The other Ann has another password: who invites an address gets nothing by it.
	if d := cmp.Diff([]TenantChoice{{"acme", "Acme"}}, got.Tenants); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("acme: signin by Ann (101) at 192.0.2.1, ann@acme.test\n", w.log()); d != "" {
		t.Error(d)
	}
}

// TestWrongAttempts: whatever is wrong, the answer is the same.
func TestWrongAttempts(t *testing.T) {
	w := newWorld(t)
	for i, a := range []Attempt{
		{Email: ann, Password: "wrong"},
		{Email: ann},
		{Email: "nobody@acme.test", Password: password},
		{Email: "", Password: password},
		{Email: "robot@acme.test", Password: password},
		{Email: "invited@acme.test", Password: ""},
		{Email: "invited@acme.test", Password: password},
		{Email: ann, Password: password, Tenant: "globex"},
		{Email: ann, Password: password, Tenant: "nowhere"},
		{Email: operator, Password: "wrong"},
		{Email: operator},
		{Email: ann, Password: wirechief.Secret(strings.Repeat("x", 1<<20))},
		{Email: strings.Repeat("x", 1<<16), Password: password},
	} {
		a.Address = fmt.Sprintf("192.0.2.%d", i)
		_, err := w.SignIn(t.Context(), a)
		if want := "signin: the mail address or the password is wrong"; err == nil || err.Error() != want || wirechief.KindOf(err) != wirechief.Unauthenticated {
			t.Errorf("%.40s %s: %v", a.Email, a.Tenant, err)
		}
	}
	log := w.log()
	for _, line := range []string{
		"acme: signin.failed by ann@acme.test (101) at 192.0.2.0, ann@acme.test\nglobex: signin.failed by ann@acme.test (202)",
		"\n: signin.failed by nobody@acme.test (0) at 192.0.2.2, nobody@acme.test\n",
		"\n: signin.failed by admin@example.test (0) at 192.0.2.9",
	} {
		if !strings.Contains(log, line) {
			t.Errorf("the audit log lacks %q:\n%s", line, log)
		}
	}
	if strings.Contains(log, "horse") {
		t.Error("the audit log shows a password")
	}
}

func TestOperator(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, "Admin@example.test", "change-me")
	if !s.Principal.Operator || s.Principal.Tenant != "acme" || s.Name != operator || len(s.Tenants) != 2 {
		t.Errorf("the session is %+v", s)
	}
	if s, err := w.SwitchTenant(t.Context(), s.Token.Reveal(), "globex"); err != nil || s.Principal.Tenant != "globex" || !s.Principal.Operator {
		t.Errorf("%+v, %v", s.Principal, err)
	}
	if _, err := w.SwitchTenant(t.Context(), s.Token.Reveal(), "nowhere"); wirechief.KindOf(err) != wirechief.NotFound {
		t.Error(err)
	}
	if _, err := w.SignIn(t.Context(), Attempt{Tenant: "nowhere", Email: operator, Password: "change-me"}); wirechief.KindOf(err) != wirechief.NotFound {
		t.Error(err)
	}
	w.start(t)
	if s, err := w.Session(t.Context(), s.Token.Reveal()); err != nil || s.Principal.Tenant != "globex" {
		t.Errorf("after a restart: %+v, %v", s.Principal, err)
	}
	w.start(t, func(o *Options) { o.Admin.Password = "changed-it" })
	if _, err := w.Session(t.Context(), s.Token.Reveal()); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Errorf("with another password in the configuration: %v", err)
	}
	w.start(t, func(o *Options) { o.Admin.Password = "" })
	if _, err := w.signIn(t, operator, ""); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Errorf("without a password: %v", err)
	}
}

func TestSeveralTenants(t *testing.T) {
	w := newWorld(t)
	_, err := w.signIn(t, "both@acme.test", password)
	choice, ok := errors.AsType[*Choice](err)
	if e, is := errors.AsType[*wirechief.Error](err); !is || e.Kind != wirechief.Conflict || e.Field != "tenant" || !ok {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"acme", "globex"}, choice.Tenants); d != "" {
		t.Error(d)
	}
	s, err := w.SignIn(t.Context(), Attempt{Tenant: "globex", Email: "both@acme.test", Password: password})
	if err != nil || s.Principal.Tenant != "globex" || s.Principal.Role != wirechief.RoleViewer || len(s.Tenants) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	if s, err = w.SwitchTenant(t.Context(), s.Token.Reveal(), "acme"); err != nil || s.Principal.Tenant != "acme" || s.Principal.Role != wirechief.RoleAdmin || s.Principal.Agent != 105 {
		t.Errorf("%+v, %v", s.Principal, err)
	}
	one := w.mustSignIn(t, ann, password)
	if _, err := w.SwitchTenant(t.Context(), one.Token.Reveal(), "globex"); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("into somebody else's tenant: %v", err)
	}
}

func TestThrottle(t *testing.T) {
	w := newWorld(t)
	for range freeOfAccount {
		if _, err := w.signIn(t, ann, "wrong"); wirechief.KindOf(err) != wirechief.Unauthenticated {
			t.Fatal(err)
		}
	}
	w.log()
	_, err := w.signIn(t, ann, password)
	if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Exhausted || e.Rule != wirechief.RuleRate || e.Message != "too many tries; wait 5 seconds" {
		t.Fatal(err)
	}
	w.signIn(t, ann, password)
	if got := w.log(); strings.Count(got, "acme: signin.throttled") != 1 {
		t.Errorf("a wait is told of once: %s", got)
	}
	// Others are not hindered, and waiting helps.
	w.mustSignIn(t, bob, "bob's password")
	w.advance(5 * time.Second)
	if _, err := w.signIn(t, ann, "wrong"); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Fatal(err)
	}
	if _, err := w.signIn(t, ann, password); err == nil || !strings.Contains(err.Error(), "wait 10 seconds") {
		t.Error(err)
	}
	w.advance(10 * time.Second)
	w.mustSignIn(t, ann, password)
}

// TestRightBeginsAnew: but not at an account that another password belongs to,
// which somebody may have made to guess it.
func TestRightBeginsAnew(t *testing.T) {
	w := newWorld(t)
	try := func(email string, password wirechief.Secret, n int) error {
		_, err := w.SignIn(t.Context(), Attempt{Email: email, Password: password, Address: fmt.Sprintf("198.51.100.%d", n)})
		return err
	}
	for i := range 20 {
		if err := try(bob, "wrong", i); wirechief.KindOf(err) != wirechief.Unauthenticated {
			t.Fatal(err)
		}
		if err := try(bob, "bob's password", i); err != nil {
			t.Fatal(err)
		}
	}
	throttled := false
	for i := range 20 {
		try(ann, "what a stranger chose", 100+i)
		throttled = throttled || wirechief.KindOf(try(ann, "wrong", 150+i)) == wirechief.Exhausted
	}
	if !throttled {
		t.Error("a right password of a stranger's has tries forgotten")
	}
}

// TestLockedOut: strangers who try somebody's account do not keep them from
// where they work.
func TestLockedOut(t *testing.T) {
	w := newWorld(t)
	w.mustSignIn(t, ann, password)
	for i := range 20 {
		w.SignIn(t.Context(), Attempt{Email: ann, Password: "wrong", Address: fmt.Sprintf("198.51.100.%d", i)})
	}
	if _, err := w.SignIn(t.Context(), Attempt{Email: ann, Password: password, Address: "198.51.100.99"}); wirechief.KindOf(err) != wirechief.Exhausted {
		t.Error(err)
	}
	w.mustSignIn(t, ann, password)
}

func TestThrottleOfAddresses(t *testing.T) {
	th, now := newThrottle(), time.Unix(0, 0)
	for i := range freeOfAddress {
		if wait, _ := th.try(now, ofAccount(fmt.Sprint(i)), ofAddress(fmt.Sprintf("2001:db8::%d", i))); wait != 0 {
			t.Fatalf("try %d has to wait %v", i, wait)
		}
	}
	if wait, told := th.try(now, ofAccount("x"), ofAddress("2001:db8::ffff:1")); wait != firstWait || told {
		t.Errorf("%v, %v: a /64 is one", wait, told)
	}
	if wait, _ := th.try(now, ofAccount("x"), ofAddress("2001:db8:0:1::1")); wait != 0 {
		t.Errorf("another /64 waits %v", wait)
	}
	longest := time.Duration(0)
	for range 40 {
		wait, _ := th.try(now, ofAccount("y"))
		longest, now = max(longest, wait), now.Add(wait)
	}
	if longest != longestWait {
		t.Errorf("the longest wait is %v", longest)
	}
	now = now.Add(longestWait + forgetAfter)
	if wait, _ := th.try(now, ofAccount("y")); wait != 0 || th.tries["account y"].count != 1 {
		t.Errorf("after a rest: %v", wait)
	}
	th.forget(now.Add(forgetAfter))
	if len(th.tries) != 0 {
		t.Errorf("%d are remembered", len(th.tries))
	}
}

// TestThrottleMemory: a flood of names is bounded, and frees nobody who is watched.
func TestThrottleMemory(t *testing.T) {
	th, now := newThrottle(), time.Unix(0, 0)
	for range freeOfAccount {
		th.try(now, ofAccount("victim"))
	}
	for i := range 3 * mostTries {
		th.try(now, ofAccount(fmt.Sprint(i)))
	}
	if wait, _ := th.try(now, ofAccount("victim")); wait == 0 || len(th.tries) > mostTries {
		t.Errorf("wait %v, %d remembered", wait, len(th.tries))
	}
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	s := w.mustSignIn(t, ann, password)
	for _, tt := range []struct {
		old, fresh wirechief.Secret
		want       string
	}{
		{"wrong", "another one", "the old password is wrong"},
		{password, "short", "a password has at least 8 characters"},
		{password, password, "that is the password you have"},
		{password, ann, "the mail address is no password"},
		{password, wirechief.Secret(strings.Repeat("x", 1025)), "a password has at most 1024 characters"},
	} {
		if err := w.ChangePassword(t.Context(), s.Principal, tt.old, tt.fresh); wirechief.MessageOf(err) != tt.want || wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	if err := w.ChangePassword(t.Context(), s.Principal, password, "another one"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Session(t.Context(), s.Token.Reveal()); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Errorf("the session of the old password: %v", err)
	}
	w.mustSignIn(t, ann, "another one")
	op := w.mustSignIn(t, operator, "change-me")
	if err := w.ChangePassword(t.Context(), op.Principal, "change-me", "another one"); wirechief.KindOf(err) != wirechief.Forbidden {
		t.Error(err)
	}
}
