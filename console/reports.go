package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/report"
)

func reportRoutes() []route {
	return []route{
		{pattern: "GET /reports", right: wirechief.RightRead, serve: (*Console).showReports},
		{pattern: "GET /calls", right: wirechief.RightRead, serve: (*Console).showCalls},
	}
}

type reportsData struct {
	Page
	Ranges []reportRange
	Charts []chartView
	From   time.Time
	To     time.Time
}

// reportRange is a span that the reader may choose.
type reportRange struct {
	Name, Title string
	Current     bool
	span, step  time.Duration
}

func reportRanges() []reportRange {
	return []reportRange{
		{Name: "hour", Title: "Last hour", span: time.Hour, step: time.Minute},
		{Name: "day", Title: "Last 24 hours", span: 24 * time.Hour, step: 20 * time.Minute},
		{Name: "week", Title: "Last 7 days", span: 7 * 24 * time.Hour, step: 2 * time.Hour},
		{Name: "month", Title: "Last 30 days", span: 30 * 24 * time.Hour, step: 12 * time.Hour},
	}
}

func (c *Console) showReports(v *visit) error {
	page := &reportsData{Page: Page{Title: "Reports", Section: "reports"}, Ranges: reportRanges()}
	chosen := 1
	for i := range page.Ranges {
		if page.Ranges[i].Name == v.query("range") {
			chosen = i
		}
	}
	page.Ranges[chosen].Current = true
	now := c.Now()
	r, err := c.Reports.Report(v.ctx(), report.Query{
		Tenant: v.p.Tenant, From: now.Add(-page.Ranges[chosen].span), To: now, Step: page.Ranges[chosen].step,
	})
	if err != nil {
		return err
	}
	page.From, page.To = r.From, r.To
	for i := range r.Charts {
		page.Charts = append(page.Charts, draw(r, &r.Charts[i]))
	}
	return c.render(v, "reports", page)
}

// chartView is a chart as a drawing, and as a table for who does not see it.
type chartView struct {
	*report.Chart
	Lines []chartLine
	Rows  []chartRow // of the table: only steps that have something to say
	From  string
	To    string
}

// chartLine is a series with a scale of its own.
type chartLine struct {
	Title, Unit string
	Path        string // of the line
	Area        string // below it
	Top         string // what the upper end of the scale is
	Last        string // the newest value
	N           int
}

type chartRow struct {
	At     time.Time
	Values []string
}

// The drawing in its own units; the style scales it.
const (
	chartWidth  = 600
	chartHeight = 160
)

func draw(r *report.Report, c *report.Chart) chartView {
	view := chartView{Chart: c}
	for n := range c.Series {
		view.Lines = append(view.Lines, line(&c.Series[n], n))
	}
	for i, at := range r.Times {
		row := chartRow{At: at}
		says := false
		for n := range c.Series {
			value := c.Series[n].Values[i]
			row.Values = append(row.Values, figure(value))
			says = says || !math.IsNaN(value) && value != 0
		}
		if says {
			view.Rows = append(view.Rows, row)
		}
	}
	return view
}

// line draws a series; where it has nothing to say there is a gap.
func line(s *report.Series, n int) chartLine {
	top := niceTop(s.Max())
	if s.Unit == "%" {
		top = 100
	}
	l := chartLine{Title: s.Title, Unit: s.Unit, Top: figure(top), Last: "–", N: n}
	var path, area strings.Builder
	x := func(i int) float64 { return float64(i) * chartWidth / float64(max(len(s.Values)-1, 1)) }
	y := func(v float64) float64 { return chartHeight - v/top*chartHeight }
	open, from := false, 0
	shut := func(to int) {
		if open {
			fmt.Fprintf(&area, "L%.1f %d L%.1f %dZ", x(to), chartHeight, x(from), chartHeight)
		}
		open = false
	}
	for i, v := range s.Values {
		if math.IsNaN(v) {
			shut(i - 1)
			continue
		}
		l.Last = figure(v)
		command := "L"
		if !open {
			command, open, from = "M", true, i
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", command, x(i), y(v))
		fmt.Fprintf(&area, "%s%.1f %.1f", command, x(i), y(v))
		if from == i && (i+1 == len(s.Values) || math.IsNaN(s.Values[i+1])) {
			fmt.Fprintf(&path, "L%.1f %.1f", max(x(i)-8, 0), y(v)) // a single value is a dash
		}
	}
	shut(len(s.Values) - 1)
	l.Path, l.Area = path.String(), area.String()
	return l
}

// niceTop is a round number not below v.
func niceTop(v float64) float64 {
	if v <= 0 {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if v <= m*ten {
			return m * ten
		}
	}
	return v
}

// figure writes a value with as many places as it deserves.
func figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v >= 100 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

type callsData struct {
	Page
	Numbers []wirechief.Number // that take calls
}

func (c *Console) showCalls(v *visit) error {
	page := &callsData{Page: Page{Title: "Calls", Section: "calls"}}
	page.Numbers, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant, Capabilities: wirechief.Capabilities{Voice: true}, Limit: 100})
	return c.render(v, "calls", page)
}
