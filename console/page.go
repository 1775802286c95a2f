package console

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

// Page is what every page has; each embeds it.
type Page struct {
	Title   string
	Section string // of the navigation: "inbox", "numbers", …
	Wide    bool   // uses the whole width
	Tab     string // of a page with tabs
	Session access.Session
	P       wirechief.Principal
	CSRF    string
	Path    string // of this page, for forms that come back to it
	Flash   string // what the last action said
	Trouble *Trouble
	Topics  string // of the live stream, parted by blanks
	Since   string // what was told before this page was read
	Unread  int    // conversations
	Demo    bool
	Version string
	Content template.HTML // of the page, for the layout
	Tenant  string        // its name
	zone    string
	phone   func() (*phone, error)
	lines   func() []wirechief.Number
	// presence is where the visitor is; nil for the operator.
	presence *presenceView
}

func (p *Page) page() *Page { return p }

// framed is a struct that embeds a Page.
type framed interface{ page() *Page }

// May says whether the visitor has a right, for templates.
func (p *Page) May(right string) bool { return p.P.May(wirechief.Right(right)) }

// Trouble is why something was refused.
type Trouble struct {
	Message string
	Field   string // of the form
	Item    int    // which of a list it is about, from 1; 0: none
	Rule    string
	Status  int
}

func troubleOf(err error) *Trouble {
	t := &Trouble{Message: wirechief.MessageOf(err), Field: fieldOf(err), Status: statusOf(err)}
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		t.Rule, t.Item = string(e.Rule), e.Item
	}
	return t
}

// Wrong says whether the trouble is about a field of the form.
func (t *Trouble) Wrong(field string) bool { return t != nil && t.Field == field }

// render answers with a page.
func (c *Console) render(v *visit, name string, data framed) error {
	return c.renderStatus(v, http.StatusOK, name, data)
}

func (c *Console) renderStatus(v *visit, status int, name string, data framed) error {
	p := data.page()
	c.frame(v, p)
	var b bytes.Buffer
	if err := c.templates.ExecuteTemplate(&b, "page/"+name, data); err != nil {
		return err
	}
	p.Content = template.HTML(b.String()) // made by a template, so it is safe
	b.Reset()
	if err := c.templates.ExecuteTemplate(&b, "layout", data); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	v.w.WriteHeader(status)
	v.done = true
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(b.Bytes())
	}
	return nil
}

// frame fills in what all pages have.
func (c *Console) frame(v *visit, p *Page) {
	p.Since = v.since
	p.Session, p.P, p.Demo, p.Version = v.session, v.p, c.Demo, c.Version
	p.CSRF, p.Flash = v.formToken(), v.said()
	p.Path = v.r.URL.RequestURI()
	if v.p.Tenant == "" {
		return
	}
	if t, err := c.Exchange.Tenant(v.ctx(), v.p.Tenant); err == nil {
		p.Tenant, p.zone = t.Name, t.TimeZone
		if p.Tenant == "" {
			p.Tenant = t.ID
		}
	}
	p.Unread = c.unread(v.ctx(), v.p)
	if s, ok := c.Presence.Of(v.p.Tenant, v.p.Agent); ok {
		view := viewOfPresence(s)
		p.presence = &view
		p.Topics += " presence:" + strconv.FormatInt(s.Agent, 10)
	}
	if c.Demo {
		p.Topics += " handset"
		p.phone = func() (*phone, error) { return c.phoneOf(v.ctx(), v.p) }
		p.lines = func() []wirechief.Number {
			list, _ := c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{States: []wirechief.NumberState{wirechief.NumberInService}, Limit: 50})
			return list
		}
	}
}

// unread is how many conversations have something unread for the visitor.
func (c *Console) unread(ctx context.Context, p wirechief.Principal) int {
	counts, err := c.Desk.UnreadIn(ctx, p)
	if err != nil {
		return 0
	}
	return counts.All
}

// refuse answers with what went wrong.
func (c *Console) refuse(v *visit, err error) {
	if v.done {
		c.Log.WarnContext(v.r.Context(), "a page broke off", "path", v.r.URL.Path, "error", err)
		return
	}
	status := statusOf(err)
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		c.Log.ErrorContext(v.r.Context(), "a page failed", "path", v.r.URL.Path, "error", err)
	}
	if v.isFragment() {
		http.Error(v.w, wirechief.MessageOf(err), status)
		return
	}
	data := &errorPage{Page: Page{Title: http.StatusText(status), Trouble: troubleOf(err)}}
	if err := c.renderStatus(v, status, "error", data); err != nil {
		http.Error(v.w, "an internal error occurred; it has been logged", http.StatusInternalServerError)
	}
}

type errorPage struct{ Page }
