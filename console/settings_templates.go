package console

import (
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

func templateRoutes() []route {
	right := wirechief.RightReply
	return []route{
		{pattern: "GET /settings/templates", right: right, serve: (*Console).showTemplates},
		{pattern: "GET /settings/templates/new", right: right, serve: (*Console).showTemplate},
		{pattern: "POST /settings/templates/new", right: right, serve: (*Console).putTemplate},
		{pattern: "GET /settings/templates/{id}", right: right, serve: (*Console).showTemplate},
		{pattern: "POST /settings/templates/{id}", right: right, serve: (*Console).putTemplate},
		{pattern: "POST /settings/templates/{id}/delete", right: right, serve: (*Console).deleteTemplate},
	}
}

type templatesData struct {
	Page
	List []wirechief.Template
}

func (c *Console) showTemplates(v *visit) error {
	list, err := c.Desk.Templates(v.ctx(), v.p)
	if err != nil {
		return err
	}
	const most = 160
	for i := range list {
		list[i].Text = clip(list[i].Text, most)
	}
	return c.render(v, "settingstemplates", &templatesData{Page: settingsPage("Templates", "templates"), List: list})
}

type templateData struct {
	Page
	ID     int64 // 0: a new one
	Name   string
	Text   string
	Fields []templateField
	At     time.Time // of the last change
}

// Action is where the form goes.
func (d *templateData) Action() string {
	if d.ID == 0 {
		return "/settings/templates/new"
	}
	return "/settings/templates/" + strconv.FormatInt(d.ID, 10)
}

// templateField is what may stand in a template, and what comes in its place.
type templateField struct{ Name, Text string }

func templateFields() (out []templateField) {
	texts := map[string]string{
		"name": "the contact's name", "first_name": "the first word of it", "company": "their company", "email": "their mail address",
		"reference": "your own id of them", "phone": "their number", "number": "the number that you write from",
		"number_name": "what that is called", "agent": "who writes",
	}
	for _, f := range inbox.Fields() {
		out = append(out, templateField{"{{" + f + "}}", texts[f]})
	}
	return out
}

// template finds the template of the path; the zero one for a new one.
func (c *Console) template(v *visit) (wirechief.Template, error) {
	s := v.r.PathValue("id")
	if s == "" {
		return wirechief.Template{}, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return wirechief.Template{}, wirechief.Errorf(wirechief.NotFound, "there is no such template")
	}
	return c.Desk.Template(v.ctx(), v.p, id)
}

func (c *Console) showTemplate(v *visit) error {
	t, err := c.template(v)
	if err != nil {
		return err
	}
	return c.renderTemplate(v, 200, &t, nil)
}

func (c *Console) renderTemplate(v *visit, status int, t *wirechief.Template, trouble *Trouble) error {
	page := &templateData{Page: settingsPage("New template", "templates"), ID: t.ID, Name: t.Name, Text: t.Text, Fields: templateFields(), At: t.UpdatedAt}
	if t.ID != 0 {
		page.Title = "Template"
	}
	page.Trouble = trouble
	return c.renderStatus(v, status, "settingstemplate", page)
}

func (c *Console) putTemplate(v *visit) error {
	t, err := c.template(v)
	if err != nil {
		return err
	}
	t.Name, t.Text = v.value("name"), v.text("text")
	if _, err := c.Desk.PutTemplate(v.ctx(), v.p, t); err != nil {
		if !isRefusal(err) {
			return err
		}
		trouble := troubleOf(err)
		return c.renderTemplate(v, trouble.Status, &t, trouble)
	}
	v.say("Saved.")
	return v.to("/settings/templates")
}

func (c *Console) deleteTemplate(v *visit) error {
	t, err := c.template(v)
	if err != nil {
		return err
	}
	if err := c.Desk.DeleteTemplate(v.ctx(), v.p, t.ID); err != nil {
		return err
	}
	v.say("The template is gone.")
	return v.to("/settings/templates")
}
