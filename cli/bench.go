package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief/bench"
)

// benchmark is `wirechief bench`.
type benchmark struct {
	Messages int      `name:"messages" help:"Messages of each scenario that goes as fast as it can." default:"20000"`
	Callers  int      `name:"callers" help:"Clients that send at once." default:"64"`
	Carrier  string   `name:"carrier" help:"sim: the simulator in the server; smpp: an SMSC over a real connection." enum:"sim,smpp" default:"sim"`
	All      bool     `name:"all" help:"Run every scenario, not throughput and latency alone."`
	Only     []string `name:"only" help:"Run these scenarios: ${scenarios}." placeholder:"NAME"`
	Dir      string   `name:"dir" help:"Where the data is kept meanwhile: the disk that is measured." placeholder:"DIR"`
	Profile  string   `name:"profile" help:"Write a CPU profile of the server under throughput, for go tool pprof." placeholder:"FILE"`
	JSON     bool     `name:"json" help:"Print JSON."`
}

func (c *benchmark) Run(ctx context.Context, stdio IO) error {
	if c.Messages < 100 || c.Messages > 10_000_000 {
		return usagef("--messages: %d is out of range: 100 to 10000000", c.Messages)
	}
	if c.Callers < 1 || c.Callers > 4096 {
		return usagef("--callers: %d is out of range: 1 to 4096", c.Callers)
	}
	chosen, err := c.choose()
	if err != nil {
		return err
	}
	server, err := os.Executable()
	if err != nil {
		return err
	}
	bar := newProgress(stdio.Err, "measuring")
	o := bench.Options{
		Server: server, Dir: c.Dir, Messages: c.Messages, Callers: c.Callers, Simulator: c.Carrier == "sim", Profile: c.Profile,
		Progress: func(what string, done, total int64) {
			bar.what = what
			bar.at(done, total, func(n int64) string { return strconv.FormatInt(n, 10) })
		},
	}
	all := []bench.Figure{}
	var failed error
	for _, s := range chosen {
		if !c.JSON {
			fmt.Fprintf(stdio.Out, "%s: %s\n", s.Name, s.What)
		}
		figures, err := s.Run(ctx, &o)
		bar.end()
		if err != nil {
			failed = fmt.Errorf("%s: %w", s.Name, err)
			break
		}
		all = append(all, figures...)
		if !c.JSON {
			printFigures(stdio, figures)
		}
	}
	if c.JSON {
		if err := printJSON(stdio.Out, all); err != nil {
			return err
		}
	}
	return failed
}

func (c *benchmark) choose() ([]bench.Scenario, error) {
	scenarios := bench.Scenarios()
	for _, name := range c.Only {
		if !slices.ContainsFunc(scenarios, func(s bench.Scenario) bool { return s.Name == name }) {
			return nil, usagef("--only: there is no scenario %q; there are: %s", name, scenarioNames())
		}
	}
	var out []bench.Scenario
	for _, s := range scenarios {
		switch {
		case len(c.Only) > 0:
			if slices.Contains(c.Only, s.Name) {
				out = append(out, s)
			}
		case c.All && !s.Other && !(s.SMSC && c.Carrier == "sim"), s.Name == "throughput", s.Name == "latency":
			out = append(out, s)
		}
	}
	return out, nil
}

func scenarioNames() string {
	var names []string
	for _, s := range bench.Scenarios() {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

func printFigures(stdio IO, figures []bench.Figure) {
	t := newTable(stdio.Out, "  WHAT", "MEASURED", "AT LEAST", "AIM", "").whole()
	asked := func(v float64) string {
		if v == 0 {
			return ""
		}
		return number(v)
	}
	for _, f := range figures {
		t.row("  "+f.Name, number(f.Value)+" "+f.Unit, asked(f.Least), asked(f.Aim), f.Reached())
	}
	t.flush()
	fmt.Fprintln(stdio.Out)
}

// number writes a figure with three digits that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}
