package sqlite

import (
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// among asks for one of the values; none stand for all.
func among[T ~string](q *query, column string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	q.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// drift is how far the order of ids and that of the times of messages may
// differ: ids are given in order, whatever the clock does.
const drift = 10 * time.Minute

// narrow takes the times that are asked for to the ids that there were then,
// about, so that a day long ago is found without reading all that came since.
func narrow(c *conn, shard wirechief.Shard, f *wirechief.MessageFilter, after, before int64) (int64, int64, error) {
	if !f.CreatedFrom.IsZero() {
		id, err := idAt(c, shard, f.CreatedFrom.Add(-drift))
		if err != nil {
			return after, before, err
		}
		after = max(after, id-1)
	}
	if !f.CreatedTo.IsZero() {
		id, err := idAt(c, shard, f.CreatedTo.Add(drift))
		if err != nil {
			return after, before, err
		}
		before = min(before, id)
	}
	return after, before, nil
}

// idAt finds the first message of a shard that is not from before an instant,
// by halves; without one it gives the end of all ids.
func idAt(c *conn, shard wirechief.Shard, t time.Time) (int64, error) {
	at := store.Micros(t)
	low, high := int64(0), int64(1<<idBits-1)
	for low < high {
		middle := low + (high-low)/2
		s := c.q("SELECT key, created_at FROM message WHERE key >= ? AND key < ? ORDER BY key LIMIT 1").
			int(keyOf(shard, middle)).int(keyOf(shard, high))
		found, err := s.row()
		if err != nil {
			return 0, err
		}
		if !found {
			high = middle
			continue
		}
		_, id := splitKey(s.getInt())
		created := s.getInt()
		s.done()
		if created < at {
			low = id + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// nearby narrows a query for the messages of a peer to the conversations with
// them, and to what is in none: a scan of everything that the tenant has would
// find little. Of a number of ours much is found soon, and it is left alone.
func nearby(c *conn, q *query, tenant, peer string) error {
	if peer == "" {
		return nil
	}
	const most = 200
	var keys []any
	rows := c.q("SELECT key FROM conversation WHERE tenant = ? AND peer = ? LIMIT ?").text(tenant).text(peer).int(most)
	if err := rows.each(func() error {
		keys = append(keys, rows.getInt())
		return nil
	}); err != nil || len(keys) == most {
		return err
	}
	ours := c.q("SELECT 1 FROM number WHERE number = ?1 UNION ALL SELECT 1 FROM conversation WHERE tenant = ?2 AND number = ?1 LIMIT 1").text(peer).text(tenant)
	switch found, err := ours.row(); {
	case err != nil:
		return err
	case found:
		ours.done()
		return nil
	}
	q.and("conversation IN (0"+strings.Repeat(", ?", len(keys))+")", keys...)
	return nil
}
