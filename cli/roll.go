package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

type importNumbers struct {
	connection
	forTenant
	DryRun  bool   `name:"dry-run" help:"Say what would come of it, and change nothing."`
	Partial bool   `name:"partial" help:"Apply the good rows although there are bad ones."`
	JSON    bool   `name:"json" help:"Print JSON."`
	File    string `arg:"" help:"Table (CSV) with a header row, as export writes it; number is needed. - reads the standard input."`
}

func (c *importNumbers) Run(ctx context.Context, stdio IO) error {
	table, err := readFile(stdio, c.File)
	if err != nil {
		return usageError{err}
	}
	if len(bytes.TrimSpace(table)) == 0 {
		return usagef("%s: the table is empty; it needs a header row with a column number", c.File)
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	p := newProgress(stdio.Err, "sending")
	r, err := cl.ImportNumbers(ctx, table, client.Import{
		Tenant: c.Tenant, DryRun: c.DryRun, Partial: c.Partial,
		Sent: func(done, total int64) {
			if p.at(done, total, octets); done == total {
				p.what = "sent, and being judged:"
			}
		},
	})
	p.end()
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(stdio.Out, r); err != nil {
			return err
		}
		return refusedOf(r.Refused, len(r.Rows))
	}
	t := newTable(stdio.Out, "LINE", "NUMBER", "RESULT", "COLUMN", "DETAIL")
	for _, row := range r.Rows {
		t.row(strconv.Itoa(row.Line), oneLine(row.Number, 40), row.Result, row.Column, oneLine(row.Detail, widthOf(stdio.Out)))
	}
	t.flush()
	if r.Refused > 0 { // the summary says how many
		return errors.New(summary(&r))
	}
	fmt.Fprintln(stdio.Err, summary(&r))
	return nil
}

// summary says what an import came to.
func summary(r *wire.Imported) string {
	s := fmt.Sprintf("%d to create, %d to update, %d unchanged, %d refused", r.Created, r.Updated, r.Unchanged, r.Refused)
	switch {
	case r.DryRun:
		return s + "; this was a dry run"
	case !r.Applied:
		return s + "; nothing was applied (--partial applies the good rows)"
	}
	return fmt.Sprintf("%d created, %d updated, %d unchanged, %d refused", r.Created, r.Updated, r.Unchanged, r.Refused)
}

// readFile reads a file, or with "-" the standard input.
func readFile(stdio IO, name string) ([]byte, error) {
	if name != "-" {
		return os.ReadFile(name)
	}
	if stdio.In == nil {
		return nil, errors.New("there is no standard input")
	}
	return io.ReadAll(stdio.In)
}

type exportNumbers struct {
	connection
	forTenant
	selected
	Output string `name:"output" short:"o" help:"Write to this file, which there must not be." placeholder:"FILE"`
}

func (c *exportNumbers) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if c.Output == "" {
		return cl.ExportNumbers(ctx, c.query(c.Tenant), stdio.Out)
	}
	f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usageError{err}
	}
	if err := errors.Join(cl.ExportNumbers(ctx, c.query(c.Tenant), f), f.Close()); err != nil {
		os.Remove(c.Output) // half a table would pass for one
		return err
	}
	fmt.Fprintf(stdio.Err, "%s is written\n", c.Output)
	return nil
}
