package console

import (
	"net/http"

	"github.com/wirechief/wirechief"
)

// route is a path, who may use it, and what answers.
type route struct {
	pattern string // of [http.ServeMux]
	right   wirechief.Right
	open    bool // also for who is not signed in
	serve   func(c *Console, v *visit) error
}

// routes are all pages and forms of the console; each page's own stand in its
// file.
func routes() []route {
	var all []route
	for _, page := range [][]route{
		frameRoutes(), signRoutes(), liveRoutes(), messageRoutes(), carrierRoutes(), inboxRoutes(), handsetRoutes(), numberRoutes(), contactRoutes(), exportRoutes(), buyRoutes(), campaignRoutes(), reportRoutes(), webhookRoutes(), endpointRoutes(), signingRoutes(), settingsRoutes(), bulkRoutes(),
	} {
		all = append(all, page...)
	}
	return all
}

func frameRoutes() []route {
	return []route{
		{pattern: "GET /{$}", right: wirechief.RightRead, serve: func(_ *Console, v *visit) error { return v.to("/inbox") }},
		// Browsers ask for it also where a page names no icon, as /healthz.
		{pattern: "GET /favicon.ico", open: true, serve: func(c *Console, v *visit) error { return v.to(c.static.path("mark.svg")) }},
		{pattern: "GET /", open: true, serve: func(_ *Console, v *visit) error {
			return wirechief.Errorf(wirechief.NotFound, "there is no page %s", v.r.URL.Path)
		}},
		{pattern: "POST /tenant", right: wirechief.RightRead, serve: (*Console).switchTenant},
	}
}

// handle puts in front of a route what holds for all: who it is, whether they
// may, whether the request is their own.
func (c *Console) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{c: c, w: w, r: r}
		w.Header().Set("Cache-Control", "no-store")
		if err := c.admit(v, rt); err != nil {
			c.refuse(v, err)
			return
		}
		if v.done {
			return
		}
		if err := rt.serve(c, v); err != nil {
			c.refuse(v, err)
		}
	})
}

// admit finds out who visits and says no to who may not.
func (c *Console) admit(v *visit, rt route) error {
	if err := c.origin.Check(v.r); err != nil {
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "this form was sent from another site; open the console and try again")
	}
	if err := c.recognise(v); err != nil {
		if rt.open {
			err = nil
		} else if wirechief.KindOf(err) == wirechief.Unauthenticated && v.r.Method == http.MethodGet && !v.isFragment() {
			return v.toSignIn()
		}
		if err != nil {
			return err
		}
	}
	if v.r.Method == http.MethodPost {
		if err := v.readForm(); err != nil {
			return err
		}
	}
	if rt.open {
		return nil
	}
	if v.p.Tenant == "" {
		return wirechief.Errorf(wirechief.NotFound, "there is no tenant yet; `wirechief apply` with a state file makes one")
	}
	if rt.right != "" && !v.may(rt.right) {
		if v.r.Method == http.MethodPost || c.refusals.first(c.Now(), v.p.Tenant, v.p.Agent, v.r.URL.Path) {
			c.Gate.Note(v.ctx(), v.p, "role.refused", v.r.Method+" "+v.r.URL.Path)
		}
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "this needs the right %q, which your role (%s) has not; ask an admin of your team", rt.right, v.p.Role)
	}
	return nil
}
