package exchange_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// chained lets desk tell a URL of texts, and others after it fails.
func (w *world) chained(fallback ...wirechief.Forward) {
	w.t.Helper()
	for i := range fallback {
		fallback[i].Enabled = true
	}
	w.configure(wirechief.NumberPatch{
		PutForwards: []wirechief.Forward{{Type: wirechief.KindHTTP, Destination: "http://a.test/1?token=s3cretvalue", Enabled: true}},
		Fallback:    wirechief.Set(fallback),
	})
}

// suppressions counts the events that say that a destination was passed over.
func suppressions(m *wirechief.Message) (n int) {
	for i := range m.Events {
		if m.Events[i].Type == wirechief.EventSuppressed {
			n++
		}
	}
	return n
}

// A destination of the chain that cannot be told is noted once, also over a
// restart, and the one behind it has its turn at once.
func TestTheChainGoesPastARefusal(t *testing.T) {
	for name, tt := range map[string]struct {
		fallback []wirechief.Forward
		want     string
	}{
		"with another behind it": {
			[]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other}, {Type: wirechief.KindEmail, Destination: "on@b.test"}}, "2 email on@b.test",
		},
		"at the end": {[]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shapes)
			w.chained(tt.fallback...)
			if err := w.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello", Hops: exchange.MaxHops}); err != nil {
				t.Fatal(err)
			}
			m := w.last()
			d := w.plannedOf(m.ID, wirechief.KindHTTP)[0]
			for i := 3; i <= 11; i++ {
				w.fails(d, i, wirechief.DeliveryPending, 500)
				if i%4 == 0 {
					w.restart()
				}
				if got := w.chainOf(m.ID); got != tt.want {
					t.Fatalf("after %d tries %q, want %q", i, got, tt.want)
				}
			}
			w.fails(d, 12, wirechief.DeliveryExhausted, 500)
			if m = w.message(m.ID); suppressions(m) != 1 {
				t.Errorf("%s", history(m))
			}
			entries, err := w.disk.Entries(t.Context(), wirechief.ConversationKey{Shard: m.Shard, ID: m.Conversation}, 0, 10)
			if err != nil || len(entries) != 1 || !strings.Contains(entries[0].Text, "http://a.test/1 failed 12 times") {
				t.Errorf("%+v %v", entries, err)
			}
			for i := range m.Events {
				if strings.Contains(m.Events[i].Detail.Because, "s3cret") {
					t.Errorf("a secret is in %+v", m.Events[i])
				}
			}
		})
	}
}

// blind cannot read messages while it is on.
type blind struct {
	wirechief.Store
	on *atomic.Bool
}

func (b blind) Message(ctx context.Context, k wirechief.MessageKey) (*wirechief.Message, error) {
	if b.on.Load() {
		return nil, errors.New("busy")
	}
	return b.Store.Message(ctx, k)
}

func (b blind) Deliveries(ctx context.Context, f wirechief.DeliveryFilter) ([]*wirechief.Delivery, error) {
	if b.on.Load() {
		return nil, errors.New("busy")
	}
	return b.Store.Deliveries(ctx, f)
}

// When what a failure is about cannot be read, the outcome has to wait: nobody
// would ask about it later.
func TestFollowSaysWhenItCannotRead(t *testing.T) {
	var on atomic.Bool
	w := newWorld(t, shapes, func(o *exchange.Options) { o.Store = blind{o.Store, &on} })
	w.chained(wirechief.Forward{Type: wirechief.KindEmail, Destination: "on@b.test"})
	w.inbound(handset, "hello")
	m := w.last()
	d := w.plannedOf(m.ID, wirechief.KindHTTP)[0]
	on.Store(true)
	came := wirechief.Attempted{Key: d.DeliveryKey, Status: wirechief.DeliveryExhausted, Tries: 1, Attempt: &wirechief.Attempt{N: 1, StatusCode: 404}}
	if commands, err := w.Follow(t.Context(), d, came); err == nil {
		t.Errorf("nothing is said to follow: %+v", commands)
	}
	on.Store(false)
	w.fails(d, 1, wirechief.DeliveryExhausted, 404)
	if got := w.chainOf(m.ID); got != "1 email on@b.test" {
		t.Errorf("planned %q", got)
	}
}

// A destination that answers that it is gone has its fallback told of every text
// that waited for it then, also when we are started anew in between, and at once
// of each that comes after; one that a person paused has not.
func TestTheFallbackOfWhatIsGone(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newWorld(t, shapes)
		w.chained(wirechief.Forward{Type: wirechief.KindHTTP, Destination: "http://b.test/"}, wirechief.Forward{Type: wirechief.KindEmail, Destination: "on@b.test"})
		const first, both = "1 http http://b.test/", "1 http http://b.test/, 2 email on@b.test"
		lane := wirechief.Lane{Tenant: "acme", Kind: wirechief.KindHTTP, Destination: "http://a.test/1?token=s3cretvalue"}
		if err := w.PauseDestination(t.Context(), acme, lane, true); err != nil {
			t.Fatal(err)
		}
		w.inbound(handset, "paused")
		waiting := w.last().ID
		if err := w.PauseDestination(t.Context(), acme, lane, false); err != nil {
			t.Fatal(err)
		}
		w.inbound(handset, "pending")
		pending := w.last().ID
		if got := w.chainOf(waiting) + w.chainOf(pending); got != "" {
			t.Fatalf("too early: %s", got)
		}
		if err := w.DestinationGone(t.Context(), lane); err != nil {
			t.Fatal(err)
		}
		if restart {
			w.restart()
		}
		for _, id := range []int64{waiting, pending} {
			w.eventually("the fallback", func() bool { return w.chainOf(id) == first })
		}
		w.inbound(handset, "afterwards")
		m := w.last()
		if got := w.chainOf(m.ID); got != first || history(m) != "received forwarded" || !strings.Contains(m.Events[1].Detail.Because, "http://a.test/1 is gone") {
			t.Errorf("%q, %s", got, history(m))
		}
		// What is gone itself is planned for when it comes back, and passed over.
		if err := w.DestinationGone(t.Context(), wirechief.Lane{Tenant: "acme", Kind: wirechief.KindHTTP, Destination: "http://b.test/"}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{waiting, pending, m.ID} {
			w.eventually("the second of the chain", func() bool { return w.chainOf(id) == both })
		}
		w.inbound(handset, "at last")
		if got := w.chainOf(w.last().ID); got != both {
			t.Errorf("%q", got)
		}
		// It is resumed: then it is one like the others.
		if err := w.PauseDestination(t.Context(), acme, lane, false); err != nil {
			t.Fatal(err)
		}
		w.inbound(handset, "resumed")
		if got := w.chainOf(w.last().ID); got != "" {
			t.Errorf("resumed, and %q is told", got)
		}
	}
}
