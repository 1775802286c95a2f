package exchange_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/webhook"
)

// signs says which of the secrets a try at a destination is signed with.
func (w *world) signs(tenant, destination string, secrets ...wirechief.Secret) (out string) {
	w.t.Helper()
	d := &wirechief.Delivery{DeliveryKey: wirechief.DeliveryKey{ID: 42}, Tenant: tenant, Destination: destination}
	at := w.clock.Now()
	fields, hidden := w.Sign(d, at, []byte("body"))
	header := make(http.Header)
	for _, f := range fields {
		header.Set(f.Name, f.Value)
	}
	if (len(fields) > 0) != (len(hidden) > 0) || len(fields) > 0 && header.Get("webhook-id") != "42" {
		w.t.Errorf("%v %v", fields, hidden)
	}
	for i, s := range secrets {
		if webhook.Verify(s, header, []byte("body"), at) == nil {
			out += strconv.Itoa(i)
		}
	}
	return out
}

func TestSecretsOfDestinations(t *testing.T) {
	const url = "http://hooks.test/acme"
	w := newWorld(t)
	p := person(wirechief.RoleAdmin)
	if got := w.signs("acme", url); got != "" {
		t.Error("signed without a secret")
	}
	first, err := w.CreateSecret(t.Context(), p, url)
	if err != nil {
		t.Fatal(err)
	}
	if first.CreatedBy != "Olga" || first.Destination != url || !strings.HasSuffix(first.Secret.Reveal(), first.Hint) || !first.OldUntil.IsZero() {
		t.Errorf("%+v", first)
	}
	if _, err := w.CreateSecret(t.Context(), p, url); wirechief.KindOf(err) != wirechief.Conflict {
		t.Error(err)
	}
	if got := w.signs("acme", url, first.Secret); got != "0" {
		t.Errorf("signed with %q", got)
	}
	if w.signs("globex", url, first.Secret) != "" || w.signs("acme", url+"/", first.Secret) != "" {
		t.Error("what is not the tenant's destination is signed")
	}
	id := strconv.FormatInt(first.ID, 10)
	second, err := w.RotateSecret(t.Context(), p, id, time.Hour)
	if err != nil || second.ID != first.ID || second.Secret == first.Secret || !second.OldUntil.Equal(t0.Add(time.Hour)) {
		t.Fatalf("%+v, %v", second, err)
	}
	w.restart()
	if got := w.signs("acme", url, first.Secret, second.Secret); got != "01" {
		t.Errorf("after the rotation signed with %q", got)
	}
	if _, err := w.RotateSecret(t.Context(), p, id, time.Hour); wirechief.KindOf(err) != wirechief.Conflict {
		t.Errorf("a third secret: %v", err)
	}
	w.advance(time.Hour)
	if got := w.signs("acme", url, first.Secret, second.Secret); got != "1" {
		t.Errorf("after the time of the old one signed with %q", got)
	}
	list, err := w.SignSecrets(t.Context(), p)
	if err != nil || len(list) != 1 || !list[0].OldUntil.IsZero() || list[0].Hint != second.Hint {
		t.Errorf("%+v, %v", list, err)
	}
	third, err := w.RotateSecret(t.Context(), p, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.signs("acme", url, first.Secret, second.Secret, third.Secret); got != "2" {
		t.Errorf("after a rotation at once signed with %q", got)
	}
	if err := w.RemoveSecret(t.Context(), p, id); err != nil {
		t.Fatal(err)
	}
	if got := w.signs("acme", url, third.Secret); got != "" {
		t.Error("signed with a secret that is gone")
	}
	w.restart()
	if list, err := w.SignSecrets(t.Context(), p); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// Who may not configure numbers has no secrets to give; other tenants know
// nothing of them.
func TestSecretsAreRefused(t *testing.T) {
	const url = "http://hooks.test/acme"
	guard := watchman(func(url string) error {
		if strings.Contains(url, "169.254") {
			return wirechief.Errorf(wirechief.Invalid, "a metadata address")
		}
		return nil
	})
	w := newWorld(t, func(o *exchange.Options) { o.Guard = guard })
	s, err := w.CreateSecret(t.Context(), program(exchange.ScopeManage), url)
	if err != nil {
		t.Fatal(err)
	}
	id := strconv.FormatInt(s.ID, 10)
	stranger := wirechief.Principal{Tenant: "globex", Dialect: wirechief.DialectConsole, Name: "Eve", Agent: 2, Role: wirechief.RoleOwner}
	for _, c := range []struct {
		name string
		kind wirechief.Kind
		do   func() error
	}{
		{"an agent creates", wirechief.Forbidden, func() error { _, err := w.CreateSecret(t.Context(), person(wirechief.RoleAgent), url+"2"); return err }},
		{"a reader rotates", wirechief.Forbidden, func() error { _, err := w.RotateSecret(t.Context(), program(exchange.ScopeRead), id, 0); return err }},
		{"a viewer removes", wirechief.Forbidden, func() error { return w.RemoveSecret(t.Context(), person(wirechief.RoleViewer), id) }},
		{"another tenant rotates", wirechief.NotFound, func() error { _, err := w.RotateSecret(t.Context(), stranger, id, 0); return err }},
		{"another tenant removes", wirechief.NotFound, func() error { return w.RemoveSecret(t.Context(), stranger, id) }},
		{"a forbidden URL", wirechief.Invalid, func() error {
			_, err := w.CreateSecret(t.Context(), person(wirechief.RoleOwner), "http://169.254.169.254/")
			return err
		}},
		{"no URL", wirechief.Invalid, func() error { _, err := w.CreateSecret(t.Context(), person(wirechief.RoleOwner), ""); return err }},
		{"kept too long", wirechief.Invalid, func() error {
			_, err := w.RotateSecret(t.Context(), person(wirechief.RoleOwner), id, exchange.KeepOldMost+1)
			return err
		}},
	} {
		if err := c.do(); wirechief.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if list, err := w.SignSecrets(t.Context(), stranger); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
