package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

func signRoutes() []route {
	return []route{
		{pattern: "GET /signin", open: true, serve: (*Console).showSignIn},
		{pattern: "POST /signin", open: true, serve: (*Console).signIn},
		{pattern: "POST /signout", open: true, serve: (*Console).signOut},
		{pattern: "GET /signin/oidc", open: true, serve: (*Console).beginOIDC},
		{pattern: "GET /signin/oidc/return", open: true, serve: (*Console).finishOIDC},
	}
}

const oidcCookie = "wirechief_oidc"

type signInPage struct {
	Page
	Email   string
	Next    string
	OIDC    string // what the provider is called; "": there is none
	Choices []string
	Chosen  string
}

func (c *Console) showSignIn(v *visit) error {
	if v.p.Tenant != "" {
		return v.to("/inbox")
	}
	return c.render(v, "signin", &signInPage{Page: Page{Title: "Sign in"}, Next: v.query("next"), OIDC: c.Gate.OIDCName()})
}

func (c *Console) signIn(v *visit) error {
	a := access.Attempt{
		Tenant: v.value("tenant"), Email: v.value("email"), Password: wirechief.Secret(v.text("password")),
		Address: addressOf(v.r), UserAgent: v.r.UserAgent(),
	}
	s, err := c.Gate.SignIn(v.ctx(), a)
	if err != nil {
		page := &signInPage{
			Page: Page{Title: "Sign in", Trouble: troubleOf(err)}, Email: a.Email, Next: v.value("next"), OIDC: c.Gate.OIDCName(), Chosen: a.Tenant,
		}
		if wirechief.KindOf(err) == wirechief.Unavailable || wirechief.KindOf(err) == wirechief.Internal {
			return err
		}
		if choice, ok := errors.AsType[*access.Choice](err); ok {
			page.Choices = choice.Tenants
		}
		return c.renderStatus(v, statusOf(err), "signin", page)
	}
	return c.welcome(v, s, v.value("next"))
}

// welcome gives the browser its session and goes on to where it wanted to.
func (c *Console) welcome(v *visit, s access.Session, next string) error {
	v.cookie(sessionCookie, s.Token.Reveal(), int(s.ExpiresAt.Sub(c.Now())/time.Second))
	v.cookie(formCookie, "", -1)
	if !isOurs(next) || strings.HasPrefix(next, "/sign") {
		next = "/inbox"
	}
	return v.to(next)
}

func (c *Console) signOut(v *visit) error {
	if cookie, err := v.r.Cookie(sessionCookie); err == nil {
		if err := c.Gate.SignOut(v.ctx(), cookie.Value); err != nil && wirechief.KindOf(err) != wirechief.Unauthenticated {
			return err
		}
	}
	v.cookie(sessionCookie, "", -1)
	v.say("You are signed out.")
	return v.to("/signin")
}

func (c *Console) beginOIDC(v *visit) error {
	if c.Gate.OIDCName() == "" {
		return wirechief.Errorf(wirechief.NotFound, "single sign-on is not set up here (oidc.issuer)")
	}
	next := v.query("next")
	if !isOurs(next) {
		next = "/inbox"
	}
	to, cookie, err := c.Gate.BeginOIDC(v.ctx(), next)
	if err != nil {
		return err
	}
	v.cookie(oidcCookie, cookie, 600)
	v.done = true
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

func (c *Console) finishOIDC(v *visit) error {
	cookie, err := v.r.Cookie(oidcCookie)
	if err != nil {
		return wirechief.Errorf(wirechief.Invalid, "the sign-on took too long or began in another browser; try again")
	}
	v.cookie(oidcCookie, "", -1)
	s, next, err := c.Gate.FinishOIDC(v.ctx(), cookie.Value, v.r.URL.Query(), addressOf(v.r), v.r.UserAgent())
	if err != nil {
		return c.renderStatus(v, statusOf(err), "signin", &signInPage{Page: Page{Title: "Sign in", Trouble: troubleOf(err)}, OIDC: c.Gate.OIDCName()})
	}
	return c.welcome(v, s, next)
}

// switchTenant has the visitor act for another tenant of theirs.
func (c *Console) switchTenant(v *visit) error {
	cookie, err := v.r.Cookie(sessionCookie)
	if err != nil {
		return wirechief.Errorf(wirechief.Unauthenticated, "you are not signed in")
	}
	s, err := c.Gate.SwitchTenant(v.ctx(), cookie.Value, v.value("tenant"))
	if err != nil {
		return err
	}
	if s.Token != "" {
		return c.welcome(v, s, "/inbox")
	}
	return v.to("/inbox")
}
