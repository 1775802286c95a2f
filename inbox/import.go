package inbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

// ImportOptions says how a file of contacts is taken over.
type ImportOptions struct {
	DryRun  bool   // only say what would come of it
	SkipBad bool   // take the good rows though there are bad ones
	Region  string // country in which phones without "+" are read, ISO 3166-1 alpha-2; "": there may be none
}

// ImportResult is what came of an import, or would come of it.
type ImportResult struct {
	Applied   bool // something was changed, or there was nothing to change
	Rows      int
	Created   int
	Updated   int
	Unchanged int
	Bad       []BadRow // every one
	Ignored   []string // headings that mean nothing to us
}

// BadRow is a row that cannot be taken over.
type BadRow struct {
	Row     int    // from 1, the heading not counted
	Line    int    // of the file, where it begins
	Field   string // name, phones, …; "row": the row as a whole
	Message string
}

// ImportContacts takes contacts over from a CSV file, such as
// [Desk.ExportContacts] writes. A row belongs to the contact that has its
// reference, else to the one that has one of its phones, else it makes one. Of a
// contact that is there, phones and labels are added to, other cells replace what
// it had, and empty cells change nothing.
//
// Nothing is changed in a dry run, nor when a row is bad, unless SkipBad is
// asked for.
func (d *Desk) ImportContacts(ctx context.Context, p wirechief.Principal, r io.Reader, o ImportOptions) (ImportResult, error) {
	ctx, err := enter(ctx, p, "contacts.import", wirechief.RightReply)
	if err != nil {
		return ImportResult{}, err
	}
	lines, ignored, err := readSheet(r)
	if err != nil {
		return ImportResult{}, err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	m := importing{
		d: d, p: p, o: o, now: d.now().UTC(),
		byPhone: make(map[string]*incoming), byReference: make(map[string]*incoming),
		result: ImportResult{Rows: len(lines), Ignored: ignored},
	}
	err = d.eachContact(ctx, wirechief.ContactFilter{Tenant: p.Tenant}, func(c *wirechief.Contact) error {
		m.has(&incoming{was: c, is: *c})
		return nil
	})
	if err != nil {
		return ImportResult{}, err
	}
	for i := range lines {
		if err := m.take(&lines[i]); err != nil {
			m.bad(&lines[i], err)
		}
	}
	if o.DryRun || len(m.result.Bad) > 0 && !o.SkipBad {
		return m.result, nil
	}
	return m.write(ctx)
}

// importing is an import under way.
type importing struct {
	d           *Desk
	p           wirechief.Principal
	o           ImportOptions
	now         time.Time
	byPhone     map[string]*incoming
	byReference map[string]*incoming
	changed     []*incoming // in the order of the file
	result      ImportResult
}

// incoming is a contact as it was and as it is to be.
type incoming struct {
	was *wirechief.Contact // nil: it is new
	is  wirechief.Contact
	row int  // of the file that it was in; 0: none
	two bool // its reference is another contact's, too
}

// has notes where a contact is found.
func (m *importing) has(c *incoming) {
	for _, phone := range c.is.Phones {
		m.byPhone[phone] = c
	}
	if ref := c.is.Reference; ref != "" {
		if o := m.byReference[ref]; o != nil && o != c {
			o.two = true
			return
		}
		m.byReference[ref] = c
	}
}

func (m *importing) bad(l *line, err error) {
	b := BadRow{Row: l.row, Line: l.at, Field: "row", Message: wirechief.MessageOf(err)}
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field != "" {
		b.Field = e.Field
	}
	m.result.Bad = append(m.result.Bad, b)
}

// take takes a row over into what is to be.
func (m *importing) take(l *line) error {
	if l.err != nil {
		return l.err
	}
	said := wirechief.Contact{
		Name: l.cells["name"], Phones: list(l.cells["phones"]), Email: l.cells["email"], Company: l.cells["company"],
		Notes: l.cells["notes"], Labels: list(l.cells["labels"]), Reference: l.cells["reference"],
	}
	for i := range said.Phones {
		said.Phones[i] = sheet.Restore(strings.TrimSpace(said.Phones[i]))
	}
	if wrong := judgeContact(&said, m.o.Region); wrong != nil {
		return wrong
	}
	blocked, err := truth(l.cells["blocked"])
	if err != nil {
		return err
	}
	to, err := m.whose(&said)
	if err != nil {
		return err
	}
	if to != nil && to.row != 0 {
		return wirechief.InvalidField("phones", "row %d is the same contact", to.row)
	}
	is := wirechief.Contact{Tenant: m.p.Tenant, CreatedAt: m.now}
	if to != nil {
		is = to.is
	}
	merge(&is, &said)
	if blocked && !is.Blocked {
		is.Blocked, is.BlockedBy, is.BlockedAt = true, who(m.p), m.now
	}
	// Together with what was there it may be more than there may be.
	if wrong := judgeContact(&is, ""); wrong != nil {
		return wrong
	}
	switch {
	case to == nil:
		to = new(incoming)
		is.ID = m.d.ids.Next()
		m.result.Created++
	case same(to.was, &is):
		to.row = l.row
		m.result.Unchanged++
		return nil
	default:
		m.result.Updated++
	}
	is.UpdatedAt = m.now
	to.is, to.row = is, l.row
	m.has(to)
	m.changed = append(m.changed, to)
	return nil
}

// whose finds the contact that a row is about; nil: it is a new one.
func (m *importing) whose(said *wirechief.Contact) (*incoming, error) {
	var to *incoming
	if said.Reference != "" {
		if to = m.byReference[said.Reference]; to != nil && to.two {
			return nil, wirechief.InvalidField("reference", "several contacts have the reference %s", clipped(said.Reference))
		}
	}
	for _, phone := range said.Phones {
		o := m.byPhone[phone]
		switch {
		case o == nil || o == to:
		case to == nil:
			to = o
		case o.row != 0:
			return nil, wirechief.InvalidField("phones", "%s is in row %d, too", phone, o.row)
		default:
			return nil, wirechief.InvalidField("phones", "%s is %s already", phone, called(&o.is))
		}
	}
	return to, nil
}

// merge adds what a row says to a contact.
func merge(c, said *wirechief.Contact) {
	for _, f := range []struct{ to, from *string }{
		{&c.Name, &said.Name}, {&c.Email, &said.Email}, {&c.Company, &said.Company}, {&c.Notes, &said.Notes}, {&c.Reference, &said.Reference},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	c.Phones = slices.Concat(c.Phones, said.Phones)
	c.Labels = slices.Concat(c.Labels, said.Labels)
}

// same says whether a contact would not change.
func same(was, is *wirechief.Contact) bool {
	if was == nil {
		return false
	}
	a, b := *was, *is
	for _, c := range []*wirechief.Contact{&a, &b} {
		if len(c.Labels) == 0 {
			c.Labels = nil
		}
	}
	return reflect.DeepEqual(a, b)
}

func truth(cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "yes", "true", "1", "y", "x":
		return true, nil
	case "", "no", "false", "0", "n":
		return false, nil
	}
	return false, wirechief.InvalidField("blocked", "%q is neither yes nor no", clipped(cell))
}

// write makes the contacts durable, some at a time: a file of tens of thousands
// must not hold up the texts that want to be kept meanwhile.
func (m *importing) write(ctx context.Context) (ImportResult, error) {
	done := 0
	for some := range slices.Chunk(m.changed, 500) {
		commands := make([]wirechief.Command, len(some))
		for i, c := range some {
			commands[i] = wirechief.PutContact{Contact: &c.is}
		}
		results, err := m.d.store.Apply(ctx, commands...)
		for i, r := range results {
			switch {
			case err != nil:
			case r.Err != nil:
				err = r.Err
			default:
				m.d.learn(some[i].was, &some[i].is)
				done++
			}
		}
		if err != nil {
			m.result.Applied = done > 0
			return m.result, &wirechief.Error{
				Op: "contacts.import", Kind: wirechief.KindOf(err), Err: err,
				Message: fmt.Sprintf("%d of %d contacts were taken over before the store refused one; import the file again", done, len(m.changed)),
			}
		}
	}
	m.result.Applied = true
	return m.result, nil
}
