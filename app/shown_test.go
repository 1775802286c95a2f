package app

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

const shownState = `
tenants:
  - id: acme
    credentials:
      - {dialect: bulkvs, username: acme, password: s}
      - {dialect: zendesk, email: ann@acme.test, token: s}
      - {dialect: fonedynamics, account_sid: AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS, token: s}
      - {dialect: message2give, workspace: "4711", username: m2g, password: s}
    numbers: [{number: "+13109060901", carrier: sim, capabilities: [voice, sms, mms], name: "Front <desk>"}]
  - id: globex
`

// withShown starts a program with that state; it stops when the test ends.
func withShown(t *testing.T) *App {
	t.Helper()
	cfg := minimal(t)
	cfg.State = filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(cfg.State, []byte(shownState), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Stop(t.Context()) })
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// What the console shows of a number is what the client of each API gets.
func TestShownIsWhatClientsGet(t *testing.T) {
	a := withShown(t)
	defer http.DefaultClient.CloseIdleConnections()
	users := map[string]string{
		wirechief.DialectBulkVS: "acme", wirechief.DialectZendesk: "ann@acme.test/token",
		wirechief.DialectFoneDynamics: "AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS", wirechief.DialectMessage2Give: "m2g",
	}
	p := wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Ann", Role: wirechief.RoleViewer, Agent: 1}
	list := a.shown(t.Context(), p, "+13109060901")
	if len(list) != len(users) {
		t.Errorf("it is shown as %+v", list)
	}
	for _, s := range list {
		method, target, _ := strings.Cut(s.Call, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, a.URL()+target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(users[s.ID], "s")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		var want, got any
		if err := json.Unmarshal(body, &want); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", s.Call, resp.StatusCode, body)
		}
		if err := json.Unmarshal([]byte(s.JSON), &got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", s.ID, d)
		}
		if !strings.Contains(s.JSON, "\n  ") {
			t.Errorf("%s is not for reading: %s", s.ID, s.JSON)
		}
	}
	p.Tenant = "globex"
	if list := a.shown(t.Context(), p, "+13109060901"); len(list) > 0 {
		t.Errorf("another tenant sees %+v", list)
	}
}
