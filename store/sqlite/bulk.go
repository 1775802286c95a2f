package sqlite

import (
	"context"
	"encoding/json"

	"github.com/wirechief/wirechief"
)

// putBulk inserts or replaces a bulk send and the rows that come with it.
func (w *writer) putBulk(c *wirechief.PutBulk) (wirechief.Result, error) {
	b := c.Bulk
	shard := wirechief.ShardOf(b.Tenant)
	if !fits(shard, b.ID) {
		return refused(wirechief.Invalid, "", "bulk send %d cannot be a key", b.ID), nil
	}
	doc, err := json.Marshal(b)
	if err != nil {
		return wirechief.Result{}, unwritable(err)
	}
	key := keyOf(shard, b.ID)
	if err := w.q(`INSERT INTO bulk VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, doc = excluded.doc
		WHERE tenant = excluded.tenant`).int(key).text(b.Tenant).text(string(b.State)).bytes(doc).run(); err != nil {
		return wirechief.Result{}, err
	}
	if w.Changes() == 0 {
		return refused(wirechief.Conflict, "", "bulk send %d is another tenant's", b.ID), nil
	}
	for i := range c.Changed {
		r := &c.Changed[i]
		if err := w.q("INSERT OR REPLACE INTO bulk_row VALUES (?, ?, ?, ?, ?, ?, ?, ?)").
			int(key).int(int64(r.Seq)).text(r.To).text(r.Text).int(int64(r.Segments)).text(string(r.State)).text(r.Error).int(r.Message).
			run(); err != nil {
			return wirechief.Result{}, err
		}
	}
	return wirechief.Result{}, nil
}

func oneBulk(c *conn, key int64) (*wirechief.Bulk, error) {
	row := c.q("SELECT tenant, doc FROM bulk WHERE key = ?").int(key)
	found, err := row.row()
	if !found || err != nil {
		return nil, err
	}
	defer row.done()
	b := new(wirechief.Bulk)
	tenant := row.getText()
	if err := json.Unmarshal(row.getBytes(), b); err != nil {
		return nil, damaged(err)
	}
	b.Tenant = tenant
	return b, nil
}

// Bulk implements [wirechief.BulkReader].
func (s *Store) Bulk(ctx context.Context, tenant string, id int64) (out *wirechief.Bulk, err error) {
	err = s.read(ctx, func(c *conn) error {
		out, err = oneBulk(c, keyOf(wirechief.ShardOf(tenant), id))
		if err == nil && (out == nil || out.Tenant != tenant) {
			out = nil
			return wirechief.Errorf(wirechief.NotFound, "there is no bulk send %d", id)
		}
		return err
	})
	return out, err
}

// Bulks implements [wirechief.BulkReader].
func (s *Store) Bulks(ctx context.Context, tenant string, states []wirechief.BulkState, before int64, limit int) (out []*wirechief.Bulk, err error) {
	q := new(query)
	if tenant != "" {
		q.and("tenant = ?", tenant)
	}
	among(q, "state", states)
	_, before, limit = bounds(0, before, limit)
	err = s.read(ctx, func(c *conn) error {
		shards, err := shardsOf(c, "bulk", tenant)
		if err != nil {
			return err
		}
		keys, err := page(c, "bulk", q, shards, 0, before, false, limit)
		if err != nil {
			return err
		}
		for _, key := range keys {
			b, err := oneBulk(c, key)
			if err != nil {
				return err
			}
			out = append(out, b)
		}
		return nil
	})
	return out, err
}

// BulkRows implements [wirechief.BulkReader].
func (s *Store) BulkRows(ctx context.Context, tenant string, bulk int64, state wirechief.BulkRowState, after, limit int) (out []wirechief.BulkRow, err error) {
	q := new(query)
	if state != "" {
		q.and("state = ?", string(state))
	}
	_, _, limit = bounds(0, 0, limit)
	key := keyOf(wirechief.ShardOf(tenant), bulk)
	err = s.read(ctx, func(c *conn) error {
		if b, err := oneBulk(c, key); err != nil || b == nil || b.Tenant != tenant {
			return err
		}
		rows := q.bind(c.q("SELECT seq, recipient, text, segments, state, error, message FROM bulk_row WHERE bulk = ? AND seq > ?" +
			q.where.String() + " ORDER BY seq LIMIT ?").int(key).int(int64(after))).int(int64(limit))
		return rows.each(func() error {
			out = append(out, wirechief.BulkRow{
				Seq: int(rows.getInt()), To: rows.getText(), Text: rows.getText(), Segments: int(rows.getInt()),
				State: wirechief.BulkRowState(rows.getText()), Error: rows.getText(), Message: rows.getInt(),
			})
			return nil
		})
	})
	return out, err
}
