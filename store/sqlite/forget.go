package sqlite

import (
	"math"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// How much of a Forget is done in one commit: messages that are changed, each
// with all that hangs on it, and messages that are only looked at.
const (
	forgetChanges = 100
	forgetLooks   = 2000
)

// forgetting is what is left of a Forget. It goes over the messages, then the
// notes of agents, then the rows of bulk sends.
type forgetting struct {
	wirechief.Forget
	begun        bool
	number, peer string // of the conversation, which may be gone before its rows are looked for
	messages     bool   // are through
	notes        bool   // are through
	after        int64  // key of the last message, id of the last entry, or key of the last bulk that was looked at
	seq          int64  // of that bulk's last row
	mark         int64  // up to here there is nothing left to do
	held         bool   // something before was left, or is too young: the mark stays
}

// isSweep says whether it is the retention rule that asks, which comes back
// each day and remembers how far it was.
func (c *forgetting) isSweep() bool { return c.Conversation == 0 && c.Peer == "" }

func (c *forgetting) markName() string {
	switch {
	case c.Remove:
		return markMessages
	case c.MediaOnly:
		return markMedia
	}
	return markTexts
}

// reached moves the mark, unless something before it is held.
func (c *forgetting) reached(at int64, held bool) {
	if c.held = c.held || held; !c.held {
		c.mark = at
	}
}

// forget does a slice of a Forget and gives back what is left. What it deletes
// is overwritten in the file.
func (w *writer) forget(c *forgetting) (res wirechief.Result, more wirechief.Command, err error) {
	if c.Tenant == "" || c.Before.IsZero() && c.isSweep() {
		return refused(wirechief.Invalid, "", "say whose texts are to be forgotten, and which"), nil, nil
	}
	if err := w.exec("PRAGMA secure_delete=ON"); err != nil {
		return res, nil, err
	}
	defer func() {
		if undo := w.exec("PRAGMA " + secureUsually); err == nil {
			err = undo
		}
	}()
	if err := w.writeThreads(); err != nil {
		return res, nil, err
	}
	if !c.begun {
		if err := w.beginForget(c); err != nil {
			return res, nil, err
		}
	}
	var through bool
	switch {
	case !c.messages:
		through, err = w.forgetMessages(c, &res)
		if c.messages = through; through {
			c.after, c.mark, c.held = 0, 0, false
			through = c.MediaOnly
		}
	case !c.notes:
		if c.notes, err = w.forgetNotes(c); c.notes {
			c.after = 0
		}
	default:
		through, err = w.forgetRows(c, &res)
	}
	if err != nil || through {
		return res, nil, err
	}
	return res, *c, nil
}

// beginForget looks what the slices have to know.
func (w *writer) beginForget(c *forgetting) (err error) {
	c.begun = true
	shard := wirechief.ShardOf(c.Tenant)
	c.after = keyOf(shard, 0)
	switch {
	case c.isSweep():
		if err := w.dropOldWindows(c.Tenant); err != nil {
			return err
		}
		c.mark, err = w.mark(c.Tenant, c.markName())
		c.after = max(c.after, c.mark)
	case c.Conversation != 0:
		v, err := oneConversation(w.q(selectConversation).int(keyOf(shard, c.Conversation)))
		if err != nil {
			return err
		}
		if v != nil && v.Tenant == c.Tenant {
			c.number, c.peer = v.Number, v.Peer
		}
	default:
		c.peer = c.Peer
	}
	if err == nil && c.Remove && !c.isSweep() {
		err = w.dropWindows(c.Tenant, c.number, c.peer)
	}
	return err
}

// forgetMessages does a slice of the messages.
func (w *writer) forgetMessages(c *forgetting, res *wirechief.Result) (through bool, err error) {
	was := c.mark
	keys, through, err := w.toForget(c, res)
	if err != nil {
		return false, err
	}
	touched := make(map[int64]bool) // conversations
	for _, key := range keys {
		m, err := w.whole(key)
		if err != nil {
			return false, err
		}
		if m == nil {
			continue
		}
		w.recent.drop(m)
		if !c.isSweep() && !c.MediaOnly {
			n, err := w.redactCopies(m)
			if err != nil {
				return false, err
			}
			res.Count += n
		}
		switch {
		case c.Remove:
			err = w.removeMessage(m)
			if m.Conversation != 0 {
				touched[keyOf(m.Shard, m.Conversation)] = true
			}
		case c.MediaOnly:
			err = w.clearMedia(m)
		default:
			err = w.redactMessage(m)
		}
		if err != nil {
			return false, err
		}
		res.Count++
	}
	for conversation := range touched {
		if err := w.shrinkConversation(conversation, c.isSweep()); err != nil {
			return false, err
		}
	}
	if len(keys) > 0 && !c.MediaOnly {
		w.forgotten()
		if err := w.setMark("", markWords, 1); err != nil {
			return false, err
		}
	}
	if c.isSweep() && c.mark > was {
		err = w.setMark(c.Tenant, c.markName(), c.mark)
	}
	return through, err
}

// whole reads a message with all that it has, nil when there is none.
func (w *writer) whole(key int64) (*wirechief.Message, error) {
	m, damage, err := oneMessage(w.q(selectMessage).int(key), whole)
	if damage != nil {
		err = damaged(damage)
	}
	return m, err
}

const (
	selectToForget = `SELECT key, tenant, created_at, lane, text <> '' AND text <> '` + wirechief.Redacted + `', media <> '', sender, recipient FROM message`
	isWaiting      = `SELECT 1 FROM delivery WHERE message = ? AND message <> 0 AND tenant = ? AND status IN ('pending', 'paused')`
)

// toForget finds the next messages that there is something to do with, oldest
// first, and that wait for nothing.
func (w *writer) toForget(c *forgetting, res *wirechief.Result) (keys []int64, through bool, err error) {
	shard := wirechief.ShardOf(c.Tenant)
	end, before := int64(1<<idBits-1), int64(math.MaxInt64)
	if !c.Before.IsZero() {
		before = store.Micros(c.Before)
		if end, err = idAt(w.conn, shard, c.Before.Add(drift)); err != nil {
			return nil, false, err
		}
	}
	// What is about to be kept may have an id from a while ago.
	settled := store.Micros(w.s.Now().Add(-drift))
	rows := w.q(selectToForget + " WHERE key > ? AND key < ? ORDER BY key LIMIT ?")
	if c.Conversation != 0 {
		rows = w.q(selectToForget + " WHERE conversation = ? AND key > ? AND key < ? ORDER BY key LIMIT ?").int(keyOf(shard, c.Conversation))
	}
	rows.int(c.after).int(keyOf(shard, end)).int(forgetLooks)
	looked := 0
	for looked < forgetLooks && len(keys) < forgetChanges {
		found, err := rows.row()
		if err != nil {
			return nil, false, err
		}
		if !found {
			return keys, true, nil
		}
		looked++
		c.after = rows.getInt()
		tenant, created, lane, hasText, hasMedia := rows.getText(), rows.getInt(), rows.getText(), rows.getInt() != 0, rows.getInt() != 0
		// No index finds a peer: it is asked for rarely, and goes slice by slice.
		if sender, recipient := rows.getText(), rows.getText(); c.Peer != "" && sender != c.Peer && recipient != c.Peer {
			continue
		}
		if tenant != c.Tenant {
			c.reached(c.after, created >= settled)
			continue
		}
		wanted := c.Remove || hasMedia || !c.MediaOnly && hasText
		waits := lane != ""
		if wanted && !waits && created < before {
			if waits, err = w.waits(c, c.after); err != nil {
				rows.done()
				return nil, false, err
			}
		}
		c.reached(c.after, waits || created >= before || created >= settled)
		switch {
		case !wanted || created >= before:
		case waits:
			res.Left++
		default:
			keys = append(keys, c.after)
		}
	}
	rows.done()
	return keys, false, nil
}

// waits says whether something about a message has still to be delivered, or a
// copy of it to be sent.
func (w *writer) waits(c *forgetting, key int64) (bool, error) {
	shard, id := splitKey(key)
	row := w.q(isWaiting).int(id).text(c.Tenant)
	waits, err := row.row()
	row.done()
	if waits || err != nil {
		return waits, err
	}
	copies, err := w.copiesOf(shard, c.Tenant, id)
	for _, copied := range copies {
		row := w.q("SELECT 1 FROM message WHERE key = ? AND lane <> ''").int(copied)
		waits, err := row.row()
		row.done()
		if !waits && err == nil && !c.isSweep() && !c.MediaOnly {
			_, id := splitKey(copied)
			row := w.q(isWaiting).int(id).text(c.Tenant)
			waits, err = row.row()
			row.done()
		}
		if waits || err != nil {
			return waits, err
		}
	}
	return false, err
}
