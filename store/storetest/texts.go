package storetest

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func searchTests() []testCase {
	find := func(t *testing.T, s wirechief.Store, f wirechief.TextSearch) []int64 {
		t.Helper()
		f.Tenant = acme
		return ids(must(s.SearchTexts(t.Context(), f))(t), messageID)
	}
	return []testCase{
		{"search/words", func(t *testing.T, s wirechief.Store) {
			do(t, s,
				accept(inbound(acme, 1, peer, says("Meeting at NINE, café Zoë"))), accept(outbound(acme, 2, peer, says("see you at the meeting-point"))),
				accept(inbound(acme, 3, other, says("meet AND greet OR NEAR 100% \"quoted\" *star*"))),
				accept(inbound(brand, 4, peer, says("Meeting of another tenant"))), accept(inbound(acme, 5, other, says("東京駅で会議 😀 Straße 5€"))),
				accept(inbound(acme, 6, "+13105550009", says("blocked meeting"), blocked)))
			for _, c := range []struct {
				query string
				want  []int64
			}{
				{"meet", []int64{3, 2, 1}},
				{"meeting", []int64{2, 1}},
				{"MEETING nine", []int64{1}},
				{"nine meeting", []int64{1}},
				{"cafe zoe", []int64{1}},
				{"CAFÉ", []int64{1}},
				{"cafe\u0301", []int64{1}},
				{"eeting", nil},
				{"meeting-point", []int64{2}},
				{"at", []int64{2, 1}},
				{"AND", []int64{3}},
				{"meet AND greet", []int64{3}},
				{"meeting OR greet", nil},
				{"NEAR(meet greet)", []int64{3}},
				{`"quoted"`, []int64{3}},
				{`"`, nil},
				{`""`, nil},
				{`meet"`, []int64{3, 2, 1}},
				{"*", nil},
				{"meet*", []int64{3, 2, 1}},
				{"^meet", []int64{3, 2, 1}},
				{"words:meet", nil},
				{"-meet", []int64{3, 2, 1}},
				{"meet NOT", nil},
				{"(", nil},
				{"meet\x00greet", []int64{3}},
				{"\u202emeet\u200f greet\u2066", []int64{3}},
				{"'; DROP TABLE message; --", nil},
				{"", nil},
				{" \t\n.,;:!", nil},
				{"%", nil},
				{"100%", []int64{3}},
				{"1_0", nil},
				{"会議", []int64{5}},
				{"京", []int64{5}},
				{"😀", []int64{5}},
				{"STRAẞE", []int64{5}},
				{"\xff\xfe", nil},
				{"\ue000" + ours, nil},
				{strings.Repeat("meeting ", 2000), []int64{2, 1}},
				{strings.Repeat("x", 100_000), nil},
				{strings.Repeat("a b c d ", 500), nil},
				{strings.Repeat("\"", 5000), nil},
			} {
				same(t, "of "+strings.ToValidUTF8(c.query[:min(len(c.query), 30)], "?"), find(t, s, wirechief.TextSearch{Query: c.query}), c.want)
			}
		}},
		{"search/filters", func(t *testing.T, s wirechief.Store) {
			second := func(m *wirechief.Message) { m.To = "+13109060902" }
			do(t, s, accept(inbound(acme, 1, peer, says("red one"))), accept(outbound(acme, 2, peer, says("red two"))), accept(inbound(acme, 3, other, says("red three"))),
				accept(inbound(acme, 4, peer, says("red four"), second)), accept(inbound(acme, 5, peer, says("blue"))))
			for _, c := range []struct {
				name string
				f    wirechief.TextSearch
				want []int64
			}{
				{"newest first", wirechief.TextSearch{}, []int64{4, 3, 2, 1}},
				{"a number", wirechief.TextSearch{Number: ours}, []int64{3, 2, 1}},
				{"a peer", wirechief.TextSearch{Peer: peer}, []int64{4, 2, 1}},
				{"a peer and a number", wirechief.TextSearch{Peer: peer, Number: ours}, []int64{2, 1}},
				{"a peer that is none", wirechief.TextSearch{Peer: "+1"}, nil},
				{"before", wirechief.TextSearch{Before: 4, Limit: 2}, []int64{3, 2}},
				{"before with a peer", wirechief.TextSearch{Before: 4, Limit: 1, Peer: peer}, []int64{2}},
			} {
				c.f.Query = "red"
				same(t, c.name, find(t, s, c.f), c.want)
			}
			got := must(s.SearchTexts(t.Context(), wirechief.TextSearch{Tenant: acme, Query: "four"}))(t)
			same(t, "the message", got[0], message(t, s, key(acme, 4)))
		}},
		{"search/never finds what is off the record", func(t *testing.T, s wirechief.Store) {
			m := outbound(acme, 1, peer, says("the code is 4711"), func(m *wirechief.Message) { m.Options = &wirechief.MessageOptions{OffTheRecord: true} })
			do(t, s, accept(m))
			do(t, s, submit(m.MessageKey, "c1"))
			same(t, "found", find(t, s, wirechief.TextSearch{Query: "4711"}), []int64(nil))
		}},
	}
}
