package sqlite

import (
	"encoding/json"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

const redactNotes = `UPDATE conversation_entry SET text = '` + wirechief.Redacted + `' WHERE conversation = ? AND kind = 'note' AND text <> '` + wirechief.Redacted + `'`

// forgetNotes takes the words out of what agents noted in conversations: notes
// repeat what was said. Of a sweep it does a slice.
func (w *writer) forgetNotes(c *forgetting) (through bool, err error) {
	if c.isSweep() {
		return w.sweepNotes(c)
	}
	var keys []int64
	rows := w.q("SELECT key FROM conversation WHERE tenant = ? AND peer = ? AND (? = '' OR number = ?)").
		text(c.Tenant).text(c.peer).text(c.number).text(c.number)
	if err := rows.each(func() error {
		keys = append(keys, rows.getInt())
		return nil
	}); err != nil {
		return false, err
	}
	for _, key := range keys {
		s := w.q(redactNotes).int(key)
		if !c.Before.IsZero() {
			s = w.q(redactNotes + " AND at < ?").int(key).int(store.Micros(c.Before))
		}
		if err := s.run(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// sweepNotes goes over the entries in order of their ids, those of all tenants,
// from where the last sweep has ended.
func (w *writer) sweepNotes(c *forgetting) (through bool, err error) {
	if c.after == 0 {
		if c.after, err = w.mark(c.Tenant, markNotes); err != nil {
			return false, err
		}
		c.mark, c.held = c.after, false
	}
	was, looked := c.mark, 0
	before, settled := store.Micros(c.Before), store.Micros(w.s.Now().Add(-drift))
	type note struct{ conversation, id int64 }
	var notes []note
	rows := w.q(`SELECT e.id, e.conversation, e.at, e.kind = 'note' AND e.text <> '` + wirechief.Redacted + `' AND c.tenant = ?
		FROM conversation_entry AS e INDEXED BY conversation_entry_id LEFT JOIN conversation AS c ON c.key = e.conversation
		WHERE e.id > ? ORDER BY e.id LIMIT ?`).text(c.Tenant).int(c.after).int(forgetLooks)
	old := true
	if err := rows.each(func() error {
		looked++
		n := note{id: rows.getInt(), conversation: rows.getInt()}
		at, wanted := rows.getInt(), rows.getInt() != 0
		c.after = n.id
		old = at < before+drift.Microseconds()
		c.reached(n.id, at >= before || at >= settled)
		if wanted && at < before {
			notes = append(notes, n)
		}
		return nil
	}); err != nil {
		return false, err
	}
	for _, n := range notes {
		if err := w.q("UPDATE conversation_entry SET text = '" + wirechief.Redacted + "' WHERE conversation = ? AND id = ?").
			int(n.conversation).int(n.id).run(); err != nil {
			return false, err
		}
	}
	if c.mark > was {
		err = w.setMark(c.Tenant, markNotes, c.mark)
	}
	return looked < forgetLooks || !old, err
}

// forgetRows takes the texts out of the rows of bulk sends.
func (w *writer) forgetRows(c *forgetting, res *wirechief.Result) (through bool, err error) {
	if c.isSweep() {
		return w.sweepBulk(c)
	}
	if c.peer == "" {
		return true, nil
	}
	type row struct {
		bulk, seq int64
		ready     bool
	}
	var list []row
	rows := w.q("SELECT bulk, seq, state FROM bulk_row WHERE recipient = ?").text(c.peer)
	if err := rows.each(func() error {
		list = append(list, row{rows.getInt(), rows.getInt(), rows.getText() == string(wirechief.RowReady)})
		return nil
	}); err != nil {
		return false, err
	}
	for _, r := range list {
		b, err := oneBulk(w.conn, r.bulk)
		if err != nil {
			return false, err
		}
		if b == nil || b.Tenant != c.Tenant || c.number != "" && b.From != c.number || !c.Before.IsZero() && !b.CreatedAt.Before(c.Before) {
			continue
		}
		if r.ready && !isOver(b) {
			res.Left++ // it is still to be sent
			continue
		}
		recipient := c.peer
		if c.Remove && c.Peer != "" {
			recipient = wirechief.Redacted
		}
		if err := w.q("UPDATE bulk_row SET text = ?, recipient = ? WHERE bulk = ? AND seq = ?").
			text(wirechief.Redacted).text(recipient).int(r.bulk).int(r.seq).run(); err != nil {
			return false, err
		}
	}
	return true, nil
}

func isOver(b *wirechief.Bulk) bool {
	return b.State == wirechief.BulkDone || b.State == wirechief.BulkCanceled
}

// sweepBulk does a slice of the bulk sends of the tenant that are over since
// before the instant. A draft that nobody has started by then goes altogether:
// redacted it would be a trap.
func (w *writer) sweepBulk(c *forgetting) (through bool, err error) {
	shard := wirechief.ShardOf(c.Tenant)
	row := w.q("SELECT key FROM bulk WHERE key >= ? AND key < ? AND tenant = ? ORDER BY key LIMIT 1").
		int(max(c.after, keyOf(shard, 0))).int(keyOf(shard, 1<<idBits-1)).text(c.Tenant)
	found, err := row.row()
	if !found || err != nil {
		return true, err
	}
	key := row.getInt()
	row.done()
	if key != c.after {
		c.after, c.seq = key, -1
	}
	b, err := oneBulk(w.conn, key)
	if err != nil {
		return false, err
	}
	next := func() (bool, error) {
		c.after++
		c.seq = -1
		return false, nil
	}
	draft := b.State == wirechief.BulkDraft && b.CreatedAt.Before(c.Before)
	if !draft && (!isOver(b) || !b.EndedAt.Before(c.Before) || !c.Remove && b.Text == wirechief.Redacted) {
		return next()
	}
	last, n := c.seq, 0
	rows := w.q("SELECT seq FROM bulk_row WHERE bulk = ? AND seq > ? ORDER BY seq LIMIT ?").int(key).int(c.seq).int(sliceMost)
	if err := rows.each(func() error {
		last = rows.getInt()
		n++
		return nil
	}); err != nil {
		return false, err
	}
	remove := c.Remove || draft
	s := w.q("UPDATE bulk_row SET text = '" + wirechief.Redacted + "' WHERE bulk = ? AND seq > ? AND seq <= ?")
	if remove {
		s = w.q("DELETE FROM bulk_row WHERE bulk = ? AND seq > ? AND seq <= ?")
	}
	if err := s.int(key).int(c.seq).int(last).run(); err != nil {
		return false, err
	}
	if c.seq = last; n == sliceMost {
		return false, nil
	}
	if remove {
		err = w.q("DELETE FROM bulk WHERE key = ?").int(key).run()
	} else {
		b.Text = wirechief.Redacted
		var doc []byte
		if doc, err = json.Marshal(b); err != nil {
			return false, unwritable(err)
		}
		err = w.q("UPDATE bulk SET doc = ? WHERE key = ?").bytes(doc).int(key).run()
	}
	if err != nil {
		return false, err
	}
	return next()
}
