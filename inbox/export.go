package inbox

import (
	"context"
	"encoding/csv"
	"io"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

// columns of a CSV file of contacts, in the order of an export.
var columns = []string{"name", "phones", "email", "company", "notes", "labels", "reference", "blocked"}

// ExportContacts writes contacts as CSV (RFC 4180, UTF-8) with a heading line:
// name, phones, email, company, notes, labels, reference, blocked. Several
// phones and labels in a cell are parted by "; ". Cells are defused, see
// [sheet.Defuse]. The filter's Skip and Limit mean nothing.
func (d *Desk) ExportContacts(ctx context.Context, p wirechief.Principal, w io.Writer, f wirechief.ContactFilter) error {
	ctx, err := enter(ctx, p, "contacts.export", wirechief.RightExport)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	f.Tenant = p.Tenant
	err = d.eachContact(ctx, f, func(c *wirechief.Contact) error {
		blocked := ""
		if c.Blocked {
			blocked = "yes"
		}
		row := []string{
			c.Name, strings.Join(c.Phones, "; "), c.Email, c.Company, c.Notes, strings.Join(c.Labels, "; "), c.Reference, blocked,
		}
		for i := range row {
			row[i] = sheet.Defuse(row[i])
		}
		return out.Write(row)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// eachContact goes through contacts by pages.
func (d *Desk) eachContact(ctx context.Context, f wirechief.ContactFilter, do func(*wirechief.Contact) error) error {
	const most = 5000
	for f.Skip, f.Limit = 0, most; ; f.Skip += most {
		list, err := d.store.Contacts(ctx, f)
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := do(c); err != nil {
				return err
			}
		}
		if len(list) < most {
			return nil
		}
	}
}
