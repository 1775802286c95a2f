package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
	"golang.org/x/text/unicode/norm"
)

// putContact inserts or replaces a contact, unless one of its phones is
// another one's.
func (w *writer) putContact(c *wirechief.Contact) (wirechief.Result, error) {
	shard := wirechief.ShardOf(c.Tenant)
	if !fits(shard, c.ID) {
		return refused(wirechief.Invalid, "", "contact %d cannot be a key", c.ID), nil
	}
	key := keyOf(shard, c.ID)
	for _, phone := range c.Phones {
		other, err := contactOf(w.conn, c.Tenant, phone)
		if err != nil {
			return wirechief.Result{}, err
		}
		if other != 0 && other != key {
			res := refused(wirechief.Conflict, wirechief.RuleTaken, "%s is another contact's already", phone)
			res.Err.(*wirechief.Error).Field = "phones"
			return res, nil
		}
	}
	doc, err := json.Marshal(c)
	if err != nil {
		return wirechief.Result{}, unwritable(err)
	}
	if err := w.q(`INSERT INTO contact VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
		sort = excluded.sort, search = excluded.search, labels = excluded.labels, blocked = excluded.blocked, doc = excluded.doc
		WHERE tenant = excluded.tenant`).
		int(key).text(c.Tenant).text(folded(c.Name)).text(searchable(c)).text(store.Strings(c.Labels)).int(truth(c.Blocked)).bytes(doc).run(); err != nil {
		return wirechief.Result{}, err
	}
	if w.Changes() == 0 {
		return refused(wirechief.Conflict, "", "contact %d is another tenant's", c.ID), nil
	}
	if err := w.dropPhones(key); err != nil {
		return wirechief.Result{}, err
	}
	for _, phone := range c.Phones {
		// One that is named twice is one.
		if err := w.q("INSERT OR IGNORE INTO contact_phone VALUES (?, ?, ?, ?)").int(int64(shard)).text(c.Tenant).text(phone).int(key).run(); err != nil {
			return wirechief.Result{}, err
		}
	}
	return wirechief.Result{}, nil
}

func (w *writer) dropPhones(key int64) error {
	return w.q("DELETE FROM contact_phone WHERE contact = ?").int(key).run()
}

func (w *writer) dropContact(c wirechief.DropContact) (wirechief.Result, error) {
	key := keyOf(wirechief.ShardOf(c.Tenant), c.ID)
	err := w.q("DELETE FROM contact WHERE key = ? AND tenant = ?").int(key).text(c.Tenant).run()
	if err != nil {
		return wirechief.Result{}, err
	}
	if w.Changes() == 0 {
		return wirechief.Result{Err: noContact(c.ID)}, nil
	}
	return wirechief.Result{}, w.dropPhones(key)
}

func noContact(id int64) *wirechief.Error {
	return wirechief.Errorf(wirechief.NotFound, "there is no contact %d", id)
}

// folded is a text without regard to case and accents: Élan is with elan.
func folded(s string) string {
	s = strings.TrimSpace(s)
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if unicode.Is(unicode.Mn, r) && r <= 0x036f { // an accent; what scripts need to be read stays
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := plainLetter(r); ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plainLetter is a letter with a stroke, or two in one, as one writes it where
// there is no such key.
func plainLetter(r rune) (string, bool) {
	switch r {
	case 'ß':
		return "ss", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'ø':
		return "o", true
	case 'ł':
		return "l", true
	case 'đ', 'ð':
		return "d", true
	case 'þ':
		return "th", true
	case 'ı':
		return "i", true
	}
	return "", false
}

// foldRule is the number of the rule that folded goes by. Another one has the
// contacts that there are folded anew.
const foldRule = 1

// refold folds anew what an earlier rule has folded: what is in plain letters
// comes out the same by each.
func (w *writer) refold() (err error) {
	has, err := w.mark("", markSort)
	if has == foldRule || err != nil {
		return err
	}
	if err := w.q("BEGIN IMMEDIATE").run(); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			err = w.q("COMMIT").run()
		}
		if err != nil && !w.AutocommitEnabled() {
			err = errors.Join(err, w.q("ROLLBACK").run())
		}
	}()
	var keys []int64
	rows := w.q("SELECT key FROM contact WHERE search GLOB '*[^' || char(1) || '-~]*'")
	if err := rows.each(func() error {
		keys = append(keys, rows.getInt())
		return nil
	}); err != nil {
		return err
	}
	for _, key := range keys {
		c, err := oneContact(w.conn, key)
		if _, unreadable := errors.AsType[*wirechief.Error](err); unreadable {
			continue // it is as it was; that says so whoever asks for it
		}
		if err != nil {
			return err
		}
		if err := w.q("UPDATE contact SET sort = ?, search = ? WHERE key = ?").text(folded(c.Name)).text(searchable(c)).int(key).run(); err != nil {
			return err
		}
	}
	return w.setMark("", markSort, foldRule)
}

