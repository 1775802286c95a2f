package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// query is a SELECT under construction.
type query struct {
	where strings.Builder
	args  []any // int64 or string
}

func (q *query) and(condition string, args ...any) {
	q.where.WriteString(" AND ")
	q.where.WriteString(condition)
	q.args = append(q.args, args...)
}

func (q *query) bind(s *stmt) *stmt {
	for _, a := range q.args {
		switch v := a.(type) {
		case int64:
			s.int(v)
		case string:
			s.text(v)
		}
	}
	return s
}

// page reads limit keys of a table, newest first (oldest first with forward),
// whose ids lie between after and before, both exclusive. Keys are in order of
// the shard first, so each shard that has rows is asked in turn; what was found
// so far bounds what the next one has to read.
func page(c *conn, table string, q *query, shards []wirechief.Shard, after, before int64, forward bool, limit int) ([]int64, error) {
	order := "DESC"
	if forward {
		order = "ASC"
	}
	text := "SELECT key FROM " + table + " WHERE key > ? AND key < ?" + q.where.String() + " ORDER BY key " + order + " LIMIT ?"
	var found []int64
	for _, shard := range shards {
		s := q.bind(c.q(text).int(keyOf(shard, after)).int(keyOf(shard, before))).int(int64(limit))
		var more []int64
		if err := s.each(func() error {
			more = append(more, s.getInt())
			return nil
		}); err != nil {
			return nil, err
		}
		found = merge(found, more, forward, limit)
		if len(found) < limit {
			continue
		}
		if _, last := splitKey(found[limit-1]); forward {
			before = last
		} else {
			after = last
		}
	}
	return found, nil
}

