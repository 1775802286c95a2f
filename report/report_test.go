package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

// nine is when everything begins.
var nine = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// house is a real store that is watched by a collector.
type house struct {
	t     *testing.T
	store wirechief.Store
	c     *Collector
	id    int64
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s, err := sqlite.Open(t.Context(), fresh.Dir(t, t.TempDir()), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c := New(Options{Store: s, Now: func() time.Time { return nine.Add(time.Hour) }})
	return &house{t: t, store: feed.Watch(s, feed.New(feed.Options{}), c.Tap), c: c, id: 1000}
}

func (h *house) apply(commands ...wirechief.Command) []wirechief.Result {
	h.t.Helper()
	results, err := h.store.Apply(h.t.Context(), commands...)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			h.t.Fatal(r.Err)
		}
	}
	return results
}

// message puts one in, after a while.
func (h *house) message(after time.Duration, d wirechief.Direction, first wirechief.EventType) wirechief.MessageKey {
	h.t.Helper()
	h.id++
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf("acme"), ID: h.id}, Tenant: "acme", Direction: d,
		From: "+13109060901", To: "+14155551212", CreatedAt: nine.Add(after),
	}
	m.Record(wirechief.Event{At: m.CreatedAt, Type: first})
	h.apply(wirechief.Accept{Messages: []*wirechief.Message{m}})
	return m.MessageKey
}

func (h *house) submitted(key wirechief.MessageKey, after time.Duration, id string) {
	h.t.Helper()
	h.record(key, after, wirechief.EventSubmitted, wirechief.Detail{Carrier: "sim", CarrierIDs: []string{id}})
}

func (h *house) record(key wirechief.MessageKey, after time.Duration, e wirechief.EventType, d wirechief.Detail) {
	h.t.Helper()
	h.apply(wirechief.Record{Key: key, Events: []wirechief.Event{{At: nine.Add(after), Type: e, Detail: d}}})
}

func (h *house) receipt(after time.Duration, id string, state wirechief.ReceiptState) {
	h.t.Helper()
	h.apply(wirechief.Correlate{Receipt: wirechief.Receipt{Carrier: "sim", ID: id, State: state, At: nine.Add(after)}})
}

// report gives the series of half an hour in steps of ten minutes, as text,
// and the summaries.
func (h *house) report() (lines, summaries string) {
	h.t.Helper()
	r, err := h.c.Report(h.t.Context(), Query{Tenant: "acme", From: nine, To: nine.Add(30 * time.Minute), Step: 10 * time.Minute})
	if err != nil {
		h.t.Fatal(err)
	}
	if len(r.Times) != 3 || !r.Times[2].Equal(nine.Add(20*time.Minute)) {
		h.t.Errorf("the steps are %v", r.Times)
	}
	for _, c := range r.Charts {
		summaries += c.Summary + "\n"
		for _, s := range c.Series {
			values := make([]string, len(s.Values))
			for i, v := range s.Values {
				values[i] = fmt.Sprintf("%.4g", v)
			}
			lines += c.Name + " " + s.Name + " " + strings.Join(values, " ") + s.Unit + "\n"
		}
	}
	return lines, summaries
}

func (h *house) mustReport(lines, summaries string) {
	h.t.Helper()
	gotLines, gotSummaries := h.report()
	if d := cmp.Diff(strings.TrimLeft(lines, "\n"), gotLines); d != "" {
		h.t.Error("series, -want +got:\n" + d)
	}
	if d := cmp.Diff(strings.TrimLeft(summaries, "\n"), gotSummaries); d != "" {
		h.t.Error("summaries, -want +got:\n" + d)
	}
}

func TestNothing(t *testing.T) {
	newHouse(t).mustReport(`
messages in 0 0 0/min
messages out 0 0 0/min
delivery rate NaN NaN NaN%
receipt median NaN NaN NaNs
webhooks success NaN NaN NaN%
webhooks p95 NaN NaN NaNms
calls peak 0 0 0
`, `
No messages.
No message has ended.
No receipts that can be timed.
No webhook was called.
No calls.
`)
}

