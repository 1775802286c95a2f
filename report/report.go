package report

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// StepsMost is how many steps a report may have.
const StepsMost = 1500

// Query says what a report is about.
type Query struct {
	Tenant string
	All    bool // of everybody, for the operator
	// From inclusive, To exclusive; both are made whole minutes. To zero: now;
	// From zero: a day before To.
	From, To time.Time
	Step     time.Duration // whole minutes; 0: one that gives about a hundred steps
}

// Report is five charts over the same steps.
type Report struct {
	From  time.Time
	To    time.Time
	Step  time.Duration
	Times []time.Time // the beginning of each step
	// Charts are, in this order: messages, delivery, receipt, webhooks, calls.
	Charts []Chart
}

// Chart is one chart: one or two series, and a sentence that says the same.
type Chart struct {
	Name    string // for addresses and tests: "messages", "delivery", …
	Title   string
	Summary string
	Series  []Series
}

// Series is one line of a chart.
type Series struct {
	Name  string
	Title string
	Unit  string // "/min", "%", "s", "ms" or "" for a number of things
	// Values has one a step; NaN where there is nothing to say, as for the rate
	// of no messages.
	Values []float64
}

// Chart gives a chart by its name, nil when there is none.
func (r *Report) Chart(name string) *Chart {
	for i := range r.Charts {
		if r.Charts[i].Name == name {
			return &r.Charts[i]
		}
	}
	return nil
}

// Max is the highest value of a series, 0 when there is none.
func (s *Series) Max() float64 {
	most := 0.0
	for _, v := range s.Values {
		if v > most { // NaN is not
			most = v
		}
	}
	return most
}

// Report gives the charts of a tenant, up to what was counted just now.
func (c *Collector) Report(ctx context.Context, q Query) (*Report, error) {
	q, err := c.complete(q)
	if err != nil {
		return nil, err
	}
	// What cannot be kept now is in a later report.
	if err := c.Flush(ctx); err != nil && ctx.Err() == nil {
		c.Log.WarnContext(ctx, "a report lacks the last seconds: they could not be kept", "error", err)
	}
	tallies, err := c.Store.Tallies(ctx, wirechief.TallyFilter{Tenant: q.Tenant, All: q.All, From: q.From, To: q.To, Step: q.Step})
	if err != nil {
		return nil, err
	}
	r := &Report{From: q.From, To: q.To, Step: q.Step}
	for at := q.From; at.Before(q.To); at = at.Add(q.Step) {
		r.Times = append(r.Times, at)
	}
	t := table{steps: len(r.Times), bounds: c.bounds, minutes: q.Step.Minutes(), last: q.To.Sub(r.Times[len(r.Times)-1]).Minutes()}
	for metric, list := range tallies {
		for i := range list {
			if n := int(list[i].Minute.Sub(q.From) / q.Step); n >= 0 && n < t.steps {
				t.put(metric, n, &list[i])
			}
		}
	}
	r.Charts = []Chart{t.messages(), t.delivery(), t.receipt(), t.webhooks(), t.calls()}
	return r, nil
}

// complete fills in what a query leaves open, and judges it.
func (c *Collector) complete(q Query) (Query, error) {
	if q.To.IsZero() {
		q.To = c.Now()
	}
	if whole := q.To.UTC().Truncate(time.Minute); whole.Before(q.To) {
		q.To = whole.Add(time.Minute)
	} else {
		q.To = whole
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-24 * time.Hour)
	}
	q.From = q.From.UTC().Truncate(time.Minute)
	length := q.To.Sub(q.From)
	if length <= 0 {
		return q, wirechief.InvalidField("to", "a report ends after it begins")
	}
	if q.Step == 0 {
		q.Step = stepFor(length)
	}
	if q.Step < time.Minute || q.Step%time.Minute != 0 {
		return q, wirechief.InvalidField("step", "%s is not a number of whole minutes", q.Step)
	}
	if length > StepsMost*q.Step {
		return q, wirechief.InvalidField("step", "a report has %d steps at most; make them longer than %s", StepsMost, q.Step)
	}
	return q, nil
}

// stepFor gives the step that a person would choose: the shortest with a
// hundred and a half steps at most, in whole days beyond that.
func stepFor(length time.Duration) time.Duration {
	for _, minutes := range [...]time.Duration{1, 5, 15, 60, 6 * 60} {
		if step := minutes * time.Minute; length <= 150*step {
			return step
		}
	}
	const day = 24 * time.Hour
	return day * max(1, (length+150*day-1)/(150*day))
}