// merge joins two lists that are in order of their ids.
func merge(a, b []int64, forward bool, limit int) []int64 {
	if len(a) == 0 {
		return b
	}
	out := make([]int64, 0, min(len(a)+len(b), limit))
	for len(out) < limit && len(a)+len(b) > 0 {
		first := len(b) == 0
		if len(a) > 0 && len(b) > 0 {
			_, x := splitKey(a[0])
			_, y := splitKey(b[0])
			first = x > y != forward
		}
		if first {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

// shardsOf gives the shards that a filter reaches: the tenant's, or all that
// have rows.
func shardsOf(c *conn, table, tenant string) ([]wirechief.Shard, error) {
	if tenant != "" {
		return []wirechief.Shard{wirechief.ShardOf(tenant)}, nil
	}
	var out []wirechief.Shard
	for next := int64(0); ; {
		s := c.q("SELECT key FROM " + table + " WHERE key >= ? ORDER BY key LIMIT 1").int(next)
		ok, err := s.row()
		if !ok || err != nil {
			return out, err
		}
		shard, _ := splitKey(s.getInt())
		s.done()
		out = append(out, shard)
		next = keyOf(shard+1, 0)
		if shard+1 >= wirechief.Shards {
			return out, nil
		}
	}
}

func bounds(after, before int64, limit int) (int64, int64, int) {
	if before <= 0 || before > 1<<idBits-1 {
		before = 1<<idBits - 1
	}
	switch {
	case limit <= 0:
		limit = 50
	case limit > 1000:
		limit = 1000
	}
	return max(after, 0), before, limit
}

// Message implements [wirechief.MessageReader].
func (s *Store) Message(ctx context.Context, key wirechief.MessageKey) (m *wirechief.Message, err error) {
	err = s.read(ctx, func(c *conn) error {
		var damage error
		m, damage, err = oneMessage(c.q(selectMessage).int(keyOf(key.Shard, key.ID)), whole)
		if damage != nil {
			return damaged(damage)
		}
		if m == nil && err == nil {
			return noMessage(key)
		}
		return err
	})
	return m, err
}

// Messages implements [wirechief.MessageReader].
func (s *Store) Messages(ctx context.Context, f wirechief.MessageFilter) (out []*wirechief.Message, err error) {
	var q query
	if f.Tenant != "" {
		q.and("tenant = ?", f.Tenant)
	}
	if f.Direction != "" {
		q.and("direction = ?", string(f.Direction))
	}
	if f.Status != "" {
		q.and("status = ?", string(f.Status))
	}
	among(&q, "status", f.Statuses)
	among(&q, "property", f.Properties)
	if !f.CreatedFrom.IsZero() {
		q.and("created_at >= ?", store.Micros(f.CreatedFrom))
	}
	if !f.CreatedTo.IsZero() {
		q.and("created_at < ?", store.Micros(f.CreatedTo))
	}
	if f.Number != "" {
		q.and("(sender = ? OR recipient = ?)", f.Number, f.Number)
	}
	if f.Ref != "" {
		q.and("ref = ?", f.Ref)
	}
	after, before, limit := bounds(f.After, f.Before, f.Limit)
	err = s.read(ctx, func(c *conn) error {
		shards, err := shardsOf(c, "message", f.Tenant)
		if err != nil {
			return err
		}
		if f.Tenant != "" {
			if after, before, err = narrow(c, shards[0], &f, after, before); err != nil {
				return err
			}
			if err := nearby(c, &q, f.Tenant, f.Number); err != nil {
				return err
			}
		}
		skip := max(f.Skip, 0)
		keys, err := page(c, "message", &q, shards, after, before, f.After > 0 || f.Oldest, limit+skip)
		if err != nil {
			return err
		}
		for _, key := range keys[min(skip, len(keys)):] {
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

// Queued implements [wirechief.MessageReader].
func (s *Store) Queued(ctx context.Context, lane string, limit int) (out []*wirechief.Message, err error) {
	if lane == "" {
		return nil, nil
	}
	err = s.read(ctx, func(c *conn) error {
		// The literal condition is what the partial index asks for.
		rows := c.q("SELECT " + messageColumns + ` FROM message WHERE lane = ? AND lane <> ''
			ORDER BY queue_at, key LIMIT ?`).text(lane).int(int64(limit))
		return rows.each(func() error {
			m, err := scanMessage(rows, whole)
			if err != nil {
				return damaged(err)
			}
			out = append(out, m)
			return nil
		})
	})
	return out, err
}

// QueueDepths implements [wirechief.MessageReader].
func (s *Store) QueueDepths(ctx context.Context) (map[string]wirechief.Depth, error) {
	out := make(map[string]wirechief.Depth)
	err := s.read(ctx, func(c *conn) error {
		rows := c.q(`SELECT lane, count(*), min(created_at) FROM message WHERE lane <> '' GROUP BY lane`)
		return rows.each(func() error {
			lane := rows.getText()
			out[lane] = wirechief.Depth{Count: int(rows.getInt()), Oldest: store.Instant(rows.getInt())}
			return nil
		})
	})
	return out, err
}

// Scheduled implements [wirechief.MessageReader].
func (s *Store) Scheduled(ctx context.Context, after time.Time) (out []wirechief.Scheduled, err error) {
	const minute = int64(time.Minute / time.Microsecond)
	err = s.read(ctx, func(c *conn) error {
		rows := c.q(`SELECT lane, tenant, queue_at / ? AS minute, count(*) FROM message WHERE lane <> '' AND queue_at > ? GROUP BY lane, tenant, minute`).
			int(minute).int(store.Micros(after))
		return rows.each(func() error {
			out = append(out, wirechief.Scheduled{
				Lane: rows.getText(), Tenant: rows.getText(), Minute: store.Instant(rows.getInt() * minute), Count: int(rows.getInt()),
			})
			return nil
		})
	})
	return out, err
}

// CountSent implements [wirechief.MessageReader].
func (s *Store) CountSent(ctx context.Context, tenant, from string, since time.Time) (n int, err error) {
	shard := wirechief.ShardOf(tenant)
	query := `SELECT count(*) FROM message
		WHERE key >= ? AND key < ? AND sender = ? AND created_at >= ? AND tenant = ? AND direction = 'outbound'
		AND status NOT IN ('suppressed', 'canceled')`
	if strings.HasPrefix(from, "+18") {
		query += " AND sender GLOB '+18*'" // what the index asks for
	}
	err = s.read(ctx, func(c *conn) error {
		row := c.q(query).
			int(keyOf(shard, 0)).int(keyOf(shard, 1<<idBits-1)).text(from).int(store.Micros(since)).text(tenant)
		if _, err := row.row(); err != nil {
			return err
		}
		n = int(row.getInt())
		row.done()
		return nil
	})
	return n, err
}

// Delivery implements [wirechief.DeliveryReader].
func (s *Store) Delivery(ctx context.Context, key wirechief.DeliveryKey) (d *wirechief.Delivery, err error) {
	err = s.read(ctx, func(c *conn) error {
		d, err = oneDelivery(c, keyOf(key.Shard, key.ID))
		if d == nil && err == nil {
			return noDelivery(key)
		}
		return err
	})
	return d, err
}

func oneDelivery(c *conn, key int64) (*wirechief.Delivery, error) {
	row := c.q(selectDelivery).int(key)
	found, err := row.row()
	if !found || err != nil {
		return nil, err
	}
	defer row.done()
	d, err := scanDelivery(row)
	if err != nil {
		return nil, damaged(err)
	}
	return d, nil
}

// Deliveries implements [wirechief.DeliveryReader].
func (s *Store) Deliveries(ctx context.Context, f wirechief.DeliveryFilter) (out []*wirechief.Delivery, err error) {
	err = s.read(ctx, func(c *conn) error {
		_, _, limit := bounds(0, 0, f.Limit)
		keys, err := newestDeliveries(c, f, limit, false)
		if err != nil {
			return err
		}
		for _, key := range keys {
			d, err := oneDelivery(c, key)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// newestDeliveries gives the keys that a filter selects, its Limit aside;
// sendable: those that there is still something to send of.
func newestDeliveries(c *conn, f wirechief.DeliveryFilter, limit int, sendable bool) ([]int64, error) {
	var q query
	if f.Tenant != "" {
		q.and("tenant = ?", f.Tenant)
	}
	if f.Message != 0 {
		q.and("message = ? AND message <> 0", f.Message)
	}
	if f.Status != "" {
		q.and("status = ?", string(f.Status))
	}
	if f.Kind != "" {
		q.and("kind = ?", string(f.Kind))
	}
	if f.Destination != "" {
		q.and("destination = ?", f.Destination)
	}
	if sendable {
		q.and("NOT (" + isRedacted + ")")
	}
	shards, err := shardsOf(c, "delivery", f.Tenant)
	if err != nil {
		return nil, err
	}
	after, before, _ := bounds(0, f.Before, 0)
	return page(c, "delivery", &q, shards, after, before, false, limit)
}

// Pending implements [wirechief.DeliveryReader].
func (s *Store) Pending(ctx context.Context, lane wirechief.Lane, limit int) (out []*wirechief.Delivery, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT " + deliveryColumns + ` FROM delivery
			WHERE tenant = ? AND kind = ? AND destination = ? AND status = 'pending'
			ORDER BY next_at, key LIMIT ?`).
			text(lane.Tenant).text(string(lane.Kind)).text(lane.Destination).int(int64(limit))
		return rows.each(func() error {
			d, err := scanDelivery(rows)
			if err != nil {
				return damaged(err)
			}
			out = append(out, d)
			return nil
		})
	})
	return out, err
}

// PendingLanes implements [wirechief.DeliveryReader].
func (s *Store) PendingLanes(ctx context.Context) (map[wirechief.Lane]wirechief.Depth, error) {
	out := make(map[wirechief.Lane]wirechief.Depth)
	err := s.read(ctx, func(c *conn) error {
		rows := c.q(`SELECT tenant, kind, destination, count(*), min(created_at) FROM delivery
			WHERE status = 'pending' GROUP BY tenant, kind, destination`)
		return rows.each(func() error {
			lane := wirechief.Lane{Tenant: rows.getText(), Kind: wirechief.DeliveryKind(rows.getText()), Destination: rows.getText()}
			out[lane] = wirechief.Depth{Count: int(rows.getInt()), Oldest: store.Instant(rows.getInt())}
			return nil
		})
	})
	return out, err
}
