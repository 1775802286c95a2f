package bulk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/wirechief/wirechief"
)

// outcome is what the try to send a row means for those behind it: the zero
// value, nothing.
type outcome struct {
	err    error  // why the batch ends
	pause  string // why the bulk is paused; empty: it is tried again later
	defect bool   // of ours
}

// later ends the batch; it is tried again.
func later(err error) outcome {
	return outcome{err: err, defect: wirechief.KindOf(err) == wirechief.Internal && !errors.Is(err, context.Canceled)}
}

// of says what an error of the exchange means. A row that a rule refuses for
// itself is settled; ok says so.
func of(err error) (o outcome, ok bool) {
	e, known := errors.AsType[*wirechief.Error](err)
	if !known || e.Kind == wirechief.Internal {
		return later(err), false
	}
	switch {
	case e.Kind == wirechief.Unavailable, e.Kind == wirechief.Exhausted, e.Rule == wirechief.RuleTollFreeCap:
		return later(err), false
	case e.Field == "from", e.Kind == wirechief.Consent:
		return outcome{err: err, pause: e.Message}, false
	}
	switch e.Rule {
	case wirechief.RuleFunds, wirechief.RuleMessaging, wirechief.RuleAgreement, wirechief.RuleSender, wirechief.RuleCampaign, wirechief.RuleTollFree:
		// All rows behind it would have the same trouble.
		return outcome{err: err, pause: e.Message}, false
	}
	return outcome{}, true
}

// keyOf is the idempotency key of a row. No client can choose one.
func keyOf(bulk int64, seq int) string { return fmt.Sprintf(wirechief.OwnKey+"bulk-%d-%d", bulk, seq) }

// send sends one row and settles it, if it can be.
func (r *run) send(row *wirechief.BulkRow) outcome {
	validity, _ := time.ParseDuration(r.b.Validity) // judged by Draft; "": the usual
	res, err := r.o.Sender.Send(r.hard, wirechief.SendRequest{
		Tenant: r.b.Tenant, Dialect: wirechief.DialectOwn, From: r.b.From, To: []string{row.To}, Text: row.Text,
		Validity: validity, Agent: r.b.By, Key: keyOf(r.b.ID, row.Seq),
		Fingerprint: sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", r.b.From, row.To, row.Text)),
	})
	if err != nil {
		o, settled := of(err)
		if !settled {
			return o
		}
		row.State, row.Error = wirechief.RowRefused, wirechief.MessageOf(err)
		r.refused.Add(1)
		return outcome{}
	}
	to := res.Recipients[0]
	if row.Message, row.Error = to.Message, to.Refusal; to.Refusal != "" {
		row.State = wirechief.RowRefused
		r.refused.Add(1)
		return outcome{}
	}
	row.State = wirechief.RowSent
	r.sent.Add(1)
	return outcome{}
}

// kept is how long an idempotency key is sure to be remembered (a day), with
// some time to spare.
const kept = 23 * time.Hour

// recall looks for the messages of rows that may have been sent by a run that
// broke off so long ago that their keys may be forgotten. Such rows are among
// the first that are ready, no more than a batch of them.
func (r *run) recall(rows []wirechief.BulkRow) outcome {
	if !r.again || r.o.Now().Sub(r.b.StartedAt) < kept {
		return outcome{}
	}
	for i := range rows {
		row := &rows[i]
		a, err := r.o.Store.Answer(r.hard, r.b.Tenant, keyOf(r.b.ID, row.Seq))
		if err != nil {
			return later(err)
		}
		if a != nil {
			continue // the exchange will know
		}
		m, err := r.sentBefore(row)
		if err != nil {
			return later(err)
		}
		if m == nil {
			continue
		}
		row.State, row.Message, row.Error = wirechief.RowSent, m.ID, ""
		if m.Status == wirechief.StatusSuppressed {
			row.State = wirechief.RowRefused
		}
	}
	r.again = false
	return outcome{}
}

// sentBefore finds the message of a row in the conversation that it is in, nil
// when there is none since the bulk was started.
func (r *run) sentBefore(row *wirechief.BulkRow) (*wirechief.Message, error) {
	c, err := r.o.Store.ConversationBetween(r.hard, r.b.Tenant, r.b.From, row.To)
	if err != nil {
		if wirechief.KindOf(err) == wirechief.NotFound {
			err = nil
		}
		return nil, err
	}
	const page = 200
	for before := int64(0); ; {
		list, err := r.o.Store.Thread(r.hard, c.ConversationKey, before, page)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		for _, m := range list {
			if m.Direction == wirechief.Outward && m.To == row.To && m.Text == row.Text && !m.CreatedAt.Before(r.b.StartedAt) {
				return m, nil
			}
		}
		if before = list[0].ID; len(list) < page || list[0].CreatedAt.Before(r.b.StartedAt) {
			return nil, nil
		}
	}
}
