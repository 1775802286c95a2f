package sqlite

import (
	"encoding/json"
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/store"
)

// accept inserts messages with what belongs to them.
func (w *writer) accept(c *wirechief.Accept) (wirechief.Result, error) {
	for _, m := range c.Messages {
		if !fits(m.Shard, m.ID) {
			return refused(wirechief.Invalid, "", "message %d of shard %d cannot be a key", m.ID, m.Shard), nil
		}
	}
	if a := c.Answer; a != nil {
		earlier, err := readAnswer(w.conn, a.Tenant, a.Key, store.Micros(a.At)-answerLife)
		if err != nil {
			return wirechief.Result{}, err
		}
		if earlier != nil {
			res := refused(wirechief.Conflict, wirechief.RuleIdempotency, "a request with this idempotency key was answered before")
			res.Answer = earlier
			return res, nil
		}
	}
	if c.Debit != nil { // the last thing that can refuse, and the first write
		if res, err := w.debit(c.Debit); res.Err != nil || err != nil {
			return res, err
		}
	}
	for _, m := range c.Messages {
		if err := w.insertMessage(m); err != nil {
			return wirechief.Result{}, err
		}
	}
	for _, d := range c.Deliveries {
		d.Shard = wirechief.ShardOf(d.Tenant)
		if err := w.insertDelivery(d); err != nil {
			return wirechief.Result{}, err
		}
	}
	if c.Answer != nil {
		if err := w.putAnswer(c.Answer); err != nil {
			return wirechief.Result{}, err
		}
	}
	if c.Joined != nil {
		if err := w.dropParts(c.Joined); err != nil {
			return wirechief.Result{}, err
		}
	}
	for i := range c.OptOuts {
		if err := w.putOptOut(&c.OptOuts[i]); err != nil {
			return wirechief.Result{}, err
		}
	}
	for i := range c.Entities {
		if err := w.putEntity(&c.Entities[i]); err != nil {
			return wirechief.Result{}, err
		}
	}
	if err := w.noteAccepted(c); err != nil {
		return wirechief.Result{}, err
	}
	return wirechief.Result{Deliveries: c.Deliveries}, nil
}

const messageColumns = `key, tenant, ref, direction, sender, recipient, also, text, media, mms, encoding, segments,
	status, carrier, carrier_ids, route, lane, queue_at, tries, created_at, valid_until, dialect, hops, history, property, options, conversation`

