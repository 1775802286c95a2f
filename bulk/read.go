package bulk

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/sheet"
)

// pageMost is the most that the store gives at once.
const pageMost = 1000

// Progress gives a bulk as it stands at this moment: while it runs, with the
// rows whose results are not kept yet.
func (o *Office) Progress(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error) {
	b, err := o.find(ctx, "bulk.show", p, id)
	if err != nil {
		return nil, err
	}
	if r := o.runOf(id); r != nil {
		return r.progress(), nil
	}
	return b, nil
}

// List gives those of the tenant, newest first, with ids below before (0: from
// the newest); states empty: all. Limit is 1 to 1000; 0: 50.
func (o *Office) List(ctx context.Context, p wirechief.Principal, states []wirechief.BulkState, before int64, limit int) ([]*wirechief.Bulk, error) {
	if err := allow("bulk.list", p); err != nil {
		return nil, err
	}
	list, err := o.Store.Bulks(ctx, p.Tenant, states, before, limit)
	if err != nil {
		return nil, err
	}
	for i, b := range list {
		if r := o.runOf(b.ID); r != nil {
			list[i] = r.progress()
		}
	}
	return list, nil
}

// Rows gives rows after a number, in order; state empty: all. Limit is 1 to
// 1000; 0: 50.
func (o *Office) Rows(ctx context.Context, p wirechief.Principal, id int64, state wirechief.BulkRowState, after, limit int) ([]Row, error) {
	if _, err := o.find(ctx, "bulk.rows", p, id); err != nil {
		return nil, err
	}
	list, err := o.Store.BulkRows(ctx, p.Tenant, id, state, after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(list))
	for i := range list {
		out[i].BulkRow = list[i]
		if list[i].Text == "" {
			continue
		}
		a := gsm.Analyse(list[i].Text)
		if out[i].Encoding = a.Encoding.String(); a.Offending != 0 {
			out[i].Character = string(a.Offending)
		}
	}
	return out, nil
}

// resultColumns is the heading of the results.
var resultColumns = [...]string{"row", "to", "text", "segments", "state", "message", "status", "error"}

// Results writes what became of each row as CSV, with how its message stands
// now. No cell can be taken for a formula.
func (o *Office) Results(ctx context.Context, p wirechief.Principal, id int64, to io.Writer) error {
	if _, err := o.find(ctx, "bulk.results", p, id); err != nil {
		return err
	}
	out := bufio.NewWriter(to)
	w := csv.NewWriter(out)
	if err := w.Write(resultColumns[:]); err != nil {
		return err
	}
	for after := 0; ; {
		rows, err := o.Store.BulkRows(ctx, p.Tenant, id, "", after, pageMost)
		if err != nil {
			return err
		}
		for i := range rows {
			cells, err := o.result(ctx, p.Tenant, &rows[i])
			if err != nil {
				return err
			}
			if err := w.Write(cells); err != nil {
				return err
			}
			after = rows[i].Seq
		}
		if len(rows) < pageMost {
			break
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return out.Flush()
}

// result is one line of the results.
func (o *Office) result(ctx context.Context, tenant string, row *wirechief.BulkRow) ([]string, error) {
	message, status := "", ""
	if row.Message != 0 {
		message = strconv.FormatInt(row.Message, 10)
		m, err := o.Store.Message(ctx, wirechief.MessageKey{Shard: wirechief.ShardOf(tenant), ID: row.Message})
		switch {
		case err == nil:
			status = string(m.Status)
		case wirechief.KindOf(err) != wirechief.NotFound: // its retention may be over
			return nil, err
		}
	}
	return []string{
		strconv.Itoa(row.Seq), sheet.Defuse(row.To), sheet.Defuse(row.Text), strconv.Itoa(row.Segments),
		string(row.State), message, status, sheet.Defuse(row.Error),
	}, nil
}
