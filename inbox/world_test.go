package inbox_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ours  = "+13105550100"
	ours2 = "+13105550101"
	peer  = "+14155550111"
	peer2 = "+14155550112"
)

var (
	ann     = wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Ann", Agent: 11, Role: wirechief.RoleAgent}
	owner   = wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Olga", Agent: 12, Role: wirechief.RoleOwner}
	viewer  = wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Vic", Agent: 13, Role: wirechief.RoleViewer}
	program = wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectOwn, Name: "key 1"}
	mallory = wirechief.Principal{Tenant: "evil", Dialect: wirechief.DialectConsole, Name: "Mallory", Agent: 66, Role: wirechief.RoleOwner}
)

// world is a desk over a real store, with an exchange that keeps what it is asked to send.
type world struct {
	t     *testing.T
	store *sqlite.Store
	ids   *ident.Source
	desk  *inbox.Desk

	mu      sync.Mutex
	now     time.Time
	sent    []wirechief.SendRequest
	refuse  wirechief.SendRecipient // what becomes of the recipient
	fail    error
	optOuts map[string]wirechief.OptOut // by handset
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), optOuts: make(map[string]wirechief.OptOut)}
	var err error
	if w.store, err = sqlite.Open(t.Context(), fresh.Dir(t, t.TempDir()), sqlite.Options{Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.ids = ident.New(w.clock, 0)
	w.desk = w.open()
	return w
}

// open makes a desk, as a restart does.
func (w *world) open() *inbox.Desk {
	w.t.Helper()
	d := inbox.New(inbox.Options{
		Store: w.store, Sender: w, People: people{}, Numbers: numbers{}, Ledger: ledger(w.optOuts), IDs: w.ids, Now: w.clock,
	})
	if err := d.Load(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Send stands in for the exchange: it keeps the message.
func (w *world) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	w.mu.Lock()
	w.sent = append(w.sent, r)
	refuse, fail := w.refuse, w.fail
	w.mu.Unlock()
	if fail != nil {
		return wirechief.SendResult{}, fail
	}
	event := wirechief.EventAccepted
	if refuse.Refusal != "" {
		event = wirechief.EventSuppressed
	}
	m := w.message(r.Tenant, wirechief.Outward, r.From, r.To[0], r.Text, event)
	if _, err := w.store.Apply(ctx, wirechief.Accept{Messages: []*wirechief.Message{m}}); err != nil {
		return wirechief.SendResult{}, err
	}
	refuse.To, refuse.Message = r.To[0], m.ID
	return wirechief.SendResult{From: r.From, Recipients: []wirechief.SendRecipient{refuse}}, nil
}

func (w *world) message(tenant string, way wirechief.Direction, from, to, text string, event wirechief.EventType) *wirechief.Message {
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf(tenant), ID: w.ids.Next()},
		Tenant:     tenant, Direction: way, From: from, To: to, Text: text, Encoding: "GSM-7", Segments: 1, CreatedAt: w.clock(),
	}
	m.Record(wirechief.Event{At: m.CreatedAt, Type: event})
	return m
}

// arrives keeps an inbound text and gives its conversation and its id.
func (w *world) arrives(tenant, from, to, text string) (conversation, id int64) {
	w.t.Helper()
	m := w.message(tenant, wirechief.Inward, from, to, text, wirechief.EventReceived)
	w.do(wirechief.Accept{Messages: []*wirechief.Message{m}})
	return m.Conversation, m.ID
}

func (w *world) do(commands ...wirechief.Command) {
	w.t.Helper()
	results, err := w.store.Apply(w.t.Context(), commands...)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			w.t.Fatal(r.Err)
		}
	}
}

// ledger has opt-outs by handset.
type ledger map[string]wirechief.OptOut

func (l ledger) OptedOut(_, _, handset string) (wirechief.OptOut, bool) {
	o, ok := l[handset]
	return o, ok
}

type people struct{}

func (people) Get(_ context.Context, tenant, key string) (wirechief.Agent, error) {
	for _, a := range []wirechief.Agent{
		{ID: 11, Name: "Ann", Role: "agent"}, {ID: 12, Name: "Olga", Role: "owner"}, {ID: 13, Name: "Vic", Role: "viewer"},
	} {
		if tenant == "acme" && strconv.FormatInt(a.ID, 10) == key {
			return a, nil
		}
	}
	return wirechief.Agent{}, wirechief.Errorf(wirechief.NotFound, "there is no such agent")
}

type numbers struct{}

func (numbers) NumberAnyState(_ context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if p.Tenant == "acme" && (number == ours || number == ours2) {
		n := wirechief.Number{Number: number, Tenant: "acme", Country: "US", State: wirechief.NumberInService}
		if number == ours {
			n.Name = "Front desk"
		}
		return n, nil
	}
	return wirechief.Number{}, wirechief.Errorf(wirechief.NotFound, "not yours")
}

// wants fails the test unless the error is of the kind and rule and names the field.
func wants(t *testing.T, what string, err error, kind wirechief.Kind, rule wirechief.Rule, field string) {
	t.Helper()
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok {
		t.Errorf("%s: got %v, want an error of kind %s", what, err, kind)
		return
	}
	if e.Kind != kind || e.Rule != rule || e.Field != field || e.Message == "" {
		t.Errorf("%s: got kind %s, rule %q, field %q, message %q; want %s, %q, %q", what, e.Kind, e.Rule, e.Field, e.Message, kind, rule, field)
	}
}

func ok[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
