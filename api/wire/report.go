package wire

import "time"

// Report is the charts of a time, all over the same steps.
type Report struct {
	From        time.Time   `json:"from"`
	To          time.Time   `json:"to" doc:"The first instant that is not in it"`
	StepMinutes int         `json:"step_minutes"`
	Times       []time.Time `json:"times" nullable:"false" doc:"The beginning of each step"`
	Charts      []Chart     `json:"charts" nullable:"false" doc:"messages, delivery, receipt, webhooks, calls"`
}

// Chart is one chart.
type Chart struct {
	Name    string   `json:"name" enum:"messages,delivery,receipt,webhooks,calls"`
	Title   string   `json:"title"`
	Summary string   `json:"summary" doc:"What it shows, in a sentence"`
	Series  []Series `json:"series" nullable:"false"`
}

// Series is one line of a chart.
type Series struct {
	Name   string     `json:"name"`
	Title  string     `json:"title"`
	Unit   string     `json:"unit" enum:"/min,%,s,ms," doc:"Empty for a number of things"`
	Values []*float64 `json:"values" nullable:"false" doc:"One a step; null where there is nothing to say, as for the rate of no messages"`
}
