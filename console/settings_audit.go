package console

import (
	"encoding/csv"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

func auditRoutes() []route {
	right := wirechief.RightAudit
	return []route{
		{pattern: "GET /settings/audit", right: right, serve: (*Console).showAudit},
		{pattern: "GET /settings/audit/export.csv", right: right, serve: (*Console).exportAudit},
	}
}

const auditPage = 50

type auditData struct {
	Page
	Who, Action, Subject string
	From, To             string // days, "2026-03-02", both inclusive
	House                bool   // what is of no tenant; the operator's
	Operator             bool
	Rows                 []auditRow
	Actions              []string // that this page has, to choose from
	Further, Export      string
	LookedTo             time.Time // so far back the search has looked; zero: as far as there is
}

// auditRow is an entry with its changes as people read them.
type auditRow struct {
	wirechief.AuditEntry
	Diffs []auditDiff
	About string // the name of whom it is about, where that is one of the team
}

// auditDiff is a property before and after. Added says that it was not there.
type auditDiff struct{ Field, Before, After string }

// auditFilter reads the filter of the address.
func (c *Console) auditFilter(v *visit, page *auditData) (wirechief.Principal, wirechief.AuditFilter, error) {
	page.Who, page.Action, page.Subject = v.query("who"), v.query("action"), v.query("subject")
	page.From, page.To = v.query("from"), v.query("to")
	page.Operator = v.operator()
	page.House = page.Operator && v.query("house") != ""
	f := wirechief.AuditFilter{Tenant: v.p.Tenant, Action: page.Action}
	f.Before, _ = strconv.ParseInt(v.query("before"), 10, 64)
	zone := c.zone(v)
	var err error
	if page.From != "" {
		if f.From, err = time.ParseInLocation(time.DateOnly, page.From, zone); err != nil {
			return v.p, f, wirechief.InvalidField("from", "%q is not a day such as 2027-01-31", clip(page.From, 30))
		}
	}
	if page.To != "" {
		if f.To, err = time.ParseInLocation(time.DateOnly, page.To, zone); err != nil {
			return v.p, f, wirechief.InvalidField("to", "%q is not a day such as 2027-01-31", clip(page.To, 30))
		}
		f.To = f.To.AddDate(0, 0, 1)
	}
	if page.House {
		f.Tenant = ""
		return v.session.Principal, f, nil
	}
	return v.p, f, nil
}

// zone is the zone of the tenant's people.
func (c *Console) zone(v *visit) *time.Location {
	t, err := c.Exchange.Tenant(v.ctx(), v.p.Tenant)
	if err != nil {
		return time.UTC
	}
	zone, err := time.LoadLocation(t.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (c *Console) showAudit(v *visit) error {
	page := &auditData{Page: settingsPage("Audit log", "audit")}
	p, f, err := c.auditFilter(v, page)
	if err != nil {
		page.Trouble = troubleOf(err)
		return c.renderStatus(v, page.Trouble.Status, "settingsaudit", page)
	}
	search := c.auditSearch(v, page)
	list, next, err := search.page(v.ctx(), p, f, auditPage)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	q.Del("before")
	page.Export = "/settings/audit/export.csv?" + q.Encode()
	if next != 0 {
		q.Set("before", strconv.FormatInt(next, 10))
		page.Further = "/settings/audit?" + q.Encode()
		if len(list) < auditPage {
			page.LookedTo = search.at
		}
	}
	for _, e := range list {
		page.Rows = append(page.Rows, auditRow{e, diffsOf(e.Changes), search.name(e.Subject)})
		if !slices.Contains(page.Actions, e.Action) {
			page.Actions = append(page.Actions, e.Action)
		}
	}
	slices.Sort(page.Actions)
	return c.render(v, "settingsaudit", page)
}

// Filtered is the address of the entries that have something in common with one.
func (d *auditData) Filtered(name, value string) string {
	return "/settings/audit?" + url.Values{name: {value}}.Encode()
}

// diffsOf makes the changes of an entry readable: values are JSON, and most are
// a plain string.
func diffsOf(changes []wirechief.AuditChange) (out []auditDiff) {
	for _, ch := range changes {
		out = append(out, auditDiff{ch.Field, unquoted(ch.Before), unquoted(ch.After)})
	}
	return out
}

func unquoted(s string) string {
	var text string
	if strings.HasPrefix(s, `"`) && json.Unmarshal([]byte(s), &text) == nil {
		s = text
	}
	const most = 300
	return clip(s, most)
}

// exportAudit writes all entries that the filter selects.
func (c *Console) exportAudit(v *visit) error {
	page := new(auditData)
	p, f, err := c.auditFilter(v, page)
	if err != nil {
		return err
	}
	search := c.auditSearch(v, page)
	const pageSize = 1000
	f.Limit, f.Before = pageSize, 0
	list, err := c.Exchange.Audit(v.ctx(), p, f)
	if err != nil {
		return err
	}
	c.Gate.Note(v.ctx(), v.p, "audit.export", "")
	v.download("audit.csv", "text/csv; charset=utf-8")
	out := csv.NewWriter(v.w)
	if err := out.Write([]string{"time", "who", "via", "address", "action", "subject", "field", "before", "after"}); err != nil {
		return err
	}
	for {
		for i := range list {
			if search.fits(&list[i]) {
				writeAudit(out, &list[i])
			}
		}
		out.Flush()
		if err := out.Error(); err != nil || len(list) < pageSize {
			return err
		}
		f.Before = list[len(list)-1].ID
		if list, err = c.Exchange.Audit(v.ctx(), p, f); err != nil {
			return err
		}
	}
}

// writeAudit writes a row for each change of an entry, or one. What a
// spreadsheet would run is defused.
func writeAudit(out *csv.Writer, e *wirechief.AuditEntry) {
	changes := e.Changes
	if len(changes) == 0 {
		changes = []wirechief.AuditChange{{}}
	}
	for _, ch := range changes {
		row := []string{e.At.UTC().Format(time.RFC3339), e.Who, e.Via, e.Address, e.Action, e.Subject, ch.Field, ch.Before, ch.After}
		for i := range row {
			row[i] = sheet.Defuse(row[i])
		}
		_ = out.Write(row) // its error stays, and Flush tells it
	}
}
