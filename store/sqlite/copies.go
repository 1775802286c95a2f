package sqlite

import (
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// A text that is sent on as a text has a copy, which is a message of its own
// with another peer. The delivery that sent it knows it; what it has of files it
// shares with the text.

// copiesOf gives the keys of the copies of a message.
func (w *writer) copiesOf(shard wirechief.Shard, tenant string, id int64) (out []int64, err error) {
	rows := w.q("SELECT attempts FROM delivery WHERE message = ? AND message <> 0 AND tenant = ? AND kind = 'sms'").int(id).text(tenant)
	err = rows.each(func() error {
		attempts, err := store.Lines[wirechief.Attempt](rows.getBytes())
		if err != nil {
			return damaged(err)
		}
		for i := range attempts {
			if m := attempts[i].Message; m > 0 && m != id && fits(shard, m) && !slices.Contains(out, keyOf(shard, m)) {
				out = append(out, keyOf(shard, m))
			}
		}
		return nil
	})
	return out, err
}

// redactCopies takes the text out of the copies of a message, too, and says of
// how many.
func (w *writer) redactCopies(m *wirechief.Message) (n int, err error) {
	copies, err := w.copiesOf(m.Shard, m.Tenant, m.ID)
	if err != nil {
		return 0, err
	}
	for _, key := range copies {
		c, err := w.whole(key)
		if err != nil {
			return n, err
		}
		if c == nil || c.Tenant != m.Tenant || len(c.Media) == 0 && (c.Text == "" || c.Text == wirechief.Redacted) {
			continue
		}
		w.recent.drop(c)
		if err := w.redactMessage(c); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// clearMedia takes the files out of a message and lets their records expire,
// and with those the files, at once: not a file that is another message's.
func (w *writer) clearMedia(m *wirechief.Message) error {
	for _, item := range m.Media {
		if item.Token == "" {
			continue
		}
		shared, err := w.isShared(m, item.Token)
		if err != nil {
			return err
		}
		if shared {
			continue
		}
		if err := w.q("UPDATE media SET expires_at = 1 WHERE token = ?").text(item.Token).run(); err != nil {
			return err
		}
	}
	return w.q(updateMedia).text("").int(keyOf(m.Shard, m.ID)).run()
}

// isShared says whether a file of a copy is there for the message that it came
// with, which still has it.
func (w *writer) isShared(m *wirechief.Message, token string) (bool, error) {
	row := w.q("SELECT message FROM media WHERE token = ? AND tenant = ?").text(token).text(m.Tenant)
	found, err := row.row()
	if !found || err != nil {
		return false, err
	}
	owner := row.getInt()
	row.done()
	if owner == m.ID || owner == 0 || !fits(m.Shard, owner) {
		return false, nil
	}
	row = w.q("SELECT 1 FROM message WHERE key = ? AND instr(media, ?) > 0").int(keyOf(m.Shard, owner)).text(jsonText(token))
	defer row.done()
	return row.row()
}
