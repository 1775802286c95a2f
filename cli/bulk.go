package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// bulkSend is `wirechief bulk`.
type bulkSend struct {
	Preview bulkPreview `cmd:"" help:"Make a draft from a table (CSV), and see what would come of it."`
	Start   bulkStart   `cmd:"" help:"Start a draft, and watch it."`
	List    bulkList    `cmd:"" help:"List bulk sends, newest first."`
	Show    bulkShow    `cmd:"" help:"See how far a bulk send is; with --rows, what became of each row."`
	Pause   bulkPause   `cmd:"" help:"Pause a bulk send. When this is done, nothing of it is under way."`
	Resume  bulkResume  `cmd:"" help:"Go on with a bulk send that is paused, and watch it."`
	Cancel  bulkCancel  `cmd:"" help:"End a bulk send for good. What was not sent is not."`
	Results bulkResults `cmd:"" help:"Write what became of each row as a table (CSV)."`
}

type bulkPreview struct {
	connection
	forTenant
	From     string        `name:"from" help:"A number of yours." placeholder:"N" required:""`
	Text     string        `name:"text" help:"The text; {{column}} stands for the cell of the row." placeholder:"T" required:""`
	Name     string        `name:"name" help:"What you call it." placeholder:"S"`
	At       string        `name:"at" help:"Send nothing before, once it is started: RFC 3339, as 2026-11-24T18:00:00Z." placeholder:"TIME"`
	Rate     float64       `name:"rate" help:"Texts a second at most." placeholder:"N"`
	Validity time.Duration `name:"validity" help:"How long each text may wait for a carrier, as 4h." placeholder:"D"`
	JSON     bool          `name:"json" help:"Print JSON."`
	File     string        `arg:"" help:"Table (CSV) with a heading row; the recipients in its column to, phone or number, with country codes. - reads the standard input."`
}

func (c *bulkPreview) Run(ctx context.Context, stdio IO) error {
	d := wire.BulkDraft{Name: c.Name, From: c.From, Text: c.Text, Rate: c.Rate}
	if c.Validity != 0 {
		d.Validity = c.Validity.String()
	}
	if c.At != "" {
		var err error
		if d.At, err = time.Parse(time.RFC3339, c.At); err != nil {
			return usagef("--at: %q is no time such as 2026-11-24T18:00:00Z", c.At)
		}
	}
	file, err := readFile(stdio, c.File)
	if err != nil {
		return usageError{err}
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	p := newProgress(stdio.Err, "sending")
	preview, err := cl.BulkDraft(ctx, c.Tenant, d, file, func(done, total int64) {
		if p.at(done, total, octets); done == total {
			p.what = "sent, and being judged:"
		}
	})
	p.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, preview)
	}
	printPreview(stdio, &preview)
	return nil
}

// printPreview shows the first texts, what is wrong, and the sum.
func printPreview(stdio IO, p *wire.BulkPreview) {
	t := newTable(stdio.Out, "ROW", "TO", "SEGMENTS", "TEXT").leaveOut("SEGMENTS")
	for i := range p.Sample {
		r := &p.Sample[i]
		t.row(strconv.Itoa(r.Row), r.To, strconv.Itoa(r.Segments), oneLine(r.Text, widthOf(stdio.Out)))
	}
	t.flush()
	if len(p.Problems) > 0 {
		fmt.Fprintln(stdio.Out)
		printRows(stdio, p.Problems)
	}
	b := &p.Bulk
	if more := b.Bad + b.Suppressed - len(p.Problems); more > 0 {
		fmt.Fprintf(stdio.Err, "and %d more; wirechief bulk show %d --rows --state bad lists them\n", more, b.ID)
	}
	fmt.Fprintf(stdio.Err, "%d %s to send, %d %s", b.Left-b.Suppressed, plural(b.Left-b.Suppressed, "text"), b.Segments, plural(b.Segments, "segment"))
	if b.Cost != "0.00" {
		fmt.Fprintf(stdio.Err, ", %s in all", b.Cost)
	}
	fmt.Fprintf(stdio.Err, "; %d bad, %d suppressed\n", b.Bad, b.Suppressed)
	if b.Unicode > 0 {
		fmt.Fprintf(stdio.Err, "%d of them take more room, as UCS-2; the first because of %s\n", b.Unicode, b.Character)
	}
	if b.Left > 0 {
		fmt.Fprintf(stdio.Err, "draft %d is kept; to send it: wirechief bulk start %d\n", b.ID, b.ID)
	}
}

