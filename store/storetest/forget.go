package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// sentOn puts a text with a picture into a conversation, and its copy, which a
// forward sent, into another; change is done to the copy.
func sentOn(t *testing.T, s wirechief.Store, change ...func(*wirechief.Message)) {
	t.Helper()
	picture := func(m *wirechief.Message) {
		m.Media = []wirechief.MediaItem{{Token: "tok", Type: "image/jpeg", Ext: ".jpg", Size: 10}}
	}
	d := webhook(acme, 11, 1, with(wirechief.DeliveryDelivered), func(d *wirechief.Delivery) {
		d.Kind, d.Destination, d.Body = wirechief.KindSMS, other, []byte(`{"text":"`+secret+`"}`)
		d.Attempts = []wirechief.Attempt{{N: 1, At: t0, Class: "2xx", Body: "sent as message 2", Message: 2}}
	})
	do(t, s, wirechief.PutMedia{Media: &wirechief.Media{Token: "tok", Tenant: acme, Message: 1, Ext: ".jpg", Size: 10, CreatedAt: t0, ExpiresAt: at(24 * time.Hour)}},
		wirechief.Accept{Messages: []*wirechief.Message{inbound(acme, 1, peer, says(secret), picture)}, Deliveries: []*wirechief.Delivery{d}},
		accept(outbound(acme, 2, other, append([]func(*wirechief.Message){says("From " + peer + ": " + secret), picture}, change...)...)))
}

// isKept says whether the file of sentOn is still there.
func isKept(t *testing.T, s wirechief.Store) bool {
	t.Helper()
	return must(s.MediaByToken(t.Context(), "tok"))(t).ExpiresAt.After(t0)
}

func left(t *testing.T, s wirechief.Store, c wirechief.Forget, count, waits int) {
	t.Helper()
	r := do(t, s, c)[0]
	same(t, "count", r.Count, count)
	same(t, "left", r.Left, waits)
}

