package console

import (
	"context"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
	"github.com/wirechief/wirechief/feed"
)

func bulkRoutes() []route {
	right := wirechief.RightBulk
	return []route{
		{pattern: "GET /bulk", right: right, serve: (*Console).showBulks},
		{pattern: "GET /bulk/new", right: right, serve: (*Console).newBulk},
		{pattern: "POST /bulk/new", right: right, serve: (*Console).draftBulk},
		{pattern: "GET /bulk/{id}", right: right, serve: (*Console).showBulk},
		{pattern: "POST /bulk/{id}/{what}", right: right, serve: (*Console).steerBulk},
		{pattern: "GET /bulk/{id}/results.csv", right: right, serve: (*Console).bulkResults},
	}
}

type bulksData struct {
	Page
	Rows []bulkView
}

// bulkView is a bulk send as people see it.
type bulkView struct{ *wirechief.Bulk }

// Tone is the colour of its state.
func (b bulkView) Tone() string { return toneOf(string(b.State)) }

// Done is how many rows have a result.
func (b bulkView) Done() int { return b.Sent + b.Refused }

// Good is how many rows can be sent.
func (b bulkView) Good() int { return b.Rows - b.Bad }

func (c *Console) showBulks(v *visit) error {
	list, err := c.Bulk.List(v.ctx(), v.p, nil, 0, 100)
	if err != nil {
		return err
	}
	page := &bulksData{Page: Page{Title: "Bulk send", Section: "bulk"}}
	for _, b := range list {
		page.Rows = append(page.Rows, bulkView{b})
	}
	return c.render(v, "bulks", page)
}

type newBulkData struct {
	Page
	Numbers                                     []wirechief.Number
	Name, Number, Text, CSV, At, Rate, Validity string
}

func (c *Console) newBulk(v *visit) error {
	return c.bulkForm(v, 200, &newBulkData{})
}

func (c *Console) bulkForm(v *visit, status int, page *newBulkData) error {
	page.Page = Page{Title: "New bulk send", Section: "bulk", Trouble: page.Trouble}
	page.Numbers, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{States: []wirechief.NumberState{wirechief.NumberInService}, Limit: 500})
	return c.renderStatus(v, status, "newbulk", page)
}

// draftBulk reads the file and shows what would come of it; nothing is sent.
func (c *Console) draftBulk(v *visit) error {
	page := &newBulkData{
		Name: v.value("name"), Number: v.value("from"), Text: v.text("text"), CSV: v.text("csv"),
		At: v.value("at"), Rate: v.value("rate"), Validity: v.value("validity"),
	}
	r := bulk.Request{Name: page.Name, From: page.Number, Text: page.Text}
	err := func() (err error) {
		if r.File, err = v.file("file", "csv"); err != nil {
			return err
		}
		if page.At != "" {
			if r.At, err = instantOf(page.At, v.value("zone")); err != nil {
				return err
			}
		}
		if page.Rate != "" {
			if r.Rate, err = strconv.ParseFloat(page.Rate, 64); err != nil {
				return wirechief.InvalidField("rate", "%q is not a number of texts a second", page.Rate)
			}
		}
		window, err := hours(page.Validity, "validity")
		r.Validity = window
		return err
	}()
	var b *wirechief.Bulk
	if err == nil {
		b, _, err = c.Bulk.Draft(v.ctx(), v.p, r)
	}
	if err != nil {
		if wirechief.KindOf(err) == wirechief.Internal {
			return err
		}
		page.Trouble = troubleOf(err)
		if page.Trouble.Field == "file" && page.CSV != "" {
			page.Trouble.Field = "csv" // it was pasted
		}
		return c.bulkForm(v, page.Trouble.Status, page)
	}
	return v.to("/bulk/" + strconv.FormatInt(b.ID, 10))
}

type bulkData struct {
	Page
	B       bulkView
	State   string // of the rows that are shown
	Rows    []bulk.Row
	Further string
	States  []wirechief.BulkRowState
}

