package sqlite

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// putAudit keeps an entry of the audit log.
func (w *writer) putAudit(e *wirechief.AuditEntry) error {
	shard := wirechief.ShardOf(e.Tenant)
	if !fits(shard, e.ID) {
		return wirechief.Errorf(wirechief.Invalid, "audit entry %d cannot be a key", e.ID)
	}
	doc, err := json.Marshal(e)
	if err != nil {
		return unwritable(err)
	}
	return w.q("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)").
		int(keyOf(shard, e.ID)).text(e.Tenant).int(store.Micros(e.At)).text(e.Who).text(e.Action).text(e.Subject).bytes(doc).run()
}

// audited applies a command and keeps the entry if it was applied. What is left
// of a command that goes on in further commits has its entry already.
func (w *writer) audited(c *wirechief.Audited) (wirechief.Result, wirechief.Command, error) {
	res, more, err := w.do(c.Command)
	if err != nil || res.Err != nil {
		return res, more, err
	}
	return res, more, w.putAudit(&c.Entry)
}

// Audit implements [wirechief.AuditReader].
func (s *Store) Audit(ctx context.Context, f wirechief.AuditFilter) (out []wirechief.AuditEntry, err error) {
	q := new(query)
	if !f.All {
		q.and("tenant = ?", f.Tenant)
	}
	if f.Action != "" {
		q.and("(action = ? OR substr(action, 1, ?) = ?)", f.Action, int64(utf8.RuneCountInString(f.Action)+1), f.Action+".")
	}
	if f.Subject != "" {
		q.and("subject = ?", f.Subject)
	}
	if f.Who != "" {
		q.and("who = ?", f.Who)
	}
	if !f.From.IsZero() {
		q.and("at >= ?", store.Micros(f.From))
	}
	if !f.To.IsZero() {
		q.and("at < ?", store.Micros(f.To))
	}
	_, before, limit := bounds(0, f.Before, f.Limit)
	err = s.read(ctx, func(c *conn) error {
		shards := []wirechief.Shard{wirechief.ShardOf(f.Tenant)}
		if f.All {
			var err error
			if shards, err = shardsOf(c, "audit", ""); err != nil {
				return err
			}
		}
		keys, err := page(c, "audit", q, shards, 0, before, false, limit)
		if err != nil {
			return err
		}
		for _, key := range keys {
			row := c.q("SELECT doc FROM audit WHERE key = ?").int(key)
			if found, err := row.row(); !found || err != nil {
				return err
			}
			var e wirechief.AuditEntry
			err := json.Unmarshal(row.getBytes(), &e)
			row.done()
			if err != nil {
				return damaged(err)
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}
