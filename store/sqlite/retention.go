package sqlite

import (
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

const updateWhole = `UPDATE message SET text = ?, history = ? WHERE key = ?`

// redactMessage takes the text out of everything that holds it. What is off the
// record has a hash for its text already, which is the proof and stays.
func (w *writer) redactMessage(m *wirechief.Message) error {
	key := keyOf(m.Shard, m.ID)
	if err := w.clearMedia(m); err != nil {
		return err
	}
	if m.Text != "" && !isOffRecord(m.Options) {
		m.Text = wirechief.Redacted
	}
	for i := range m.Events {
		d := &m.Events[i].Detail
		d.Raw = redactRaw(m.Events[i].Type, d.Raw)
		redactAttempt(d.Attempt)
	}
	var err error
	if w.scratch, err = store.AppendEvents(w.scratch[:0], m.Events); err != nil {
		return unwritable(err)
	}
	if err := w.q(updateWhole).text(m.Text).bytes(w.scratch).int(key).run(); err != nil {
		return err
	}
	if err := w.dropText(key); err != nil {
		return err
	}
	if m.Conversation != 0 {
		if err := w.q(updateSnippet).text(snippet(m.Text)).int(keyOf(m.Shard, m.Conversation)).int(m.ID).run(); err != nil {
			return err
		}
	}
	return w.redactDeliveries(m)
}

// redactRaw leaves of what a carrier sent what is no text of the message: of a
// receipt all but the field with its beginning (SMPP 3.4 appendix B).
func redactRaw(kind wirechief.EventType, raw string) string {
	if raw == "" {
		return ""
	}
	if kind != wirechief.EventReceipt {
		return wirechief.Redacted
	}
	const field = "text:"
	for i := 0; i+len(field) <= len(raw); i++ {
		if strings.EqualFold(raw[i:i+len(field)], field) {
			return raw[:i+len(field)] + wirechief.Redacted
		}
	}
	return raw
}

// redactAttempt takes out what was answered, which may repeat the text, and the
// query of the request, which does when it was a GET.
func redactAttempt(a *wirechief.Attempt) {
	if a == nil {
		return
	}
	if a.Body != "" {
		a.Body = wirechief.Redacted
	}
	line, rest, more := strings.Cut(a.Request, "\r\n")
	path, query, hasQuery := strings.Cut(line, "?")
	if !hasQuery {
		return
	}
	a.Request = path + "?" + wirechief.Redacted
	if i := strings.LastIndexByte(query, ' '); i >= 0 {
		a.Request += query[i:] // the protocol
	}
	if more {
		a.Request += "\r\n" + rest
	}
}

// deliveriesOf gives the deliveries about a message.
func (w *writer) deliveriesOf(m *wirechief.Message) (out []*wirechief.Delivery, err error) {
	rows := w.q("SELECT " + deliveryColumns + " FROM delivery WHERE message = ? AND message <> 0 AND tenant = ?").int(m.ID).text(m.Tenant)
	err = rows.each(func() error {
		d, err := scanDelivery(rows)
		if err != nil {
			return damaged(err)
		}
		out = append(out, d)
		return nil
	})
	return out, err
}

func (w *writer) redactDeliveries(m *wirechief.Message) error {
	list, err := w.deliveriesOf(m)
	if err != nil {
		return err
	}
	for _, d := range list {
		for i := range d.Attempts {
			if d.Kind != wirechief.KindSMS { // what we say of those ourselves leads to the copy
				redactAttempt(&d.Attempts[i])
			}
		}
		if w.scratch, err = store.AppendLines(w.scratch[:0], d.Attempts); err != nil {
			return unwritable(err)
		}
		if err := w.q("UPDATE delivery SET body = ?, attempts = ? WHERE key = ?").
			blob([]byte(wirechief.Redacted)).bytes(w.scratch).int(keyOf(d.Shard, d.ID)).run(); err != nil {
			return err
		}
	}
	return nil
}

// removeMessage removes a message with all that hangs on it.
func (w *writer) removeMessage(m *wirechief.Message) error {
	key := keyOf(m.Shard, m.ID)
	if err := w.clearMedia(m); err != nil {
		return err
	}
	for i := range m.Events { // also the ids of other carriers that had it, and of copies
		if m.Events[i].Type != wirechief.EventSubmitted {
			continue
		}
		for _, id := range m.Events[i].Detail.CarrierIDs {
			if err := w.q("DELETE FROM carrier_id WHERE carrier = ? AND id = ? AND message = ?").
				text(m.Events[i].Detail.Carrier).text(id).int(key).run(); err != nil {
				return err
			}
		}
	}
	if err := w.dropText(key); err != nil {
		return err
	}
	if err := w.q("DELETE FROM delivery WHERE message = ? AND message <> 0 AND tenant = ?").int(m.ID).text(m.Tenant).run(); err != nil {
		return err
	}
	return w.q("DELETE FROM message WHERE key = ?").int(key).run()
}

// shrinkConversation brings a conversation that has lost messages up to date;
// one that is empty goes, with its entries.
func (w *writer) shrinkConversation(key int64, sweep bool) error {
	now, err := oneConversation(w.q(selectConversation).int(key))
	if now == nil || err != nil {
		return err
	}
	delete(w.threads.known, pair{now.Tenant, now.Number, now.Peer})
	row := w.q("SELECT key, created_at, text, direction FROM message WHERE conversation = ? ORDER BY key DESC LIMIT 1").int(key)
	found, err := row.row()
	if err != nil {
		return err
	}
	if !found {
		if sweep {
			if err := w.keepWindow(key, now); err != nil {
				return err
			}
		}
		if err := w.q("DELETE FROM conversation_entry WHERE conversation = ?").int(key).run(); err != nil {
			return err
		}
		return w.q("DELETE FROM conversation WHERE key = ?").int(key).run()
	}
	_, last := splitKey(row.getInt())
	at, text, direction := row.getInt(), row.getText(), row.getText()
	row.done()
	unread, err := w.countUnread(key, now.Read)
	if err != nil {
		return err
	}
	return w.q("UPDATE conversation SET last = ?, last_at = ?, last_text = ?, last_direction = ?, unread = ? WHERE key = ?").
		int(last).int(at).text(snippet(text)).text(direction).int(unread).int(key).run()
}
