package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief/state"
)

// apply is `wirechief apply`.
type apply struct {
	connection
	File   string `name:"file" short:"f" help:"State file." placeholder:"FILE" required:""`
	DryRun bool   `name:"dry-run" help:"Print what would change, and change nothing."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (c *apply) Run(ctx context.Context, stdio IO) error {
	doc, err := os.ReadFile(c.File)
	if err != nil {
		return usageError{err}
	}
	// Mistakes in the file are told before anything is sent.
	f, err := state.Parse(c.File, doc)
	if err != nil {
		return usageError{err}
	}
	files, err := named(f, filepath.Dir(c.File))
	if err != nil {
		return usageError{err}
	}
	if len(bytes.TrimSpace(doc)) == 0 {
		return usagef("%s is empty", c.File)
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	applied, err := cl.Apply(ctx, c.File, doc, files, c.DryRun)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, applied)
	}
	for _, change := range applied.Changes {
		fmt.Fprintf(stdio.Out, "%s %s %s", change.Action, change.Kind, change.Key)
		if change.Tenant != "" && change.Tenant != change.Key {
			fmt.Fprintf(stdio.Out, " of %s", change.Tenant)
		}
		if change.Detail != "" {
			fmt.Fprintf(stdio.Out, ": %s", oneLine(change.Detail, 200))
		}
		fmt.Fprintln(stdio.Out)
	}
	verb := "made"
	if c.DryRun {
		verb = "to make"
	}
	fmt.Fprintf(stdio.Err, "%d %s %s\n", len(applied.Changes), plural(len(applied.Changes), "change"), verb)
	return nil
}

// named reads the files that the offers of a state name; paths are relative to
// the state file.
func named(f *state.File, dir string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for i := range f.Offers {
		name := f.Offers[i].CSV
		if name == "" || f.Offers[i].Absent {
			continue
		}
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files[name] = data
	}
	return files, nil
}

// route is `wirechief route`.
type route struct {
	Explain explainRoute `cmd:"" help:"Each rule that is considered for a text to a number, and the winner."`
}

type explainRoute struct {
	connection
	From   string `name:"from" help:"The number of yours that sends; its own carrier comes first." placeholder:"N"`
	JSON   bool   `name:"json" help:"Print JSON."`
	Number string `arg:"" help:"The recipient."`
}

func (c *explainRoute) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	e, err := cl.ExplainRoute(ctx, c.From, c.Number)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, e)
	}
	t := newTable(stdio.Out, "", "RULE", "CARRIER", "RESULT")
	for _, s := range e.Steps {
		mark := " "
		if s.Chosen {
			mark = "*"
		}
		t.row(mark, s.Rule, s.Carrier, s.Result)
	}
	t.flush()
	if len(e.Carriers) == 0 {
		fmt.Fprintf(stdio.Out, "\nNothing carries a text to %s.\n", e.To)
		return nil
	}
	fmt.Fprintf(stdio.Out, "\nA text to %s is tried over %s (%s).\n", e.To, strings.Join(e.Carriers, ", then "), e.Because)
	if e.Waits != "" {
		fmt.Fprintf(stdio.Out, "But %s.\n", e.Waits)
	}
	return nil
}

// carriers is `wirechief carriers`.
type carriers struct {
	List     listCarriers      `cmd:"" default:"withargs" help:"Each carrier: type, abilities, state, last receipt, error rate."`
	Pause    pauseCarrier      `cmd:"" help:"Submit nothing to a carrier; what waits is kept, what it brings is taken."`
	Resume   resumeCarrier     `cmd:"" help:"Submit to a paused carrier again."`
	Receipts unmatchedReceipts `cmd:"" help:"The newest receipts that belong to no message."`
}

type unmatchedReceipts struct {
	connection
	Limit int  `name:"limit" help:"At most so many." default:"20"`
	JSON  bool `name:"json" help:"Print JSON."`
}

func (c *unmatchedReceipts) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.UnmatchedReceipts(ctx, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "AT", "CARRIER", "ID", "STATE", "CODE", "FROM", "TO", "RAW").leaveOut("CODE", "ID", "FROM")
	for i := range list {
		r := &list[i]
		t.row(clock(r.At), r.Carrier, r.ID, string(r.State), r.Code, r.From, r.To, oneLine(r.Raw, widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

type listCarriers struct {
	connection
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listCarriers) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.Carriers(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "NAME", "TYPE", "STATE", "LINKS", "QUEUE", "OLDEST", "ERRORS", "LAST RECEIPT", "ABILITIES", "LAST ERROR").
		leaveOut("ABILITIES", "OLDEST", "LINKS", "LAST RECEIPT", "TYPE")
	for i := range list {
		v := &list[i]
		state := v.State
		if v.Paused {
			state += ", paused"
		}
		oldest := ""
		if v.Oldest != nil {
			oldest = time.Since(*v.Oldest).Round(time.Second).String()
		}
		t.row(v.Name, v.Type, state, fmt.Sprintf("%d/%d", v.Connections, v.Wanted), strconv.Itoa(v.Queue), oldest,
			fmt.Sprintf("%.1f %%", 100*v.ErrorRate), clock(instant(v.LastReceipt)), strings.Join(v.Abilities, ","), oneLine(v.LastError, 80))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

// namedCarrier is what pause and resume share.
type namedCarrier struct {
	connection
	Name string `arg:"" help:"Its name in the configuration."`
}

func (c *namedCarrier) set(ctx context.Context, stdio IO, paused bool) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if _, err = cl.PauseCarrier(ctx, c.Name, paused); err != nil {
		return err
	}
	fmt.Fprintf(stdio.Err, "%s\n", map[bool]string{
		true: c.Name + " is paused: nothing is submitted to it, and what it brings is taken", false: c.Name + " is submitted to again",
	}[paused])
	return nil
}

type (
	pauseCarrier  struct{ namedCarrier }
	resumeCarrier struct{ namedCarrier }
)

func (c *pauseCarrier) Run(ctx context.Context, stdio IO) error { return c.set(ctx, stdio, true) }

func (c *resumeCarrier) Run(ctx context.Context, stdio IO) error { return c.set(ctx, stdio, false) }

// simulate is `wirechief sim`.
type simulate struct {
	Text simulateText `cmd:"" help:"A handset texts one of your numbers."`
}

type simulateText struct {
	connection
	From string `name:"from" help:"The handset." placeholder:"N" required:""`
	To   string `name:"to" help:"A number of yours on a simulator carrier." placeholder:"N" required:""`
	Text string `arg:"" help:"The text."`
}

func (c *simulateText) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if err := cl.SimulateText(ctx, c.From, c.To, c.Text); err != nil {
		return err
	}
	fmt.Fprintf(stdio.Err, "%s texted %s\n", c.From, c.To)
	return nil
}
