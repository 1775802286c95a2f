package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

const (
	ours  = "+13109060901"
	peer  = "+13105551212"
	other = "+13105551213"
)

// inbound is a text from a handset.
func inbound(tenant string, id int64, from string, change ...func(*wirechief.Message)) *wirechief.Message {
	return text(tenant, id, append([]func(*wirechief.Message){func(m *wirechief.Message) {
		m.Direction, m.From, m.To, m.Queue = wirechief.Inward, from, ours, wirechief.Queue{}
		m.Record(wirechief.Event{At: m.CreatedAt, Type: wirechief.EventReceived})
	}}, change...)...)
}

// outbound is a text to a handset.
func outbound(tenant string, id int64, to string, change ...func(*wirechief.Message)) *wirechief.Message {
	return text(tenant, id, append([]func(*wirechief.Message){func(m *wirechief.Message) { m.To = to }}, change...)...)
}

func says(s string) func(*wirechief.Message) { return func(m *wirechief.Message) { m.Text = s } }

func blocked(m *wirechief.Message) { m.Apart = true }

func conversationKey(tenant string, id int64) wirechief.ConversationKey {
	return wirechief.ConversationKey(key(tenant, id))
}

func conversation(t *testing.T, s wirechief.Store, k wirechief.ConversationKey) *wirechief.Conversation {
	t.Helper()
	return must(s.Conversation(t.Context(), k))(t)
}

func conversationID(c *wirechief.Conversation) int64 { return c.ID }

func entry(id int64, kind wirechief.EntryKind) wirechief.Entry {
	return wirechief.Entry{ID: id, Kind: kind, Who: "Ann", Text: "a note <b>", At: t0}
}

