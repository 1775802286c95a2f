package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// suppressions is `wirechief suppressions`.
type suppressions struct {
	List   listSuppressions   `cmd:"" help:"Handsets that get no texts, and why."`
	Add    addSuppressions    `cmd:"" help:"Put handsets on the suppression list."`
	Lift   liftSuppressions   `cmd:"" help:"Take handsets off the suppression list."`
	Import importSuppressions `cmd:"" help:"Put the handsets of a table (CSV) on the suppression list."`
	Export exportSuppressions `cmd:"" help:"Write the suppression list as a table, for import."`
}

type listSuppressions struct {
	connection
	forTenant
	Number  string `name:"number" help:"Only the entries of this number of yours; all: those of all numbers." placeholder:"N"`
	Handset string `name:"handset" help:"Only those that begin so." placeholder:"N"`
	After   string `name:"after" help:"The page that comes after; as said at the end of the one before." placeholder:"CURSOR"`
	Limit   int    `name:"limit" help:"At most so many, up to 1000." default:"100" placeholder:"N"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

func (c *listSuppressions) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, next, total, err := cl.Suppressions(ctx, client.SuppressionQuery{Tenant: c.Tenant, Number: c.Number, Handset: c.Handset, After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "HANDSET", "NUMBER", "WORD", "BY", "AT", "REASON").leaveOut("BY", "AT")
	for i := range list {
		o := &list[i]
		number := o.Number
		if number == "" {
			number = "all"
		}
		t.row(o.Handset, number, oneLine(o.Word, 40), oneLine(o.By, 40), clock(o.At), oneLine(o.Reason, widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(list))
	if next != "" {
		fmt.Fprintf(stdio.Err, "%d in all; --after %q shows those that follow\n", total, next)
	}
	return nil
}

// handsets are the words of changing the list.
type handsets struct {
	connection
	forTenant
	Number   string   `name:"number" help:"Only for texts from this number of yours." placeholder:"N"`
	Reason   string   `name:"reason" help:"Why; the audit log keeps it." placeholder:"TEXT"`
	Handsets []string `arg:"" name:"handset" help:"Numbers with their country codes, or short codes."`
}

func (c *handsets) run(ctx context.Context, stdio IO, what string, do func(*client.Client, wire.SuppressionChange) (wire.SuppressionsChanged, error)) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	r, err := do(cl, wire.SuppressionChange{Handsets: c.Handsets, Number: c.Number, Reason: c.Reason})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdio.Out, "%d %s\n", r.Changed, what)
	return nil
}

type addSuppressions struct{ handsets }

func (c *addSuppressions) Run(ctx context.Context, stdio IO) error {
	return c.run(ctx, stdio, "put on the list", func(cl *client.Client, s wire.SuppressionChange) (wire.SuppressionsChanged, error) {
		return cl.Suppress(ctx, c.Tenant, s)
	})
}

type liftSuppressions struct{ handsets }

func (c *liftSuppressions) Run(ctx context.Context, stdio IO) error {
	return c.run(ctx, stdio, "taken off the list", func(cl *client.Client, s wire.SuppressionChange) (wire.SuppressionsChanged, error) {
		r, err := cl.Unsuppress(ctx, c.Tenant, s)
		if p, ok := errors.AsType[*wire.Problem](err); ok && p.Rule == string(wirechief.RuleOptOut) {
			p.Field = ""
			p.Detail += "; say --reason TEXT"
		}
		return r, err
	})
}

type importSuppressions struct {
	connection
	forTenant
	importing
}

func (c *importSuppressions) Run(ctx context.Context, stdio IO) error {
	file, err := readFile(stdio, c.File)
	if err != nil {
		return usageError{err}
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	r, err := cl.ImportSuppressions(ctx, c.Tenant, file, client.ImportHow{DryRun: c.DryRun, SkipBad: c.SkipBad})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, r)
	}
	return c.told(stdio, r.Bad, r.Applied, fmt.Sprintf("%d rows: %d new, %d known, %d bad", r.Rows, r.New, r.Known, len(r.Bad)))
}

type exportSuppressions struct {
	connection
	forTenant
	toFile
}

func (c *exportSuppressions) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return c.write(stdio, func(w io.Writer) error { return cl.ExportSuppressions(ctx, c.Tenant, w) })
}
