package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// contacts is `wirechief contacts`.
type contacts struct {
	List    listContacts   `cmd:"" help:"The contacts, by name."`
	Import  importContacts `cmd:"" help:"Take contacts over from a table (CSV)."`
	Export  exportContacts `cmd:"" help:"Write contacts as a table, for import."`
	Block   blockContact   `cmd:"" help:"Keep what somebody sends from everybody, and send them nothing."`
	Unblock unblockContact `cmd:"" help:"Lift a block."`
	Forget  forgetContact  `cmd:"" help:"Forget a person: the contact and all that was said. It cannot be undone."`
}

// contactsMeant are the flags that select contacts.
type contactsMeant struct {
	Query   string `name:"query" help:"With this in name, company, mail address or phone." placeholder:"TEXT"`
	Label   string `name:"label" help:"With this label." placeholder:"L"`
	Blocked bool   `name:"blocked" help:"Only those who are blocked."`
}

func (s *contactsMeant) query(tenant string) client.ContactQuery {
	q := client.ContactQuery{Tenant: tenant, Query: s.Query, Label: s.Label}
	if s.Blocked {
		q.Blocked = "true"
	}
	return q
}

type listContacts struct {
	connection
	forTenant
	contactsMeant
	Skip  int  `name:"skip" help:"Leave out so many first." placeholder:"N"`
	Limit int  `name:"limit" help:"At most so many, up to 1000." default:"100" placeholder:"N"`
	JSON  bool `name:"json" help:"Print JSON."`
}

func (c *listContacts) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	q := c.query(c.Tenant)
	q.Skip, q.Limit = c.Skip, c.Limit
	list, err := cl.Contacts(ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "NAME", "PHONES", "COMPANY", "EMAIL", "LABELS", "BLOCKED").leaveOut("EMAIL", "COMPANY", "LABELS")
	for i := range list {
		p := &list[i]
		t.row(decimal(p.ID), oneLine(p.Name, 40), strings.Join(p.Phones, ","), oneLine(p.Company, 40), oneLine(p.Email, 60), oneLine(strings.Join(p.Labels, ","), 60), yes(p.Blocked))
	}
	t.flush()
	nothingFound(stdio, len(list))
	if len(list) == c.Limit {
		fmt.Fprintf(stdio.Err, "perhaps more; --skip %d shows them\n", c.Skip+len(list))
	}
	return nil
}

// importing are the flags of taking a table over.
type importing struct {
	DryRun  bool   `name:"dry-run" help:"Only say what would come of it."`
	SkipBad bool   `name:"skip-bad" help:"Take the good rows beside bad ones."`
	JSON    bool   `name:"json" help:"Print JSON."`
	File    string `arg:"" help:"Table (CSV) with a heading row; - reads the standard input."`
}

// told says what came of a table, bad rows first.
func (c *importing) told(stdio IO, bad []wire.BadRow, applied bool, what string) error {
	if len(bad) > 0 {
		t := newTable(stdio.Out, "LINE", "COLUMN", "WHY")
		for _, b := range bad {
			t.row(fmt.Sprint(b.Line), oneLine(b.Column, 40), oneLine(b.Detail, widthOf(stdio.Out)))
		}
		t.flush()
	}
	fmt.Fprintln(stdio.Err, what)
	switch {
	case c.DryRun:
		fmt.Fprintln(stdio.Err, "nothing was changed: this was a dry run")
	case !applied:
		return fmt.Errorf("nothing was changed, for %d %s bad; mend them, or take the others with --skip-bad", len(bad), map[bool]string{true: "row is", false: "rows are"}[len(bad) == 1])
	}
	return nil
}

type importContacts struct {
	connection
	forTenant
	Region string `name:"region" help:"Country in which phones without + are read, as US." placeholder:"CC"`
	importing
}

func (c *importContacts) Run(ctx context.Context, stdio IO) error {
	file, err := readFile(stdio, c.File)
	if err != nil {
		return usageError{err}
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	r, err := cl.ImportContacts(ctx, c.Tenant, file, client.ImportHow{DryRun: c.DryRun, SkipBad: c.SkipBad, Region: c.Region})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, r)
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(stdio.Err, "left out, for they mean nothing here: %s\n", oneLine(strings.Join(r.Ignored, ", "), 200))
	}
	return c.told(stdio, r.Bad, r.Applied, fmt.Sprintf("%d rows: %d new, %d changed, %d as they were, %d bad", r.Rows, r.Created, r.Updated, r.Unchanged, len(r.Bad)))
}

type exportContacts struct {
	connection
	forTenant
	contactsMeant
	toFile
}

func (c *exportContacts) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return c.write(stdio, func(w io.Writer) error { return cl.ExportContacts(ctx, c.query(c.Tenant), w) })
}

// templates is `wirechief templates`.
type templates struct {
	List listTemplates `cmd:"" help:"The prepared texts, by name."`
}

type listTemplates struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listTemplates) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.Templates(ctx, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "NAME", "TEXT")
	for i := range list {
		t.row(decimal(list[i].ID), oneLine(list[i].Name, 40), oneLine(list[i].Text, widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}
