package acceptance

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// mailServer keeps the mails that it gets.
type mailServer struct{ mails chan string }

func newMailServer(t *testing.T) (*mailServer, string) {
	t.Helper()
	m := &mailServer{make(chan string, 100)}
	s := smtp.NewServer(m)
	s.Domain = "mail.test"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return m, port
}

func (m *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return m, nil }
func (m *mailServer) Reset()                                      {}
func (m *mailServer) Logout() error                               { return nil }
func (m *mailServer) Mail(string, *smtp.MailOptions) error        { return nil }
func (m *mailServer) Rcpt(to string, _ *smtp.RcptOptions) error   { return nil }
func (m *mailServer) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	m.mails <- string(b)
	return err
}

// deliveriesOf waits until so many deliveries about a message have ended.
func (p *program) deliveriesOf(message int64, n int) map[string]wire.Delivery {
	p.t.Helper()
	out := make(map[string]wire.Delivery)
	eventually(p.t, func() string { return fmt.Sprintf("%+v", out) }, func() bool {
		list, err := p.own.Deliveries(p.t.Context(), client.DeliveryQuery{Message: message})
		if err != nil {
			p.t.Fatal(err)
		}
		clear(out)
		ended := len(list) == n
		for _, d := range list {
			ended = ended && d.Status != "pending"
			out[d.Kind+" "+d.Destination] = d
		}
		return ended
	})
	return out
}