func forgetTests() []testCase {
	later := at(time.Hour)
	return []testCase{
		{"forget/says what it has left", func(t *testing.T, s wirechief.Store) {
			do(t, s, wirechief.Accept{
				Messages:   []*wirechief.Message{outbound(acme, 1, peer), inbound(acme, 2, peer), inbound(acme, 3, peer), inbound(acme, 4, other)},
				Deliveries: []*wirechief.Delivery{webhook(acme, 11, 2, with(wirechief.DeliveryPaused)), webhook(acme, 12, 4)},
			})
			left(t, s, wirechief.Forget{Tenant: acme, Conversation: 1}, 1, 2)
			left(t, s, wirechief.Forget{Tenant: acme, Peer: peer, Remove: true}, 1, 2)
			left(t, s, wirechief.Forget{Tenant: acme, Before: later}, 0, 3)
			do(t, s, submit(key(acme, 1), "c1"), wirechief.Redeliver{Filter: wirechief.DeliveryFilter{Tenant: acme}, Status: wirechief.DeliveryCanceled})
			left(t, s, wirechief.Forget{Tenant: acme, Before: later}, 3, 0)
		}},
		{"forget/the copies of a text as well", func(t *testing.T, s wirechief.Store) {
			for _, c := range []wirechief.Forget{
				{Tenant: acme, Conversation: 1}, {Tenant: acme, Peer: peer}, {Tenant: acme, Conversation: 1, Remove: true}, {Tenant: acme, Peer: peer, Remove: true},
			} {
				sentOn(t, s)
				left(t, s, c, 0, 1) // the copy is still to be sent
				if !isKept(t, s) {
					t.Error("the file of a copy that waits is gone")
				}
				do(t, s, submit(key(acme, 2), "c1"))
				left(t, s, c, 2, 0)
				if isKept(t, s) || holds(t, s) {
					t.Error("the text or its file is still there")
				}
				if m := message(t, s, key(acme, 2)); m.Text != wirechief.Redacted || len(m.Media) != 0 || m.To != other {
					t.Errorf("%+v", m)
				}
				do(t, s, wirechief.Forget{Tenant: acme, Before: later, Remove: true})
			}
		}},
		{"forget/the rule of retention leaves the file to a copy that waits", func(t *testing.T, s wirechief.Store) {
			sentOn(t, s, func(m *wirechief.Message) { m.CreatedAt = later })
			for _, c := range []wirechief.Forget{{MediaOnly: true}, {}, {Remove: true}} {
				c.Tenant, c.Before = acme, later
				left(t, s, c, 0, 1)
				same(t, "kept", isKept(t, s), true)
			}
			do(t, s, submit(key(acme, 2), "c1"))
			left(t, s, wirechief.Forget{Tenant: acme, Before: later}, 1, 0)
		}},
		{"forget/a copy leaves the file to its text", func(t *testing.T, s wirechief.Store) {
			sentOn(t, s, func(m *wirechief.Message) { m.Queue = wirechief.Queue{} })
			left(t, s, wirechief.Forget{Tenant: acme, Conversation: 2}, 1, 0)
			same(t, "kept", isKept(t, s), true)
			same(t, "text", message(t, s, key(acme, 1)).Text, secret)
		}},
		{"forget/what agents noted", func(t *testing.T, s wirechief.Store) {
			noted := func(id int64, after time.Duration) wirechief.Entry {
				e := entry(id, wirechief.EntryNote)
				e.At = at(after)
				return e
			}
			texts := func(conversation int64) (out []string) {
				for _, e := range must(s.Entries(t.Context(), conversationKey(acme, conversation), 0, 10))(t) {
					out = append(out, e.Text)
				}
				return out
			}
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, other)), accept(inbound(brand, 3, peer)),
				wirechief.ChangeConversation{Key: conversationKey(acme, 1), Entries: []wirechief.Entry{noted(11, 0), entry(12, wirechief.EntryAssigned), noted(14, 2*time.Hour)}},
				wirechief.ChangeConversation{Key: conversationKey(acme, 2), Entries: []wirechief.Entry{noted(13, 0)}},
				wirechief.ChangeConversation{Key: conversationKey(brand, 3), Entries: []wirechief.Entry{noted(15, 0)}})
			do(t, s, wirechief.Forget{Tenant: acme, Conversation: 2})
			same(t, "another's", texts(1), []string{"a note <b>", "a note <b>", "a note <b>"})
			same(t, "its own", texts(2), []string{wirechief.Redacted})
			do(t, s, wirechief.Forget{Tenant: acme, Before: later})
			same(t, "old ones", texts(1), []string{wirechief.Redacted, "a note <b>", "a note <b>"})
			do(t, s, wirechief.Forget{Tenant: acme, Before: at(3 * time.Hour)})
			same(t, "and those that are old now", texts(1), []string{wirechief.Redacted, "a note <b>", wirechief.Redacted})
			same(t, "another tenant's", must(s.Entries(t.Context(), conversationKey(brand, 3), 0, 10))(t)[0].Text, "a note <b>")
		}},
		{"forget/the rows of bulk sends", func(t *testing.T, s wirechief.Store) {
			put := func(id int64, state wirechief.BulkState, change ...func(*wirechief.Bulk)) {
				b := &wirechief.Bulk{ID: id, Tenant: acme, From: ours, Text: "Hi {{name}}", State: state, CreatedAt: t0}
				if state == wirechief.BulkDone {
					b.EndedAt = t0
				}
				for _, f := range change {
					f(b)
				}
				row := func(seq int, to string, state wirechief.BulkRowState) wirechief.BulkRow {
					return wirechief.BulkRow{Seq: seq, To: to, Text: secret, State: state}
				}
				do(t, s, wirechief.PutBulk{Bulk: b, Changed: []wirechief.BulkRow{row(1, peer, wirechief.RowSent), row(2, other, wirechief.RowSent), row(3, peer, wirechief.RowReady)}})
			}
			texts := func(id int64) string {
				var out []string
				for _, r := range must(s.BulkRows(t.Context(), acme, id, "", 0, 10))(t) {
					out = append(out, r.To+" "+r.Text)
				}
				return strings.Join(out, ", ")
			}
			do(t, s, accept(inbound(acme, 1, peer)))
			put(21, wirechief.BulkDone)
			put(22, wirechief.BulkPaused)
			put(23, wirechief.BulkDone, func(b *wirechief.Bulk) { b.From, b.EndedAt = "+13109060999", later })
			put(24, wirechief.BulkDraft)
			left(t, s, wirechief.Forget{Tenant: acme, Conversation: 1}, 1, 2)
			same(t, "done", texts(21), peer+" (redacted), "+other+" "+secret+", "+peer+" (redacted)")
			same(t, "paused", texts(22), peer+" (redacted), "+other+" "+secret+", "+peer+" "+secret)
			same(t, "from another number", texts(23), peer+" "+secret+", "+other+" "+secret+", "+peer+" "+secret)
			left(t, s, wirechief.Forget{Tenant: acme, Peer: peer, Remove: true}, 1, 2)
			same(t, "from another number", texts(23), "(redacted) (redacted), "+other+" "+secret+", (redacted) (redacted)")

			left(t, s, wirechief.Forget{Tenant: acme, Before: later}, 0, 0)
			same(t, "done", texts(21), "(redacted) (redacted), "+other+" (redacted), (redacted) (redacted)")
			same(t, "the text", must(s.Bulk(t.Context(), acme, 21))(t).Text, wirechief.Redacted)
			same(t, "too young", must(s.Bulk(t.Context(), acme, 23))(t).Text, "Hi {{name}}")
			same(t, "paused", must(s.Bulk(t.Context(), acme, 22))(t).Text, "Hi {{name}}")
			_, err := s.Bulk(t.Context(), acme, 24)
			wantKind(t, err, wirechief.NotFound) // a draft that nobody started
			left(t, s, wirechief.Forget{Tenant: acme, Before: later, Remove: true}, 0, 0)
			same(t, "bulks", ids(must(s.Bulks(t.Context(), acme, nil, 0, 10))(t), func(b *wirechief.Bulk) int64 { return b.ID }), []int64{23, 22})
		}},
		{"purge/tallies, minutes before hours", func(t *testing.T, s wirechief.Store) {
			tally := func(tenant string, after time.Duration) wirechief.Tally {
				return wirechief.Tally{Tenant: tenant, Minute: at(after).Truncate(time.Minute), Metric: "sent", Count: 1}
			}
			sum := func(step time.Duration) (n int64) {
				from := t0.Truncate(time.Hour)
				for _, list := range must(s.Tallies(t.Context(), wirechief.TallyFilter{Tenant: acme, From: from, To: from.Add(24 * time.Hour), Step: step}))(t) {
					for _, v := range list {
						n += v.Count
					}
				}
				return n
			}
			do(t, s, wirechief.AddTallies{Tallies: []wirechief.Tally{tally(acme, 0), tally(acme, time.Minute), tally(acme, 5*time.Hour), tally(brand, 0)}})
			same(t, "count", do(t, s, wirechief.Purge{Minutes: at(2 * time.Hour)})[0].Count, 3)
			same(t, "by the minute", sum(time.Minute), int64(1))
			same(t, "by the hour", sum(time.Hour), int64(3))
			same(t, "count", do(t, s, wirechief.Purge{Hours: at(2 * time.Hour)})[0].Count, 2)
			same(t, "by the hour", sum(time.Hour), int64(1))
		}},
		{"forget/a bulk send of very many", func(t *testing.T, s wirechief.Store) {
			c := wirechief.PutBulk{Bulk: &wirechief.Bulk{ID: 1, Tenant: acme, State: wirechief.BulkDone, CreatedAt: t0, EndedAt: t0}}
			for seq := range 4100 {
				c.Changed = append(c.Changed, wirechief.BulkRow{Seq: seq, To: peer, Text: secret, State: wirechief.RowSent})
			}
			do(t, s, c, wirechief.Forget{Tenant: acme, Before: later})
			for after := -1; after < 4099; {
				rows := must(s.BulkRows(t.Context(), acme, 1, "", after, 1000))(t)
				for _, r := range rows {
					if r.Text != wirechief.Redacted {
						t.Fatalf("%+v", r)
					}
				}
				after = rows[len(rows)-1].Seq
			}
			do(t, s, wirechief.Forget{Tenant: acme, Before: later, Remove: true})
			_, err := s.Bulk(t.Context(), acme, 1)
			wantKind(t, err, wirechief.NotFound)
		}},
	}
}
