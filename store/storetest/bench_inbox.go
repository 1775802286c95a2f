package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// How large the inbox of BenchInbox is.
const (
	benchMessages = 100_000
	benchThreads  = 10_000
)

// BenchInbox measures what pages of the console read, with 100,000 messages in
// 10,000 conversations of one tenant. settle, if there is one, waits until all
// that a store does behind its commits is done.
func BenchInbox(b *testing.B, s wirechief.Store, settle func()) {
	b.Helper()
	fillInbox(b, s)
	if settle != nil {
		settle()
	}
	ctx := b.Context()
	peers := make([]string, 50)
	for i := range peers {
		peers[i] = benchPeer(i * 97)
	}
	shard := wirechief.ShardOf(acme)
	inbox := func(f wirechief.ConversationFilter) func(int) (int, error) {
		f.Tenant, f.Limit = acme, 50
		return func(int) (int, error) {
			list, err := s.Conversations(ctx, f)
			return len(list), err
		}
	}
	search := func(f wirechief.TextSearch) func(int) (int, error) {
		f.Tenant, f.Limit = acme, 50
		return func(int) (int, error) {
			list, err := s.SearchTexts(ctx, f)
			return len(list), err
		}
	}
	for _, c := range []struct {
		name string
		want int
		run  func(i int) (int, error)
	}{
		{"inbox/all", 50, inbox(wirechief.ConversationFilter{})},
		{"inbox/open", 50, inbox(wirechief.ConversationFilter{Archived: new(false)})},
		{"inbox/archived", 50, inbox(wirechief.ConversationFilter{Archived: new(true)})},
		{"inbox/unread", 50, inbox(wirechief.ConversationFilter{Unread: true, Archived: new(false)})},
		{"inbox/assignee", 50, inbox(wirechief.ConversationFilter{Assignee: new(int64(7)), Archived: new(false)})},
		{"inbox/assignee=nobody", 50, inbox(wirechief.ConversationFilter{Assignee: new(int64(0)), Archived: new(false)})},
		{"inbox/assignee=rare", 1, inbox(wirechief.ConversationFilter{Assignee: new(int64(8))})},
		{"inbox/label", 50, inbox(wirechief.ConversationFilter{Label: "vip"})},
		{"inbox/label=rare", 1, inbox(wirechief.ConversationFilter{Label: "once"})},
		{"inbox/number", 50, inbox(wirechief.ConversationFilter{Numbers: []string{benchNumber(3)}})},
		{"inbox/peer", 1, inbox(wirechief.ConversationFilter{Peer: benchPeer(77)})},
		{"inbox/peers", 50, inbox(wirechief.ConversationFilter{Peers: peers})},
		{"inbox/deep", 50, inbox(wirechief.ConversationFilter{Before: benchMessages - benchThreads/2})},
		{"unread", 0, func(int) (int, error) {
			_, _, err := s.UnreadIn(ctx, acme)
			return 0, err
		}},
		{"thread", 10, func(i int) (int, error) {
			list, err := s.Thread(ctx, wirechief.ConversationKey{Shard: shard, ID: int64(i%benchThreads) + 1}, 0, 50)
			return len(list), err
		}},
		{"search/common", 50, search(wirechief.TextSearch{Query: "table"})},
		{"search/two", 50, search(wirechief.TextSearch{Query: "table booked"})},
		{"search/prefix=1", 50, search(wirechief.TextSearch{Query: "t"})},
		{"search/rare", 1, search(wirechief.TextSearch{Query: "xylophone"})},
		{"search/none", 0, search(wirechief.TextSearch{Query: "table xylophones"})},
		{"search/number", 50, search(wirechief.TextSearch{Query: "table", Number: benchNumber(3)})},
		{"search/peer", 2, search(wirechief.TextSearch{Query: "table", Peer: benchPeer(77)})},
		{"contacts", 50, func(int) (int, error) {
			found, err := s.ContactsOf(ctx, acme, peers)
			return len(found), err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			took := make([]time.Duration, 0, b.N)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				n, err := c.run(i)
				if took = append(took, time.Since(start)); err != nil || n < c.want {
					b.Fatalf("%d found, %v", n, err)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

func benchPeer(i int) string { return fmt.Sprintf("+1310555%04d", i%benchThreads) }

func benchNumber(i int) string { return fmt.Sprintf("+13109060%03d", i%10) }

// fillInbox puts messages into conversations in turn; some conversations are
// archived, assigned, labeled and read.
func fillInbox(b *testing.B, s wirechief.Store) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 3000)
	for i := range words {
		words[i] = strings.Map(func(rune) rune { return rune('a' + r.IntN(26)) }, strings.Repeat("x", 3+r.IntN(7)))
	}
	var commands []wirechief.Command
	flush := func() {
		if err := apply(b, s, commands...); err != nil {
			b.Fatal(err)
		}
		commands = commands[:0]
	}
	for i := range benchMessages {
		thread := i % benchThreads
		text := make([]string, 8)
		for j := range text {
			text[j] = words[min(int(r.ExpFloat64()*400), len(words)-1)]
		}
		if i%5 == thread%5 && (i/benchThreads)%3 == 0 {
			text = append(text, "Your", "table", "is", "booked")
		}
		if i == benchMessages/3 {
			text = append(text, "xylophone")
		}
		m := &wirechief.Message{
			MessageKey: key(acme, int64(i)+1), Tenant: acme, Ref: "6f0c1d7e-0000-4000-8000-000000000001", Direction: wirechief.Inward,
			From: benchPeer(thread), To: benchNumber(thread), Text: strings.Join(text, " "), Encoding: "GSM-7", Segments: 1, CreatedAt: at(time.Duration(i) * time.Second),
		}
		if r.IntN(2) == 0 {
			m.Direction, m.From, m.To = wirechief.Outward, m.To, m.From
			m.Record(wirechief.Event{At: m.CreatedAt, Type: wirechief.EventAccepted})
		} else {
			m.Record(wirechief.Event{At: m.CreatedAt, Type: wirechief.EventReceived})
		}
		if commands = append(commands, accept(m)); len(commands) == 2000 {
			flush()
		}
	}
	for i := range benchThreads {
		c := wirechief.ChangeConversation{Key: wirechief.ConversationKey(key(acme, int64(i)+1))}
		if i%2 == 0 {
			c.Read = new(int64(benchMessages))
		}
		if i%4 == 1 {
			c.Archived = new(true)
		}
		if i%9 == 0 {
			c.Assignee = new(int64(7))
		}
		if i%11 == 0 {
			c.Labels = &[]string{"new", "vip"}
		}
		if i == benchThreads/4 {
			c.Assignee, c.Labels = new(int64(8)), &[]string{"once"}
		}
		commands = append(commands, c, wirechief.PutContact{Contact: contact(acme, int64(benchMessages+i+1), fmt.Sprintf("Contact %d", i), benchPeer(i))})
		if len(commands) >= 2000 {
			flush()
		}
	}
	flush()
}
