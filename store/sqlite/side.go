package sqlite

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// What stands beside messages: answers, parts, media records, what is in
// flight, and their removal.

// answerLife is how long a key is remembered, in microseconds.
const answerLife = int64(24 * time.Hour / time.Microsecond)

// readAnswer gives the answer under a key that was given after an instant.
func readAnswer(c *conn, tenant, key string, after int64) (*wirechief.Answer, error) {
	s := c.q("SELECT fingerprint, body, at FROM answer WHERE shard = ? AND tenant = ? AND key = ? AND at > ?").
		int(int64(wirechief.ShardOf(tenant))).text(tenant).text(key).int(after)
	found, err := s.row()
	if !found || err != nil {
		return nil, err
	}
	defer s.done()
	a := &wirechief.Answer{Tenant: tenant, Key: key}
	copy(a.Fingerprint[:], s.getBytes())
	a.Body, a.At = s.getBytes(), store.Instant(s.getInt())
	return a, nil
}

func (w *writer) putAnswer(a *wirechief.Answer) error {
	return w.q("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?)").
		int(int64(wirechief.ShardOf(a.Tenant))).text(a.Tenant).text(a.Key).
		blob(a.Fingerprint[:]).blob(a.Body).int(store.Micros(a.At)).run()
}

// Answer implements [wirechief.MessageReader].
func (s *Store) Answer(ctx context.Context, tenant, key string) (a *wirechief.Answer, err error) {
	err = s.read(ctx, func(c *conn) error {
		a, err = readAnswer(c, tenant, key, store.Micros(s.Now())-answerLife)
		return err
	})
	return a, err
}

// writeFlights keeps what is in flight: of each carrier the last word only.
func (w *writer) writeFlights() error {
	for carrier, keys := range w.flights {
		b := w.scratch[:0]
		for _, k := range keys {
			b = binary.BigEndian.AppendUint64(b, uint64(keyOf(k.Shard, k.ID)))
		}
		w.scratch = b
		if err := w.q("INSERT OR REPLACE INTO in_flight VALUES (?, ?)").text(carrier).blob(b).run(); err != nil {
			return err
		}
	}
	return nil
}

// InFlight implements [wirechief.MessageReader].
func (s *Store) InFlight(ctx context.Context) (map[string][]wirechief.MessageKey, error) {
	out := make(map[string][]wirechief.MessageKey)
	err := s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT carrier, messages FROM in_flight")
		return rows.each(func() error {
			carrier, b := rows.getText(), rows.getBytes()
			keys := make([]wirechief.MessageKey, 0, len(b)/8)
			for ; len(b) >= 8; b = b[8:] {
				shard, id := splitKey(int64(binary.BigEndian.Uint64(b)))
				keys = append(keys, wirechief.MessageKey{Shard: shard, ID: id})
			}
			out[carrier] = keys
			return nil
		})
	})
	return out, err
}

func (w *writer) putPart(p *wirechief.StoredPart) (wirechief.Result, error) {
	err := w.q("INSERT OR IGNORE INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").
		int(int64(p.Shard)).text(p.Carrier).text(p.From).text(p.To).int(int64(p.Ref)).int(int64(p.Total)).int(p.Since).
		int(int64(p.Seq)).text(p.Text).text(p.Raw).int(store.Micros(p.At)).run()
	if err == nil && w.Changes() == 0 {
		return refused(wirechief.Conflict, "", "part %d is there already", p.Seq), nil
	}
	return wirechief.Result{}, err
}

func (w *writer) dropParts(k *wirechief.PartKey) error {
	return w.q(`DELETE FROM part WHERE shard = ? AND carrier = ? AND sender = ? AND recipient = ?
		AND ref = ? AND total = ? AND since = ?`).
		int(int64(k.Shard)).text(k.Carrier).text(k.From).text(k.To).int(int64(k.Ref)).int(int64(k.Total)).int(k.Since).run()
}

