package sqlite

import (
	"context"
	"errors"
	"slices"

	"github.com/wirechief/wirechief"
)

// textsScanned is how many texts that are not in the index yet a search reads
// at most, the newest.
const textsScanned = 5000

// textsRead is how many of the newest texts a search reads before it asks the
// index: of words that many texts have, there the newest are found at once.
const textsRead = 1000

// SearchTexts implements [wirechief.ConversationReader]. What the index finds
// is compared with the texts as they are now.
func (s *Store) SearchTexts(ctx context.Context, f wirechief.TextSearch) (out []*wirechief.Message, err error) {
	wanted := wordsOf(f.Query)
	if len(wanted) == 0 {
		return nil, nil
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	_, before, limit := bounds(0, f.Before, min(f.Limit, 200))
	shard := wirechief.ShardOf(f.Tenant)
	q := textQuery{TextSearch: f, wanted: wanted, limit: limit, read: s.textsRead, first: keyOf(shard, 0), end: keyOf(shard, before)}
	err = s.read(ctx, func(c *conn) (err error) {
		// Both halves are of one moment: what leaves the one is in the other.
		if err := c.q("BEGIN").run(); err != nil {
			return err
		}
		defer func() {
			c.SetInterrupt(nil) // who gives up must not leave it open
			err = errors.Join(err, c.q("COMMIT").run())
		}()
		keys, err := q.find(c)
		if err != nil {
			return err
		}
		for _, key := range keys {
			m, damage, err := oneMessage(c.q(selectMessage).int(key), whole)
			if err != nil {
				return err
			}
			if damage != nil {
				return damaged(damage)
			}
			out = append(out, m)
		}
		return nil
	})
	return out, err
}

// textQuery is a search under way.
type textQuery struct {
	wirechief.TextSearch
	wanted     []string
	limit      int
	read       int64 // how many of the newest are read
	first, end int64 // keys: above, below
}

// find gives the keys of the newest messages that fit, newest first.
func (q *textQuery) find(c *conn) ([]int64, error) {
	if q.Peer != "" {
		return q.findWithPeer(c)
	}
	found, err := q.findNewest(c)
	if err != nil || len(found) == q.limit {
		return found, err
	}
	waiting, err := q.findWaiting(c)
	if err != nil {
		return nil, err
	}
	found = append(found, waiting...)
	// The index gives them newest first.
	indexed := 0
	rows := c.q("SELECT rowid FROM message_text WHERE message_text MATCH ? AND rowid > ? AND rowid < ? ORDER BY rowid DESC").
		text(matching(q.Tenant, q.wanted, q.Number)).int(q.first).int(q.end)
	for indexed < q.limit {
		more, err := rows.row()
		if err != nil {
			return nil, err
		}
		if !more {
			return q.newest(found), nil
		}
		key := rows.getInt()
		fits, err := q.fits(c, key)
		if err != nil {
			rows.done()
			return nil, err
		}
		if fits {
			found = append(found, key)
			indexed++
		}
	}
	rows.done()
	return q.newest(found), nil
}

// findNewest reads the newest texts, and leaves the search with those before.
func (q *textQuery) findNewest(c *conn) (found []int64, err error) {
	rows := c.q(`SELECT key, tenant, iif(direction = 'inbound', recipient, sender), text, conversation FROM message
		WHERE key > ? AND key < ? ORDER BY key DESC LIMIT ?`).int(q.first).int(q.end).int(q.read)
	for len(found) < q.limit {
		more, err := rows.row()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		q.end = rows.getInt()
		tenant, number, text, conversation := rows.getText(), rows.getText(), rows.getText(), rows.getInt()
		if tenant == q.Tenant && (q.Number == "" || number == q.Number) && conversation != 0 && hasAll(text, q.wanted) {
			found = append(found, q.end)
		}
	}
	rows.done()
	return found, nil
}

// newest puts keys in order and leaves the first of them.
func (q *textQuery) newest(keys []int64) []int64 {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	slices.Reverse(keys)
	return keys[:min(len(keys), q.limit)]
}

// fits looks at a message itself.
func (q *textQuery) fits(c *conn, key int64) (bool, error) {
	row := c.q("SELECT tenant, iif(direction = 'inbound', recipient, sender), text, conversation FROM message WHERE key = ?").int(key)
	found, err := row.row()
	if !found || err != nil {
		return false, err
	}
	defer row.done()
	tenant, number, text, conversation := row.getText(), row.getText(), row.getText(), row.getInt()
	return tenant == q.Tenant && (q.Number == "" || number == q.Number) && conversation != 0 && hasAll(text, q.wanted), nil
}

// findWaiting searches the texts that are not in the index yet.
func (q *textQuery) findWaiting(c *conn) ([]int64, error) {
	var found, keys []int64
	rows := c.q("SELECT keys FROM text_pending ORDER BY seq DESC")
	for len(keys) < textsScanned {
		more, err := rows.row()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		keys = appendKeys(keys, rows.getBytes())
	}
	rows.done()
	keys = slices.DeleteFunc(keys, func(key int64) bool { return key <= q.first || key >= q.end })
	slices.Sort(keys)
	for _, key := range slices.Backward(keys) {
		fits, err := q.fits(c, key)
		if err != nil {
			return nil, err
		}
		if fits {
			if found = append(found, key); len(found) == q.limit {
				break
			}
		}
	}
	return found, nil
}

// findWithPeer reads the conversations with the peer: those are short.
func (q *textQuery) findWithPeer(c *conn) ([]int64, error) {
	var threads, found []int64
	rows := c.q("SELECT key FROM conversation WHERE tenant = ? AND peer = ? AND (number = ? OR ? = '')").
		text(q.Tenant).text(q.Peer).text(q.Number).text(q.Number)
	if err := rows.each(func() error {
		threads = append(threads, rows.getInt())
		return nil
	}); err != nil {
		return nil, err
	}
	for _, thread := range threads {
		rows := c.q("SELECT key, text, options FROM message WHERE conversation = ? AND key < ? ORDER BY key DESC").int(thread).int(q.end)
		for n := 0; n < q.limit; {
			more, err := rows.row()
			if err != nil {
				return nil, err
			}
			if !more {
				break
			}
			if key := rows.getInt(); hasAll(rows.getText(), q.wanted) {
				found = append(found, key)
				n++
			}
		}
		rows.done()
	}
	return q.newest(found), nil
}
