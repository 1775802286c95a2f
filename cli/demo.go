package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"text/template"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/app"
	"github.com/wirechief/wirechief/config"
)

// demo is `wirechief demo`.
type demo struct {
	Listen string `name:"listen" help:"Address to listen on; port 0 takes a free one." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Data   string `name:"data" help:"Folder to keep; by default a temporary one, removed at the end." placeholder:"DIR"`
}

func (c *demo) Run(ctx context.Context, stdio IO) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return usagef("--listen: %q is not host:port", c.Listen)
	}
	dir := c.Data
	if dir == "" {
		made, err := os.MkdirTemp("", "wirechief-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(made)
		dir = made
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	endpoint, err := newEndpoint(stdio.Out)
	if err != nil {
		return err
	}
	defer endpoint.close()
	s := seed{Program: program(), Webhook: "http://" + endpoint.address() + "/webhook", Data: dir, Kept: c.Data != ""}
	s.Own, s.BulkVS, s.Zendesk, s.FoneDynamics, s.Message2Give = secret(), secret(), secret(), secret(), secret()
	path := filepath.Join(dir, "demo-state.yaml")
	if err := s.write(path); err != nil {
		return err
	}
	cfg := config.Defaults()
	cfg.DataDir, cfg.State = filepath.Join(dir, "data"), path
	cfg.HTTP.Listen, cfg.Observe.Listen = c.Listen, ""
	cfg.Admin.Token = wirechief.Secret(secret())
	cfg.Admin.Email, cfg.Admin.Password = "admin@demo.test", wirechief.Secret(secret())
	cfg.Log.Level = "warn"
	cfg.Egress.Allow = []string{"127.0.0.0/8", "::1/128"}
	cfg.Carriers = []config.Carrier{{Name: "sim", Type: "sim"}}
	cfg.Routes = []config.Route{{Carriers: []string{"sim"}}}
	if err := cfg.Validate(); err != nil {
		return usageError{err}
	}
	err = run(ctx, cfg, stdio, true, func(a *app.App) error {
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			fmt.Fprintf(stdio.Err, "This demo can be reached from outside of this machine: it listens on %s.\n", a.Address())
		}
		s.Server, s.Admin = a.URL(), cfg.Admin.Token.Reveal()
		s.Email, s.Password = cfg.Admin.Email, cfg.Admin.Password.Reveal()
		return demoBanner.Execute(stdio.Out, s)
	})
	if errors.Is(err, syscall.EADDRINUSE) {
		return usagef("%s is in use by another program; give another address, or --listen 127.0.0.1:0 for a free port", c.Listen)
	}
	return err
}

// program is what starts this program in another terminal.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return "wirechief"
	}
	if found, err := exec.LookPath("wirechief"); err == nil && sameFile(found, path) {
		return "wirechief"
	}
	// What go run builds lies in a folder of Go's own.
	if _, err := os.Stat("cmd/wirechief"); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/wirechief"
	}
	if strings.ContainsAny(path, " '\"$&()") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, other)
}

func secret() string {
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// seed is what a demo begins with.
type seed struct {
	Program, Server, Webhook, Data              string
	Kept                                        bool
	Admin, Own                                  string
	Email, Password                             string // of the console
	BulkVS, Zendesk, FoneDynamics, Message2Give string
}

// seedState has one tenant that may send at once, with a number of each kind.
var seedState = template.Must(template.New("state").Parse(`# Made by wirechief demo; written anew at each start.
tenants:
  - id: demo
    name: Demo
    credentials:
      - {dialect: wirechief, token: {{.Own}}, scopes: [all]}
      - {dialect: bulkvs, username: demo, password: {{.BulkVS}}}
      - {dialect: zendesk, email: agent@demo.test, token: {{.Zendesk}}}
      - {dialect: fonedynamics, account_sid: AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS, token: {{.FoneDynamics}}}
      - {dialect: message2give, workspace: "4711", username: demo, password: {{.Message2Give}}}
    properties:
      - {sid: S1234567890ABCDEF1234567890ABCDE, name: Main}
    campaigns:
      - {tcr: CW1549, brand: Demo brand, approved: true}
    webhooks:
      - {name: Default, description: The demo's own endpoint, url: "{{.Webhook}}", dlr: true, method: POST}
    numbers:
      - {number: "+13109060901", carrier: sim, capabilities: [voice, sms, mms], name: Front desk, campaign: CW1549, webhook: Default}
      - {number: "+13109060902", carrier: sim, capabilities: [voice, sms, mms], name: Sales, campaign: CW1549, webhook: Default}
      - {number: "+18009060903", carrier: sim, capabilities: [voice, sms], name: Hotline, type: toll-free, toll_free_verification: verified, webhook: Default}
offers:
  - {number: "+15105574992", carrier: sim, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none} # 74992 is PIZZA
  - {generate: {country: US, area_codes: ["510"], count: 150}, carrier: sim, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none}
  - {generate: {country: US, area_codes: ["240"], count: 150}, carrier: sim, capabilities: [voice, sms, mms], location: MD, price: "1.00", address: none}
  - {generate: {country: US, area_codes: ["888"], count: 50}, carrier: sim, type: toll-free, capabilities: [voice, sms], price: "2.00", address: none}
`))

func (s *seed) write(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(seedState.Execute(f, s), f.Close())
}

var demoBanner = template.Must(template.Must(template.New("numbers").Parse(demoNumbers)).New("banner").Parse(`
Wirechief runs at {{.Server}} with a simulated carrier: nothing leaves this machine.
{{if .Kept}}It keeps its data in {{.Data}}.{{else}}Everything is gone when it ends (Ctrl-C).{{end}}

Open the console at {{.Server}}/ and sign in as {{.Email}} with the password {{.Password}}

Send a text as a client of BulkVS does:

  curl -s -w '\n' -u demo:{{.BulkVS}} {{.Server}}/api/v1.0/messageSend -H 'Content-Type: application/json' -d '{"From":"13109060901","To":["13105551212"],"Message":"Hello from the demo"}'

The same over our own API:

  curl -s -w '\n' -H 'Authorization: Bearer {{.Own}}' {{.Server}}/wirechief/v1/messages -H 'Content-Type: application/json' -d '{"from":"+13109060901","to":["+13105551212"],"text":"Hello from the demo"}'

On the command line, in another terminal:

  export WIRECHIEF_SERVER={{.Server}} WIRECHIEF_TOKEN={{.Own}}
  {{.Program}} send --from +13109060901 --to +13105551212 "Hello from the demo"
  {{.Program}} messages list
  {{.Program}} messages show --last
  {{.Program}} sim text --from +13105551212 --to +13109060901 "Hello back"

{{template "numbers" .}}
The last four digits of the recipient choose what becomes of a text: 0001 delivered
at once, 0002 undelivered, 0003 rejected, 0004 expired, 0005 no receipt, 0006 throttled
twice, 0007 delivered after 10 s; all others are delivered after 200 ms.

The operator's token is {{.Admin}} (for the commands carriers, apply and backup).
Receipts and inbound texts go to the demo's own webhook and are shown here:

`))

// endpoint is a customer's program, played by the demo: it shows what it is told.
type endpoint struct {
	l   net.Listener
	srv *http.Server
}

func newEndpoint(out io.Writer) (*endpoint, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &endpoint{l: l, srv: &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
			if err != nil {
				return
			}
			fmt.Fprintf(out, "%s webhook  %s\n", time.Now().Format("15:04:05.000"), oneLine(strings.TrimSpace(string(body)), 2000))
			io.WriteString(w, "OK")
		}),
	}}
	go e.srv.Serve(l) // ends with close
	return e, nil
}

func (e *endpoint) address() string { return e.l.Addr().String() }

func (e *endpoint) close() { e.srv.Close() }