const insertMessage = `INSERT INTO message (` + messageColumns + `)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (w *writer) insertMessage(m *wirechief.Message) error {
	m.Redact() // what was suppressed at once
	err := w.join(m)
	if err != nil {
		return err
	}
	if w.scratch, err = store.AppendEvents(w.scratch[:0], m.Events); err != nil {
		return unwritable(err)
	}
	media, err := store.Media(m.Media)
	if err != nil {
		return unwritable(err)
	}
	options, err := store.Options(m.Options)
	if err != nil {
		return unwritable(err)
	}
	var conversation int64
	if m.Conversation != 0 {
		conversation = keyOf(m.Shard, m.Conversation)
	}
	w.texts.note(m)
	return w.q(insertMessage).
		int(keyOf(m.Shard, m.ID)).text(m.Tenant).text(m.Ref).text(string(m.Direction)).text(m.From).text(m.To).
		text(store.Strings(m.Also)).text(m.Text).text(media).int(truth(m.MMS)).text(m.Encoding).int(int64(m.Segments)).
		text(string(m.Status)).text(m.Carrier).text(store.Strings(m.CarrierIDs)).text(store.Strings(m.Route)).
		text(m.Queue.Lane).int(store.Micros(m.Queue.At)).int(int64(m.Queue.Tries)).
		int(store.Micros(m.CreatedAt)).int(store.Micros(m.ValidUntil)).text(m.Dialect).int(int64(m.Hops)).
		bytes(w.scratch).text(m.Property).text(options).int(conversation).run()
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// history says how much of it a reader wants.
type history uint8

const (
	whole        history = iota
	receiptsOnly         // what the domain's rules look at
)

// scanMessage reads the row that a query for messageColumns stands on.
func scanMessage(s *stmt, want history) (*wirechief.Message, error) {
	m := new(wirechief.Message)
	m.Shard, m.ID = splitKey(s.getInt())
	m.Tenant, m.Ref, m.Direction = s.getText(), s.getText(), wirechief.Direction(s.getText())
	m.From, m.To = s.getText(), s.getText()
	also := s.getText()
	m.Text = s.getText()
	media := s.getText()
	m.MMS = s.getInt() != 0
	m.Encoding, m.Segments = s.getText(), int(s.getInt())
	m.Status, m.Carrier = wirechief.Status(s.getText()), s.getText()
	carrierIDs, route := s.getText(), s.getText()
	m.Queue = wirechief.Queue{Lane: s.getText(), At: store.Instant(s.getInt()), Tries: int(s.getInt())}
	m.CreatedAt, m.ValidUntil = store.Instant(s.getInt()), store.Instant(s.getInt())
	m.Dialect, m.Hops = s.getText(), int(s.getInt())
	events := s.getBytes()
	m.Property = s.getText()
	options := s.getText()
	_, m.Conversation = splitKey(s.getInt())

	var err error
	if m.Options, err = store.ParseOptions(options); err != nil {
		return nil, err
	}
	if m.Also, err = store.ParseStrings(also); err != nil {
		return nil, err
	}
	if m.Media, err = store.ParseMedia(media); err != nil {
		return nil, err
	}
	if m.CarrierIDs, err = store.ParseStrings(carrierIDs); err != nil {
		return nil, err
	}
	if m.Route, err = store.ParseStrings(route); err != nil {
		return nil, err
	}
	if want == receiptsOnly {
		m.Events, err = store.Receipts(events)
	} else {
		m.Events, err = store.Lines[wirechief.Event](events)
	}
	return m, err
}

const (
	selectMessage    = `SELECT ` + messageColumns + ` FROM message WHERE key = ?`
	selectByCarrier  = `SELECT ` + messageColumns + ` FROM message WHERE key = (SELECT message FROM carrier_id WHERE carrier = ? AND id = ?)`
	insertCarrierID  = `INSERT INTO carrier_id VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET message = excluded.message`
	updateMessage    = `UPDATE message SET status = ?, carrier = ?, carrier_ids = ?, route = ?, history = history || ? WHERE key = ?`
	updateHistory    = `UPDATE message SET status = ?, history = history || ? WHERE key = ?`
	updateQueue      = `UPDATE message SET lane = ?, queue_at = ?, tries = ?, status = ?, carrier = ?, carrier_ids = ?, route = ?, history = history || ? WHERE key = ?`
	updateText       = `UPDATE message SET text = ? WHERE key = ?`
	updateWholeText  = `UPDATE message SET text = ?, encoding = ?, segments = ? WHERE key = ?`
	updateMedia      = `UPDATE message SET media = ? WHERE key = ?`
	selectParked     = `SELECT doc FROM parked_receipt WHERE carrier = ? AND id = ? ORDER BY seq`
	deleteParked     = `DELETE FROM parked_receipt WHERE carrier = ? AND id = ?`
	insertParked     = `INSERT INTO parked_receipt (carrier, id, at, doc) VALUES (?, ?, ?, ?)`
	selectParkedKeys = `SELECT DISTINCT carrier, id FROM parked_receipt LIMIT 20001` // parkedMost and one more
)

// one reads the only row of a query for messageColumns, nil when there is none.
func oneMessage(s *stmt, want history) (m *wirechief.Message, damage, err error) {
	found, err := s.row()
	if !found || err != nil {
		return nil, nil, err
	}
	defer s.done()
	m, damage = scanMessage(s, want)
	return m, damage, nil
}

func noMessage(key wirechief.MessageKey) *wirechief.Error {
	return wirechief.Errorf(wirechief.NotFound, "there is no message %d", key.ID)
}

// record appends events to a message.
func (w *writer) record(c *wirechief.Record) (wirechief.Result, error) {
	var m *wirechief.Message
	if c.Message != nil {
		// The caller may hold on to its message whatever comes of this.
		known := *c.Message
		known.Events = slices.Clip(known.Events)
		m = &known
	} else {
		read, damage, err := oneMessage(w.q(selectMessage).int(keyOf(c.Key.Shard, c.Key.ID)), receiptsOnly)
		switch {
		case err != nil:
			return wirechief.Result{}, err
		case damage != nil:
			return wirechief.Result{Err: damaged(damage)}, nil
		case read == nil:
			return wirechief.Result{Err: noMessage(c.Key)}, nil
		}
		m = read
	}
	w.recent.drop(m) // what was known by the ids that it had
	if len(c.Only) > 0 && !slices.Contains(c.Only, m.Status) {
		return refused(wirechief.Conflict, "", "the message is %s by now", m.Status), nil
	}
	before := len(m.Events)
	m.Events = slices.Grow(m.Events, len(c.Events))
	taken := false
	for _, e := range c.Events {
		m.Record(e)
	}
	for i := range c.Events {
		if c.Events[i].Type != wirechief.EventSubmitted {
			continue
		}
		taken = true
		if err := w.matchParked(m, c.Events[i].Detail.Carrier, c.Events[i].Detail.CarrierIDs); err != nil {
			return wirechief.Result{}, err
		}
	}
	added := m.Events[before:]
	if c.Queue != nil {
		m.Queue = *c.Queue
	}
	if c.Media != nil {
		m.Media = c.Media
		media, err := store.Media(m.Media)
		if err != nil {
			return wirechief.Result{}, unwritable(err)
		}
		if err := w.q(updateMedia).text(media).int(keyOf(m.Shard, m.ID)).run(); err != nil {
			return wirechief.Result{}, err
		}
	}
	if c.Text != nil {
		if err := w.replaceText(m, *c.Text); err != nil {
			return wirechief.Result{}, err
		}
	}
	if m.Redact() {
		if err := w.redactText(m); err != nil {
			return wirechief.Result{}, err
		}
	}
	if err := w.updateMessage(m, added, c.Queue != nil); err != nil {
		return wirechief.Result{}, err
	}
	if w.Changes() == 0 {
		// Only a caller who brought the message itself comes here, with writes done.
		return wirechief.Result{}, noMessage(c.Key)
	}
	if taken {
		w.recent.put(m)
	}
	return w.follow(m, added, c.Plan)
}

// replaceText writes a text that became known later, wherever it stands.
func (w *writer) replaceText(m *wirechief.Message, text string) error {
	a := gsm.Analyse(text)
	m.Text, m.Encoding, m.Segments = text, a.Encoding.String(), max(a.Segments, 1)
	if err := w.q(updateWholeText).text(m.Text).text(m.Encoding).int(int64(m.Segments)).int(keyOf(m.Shard, m.ID)).run(); err != nil {
		return err
	}
	w.texts.note(m)
	if err := w.writeThreads(); err != nil {
		return err
	}
	return w.q(updateSnippet).text(snippet(m.Text)).int(keyOf(m.Shard, m.Conversation)).int(m.ID).run()
}

// redactText writes a text that was taken out of a message, wherever it stood.
func (w *writer) redactText(m *wirechief.Message) error {
	if err := w.q(updateText).text(m.Text).int(keyOf(m.Shard, m.ID)).run(); err != nil {
		return err
	}
	if err := w.dropText(keyOf(m.Shard, m.ID)); err != nil {
		return err
	}
	if err := w.writeThreads(); err != nil {
		return err
	}
	return w.q(updateSnippet).text(snippet(m.Text)).int(keyOf(m.Shard, m.Conversation)).int(m.ID).run()
}

func (w *writer) updateMessage(m *wirechief.Message, added []wirechief.Event, queue bool) error {
	var err error
	if w.scratch, err = store.AppendEvents(w.scratch[:0], added); err != nil {
		return unwritable(err)
	}
	s := w.q(updateMessage)
	if queue {
		s = w.q(updateQueue).text(m.Queue.Lane).int(store.Micros(m.Queue.At)).int(int64(m.Queue.Tries))
	}
	return s.text(string(m.Status)).text(m.Carrier).text(store.Strings(m.CarrierIDs)).text(store.Strings(m.Route)).
		bytes(w.scratch).int(keyOf(m.Shard, m.ID)).run()
}

// follow inserts the deliveries that the planner wants.
func (w *writer) follow(m *wirechief.Message, added []wirechief.Event, plan wirechief.Planner) (wirechief.Result, error) {
	res := wirechief.Result{Message: m}
	if plan == nil {
		return res, nil
	}
	res.Deliveries = plan(m, added)
	for _, d := range res.Deliveries {
		d.Shard = m.Shard
		if err := w.insertDelivery(d); err != nil {
			return wirechief.Result{}, err
		}
	}
	return res, nil
}

// matchParked makes the carrier's ids known and applies the receipts that
// came before them. A carrier may use an id again after a while: the newest
// message has it.
func (w *writer) matchParked(m *wirechief.Message, carrier string, ids []string) error {
	for _, id := range ids {
		if err := w.q(insertCarrierID).text(carrier).text(id).int(keyOf(m.Shard, m.ID)).run(); err != nil {
			return err
		}
		if !w.parked.has(carrier, id) {
			continue
		}
		receipts, err := w.unpark(carrier, id)
		if err != nil {
			return err
		}
		for _, r := range receipts {
			for _, e := range m.Receive(r) {
				m.Record(e)
			}
		}
	}
	return nil
}

// unpark removes the receipts that wait for a carrier's id and gives them in
// the order in which they came.
func (w *writer) unpark(carrier, id string) ([]wirechief.Receipt, error) {
	var out []wirechief.Receipt
	s := w.q(selectParked).text(carrier).text(id)
	err := s.each(func() error {
		var r wirechief.Receipt
		if err := json.Unmarshal(s.getBytes(), &r); err != nil {
			return damaged(err)
		}
		out = append(out, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.parked.remove(carrier, id)
	return out, w.q(deleteParked).text(carrier).text(id).run()
}

// correlate applies a receipt to its message, or parks it.
func (w *writer) correlate(c *wirechief.Correlate) (wirechief.Result, error) {
	r := &c.Receipt
	var damage, err error
	m := w.recent.get(r.Carrier, r.ID)
	if m == nil {
		m, damage, err = oneMessage(w.q(selectByCarrier).text(r.Carrier).text(r.ID), receiptsOnly)
	}
	switch {
	case err != nil:
		return wirechief.Result{}, err
	case damage != nil:
		return wirechief.Result{Err: damaged(damage)}, nil
	case m == nil:
		doc, err := json.Marshal(r)
		if err != nil {
			return wirechief.Result{}, unwritable(err)
		}
		w.parked.add(r.Carrier, r.ID)
		return wirechief.Result{Parked: true}, w.q(insertParked).text(r.Carrier).text(r.ID).int(store.Micros(r.At)).bytes(doc).run()
	}
	before := len(m.Events)
	events := m.Receive(*r)
	if before == 0 {
		m.Events = events[:0] // they are recorded where they are
	}
	for _, e := range events {
		m.Record(e)
	}
	added := m.Events[before:]
	if w.scratch, err = store.AppendEvents(w.scratch[:0], added); err != nil {
		return wirechief.Result{}, unwritable(err)
	}
	if err := w.q(updateHistory).text(string(m.Status)).bytes(w.scratch).int(keyOf(m.Shard, m.ID)).run(); err != nil {
		return wirechief.Result{}, err
	}
	w.recent.drop(m)
	w.recent.put(m)
	return w.follow(m, added, c.Plan)
}
