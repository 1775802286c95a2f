package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/sim"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const configured = `
tenants:
  - id: acme
    require_campaign: false
    balance: "1000.00"
    rates: {sms_segment: "0.01"}
    numbers:
      - {number: "+13109060901", carrier: sim, capabilities: [sms]}
      - {number: "+13109060902", carrier: sim, capabilities: [voice]}
  - id: globex
    require_campaign: false
    numbers: [{number: "+12125550100", carrier: sim, capabilities: [sms]}]
`

// desk is the number that the tests send from.
const desk = "+13109060901"

// Those who ask.
var (
	ann    = wirechief.Principal{Tenant: "acme", Agent: 1, Role: wirechief.RoleAdmin, Name: "ann@acme.test"}
	clerk  = wirechief.Principal{Tenant: "acme", Agent: 2, Role: wirechief.RoleAgent, Name: "bob@acme.test"}
	key    = wirechief.Principal{Tenant: "acme", Name: "key", Scopes: []string{"send"}}
	globex = wirechief.Principal{Tenant: "globex", Name: "key", Scopes: []string{"send"}}
)

// counted is the simulator, which remembers who was sent something.
type counted struct {
	*sim.Carrier
	mu   sync.Mutex
	sent map[string]int
}

func (c *counted) Submit(ctx context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	c.mu.Lock()
	c.sent[s.To]++
	c.mu.Unlock()
	c.Carrier.Submit(ctx, s, report)
}

// house is a real exchange over a real store, with the simulator as carrier,
// and an office that can be killed.
type house struct {
	*bulk.Office
	*exchange.Exchange
	t     testing.TB
	db    *sqlite.Store
	ids   *ident.Source
	sim   *counted
	sends atomic.Int64                                 // that the exchange was asked for
	hook  func(n int64, r wirechief.SendRequest) error // before each; nil: nothing
	after func(time.Duration) <-chan time.Time         // nil: real
	now   func() time.Time
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, now: time.Now}
	db, err := sqlite.Open(t.Context(), fresh.Dir(t, t.TempDir()), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h.db, h.ids = db, ident.New(time.Now, 0)
	settings := sim.Defaults()
	settings.ReceiptDelay = 0
	h.sim = &counted{Carrier: sim.New("sim", settings, carrier.Services{Log: slog.New(slog.DiscardHandler), Now: time.Now}), sent: make(map[string]int)}
	h.Exchange = exchange.New(exchange.Options{Store: db, Carriers: []carrier.Carrier{h.sim}, IDs: h.ids, Deliver: nobody{}})
	f, err := state.Parse("state.yaml", []byte(configured))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Apply(t.Context(), f, false); err != nil {
		t.Fatal(err)
	}
	if err := h.Exchange.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.open()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := errors.Join(h.Office.Stop(ctx), h.Exchange.Stop(ctx), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// open starts an office over what is there.
func (h *house) open() {
	h.t.Helper()
	h.Office = bulk.New(bulk.Options{Store: h.db, Sender: h, Judge: h.Exchange, IDs: h.ids, Now: h.now})
	if h.after != nil {
		h.SetAfter(h.after)
	}
	if err := h.Office.Start(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// Send implements [bulk.Sender].
func (h *house) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	if n := h.sends.Add(1); h.hook != nil {
		if err := h.hook(n, r); err != nil {
			return wirechief.SendResult{}, err
		}
	}
	return h.Exchange.Send(ctx, r)
}

type nobody struct{}

func (nobody) Add(...*wirechief.Delivery) {}
func (nobody) Pause(wirechief.Lane, bool) {}
func (nobody) Wake()                      {}

// list is a file of n recipients.
func list(n int) string {
	var b strings.Builder
	b.WriteString("to,name\n")
	for i := range n {
		fmt.Fprintf(&b, "+1310555%04d,No. %d\n", i, i)
	}
	if n > 10_000 {
		panic("there are not as many numbers")
	}
	return b.String()
}

// draft makes a draft for Ann, which must be good.
func (h *house) draft(file string, change ...func(*bulk.Request)) *wirechief.Bulk {
	h.t.Helper()
	q := bulk.Request{Name: "Spring", From: desk, Text: "Hi {{name}}", File: strings.NewReader(file)}
	for _, f := range change {
		f(&q)
	}
	b, _, err := h.Draft(h.t.Context(), ann, q)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *house) launch(b *wirechief.Bulk) {
	h.t.Helper()
	if _, err := h.Launch(h.t.Context(), ann, b.ID); err != nil {
		h.t.Fatal(err)
	}
}

// becomes waits until a bulk has a state.
func (h *house) becomes(id int64, want wirechief.BulkState) *wirechief.Bulk {
	h.t.Helper()
	deadline := time.NewTimer(60 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		b, err := h.Progress(h.t.Context(), ann, id)
		if err != nil {
			h.t.Fatal(err)
		}
		// The run may have its last commit behind it and not have ended yet.
		if b.State == want {
			return b
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			h.t.Fatalf("waited in vain: %+v", b)
		}
	}
}

// messages counts those on disk to each recipient.
func (h *house) messages(tenant string) map[string]int {
	h.t.Helper()
	out := make(map[string]int)
	for after := int64(1); ; {
		list, err := h.db.Messages(h.t.Context(), wirechief.MessageFilter{Tenant: tenant, Direction: wirechief.Outward, After: after, Limit: 1000})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, m := range list {
			out[m.To]++
			after = m.ID
		}
		if len(list) < 1000 {
			return out
		}
	}
}

// once fails unless there is one message to each of n recipients.
func (h *house) once(n int) {
	h.t.Helper()
	got := h.messages("acme")
	for to, n := range got {
		if n != 1 {
			h.t.Errorf("%d messages to %s", n, to)
		}
	}
	if len(got) != n {
		h.t.Errorf("messages to %d recipients, want %d", len(got), n)
	}
}

// wantError fails unless err is of the kind, by the rule, about the field.
func wantError(t testing.TB, err error, kind wirechief.Kind, rule wirechief.Rule, field string) {
	t.Helper()
	e, ok := errors.AsType[*wirechief.Error](err)
	switch {
	case err == nil:
		t.Fatalf("no error, want %s by rule %q", kind, rule)
	case !ok:
		t.Fatalf("%v is no error of ours", err)
	case e.Kind != kind || e.Rule != rule || e.Field != field:
		t.Fatalf("refused as %s by rule %q about %q: %v\nwant %s by rule %q about %q", e.Kind, e.Rule, e.Field, e, kind, rule, field)
	case e.Message == "":
		t.Fatal("the refusal says nothing to a person")
	}
}