const rowsPage = 100

func bulkID(v *visit) (int64, error) {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, wirechief.Errorf(wirechief.NotFound, "there is no bulk send %q", v.r.PathValue("id"))
	}
	return id, nil
}

func (c *Console) showBulk(v *visit) error {
	page, err := c.bulkPage(v)
	if err != nil {
		return err
	}
	return c.render(v, "bulk", page)
}

func (c *Console) bulkPage(v *visit) (*bulkData, error) {
	id, err := bulkID(v)
	if err != nil {
		return nil, err
	}
	b, err := c.Bulk.Progress(v.ctx(), v.p, id)
	if err != nil {
		return nil, err
	}
	page := &bulkData{
		Page: Page{Title: b.Name, Section: "bulk", Topics: "bulk:" + v.r.PathValue("id")}, B: bulkView{b}, State: v.query("state"),
		States: []wirechief.BulkRowState{wirechief.RowReady, wirechief.RowBad, wirechief.RowSent, wirechief.RowRefused},
	}
	after, _ := strconv.Atoi(v.query("after"))
	if page.Rows, err = c.Bulk.Rows(v.ctx(), v.p, id, wirechief.BulkRowState(page.State), after, rowsPage+1); err != nil {
		return nil, err
	}
	if len(page.Rows) > rowsPage {
		page.Rows = page.Rows[:rowsPage]
		u := v.r.URL.Query()
		u.Set("after", strconv.Itoa(page.Rows[rowsPage-1].Seq))
		page.Further = "/bulk/" + v.r.PathValue("id") + "?" + u.Encode()
	}
	return page, nil
}

// steerBulk starts it, holds it, lets it go on or ends it.
func (c *Console) steerBulk(v *visit) error {
	id, err := bulkID(v)
	if err != nil {
		return err
	}
	steer := map[string]func(context.Context, wirechief.Principal, int64) (*wirechief.Bulk, error){
		"start": c.Bulk.Launch, "pause": c.Bulk.Pause, "resume": c.Bulk.Resume, "cancel": c.Bulk.Cancel,
	}[v.r.PathValue("what")]
	if steer == nil {
		return wirechief.Errorf(wirechief.NotFound, "nothing here is called %q", v.r.PathValue("what"))
	}
	if _, err := steer(v.ctx(), v.p, id); err != nil {
		if wirechief.KindOf(err) != wirechief.Conflict && wirechief.KindOf(err) != wirechief.Forbidden {
			return err
		}
		page, perr := c.bulkPage(v)
		if perr != nil {
			return perr
		}
		page.Trouble = troubleOf(err)
		return c.renderStatus(v, page.Trouble.Status, "bulk", page)
	}
	return v.to("/bulk/" + v.r.PathValue("id"))
}

func (c *Console) bulkResults(v *visit) error {
	id, err := bulkID(v)
	if err != nil {
		return err
	}
	if _, err := c.Bulk.Progress(v.ctx(), v.p, id); err != nil {
		return err
	}
	c.Gate.Note(v.ctx(), v.p, "bulk.export", v.r.PathValue("id"))
	v.download("results.csv", "text/csv; charset=utf-8")
	return c.Bulk.Results(v.ctx(), v.p, id, v.w)
}

// liveBulk shows how far a bulk send has come.
func (c *Console) liveBulk(ctx context.Context, tenant, arg string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Bulk || strconv.FormatInt(e.ID, 10) != arg {
		return nil, nil
	}
	p := viewerOf(tenant)
	p.Role = wirechief.RoleAdmin // only those who may see it ask for the topic: see its right
	b, err := c.Bulk.Progress(ctx, p, e.ID)
	if err != nil {
		return nil, err
	}
	return c.part("bulkprogress", bulkView{b})
}

// Took is how long it has been running.
func (b bulkView) Took() string {
	if b.StartedAt.IsZero() || b.EndedAt.IsZero() {
		return ""
	}
	return b.EndedAt.Sub(b.StartedAt).Round(time.Second).String()
}