// searchable is what a contact is found by, a line each.
func searchable(c *wirechief.Contact) string {
	return folded(strings.Join(append([]string{c.Name, c.Company, c.Email}, c.Phones...), "\n"))
}

// sought is what to look for: a phone may be written in any way.
func sought(query string) string {
	query = folded(query)
	var digits strings.Builder
	for _, r := range query {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune("+ ()-./", r):
			return query
		}
	}
	if digits.Len() < 3 {
		return query
	}
	return digits.String()
}

// contactOf finds the key of the contact that has a phone, 0 for none.
func contactOf(c *conn, tenant, phone string) (int64, error) {
	row := c.q("SELECT contact FROM contact_phone WHERE shard = ? AND tenant = ? AND phone = ?").
		int(int64(wirechief.ShardOf(tenant))).text(tenant).text(phone)
	found, err := row.row()
	if !found || err != nil {
		return 0, err
	}
	defer row.done()
	return row.getInt(), nil
}

func scanContact(s *stmt) (*wirechief.Contact, error) {
	tenant := s.getText()
	c := new(wirechief.Contact)
	if err := json.Unmarshal(s.getBytes(), c); err != nil {
		return nil, damaged(err)
	}
	c.Tenant = tenant
	return c, nil
}

func oneContact(c *conn, key int64) (*wirechief.Contact, error) {
	row := c.q("SELECT tenant, doc FROM contact WHERE key = ?").int(key)
	found, err := row.row()
	if !found || err != nil {
		return nil, err
	}
	defer row.done()
	return scanContact(row)
}

// Contact implements [wirechief.ContactReader].
func (s *Store) Contact(ctx context.Context, tenant string, id int64) (out *wirechief.Contact, err error) {
	err = s.read(ctx, func(c *conn) error {
		out, err = oneContact(c, keyOf(wirechief.ShardOf(tenant), id))
		if err == nil && (out == nil || out.Tenant != tenant) {
			out = nil
			return noContact(id)
		}
		return err
	})
	return out, err
}

// Contacts implements [wirechief.ContactReader].
func (s *Store) Contacts(ctx context.Context, f wirechief.ContactFilter) (out []*wirechief.Contact, err error) {
	q := new(query)
	if f.Query != "" {
		q.and("instr(search, ?) > 0", sought(f.Query))
	}
	if f.Label != "" {
		quoted := jsonText(f.Label)
		q.and("(instr(labels, ?) > 0 OR instr(labels, ?) > 0)", "["+quoted, ","+quoted)
	}
	if f.Blocked != nil {
		q.and("blocked = " + string('0'+byte(truth(*f.Blocked)))) // the literal is what the partial index asks for
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 10_000)
	err = s.read(ctx, func(c *conn) error {
		rows := q.bind(c.q("SELECT tenant, doc FROM contact WHERE tenant = ?" + q.where.String() + " ORDER BY sort, key LIMIT ? OFFSET ?").
			text(f.Tenant)).int(int64(limit)).int(int64(max(f.Skip, 0)))
		return rows.each(func() error {
			v, err := scanContact(rows)
			out = append(out, v)
			return err
		})
	})
	return out, err
}

// ContactsOf implements [wirechief.ContactReader].
func (s *Store) ContactsOf(ctx context.Context, tenant string, peers []string) (map[string]*wirechief.Contact, error) {
	out := make(map[string]*wirechief.Contact)
	err := s.read(ctx, func(c *conn) error {
		for _, peer := range peers {
			key, err := contactOf(c, tenant, peer)
			if err != nil {
				return err
			}
			if key == 0 {
				continue
			}
			contact, err := oneContact(c, key)
			if err != nil {
				return err
			}
			if contact != nil {
				out[peer] = contact
			}
		}
		return nil
	})
	return out, err
}

// Blocked implements [wirechief.ContactReader].
func (s *Store) Blocked(ctx context.Context) (map[string][]string, error) {
	out := make(map[string][]string)
	err := s.read(ctx, func(c *conn) error {
		rows := c.q("SELECT tenant, doc FROM contact WHERE blocked = 1 ORDER BY tenant, sort, key")
		return rows.each(func() error {
			contact, err := scanContact(rows)
			if err == nil {
				out[contact.Tenant] = append(out[contact.Tenant], contact.Phones...)
			}
			return err
		})
	})
	return out, err
}
