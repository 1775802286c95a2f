package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/sms"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
)

// fails asks what follows from a failed try, and puts it on disk.
func (w *world) fails(d *wirechief.Delivery, tries int, status wirechief.DeliveryStatus, code int) []wirechief.Command {
	w.t.Helper()
	came := wirechief.Attempted{Key: d.DeliveryKey, Status: status, Tries: tries, Attempt: &wirechief.Attempt{N: tries, StatusCode: code}}
	commands, err := w.Follow(w.t.Context(), d, came)
	if err != nil {
		w.t.Fatal(err)
	}
	results, err := w.disk.Apply(w.t.Context(), append([]wirechief.Command{came}, commands...)...)
	for i := range results {
		err = errors.Join(err, results[i].Err)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return commands
}

// chainOf gives the places of the chain that were planned of a message, as
// "1 http http://… 2 sms …".
func (w *world) chainOf(message int64) string {
	w.t.Helper()
	var out []string
	for _, d := range w.deliveries(message) {
		if d.Fallback > 0 {
			out = append(out, fmt.Sprint(d.Fallback, " ", d.Kind, " ", d.Destination))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// The chain goes on when the destination before has failed often enough or for
// good, once a text however many destinations fail, and only for texts that came in.
func TestTheFallbackChain(t *testing.T) {
	w := newWorld(t, shapes)
	w.configure(wirechief.NumberPatch{
		PutForwards: []wirechief.Forward{{Type: wirechief.KindHTTP, Destination: "http://a.test/1", Enabled: true}, {Type: wirechief.KindEmail, Destination: "a@a.test", Enabled: true}},
		Fallback: wirechief.Set([]wirechief.Forward{
			{Type: wirechief.KindHTTP, Destination: "http://b.test/", Enabled: true},
			{Type: wirechief.KindEmail, Destination: "off@b.test"},
			{Type: wirechief.KindSMS, Destination: other, Enabled: true, Prefix: "! "},
		}),
	})
	arrive := func() (m *wirechief.Message, hook, http, mail *wirechief.Delivery) {
		w.inbound(handset, "hello")
		m = w.last()
		return m, w.plannedOf(m.ID, wirechief.KindWebhook)[0], w.plannedOf(m.ID, wirechief.KindHTTP)[0], w.plannedOf(m.ID, wirechief.KindEmail)[0]
	}
	const first, second = "1 http http://b.test/", "1 http http://b.test/, 3 sms " + other
	m, hook, http, mail := arrive()
	w.fails(hook, 1, wirechief.DeliveryPending, 500)
	w.fails(hook, 2, wirechief.DeliveryPending, 500)
	w.fails(mail, 3, wirechief.DeliveryExhausted, 550) // no HTTP: noted, and no more
	if got := w.chainOf(m.ID); got != "" {
		t.Fatalf("too early: %s", got)
	}
	w.fails(hook, 3, wirechief.DeliveryPending, 500)
	w.fails(http, 3, wirechief.DeliveryPending, 500) // has its turn already
	w.restart()
	w.fails(hook, 4, wirechief.DeliveryPending, 500)
	w.fails(http, 12, wirechief.DeliveryExhausted, 500)
	if got := w.chainOf(m.ID); got != first {
		t.Fatalf("planned %q, want %q", got, first)
	}
	next := w.plannedOf(m.ID, wirechief.KindHTTP)[1]
	if string(next.Body) != string(hook.Body) && next.Profile != wirechief.DialectBulkVS {
		t.Errorf("it has another shape: %s %s", next.Profile, next.Body)
	}
	w.fails(next, 1, wirechief.DeliveryPaused, 410) // gone for good
	if got := w.chainOf(m.ID); got != second {
		t.Fatalf("planned %q, want %q", got, second)
	}
	text := w.plannedOf(m.ID, wirechief.KindSMS)[0]
	if b := body[forward.Text](t, text); b.Text != "! hello" || b.Hops != 1 {
		t.Errorf("%+v", b)
	}
	w.fails(text, 1, wirechief.DeliveryExhausted, 0)
	if got := w.chainOf(m.ID); got != second {
		t.Errorf("beyond its end: %s", got)
	}
	m = w.message(m.ID)
	if got := history(m); got != "received forwarded forwarded" || m.Events[1].Detail.Because == "" || m.Events[2].Detail.Delivery != text.ID {
		t.Errorf("%s %+v", got, m.Events)
	}
	entries, err := w.disk.Entries(t.Context(), wirechief.ConversationKey{Shard: m.Shard, ID: m.Conversation}, 0, 10)
	if err != nil || len(entries) != 3 || entries[0].Kind != wirechief.EntryForwardFailed || !strings.Contains(entries[1].Text, "http to http://a.test/1 failed 12 times: it answered 500") {
		t.Errorf("%+v %v", entries, err)
	}
	// What a person pauses waits; what is exhausted at once goes on at once.
	m, hook, _, _ = arrive()
	w.fails(hook, 1, wirechief.DeliveryPaused, 500)
	if got := w.chainOf(m.ID); got != "" {
		t.Errorf("paused: %s", got)
	}
	w.fails(hook, 1, wirechief.DeliveryExhausted, 500)
	if got := w.chainOf(m.ID); got != first {
		t.Errorf("exhausted: %s", got)
	}
	// Receipts have no chain, nor has what was delivered.
	r := w.submit("out", "c1")
	w.receipt("c1", wirechief.ReceiptDelivered)
	if commands := w.fails(w.deliveries(r)[0], 3, wirechief.DeliveryPending, 500); len(commands) > 0 {
		t.Errorf("%+v", commands)
	}
}

// joint is an exchange and a delivery engine over one store, as the program has
// them.
type joint struct {
	*exchange.Exchange
	t      *testing.T
	dir    string
	disk   *disk
	engine *delivery.Engine
	link   *wire
}

func (j *joint) start() {
	j.t.Helper()
	db, err := sqlite.Open(context.Background(), j.dir, sqlite.Options{})
	if err != nil {
		j.t.Fatal(err)
	}
	last, err := db.LastID(context.Background())
	if err != nil {
		j.t.Fatal(err)
	}
	guard, err := egress.New(egress.Options{Allow: []string{"127.0.0.1/32"}})
	if err != nil {
		j.t.Fatal(err)
	}
	j.disk = &disk{Store: db, commits: make(chan struct{}, 1)}
	j.link = newWire("main", carrier.SMS|carrier.Inbound)
	j.link.answers(taken)
	web := delivery.NewHTTP(guard, "test", nil)
	j.engine = delivery.New(delivery.Options{
		Store: j.disk, Schedule: []time.Duration{0, 5 * time.Millisecond, 5 * time.Millisecond, 5 * time.Millisecond}, Timeout: 5 * time.Second,
		Senders: map[wirechief.DeliveryKind]delivery.Sender{wirechief.KindHTTP: web, wirechief.KindSMS: sms.New(lazily{j}, nil)},
		Follow: func(ctx context.Context, d *wirechief.Delivery, came wirechief.Attempted) ([]wirechief.Command, error) {
			return j.Follow(ctx, d, came)
		},
	})
	j.Exchange = exchange.New(exchange.Options{
		Store: j.disk, Carriers: []carrier.Carrier{j.link}, IDs: ident.New(time.Now, last), Deliver: j.engine, Log: slog.New(slog.DiscardHandler),
		Formats: map[string]wirechief.Formatter{wirechief.DialectMessage2Give: plainly{}},
	})
	if err := errors.Join(j.Load(context.Background()), j.engine.Start(context.Background()), j.Exchange.Start(context.Background())); err != nil {
		j.t.Fatal(err)
	}
}

type lazily struct{ j *joint }

func (l lazily) Relay(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	return l.j.Exchange.Relay(ctx, r)
}

func (l lazily) MediaLinks(ctx context.Context, tenant string, tokens []string) []string {
	return l.j.Exchange.MediaLinks(ctx, tenant, tokens)
}

// stop ends everything; after a crash nothing more reaches the disk.
func (j *joint) stop(crash bool) {
	j.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if crash {
		j.disk.fail(errors.New("the process is gone"))
		j.link.silence()
		cancel()
	}
	err := errors.Join(j.Exchange.Stop(ctx), j.engine.Stop(ctx))
	if closed := j.disk.Close(); !crash && err != nil || closed != nil {
		j.t.Error(err, closed)
	}
}

// Over two dead URLs the text reaches the end of the chain exactly once, however
// the program is killed in between.
func TestFallbackThroughCrashes(t *testing.T) {
	for kill := range int64(9) { // at this request
		t.Run(fmt.Sprint("killed at ", kill), func(t *testing.T) {
			var seen atomic.Int64
			killing := make(chan struct{}, 1)
			dead := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if seen.Add(1) == kill {
					ring(killing)
				}
				w.WriteHeader(http.StatusInternalServerError)
			}))
			defer dead.Close()
			j := &joint{t: t, dir: t.TempDir()}
			j.start()
			f, err := state.Parse("state.yaml", []byte(`
tenants:
  - id: acme
    require_campaign: false
    numbers:
      - number: "+13109060901"
        carrier: main
        capabilities: [sms]
        forwards: [{type: http, destination: "`+dead.URL+`/1"}]
        fallback_after: 2
        fallback: [{type: http, destination: "`+dead.URL+`/2"}, {type: sms, destination: "+13105550199"}]
`))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := j.Apply(t.Context(), f, false); err != nil {
				t.Fatal(err)
			}
			if err := j.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello"}); err != nil {
				t.Fatal(err)
			}
			if kill > 0 {
				select {
				case <-killing:
					j.stop(true)
					j.start()
				case <-time.After(20 * time.Second):
					t.Fatal("there were not so many requests")
				}
			}
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			deadline := time.After(20 * time.Second)
			ended := func(list []*wirechief.Delivery) bool {
				return len(list) == 3 && !slices.ContainsFunc(list, func(d *wirechief.Delivery) bool { return d.Status == wirechief.DeliveryPending })
			}
			for {
				list, err := j.disk.Deliveries(t.Context(), wirechief.DeliveryFilter{Tenant: "acme"})
				if err != nil {
					t.Fatal(err)
				}
				if ended(list) {
					break
				}
				select {
				case <-tick.C:
				case <-deadline:
					for _, d := range list {
						t.Errorf("%d %s %s %s after %d", d.Fallback, d.Kind, d.Destination, d.Status, d.Tries)
					}
					t.FailNow()
				}
			}
			out, err := j.disk.Messages(t.Context(), wirechief.MessageFilter{Tenant: "acme", Direction: wirechief.Outward})
			if err != nil || len(out) != 1 || out[0].To != "+13105550199" || out[0].Hops != 1 {
				t.Errorf("%d texts went out: %v", len(out), err)
			}
			j.stop(false)
		})
	}
}
