package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// Conversation implements [wirechief.ConversationReader].
func (s *Store) Conversation(ctx context.Context, key wirechief.ConversationKey) (out *wirechief.Conversation, err error) {
	err = s.read(ctx, func(c *conn) error {
		out, err = oneConversation(c.q(selectConversation).int(keyOf(key.Shard, key.ID)))
		if out == nil && err == nil {
			return noConversation(key)
		}
		return err
	})
	return out, err
}

// ConversationBetween implements [wirechief.ConversationReader].
func (s *Store) ConversationBetween(ctx context.Context, tenant, number, peer string) (out *wirechief.Conversation, err error) {
	err = s.read(ctx, func(c *conn) error {
		out, err = oneConversation(c.q(selectBetween).text(tenant).text(peer).text(number))
		if out == nil && err == nil {
			return wirechief.Errorf(wirechief.NotFound, "there is no conversation between %s and %s", number, peer)
		}
		return err
	})
	return out, err
}

// Conversations implements [wirechief.ConversationReader]. Conditions whose
// values vary in number are given as one JSON list, so that there are few
// different statements.
func (s *Store) Conversations(ctx context.Context, f wirechief.ConversationFilter) (out []*wirechief.Conversation, err error) {
	q := new(query)
	index := "conversation_inbox"
	if f.Unread {
		q.and("unread > 0")
		index = "conversation_unread"
	}
	if f.Archived != nil {
		q.and("archived = ?", truth(*f.Archived))
	}
	if f.Assignee != nil {
		q.and("assignee = ?", *f.Assignee)
	}
	if len(f.Numbers) > 0 {
		q.and("number IN (SELECT value FROM json_each(?))", jsonList(f.Numbers))
	}
	if f.Label != "" {
		// The quotation marks inside of labels are escaped: what follows a comma
		// or the bracket is the beginning of a label.
		quoted := jsonText(f.Label)
		q.and("(instr(labels, ?) > 0 OR instr(labels, ?) > 0)", "["+quoted, ","+quoted)
	}
	if f.Peer != "" {
		q.and("peer = ?", f.Peer)
		index = "conversation_pair"
	}
	if len(f.Peers) > 0 {
		q.and("peer IN (SELECT value FROM json_each(?))", jsonList(f.Peers))
		index = "conversation_pair"
	}
	_, before, limit := bounds(0, f.Before, f.Limit)
	err = s.read(ctx, func(c *conn) error {
		rows := q.bind(c.q("SELECT " + conversationColumns + " FROM conversation INDEXED BY " + index +
			" WHERE tenant = ? AND last < ?" + q.where.String() + " ORDER BY last DESC LIMIT ?").
			text(f.Tenant).int(before)).int(int64(limit))
		return rows.each(func() error {
			v, err := scanConversation(rows)
			out = append(out, v)
			return err
		})
	})
	return out, err
}

// jsonList writes a list as store.Strings does, "[]" for none.
func jsonList(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	return store.Strings(list)
}

// jsonText writes a string as it stands in a list of store.Strings.
func jsonText(s string) string {
	list := store.Strings([]string{s})
	return list[1 : len(list)-1]
}

// UnreadIn implements [wirechief.ConversationReader].
func (s *Store) UnreadIn(ctx context.Context, tenant string) (all int, byAssignee map[int64]int, err error) {
	byAssignee = make(map[int64]int)
	err = s.read(ctx, func(c *conn) error {
		rows := c.q(`SELECT assignee, count(*) FROM conversation INDEXED BY conversation_unread
			WHERE tenant = ? AND unread > 0 AND archived = 0 GROUP BY assignee`).text(tenant)
		return rows.each(func() error {
			assignee, n := rows.getInt(), int(rows.getInt())
			byAssignee[assignee] = n
			all += n
			return nil
		})
	})
	return all, byAssignee, err
}

// Thread implements [wirechief.ConversationReader].
func (s *Store) Thread(ctx context.Context, key wirechief.ConversationKey, before int64, limit int) (out []*wirechief.Message, err error) {
	_, before, limit = bounds(0, before, limit)
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT " + messageColumns + ` FROM message WHERE conversation = ? AND key < ? ORDER BY key DESC LIMIT ?`).
			int(keyOf(key.Shard, key.ID)).int(keyOf(key.Shard, before)).int(int64(limit))
		return rows.each(func() error {
			m, err := scanMessage(rows, whole)
			if err != nil {
				return damaged(err)
			}
			out = append(out, m)
			return nil
		})
	})
	slices.Reverse(out)
	return out, err
}

// Entries implements [wirechief.ConversationReader].
func (s *Store) Entries(ctx context.Context, key wirechief.ConversationKey, after int64, limit int) (out []wirechief.Entry, err error) {
	_, _, limit = bounds(0, 0, limit)
	err = s.read(ctx, func(c *conn) error {
		rows := c.q(`SELECT id, kind, who, text, message, delivery, at FROM conversation_entry
			WHERE conversation = ? AND id > ? ORDER BY id LIMIT ?`).
			int(keyOf(key.Shard, key.ID)).int(after).int(int64(limit))
		return rows.each(func() error {
			out = append(out, wirechief.Entry{
				ID: rows.getInt(), Conversation: key.ID, Kind: wirechief.EntryKind(rows.getText()), Who: rows.getText(), Text: rows.getText(),
				Message: rows.getInt(), Delivery: rows.getInt(), At: store.Instant(rows.getInt()),
			})
			return nil
		})
	})
	return out, err
}

// AutoReplies implements [wirechief.ConversationReader].
func (s *Store) AutoReplies(ctx context.Context, after time.Time) (map[string]time.Time, error) {
	out := make(map[string]time.Time)
	err := s.read(ctx, func(c *conn) error {
		rows := c.q(`SELECT tenant, number, peer, auto_reply_at FROM conversation WHERE auto_reply_at > ? AND auto_reply_at > 0`).int(store.Micros(after))
		if err := rows.each(func() error {
			tenant, number, peer := rows.getText(), rows.getText(), rows.getText()
			out[tenant+" "+number+" "+peer] = store.Instant(rows.getInt())
			return nil
		}); err != nil {
			return err
		}
		return c.keptWindows(store.Micros(after), out)
	})
	return out, err
}