func conversationTests() []testCase {
	return []testCase{
		{"conversation/is opened by its first message, either way", func(t *testing.T, s wirechief.Store) {
			in, out := inbound(acme, 1, peer, says("hi")), outbound(acme, 2, other, says("good day"))
			do(t, s, accept(in, out))
			same(t, "the message's conversation", []int64{in.Conversation, out.Conversation, message(t, s, in.MessageKey).Conversation}, []int64{1, 2, 1})
			same(t, "the conversation", conversation(t, s, conversationKey(acme, 1)), &wirechief.Conversation{
				ConversationKey: conversationKey(acme, 1), Tenant: acme, Number: ours, Peer: peer,
				Last: 1, LastAt: in.CreatedAt, LastText: "hi", LastDirection: wirechief.Inward, Unread: 1, CreatedAt: in.CreatedAt,
			})
			same(t, "the other", must(s.ConversationBetween(t.Context(), acme, ours, other))(t), &wirechief.Conversation{
				ConversationKey: conversationKey(acme, 2), Tenant: acme, Number: ours, Peer: other,
				Last: 2, LastAt: out.CreatedAt, LastText: "good day", LastDirection: wirechief.Outward, CreatedAt: out.CreatedAt,
			})
			_, err := s.ConversationBetween(t.Context(), brand, ours, other)
			wantKind(t, err, wirechief.NotFound)
			_, err = s.Conversation(t.Context(), conversationKey(brand, 2))
			wantKind(t, err, wirechief.NotFound)
		}},
		{"conversation/goes on with every message between the two", func(t *testing.T, s wirechief.Store) {
			for _, m := range []*wirechief.Message{inbound(acme, 1, peer), outbound(acme, 2, peer), inbound(acme, 3, peer), outbound(acme, 4, peer, says("last"))} {
				do(t, s, accept(m))
				same(t, "conversation", m.Conversation, int64(1))
			}
			do(t, s, accept(inbound(brand, 5, peer)), accept(inbound(acme, 6, peer, func(m *wirechief.Message) { m.To = "+13109060902" })))
			c := conversation(t, s, conversationKey(acme, 1))
			if c.Last != 4 || c.LastText != "last" || c.LastDirection != wirechief.Outward || c.Unread != 2 || !c.CreatedAt.Equal(at(time.Duration(1)).Truncate(time.Microsecond)) {
				t.Fatalf("%+v", c)
			}
			same(t, "theirs", conversation(t, s, conversationKey(brand, 5)).Unread, 1)
			same(t, "of the other number", conversation(t, s, conversationKey(acme, 6)).Unread, 1)
			k := conversationKey(acme, 1)
			same(t, "thread", ids(must(s.Thread(t.Context(), k, 0, 10))(t), messageID), []int64{1, 2, 3, 4})
			same(t, "the newest", ids(must(s.Thread(t.Context(), k, 0, 2))(t), messageID), []int64{3, 4})
			same(t, "those before", ids(must(s.Thread(t.Context(), k, 3, 2))(t), messageID), []int64{1, 2})
			same(t, "with its events", types(must(s.Thread(t.Context(), k, 2, 1))(t)[0].Events), []wirechief.EventType{wirechief.EventReceived})
		}},
		{"conversation/many messages of one commit", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, other)), accept(inbound(acme, 3, peer)), accept(inbound(acme, 4, peer), outbound(acme, 5, other)))
			same(t, "unread", conversation(t, s, conversationKey(acme, 1)).Unread, 3)
			same(t, "last", conversation(t, s, conversationKey(acme, 2)).Last, int64(5))
		}},
		{"conversation/a message that is committed late is not the newest", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(inbound(acme, 5, peer, says("five"))))
			do(t, s, accept(inbound(acme, 4, peer, says("four"))))
			c := conversation(t, s, conversationKey(acme, 5))
			if c.Last != 5 || c.LastText != "five" || c.Unread != 2 {
				t.Fatalf("%+v", c)
			}
		}},
		{"conversation/shows the beginning of a text", func(t *testing.T, s wirechief.Store) {
			long := strings.Repeat("é€𝄞\u202e", 40)
			do(t, s, accept(inbound(acme, 1, peer, says(long))))
			same(t, "snippet", conversation(t, s, conversationKey(acme, 1)).LastText, string([]rune(long)[:wirechief.SnippetRunes]))
		}},
		{"conversation/a refused message leaves nothing behind", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(outbound(acme, 1, other)))
			results := try(t, s, accept(inbound(acme, 2, peer), outbound(acme, 1, peer)), accept(inbound(acme, 3, peer)), accept(inbound(acme, 3, other)), accept(inbound(acme, 4, other)))
			if results[0].Err == nil || results[1].Err != nil || results[2].Err == nil || results[3].Err != nil {
				t.Fatalf("%+v", results)
			}
			same(t, "the peer's", must(s.ConversationBetween(t.Context(), acme, ours, peer))(t).ID, int64(3))
			c := conversation(t, s, conversationKey(acme, 1))
			if c.Last != 4 || c.Unread != 1 {
				t.Fatalf("%+v", c)
			}
		}},
		{"conversation/blocked messages are in none", func(t *testing.T, s wirechief.Store) {
			m := inbound(acme, 1, peer, blocked)
			do(t, s, wirechief.Accept{Messages: []*wirechief.Message{m}, Entries: []wirechief.Entry{entry(9, wirechief.EntryOptOut)}, Replied: true})
			same(t, "conversation", message(t, s, m.MessageKey).Conversation, int64(0))
			_, err := s.ConversationBetween(t.Context(), acme, ours, peer)
			wantKind(t, err, wirechief.NotFound)
			do(t, s, accept(inbound(acme, 2, peer)), accept(inbound(acme, 3, peer, blocked)))
			same(t, "last", conversation(t, s, conversationKey(acme, 2)).Last, int64(2))
		}},
		{"conversation/entries and the automatic reply are in the commit of the text", func(t *testing.T, s wirechief.Store) {
			m, e := inbound(acme, 1, peer), entry(9, wirechief.EntryAutoReply)
			do(t, s, wirechief.Accept{Messages: []*wirechief.Message{m, inbound(acme, 2, other)}, Entries: []wirechief.Entry{e}, Replied: true})
			e.Conversation = 1
			same(t, "entries", must(s.Entries(t.Context(), conversationKey(acme, 1), 0, 10))(t), []wirechief.Entry{e})
			same(t, "replies", must(s.AutoReplies(t.Context(), m.CreatedAt.Add(-1)))(t), map[string]time.Time{acme + " " + ours + " " + peer: m.CreatedAt})
			same(t, "of later", must(s.AutoReplies(t.Context(), m.CreatedAt))(t), map[string]time.Time{})
			same(t, "in the conversation", conversation(t, s, conversationKey(acme, 1)).AutoReplyAt, m.CreatedAt)
			refuse(t, s, wirechief.Invalid, wirechief.Accept{Messages: []*wirechief.Message{inbound(acme, 3, peer)}, Entries: []wirechief.Entry{{Kind: wirechief.EntryNote}}})
			same(t, "last id", must(s.LastID(t.Context()))(t), int64(9))
		}},
		{"conversation/what people change", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(inbound(acme, 1, peer)), accept(outbound(acme, 2, peer)), accept(inbound(acme, 3, peer)))
			k := conversationKey(acme, 1)
			note := entry(20, wirechief.EntryNote)
			do(t, s, wirechief.ChangeConversation{
				Key: k, Read: new(int64(2)), Assignee: new(int64(7)), Labels: &[]string{"a", `q"`}, AutoReplyAt: new(at(time.Hour)), Entries: []wirechief.Entry{note},
			})
			c := conversation(t, s, k)
			if c.Read != 2 || c.Unread != 1 || c.Assignee != 7 || !c.AutoReplyAt.Equal(at(time.Hour)) || c.Archived {
				t.Fatalf("%+v", c)
			}
			same(t, "labels", c.Labels, []string{"a", `q"`})
			do(t, s, wirechief.ChangeConversation{Key: k, Read: new(int64(3))})
			same(t, "unread", conversation(t, s, k).Unread, 0)
			do(t, s, wirechief.ChangeConversation{Key: k, Read: new(int64(0))})
			same(t, "unread again", conversation(t, s, k).Unread, 2)
			r := refuse(t, s, wirechief.Conflict, wirechief.ChangeConversation{Key: k, Assignee: new(int64(8)), OnlyAssignee: new(int64(0)), Entries: []wirechief.Entry{entry(21, wirechief.EntryAssigned)}})
			if e := r.Err.(*wirechief.Error); e.Rule != wirechief.RuleRevision {
				t.Errorf("rule %q", e.Rule)
			}
			do(t, s, wirechief.ChangeConversation{Key: k, Assignee: new(int64(8)), OnlyAssignee: new(int64(7))})
			same(t, "assignee", conversation(t, s, k).Assignee, int64(8))
			refuse(t, s, wirechief.NotFound, wirechief.ChangeConversation{Key: conversationKey(brand, 1), Archived: new(true)})
			note.Conversation = 1
			same(t, "entries", must(s.Entries(t.Context(), k, 0, 10))(t), []wirechief.Entry{note})
			same(t, "entries after", must(s.Entries(t.Context(), k, 20, 10))(t), []wirechief.Entry(nil))
		}},
		{"conversation/an inbound message takes it out of the archive", func(t *testing.T, s wirechief.Store) {
			k := conversationKey(acme, 1)
			do(t, s, accept(inbound(acme, 1, peer)), wirechief.ChangeConversation{Key: k, Read: new(int64(1)), Archived: new(true)}, accept(outbound(acme, 2, peer)))
			same(t, "archived", conversation(t, s, k).Archived, true)
			m := inbound(acme, 3, peer)
			do(t, s, accept(m), accept(inbound(acme, 4, peer)))
			c := conversation(t, s, k)
			if c.Archived || c.Unread != 2 {
				t.Fatalf("%+v", c)
			}
			same(t, "entries", must(s.Entries(t.Context(), k, 0, 10))(t), []wirechief.Entry{{ID: 3, Conversation: 1, Kind: wirechief.EntryReopened, Message: 3, At: m.CreatedAt}})
		}},
		{"conversation/what is changed in the commit of a message", func(t *testing.T, s wirechief.Store) {
			k := conversationKey(acme, 1)
			do(t, s, accept(inbound(acme, 1, peer), inbound(acme, 2, peer)), wirechief.ChangeConversation{Key: k, Read: new(int64(1)), Archived: new(true)}, accept(inbound(acme, 3, peer)))
			c := conversation(t, s, k)
			if c.Archived || c.Unread != 2 || c.Last != 3 || c.Read != 1 {
				t.Fatalf("%+v", c)
			}
		}},
		{"conversation/a text that goes off the record goes from the inbox, too", func(t *testing.T, s wirechief.Store) {
			m := outbound(acme, 1, peer, says("the code is 4711"), func(m *wirechief.Message) { m.Options = &wirechief.MessageOptions{OffTheRecord: true} })
			do(t, s, accept(m))
			do(t, s, submit(m.MessageKey, "c1"))
			if c := conversation(t, s, conversationKey(acme, 1)); strings.Contains(c.LastText, "4711") || c.LastText == "" {
				t.Fatalf("%+v", c)
			}
		}},
	}
}
