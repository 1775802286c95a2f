package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/app"
	"github.com/wirechief/wirechief/config"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a whole program with two tenants, for tests.
type house struct {
	*app.App
	t testing.TB
}

const houseState = `
tenants:
  - id: acme
    name: Acme
    require_campaign: false
    credentials:
      - {dialect: wirechief, token: acme-token, scopes: [all]}
    agents:
      - {id: 101, email: ann@acme.test, name: Ann, password: ann-secret, role: owner}
      - {id: 102, email: bob@acme.test, name: Bob, password: bob-secret, role: agent}
      - {id: 103, email: eve@acme.test, name: Eve, password: eve-secret, role: viewer}
    campaigns:
      - {tcr: CW1549, brand: Brand 1, approved: true}
    numbers:
      - {number: "+13109060901", carrier: sim, capabilities: [voice, sms, mms], name: Front desk}
      - {number: "+13109060902", carrier: sim, capabilities: [voice, sms, mms], name: Sales}
  - id: other
    name: Other
    require_campaign: false
    agents:
      - {id: 201, email: max@other.test, name: Max, password: max-secret, role: owner}
    numbers:
      - {number: "+13109060950", carrier: sim, capabilities: [voice, sms, mms], name: Theirs}
offers:
  - {generate: {country: US, area_codes: ["510"], count: 60}, carrier: sim, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none}
`

func newHouse(t *testing.T) *house {
	t.Helper()
	h := openHouse(t, t.TempDir())
	t.Cleanup(h.stop)
	return h
}

// openHouse starts the program over a folder, which may have data already.
func openHouse(t testing.TB, dir string) *house {
	t.Helper()
	state := filepath.Join(dir, "state.yaml")
	if err := os.WriteFile(state, []byte(houseState), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := config.Defaults()
	cfg.DataDir, cfg.State = filepath.Join(dir, "data"), state
	cfg.HTTP.Listen, cfg.Observe.Listen = "127.0.0.1:0", ""
	cfg.Admin.Email, cfg.Admin.Password, cfg.Admin.Token = "admin@example.test", "admin-secret", "admin-token"
	cfg.Egress.Allow = []string{"127.0.0.0/8"}
	cfg.Carriers = []config.Carrier{{Name: "sim", Type: "sim"}}
	cfg.Routes = []config.Route{{Carriers: []string{"sim"}}}
	a, err := app.New(t.Context(), cfg, app.Options{Version: wire.Version{Version: "test"}, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{a, t}
	if err := a.Start(t.Context()); err != nil {
		h.stop()
		t.Fatal(err)
	}
	return h
}

func (h *house) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.Stop(ctx); err != nil {
		h.t.Error(err)
	}
}

// browser is somebody's, without scripts.
type browser struct {
	h      *house
	client *http.Client
	csrf   string
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &browser{h: h, client: &http.Client{Jar: jar, Transport: transport}}
}

// signIn begins a session.
func (h *house) signIn(email, password string) *browser {
	h.t.Helper()
	b := h.browser()
	b.get("/signin")
	p := b.post("/signin", "email", email, "password", password)
	if p.status != http.StatusOK || !strings.HasPrefix(p.path, "/inbox") {
		h.t.Fatalf("signing in as %s ends at %s with %d: %s", email, p.path, p.status, p.text())
	}
	return b
}

// seen is a page that the browser has got.
type seen struct {
	document
	path   string
	status int
	header http.Header
	body   string
}

func (b *browser) get(path string) seen {
	b.h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.h.URL()+path, nil)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return b.do(req)
}

// post sends a form: names and values in turn.
func (b *browser) post(path string, fields ...string) seen {
	b.h.t.Helper()
	form := url.Values{"csrf": {b.csrf}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, b.h.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (b *browser) do(req *http.Request) seen {
	b.h.t.Helper()
	resp, err := b.client.Do(req)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	s := seen{path: resp.Request.URL.RequestURI(), status: resp.StatusCode, header: resp.Header, body: string(body)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		s.document = parse(b.h.t, s.body)
		for _, n := range s.all(func(n *node) bool { return n.Data == "input" && attr(n, "name") == "csrf" }) {
			b.csrf = attr(n, "value")
		}
	}
	return s
}

// text has a handset text one of the numbers, through the simulator.
func (h *house) text(from, to, said string) {
	h.t.Helper()
	body, err := json.Marshal(map[string]string{"from": from, "to": to, "text": said})
	if err != nil {
		h.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, h.URL()+"/wirechief/v1/sim/texts", bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer admin-token")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		b, _ := io.ReadAll(resp.Body)
		h.t.Fatalf("the handset's text is answered with %d: %s", resp.StatusCode, b)
	}
}

// eventually asks until a page says something.
func (b *browser) eventually(path, want string) seen {
	b.h.t.Helper()
	ctx, cancel := context.WithTimeout(b.h.t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		p := b.get(path)
		if strings.Contains(p.text(), want) {
			return p
		}
		select {
		case <-ctx.Done():
			b.h.t.Fatalf("%s never says %q: %s", path, want, p.text())
		case <-tick.C:
		}
	}
}
