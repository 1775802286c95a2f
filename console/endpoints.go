package console

import (
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/webhook"
)

func endpointRoutes() []route {
	right := wirechief.RightNumbers
	return []route{
		{pattern: "GET /endpoints/new", right: right, serve: (*Console).showEndpoint},
		{pattern: "POST /endpoints/new", right: right, serve: (*Console).putEndpoint},
		{pattern: "GET /endpoints/{id}", right: right, serve: (*Console).showEndpoint},
		{pattern: "POST /endpoints/{id}", right: right, serve: (*Console).putEndpoint},
		{pattern: "POST /endpoints/{id}/delete", right: right, serve: (*Console).deleteEndpoint},
		{pattern: "POST /endpoints/{id}/test", right: right, serve: (*Console).testEndpoint},
	}
}

// endpointRow is an endpoint of the tenant's own in the list.
type endpointRow struct {
	wirechief.Endpoint
	destinationRow
}

type endpointData struct {
	Page
	E      wirechief.Endpoint
	New    bool
	Events []eventRow
}

// eventRow is a type of event that an endpoint can choose, in words.
type eventRow struct {
	Name, Text string
	On         bool
}

func eventRows(on []string) (out []eventRow) {
	texts := map[string]string{
		webhook.Received:   "a text or picture came in at a number",
		webhook.Delivered:  "the handset has it",
		webhook.Failed:     "it will not be delivered",
		webhook.Expired:    "its time ran out first",
		webhook.Suppressed: "a rule kept it back",
		webhook.Canceled:   "somebody withdrew it",
		webhook.Unknown:    "it left, and what became of it cannot be known",
	}
	for _, e := range webhook.Events() {
		out = append(out, eventRow{e, texts[e], slices.Contains(on, e)})
	}
	return out
}

func (c *Console) showEndpoint(v *visit) error {
	page := &endpointData{Page: Page{Title: "New endpoint"}, New: true, E: wirechief.Endpoint{Enabled: true}}
	if id := v.r.PathValue("id"); id != "" {
		e, err := c.Exchange.Endpoints().Get(v.ctx(), v.p.Tenant, id)
		if err != nil {
			return err
		}
		page.E, page.New, page.Title = e, false, "Endpoint"
	}
	return c.renderEndpoint(v, page)
}

func (c *Console) renderEndpoint(v *visit, page *endpointData) error {
	page.Section, page.Events = "webhooks", eventRows(page.E.Events)
	return c.renderStatus(v, statusOfTrouble(page.Trouble), "endpoint", page)
}

func (c *Console) putEndpoint(v *visit) error {
	id := v.r.PathValue("id")
	page := &endpointData{Page: Page{Title: "New endpoint"}, New: id == "", E: wirechief.Endpoint{
		URL: v.value("url"), Description: v.value("description"), Enabled: v.checked("enabled"), Events: slices.Clone(v.form["events"]),
	}}
	if !page.New {
		page.Title = "Endpoint"
		page.E.ID, _ = strconv.ParseInt(id, 10, 64)
	}
	_, err := c.Exchange.Endpoints().Put(v.ctx(), v.p, id, func(e *wirechief.Endpoint) error {
		e.URL, e.Description, e.Enabled, e.Events = page.E.URL, page.E.Description, page.E.Enabled, page.E.Events
		return nil
	})
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble = troubleOf(err)
		return c.renderEndpoint(v, page)
	}
	v.say("Saved.")
	return v.to("/webhooks")
}

func (c *Console) deleteEndpoint(v *visit) error {
	if err := c.Exchange.Endpoints().Delete(v.ctx(), v.p, v.r.PathValue("id")); err != nil {
		return err
	}
	v.say("The endpoint is gone: it is told nothing more.")
	return v.to("/webhooks")
}

// testEndpoint tells it of a text that nobody sent, and shows what comes of it.
func (c *Console) testEndpoint(v *visit) error {
	d, err := c.Exchange.TestEndpoint(v.ctx(), v.p, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.to("/webhooks/log/" + strconv.FormatInt(d.ID, 10))
}
