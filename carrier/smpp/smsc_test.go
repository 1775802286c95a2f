package smpp

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ carrier.Carrier = (*Link)(nil)

// smsc is a peer made of the same sessions as the link. What a test does not
// set behaves as one would wish.
type smsc struct {
	dialFunc   func() error // for refusing connections
	bindFunc   func(pdu.Header, pdu.Bind) pdu.Status
	submitFunc func(s *session.Session, h pdu.Header, m pdu.Message) // nil: takes it

	window int

	mu       sync.Mutex
	peers    []*session.Session
	binds    []pdu.Command
	bindsOf  []*session.Session
	submits  []pdu.Message
	at       []time.Time // of submits
	answers  []session.Answer
	accepted int
}

// accept serves one connection.
func (c *smsc) accept(conn net.Conn) *session.Session {
	s := session.New(conn, c, session.Options{Window: max(c.window, 2000), ResponseTimeout: time.Minute})
	c.mu.Lock()
	c.peers = append(c.peers, s)
	c.mu.Unlock()
	s.Start()
	return s
}

// dial is the link's way to us without a network, for tests in a bubble.
func (c *smsc) dial(context.Context) (net.Conn, error) {
	if c.dialFunc != nil {
		if err := c.dialFunc(); err != nil {
			return nil, err
		}
	}
	ours, theirs := net.Pipe()
	c.accept(ours)
	return theirs, nil
}

func (c *smsc) Bind(s *session.Session, h pdu.Header, b pdu.Bind) {
	status := pdu.OK
	if c.bindFunc != nil {
		status = c.bindFunc(h, b)
	}
	c.mu.Lock()
	c.binds, c.bindsOf = append(c.binds, h.Command), append(c.bindsOf, s)
	c.mu.Unlock()
	s.ReplyBind(h, status, "SMSC")
}

func (c *smsc) Message(s *session.Session, h pdu.Header, m pdu.Message) {
	c.mu.Lock()
	c.submits = append(c.submits, m)
	c.at = append(c.at, time.Now())
	c.mu.Unlock()
	if c.submitFunc != nil {
		c.submitFunc(s, h, m)
		return
	}
	s.Reply(h, pdu.OK, c.id())
}

func (c *smsc) Late(*session.Session, session.Answer) {}

func (c *smsc) Answered(_ int, a session.Answer) {
	c.mu.Lock()
	c.answers = append(c.answers, a)
	c.mu.Unlock()
}

// id makes an id for a message.
func (c *smsc) id() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accepted++
	return fmt.Sprintf("m%d", c.accepted)
}

func (c *smsc) peer(i int) *session.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.peers[i]
}

// bound gives the binds so far.
func (c *smsc) bound() []pdu.Command {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.binds)
}

// received gives what was submitted since the last call.
func (c *smsc) received() []pdu.Message {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	got := c.submits
	c.submits = nil
	return got
}

// answered gives the answers to what was sent to the link so far.
func (c *smsc) answered() []session.Answer {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.answers)
}

// deliver brings the link a message and gives the answer.
func (c *smsc) deliver(t *testing.T, m pdu.Message) pdu.Status {
	t.Helper()
	c.mu.Lock()
	c.answers = nil
	s := c.peers[len(c.peers)-1]
	c.mu.Unlock()
	if err := s.Send(pdu.DeliverSM, &m, 0, c); err != nil {
		t.Fatal(err)
	}
	a := c.answered()
	if len(a) != 1 || a[0].Err != nil {
		t.Fatalf("deliver_sm was answered %+v", a)
	}
	return a[0].Status
}

func (c *smsc) close() {
	c.mu.Lock()
	peers := c.peers
	c.mu.Unlock()
	for _, s := range peers {
		s.Close()
		<-s.Done()
	}
}

// exchange is a handler that remembers what it was brought.
type exchange struct {
	inboundFunc func(context.Context, wirechief.Inbound) error
	receiptFunc func(context.Context, wirechief.Receipt) error

	mu       sync.Mutex
	texts    []wirechief.Inbound
	receipts []wirechief.Receipt
	changed  int
}

func (x *exchange) Inbound(ctx context.Context, in wirechief.Inbound) error {
	if x.inboundFunc != nil {
		return x.inboundFunc(ctx, in)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.texts = append(x.texts, in)
	return nil
}

func (x *exchange) Receipt(ctx context.Context, r wirechief.Receipt) error {
	if x.receiptFunc != nil {
		return x.receiptFunc(ctx, r)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.receipts = append(x.receipts, r)
	return nil
}

func (x *exchange) Changed(string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed++
}

// changes gives how often Changed was called since the last call.
func (x *exchange) changes() int {
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	n := x.changed
	x.changed = 0
	return n
}

// rig is a link between an SMSC and an exchange.
type rig struct {
	*testing.T
	link *Link
	smsc *smsc
	x    *exchange
	log  *journal
}

// journal keeps the log.
type journal struct {
	mu sync.Mutex
	strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Builder.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Builder.String()
}

const password = "hunter2!"

// plain is a configuration that suits tests.
func plain() Config {
	c := Defaults()
	c.Address, c.SystemID, c.Password = "smsc.example.net:2775", "wirechief", password
	return c
}

// inBubble runs a test of a link with made-up time and no network.
func inBubble(t *testing.T, cfg Config, c *smsc, f func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if err := cfg.Validate(); err != nil {
			t.Fatal(err)
		}
		r := &rig{T: t, smsc: c, x: &exchange{}, log: &journal{}}
		r.link = New("main", cfg, carrier.Services{
			Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: time.Now,
		})
		r.link.dial = c.dial
		if err := r.link.Start(t.Context(), r.x); err != nil {
			t.Fatal(err)
		}
		defer func() {
			r.stop()
			c.close()
			if strings.Contains(r.log.String(), password) {
				t.Errorf("the log has the password in it: %s", r.log)
			}
		}()
		synctest.Wait()
		f(r)
	})
}

func (r *rig) stop() {
	r.Helper()
	if err := r.link.Stop(context.Background()); err != nil {
		r.Errorf("Stop: %v", err)
	}
}

// try is one submission and what was reported of it.
type try struct {
	mu  sync.Mutex
	got []wirechief.Outcome
}

func (y *try) report(o wirechief.Outcome) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.got = append(y.got, o)
}

// outcome waits until everything rests, and fails unless there is one report.
func (y *try) outcome(t testing.TB) wirechief.Outcome {
	t.Helper()
	synctest.Wait()
	y.mu.Lock()
	defer y.mu.Unlock()
	if len(y.got) != 1 {
		t.Fatalf("reported %d times, want once: %+v", len(y.got), y.got)
	}
	return y.got[0]
}

func (y *try) pending() bool {
	synctest.Wait()
	y.mu.Lock()
	defer y.mu.Unlock()
	return len(y.got) == 0
}

// submit submits a text.
func (r *rig) submit(text string) *try {
	return r.submission(carrier.Submission{Message: 7, From: "+13109060901", To: "+13105551212", Text: text, Receipt: true})
}

func (r *rig) submission(s carrier.Submission) *try {
	y := &try{}
	r.link.Submit(r.Context(), s, y.report)
	return y
}

// want compares the essentials of an outcome.
func (r *rig) want(y *try, d wirechief.Disposition, reason wirechief.Reason, ids ...string) wirechief.Outcome {
	r.Helper()
	o := y.outcome(r)
	if o.Disposition != d || o.Reason != reason || fmt.Sprint(o.IDs) != fmt.Sprint(ids) {
		r.Errorf("the outcome is %+v, want %v, %q, ids %q", o, d, reason, ids)
	}
	return o
}