func TestMessages(t *testing.T) {
	h := newHouse(t)
	h.message(time.Minute, wirechief.Inward, wirechief.EventReceived)
	h.message(2*time.Minute, wirechief.Outward, wirechief.EventSuppressed)
	one := h.message(3*time.Minute, wirechief.Outward, wirechief.EventAccepted)
	two := h.message(4*time.Minute, wirechief.Outward, wirechief.EventScheduled)
	three := h.message(12*time.Minute, wirechief.Outward, wirechief.EventAccepted)
	four := h.message(12*time.Minute, wirechief.Outward, wirechief.EventAccepted)
	five := h.message(12*time.Minute, wirechief.Outward, wirechief.EventAccepted)
	h.submitted(one, 3*time.Minute, "a")
	h.receipt(3*time.Minute+1500*time.Millisecond, "a", wirechief.ReceiptDelivered)
	h.receipt(5*time.Minute, "a", wirechief.ReceiptDelivered) // said twice
	h.receipt(4*time.Minute, "b", wirechief.ReceiptDelivered) // before its submission is known
	h.submitted(two, 4*time.Minute+time.Second, "b")
	h.submitted(three, 13*time.Minute, "c")
	h.receipt(14*time.Minute, "c", wirechief.ReceiptEnroute)
	h.receipt(14*time.Minute, "c", wirechief.ReceiptUndeliverable)
	h.record(four, 21*time.Minute, wirechief.EventExpired, wirechief.Detail{})
	h.record(five, 21*time.Minute, wirechief.EventCanceled, wirechief.Detail{})
	h.mustReport(`
messages in 0.1 0 0/min
messages out 0.2 0.3 0/min
delivery rate 100 0 0%
receipt median 0.001 NaN NaNs
webhooks success NaN NaN NaN%
webhooks p95 NaN NaN NaNms
calls peak 0 0 0
`, `
1 message in, 5 out; 1 was refused by a rule.
50 % of 4 messages arrived: 2 delivered, 2 failed.
Half of the receipts came within 1 ms, nine of ten within 1.8 s.
No webhook was called.
No calls.
`)
	// A message that is in no memory any more counts, and has no time.
	h.c.pending = pending{most: pendingMost}
	six := h.message(22*time.Minute, wirechief.Outward, wirechief.EventAccepted)
	h.submitted(six, 22*time.Minute, "f")
	h.c.pending = pending{most: pendingMost}
	h.receipt(23*time.Minute, "f", wirechief.ReceiptDelivered)
	if lines, _ := h.report(); !strings.Contains(lines, "delivery rate 100 0 50%") || !strings.Contains(lines, "receipt median 0.001 NaN NaNs") {
		t.Error(lines)
	}
}

func TestWebhooks(t *testing.T) {
	h := newHouse(t)
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: wirechief.ShardOf("acme"), ID: 1}, Tenant: "acme", Kind: wirechief.KindWebhook,
		Destination: "https://hooks.test/", Status: wirechief.DeliveryPending, CreatedAt: nine,
	}
	h.apply(wirechief.Accept{Deliveries: []*wirechief.Delivery{d}})
	try := func(status wirechief.DeliveryStatus, class string, took float64, d *wirechief.Delivery) {
		h.apply(wirechief.Attempted{
			Key: wirechief.DeliveryKey{Shard: wirechief.ShardOf("acme"), ID: 1}, Delivery: d, Status: status,
			Attempt: &wirechief.Attempt{At: nine.Add(time.Minute), Class: class, DurationMS: took},
		})
	}
	for range 18 {
		try(wirechief.DeliveryDelivered, "2xx", 15, d)
	}
	try(wirechief.DeliveryPending, "5xx", 150, d)
	try(wirechief.DeliveryExhausted, "timeout", 15_000, d)
	try(wirechief.DeliveryPending, string(wirechief.ReasonShutdown), 3, d)
	mail := *d
	mail.Kind = wirechief.KindEmail
	try(wirechief.DeliveryDelivered, "2xx", 15, &mail)
	h.apply(wirechief.Attempted{Key: d.DeliveryKey, Delivery: d, Status: wirechief.DeliveryPaused})
	h.mustReport(`
messages in 0 0 0/min
messages out 0 0 0/min
delivery rate NaN NaN NaN%
receipt median NaN NaN NaNs
webhooks success 90 NaN NaN%
webhooks p95 200 NaN NaNms
calls peak 0 0 0
`, `
No messages.
No message has ended.
No receipts that can be timed.
90 % of 20 calls succeeded; nineteen of twenty took 200 ms at most.
No calls.
`)
}

func TestCalls(t *testing.T) {
	h := newHouse(t)
	h.apply(wirechief.AddTallies{Tallies: []wirechief.Tally{
		{Tenant: "acme", Minute: nine, Metric: wirechief.MetricCalls, Sum: 90, Peak: 3},
		{Tenant: "acme", Minute: nine.Add(time.Minute), Metric: wirechief.MetricCalls, Sum: 90, Peak: 2},
	}})
	lines, summaries := h.report()
	if !strings.Contains(lines, "calls peak 3 0 0\n") || !strings.HasSuffix(summaries, "At most 3 calls at once.\n") {
		t.Error(lines, summaries)
	}
}
