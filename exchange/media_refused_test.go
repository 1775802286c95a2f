package exchange_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// picky refuses to record what becomes of messages, some times, and takes
// everything else.
type picky struct {
	wirechief.Store
	left *atomic.Int32
	kind wirechief.Kind
	seen chan struct{}
}

func (p picky) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	n := len(commands) - 1
	if n < 0 || p.left.Load() == 0 {
		return p.Store.Apply(ctx, commands...)
	}
	if _, is := commands[n].(wirechief.Record); !is {
		return p.Store.Apply(ctx, commands...)
	}
	p.left.Add(-1)
	results, err := p.Store.Apply(ctx, commands[:n]...)
	p.seen <- struct{}{}
	return append(results, wirechief.Result{Err: wirechief.Errorf(p.kind, "not this one")}), err
}

// What follows from a picture message is planned once, though the message itself
// is refused by the store some times; and one that was removed is let go.
func TestARefusedPictureMessage(t *testing.T) {
	for kind, times := range map[wirechief.Kind]int32{wirechief.Internal: 3, wirechief.NotFound: 1} {
		t.Run(kind.String(), func(t *testing.T) {
			p := picky{left: new(atomic.Int32), kind: kind, seen: make(chan struct{}, 10)}
			w := newWorld(t, func(o *exchange.Options) {
				p.Store = o.Store
				o.Store = p
			})
			w.configure(wirechief.NumberPatch{
				Forwards:  wirechief.Set([]wirechief.Forward{{Type: wirechief.KindEmail, Destination: "on@b.test", Enabled: true}}),
				AgentsOff: wirechief.Set(wirechief.Reply{Enabled: true, Message: "closed"}),
			})
			p.left.Store(times)
			if err := w.Inbound(t.Context(), wirechief.Inbound{
				Carrier: "main", From: handset, To: desk, Text: "look", Media: []wirechief.MediaSource{{URL: "one"}},
			}); err != nil {
				t.Fatal(err)
			}
			for range times {
				<-p.seen
				w.eventually("the next try", func() bool {
					w.advance(time.Second)
					return p.left.Load() == 0 || len(p.seen) > 0
				})
			}
			m := w.last()
			if kind == wirechief.Internal {
				w.eventually("the picture", func() bool {
					w.advance(time.Second)
					return w.message(m.ID).Queue.Lane == ""
				})
				if m = w.message(m.ID); len(m.Media) == 0 || m.Media[0].Token == "" || history(m) != "received replied" {
					t.Errorf("%+v: %s", m.Media, history(m))
				}
			}
			if mails, texts := w.plannedOf(m.ID, wirechief.KindEmail), w.plannedOf(m.ID, wirechief.KindSMS); len(mails) != 1 || len(texts) != 1 {
				t.Errorf("%d mails and %d replies", len(mails), len(texts))
			}
			entries, err := w.disk.Entries(t.Context(), wirechief.ConversationKey{Shard: m.Shard, ID: m.Conversation}, 0, 10)
			if err != nil || len(entries) != 1 {
				t.Errorf("%+v %v", entries, err)
			}
			if got := w.media.asked(); len(got) != 1 {
				t.Errorf("it was fetched %d times", len(got))
			}
		})
	}
}
