package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"github.com/wirechief/wirechief"
)

// Tallies are kept by the minute and by the hour, in seconds.
const (
	minuteSpan = int64(time.Minute / time.Second)
	hourSpan   = int64(time.Hour / time.Second)
)

// addTallies adds to what is kept.
func (w *writer) addTallies(c *wirechief.AddTallies) error {
	for i := range c.Tallies {
		for _, span := range []int64{minuteSpan, hourSpan} {
			if err := w.addTally(&c.Tallies[i], span); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) addTally(t *wirechief.Tally, span int64) error {
	at := t.Minute.Unix() / span * span
	shard := int64(wirechief.ShardOf(t.Tenant))
	sum := *t
	row := w.q("SELECT count, sum, peak, histogram FROM tally WHERE shard = ? AND tenant = ? AND span = ? AND at = ? AND metric = ?").
		int(shard).text(t.Tenant).int(span).int(at).text(string(t.Metric))
	found, err := row.row()
	if err != nil {
		return err
	}
	if found {
		kept, err := scanCounts(row)
		row.done()
		if err != nil {
			return err
		}
		kept.add(t)
		sum.Count, sum.Sum, sum.Peak, sum.Histogram = kept.Count, kept.Sum, kept.Peak, kept.Histogram
	}
	var histogram []byte
	if len(sum.Histogram) > 0 {
		if histogram, err = json.Marshal(sum.Histogram); err != nil {
			return unwritable(err)
		}
	}
	return w.q("INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").
		int(shard).text(t.Tenant).int(span).int(at).text(string(t.Metric)).
		int(sum.Count).float(sum.Sum).int(sum.Peak).bytes(histogram).run()
}

// dropTallies removes the tallies of a span from before an instant, about so
// many at most, and says whether there may be more.
func (w *writer) dropTallies(span int64, before time.Time, most int) (n int, more bool, err error) {
	tenants, err := tallied(w.conn)
	if err != nil {
		return 0, false, err
	}
	for _, tenant := range tenants {
		if n >= most {
			return n, true, nil
		}
		shard, end := int64(wirechief.ShardOf(tenant)), before.Unix()
		row := w.q("SELECT at FROM tally WHERE shard = ? AND tenant = ? AND span = ? AND at < ? ORDER BY at LIMIT 1 OFFSET ?").
			int(shard).text(tenant).int(span).int(end).int(int64(most - n))
		found, err := row.row()
		if err != nil {
			return n, false, err
		}
		if found {
			end, more = row.getInt()+1, true
			row.done()
		}
		if err := w.q("DELETE FROM tally WHERE shard = ? AND tenant = ? AND span = ? AND at < ?").
			int(shard).text(tenant).int(span).int(end).run(); err != nil {
			return n, false, err
		}
		n += w.Changes()
	}
	return n, more, nil
}

// counts is a tally that grows.
type counts struct{ wirechief.Tally }

func (c *counts) add(t *wirechief.Tally) {
	c.Count += t.Count
	c.Sum += t.Sum
	c.Peak = max(c.Peak, t.Peak)
	for len(c.Histogram) < len(t.Histogram) {
		c.Histogram = append(c.Histogram, 0)
	}
	for i, n := range t.Histogram {
		c.Histogram[i] += n
	}
}

func scanCounts(s *stmt) (c counts, err error) {
	c.Count, c.Sum, c.Peak = s.getInt(), s.getFloat(), s.getInt()
	if b := s.getBytes(); len(b) > 0 {
		if err := json.Unmarshal(b, &c.Histogram); err != nil {
			return c, damaged(err)
		}
	}
	return c, nil
}

// Tallies implements [wirechief.TallyReader]. Whole hours are read by the hour
// when the steps are.
func (s *Store) Tallies(ctx context.Context, f wirechief.TallyFilter) (map[wirechief.Metric][]wirechief.Tally, error) {
	step := int64(f.Step / time.Second)
	if step <= 0 || step%minuteSpan != 0 {
		return nil, wirechief.InvalidField("step", "%s is not a number of whole minutes", f.Step)
	}
	from, to := f.From.Unix(), f.To.Unix()
	middle := from // up to here by the hour, then by the minute
	if from%hourSpan == 0 && step%hourSpan == 0 && to > from {
		middle = to / hourSpan * hourSpan
	}
	out := make(map[wirechief.Metric][]wirechief.Tally)
	err := s.read(ctx, func(c *conn) error {
		tenants := []string{f.Tenant}
		if f.All {
			var err error
			if tenants, err = tallied(c); err != nil {
				return err
			}
		}
		sums := make(map[wirechief.Metric]map[int64]*counts)
		for _, tenant := range tenants {
			if err := sumTallies(c, tenant, hourSpan, from, middle, from, step, sums); err != nil {
				return err
			}
			if err := sumTallies(c, tenant, minuteSpan, middle, to, from, step, sums); err != nil {
				return err
			}
		}
		for metric, steps := range sums {
			out[metric] = inOrder(steps, from, to, step)
			for i := range out[metric] {
				t := &out[metric][i]
				t.Metric = metric
				if !f.All {
					t.Tenant = f.Tenant
				}
			}
		}
		return nil
	})
	return out, err
}

func inOrder(steps map[int64]*counts, from, to, step int64) []wirechief.Tally {
	out := make([]wirechief.Tally, 0, len(steps))
	for at := from; at < to && len(out) < len(steps); at += step {
		if c := steps[at]; c != nil {
			c.Minute = time.Unix(at, 0).UTC()
			out = append(out, c.Tally)
		}
	}
	return out
}

// sumTallies adds the tallies of a tenant between two instants to the steps.
func sumTallies(c *conn, tenant string, span, after, before, from, step int64, sums map[wirechief.Metric]map[int64]*counts) error {
	if after >= before {
		return nil
	}
	rows := c.q("SELECT at, metric, count, sum, peak, histogram FROM tally WHERE shard = ? AND tenant = ? AND span = ? AND at >= ? AND at < ?").
		int(int64(wirechief.ShardOf(tenant))).text(tenant).int(span).int(after).int(before)
	return rows.each(func() error {
		at, metric := rows.getInt(), wirechief.Metric(rows.getText())
		t, err := scanCounts(rows)
		if err != nil {
			return err
		}
		at = from + (at-from)/step*step
		if sums[metric] == nil {
			sums[metric] = make(map[int64]*counts)
		}
		if kept := sums[metric][at]; kept != nil {
			kept.add(&t.Tally)
		} else {
			sums[metric][at] = &t
		}
		return nil
	})
}

// tallied lists the tenants that have tallies, by leaps over their rows.
func tallied(c *conn) ([]string, error) {
	var out []string
	shard, tenant := int64(-1), ""
	for {
		row := c.q("SELECT shard, tenant FROM tally WHERE (shard, tenant) > (?, ?) ORDER BY shard, tenant LIMIT 1").int(shard).text(tenant)
		found, err := row.row()
		if !found || err != nil {
			return out, err
		}
		shard, tenant = row.getInt(), row.getText()
		row.done()
		out = append(out, tenant)
	}
}
