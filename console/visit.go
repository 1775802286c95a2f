package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

// visit is one request, and who makes it.
type visit struct {
	c       *Console
	w       http.ResponseWriter
	r       *http.Request
	session access.Session      // zero when nobody is signed in
	p       wirechief.Principal // as whom things are done: always of one tenant
	form    url.Values          // of a POST
	done    bool                // it has been answered
	since   string              // where the live stream stood before anything was read
}

const (
	sessionCookie = "wirechief_session"
	formCookie    = "wirechief_form"  // ties the sign-in form to its browser
	flashCookie   = "wirechief_flash" // what to say on the next page
	formMost      = 25 << 20          // octets of a form, files included
	signInMost    = 64 << 10          // of one by who is not signed in
)

// ctx is the context of the request; it names the principal for the audit log.
func (v *visit) ctx() context.Context { return v.r.Context() }

// may says whether the visitor has a right.
func (v *visit) may(right wirechief.Right) bool { return v.p.May(right) }

// operator says whether the visitor runs the installation.
func (v *visit) operator() bool { return v.session.Principal.Operator }

// isFragment says whether a module of ours asks, and not a person.
func (v *visit) isFragment() bool { return v.r.Header.Get("X-Fragment") != "" }

// recognise finds the session of the visitor.
func (c *Console) recognise(v *visit) error {
	cookie, err := v.r.Cookie(sessionCookie)
	if err != nil {
		return wirechief.Errorf(wirechief.Unauthenticated, "you are not signed in")
	}
	s, err := c.Gate.Session(v.r.Context(), cookie.Value)
	if err != nil {
		return err
	}
	v.session, v.p = s, s.Principal
	if v.p.Operator {
		// The operator acts for one tenant at a time, and sees of others as little
		// as its owner would.
		v.p.Operator, v.p.Role = false, wirechief.RoleOwner
	}
	v.p.Address = addressOf(v.r)
	v.since = c.Hub.Position()
	v.r = v.r.WithContext(wirechief.WithPrincipal(v.r.Context(), v.p))
	return nil
}

// addressOf is where a request came from.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// readForm reads the form and refuses one that is not from a page of the
// visitor's own.
func (v *visit) readForm() error {
	most := int64(formMost)
	if v.session.ID == "" {
		most = signInMost
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	var err error
	if strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/form-data") {
		err = v.r.ParseMultipartForm(4 << 20)
	} else {
		err = v.r.ParseForm()
	}
	if err != nil {
		return wirechief.Errorf(wirechief.Invalid, "the form cannot be read: it is broken or larger than %d kB", most>>10)
	}
	v.form = v.r.PostForm
	if v.r.MultipartForm != nil {
		v.form = v.r.MultipartForm.Value
	}
	want := v.session.CSRF
	if want == "" {
		if c, err := v.r.Cookie(formCookie); err == nil {
			want = c.Value
		}
	}
	given := v.value("csrf")
	if want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(given)) != 1 {
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "this form is too old; reload the page and send it again")
	}
	return nil
}

// value is a field of the form, blanks around it cut.
func (v *visit) value(name string) string {
	if list := v.form[name]; len(list) > 0 {
		return strings.TrimSpace(list[0])
	}
	return ""
}

// text is a field of the form as it was typed, with line ends of one kind.
func (v *visit) text(name string) string {
	if list := v.form[name]; len(list) > 0 {
		return strings.ReplaceAll(list[0], "\r\n", "\n")
	}
	return ""
}

// checked says whether a box of the form is.
func (v *visit) checked(name string) bool { return v.value(name) != "" }

// query is a parameter of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// to sends the visitor to another page of ours.
func (v *visit) to(path string) error {
	v.done = true
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// back sends the visitor to where the form says they came from, or to a page.
func (v *visit) back(otherwise string) error {
	if path := v.value("back"); isOurs(path) {
		return v.to(path)
	}
	return v.to(otherwise)
}

// isOurs says whether a path stays in the console: no scheme, no host.
func isOurs(path string) bool {
	u, err := url.Parse(path)
	return err == nil && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n") && u.Host == "" && u.Scheme == ""
}

// toSignIn sends the visitor to the door, and back here afterwards.
func (v *visit) toSignIn() error {
	path := "/signin"
	if v.r.URL.Path != "/" {
		path += "?next=" + url.QueryEscape(v.r.URL.RequestURI())
	}
	return v.to(path)
}

// say puts a line on the next page.
func (v *visit) say(text string) {
	v.cookie(flashCookie, base64.RawURLEncoding.EncodeToString([]byte(text)), 60)
}

// said takes what the page before had to say.
func (v *visit) said() string {
	c, err := v.r.Cookie(flashCookie)
	if err != nil {
		return ""
	}
	v.cookie(flashCookie, "", -1)
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(b) > 500 {
		return ""
	}
	return string(b)
}

// cookie sets a cookie for so many seconds; 0: until the browser ends.
func (v *visit) cookie(name, value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.c.secure(v.r),
	})
}

// formToken is what forms carry to show that they are the visitor's own.
func (v *visit) formToken() string {
	if v.session.CSRF != "" {
		return v.session.CSRF
	}
	if c, err := v.r.Cookie(formCookie); err == nil && len(c.Value) >= 20 {
		return c.Value
	}
	token := rand.Text()
	v.cookie(formCookie, token, 0)
	return token
}
