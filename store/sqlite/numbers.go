package sqlite

import (
	"context"
	"encoding/json"
	"math"

	"github.com/wirechief/wirechief"
)

// putNumber inserts or replaces, unless the number is another tenant's or has
// been changed meanwhile. A number without a tenant is anybody's to take, and
// its tenant may give it back.
func (w *writer) putNumber(c *wirechief.PutNumber) (wirechief.Result, error) {
	n := c.Number
	doc, err := json.Marshal(n)
	if err != nil {
		return wirechief.Result{}, unwritable(err)
	}
	row := w.q("SELECT tenant, rev FROM number WHERE number = ?").text(n.Number)
	known, err := row.row()
	if err != nil {
		return wirechief.Result{}, err
	}
	var tenant string
	var rev int64
	if known {
		tenant, rev = row.getText(), row.getInt()
		row.done()
	}
	switch {
	case tenant != "" && n.Tenant != "" && tenant != n.Tenant:
		return refused(wirechief.Conflict, "", "number %s is another tenant's", n.Number), nil
	case n.Rev != 0 && n.Rev != rev+1:
		return refused(wirechief.Conflict, wirechief.RuleRevision, "number %s was changed meanwhile", n.Number), nil
	}
	if n.Rev != 0 {
		rev = n.Rev
	}
	if c.Debit != nil {
		if res, err := w.debit(c.Debit); res.Err != nil || err != nil {
			return res, err
		}
	}
	err = w.q(`INSERT INTO number VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
		shard = excluded.shard, tenant = excluded.tenant, doc = excluded.doc, rev = excluded.rev`).
		text(n.Number).int(int64(wirechief.ShardOf(n.Tenant))).text(n.Tenant).bytes(doc).int(rev).run()
	if err != nil || c.Event == nil {
		return wirechief.Result{}, err
	}
	return wirechief.Result{}, w.putNumberEvent(c.Event)
}

func (w *writer) putNumberEvent(e *wirechief.NumberEvent) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return unwritable(err)
	}
	return w.q("INSERT INTO number_event VALUES (?, ?, ?, ?, ?)").
		int(int64(wirechief.ShardOf(e.Tenant))).text(e.Number).int(e.ID).text(e.Tenant).bytes(doc).run()
}

// Numbers implements [wirechief.DirectoryReader], in order of the digits.
func (s *Store) Numbers(ctx context.Context) (out []*wirechief.Number, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT doc FROM number ORDER BY number")
		return rows.each(func() error {
			n := new(wirechief.Number)
			if err := json.Unmarshal(rows.getBytes(), n); err != nil {
				return damaged(err)
			}
			out = append(out, n)
			return nil
		})
	})
	return out, err
}

// Number implements [wirechief.DirectoryReader].
func (s *Store) Number(ctx context.Context, number string) (out *wirechief.Number, err error) {
	err = s.read(ctx, func(c *conn) error {
		row := c.q("SELECT doc FROM number WHERE number = ?").text(number)
		found, err := row.row()
		if err != nil {
			return err
		}
		if !found {
			return wirechief.Errorf(wirechief.NotFound, "there is no number %s", number)
		}
		defer row.done()
		n := new(wirechief.Number)
		if err := json.Unmarshal(row.getBytes(), n); err != nil {
			return damaged(err)
		}
		out = n
		return nil
	})
	return out, err
}

// NumberEvents implements [wirechief.DirectoryReader], newest first.
func (s *Store) NumberEvents(ctx context.Context, f wirechief.NumberEventFilter) (out []wirechief.NumberEvent, err error) {
	q := new(query)
	if f.Tenant != "" {
		q.and("shard = ? AND tenant = ?", int64(wirechief.ShardOf(f.Tenant)), f.Tenant)
	}
	if f.Number != "" {
		q.and("number = ?", f.Number)
	}
	before, limit := f.Before, f.Limit
	if before == 0 {
		before = math.MaxInt64
	}
	if limit == 0 {
		limit = 50
	}
	err = s.read(ctx, func(c *conn) error {
		rows := q.bind(c.q("SELECT doc FROM number_event WHERE id < ?" + q.where.String() + " ORDER BY id DESC LIMIT ?").int(before)).int(int64(limit))
		return rows.each(func() error {
			var e wirechief.NumberEvent
			if err := json.Unmarshal(rows.getBytes(), &e); err != nil {
				return damaged(err)
			}
			out = append(out, e)
			return nil
		})
	})
	return out, err
}

func (w *writer) putOffers(o *wirechief.OfferSource) error {
	if err := w.q("DELETE FROM offer_block WHERE source = ?").text(o.Name).run(); err != nil {
		return err
	}
	err := w.q("INSERT OR REPLACE INTO offer_source VALUES (?, ?, ?)").text(o.Name).blob(o.Fingerprint[:]).int(int64(o.Count)).run()
	for i := 0; err == nil && i < len(o.Blocks); i++ {
		err = w.q("INSERT INTO offer_block VALUES (?, ?, ?)").text(o.Name).int(int64(i)).blob(o.Blocks[i]).run()
	}
	return err
}

func (w *writer) dropOffers(source string) (wirechief.Result, error) {
	if err := w.q("DELETE FROM offer_block WHERE source = ?").text(source).run(); err != nil {
		return wirechief.Result{}, err
	}
	err := w.q("DELETE FROM offer_source WHERE name = ?").text(source).run()
	if err == nil && w.Changes() == 0 {
		return refused(wirechief.NotFound, "", "there is no source of offers %q", source), nil
	}
	return wirechief.Result{}, err
}

// OfferSources implements [wirechief.DirectoryReader], by name.
func (s *Store) OfferSources(ctx context.Context) (out []wirechief.OfferSource, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT name, fingerprint, count FROM offer_source ORDER BY name")
		return rows.each(func() error {
			o := wirechief.OfferSource{Name: rows.getText()}
			copy(o.Fingerprint[:], rows.getBytes())
			o.Count = int(rows.getInt())
			out = append(out, o)
			return nil
		})
	})
	return out, err
}

// OfferBlocks implements [wirechief.DirectoryReader].
func (s *Store) OfferBlocks(ctx context.Context, source string) (out [][]byte, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT block FROM offer_block WHERE source = ? ORDER BY seq").text(source)
		return rows.each(func() error {
			out = append(out, rows.getBytes())
			return nil
		})
	})
	return out, err
}
