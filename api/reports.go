package api

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/report"
)

// reports adds the operation on reports.
func (a *api) reports() {
	register(a, a.op(scopeRead, "get-report", http.MethodGet, "/reports", "Count what went through, as charts",
		about("Messages per minute, delivery rate, median time to receipt, success and slowness of webhooks, concurrent calls.")), a.getReport)
}

type reportInput struct {
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees everybody's together"`
	From   string `query:"from" maxLength:"40" doc:"RFC 3339; a day before its end when empty. Both ends are made whole minutes"`
	To     string `query:"to" maxLength:"40" doc:"RFC 3339, exclusive; now when empty"`
	Step   int    `query:"step" minimum:"0" maximum:"527040" doc:"Minutes; 0 for one that gives about a hundred steps"`
}

type reportOutput struct{ Body wire.Report }

func (a *api) getReport(ctx context.Context, in *reportInput) (*reportOutput, error) {
	p := who(ctx)
	tenant, err := a.known(ctx, p, in.Tenant)
	if err != nil {
		return nil, err
	}
	if !p.Operator {
		tenant = p.Tenant
	}
	q := report.Query{Tenant: tenant, All: p.Operator && tenant == "", Step: time.Duration(in.Step) * time.Minute}
	if q.From, err = readInstant("from", in.From); err != nil {
		return nil, err
	}
	if q.To, err = readInstant("to", in.To); err != nil {
		return nil, err
	}
	if a.Reports == nil {
		return nil, wirechief.Errorf(wirechief.NotOffered, "this installation counts nothing for reports")
	}
	r, err := a.Reports(ctx, q)
	if err != nil {
		return nil, err
	}
	return &reportOutput{newReport(r)}, nil
}

// readInstant reads an instant that may be left out. A plus sign that was not
// escaped arrives as a space.
func readInstant(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if n := len(s) - len(" 01:00"); n > 0 && s[n] == ' ' {
		s = s[:n] + "+" + s[n+1:]
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil || at.Year() < 2000 || at.Year() > 9999 {
		return time.Time{}, wirechief.InvalidField(field, "an instant such as 2026-11-25T09:00:00Z is needed")
	}
	return at, nil
}

func newReport(r *report.Report) wire.Report {
	out := wire.Report{From: r.From, To: r.To, StepMinutes: int(r.Step / time.Minute), Times: orNone(r.Times), Charts: make([]wire.Chart, len(r.Charts))}
	for i := range r.Charts {
		c := &r.Charts[i]
		chart := wire.Chart{Name: c.Name, Title: c.Title, Summary: c.Summary, Series: make([]wire.Series, len(c.Series))}
		for j := range c.Series {
			s := &c.Series[j]
			chart.Series[j] = wire.Series{Name: s.Name, Title: s.Title, Unit: s.Unit, Values: make([]*float64, len(s.Values))}
			for k, v := range s.Values {
				if !math.IsNaN(v) {
					v = math.Round(v*1000) / 1000
					chart.Series[j].Values[k] = &v
				}
			}
		}
		out.Charts[i] = chart
	}
	return out
}
