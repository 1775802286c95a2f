package console

import (
	"net/url"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/exchange"
)

func suppressionRoutes() []route {
	right := wirechief.RightSettings
	return []route{
		{pattern: "GET /settings/suppression", right: right, serve: (*Console).showSuppression},
		{pattern: "POST /settings/suppression", right: right, serve: (*Console).suppress},
		{pattern: "GET /settings/suppression/lift", right: right, serve: (*Console).showLift},
		{pattern: "POST /settings/suppression/lift", right: right, serve: (*Console).lift},
		{pattern: "GET /settings/suppression/import", right: right, serve: (*Console).showSuppressionImport},
		{pattern: "POST /settings/suppression/import", right: right, serve: (*Console).importSuppression},
		{pattern: "GET /settings/suppression/export.csv", right: wirechief.RightExport, serve: (*Console).exportSuppression},
	}
}

const suppressionPage = 100

type suppressionData struct {
	Page
	Query   string
	Own     string // "handset": only what handsets said; "people": only what people entered
	Rows    []suppressionRow
	Total   int
	Further string
	Numbers []wirechief.Number
	Handset string // of the form that adds
	Number  string
	Reason  string
}

// suppressionRow is an entry of the list.
type suppressionRow struct{ wirechief.OptOut }

// Lift is where it is taken off.
func (r suppressionRow) Lift() string {
	return "/settings/suppression/lift?" + url.Values{"handset": {r.Handset}, "number": {r.OptOut.Number}}.Encode()
}

func (c *Console) showSuppression(v *visit) error {
	return c.renderSuppression(v, 200, new(suppressionData))
}

func (c *Console) renderSuppression(v *visit, status int, page *suppressionData) error {
	trouble := page.Trouble
	page.Page = settingsPage("Suppression list", "suppression")
	page.Trouble = trouble
	page.Query, page.Own = v.query("q"), v.query("own")
	f := exchange.SuppressionFilter{Tenant: v.p.Tenant}
	if page.Own != "" {
		own := page.Own == "handset"
		f.Own = &own
	}
	var list []wirechief.OptOut
	var next string
	for _, f.Handset = range handsetQueries(page.Query) {
		var err error
		if list, next, page.Total, err = c.Exchange.Suppressions(v.ctx(), v.p, f, v.r.URL.Query().Get("after"), suppressionPage); err != nil {
			return err
		}
		if page.Total > 0 {
			break
		}
	}
	for _, o := range list {
		page.Rows = append(page.Rows, suppressionRow{o})
	}
	if next != "" {
		q := v.r.URL.Query()
		q.Set("after", next)
		page.Further = "/settings/suppression?" + q.Encode()
	}
	page.Numbers, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant, Limit: 500})
	return c.renderStatus(v, status, "settingssuppression", page)
}

// handsetQueries are what somebody may mean who types the beginning of a
// number: people leave blanks, brackets and the plus in or out, and at home the
// 1 of North America.
func handsetQueries(s string) []string {
	if s == "" {
		return []string{""}
	}
	if n, err := e164.Parse(s, ""); err == nil {
		return []string{n}
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	switch {
	case digits == "":
		return []string{s} // it finds nothing, rather than everything
	case strings.HasPrefix(s, "+"):
		return []string{"+" + digits}
	}
	return []string{digits, "+" + digits, "+1" + digits}
}

func (c *Console) suppress(v *visit) error {
	page := &suppressionData{Handset: v.value("handset"), Number: v.value("number"), Reason: v.value("reason")}
	changed, err := c.Exchange.Suppress(v.ctx(), v.p, []wirechief.OptOut{{Handset: page.Handset, Number: page.Number, Reason: page.Reason}})
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble = troubleOf(err)
		return c.renderSuppression(v, page.Trouble.Status, page)
	}
	if changed == 0 {
		v.say("That is on the list already.")
	} else {
		v.say("Added. Nothing is sent to that handset any more.")
	}
	return v.to("/settings/suppression")
}