// Parts implements [wirechief.MessageReader].
func (s *Store) Parts(ctx context.Context) (out []wirechief.StoredPart, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT shard, carrier, sender, recipient, ref, total, since, seq, text, raw, at FROM part ORDER BY since, seq")
		return rows.each(func() error {
			var p wirechief.StoredPart
			p.Shard, p.Carrier, p.From, p.To = wirechief.Shard(rows.getInt()), rows.getText(), rows.getText(), rows.getText()
			p.Ref, p.Total, p.Since, p.Seq = int(rows.getInt()), int(rows.getInt()), rows.getInt(), int(rows.getInt())
			p.Text, p.Raw, p.At = rows.getText(), rows.getText(), store.Instant(rows.getInt())
			out = append(out, p)
			return nil
		})
	})
	return out, err
}

func (w *writer) putMedia(m *wirechief.Media) error {
	return w.q("INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").
		text(m.Token).int(int64(wirechief.ShardOf(m.Tenant))).text(m.Tenant).int(m.Message).text(m.Ext).text(m.Type).
		int(m.Size).int(store.Micros(m.CreatedAt)).int(store.Micros(m.ExpiresAt)).run()
}

// MediaByToken implements [wirechief.MessageReader].
func (s *Store) MediaByToken(ctx context.Context, token string) (m *wirechief.Media, err error) {
	err = s.read(ctx, func(c *conn) error {
		row := c.q("SELECT tenant, message, ext, type, size, created_at, expires_at FROM media WHERE token = ?").text(token)
		found, err := row.row()
		if err != nil {
			return err
		}
		if !found {
			return wirechief.Errorf(wirechief.NotFound, "there is no such file")
		}
		defer row.done()
		m = &wirechief.Media{
			Token: token, Tenant: row.getText(), Message: row.getInt(), Ext: row.getText(), Type: row.getText(),
			Size: row.getInt(), CreatedAt: store.Instant(row.getInt()), ExpiresAt: store.Instant(row.getInt()),
		}
		return nil
	})
	return m, err
}

// UnmatchedReceipts implements [wirechief.MessageReader].
func (s *Store) UnmatchedReceipts(ctx context.Context, limit int) (out []wirechief.Receipt, err error) {
	err = s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT doc FROM parked_receipt ORDER BY seq DESC LIMIT ?").int(int64(limit))
		return rows.each(func() error {
			var r wirechief.Receipt
			if err := json.Unmarshal(rows.getBytes(), &r); err != nil {
				return damaged(err)
			}
			out = append(out, r)
			return nil
		})
	})
	return out, err
}

// purge removes a slice of what is old and says whether there is more.
func (w *writer) purge(c wirechief.Purge) (wirechief.Result, wirechief.Command, error) {
	var res wirechief.Result
	full := false
	for _, p := range []struct {
		before time.Time
		query  string
	}{
		{c.Answers, "DELETE FROM answer WHERE (shard, tenant, key) IN (SELECT shard, tenant, key FROM answer WHERE at < ? LIMIT ?)"},
		{c.Media, "DELETE FROM media WHERE token IN (SELECT token FROM media WHERE expires_at < ? AND expires_at > 0 LIMIT ?)"},
		{c.Receipts, "DELETE FROM parked_receipt WHERE seq IN (SELECT seq FROM parked_receipt WHERE at < ? LIMIT ?)"},
	} {
		if p.before.IsZero() {
			continue
		}
		if err := w.q(p.query).int(store.Micros(p.before)).int(sliceMost).run(); err != nil {
			return res, nil, err
		}
		n := w.Changes()
		res.Count += n
		full = full || n == sliceMost
	}
	for _, p := range []struct {
		before time.Time
		span   int64
	}{{c.Minutes, minuteSpan}, {c.Hours, hourSpan}} {
		if p.before.IsZero() {
			continue
		}
		n, more, err := w.dropTallies(p.span, p.before, sliceMost)
		if err != nil {
			return res, nil, err
		}
		res.Count += n
		full = full || more
	}
	if !c.Receipts.IsZero() && res.Count > 0 {
		w.parked.forget() // read anew by the next transaction
	}
	if full {
		return res, c, nil
	}
	return res, nil, nil
}
