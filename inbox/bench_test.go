package inbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/store/sqlite"
)

// BenchmarkInbox measures what pages ask for, in an inbox of 100,000 messages in
// 10,000 conversations, and reports the 99th percentile beside the mean.
func BenchmarkInbox(b *testing.B) {
	ctx := b.Context()
	store, err := sqlite.Open(ctx, b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	ids := ident.New(time.Now, 0)
	d := inbox.New(inbox.Options{Store: store, People: people{}, Numbers: numbers{}, IDs: ids})
	if err := d.Load(ctx); err != nil {
		b.Fatal(err)
	}
	shard := wirechief.ShardOf("acme")
	var conversations []int64
	for round := range 10 {
		for from := 0; from < 10_000; from += 1000 {
			commands := make([]wirechief.Command, 0, 2000)
			messages := make([]*wirechief.Message, 0, 1000)
			for i := from; i < from+1000; i++ {
				m := &wirechief.Message{
					MessageKey: wirechief.MessageKey{Shard: shard, ID: ids.Next()}, Tenant: "acme", Direction: wirechief.Inward,
					From: fmt.Sprintf("+1415%07d", 2000000+i), To: ours, Text: fmt.Sprintf("message %d about the meeting on day %d", i, round),
					Encoding: "GSM-7", Segments: 1, CreatedAt: time.Now(),
				}
				m.Record(wirechief.Event{At: m.CreatedAt, Type: wirechief.EventReceived})
				commands = append(commands, wirechief.Accept{Messages: []*wirechief.Message{m}})
				messages = append(messages, m)
				if round == 0 && i%2 == 0 {
					commands = append(commands, wirechief.PutContact{Contact: &wirechief.Contact{
						ID: ids.Next(), Tenant: "acme", Name: fmt.Sprint("Contact ", i), Phones: []string{m.From},
					}})
				}
			}
			if _, err := store.Apply(ctx, commands...); err != nil {
				b.Fatal(err)
			}
			if round == 0 {
				for _, m := range messages {
					conversations = append(conversations, m.Conversation)
				}
			}
		}
	}
	measure := func(name string, do func(i int) error) {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				begin := time.Now()
				if err := do(i); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
		})
	}
	measure("page", func(i int) error {
		list, err := d.Conversations(ctx, ann, inbox.Filter{Limit: 50})
		if err == nil && len(list) != 50 {
			return fmt.Errorf("%d conversations", len(list))
		}
		return err
	})
	measure("unassigned of one number, unread", func(i int) error {
		_, err := d.Conversations(ctx, ann, inbox.Filter{View: inbox.ViewUnassigned, Number: ours, Unread: true})
		return err
	})
	measure("mine, of which there are none", func(i int) error {
		_, err := d.Conversations(ctx, ann, inbox.Filter{View: inbox.ViewMine})
		return err
	})
	measure("thread", func(i int) error {
		id := conversations[i*7919%len(conversations)]
		if _, err := d.Conversation(ctx, ann, id); err != nil {
			return err
		}
		_, err := d.Thread(ctx, ann, id, 0, 50)
		return err
	})
	measure("unread counts", func(i int) error { _, err := d.UnreadIn(ctx, ann); return err })
	measure("contacts", func(i int) error {
		_, err := d.Contacts(ctx, ann, wirechief.ContactFilter{Query: "contact 99"})
		return err
	})
	measure("search", func(i int) error {
		_, err := d.Search(ctx, ann, wirechief.TextSearch{Query: "meet day 7"})
		return err
	})
	measure("blocked", func(i int) error { d.Blocked("acme", peer); return nil })
}
