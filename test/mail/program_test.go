package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief/app"
	"github.com/wirechief/wirechief/config"
)

const stateFile = `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: own-secret, scopes: [all]}]
    campaigns: [{tcr: CW1549, brand: Brand 1, approved: true}]
    numbers:
      - number: "+13109060901"
        carrier: sim
        capabilities: [voice, sms, mms]
        campaign: CW1549
        forwards: [{type: email, destination: Desk@acme.test, enabled: true, history: 5}]
`

// program is all of it, with Exim as its server and an inbox of its own.
type program struct {
	*testing.T
	*app.App
	*exim
}

func startProgram(t *testing.T) *program {
	t.Helper()
	e := startExim(t)
	dir := t.TempDir()
	cfg := config.Defaults()
	cfg.DataDir, cfg.State = filepath.Join(dir, "data"), filepath.Join(dir, "state.yaml")
	cfg.HTTP.Listen, cfg.Observe.Listen = "127.0.0.1:0", ""
	cfg.Carriers = []config.Carrier{{Name: "sim", Type: "sim"}}
	cfg.Routes = []config.Route{{Carriers: []string{"sim"}}}
	cfg.SMTP = config.SMTP{Host: "127.0.0.1", Port: e.port, TLS: "none", From: "no-reply@example.test"}
	cfg.Mail = config.Mail{Listen: "127.0.0.1:0", Domain: "in.example.test"}
	if err := os.WriteFile(cfg.State, []byte(stateFile), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return &program{t, a, e}
}

// ask makes a request to the own API.
func (p *program) ask(method, path, body string, into any) {
	p.T.Helper()
	r, err := http.NewRequestWithContext(p.T.Context(), method, p.URL()+"/wirechief/v1"+path, strings.NewReader(body))
	if err != nil {
		p.T.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer own-secret")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.T.Fatal(err)
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		p.T.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, doc, err)
	}
	if into != nil {
		if err := json.Unmarshal(doc, into); err != nil {
			p.T.Fatalf("%s: %v", doc, err)
		}
	}
}

// answer mails to an address, and gives the refusal.
func (p *program) answer(from, to, id, text string) error {
	p.T.Helper()
	c, err := smtp.Dial(p.MailAddress().String())
	if err != nil {
		p.T.Fatal(err)
	}
	defer c.Close()
	return c.SendMail(from, []string{to}, strings.NewReader("From: "+from+"\r\nMessage-ID: <"+id+"@acme.test>\r\n\r\n"+text+"\r\n"))
}

// A text comes in, is read in a mailbox, answered from there, and the answer
// goes out as a text: once, however often the mail comes, and only where it may.
func TestThroughTheProgram(t *testing.T) {
	p := startProgram(t)
	p.ask("POST", "/sim/texts", `{"from":"+14155550101","to":"+13109060901","text":"Are you open?"}`, nil)
	var to string
	for _, m := range p.mailbox(1) {
		a, err := netmail.ParseAddress(m.Header.Get("Reply-To"))
		if err != nil || m.Header.Get("Subject") != "SMS from 14155550101 to 13109060901" {
			t.Fatal(m.Header, err)
		}
		to = a.Address
	}
	for range 2 {
		if err := p.answer("desk@acme.test", to, "one", "Until 5.\r\n\r\nOn 2 Mar 2026, <"+to+"> wrote:\r\n> Are you open?"); err != nil {
			t.Fatal(err)
		}
	}
	var list []struct{ Direction, To, Text string }
	p.ask("GET", "/messages?direction=outbound", "", &list)
	if len(list) != 1 || list[0].Text != "Until 5." || list[0].To != "+14155550101" {
		t.Errorf("what went out is %+v", list)
	}
	refused := func(err error, text string) {
		t.Helper()
		if e, ok := errors.AsType[*smtp.SMTPError](err); !ok || e.Code != 550 || !strings.Contains(e.Message, text) {
			t.Errorf("the answer is %v, want 550 %s", err, text)
		}
	}
	refused(p.answer("eve@acme.test", to, "two", "hello"), "write from the address")
	refused(p.answer("desk@acme.test", "desk@in.example.test", "three", "hello"), "no such address")
	// The handset wants nothing more.
	p.ask("POST", "/sim/texts", `{"from":"+14155550101","to":"+13109060901","text":"STOP"}`, nil)
	p.mailbox(2)
	refused(p.answer("desk@acme.test", to, "four", "hello"), "rule opt_out: the handset texts START")
	// The desk is to read no more of it.
	p.ask("PATCH", "/numbers/+13109060901", `{"forwards":[]}`, nil)
	refused(p.answer("desk@acme.test", to, "five", "hello"), "does not forward its texts to your address any more")
}
