package sqlite

import (
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// thread is what the writer knows of a conversation. What messages change of
// it is collected here and written once at the end of the transaction, however
// many there were.
type thread struct {
	key      int64
	last     int64 // id of its newest message
	read     int64
	archived bool

	// Of the transaction under way:
	isNew     bool
	isDirty   bool
	newest    *wirechief.Message // nil: none that is newer than last was
	unread    int64              // further inbound messages
	reopened  bool
	repliedAt int64
}

// pair names a conversation.
type pair struct{ tenant, number, peer string }

// pairOf gives the two ends of a message, ours first.
func pairOf(m *wirechief.Message) pair {
	if m.Direction == wirechief.Inward {
		return pair{m.Tenant, m.To, m.From}
	}
	return pair{m.Tenant, m.From, m.To}
}

// threadsMost is how many conversations the writer remembers between transactions.
const threadsMost = 8192

// threads remembers the conversations that messages came to last, so that the
// next message finds its own without a query. Like recent it is what the rows
// say, because only the writer changes them; when a transaction is undone, all
// is forgotten.
type threads struct {
	known map[pair]*thread
	dirty []*thread
}

func (t *threads) forget() { *t = threads{} }

func (t *threads) touch(c *thread) {
	if !c.isDirty {
		c.isDirty = true
		t.dirty = append(t.dirty, c)
	}
}

const (
	selectThread = `SELECT key, last, read, archived FROM conversation WHERE tenant = ? AND peer = ? AND number = ?`
	insertThread = `INSERT INTO conversation VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, '', ?, ?)`
	updateThread = `UPDATE conversation SET last = ?, last_at = ?, last_text = ?, last_direction = ?,
		unread = unread + ?, archived = ? WHERE key = ?`
	updateThreadOld = `UPDATE conversation SET unread = unread + ?, archived = ? WHERE key = ?`
	updateReplied   = `UPDATE conversation SET auto_reply_at = max(auto_reply_at, ?) WHERE key = ?`
	insertEntry     = `INSERT INTO conversation_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	updateSnippet   = `UPDATE conversation SET last_text = ? WHERE key = ? AND last = ?`
)

// join finds or opens the conversation of a message that is about to be inserted.
func (w *writer) join(m *wirechief.Message) error {
	m.Conversation = 0
	if m.Apart {
		return nil
	}
	p := pairOf(m)
	c := w.threads.known[p]
	if c == nil {
		c = new(thread)
		row := w.q(selectThread).text(p.tenant).text(p.peer).text(p.number)
		found, err := row.row()
		if err != nil {
			return err
		}
		if found {
			c.key, c.last, c.read, c.archived = row.getInt(), row.getInt(), row.getInt(), row.getInt() != 0
			row.done()
		} else {
			c.key, c.isNew = keyOf(m.Shard, m.ID), true
		}
		if w.threads.known == nil {
			w.threads.known = make(map[pair]*thread)
		}
		w.threads.known[p] = c
	}
	w.threads.touch(c)
	_, m.Conversation = splitKey(c.key)
	if m.ID > c.last {
		c.last, c.newest = m.ID, m
	}
	if m.Direction != wirechief.Inward {
		return nil
	}
	if m.ID > c.read {
		c.unread++
	}
	if c.archived {
		c.archived, c.reopened = false, true
		return w.insertEntry(c.key, &wirechief.Entry{ID: m.ID, Kind: wirechief.EntryReopened, Message: m.ID, At: m.CreatedAt})
	}
	return nil
}

// writeThreads writes what messages changed of their conversations.
func (w *writer) writeThreads() error {
	for _, c := range w.threads.dirty {
		var err error
		switch m := c.newest; {
		case c.isNew:
			p := pairOf(m)
			err = w.q(insertThread).int(c.key).text(p.tenant).text(p.number).text(p.peer).
				int(c.last).int(store.Micros(m.CreatedAt)).text(snippet(m.Text)).text(string(m.Direction)).
				int(c.unread).int(c.repliedAt).int(store.Micros(m.CreatedAt)).run()
		case m != nil:
			err = w.q(updateThread).int(c.last).int(store.Micros(m.CreatedAt)).text(snippet(m.Text)).text(string(m.Direction)).
				int(c.unread).int(truth(c.archived)).int(c.key).run()
		default:
			err = w.q(updateThreadOld).int(c.unread).int(truth(c.archived)).int(c.key).run()
		}
		if err == nil && c.repliedAt > 0 && !c.isNew {
			err = w.q(updateReplied).int(c.repliedAt).int(c.key).run()
		}
		if err != nil {
			return err
		}
		*c = thread{key: c.key, last: c.last, read: c.read, archived: c.archived}
	}
	clear(w.threads.dirty)
	w.threads.dirty = w.threads.dirty[:0]
	for p := range w.threads.known {
		if len(w.threads.known) <= threadsMost {
			break
		}
		delete(w.threads.known, p) // any of them
	}
	return nil
}

// snippet is the beginning of a text.
func snippet(text string) string {
	if len(text) <= wirechief.SnippetRunes {
		return text
	}
	n := 0
	for i := range text {
		if n++; n > wirechief.SnippetRunes {
			return text[:i]
		}
	}
	return text
}

// insertEntry adds an entry to a conversation.
func (w *writer) insertEntry(conversation int64, e *wirechief.Entry) error {
	if !fits(0, e.ID) || !utf8.ValidString(e.Text) {
		return wirechief.InvalidField("entries", "entry %d cannot be kept: it needs an id and a text of whole characters", e.ID)
	}
	return w.q(insertEntry).int(conversation).int(e.ID).text(string(e.Kind)).text(e.Who).text(e.Text).
		int(e.Message).int(e.Delivery).int(store.Micros(e.At)).run()
}

// noteAccepted keeps what an Accept says of conversations beside its messages.
// Without a conversation, as when the message is blocked, there is nowhere to
// keep an entry.
func (w *writer) noteAccepted(c *wirechief.Accept) error {
	if len(c.Messages) == 0 {
		return nil
	}
	first := c.Messages[0]
	for i := range c.Entries {
		e := c.Entries[i] // a copy: when the transaction is undone the conversation may become another
		if e.Conversation == 0 {
			e.Conversation = first.Conversation
		}
		if e.Conversation == 0 {
			continue
		}
		if err := w.insertEntry(keyOf(first.Shard, e.Conversation), &e); err != nil {
			return err
		}
	}
	if t := w.threads.known[pairOf(first)]; c.Replied && t != nil && first.Conversation != 0 {
		t.repliedAt = max(t.repliedAt, store.Micros(first.CreatedAt))
		w.threads.touch(t)
	}
	return nil
}

const conversationColumns = `key, tenant, number, peer, last, last_at, last_text, last_direction, read, unread, archived, assignee,
	labels, auto_reply_at, created_at`

func scanConversation(s *stmt) (*wirechief.Conversation, error) {
	c := new(wirechief.Conversation)
	c.Shard, c.ID = splitKey(s.getInt())
	c.Tenant, c.Number, c.Peer = s.getText(), s.getText(), s.getText()
	c.Last, c.LastAt, c.LastText = s.getInt(), store.Instant(s.getInt()), s.getText()
	c.LastDirection = wirechief.Direction(s.getText())
	c.Read, c.Unread, c.Archived, c.Assignee = s.getInt(), int(s.getInt()), s.getInt() != 0, s.getInt()
	labels := s.getText()
	c.AutoReplyAt, c.CreatedAt = store.Instant(s.getInt()), store.Instant(s.getInt())
	var err error
	if c.Labels, err = store.ParseStrings(labels); err != nil {
		return nil, damaged(err)
	}
	return c, nil
}

// oneConversation reads the only row of a query for conversationColumns, nil
// when there is none.
func oneConversation(s *stmt) (*wirechief.Conversation, error) {
	found, err := s.row()
	if !found || err != nil {
		return nil, err
	}
	defer s.done()
	return scanConversation(s)
}

const (
	selectConversation = `SELECT ` + conversationColumns + ` FROM conversation WHERE key = ?`
	selectBetween      = `SELECT ` + conversationColumns + ` FROM conversation WHERE tenant = ? AND peer = ? AND number = ?`
	countUnread        = `SELECT count(*) FROM message WHERE conversation = ? AND key > ? AND direction = 'inbound'`
	updateConversation = `UPDATE conversation SET read = ?, unread = ?, archived = ?, assignee = ?, labels = ?, auto_reply_at = ? WHERE key = ?`
)

// changeConversation does what people do with a conversation.
func (w *writer) changeConversation(c *wirechief.ChangeConversation) (wirechief.Result, error) {
	if err := w.writeThreads(); err != nil {
		return wirechief.Result{}, err
	}
	key := keyOf(c.Key.Shard, c.Key.ID)
	now, err := oneConversation(w.q(selectConversation).int(key))
	switch {
	case err != nil:
		return wirechief.Result{}, err
	case now == nil:
		return wirechief.Result{Err: noConversation(c.Key)}, nil
	case c.OnlyAssignee != nil && *c.OnlyAssignee != now.Assignee:
		return refused(wirechief.Conflict, wirechief.RuleRevision, "the conversation was assigned to somebody else meanwhile"), nil
	}
	if c.Read != nil {
		now.Read = *c.Read
		unread, err := w.countUnread(key, now.Read)
		if err != nil {
			return wirechief.Result{}, err
		}
		now.Unread = int(unread)
	}
	if c.Archived != nil {
		now.Archived = *c.Archived
	}
	if c.Assignee != nil {
		now.Assignee = *c.Assignee
	}
	if c.Labels != nil {
		now.Labels = *c.Labels
	}
	if c.AutoReplyAt != nil {
		now.AutoReplyAt = *c.AutoReplyAt
	}
	delete(w.threads.known, pair{now.Tenant, now.Number, now.Peer})
	if err := w.q(updateConversation).int(now.Read).int(int64(now.Unread)).int(truth(now.Archived)).int(now.Assignee).
		text(store.Strings(now.Labels)).int(store.Micros(now.AutoReplyAt)).int(key).run(); err != nil {
		return wirechief.Result{}, err
	}
	for i := range c.Entries {
		c.Entries[i].Conversation = c.Key.ID
		if err := w.insertEntry(key, &c.Entries[i]); err != nil {
			return wirechief.Result{}, err
		}
	}
	return wirechief.Result{Count: 1}, nil
}

// countUnread counts the inbound messages of a conversation after one.
func (w *writer) countUnread(key, read int64) (n int64, err error) {
	shard, _ := splitKey(key)
	row := w.q(countUnread).int(key).int(keyOf(shard, read))
	if _, err := row.row(); err != nil {
		return 0, err
	}
	defer row.done()
	return row.getInt(), nil
}

func noConversation(key wirechief.ConversationKey) *wirechief.Error {
	return wirechief.Errorf(wirechief.NotFound, "there is no conversation %d", key.ID)
}