func printRows(stdio IO, rows []wire.BulkRow) {
	t := newTable(stdio.Out, "ROW", "TO", "STATE", "MESSAGE", "ERROR").leaveOut("MESSAGE")
	for i := range rows {
		r := &rows[i]
		message := ""
		if r.Message != 0 {
			message = decimal(r.Message)
		}
		t.row(strconv.Itoa(r.Row), oneLine(r.To, 40), r.State, message, oneLine(r.Error, widthOf(stdio.Out)))
	}
	t.flush()
}

// watched are the flags and words of a command after which a bulk send runs.
type watched struct {
	connection
	forTenant
	Detach bool  `name:"detach" short:"d" help:"Do not wait until it is done."`
	JSON   bool  `name:"json" help:"Print JSON, when it is done."`
	ID     int64 `arg:"" help:"Of the bulk send."`
}

type bulkStart struct{ watched }

func (c *bulkStart) Run(ctx context.Context, stdio IO) error { return c.run(ctx, stdio, "start") }

type bulkResume struct{ watched }

func (c *bulkResume) Run(ctx context.Context, stdio IO) error { return c.run(ctx, stdio, "resume") }

// bulkLook is how often a bulk send is looked at while it runs.
const bulkLook = 500 * time.Millisecond

func (c *watched) run(ctx context.Context, stdio IO, do string) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	b, err := cl.ChangeBulk(ctx, c.Tenant, c.ID, do)
	if err != nil {
		return err
	}
	if !c.Detach {
		if b, err = c.watch(ctx, cl, stdio, b); err != nil {
			return err
		}
	}
	if err := printBulk(stdio, &b, c.JSON); err != nil {
		return err
	}
	if b.State == "paused" && b.Because != "" {
		return fmt.Errorf("it is paused: %s", b.Because)
	}
	return nil
}

// watch waits until a bulk send does not run any more. Who stops watching does
// not stop it.
func (c *watched) watch(ctx context.Context, cl *client.Client, stdio IO, b wire.BulkSend) (wire.BulkSend, error) {
	p := newProgress(stdio.Err, "sending")
	defer p.end()
	tick := time.NewTicker(bulkLook)
	defer tick.Stop()
	for b.State == "running" {
		if p.what = "sending"; b.At != nil && b.At.After(time.Now()) {
			p.what = "waiting until " + clock(*b.At)
		}
		p.at(int64(b.Sent+b.Refused), int64(b.Rows-b.Bad), decimal)
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.end()
			fmt.Fprintf(stdio.Err, "it goes on; to stop it: wirechief bulk pause %d\n", b.ID)
			return b, context.Cause(ctx)
		}
		var err error
		if b, err = cl.BulkSend(ctx, c.Tenant, b.ID); err != nil {
			return b, err
		}
	}
	return b, nil
}

type bulkList struct {
	connection
	forTenant
	State []string `name:"state" help:"Only those in the state: draft, running, paused, done or canceled; may be given again." placeholder:"S"`
	Limit int      `name:"limit" help:"How many at most, up to 1000." default:"50" placeholder:"N"`
	JSON  bool     `name:"json" help:"Print JSON."`
}

func (c *bulkList) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	all, err := cl.BulkSends(ctx, c.Tenant, c.State, 0, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, all)
	}
	bulkTable(stdio, all)
	nothingFound(stdio, len(all))
	return nil
}

