package storetest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func inboxTests() []testCase {
	second := func(m *wirechief.Message) { m.To = "+13109060902" }
	return []testCase{
		{"inbox/filters", func(t *testing.T, s wirechief.Store) {
			do(t, s,
				accept(inbound(acme, 1, "+13105550001"), inbound(acme, 2, "+13105550002"), inbound(acme, 3, "+13105550003", second)),
				accept(outbound(acme, 4, "+13105550004")), accept(inbound(brand, 5, "+13105550001")), accept(inbound(acme, 6, "+13105550001", second)),
				wirechief.ChangeConversation{Key: conversationKey(acme, 1), Assignee: new(int64(7)), Labels: &[]string{"vip", `x,"new`}},
				wirechief.ChangeConversation{Key: conversationKey(acme, 2), Read: new(int64(2)), Archived: new(true)},
				wirechief.ChangeConversation{Key: conversationKey(acme, 3), Labels: &[]string{"new"}},
				accept(outbound(acme, 8, "+13105550001")), // the newest
			)
			for _, c := range []struct {
				name string
				f    wirechief.ConversationFilter
				want []int64
			}{
				{"all, the newest message first", wirechief.ConversationFilter{}, []int64{1, 6, 4, 3, 2}},
				{"not archived", wirechief.ConversationFilter{Archived: new(false)}, []int64{1, 6, 4, 3}},
				{"archived", wirechief.ConversationFilter{Archived: new(true)}, []int64{2}},
				{"a number", wirechief.ConversationFilter{Numbers: []string{"+13109060902"}}, []int64{6, 3}},
				{"numbers", wirechief.ConversationFilter{Numbers: []string{"+13109060902", ours, "+1"}}, []int64{1, 6, 4, 3, 2}},
				{"a peer", wirechief.ConversationFilter{Peer: "+13105550001"}, []int64{1, 6}},
				{"peers", wirechief.ConversationFilter{Peers: []string{"+13105550001", "+13105550003"}}, []int64{1, 6, 3}},
				{"a peer of peers", wirechief.ConversationFilter{Peer: "+13105550001", Peers: []string{"+13105550003"}}, nil},
				{"an agent's", wirechief.ConversationFilter{Assignee: new(int64(7))}, []int64{1}},
				{"nobody's", wirechief.ConversationFilter{Assignee: new(int64(0))}, []int64{6, 4, 3, 2}},
				{"unread", wirechief.ConversationFilter{Unread: true}, []int64{1, 6, 3}},
				{"unread and nobody's", wirechief.ConversationFilter{Unread: true, Assignee: new(int64(0)), Archived: new(false)}, []int64{6, 3}},
				{"unread from a peer", wirechief.ConversationFilter{Unread: true, Peer: "+13105550003"}, []int64{3}},
				{"a label", wirechief.ConversationFilter{Label: "vip"}, []int64{1}},
				{"a label, the whole", wirechief.ConversationFilter{Label: "new"}, []int64{3}},
				{"an odd label", wirechief.ConversationFilter{Label: `x,"new`}, []int64{1}},
				{"no such label", wirechief.ConversationFilter{Label: "vi"}, nil},
				{"before", wirechief.ConversationFilter{Before: 6, Limit: 2}, []int64{4, 3}},
				{"the first", wirechief.ConversationFilter{Limit: 1}, []int64{1}},
			} {
				c.f.Tenant = acme
				same(t, c.name, ids(must(s.Conversations(t.Context(), c.f))(t), conversationID), c.want)
			}
			all, byAssignee, err := s.UnreadIn(t.Context(), acme)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "unread", all, 3)
			same(t, "unread by agent", byAssignee, map[int64]int{0: 2, 7: 1})
		}},
		{"inbox/what is archived is not unread", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, peer), inbound(acme, 3, other)),
				wirechief.ChangeConversation{Key: conversationKey(acme, 1), Archived: new(true)})
			all, _, err := s.UnreadIn(t.Context(), acme)
			if err != nil || all != 1 {
				t.Fatalf("%d, %v", all, err)
			}
		}},
		{"suppression/people and imports put handsets on it", func(t *testing.T, s wirechief.Store) {
			all := wirechief.OptOut{Tenant: acme, Handset: peer, Out: true, Reason: "asked on the phone", By: "Ann", At: t0}
			theirs := all
			theirs.Tenant = brand
			one := wirechief.OptOut{Tenant: acme, Number: ours, Handset: peer, Out: true, Word: "STOP", At: at(time.Minute)}
			do(t, s, wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{all, theirs, one}})
			same(t, "out", must(s.OptOuts(t.Context()))(t), []wirechief.OptOut{all, one, theirs})
			back := all
			back.Out = false
			do(t, s, wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{back}})
			same(t, "who is on another's list stays there", must(s.OptOuts(t.Context()))(t), []wirechief.OptOut{one, theirs})
		}},
		{"suppression/what a handset said, and what people of each tenant wanted, are taken back apart", func(t *testing.T, s wirechief.Store) {
			entry := func(tenant, word, by string) wirechief.OptOut {
				return wirechief.OptOut{Tenant: tenant, Number: ours, Handset: peer, Out: true, Word: word, By: by, Reason: by, At: t0}
			}
			back := func(tenant, word, by string) wirechief.OptOut {
				o := entry(tenant, word, by)
				o.Out = false
				return o
			}
			out := func(what string, change wirechief.OptOut, want ...wirechief.OptOut) {
				t.Helper()
				do(t, s, wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{change}})
				same(t, what, must(s.OptOuts(t.Context()))(t), append([]wirechief.OptOut{}, want...))
			}
			do(t, s, wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{entry(acme, "STOP", "Ann"), entry(brand, "STOP", "")}})
			out("the word", back(brand, "START", ""), entry(acme, "", "Ann"))
			out("another's", back(brand, "", "Bob"), entry(acme, "", "Ann"))
			do(t, s, wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{entry(acme, "STOP", "Ann")}})
			out("what Ann wanted", back(acme, "", "Al"), entry(acme, "STOP", ""))
			do(t, s, wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{entry(acme, "STOP", "Ann"), entry(brand, "", "Bob")}})
			out("both", back(acme, "STOP", "Al"), entry(brand, "", "Bob"))
			out("all of a tenant", back(brand, "", ""))
		}},
		{"directory/one by its name", func(t *testing.T, s wirechief.Store) {
			e := wirechief.Entity{Tenant: acme, Kind: wirechief.EntityTemplate, Key: "1", Doc: []byte(`{"id":1}`)}
			n := &wirechief.Number{Number: ours, Tenant: acme, Rev: 1}
			do(t, s, wirechief.PutEntity{Entity: e}, wirechief.PutNumber{Number: n})
			same(t, "entity", must(s.Entity(t.Context(), acme, wirechief.EntityTemplate, "1"))(t), &e)
			same(t, "number", must(s.Number(t.Context(), ours))(t), n)
			_, err := s.Entity(t.Context(), brand, wirechief.EntityTemplate, "1")
			wantKind(t, err, wirechief.NotFound)
			_, err = s.Number(t.Context(), other)
			wantKind(t, err, wirechief.NotFound)
		}},
		{"delivery/keeps its place in the chain", func(t *testing.T, s wirechief.Store) {
			d := webhook(acme, 1, 7, func(d *wirechief.Delivery) { d.Fallback = 2 })
			do(t, s, deliveries(d))
			same(t, "the delivery", delivery(t, s, d.DeliveryKey), d)
		}},
	}
}
