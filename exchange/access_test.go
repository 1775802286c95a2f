package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	core "github.com/wirechief/wirechief/test/world"
)

// TestWorkspaces: without a workspace, user and password alone find it, unless
// they are those of several tenants.
func TestWorkspaces(t *testing.T) {
	w := core.New(t, `
tenants:
  - id: acme
    credentials:
      - {dialect: message2give, workspace: "4712", username: m2g, password: acme-secret}
      - {dialect: message2give, workspace: "4711", username: m2g, password: acme-secret}
      - {dialect: message2give, workspace: "4711", username: both, password: the-same}
      - {dialect: bulkvs, username: m2g, password: acme-secret}
  - id: globex
    credentials:
      - {dialect: message2give, workspace: "9", username: m2g, password: globex-secret}
      - {dialect: message2give, workspace: "9", username: both, password: the-same}
`)
	for _, tt := range []struct{ dialect, account, name, secret, tenant, workspace string }{
		{"message2give", "4711", "m2g", "acme-secret", "acme", "4711"},
		{"message2give", "4712", "m2g", "acme-secret", "acme", "4712"},
		{"message2give", "", "m2g", "acme-secret", "acme", "4711"},
		{"message2give", "", "m2g", "globex-secret", "globex", "9"},
		{"message2give", "9", "m2g", "acme-secret", "", ""},
		{"message2give", "", "m2g", "wrong", "", ""},
		{"message2give", "", "nobody", "acme-secret", "", ""},
		{"message2give", "", "", "", "", ""},
		{"message2give", "", "both", "the-same", "", ""},
		{"message2give", "9", "both", "the-same", "globex", "9"},
		{"bulkvs", "", "m2g", "acme-secret", "acme", ""},
		{"bulkvs", "4711", "m2g", "acme-secret", "", ""},
	} {
		p, err := w.Authenticate(t.Context(), exchange.Login{Dialect: tt.dialect, Account: tt.account, Name: tt.name, Secret: tt.secret})
		if p.Tenant != tt.tenant || p.Account != tt.workspace || (err == nil) != (tt.tenant != "") {
			t.Errorf("%+v: %+v, %v", tt, p, err)
		}
		if err != nil && wirechief.KindOf(err) != wirechief.Unauthenticated {
			t.Errorf("%+v: kind %v", tt, wirechief.KindOf(err))
		}
	}
	if a, g, n := w.Workspace("acme"), w.Workspace("globex"), w.Workspace("nobody"); a != "4711" || g != "9" || n != "" {
		t.Errorf("workspaces %q, %q, %q", a, g, n)
	}
	// A password that is withdrawn lets nobody in, whatever the workspace.
	w.ApplyState(`
tenants:
  - id: acme
    credentials:
      - {dialect: message2give, workspace: "4711", username: m2g, absent: true}
      - {dialect: message2give, workspace: "4712", username: m2g, password: other}
`)
	for _, account := range []string{"", "4711", "4712"} {
		if p, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "message2give", Account: account, Name: "m2g", Secret: "acme-secret"}); err == nil {
			t.Errorf("%q: still let in as %+v", account, p)
		}
	}
	if got := w.Workspace("acme"); got != "4711" {
		t.Errorf("workspace %q, which another credential names yet", got)
	}
}
