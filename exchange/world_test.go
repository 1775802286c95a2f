package exchange_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What the tests send from, and to. The other numbers are in the state below.
const (
	desk    = "+13109060901" // of acme, on carrier main
	handset = "+13105551212"
	other   = "+13105551213" // another handset
)

// configured is the state that every world starts with.
const configured = `
tenants:
  - id: acme
    campaigns:
      - {tcr: CW1549, approved: true}
      - {tcr: CW1550, approved: false}
    webhooks:
      - {name: Default, url: "http://hooks.test/acme", dlr: true}
      - {name: Quiet, url: "http://hooks.test/quiet", dlr: false}
    credentials:
      - {dialect: bulkvs, username: acme, password: bulk-secret}
    numbers:
      - {number: "+13109060901", carrier: main, capabilities: [sms, mms], campaign: CW1549, webhook: Default}
      - {number: "+13109060902", carrier: main, capabilities: [sms], campaign: CW1549, webhook: Quiet}
      - {number: "+13109060903", carrier: main, capabilities: [voice], campaign: CW1549}
      - {number: "+13109060904", carrier: main, capabilities: [sms]}
      - {number: "+13109060905", carrier: main, capabilities: [sms], campaign: CW1550}
      - {number: "+13109060906", capabilities: [sms], campaign: CW1549}
      - {number: "+18005550100", carrier: main, capabilities: [sms], toll_free_verification: verified, webhook: Default}
      - {number: "+18005550101", carrier: main, capabilities: [sms], toll_free_verification: unverified}
      - {number: "+18005550102", carrier: main, capabilities: [sms], toll_free_verification: rejected}
      - {number: "+18005550103", carrier: main, capabilities: [sms], toll_free_verification: pending}
      - {number: "+447700900100", carrier: main, capabilities: [sms], webhook: Default}
  - id: globex
    require_campaign: false
    webhooks:
      - {name: Default, url: "http://hooks.test/globex", dlr: true}
    credentials:
      - {dialect: bulkvs, username: globex, password: globex-secret}
    numbers:
      - {number: "+12125550100", carrier: spare, capabilities: [sms, mms], webhook: Default}
`

// Those who ask.
var (
	acme     = wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectBulkVS, Name: "acme"}
	globex   = wirechief.Principal{Tenant: "globex", Dialect: wirechief.DialectBulkVS, Name: "globex"}
	operator = wirechief.Principal{Operator: true, Name: "operator"}
)

// world is an exchange over a real store, with everything around it under the
// control of the test: two carriers, the delivery engine, media, clock and ids.
type world struct {
	*exchange.Exchange
	t     testing.TB
	dir   string // of the store
	disk  *disk
	clock *clock
	main  *wire // carries texts and pictures
	spare *wire // too; the second of every route

	engine *engine
	media  *shelf
	change []func(*exchange.Options)
}

// newWorld starts an exchange. Options may be changed; they are so again at
// each restart.
func newWorld(t testing.TB, change ...func(*exchange.Options)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), clock: &clock{now: t0}, engine: newEngine(), media: newShelf(), change: change}
	w.start()
	w.apply(configured)
	t.Cleanup(func() {
		if w.Exchange != nil { // what the test left unanswered need not be waited for
			w.main.finish()
			w.spare.finish()
			w.stop()
		}
	})
	return w
}