func bulkTable(stdio IO, all []wire.BulkSend) {
	t := newTable(stdio.Out, "ID", "STATE", "ROWS", "SENT", "REFUSED", "LEFT", "BAD", "FROM", "BY", "CREATED", "NAME").
		leaveOut("BY", "FROM", "BAD", "CREATED", "ROWS")
	for i := range all {
		b := &all[i]
		t.row(decimal(b.ID), b.State, strconv.Itoa(b.Rows), strconv.Itoa(b.Sent), strconv.Itoa(b.Refused), strconv.Itoa(b.Left),
			strconv.Itoa(b.Bad), b.From, oneLine(b.By, 30), date(b.CreatedAt), oneLine(b.Name, widthOf(stdio.Out)))
	}
	t.flush()
}

// printBulk shows one bulk send.
func printBulk(stdio IO, b *wire.BulkSend, asJSON bool) error {
	if asJSON {
		return printJSON(stdio.Out, b)
	}
	bulkTable(stdio, []wire.BulkSend{*b})
	return nil
}

// oneBulk are the flags and words of a command about one bulk send.
type oneBulk struct {
	connection
	forTenant
	JSON bool  `name:"json" help:"Print JSON."`
	ID   int64 `arg:"" help:"Of the bulk send."`
}

func (c *oneBulk) run(ctx context.Context, stdio IO, do string) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	b, err := cl.ChangeBulk(ctx, c.Tenant, c.ID, do)
	if err != nil {
		return err
	}
	return printBulk(stdio, &b, c.JSON)
}

type bulkPause struct{ oneBulk }

func (c *bulkPause) Run(ctx context.Context, stdio IO) error { return c.run(ctx, stdio, "pause") }

type bulkCancel struct{ oneBulk }

func (c *bulkCancel) Run(ctx context.Context, stdio IO) error { return c.run(ctx, stdio, "cancel") }

type bulkShow struct {
	oneBulk
	Rows  bool   `name:"rows" help:"Its rows, too."`
	State string `name:"state" help:"Only rows in the state: ready, bad, sent or refused." placeholder:"S"`
	After int    `name:"after" help:"Only rows behind this one." placeholder:"N"`
	Limit int    `name:"limit" help:"How many rows at most, up to 1000." default:"50" placeholder:"N"`
}

func (c *bulkShow) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	b, err := cl.BulkSend(ctx, c.Tenant, c.ID)
	if err != nil {
		return err
	}
	if !c.Rows {
		if err := printBulk(stdio, &b, c.JSON); err != nil || c.JSON {
			return err
		}
		if b.Because != "" {
			fmt.Fprintf(stdio.Err, "it is paused: %s\n", oneLine(b.Because, widthOf(stdio.Err)))
		}
		return nil
	}
	rows, err := cl.BulkRows(ctx, c.Tenant, c.ID, c.State, c.After, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, struct {
			Bulk wire.BulkSend  `json:"bulk"`
			Rows []wire.BulkRow `json:"rows"`
		}{b, rows})
	}
	printRows(stdio, rows)
	nothingFound(stdio, len(rows))
	return nil
}

type bulkResults struct {
	connection
	forTenant
	ID     int64  `arg:"" help:"Of the bulk send."`
	Output string `name:"output" short:"o" help:"Write to this file, which there must not be." placeholder:"FILE"`
}

func (c *bulkResults) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if c.Output == "" {
		return cl.BulkResults(ctx, c.Tenant, c.ID, stdio.Out)
	}
	f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usageError{err}
	}
	if err := errors.Join(cl.BulkResults(ctx, c.Tenant, c.ID, f), f.Close()); err != nil {
		os.Remove(c.Output) // half a table would pass for one
		return err
	}
	fmt.Fprintf(stdio.Err, "%s is written\n", c.Output)
	return nil
}
