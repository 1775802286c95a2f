package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func contextThatEnded(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

type restartCase struct {
	name string
	test func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store)
}

func restartTests() []restartCase {
	return []restartCase{
		{"restart/conversations go on where they were", func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store) {
			k := conversationKey(acme, 1)
			do(t, s, wirechief.Accept{Messages: []*wirechief.Message{inbound(acme, 1, peer)}, Entries: []wirechief.Entry{entry(9, wirechief.EntryNote)}, Replied: true},
				accept(inbound(acme, 2, peer)), wirechief.ChangeConversation{Key: k, Read: new(int64(1)), Assignee: new(int64(7)), Labels: &[]string{"vip"}, Archived: new(true)})
			before := conversation(t, s, k)
			s = reopen()
			same(t, "conversation", conversation(t, s, k), before)
			same(t, "entries", len(must(s.Entries(t.Context(), k, 0, 10))(t)), 1)
			same(t, "replies", len(must(s.AutoReplies(t.Context(), time.Time{}))(t)), 1)
			do(t, s, accept(inbound(acme, 3, peer)))
			c := conversation(t, s, k)
			if c.Unread != 2 || c.Archived || c.Last != 3 || c.Assignee != 7 {
				t.Fatalf("%+v", c)
			}
		}},
		{"restart/contacts, bulk sends, tallies and the audit log are there", func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store) {
			c := contact(acme, 1, "Zoë", peer)
			b := &wirechief.Bulk{ID: 2, Tenant: acme, State: wirechief.BulkRunning}
			tally := wirechief.Tally{Tenant: acme, Minute: t0.Truncate(time.Minute), Metric: wirechief.MetricIn, Count: 1}
			do(t, s, wirechief.PutContact{Contact: c}, wirechief.PutBulk{Bulk: b, Changed: []wirechief.BulkRow{{Seq: 1}}},
				wirechief.PutAudit{AuditEntry: audit(acme, 3, "signin", "")}, wirechief.AddTallies{Tallies: []wirechief.Tally{tally}})
			s = reopen()
			same(t, "contact", must(s.Contact(t.Context(), acme, 1))(t), c)
			same(t, "bulk", must(s.Bulk(t.Context(), acme, 2))(t), b)
			same(t, "audit", len(must(s.Audit(t.Context(), wirechief.AuditFilter{Tenant: acme}))(t)), 1)
			do(t, s, wirechief.AddTallies{Tallies: []wirechief.Tally{tally}})
			f := wirechief.TallyFilter{Tenant: acme, From: tally.Minute, To: at(time.Minute), Step: time.Minute}
			same(t, "tallies", must(s.Tallies(t.Context(), f))(t)[wirechief.MetricIn][0].Count, int64(2))
		}},
		{"restart/everything is there", func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store) {
			m, d := text(acme, 1), webhook(acme, 9, 1)
			n := &wirechief.Number{Number: "+13109060901", Tenant: acme, State: wirechief.NumberInService}
			part := wirechief.StoredPart{PartKey: wirechief.PartKey{Shard: 3, Carrier: "sim", Total: 2, Since: 4}, Seq: 1, Text: "x", At: t0}
			out := wirechief.OptOut{Tenant: acme, Number: "+13109060901", Handset: "+13105551212", Out: true, Word: "STOP", At: t0}
			hook := entity(acme, wirechief.EntityWebhook, "a", `{}`)
			do(t, s,
				wirechief.Accept{Messages: []*wirechief.Message{m}, Deliveries: []*wirechief.Delivery{d}, Answer: answer("k", 1, t0), OptOuts: []wirechief.OptOut{out}},
				wirechief.PutPart{StoredPart: part}, wirechief.PutNumber{Number: n}, wirechief.PutEntity{Entity: hook},
				wirechief.SetBalance{Tenant: acme, Balance: 7}, wirechief.SetInFlight{Carrier: "sim", Messages: []wirechief.MessageKey{m.MessageKey}},
				wirechief.PutMedia{Media: &wirechief.Media{Token: "tok", Tenant: acme}},
			)
			s = reopen()
			same(t, "message", message(t, s, m.MessageKey), m)
			same(t, "queue", ids(must(s.Queued(t.Context(), "sim", 9))(t), messageID), []int64{1})
			same(t, "delivery", delivery(t, s, d.DeliveryKey), d)
			same(t, "lanes", must(s.PendingLanes(t.Context()))(t), map[wirechief.Lane]wirechief.Depth{lane(acme): {Count: 1, Oldest: t0}})
			same(t, "answer", must(s.Answer(t.Context(), acme, "k"))(t), answer("k", 1, t0))
			same(t, "opt-outs", must(s.OptOuts(t.Context()))(t), []wirechief.OptOut{out})
			same(t, "parts", must(s.Parts(t.Context()))(t), []wirechief.StoredPart{part})
			same(t, "numbers", must(s.Numbers(t.Context()))(t), []*wirechief.Number{n})
			same(t, "entities", must(s.Entities(t.Context(), wirechief.EntityWebhook))(t), []wirechief.Entity{hook})
			same(t, "balances", must(s.Balances(t.Context()))(t), map[string]wirechief.Money{acme: 7})
			same(t, "in flight", must(s.InFlight(t.Context()))(t), map[string][]wirechief.MessageKey{"sim": {m.MessageKey}})
			same(t, "last id", must(s.LastID(t.Context()))(t), int64(9))
			must(s.MediaByToken(t.Context(), "tok"))(t)
		}},
		{"restart/a receipt that came too early still waits", func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store) {
			do(t, s, accept(text(acme, 1)), wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)})
			s = reopen()
			c := submit(key(acme, 1), "c1")
			c.Plan = tell(9)
			r := do(t, s, c)[0]
			if r.Message.Status != wirechief.StatusDelivered || len(r.Deliveries) != 1 {
				t.Fatalf("%+v", r)
			}
		}},
		{"restart/a receipt finds a message of the last run", func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "p1", "p2"), wirechief.Correlate{Receipt: receipt("p1", wirechief.ReceiptDelivered)})
			s = reopen()
			if r := do(t, s, wirechief.Correlate{Receipt: receipt("p2", wirechief.ReceiptDelivered)})[0]; r.Message.Status != wirechief.StatusDelivered {
				t.Fatalf("%+v", r.Message)
			}
		}},
		{"restart/a day later the key is forgotten by the clock alone", func(t *testing.T, s wirechief.Store, reopen func() wirechief.Store) {
			do(t, s, wirechief.Accept{Answer: answer("k", 1, at(-24*time.Hour-time.Minute))})
			s = reopen()
			if a := must(s.Answer(t.Context(), acme, "k"))(t); a != nil {
				t.Fatalf("%+v", a)
			}
		}},
	}
}
