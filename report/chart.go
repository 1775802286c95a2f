package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// table has the tallies of a report by metric and step.
type table struct {
	steps         int
	minutes, last float64 // of a step, and of the last, which may be cut off
	bounds        []int64
	tallies       map[wirechief.Metric][]wirechief.Tally
}

func (t *table) put(m wirechief.Metric, step int, tally *wirechief.Tally) {
	if t.tallies == nil {
		t.tallies = make(map[wirechief.Metric][]wirechief.Tally)
	}
	if t.tallies[m] == nil {
		t.tallies[m] = make([]wirechief.Tally, t.steps)
	}
	merge(&t.tallies[m][step], tally)
}

// at gives the tally of a step; the zero one when nothing was counted.
func (t *table) at(m wirechief.Metric, step int) *wirechief.Tally {
	if list := t.tallies[m]; list != nil {
		return &list[step]
	}
	return new(wirechief.Tally)
}

// total adds the tallies of metrics over all steps.
func (t *table) total(metrics ...wirechief.Metric) *wirechief.Tally {
	sum := new(wirechief.Tally)
	for _, m := range metrics {
		for i := range t.tallies[m] {
			merge(sum, &t.tallies[m][i])
		}
	}
	return sum
}

// line makes a series of a function of the step.
func (t *table) line(name, title, unit string, value func(step int) float64) Series {
	s := Series{Name: name, Title: title, Unit: unit, Values: make([]float64, t.steps)}
	for i := range s.Values {
		s.Values[i] = value(i)
	}
	return s
}

func (t *table) messages() Chart {
	perMinute := func(m wirechief.Metric) func(int) float64 {
		return func(step int) float64 {
			minutes := t.minutes
			if step == t.steps-1 {
				minutes = t.last
			}
			return float64(t.at(m, step).Count) / minutes
		}
	}
	in, out, refused := t.total(wirechief.MetricIn).Count, t.total(wirechief.MetricOut).Count, t.total(wirechief.MetricRefused).Count
	c := Chart{Name: "messages", Title: "Messages per minute", Series: []Series{
		t.line("in", "In", "/min", perMinute(wirechief.MetricIn)),
		t.line("out", "Out", "/min", perMinute(wirechief.MetricOut)),
	}}
	switch {
	case in+out+refused == 0:
		c.Summary = "No messages."
	case refused == 0:
		c.Summary = fmt.Sprintf("%s in, %s out.", count(in, "message"), number(out))
	default:
		c.Summary = fmt.Sprintf("%s in, %s out; %s by a rule.", count(in, "message"), number(out), were(refused, "refused"))
	}
	return c
}

func (t *table) delivery() Chart {
	c := Chart{Name: "delivery", Title: "Delivery rate", Series: []Series{
		t.line("rate", "Delivered", "%", func(step int) float64 {
			return percent(t.at(wirechief.MetricDelivered, step).Count, t.at(wirechief.MetricFailed, step).Count)
		}),
	}}
	good, bad := t.total(wirechief.MetricDelivered).Count, t.total(wirechief.MetricFailed).Count
	if good+bad == 0 {
		c.Summary = "No message has ended."
	} else {
		c.Summary = fmt.Sprintf("%s of %s arrived: %s delivered, %s failed.", rate(good, bad), count(good+bad, "message"), number(good), number(bad))
	}
	return c
}

func (t *table) receipt() Chart {
	c := Chart{Name: "receipt", Title: "Median time to receipt", Series: []Series{
		t.line("median", "Median", "s", func(step int) float64 {
			return t.quantile(t.at(wirechief.MetricDelivered, step), 0.5) / 1000
		}),
	}}
	sum := t.total(wirechief.MetricDelivered)
	if median := t.quantile(sum, 0.5); math.IsNaN(median) {
		c.Summary = "No receipts that can be timed."
	} else {
		c.Summary = fmt.Sprintf("Half of the receipts came within %s, nine of ten within %s.", duration(median), duration(t.quantile(sum, 0.9)))
	}
	return c
}

