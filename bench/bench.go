package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// Options say what is measured and how much of it.
type Options struct {
	Server    string // the program under test
	Dir       string // where data folders are made; empty: the system's temporary folder
	Messages  int    // of the scenarios that are as fast as they can; 20,000
	Callers   int    // 64
	Simulator bool   // the server's simulator instead of an SMSC
	Progress  func(what string, done, total int64)
	// Profile is a file that gets a CPU profile of the server under throughput;
	// empty: none is taken.
	Profile string
}

// Scenario is one thing that is measured.
type Scenario struct {
	Name string // as named with --only
	What string // for people
	Run  func(ctx context.Context, o *Options) ([]Figure, error)
	// SMSC says that it makes no sense with the simulator.
	SMSC bool
	// Other says that it measures another program, which has to be installed.
	Other bool
}

// Figure is one measured value.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Least and Aim are what it must and what it should reach; 0: nothing is said.
	Least float64 `json:"at_least,omitempty"`
	Aim   float64 `json:"aim,omitempty"`
	// Lower says that less is better.
	Lower bool `json:"lower,omitempty"`
}

// Reached says how the value stands: "aim", "ok", "below" or "" where nothing
// is asked.
func (f Figure) Reached() string {
	better := func(than float64) bool {
		if f.Lower {
			return f.Value <= than
		}
		return f.Value >= than
	}
	switch {
	case f.Least == 0 && f.Aim == 0:
		return ""
	case better(f.Aim):
		return "aim"
	case better(f.Least):
		return "ok"
	}
	return "below"
}

// Scenarios lists them in the order in which they are run.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "throughput", What: "as fast as it goes: request, carrier, receipt, webhook", Run: throughput},
		{Name: "latency", What: "from request to webhook at 500 a second", Run: latency},
		{Name: "inbound", What: "texts from the carrier, acknowledged when on disk", Run: inbound, SMSC: true},
		{Name: "queue", What: "memory with 50,000 messages waiting", Run: queued, SMSC: true},
		{Name: "restart", What: "ready again after kill -9 with 100,000 waiting", Run: restart, SMSC: true},
		{Name: "fairness", What: "nine quick endpoints beside a slow one, 200 a second", Run: fairness},
		{Name: "numbers", What: "2,000,000 numbers on offer, searched; and a number read through each API at 1,000 a second", Run: numbers},
		{Name: "kannel", What: "Kannel with spool and SQLite receipts, on the same carrier and endpoints", Run: besideKannel, Other: true},
	}
}

func (o *Options) progress(what string, done, total int64) {
	if o.Progress != nil {
		o.Progress(what, done, total)
	}
}

func (o *Options) defaults() {
	if o.Messages == 0 {
		o.Messages = 20_000
	}
	if o.Callers == 0 {
		o.Callers = 64
	}
}

// throughput sends all messages at once from many callers.
func throughput(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	t := newTally(o.Messages, true, func(n int64) { o.progress("throughput", n, int64(o.Messages)) })
	in, err := o.install(ctx, plan{simulator: o.Simulator, got: t.got})
	if err != nil {
		return nil, join(err, in.close())
	}
	profiled := o.profile(ctx, in)
	cpu, around, start := in.server.CPU(), cpuOf(os.Getpid()), time.Now()
	sent, err := in.load(o.Callers, 1).Run(ctx, o.Messages, nil)
	if err == nil && sent.Accepted != o.Messages {
		err = fmt.Errorf("%d of %d were accepted; refused: %v", sent.Accepted, o.Messages, sent.Refused)
	}
	if err == nil {
		err = t.wait(ctx)
	}
	took, used := time.Unix(0, t.last.Load()).Sub(start), in.server.CPU()-cpu
	around = cpuOf(os.Getpid()) - around
	memory := in.server.Memory()
	if err := join(err, profiled(), in.close()); err != nil {
		return nil, err
	}
	n := float64(o.Messages)
	figures := []Figure{
		{Name: "accepted", Value: n / sent.Took.Seconds(), Unit: "/s", Least: 5000, Aim: 12000},
		{Name: "end to end", Value: n / took.Seconds(), Unit: "/s", Least: 4500, Aim: 9000},
		{Name: "answer p50", Value: ms(percentile(sent.Latency, 50)), Unit: "ms", Lower: true},
		{Name: "answer p99", Value: ms(percentile(sent.Latency, 99)), Unit: "ms", Lower: true},
	}
	if used > 0 {
		figures = append(figures, Figure{Name: "CPU per 1,000 messages", Value: used.Seconds() / n * 1000, Unit: "s", Least: 0.30, Aim: 0.15, Lower: true})
		figures = append(figures, Figure{Name: "CPU of callers, carrier and endpoints", Value: around.Seconds() / n * 1000, Unit: "s", Lower: true})
	}
	if memory > 0 {
		figures = append(figures, Figure{Name: "memory at the end", Value: float64(memory) / 1e6, Unit: "MB", Lower: true})
	}
	return figures, nil
}

// latency sends at a constant rate and times each message from its request to
// its webhook.
func latency(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	const rate, span = 500, 10 * time.Second
	total := int(rate * span.Seconds())
	c := newClocks()
	t := newTally(total, false, func(n int64) { o.progress("latency", n, int64(total)) })
	in, err := o.install(ctx, plan{simulator: o.Simulator, got: func(path string, body []byte) {
		c.arrived(refOf(body))
		t.got(path, body)
	}})
	if err != nil {
		return nil, join(err, in.close())
	}
	sent, err := in.load(o.Callers, 1).Pace(ctx, rate, span, c.sent)
	if err == nil && sent.Accepted != total {
		err = fmt.Errorf("%d of %d were accepted; refused: %v", sent.Accepted, total, sent.Refused)
	}
	if err == nil {
		err = t.wait(ctx)
	}
	if err := join(err, in.close()); err != nil {
		return nil, err
	}
	times := c.times()
	return []Figure{
		{Name: "request to webhook p50", Value: ms(percentile(times, 50)), Unit: "ms", Least: 20, Aim: 5, Lower: true},
		{Name: "request to webhook p99", Value: ms(percentile(times, 99)), Unit: "ms", Least: 50, Aim: 20, Lower: true},
	}, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// percentile gives the value that p of a hundred do not exceed.
func percentile(list []time.Duration, p int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)*p/100, len(list)-1)]
}
