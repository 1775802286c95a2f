package sqlite

import (
	"encoding/json"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

const deliveryColumns = `key, tenant, message, kind, destination, profile, event, method, content_type, header, body,
	status, created_at, next_at, tries, attempts, chunked, fallback`

const (
	insertDelivery = `INSERT INTO delivery (` + deliveryColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateDelivery   = `UPDATE delivery SET status = ?, next_at = ?, tries = ?, attempts = attempts || ? WHERE key = ?`
	updateRedeliver  = `UPDATE delivery SET status = ?, next_at = ?, tries = 0 WHERE key = ?`
	updateOnlyStatus = `UPDATE delivery SET status = ? WHERE key = ?`
	selectDelivery   = `SELECT ` + deliveryColumns + ` FROM delivery WHERE key = ?`
)

func (w *writer) insertDelivery(d *wirechief.Delivery) error {
	var header []byte
	var err error
	if len(d.Header) > 0 {
		if header, err = json.Marshal(d.Header); err != nil {
			return unwritable(err)
		}
	}
	if w.scratch, err = store.AppendLines(w.scratch[:0], d.Attempts); err != nil {
		return unwritable(err)
	}
	return w.q(insertDelivery).
		int(keyOf(d.Shard, d.ID)).text(d.Tenant).int(d.Message).text(string(d.Kind)).text(d.Destination).
		text(d.Profile).text(d.Event).text(d.Method).text(d.ContentType).bytes(header).blob(d.Body).
		text(string(d.Status)).int(store.Micros(d.CreatedAt)).int(store.Micros(d.NextAt)).int(int64(d.Tries)).
		bytes(w.scratch).int(truth(d.Chunked)).int(int64(d.Fallback)).run()
}

func scanDelivery(s *stmt) (*wirechief.Delivery, error) {
	d := new(wirechief.Delivery)
	d.Shard, d.ID = splitKey(s.getInt())
	d.Tenant, d.Message = s.getText(), s.getInt()
	d.Kind, d.Destination = wirechief.DeliveryKind(s.getText()), s.getText()
	d.Profile, d.Event, d.Method, d.ContentType = s.getText(), s.getText(), s.getText(), s.getText()
	header := s.getBytes()
	d.Body = s.getBytes()
	d.Status = wirechief.DeliveryStatus(s.getText())
	d.CreatedAt, d.NextAt, d.Tries = store.Instant(s.getInt()), store.Instant(s.getInt()), int(s.getInt())
	attempts := s.getBytes()
	d.Chunked, d.Fallback = s.getInt() != 0, int(s.getInt())
	if len(header) > 0 {
		if err := json.Unmarshal(header, &d.Header); err != nil {
			return nil, err
		}
	}
	var err error
	d.Attempts, err = store.Lines[wirechief.Attempt](attempts)
	return d, err
}

func noDelivery(key wirechief.DeliveryKey) *wirechief.Error {
	return wirechief.Errorf(wirechief.NotFound, "there is no delivery %d", key.ID)
}

// attempted appends an attempt.
func (w *writer) attempted(c *wirechief.Attempted) (wirechief.Result, error) {
	w.scratch = w.scratch[:0]
	if c.Attempt != nil {
		line, err := json.Marshal(c.Attempt)
		if err != nil {
			return wirechief.Result{}, unwritable(err)
		}
		w.scratch = append(append(w.scratch, line...), '\n')
	}
	if err := w.q(updateDelivery).text(string(c.Status)).int(store.Micros(c.NextAt)).int(int64(c.Tries)).
		bytes(w.scratch).int(keyOf(c.Key.Shard, c.Key.ID)).run(); err != nil {
		return wirechief.Result{}, err
	}
	if w.Changes() == 0 {
		return wirechief.Result{Err: noDelivery(c.Key)}, nil
	}
	return wirechief.Result{}, nil
}

// isRedacted finds deliveries whose body was taken out, which are not to be sent
// again. The length is seen without reading the body.
const isRedacted = `length(body) = length(CAST('` + wirechief.Redacted + `' AS BLOB)) AND body = CAST('` + wirechief.Redacted + `' AS BLOB)`

// sliceMost is how many rows one commit of a Redeliver or a Purge touches.
const sliceMost = 2000

// redeliver changes the deliveries that are named, or a slice of those that
// the filter selects, newest first; what is left it gives back.
func (w *writer) redeliver(c wirechief.Redeliver) (wirechief.Result, wirechief.Command, error) {
	if c.Status == "" {
		c.Status = wirechief.DeliveryPending
	}
	if len(c.Keys) > 0 {
		return w.redeliverKeys(c)
	}
	most := sliceMost
	if c.Filter.Limit > 0 {
		most = min(most, c.Filter.Limit)
	}
	keys, err := newestDeliveries(w.conn, c.Filter, most, c.Status == wirechief.DeliveryPending)
	if err != nil {
		return wirechief.Result{}, nil, err
	}
	var res wirechief.Result
	for _, key := range keys {
		if err := w.restart(key, &c); err != nil {
			return wirechief.Result{}, nil, err
		}
		res.Count++
	}
	if len(keys) < sliceMost || len(keys) == c.Filter.Limit {
		return res, nil, nil
	}
	_, c.Filter.Before = splitKey(keys[len(keys)-1])
	if c.Filter.Limit > 0 {
		c.Filter.Limit -= len(keys)
	}
	return res, c, nil
}

func (w *writer) redeliverKeys(c wirechief.Redeliver) (wirechief.Result, wirechief.Command, error) {
	var res wirechief.Result
	slice := c.Keys[:min(len(c.Keys), sliceMost)]
	if c.Status == wirechief.DeliveryPending {
		for _, k := range slice {
			row := w.q("SELECT 1 FROM delivery WHERE key = ? AND " + isRedacted).int(keyOf(k.Shard, k.ID))
			gone, err := row.row()
			row.done()
			if err != nil {
				return res, nil, err
			}
			if gone {
				return refused(wirechief.Conflict, wirechief.RuleState,
					"delivery %d cannot be replayed: the text that it told was redacted, and there is nothing left to send", k.ID), nil, nil
			}
		}
	}
	for _, k := range slice {
		if err := w.restart(keyOf(k.Shard, k.ID), &c); err != nil {
			return wirechief.Result{}, nil, err
		}
		res.Count += w.Changes()
	}
	if c.Keys = c.Keys[len(slice):]; len(c.Keys) > 0 {
		return res, c, nil
	}
	return res, nil, nil
}

func (w *writer) restart(key int64, c *wirechief.Redeliver) error {
	if c.Status != wirechief.DeliveryPending {
		return w.q(updateOnlyStatus).text(string(c.Status)).int(key).run()
	}
	return w.q(updateRedeliver).text(string(c.Status)).int(store.Micros(c.At)).int(key).run()
}
