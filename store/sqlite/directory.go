package sqlite

import (
	"context"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

func (w *writer) putEntity(e *wirechief.Entity) error {
	return w.q("INSERT INTO entity VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc").
		int(int64(wirechief.ShardOf(e.Tenant))).text(e.Tenant).text(string(e.Kind)).text(e.Key).bytes(e.Doc).run()
}

func (w *writer) dropEntity(e *wirechief.Entity) (wirechief.Result, error) {
	err := w.q("DELETE FROM entity WHERE shard = ? AND tenant = ? AND kind = ? AND key = ?").
		int(int64(wirechief.ShardOf(e.Tenant))).text(e.Tenant).text(string(e.Kind)).text(e.Key).run()
	if err == nil && w.Changes() == 0 {
		return refused(wirechief.NotFound, "", "there is no %s %q", e.Kind, e.Key), nil
	}
	return wirechief.Result{}, err
}

// Entity implements [wirechief.DirectoryReader].
func (s *Store) Entity(ctx context.Context, tenant string, kind wirechief.EntityKind, key string) (out *wirechief.Entity, err error) {
	err = s.read(ctx, func(c *conn) error {
		row := c.q("SELECT doc FROM entity WHERE shard = ? AND tenant = ? AND kind = ? AND key = ?").
			int(int64(wirechief.ShardOf(tenant))).text(tenant).text(string(kind)).text(key)
		found, err := row.row()
		if err != nil {
			return err
		}
		if !found {
			return wirechief.Errorf(wirechief.NotFound, "there is no %s %q", kind, key)
		}
		defer row.done()
		out = &wirechief.Entity{Tenant: tenant, Kind: kind, Key: key, Doc: row.getBytes()}
		return nil
	})
	return out, err
}

// Entities implements [wirechief.DirectoryReader], in order of tenant and key.
func (s *Store) Entities(ctx context.Context, kind wirechief.EntityKind) (out []wirechief.Entity, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT tenant, key, doc FROM entity WHERE kind = ? ORDER BY tenant, key").text(string(kind))
		return rows.each(func() error {
			out = append(out, wirechief.Entity{Tenant: rows.getText(), Kind: kind, Key: rows.getText(), Doc: rows.getBytes()})
			return nil
		})
	})
	return out, err
}

func (w *writer) putOptOuts(list []wirechief.OptOut) error {
	for i := range list {
		if err := w.putOptOut(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) putOptOut(o *wirechief.OptOut) error {
	shard := int64(wirechief.ShardOf(o.Tenant))
	if !o.Out {
		return w.takeBack(o, shard)
	}
	return w.q("INSERT OR REPLACE INTO opt_out VALUES (?, ?, ?, ?, ?, ?, ?, ?)").
		int(shard).text(o.Tenant).text(o.Number).text(o.Handset).text(o.Word).int(store.Micros(o.At)).text(o.Reason).text(o.By).run()
}

// takeBack removes of the entries of the ledger what the handset said, or what
// people entered, and the entries in which nothing is left ([wirechief.OptOut]).
func (w *writer) takeBack(o *wirechief.OptOut, shard int64) error {
	both := o.Word == "" && o.By == ""
	if o.Number == "" { // what is for all numbers is a tenant's own
		return w.q("DELETE FROM opt_out WHERE shard = ? AND tenant = ? AND number = '' AND handset = ?").int(shard).text(o.Tenant).text(o.Handset).run()
	}
	if o.Word != "" || both {
		// Whosever the number was when the handset went out.
		if err := w.q("DELETE FROM opt_out WHERE number = ? AND handset = ? AND by = ''").text(o.Number).text(o.Handset).run(); err != nil {
			return err
		}
		if err := w.q("UPDATE opt_out SET word = '' WHERE number = ? AND handset = ?").text(o.Number).text(o.Handset).run(); err != nil {
			return err
		}
	}
	if o.By != "" || both {
		const own = " WHERE shard = ? AND tenant = ? AND number = ? AND handset = ?"
		if err := w.q("DELETE FROM opt_out" + own + " AND word = ''").int(shard).text(o.Tenant).text(o.Number).text(o.Handset).run(); err != nil {
			return err
		}
		return w.q("UPDATE opt_out SET by = '', reason = ''" + own).int(shard).text(o.Tenant).text(o.Number).text(o.Handset).run()
	}
	return nil
}

// OptOuts implements [wirechief.DirectoryReader]: those who are out.
func (s *Store) OptOuts(ctx context.Context) (out []wirechief.OptOut, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT tenant, number, handset, word, at, reason, by FROM opt_out ORDER BY tenant, number, handset")
		return rows.each(func() error {
			out = append(out, wirechief.OptOut{
				Tenant: rows.getText(), Number: rows.getText(), Handset: rows.getText(), Out: true,
				Word: rows.getText(), At: store.Instant(rows.getInt()), Reason: rows.getText(), By: rows.getText(),
			})
			return nil
		})
	})
	return out, err
}

// debit takes the amount if there is as much.
func (w *writer) debit(d *wirechief.Debit) (wirechief.Result, error) {
	err := w.q("UPDATE balance SET amount = amount - ? WHERE shard = ? AND tenant = ? AND amount >= ?").
		int(int64(d.Amount)).int(int64(wirechief.ShardOf(d.Tenant))).text(d.Tenant).int(int64(d.Amount)).run()
	if err == nil && w.Changes() == 0 {
		return refused(wirechief.Forbidden, wirechief.RuleFunds, "the balance is below %s", d.Amount), nil
	}
	return wirechief.Result{}, err
}

func (w *writer) setBalance(c *wirechief.SetBalance) error {
	return w.q("INSERT OR REPLACE INTO balance VALUES (?, ?, ?)").
		int(int64(wirechief.ShardOf(c.Tenant))).text(c.Tenant).int(int64(c.Balance)).run()
}

// Balances implements [wirechief.DirectoryReader].
func (s *Store) Balances(ctx context.Context) (map[string]wirechief.Money, error) {
	out := make(map[string]wirechief.Money)
	err := s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT tenant, amount FROM balance")
		return rows.each(func() error {
			tenant := rows.getText()
			out[tenant] = wirechief.Money(rows.getInt())
			return nil
		})
	})
	return out, err
}

// LastID implements [wirechief.DirectoryReader].
func (s *Store) LastID(ctx context.Context) (last int64, err error) {
	err = s.read(ctx, func(c *conn) error {
		for _, table := range []string{"message", "delivery", "contact", "audit", "bulk"} {
			shards, err := shardsOf(c, table, "")
			if err != nil {
				return err
			}
			keys, err := page(c, table, new(query), shards, 0, 1<<idBits-1, false, 1)
			if err != nil {
				return err
			}
			if len(keys) > 0 {
				_, id := splitKey(keys[0])
				last = max(last, id)
			}
		}
		for _, query := range []string{"SELECT ifnull(max(since), 0) FROM part", "SELECT ifnull(max(id), 0) FROM number_event", "SELECT ifnull(max(id), 0) FROM conversation_entry"} {
			row := c.q(query)
			if _, err := row.row(); err != nil {
				return err
			}
			last = max(last, row.getInt())
			row.done()
		}
		return nil
	})
	return last, err
}