func (t *table) webhooks() Chart {
	both := func(step int) *wirechief.Tally {
		sum := new(wirechief.Tally)
		merge(sum, t.at(wirechief.MetricHookOK, step))
		merge(sum, t.at(wirechief.MetricHookBad, step))
		return sum
	}
	c := Chart{Name: "webhooks", Title: "Webhooks", Series: []Series{
		t.line("success", "Succeeded", "%", func(step int) float64 {
			return percent(t.at(wirechief.MetricHookOK, step).Count, t.at(wirechief.MetricHookBad, step).Count)
		}),
		t.line("p95", "95th percentile", "ms", func(step int) float64 { return t.quantile(both(step), 0.95) }),
	}}
	good, bad := t.total(wirechief.MetricHookOK).Count, t.total(wirechief.MetricHookBad).Count
	if good+bad == 0 {
		c.Summary = "No webhook was called."
	} else {
		c.Summary = fmt.Sprintf("%s of %s succeeded; nineteen of twenty took %s at most.", rate(good, bad), count(good+bad, "call"),
			duration(t.quantile(t.total(wirechief.MetricHookOK, wirechief.MetricHookBad), 0.95)))
	}
	return c
}

func (t *table) calls() Chart {
	c := Chart{Name: "calls", Title: "Concurrent calls", Series: []Series{
		t.line("peak", "Most at once", "", func(step int) float64 { return float64(t.at(wirechief.MetricCalls, step).Peak) }),
	}}
	if peak := t.total(wirechief.MetricCalls).Peak; peak == 0 {
		c.Summary = "No calls."
	} else {
		c.Summary = fmt.Sprintf("At most %s at once.", count(peak, "call"))
	}
	return c
}

// quantile reads off a histogram how much time a part of what was counted took
// at most, in milliseconds, as if times were spread evenly within a bucket.
// NaN: nothing was timed.
func (t *table) quantile(tally *wirechief.Tally, part float64) float64 {
	timed := int64(0)
	for _, n := range tally.Histogram {
		timed += n
	}
	if timed == 0 {
		return math.NaN()
	}
	rank, below := part*float64(timed), int64(0)
	for i, n := range tally.Histogram {
		if n == 0 || float64(below+n) < rank {
			below += n
			continue
		}
		if i >= len(t.bounds) {
			break
		}
		low := 0.0
		if i > 0 {
			low = float64(t.bounds[i-1])
		}
		return low + (float64(t.bounds[i])-low)*(rank-float64(below))/float64(n)
	}
	return float64(t.bounds[len(t.bounds)-1]) // or more
}

// percent of both that were good; NaN when there were none.
func percent(good, bad int64) float64 {
	if good+bad == 0 {
		return math.NaN()
	}
	return 100 * float64(good) / float64(good+bad)
}

// rate writes it; it says 100 % or 0 % only of all or none.
func rate(good, bad int64) string {
	p := percent(good, bad)
	if bad > 0 {
		p = min(p, 99.9)
	}
	if good > 0 {
		p = max(p, 0.1)
	}
	return strconv.FormatFloat(math.Round(p*10)/10, 'f', -1, 64) + " %"
}

// number writes a number of things with commas: 3,911.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return number(n) + " " + thing + "s"
}

func were(n int64, what string) string {
	if n == 1 {
		return "1 was " + what
	}
	return number(n) + " were " + what
}

// duration writes milliseconds for a person, to two or three places: 340 ms, 4.2 s, 12 min.
func duration(ms float64) string {
	switch d := time.Duration(ms * float64(time.Millisecond)); {
	case d < time.Second:
		return trim(ms) + " ms"
	case d < time.Minute:
		return trim(d.Seconds()) + " s"
	case d < time.Hour:
		return trim(d.Minutes()) + " min"
	default:
		return trim(d.Hours()) + " h"
	}
}

func trim(v float64) string {
	if v < 10 {
		return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}
