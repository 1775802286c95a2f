package app

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// minimal is a configuration with the simulator alone.
func minimal(t *testing.T) *config.Config {
	t.Helper()
	cfg := config.Defaults()
	cfg.DataDir = filepath.Join(t.TempDir(), "data")
	cfg.HTTP.Listen, cfg.Observe.Listen = "127.0.0.1:0", "127.0.0.1:0"
	cfg.Carriers = []config.Carrier{{Name: "sim", Type: "sim"}}
	return cfg
}

func TestStartAndStop(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, a *App)
	}{
		{"never started", func(*testing.T, *App) {}},
		{"stopped twice", func(t *testing.T, a *App) {
			if err := a.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := a.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := New(t.Context(), minimal(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.do(t, a)
			if err := a.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsServedWhere(t *testing.T) {
	a, err := New(t.Context(), minimal(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop(t.Context())
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	public, private := a.URL(), "http://"+a.private.Addr().String()
	for _, c := range []struct {
		url    string
		status int
		body   string
	}{
		{public + "/healthz", 200, "ok"},
		{public + "/readyz", 200, "ready"},
		{public + "/metrics", 200, "wirechief_carrier_up{carrier=\"sim\"} 1"},
		{private + "/metrics", 200, "wirechief_store_commit_seconds"},
		{private + "/readyz", 200, "ready"},
		{private + "/debug/pprof/goroutine", 200, ""},
		{public + "/debug/pprof/goroutine", 404, ""},
		{private + "/wirechief/v1/openapi.json", 404, ""},
		{public + "/wirechief/v1/openapi.json", 200, `"openapi":"3.1.0"`},
		{public + "/API/v1.0/campaigns", 401, `"Status":"Failed"`},
		{public + "/media/x.jpg", 404, ""},
		{public + "/", 200, "Wirechief"},
		{public + "/elsewhere", 404, ""},
	} {
		resp, err := http.Get(c.url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.body) {
			t.Errorf("%s answers %d %.300s", c.url, resp.StatusCode, body)
		}
	}
}

func TestToken(t *testing.T) {
	cfg := minimal(t)
	if _, err := ReadToken(cfg); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("before the first start: %v", err)
	}
	a, err := New(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	made := a.Token()
	a.Stop(t.Context())
	info, err := os.Stat(filepath.Join(cfg.DataDir, TokenFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token is kept with mode %v: %v", info.Mode(), err)
	}
	again, err := ReadToken(cfg)
	if err != nil || again != made || len(made) < 20 {
		t.Errorf("the token that is read is another one: %v", err)
	}
	cfg.Admin.Token = "configured-token"
	if got, err := ReadToken(cfg); got != "configured-token" {
		t.Errorf("the configured token does not win: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	taken, err := New(t.Context(), minimal(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Stop(t.Context())
	state := filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(state, []byte("tenants: [{id: acme, numbers: [{number: '+13109060901', webhook: none}]}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*config.Config)
		want   string
	}{
		{"an address in use", func(c *config.Config) { c.HTTP.Listen = taken.Address().String() }, "http.listen"},
		{"data in use", func(c *config.Config) { c.DataDir = taken.cfg.DataDir }, "in use by another process"},
		{"a state file that is not there", func(c *config.Config) { c.State = "/nowhere/state.yaml" }, "/nowhere/state.yaml: the state file cannot be read"},
		{"a state that makes no sense", func(c *config.Config) { c.State = state }, `number +13109060901: there is no webhook "none"`},
		{"an unknown carrier", func(c *config.Config) { c.Carriers = []config.Carrier{{Name: "x", Type: "telex"}} }, `no type "telex"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := minimal(t)
			c.change(cfg)
			a, err := New(t.Context(), cfg, Options{})
			if err == nil {
				err = a.Start(t.Context())
				a.Stop(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the error is %v", err)
			}
		})
	}
}

func TestBackupOfWhatIsKept(t *testing.T) {
	cfg := minimal(t)
	a, err := New(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), cfg); wirechief.KindOf(err) != wirechief.Conflict {
		t.Errorf("what a server has can be opened: %v", err)
	}
	a.Stop(t.Context())
	k, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := k.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = filepath.Join(t.TempDir(), "restored")
	if err := Restore(t.Context(), cfg, &b); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "wirechief.db")); err != nil {
		t.Error(err)
	}
}
