package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

const secret = "swordfish"

// holds says whether anything that a reader gives of the tenant holds the secret.
func holds(t *testing.T, s wirechief.Store) bool {
	t.Helper()
	all, err := json.Marshal([]any{
		must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), must(s.Deliveries(t.Context(), wirechief.DeliveryFilter{}))(t),
		must(s.Conversations(t.Context(), wirechief.ConversationFilter{Tenant: acme}))(t), must(s.SearchTexts(t.Context(), wirechief.TextSearch{Tenant: acme, Query: secret}))(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range must(s.Deliveries(t.Context(), wirechief.DeliveryFilter{}))(t) {
		all = append(all, d.Body...)
	}
	return strings.Contains(string(all), secret)
}

// past puts an old text that has been told, in and out, into a conversation.
func past(t *testing.T, s wirechief.Store) {
	t.Helper()
	in := inbound(acme, 1, peer, says("my word is "+secret), func(m *wirechief.Message) {
		m.Media = []wirechief.MediaItem{{Token: "tok", Type: "image/jpeg", Ext: ".jpg", Size: 10}}
		m.Record(wirechief.Event{At: t0, Type: wirechief.EventReceived, Detail: wirechief.Detail{Raw: "text=" + secret}})
	})
	out := outbound(acme, 2, peer, says("yours is "+secret))
	d := webhook(acme, 3, 1, with(wirechief.DeliveryDelivered), func(d *wirechief.Delivery) {
		d.Body = []byte(`{"text":"` + secret + `"}`)
		d.Attempts = []wirechief.Attempt{{N: 1, At: t0, Class: "2xx", StatusCode: 200, Body: "thanks for " + secret, Request: "GET /in?text=" + secret + " HTTP/1.1\r\nHost: a"}}
	})
	do(t, s, wirechief.PutMedia{Media: &wirechief.Media{Token: "tok", Tenant: acme, Message: 1, Ext: ".jpg", Size: 10, CreatedAt: t0, ExpiresAt: at(24 * time.Hour)}},
		wirechief.Accept{Messages: []*wirechief.Message{in, out}, Deliveries: []*wirechief.Delivery{d}, Entries: []wirechief.Entry{entry(20, wirechief.EntryNote)}})
	r := receipt("c1", wirechief.ReceiptDelivered)
	r.Raw = "id:c1 stat:DELIVRD err:000 Text:yours is " + secret
	do(t, s, submit(out.MessageKey, "c1"), wirechief.Correlate{Receipt: r})
}

func retentionTests() []testCase {
	later := at(time.Hour)
	return []testCase{
		{"forget/redacts a text wherever it stands, and keeps the proof", func(t *testing.T, s wirechief.Store) {
			past(t, s)
			before := message(t, s, key(acme, 2))
			if !holds(t, s) {
				t.Fatal("the text is nowhere")
			}
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Before: later})[0].Count, 2)
			if holds(t, s) {
				t.Fatal("the text is still there")
			}
			m := message(t, s, key(acme, 2))
			same(t, "text", m.Text, wirechief.Redacted)
			same(t, "raw", m.Events[2].Detail.Raw, "id:c1 stat:DELIVRD err:000 Text:"+wirechief.Redacted)
			m.Text, m.Events[2].Detail.Raw = before.Text, before.Events[2].Detail.Raw
			same(t, "the rest", m, before)
			same(t, "attempt", delivery(t, s, deliveryKey(acme, 3)).Attempts[0].Request, "GET /in?"+wirechief.Redacted+" HTTP/1.1\r\nHost: a")
			same(t, "snippet", conversation(t, s, conversationKey(acme, 1)).LastText, wirechief.Redacted)
			same(t, "media", message(t, s, key(acme, 1)).Media, []wirechief.MediaItem(nil))
			if f := must(s.MediaByToken(t.Context(), "tok"))(t); !f.ExpiresAt.Before(t0) || f.ExpiresAt.IsZero() {
				t.Errorf("the file expires at %s", f.ExpiresAt)
			}
			same(t, "again", do(t, s, wirechief.Forget{Tenant: acme, Before: later})[0].Count, 0)
		}},
		{"forget/what was redacted is not replayed", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, peer)),
				deliveries(webhook(acme, 11, 1, with(wirechief.DeliveryExhausted)), webhook(acme, 12, 2, with(wirechief.DeliveryExhausted))),
				wirechief.Forget{Tenant: acme, Before: later}, accept(inbound(acme, 3, peer)),
				deliveries(webhook(acme, 13, 3, with(wirechief.DeliveryExhausted)), webhook(acme, 14, 3, with(wirechief.DeliveryExhausted))))
			r := refuse(t, s, wirechief.Conflict, wirechief.Redeliver{Keys: []wirechief.DeliveryKey{deliveryKey(acme, 14), deliveryKey(acme, 11)}, At: t0})
			if !strings.Contains(r.Err.Error(), "redacted") {
				t.Errorf("it does not say why: %v", r.Err)
			}
			exhausted := wirechief.DeliveryFilter{Tenant: acme, Status: wirechief.DeliveryExhausted}
			same(t, "count", do(t, s, wirechief.Redeliver{Filter: exhausted, At: t0})[0].Count, 2)
			same(t, "left", ids(must(s.Deliveries(t.Context(), exhausted))(t), func(d *wirechief.Delivery) int64 { return d.ID }), []int64{12, 11})
			d := delivery(t, s, deliveryKey(acme, 11))
			if !d.Redacted() || delivery(t, s, deliveryKey(acme, 13)).Redacted() {
				t.Errorf("%+v", d)
			}
		}},
		{"forget/only files", func(t *testing.T, s wirechief.Store) {
			past(t, s)
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Before: later, MediaOnly: true})[0].Count, 1)
			m := message(t, s, key(acme, 1))
			if len(m.Media) != 0 || !strings.Contains(m.Text, secret) {
				t.Fatalf("%+v", m)
			}
			do(t, s, wirechief.Purge{Media: t0})
			_, err := s.MediaByToken(t.Context(), "tok")
			wantKind(t, err, wirechief.NotFound)
		}},
		{"forget/removes altogether", func(t *testing.T, s wirechief.Store) {
			past(t, s)
			do(t, s, accept(inbound(brand, 7, peer, says(secret))))
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Before: later, Remove: true})[0].Count, 2)
			same(t, "messages", ids(must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), messageID), []int64{7})
			same(t, "deliveries", len(must(s.Deliveries(t.Context(), wirechief.DeliveryFilter{}))(t)), 0)
			same(t, "conversations", len(must(s.Conversations(t.Context(), wirechief.ConversationFilter{Tenant: acme}))(t)), 0)
			same(t, "entries", len(must(s.Entries(t.Context(), conversationKey(acme, 1), 0, 10))(t)), 0)
			if r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)})[0]; !r.Parked {
				t.Error("a receipt finds what was removed")
			}
			m := inbound(acme, 9, peer) // and it begins anew
			do(t, s, accept(m))
			same(t, "conversation", m.Conversation, int64(9))
		}},
		{"forget/leaves what is newer, another's or waits", func(t *testing.T, s wirechief.Store) {
			waits := outbound(acme, 1, peer)
			told := inbound(acme, 2, peer)
			paused := inbound(acme, 3, peer)
			newer := inbound(acme, 6, peer, func(m *wirechief.Message) { m.CreatedAt = at(2 * time.Hour) })
			do(t, s, wirechief.Accept{
				Messages:   []*wirechief.Message{waits, told, paused, inbound(acme, 4, peer), inbound(brand, 5, peer), newer},
				Deliveries: []*wirechief.Delivery{webhook(acme, 11, 2), webhook(acme, 12, 3, with(wirechief.DeliveryPaused)), webhook(acme, 13, 4, with(wirechief.DeliveryExhausted))},
			})
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Before: later})[0].Count, 1)
			texts := func() map[int64]string {
				out := make(map[int64]string)
				for _, m := range must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t) {
					out[m.ID] = m.Text
				}
				return out
			}
			same(t, "texts", texts(), map[int64]string{1: "hello", 2: "hello", 3: "hello", 4: wirechief.Redacted, 5: "hello", 6: "hello"})
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Before: later, Remove: true})[0].Count, 1)
			same(t, "texts", texts(), map[int64]string{1: "hello", 2: "hello", 3: "hello", 5: "hello", 6: "hello"})
			c := conversation(t, s, conversationKey(acme, 1))
			if c.Last != 6 || c.Unread != 3 {
				t.Fatalf("%+v", c)
			}
		}},
		{"forget/one conversation", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, other), inbound(acme, 3, peer)))
			refuse(t, s, wirechief.Invalid, wirechief.Forget{Tenant: acme})
			refuse(t, s, wirechief.Invalid, wirechief.Forget{Before: later})
			same(t, "count", do(t, s, wirechief.Forget{Tenant: brand, Conversation: 1, Remove: true})[0].Count, 0)
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Conversation: 1})[0].Count, 2)
			same(t, "count", do(t, s, wirechief.Audited{Command: wirechief.Forget{Tenant: acme, Conversation: 1, Remove: true}, Entry: audit(acme, 9, "conversation.delete", "1")})[0].Count, 2)
			same(t, "left", ids(must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), messageID), []int64{2})
			same(t, "audit", len(must(s.Audit(t.Context(), wirechief.AuditFilter{Tenant: acme}))(t)), 1)
		}},
		{"forget/retention keeps the window of automatic replies, forgetting does not", func(t *testing.T, s wirechief.Store) {
			now := time.Now()
			young := func(m *wirechief.Message) { m.CreatedAt = now.Add(-time.Hour) }
			name := func(peer string) string { return acme + " " + ours + " " + peer }
			windows := func() map[string]bool {
				out := make(map[string]bool)
				for key := range must(s.AutoReplies(t.Context(), now.Add(-24*time.Hour)))(t) {
					out[key] = true
				}
				return out
			}
			for id, from := range []string{peer, other, "+13105550009"} {
				do(t, s, wirechief.Accept{Messages: []*wirechief.Message{inbound(acme, int64(id+1), from, young)}, Replied: true})
			}
			do(t, s, wirechief.Forget{Tenant: acme, Conversation: 3, Remove: true})
			same(t, "after one was forgotten", windows(), map[string]bool{name(peer): true, name(other): true})
			same(t, "swept", do(t, s, wirechief.Forget{Tenant: acme, Before: now, Remove: true})[0].Count, 2)
			same(t, "conversations", len(must(s.Conversations(t.Context(), wirechief.ConversationFilter{Tenant: acme}))(t)), 0)
			same(t, "after the sweep", windows(), map[string]bool{name(peer): true, name(other): true})
			do(t, s, wirechief.Forget{Tenant: acme, Peer: other, Remove: true})
			same(t, "after a person was forgotten", windows(), map[string]bool{name(peer): true})
			do(t, s, wirechief.Forget{Tenant: acme, Before: now, Remove: true})
			same(t, "after another sweep", windows(), map[string]bool{name(peer): true})
		}},
		{"forget/one peer, in a conversation or in none", func(t *testing.T, s wirechief.Store) {
			blocked := inbound(acme, 4, peer, func(m *wirechief.Message) { m.Apart = true })
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, other)), accept(outbound(acme, 3, peer)), accept(blocked), accept(inbound(brand, 5, peer)))
			same(t, "in none", message(t, s, key(acme, 4)).Conversation, int64(0))
			same(t, "redacted", do(t, s, wirechief.Forget{Tenant: acme, Peer: peer})[0].Count, 2) // one waits
			same(t, "text", message(t, s, key(acme, 4)).Text, wirechief.Redacted)
			same(t, "of another", message(t, s, key(acme, 2)).Text, "hello")
			same(t, "older", do(t, s, wirechief.Forget{Tenant: acme, Peer: peer, Before: t0.Add(-time.Hour), Remove: true})[0].Count, 0)
			same(t, "removed", do(t, s, wirechief.Forget{Tenant: acme, Peer: peer, Remove: true})[0].Count, 2)
			same(t, "left", ids(must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), messageID), []int64{5, 3, 2})
		}},
		{"forget/the newest of a conversation may go before the oldest", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(outbound(acme, 1, peer, says("waits"))), accept(inbound(acme, 2, peer)))
			do(t, s, wirechief.Forget{Tenant: acme, Conversation: 1, Remove: true})
			c := conversation(t, s, conversationKey(acme, 1))
			if c.Last != 1 || c.LastText != "waits" || c.Unread != 0 || c.LastDirection != wirechief.Outward {
				t.Fatalf("%+v", c)
			}
			do(t, s, accept(inbound(acme, 3, peer)))
			same(t, "last", conversation(t, s, conversationKey(acme, 1)).Last, int64(3))
		}},
		{"forget/very many", func(t *testing.T, s wirechief.Store) {
			const n = 2500
			var commands []wirechief.Command
			for id := int64(1); id <= n; id++ {
				commands = append(commands, accept(inbound(acme, id, fmt.Sprintf("+1310555%04d", id%7), says(secret))))
			}
			do(t, s, commands...)
			same(t, "count", do(t, s, wirechief.Forget{Tenant: acme, Before: later})[0].Count, n)
			if holds(t, s) {
				t.Fatal("the text is still there")
			}
			r := do(t, s, wirechief.Audited{Command: wirechief.Forget{Tenant: acme, Before: later, Remove: true}, Entry: audit(acme, n+1, "forget", "")})
			same(t, "count", r[0].Count, n)
			same(t, "audit", len(must(s.Audit(t.Context(), wirechief.AuditFilter{Tenant: acme}))(t)), 1)
			same(t, "conversations", len(must(s.Conversations(t.Context(), wirechief.ConversationFilter{Tenant: acme}))(t)), 0)
		}},
	}
}
