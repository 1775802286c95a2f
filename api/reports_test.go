package api

import (
	"context"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/report"
)

// tallied is the minute in which all that the tests count has happened.
var tallied = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// tallies is a store in which something was counted: of acme, and of another
// as much again.
type tallies struct{ report.Store }

func (tallies) Tallies(_ context.Context, f wirechief.TallyFilter) (map[wirechief.Metric][]wirechief.Tally, error) {
	times := int64(1)
	if f.All {
		times = 2
	} else if f.Tenant != "acme" {
		return nil, nil
	}
	at := f.From.Add(tallied.Sub(f.From).Truncate(f.Step))
	one := func(count int64, histogram ...int64) []wirechief.Tally {
		return []wirechief.Tally{{Minute: at, Count: times * count, Histogram: histogram}}
	}
	return map[wirechief.Metric][]wirechief.Tally{
		wirechief.MetricIn: one(1204), wirechief.MetricOut: one(3911),
		wirechief.MetricDelivered: one(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1), wirechief.MetricFailed: one(1),
	}, nil
}

func TestInstants(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "0001-01-01T00:00:00Z"},
		{"2026-11-25T10:00:00 01:00", "2026-11-25T09:00:00Z"},
		{"2026-11-25T10:00:00+01:00", "2026-11-25T09:00:00Z"},
		{"2026-11-25", "from: an instant such as 2026-11-25T09:00:00Z is needed"},
		{"1926-11-25T10:00:00Z", "from: an instant such as 2026-11-25T09:00:00Z is needed"},
	} {
		at, err := readInstant("from", c.in)
		got := at.UTC().Format(time.RFC3339)
		if err != nil {
			e := err.(*wirechief.Error)
			got = e.Field + ": " + e.Message
		}
		if got != c.want {
			t.Errorf("%q is %s, want %s", c.in, got, c.want)
		}
	}
}