// One text goes everywhere that its number says, and each destination is in its
// timeline; an answer goes out by itself.
func TestATextGoesEverywhere(t *testing.T) {
	customer := newCustomer(t)
	mails, port := newMailServer(t)
	listen := free(t)
	p := run(t, listen, `
egress: {allow: ["`+allow(customer.URL)+`"]}
carriers: [{name: sim, type: sim, receipt_delay: 1ms}]
smtp: {host: 127.0.0.1, port: `+port+`, tls: none, from: no-reply@acme.test}
`, `
tenants:
  - id: acme
    require_campaign: false
    messaging: true
    numbers:
      - number: "+13109060901"
        carrier: sim
        forwards:
          - {type: http, destination: "`+customer.URL+`/in", format: message2give, encoding: json}
          - {type: email, destination: desk@acme.test, history: 5}
          - {type: sms, destination: "+13105550199", prefix: "[desk] "}
          - {type: console, destination: Chat}
        replies: {agents_offline: {enabled: true, message: We are closed.}, keywords: [{words: [Menü], message: Soup}]}
      - {number: "+13109060902", carrier: sim, forwards: [{type: sms, destination: "+13109060901"}]}
`)
	arrive := func(from, to, text string) wire.Message {
		t.Helper()
		if err := p.own.SimulateText(t.Context(), from, to, text); err != nil {
			t.Fatal(err)
		}
		return p.message(client.MessageQuery{Tenant: "acme", Direction: "inbound", Limit: 1}, func(m *wire.Message) bool { return m.Text == text && m.To == to })
	}
	m := arrive("+13105551212", "+13109060901", "hello <b>there</b>")
	list := p.deliveriesOf(m.ID, 5)
	for _, to := range []string{"http " + customer.URL + "/in", "email desk@acme.test", "sms +13105550199", "console Chat", "sms +13105551212"} {
		if d, ok := list[to]; !ok || d.Status != "delivered" || len(d.Attempts) != 1 || d.Attempts[0].Class != "2xx" {
			t.Errorf("%s: %+v", to, d)
		}
	}
	if got := customer.next(t); got["content"] != "hello <b>there</b>" {
		t.Errorf("the customer was told %v", got)
	}
	select {
	case mail := <-mails.mails:
		if !strings.Contains(mail, "hello") || !strings.Contains(mail, "To: ") || !strings.Contains(mail, "Auto-Submitted: auto-generated") {
			t.Errorf("the mail is\n%s", mail)
		}
	case <-time.After(20 * time.Second):
		t.Error("there is no mail")
	}
	m, err := p.own.Message(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for _, e := range m.Events {
		seen[string(e.Type)+" "+e.Detail.Kind+" "+e.Detail.To]++
	}
	for _, want := range []string{"forwarded http " + customer.URL + "/in", "forwarded email desk@acme.test", "forwarded sms +13105550199", "forwarded console Chat", "replied sms +13105551212"} {
		if seen[want] == 0 {
			t.Errorf("the timeline lacks %s: %v", want, seen)
		}
	}
	for to, text := range map[string]string{"+13105550199": "[desk] hello <b>there</b>", "+13105551212": "We are closed."} {
		out := p.message(client.MessageQuery{Tenant: "acme", Direction: "outbound", Number: to}, status("delivered"))
		if out.From != "+13109060901" || out.Text != text || out.Events[0].Detail.Because == "" {
			t.Errorf("%+v", out)
		}
	}
	// A keyword is answered within the window, in whatever letters.
	m = arrive("+13105551212", "+13109060901", "MENU")
	p.deliveriesOf(m.ID, 5)
	p.message(client.MessageQuery{Tenant: "acme", Direction: "outbound", Number: "+13105551212"}, func(m *wire.Message) bool { return m.Text == "Soup" && m.Status == "delivered" })

	// Two numbers that forward to each other: the carrier brings the text back, and
	// it is not sent to where it came from.
	if _, err := p.own.SetNumber(t.Context(), "acme", "+13109060901", wire.MergePatch{
		"forwards": []any{map[string]any{"type": "sms", "destination": "+13109060902"}},
	}); err != nil {
		t.Fatal(err)
	}
	from, to := "+13105551213", "+13109060902"
	for hop := range 2 {
		m = arrive(from, to, "round and round")
		if hop == 1 {
			break
		}
		from, to = to, map[string]string{"+13109060902": "+13109060901", "+13109060901": "+13109060902"}[to]
		if d := p.deliveriesOf(m.ID, 1)["sms "+to]; d.Status != "delivered" {
			t.Fatalf("hop %d: %+v", hop, d)
		}
	}
	m, err = p.own.Message(t.Context(), m.ID)
	if err != nil || len(m.Events) != 2 || m.Events[1].Type != "suppressed" || m.Events[1].Detail.Rule != "loop" {
		t.Errorf("%+v %v", m.Events, err)
	}
}

// A URL that is dead has its text told to the next of the chain.
func TestFallbackOfADeadURL(t *testing.T) {
	customer := newCustomer(t)
	var asked atomic.Int64
	dead := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer dead.Close()
	p := run(t, free(t), `
egress: {allow: ["`+allow(customer.URL)+`", "`+allow(dead.URL)+`"]}
carriers: [{name: sim, type: sim, receipt_delay: 1ms}]
delivery: {schedule: [0s, 10ms, 10ms, 10ms, 10ms]}
`, `
tenants:
  - id: acme
    messaging: true
    numbers:
      - number: "+13109060901"
        carrier: sim
        forwards: [{type: http, destination: "`+dead.URL+`/in", format: message2give, encoding: json}]
        fallback: [{type: http, destination: "`+customer.URL+`/backup", format: message2give, encoding: json}]
`)
	if err := p.own.SimulateText(t.Context(), "+13105551212", "+13109060901", "hello"); err != nil {
		t.Fatal(err)
	}
	if got := customer.next(t); got["content"] != "hello" {
		t.Errorf("the customer was told %v", got)
	}
	m := p.message(client.MessageQuery{Tenant: "acme", Direction: "inbound"}, func(*wire.Message) bool { return true })
	list := p.deliveriesOf(m.ID, 2)
	if d := list["http "+dead.URL+"/in"]; d.Status != "exhausted" || asked.Load() != 5 {
		t.Errorf("%+v after %d", d, asked.Load())
	}
	if d := list["http "+customer.URL+"/backup"]; d.Status != "delivered" {
		t.Errorf("%+v", d)
	}
}