type liftData struct {
	Page
	Entry  wirechief.OptOut
	Said   bool // the handset said STOP itself: a reason is needed
	Reason string
}

// listed finds an entry of the tenant's list.
func (c *Console) listed(v *visit, handset, number string) (wirechief.OptOut, error) {
	list, _, _, err := c.Exchange.Suppressions(v.ctx(), v.p, exchange.SuppressionFilter{Tenant: v.p.Tenant, Handset: handset, Number: &number}, "", 1)
	if err == nil && (handset == "" || len(list) == 0 || list[0].Handset != handset) {
		err = wirechief.Errorf(wirechief.NotFound, "that handset is not on the suppression list; somebody may have lifted it")
	}
	if err != nil {
		return wirechief.OptOut{}, err
	}
	return list[0], nil
}

// saidItself says whether a handset opted out by a text of its own.
func saidItself(o wirechief.OptOut) bool { return o.Word != "" || o.By == "" }

func (c *Console) showLift(v *visit) error {
	o, err := c.listed(v, v.query("handset"), v.query("number"))
	if err != nil {
		return err
	}
	return c.render(v, "settingslift", &liftData{Page: settingsPage("Lift a suppression", "suppression"), Entry: o, Said: saidItself(o)})
}

func (c *Console) lift(v *visit) error {
	o, err := c.listed(v, v.value("handset"), v.value("number"))
	if err != nil {
		return err
	}
	o.Reason = v.value("reason")
	if _, err := c.Exchange.Unsuppress(v.ctx(), v.p, []wirechief.OptOut{o}); err != nil {
		if !isRefusal(err) {
			return err
		}
		page := &liftData{Page: settingsPage("Lift a suppression", "suppression"), Entry: o, Said: saidItself(o), Reason: o.Reason}
		page.Trouble = troubleOf(err)
		return c.renderStatus(v, page.Trouble.Status, "settingslift", page)
	}
	v.say("Lifted: texts go to " + e164.Display(o.Handset) + " again.")
	return v.to("/settings/suppression")
}

type suppressionImportData struct {
	Page
	Result *exchange.SuppressionImport
	Bad    []badRow
	More   int // bad rows that are not shown
	Dry    bool
	Skip   bool
}

type badRow struct {
	Line           int
	Field, Message string
}

func (c *Console) showSuppressionImport(v *visit) error {
	return c.render(v, "settingsimport", &suppressionImportData{Page: settingsPage("Import suppressions", "suppression"), Dry: true})
}

// badMost is how many bad rows a page shows; a page has its bounds.
const badMost = 500

func (c *Console) importSuppression(v *visit) error {
	page := &suppressionImportData{Page: settingsPage("Import suppressions", "suppression"), Dry: v.checked("dry"), Skip: v.checked("skip")}
	file, err := v.file("file", "csv")
	if err == nil {
		var result exchange.SuppressionImport
		result, err = c.Exchange.ImportSuppressions(v.ctx(), v.p, file, exchange.ImportOptions{DryRun: page.Dry, Partial: page.Skip})
		page.Result = &result
		for _, b := range result.Bad {
			if len(page.Bad) == badMost {
				page.More = len(result.Bad) - badMost
				break
			}
			page.Bad = append(page.Bad, badRow{b.Line, fieldOf(b.Err), wirechief.MessageOf(b.Err)})
		}
	}
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble, page.Result, page.Bad = troubleOf(err), nil, nil
	}
	return c.renderStatus(v, statusOfTrouble(page.Trouble), "settingsimport", page)
}

func (c *Console) exportSuppression(v *visit) error {
	c.Gate.Note(v.ctx(), v.p, "suppression.export", "")
	v.download("suppression.csv", "text/csv; charset=utf-8")
	return c.Exchange.ExportSuppressions(v.ctx(), v.p, v.w)
}