// t0 is when every test begins.
var t0 = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// start opens what is in the folder and starts an exchange over it.
func (w *world) start() {
	w.t.Helper()
	commits := make(chan struct{}, 1)
	db, err := sqlite.Open(w.t.Context(), fresh.Dir(w.t, w.dir), sqlite.Options{Now: w.clock.Now, OnCommit: func(int, time.Duration) { ring(commits) }})
	if err != nil {
		w.t.Fatal(err)
	}
	last, err := db.LastID(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.disk = &disk{Store: db, commits: commits}
	w.main, w.spare = newWire("main", carrier.SMS|carrier.MMS|carrier.Inbound|carrier.Receipts), newWire("spare", carrier.SMS|carrier.MMS)
	o := exchange.Options{
		Store: w.disk, Carriers: []carrier.Carrier{w.main, w.spare},
		Routes:  []routing.Route{{Prefix: "+1", Carriers: []string{"main", "spare"}}, {Prefix: "+44", Carriers: []string{"main"}}},
		IDs:     ident.New(w.clock.Now, last),
		Deliver: w.engine, Formats: map[string]wirechief.Formatter{wirechief.DialectBulkVS: plainly{}},
		Media: w.media, Now: w.clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	for _, f := range w.change {
		f(&o)
	}
	w.Exchange = exchange.New(o)
	if err := errors.Join(w.Load(w.t.Context()), w.Start(w.t.Context())); err != nil {
		w.t.Fatal(err)
	}
}

// stop ends the exchange as SIGTERM does and closes the store.
func (w *world) stop() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := errors.Join(w.Stop(ctx), w.disk.Close()); err != nil {
		w.t.Error(err)
	}
	w.Exchange = nil
}

// restart is a stop and a start.
func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

// crash ends the exchange as kill -9 does: nothing reaches the disk any more,
// and what the carriers had is not answered. Then it starts again.
func (w *world) crash() {
	w.t.Helper()
	w.disk.fail(errors.New("the process is gone"))
	w.main.silence()
	w.spare.silence()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	w.Stop(ended) // its error is the point of it
	if err := w.disk.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.start()
}

// apply changes what is configured.
func (w *world) apply(yaml string) {
	w.t.Helper()
	f, err := state.Parse("state.yaml", []byte(yaml))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Apply(w.t.Context(), f, false); err != nil {
		w.t.Fatal(err)
	}
}

// advance lets time pass.
func (w *world) advance(d time.Duration) {
	w.clock.advance(d)
	w.WakeUp()
}

// text is a request of acme's to send a text from the desk.
func text(words string, to ...string) wirechief.SendRequest {
	if len(to) == 0 {
		to = []string{handset}
	}
	return wirechief.SendRequest{Tenant: "acme", Dialect: wirechief.DialectBulkVS, From: desk, To: to, Text: words}
}

// accept sends what must be accepted and gives the ids of the messages.
func (w *world) accept(r wirechief.SendRequest) []int64 {
	w.t.Helper()
	res, err := w.Send(w.t.Context(), r)
	if err != nil {
		w.t.Fatalf("Send: %v", err)
	}
	var ids []int64
	for _, to := range res.Recipients {
		ids = append(ids, to.Message)
	}
	return ids
}

// send sends one text and gives the id of its message.
func (w *world) send(words string) int64 {
	w.t.Helper()
	return w.accept(text(words))[0]
}

// settle waits until both lanes have nothing to do.
func (w *world) settle() {
	w.t.Helper()
	for _, name := range []string{"main", "spare"} {
		if err := w.Settled(w.t.Context(), name); err != nil {
			w.t.Fatal(err)
		}
	}
}

// message reads a message as it stands on disk.
func (w *world) message(id int64) *wirechief.Message {
	w.t.Helper()
	m, _, err := w.Message(w.t.Context(), operator, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// history is a message's timeline as one line: "accepted routed submitted".
func history(m *wirechief.Message) string {
	words := make([]string, len(m.Events))
	for i, e := range m.Events {
		words[i] = string(e.Type)
	}
	return strings.Join(words, " ")
}

// becomes waits until a message has a status.
func (w *world) becomes(id int64, want wirechief.Status) *wirechief.Message {
	w.t.Helper()
	var m *wirechief.Message
	w.eventually("the message to be "+string(want), func() bool {
		m = w.message(id)
		return m.Status == want
	})
	return m
}

// expect fails unless the message has the status and the history.
func (w *world) expect(id int64, status wirechief.Status, events string) *wirechief.Message {
	w.t.Helper()
	m := w.message(id)
	if got := history(m); m.Status != status || got != events {
		w.t.Fatalf("message %d is %s: %s\nwant %s: %s", id, m.Status, got, status, events)
	}
	return m
}

// eventually looks again after each commit until it is as it should be.
func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-w.disk.commits:
		case <-tick.C:
		case <-deadline.C:
			w.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// told fails unless the customer is told just this about a message. What a lane
// causes reaches the engine a moment after it is on disk.
func (w *world) told(id int64, want ...string) {
	w.t.Helper()
	w.eventually("the customer to be told", func() bool { return len(w.engine.about(id)) >= len(want) })
	if got := w.engine.about(id); !slices.Equal(got, want) {
		w.t.Errorf("told %q, want %q", got, want)
	}
}

// toldOnce fails unless the customer is told one thing about a message.
func (w *world) toldOnce(id int64) {
	w.t.Helper()
	w.eventually("the customer to be told", func() bool { return len(w.engine.about(id)) > 0 })
	if got := w.engine.about(id); len(got) != 1 {
		w.t.Errorf("told %q", got)
	}
}

// receipt brings a receipt for a carrier's id, which must be taken.
func (w *world) receipt(id string, s wirechief.ReceiptState) {
	w.t.Helper()
	if err := w.Receipt(w.t.Context(), wirechief.Receipt{Carrier: "main", ID: id, State: s, Code: "000"}); err != nil {
		w.t.Fatalf("Receipt: %v", err)
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

// clock stands still unless it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}
