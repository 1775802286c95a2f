package report

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func TestQueries(t *testing.T) {
	c := New(Options{Now: func() time.Time { return nine.Add(30 * time.Second) }})
	for _, v := range []struct {
		q    Query
		want string
	}{
		{Query{}, "2026-11-24 09:01 to 2026-11-25 09:01 by 15m0s"},
		{Query{From: nine.Add(-time.Hour)}, "2026-11-25 08:00 to 2026-11-25 09:01 by 1m0s"},
		{Query{From: nine.Add(-time.Hour + 20*time.Second), To: nine}, "2026-11-25 08:00 to 2026-11-25 09:00 by 1m0s"},
		{Query{From: nine.AddDate(0, 0, -7)}, "2026-11-18 09:00 to 2026-11-25 09:01 by 6h0m0s"},
		{Query{From: nine.AddDate(-1, 0, 0)}, "2025-11-25 09:00 to 2026-11-25 09:01 by 72h0m0s"},
		{Query{From: nine, To: nine}, "a report ends after it begins"},
		{Query{Step: 90 * time.Second}, "1m30s is not a number of whole minutes"},
		{Query{Step: -time.Minute}, "-1m0s is not a number of whole minutes"},
		{Query{From: nine.AddDate(0, 0, -7), Step: time.Minute}, "a report has 1500 steps at most; make them longer than 1m0s"},
	} {
		q, err := c.complete(v.q)
		got := fmt.Sprintf("%s to %s by %s", q.From.Format("2006-01-02 15:04"), q.To.Format("2006-01-02 15:04"), q.Step)
		if err != nil {
			got = err.(*wirechief.Error).Message
		}
		if got != v.want {
			t.Errorf("%+v: %s, want %s", v.q, got, v.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	tab := table{bounds: []int64{10, 20, 40}}
	for _, c := range []struct {
		histogram []int64
		part      float64
		want      float64
	}{
		{[]int64{10, 0, 0, 0}, 0.5, 5},
		{[]int64{10, 10, 0, 0}, 0.5, 10},
		{[]int64{10, 10, 0, 0}, 0.75, 15},
		{[]int64{0, 0, 4, 0}, 0.5, 30},
		{[]int64{0, 0, 0, 4}, 0.5, 40},
		{[]int64{1, 0, 0, 9}, 0.95, 40},
	} {
		if got := tab.quantile(&wirechief.Tally{Histogram: c.histogram}, c.part); got != c.want {
			t.Errorf("%v of %v is %v, want %v", c.part, c.histogram, got, c.want)
		}
	}
	if !math.IsNaN(tab.quantile(new(wirechief.Tally), 0.5)) {
		t.Error("nothing has a median")
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"},
		{number(999), "999"},
		{number(3911), "3,911"},
		{number(1234567), "1,234,567"},
		{count(1, "call"), "1 call"},
		{count(1204, "message"), "1,204 messages"},
		{were(1, "refused"), "1 was refused"},
		{rate(1, 0), "100 %"},
		{rate(99_999, 1), "99.9 %"},
		{rate(1, 99_999), "0.1 %"},
		{rate(0, 3), "0 %"},
		{rate(2, 1), "66.7 %"},
		{duration(0.4), "0.4 ms"},
		{duration(340), "340 ms"},
		{duration(4200), "4.2 s"},
		{duration(12 * 60_000), "12 min"},
		{duration(3_600_000), "1 h"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}
