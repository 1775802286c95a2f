package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// evil is what a name may hold; it must be as inert as any other.
const evil = "<script>alert(1)</script><img src=x onerror=alert(2)> {{.CSRF}} %0d%0aX: y \u202eback =cmd|'/c calc'!A1 \x1b[31m"

// ownSettings are what all people may open, and adminSettings what owners and
// admins may.
var (
	ownSettings   = []string{"/settings", "/settings/overview"}
	adminSettings = []string{
		"/settings/team", "/settings/team/new", "/settings/team/102", "/settings/keys", "/settings/keys/new", "/settings/signon",
		"/settings/compliance", "/settings/suppression", "/settings/suppression/import", "/settings/suppression/export.csv",
		"/settings/retention", "/settings/audit", "/settings/audit/export.csv",
	}
	adminForms = []string{
		"/settings/team/new", "/settings/team/102", "/settings/team/102/remove", "/settings/keys/new", "/settings/keys/0123456789abcdef/revoke",
		"/settings/compliance", "/settings/suppression", "/settings/suppression/lift", "/settings/suppression/import", "/settings/retention",
	}
	templateForms = []string{"/settings/templates/new", "/settings/templates/1", "/settings/templates/1/delete"}
)

// Every tab is shown to whom its right allows, and refused to the others.
func TestSettingsRights(t *testing.T) {
	h := newHouse(t)
	for _, tt := range []struct {
		email, password  string
		admin, templates bool
	}{
		{"ann@acme.test", "ann-secret", true, true},
		{"admin@example.test", "admin-secret", true, true},
		{"bob@acme.test", "bob-secret", false, true},
		{"eve@acme.test", "eve-secret", false, false},
	} {
		t.Run(tt.email, func(t *testing.T) {
			b := h.signIn(tt.email, tt.password)
			tabs := make(map[string]bool)
			for _, a := range b.get("/settings").all(func(n *node) bool { return n.Data == "a" }) {
				tabs[attr(a, "href")] = true
			}
			look := func(path string, may bool) {
				t.Helper()
				p := b.get(path)
				if may && p.status != http.StatusOK || !may && p.status != http.StatusForbidden {
					t.Errorf("%s answers %d", path, p.status)
				}
				if strings.Count(path, "/") == 2 && tabs[path] != may {
					t.Errorf("the tab %s is shown: %v", path, tabs[path])
				}
				if p.root != nil {
					for _, fault := range p.faults() {
						t.Errorf("%s: %s", path, fault)
					}
				}
			}
			for _, path := range ownSettings {
				look(path, true)
			}
			for _, path := range adminSettings {
				look(path, tt.admin)
			}
			look("/settings/templates", tt.templates)
			look("/settings/templates/new", tt.templates)
			b.get("/settings")
			if !tt.admin {
				for _, path := range adminForms {
					if p := b.post(path); p.status != http.StatusForbidden {
						t.Errorf("a form to %s is answered with %d", path, p.status)
					}
				}
			}
			if !tt.templates {
				for _, path := range templateForms {
					if p := b.post(path); p.status != http.StatusForbidden {
						t.Errorf("a form to %s is answered with %d", path, p.status)
					}
				}
			}
		})
	}
}

// wrongField is the name of the field that a page marks, "" when it marks none.
func (s seen) wrongField() string {
	for _, n := range s.all(func(n *node) bool { return attr(n, "aria-invalid") == "true" }) {
		return attr(n, "name")
	}
	for _, n := range s.all(func(n *node) bool { return n.Data == "fieldset" && strings.Contains(attr(n, "class"), "wrong") }) {
		for _, i := range s.all(func(i *node) bool { return i.Data == "input" && i.Parent != nil && i.Parent.Parent != nil }) {
			for up := i.Parent; up != nil; up = up.Parent {
				if up == n {
					return attr(i, "name")
				}
			}
		}
	}
	return ""
}

// refused looks that a form was refused with a field marked, and that the page
// with it is a good one.
func refused(t *testing.T, p seen, status int, field string) {
	t.Helper()
	if p.status != status || p.wrongField() != field {
		t.Errorf("%s answers %d and marks %q, want %d and %q: %s", p.path, p.status, p.wrongField(), status, field, p.text())
	}
	if p.root != nil {
		for _, fault := range p.faults() {
			t.Errorf("%s: %s", p.path, fault)
		}
	}
}

// took looks that a form was taken: it ends on a page that says so.
func took(t *testing.T, p seen, path, says string) {
	t.Helper()
	if p.status != http.StatusOK || p.path != path || !strings.Contains(p.text(), says) {
		t.Errorf("it ends at %s with %d, want %s and %q: %s", p.path, p.status, path, says, p.text())
	}
	if strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, "<img src=x") || strings.ContainsRune(p.body, '\x1b') || strings.ContainsRune(p.body, '\u202e') {
		t.Errorf("%s lets an evil text through", path)
	}
}

func TestOneself(t *testing.T) {
	h := newHouse(t)
	eve := h.signIn("eve@acme.test", "eve-secret")
	eve.get("/settings")
	took(t, eve.post("/settings/name", "name", "Eve "+evil), "/settings", "Saved.")
	refused(t, eve.post("/settings/name", "name", strings.Repeat("x", 10_000)), http.StatusUnprocessableEntity, "name")
	took(t, eve.post("/settings/name", "name", "Eva"), "/settings", "Saved.")
	if p := eve.get("/settings"); attr(p.byID("f-name"), "value") != "Eva" {
		t.Errorf("the name is %q", attr(p.byID("f-name"), "value"))
	}

	second := h.signIn("eve@acme.test", "eve-secret")
	p := second.get("/settings")
	var ends []string
	for _, f := range p.all(func(n *node) bool { return n.Data == "form" && strings.HasSuffix(attr(n, "action"), "/end") }) {
		ends = append(ends, attr(f, "action"))
	}
	if len(ends) != 2 || !strings.Contains(p.text(), "this one") {
		t.Fatalf("there are %d sessions: %s", len(ends), p.text())
	}
	max := h.signIn("max@other.test", "max-secret")
	max.get("/settings")
	if p := max.post(ends[0]); p.status != http.StatusNotFound {
		t.Errorf("another's session is ended with %d", p.status)
	}
	refused(t, second.post("/settings/password", "old", "wrong", "password", "a-new-secret", "again", "a-new-secret"), http.StatusUnprocessableEntity, "old")
	refused(t, second.post("/settings/password", "old", "eve-secret", "password", "short", "again", "short"), http.StatusUnprocessableEntity, "password")
	refused(t, second.post("/settings/password", "old", "eve-secret", "password", "a-new-secret", "again", "another-secret"), http.StatusUnprocessableEntity, "again")
	p = second.post("/settings/password", "old", "eve-secret", "password", "a-new-secret", "again", "a-new-secret")
	took(t, p, "/settings", "Your password is changed.")
	if strings.Contains(p.body, "a-new-secret") {
		t.Error("the password is on the page")
	}
	if p := eve.get("/settings"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("another session goes on after the change: %s", p.path)
	}
	third := h.signIn("eve@acme.test", "a-new-secret")
	for _, f := range third.get("/settings").all(func(n *node) bool { return n.Data == "form" && strings.HasSuffix(attr(n, "action"), "/end") }) {
		if text(f) == "End the session of unknown browser" || strings.HasPrefix(text(f), "End") {
			took(t, third.post(attr(f, "action")), "/settings", "The session has ended.")
		}
	}
	if p := second.get("/settings"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("a session that was ended goes on: %s", p.path)
	}
	operator := h.signIn("admin@example.test", "admin-secret")
	operator.get("/settings")
	for _, path := range []string{"/settings/name", "/settings/password"} {
		if p := operator.post(path, "name", "x", "old", "admin-secret", "password", "a-new-secret", "again", "a-new-secret"); p.status != http.StatusForbidden {
			t.Errorf("%s of the operator is answered with %d", path, p.status)
		}
	}
}

func TestTeam(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/team/new")
	refused(t, ann.post("/settings/team/new", "email", "no address", "role", "agent", "door", "signon"), http.StatusUnprocessableEntity, "email")
	refused(t, ann.post("/settings/team/new", "email", "ada@acme.test", "role", "king", "door", "signon"), http.StatusUnprocessableEntity, "role")
	refused(t, ann.post("/settings/team/new", "email", "ada@acme.test", "role", "agent", "door", "password"), http.StatusUnprocessableEntity, "password")
	refused(t, ann.post("/settings/team/new", "email", "ada@acme.test", "role", "agent", "door", "password", "password", "short"), http.StatusUnprocessableEntity, "password")
	refused(t, ann.post("/settings/team/new", "email", "ada@acme.test", "role", "agent", "door", "signon", "phone", "<b>"), http.StatusUnprocessableEntity, "phone")
	refused(t, ann.post("/settings/team/new", "email", "BOB@acme.test", "role", "agent", "door", "signon"), http.StatusConflict, "email")
	p := ann.post("/settings/team/new", "email", "ada@acme.test", "name", "Ada "+evil, "role", "admin", "door", "password", "password", "ada-secret")
	took(t, p, "/settings/team", "ada@acme.test is on the team")
	if strings.Contains(p.body, "ada-secret") {
		t.Error("the password is on the page")
	}
	took(t, ann.post("/settings/team/new", "email", "tim@acme.test", "name", "Tim", "role", "agent", "door", "signon"), "/settings/team", "single sign-on")

	ada := h.signIn("ada@acme.test", "ada-secret")
	p = ada.get("/settings/team")
	if !strings.Contains(p.text(), "you are none") {
		t.Errorf("the rule of owners is not said: %s", p.text())
	}
	if p := ada.get("/settings/team/101"); !strings.Contains(p.text(), "Only an owner changes") {
		t.Errorf("an admin may seem to change an owner: %s", p.text())
	}
	refused(t, ada.post("/settings/team/101", "email", "ann@acme.test", "role", "agent", "door", "keep"), http.StatusForbidden, "role")
	refused(t, ada.post("/settings/team/102", "email", "bob@acme.test", "role", "owner", "door", "keep"), http.StatusForbidden, "role")
	refused(t, ada.post("/settings/team/101/remove"), http.StatusForbidden, "role")
	took(t, ada.post("/settings/team/102", "email", "bob@acme.test", "name", "Robert", "role", "viewer", "door", "keep"), "/settings/team", "Robert")
	refused(t, ann.post("/settings/team/101/remove"), http.StatusConflict, "role")
	refused(t, ann.post("/settings/team/101", "email", "ann@acme.test", "role", "admin", "door", "keep"), http.StatusConflict, "role")

	bob := h.signIn("bob@acme.test", "bob-secret")
	took(t, ann.post("/settings/team/102/remove"), "/settings/team", "bob@acme.test is off the team")
	if p := bob.get("/inbox"); !strings.HasPrefix(p.path, "/signin") {
		t.Errorf("who was removed still sees %s", p.path)
	}
	for _, path := range []string{"/settings/team/201", "/settings/team/nobody"} {
		if p := ann.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, p.status)
		}
		if p := ann.post(path, "email", "x@acme.test", "role", "agent", "door", "keep"); p.status != http.StatusNotFound {
			t.Errorf("a form to %s is answered with %d", path, p.status)
		}
		if p := ann.post(path + "/remove"); p.status != http.StatusNotFound {
			t.Errorf("a form to %s/remove is answered with %d", path, p.status)
		}
	}
	h.signIn("max@other.test", "max-secret")
}

func TestCompliance(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/compliance")
	for field, value := range map[string]string{
		"quiet_hours": "late", "sending_window": "someday 25:00", "time_zone": "Moon/Base", "opt_out_message": "STOP",
		"opt_in_message": "start", "help_message": strings.Repeat("x", 10_000), "opt_out_languages": "tlh", "name": strings.Repeat("x", 1000),
	} {
		p := ann.post("/settings/compliance", field, value)
		refused(t, p, http.StatusUnprocessableEntity, field)
	}
	took(t, ann.post("/settings/compliance",
		"name", "Acme "+evil, "quiet_hours", "21:00-08:00", "sending_window", "mon-fri 09:00-18:00", "time_zone", "America/New_York",
		"opt_out_replies", "1", "opt_out_message", "Bye "+evil, "opt_out_languages", "en", "opt_out_languages", "es",
	), "/settings/compliance", "Saved.")
	p := ann.get("/settings/compliance")
	for field, want := range map[string]string{"quiet_hours": "21:00-08:00", "sending_window": "mon-fri 09:00-18:00", "time_zone": "America/New_York"} {
		if got := attr(p.byID("f-"+field), "value"); got != want {
			t.Errorf("%s is %q", field, got)
		}
	}
	for _, id := range []string{"f-opt_out_replies", "l-en", "l-es"} {
		if !has(p.byID(id), "checked") {
			t.Errorf("%s is not ticked", id)
		}
	}
	if p := h.signIn("max@other.test", "max-secret").get("/settings/compliance"); attr(p.byID("f-quiet_hours"), "value") != "" {
		t.Error("the other tenant has quiet hours, too")
	}
}

func TestRetention(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/retention")
	for _, field := range []string{"retention.texts", "retention.media", "retention.messages"} {
		for _, bad := range []string{"-1", "soon", "NaN", "0.5", "1e9", evil} {
			refused(t, ann.post("/settings/retention", field, bad, "sure", "1"), http.StatusUnprocessableEntity, field)
		}
	}
	kept := func() bool { return strings.Contains(ann.get("/settings/retention").text(), "Texts: for ever") }
	p := ann.post("/settings/retention", "retention.texts", "90", "sure", "1")
	if !strings.Contains(p.text(), "shorter time than now") || !kept() {
		t.Errorf("nobody was warned: %s", p.text())
	}
	of := ""
	for _, n := range p.all(func(n *node) bool { return attr(n, "name") == "of" }) {
		of = attr(n, "value")
	}
	if p := ann.post("/settings/retention", "retention.texts", "30", "sure", "1", "of", of); !strings.Contains(p.text(), "shorter time than now") || !kept() {
		t.Errorf("a yes to something else counts: %s", p.text())
	}
	took(t, ann.post("/settings/retention", "retention.texts", "90", "sure", "1", "of", of), "/settings/retention", "Texts: 90 days")
	took(t, ann.post("/settings/retention", "retention.texts", "365"), "/settings/retention", "Texts: 365 days")
	took(t, ann.post("/settings/retention"), "/settings/retention", "Texts: for ever")
}

func TestSuppressionList(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/suppression")
	refused(t, ann.post("/settings/suppression", "handset", evil), http.StatusUnprocessableEntity, "handset")
	refused(t, ann.post("/settings/suppression", "handset", "+14155551212", "reason", strings.Repeat("x", 10_000)), http.StatusUnprocessableEntity, "reason")
	if p := ann.post("/settings/suppression", "handset", "+14155551212", "number", "+13109060950"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "not a number of yours") {
		t.Errorf("another tenant's number is answered with %d: %s", p.status, p.text())
	}
	took(t, ann.post("/settings/suppression", "handset", "+14155551212", "reason", "asked by mail "+evil), "/settings/suppression", "asked by mail")
	h.text("+14155551213", "+13109060901", "STOP")
	ann.eventually("/settings/suppression", "(415) 555-1213")

	for query, want := range map[string]string{"415555": "2 entries", "+1 (415) 555-1212": "1 entry", "555": "No entry", "<b>": "No entry"} {
		if p := ann.get("/settings/suppression?" + url.Values{"q": {query}}.Encode()); !strings.Contains(p.text(), want) {
			t.Errorf("%q finds: %s", query, p.text())
		}
	}
	for own, want := range map[string]string{"handset": "(415) 555-1213", "people": "(415) 555-1212"} {
		if p := ann.get("/settings/suppression?own=" + own); !strings.Contains(p.text(), want) || !strings.Contains(p.text(), "1 entry") {
			t.Errorf("those of %s are: %s", own, p.text())
		}
	}

	max := h.signIn("max@other.test", "max-secret")
	if p := max.get("/settings/suppression"); strings.Contains(p.text(), "415") {
		t.Errorf("another tenant's list is shown: %s", p.text())
	}
	lift := "/settings/suppression/lift?" + url.Values{"handset": {"+14155551213"}, "number": {"+13109060901"}}.Encode()
	if p := max.get(lift); p.status != http.StatusNotFound {
		t.Errorf("another tenant's entry is answered with %d", p.status)
	}
	if p := max.post("/settings/suppression/lift", "handset", "+14155551212", "reason", "x"); p.status != http.StatusNotFound {
		t.Errorf("another tenant's entry is lifted with %d", p.status)
	}
	if p := ann.get(lift); p.status != http.StatusOK || !strings.Contains(p.text(), "The handset said so itself") {
		t.Errorf("lifting is answered with %d: %s", p.status, p.text())
	}
	refused(t, ann.post("/settings/suppression/lift", "handset", "+14155551213", "number", "+13109060901"), http.StatusUnprocessableEntity, "reason")
	took(t, ann.post("/settings/suppression/lift", "handset", "+14155551213", "number", "+13109060901", "reason", "asked by telephone"), "/settings/suppression", "Lifted")
	took(t, ann.post("/settings/suppression/lift", "handset", "+14155551212", "number", ""), "/settings/suppression", "Nobody")

	ann.get("/settings/suppression/import")
	refused(t, ann.post("/settings/suppression/import", "csv", ""), http.StatusUnprocessableEntity, "file")
	refused(t, ann.post("/settings/suppression/import", "csv", "a,b\n1,2\n"), http.StatusUnprocessableEntity, "file")
	file := "handset,reason\n+14155551214,=cmd|'/c calc'!A1\nnobody,x\n+14155551215\n+14155551216," + "plain\n"
	for _, tt := range []struct {
		box, says string
		bad       int
	}{{"dry", "What would happen", 2}, {"", "Nothing was changed", 2}, {"skip", "Imported", 2}} {
		p := ann.post("/settings/suppression/import", "csv", file, tt.box, "1")
		rows := p.all(func(n *node) bool { return n.Data == "td" && attr(n, "class") == "num" })
		if p.status != http.StatusOK || !strings.Contains(p.text(), tt.says) || len(rows) != tt.bad {
			t.Errorf("with %q it is answered with %d and %d bad rows: %s", tt.box, p.status, len(rows), p.text())
		}
		if listed := strings.Contains(ann.get("/settings/suppression").text(), "555-1214"); listed != (tt.box == "skip") {
			t.Errorf("after %q the handset is listed: %v", tt.box, listed)
		}
	}
	p := ann.get("/settings/suppression/export.csv")
	if !strings.Contains(p.body, "+14155551214,,'=cmd") || !strings.Contains(p.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the export is %q", p.body)
	}
}

func TestTemplates(t *testing.T) {
	h := newHouse(t)
	bob := h.signIn("bob@acme.test", "bob-secret")
	bob.get("/settings/templates/new")
	refused(t, bob.post("/settings/templates/new", "name", "", "text", "Hello"), http.StatusUnprocessableEntity, "name")
	refused(t, bob.post("/settings/templates/new", "name", "Hello", "text", "Hello {{nobody}}"), http.StatusUnprocessableEntity, "text")
	refused(t, bob.post("/settings/templates/new", "name", "Hello", "text", ""), http.StatusUnprocessableEntity, "text")
	took(t, bob.post("/settings/templates/new", "name", `Hello "<script>alert(1)</script>`, "text", "Hello {{first_name|there}} <script>alert(2)</script>"), "/settings/templates", "Saved.")
	path := ""
	for _, a := range bob.get("/settings/templates").all(func(n *node) bool { return n.Data == "a" && has(n, "data-row") }) {
		path = attr(a, "href")
	}
	p := bob.get(path)
	if p.status != http.StatusOK || !strings.Contains(p.text(), "{{first_name|there}}") || !strings.Contains(p.text(), "{{number_name}}") {
		t.Errorf("%s answers %d: %s", path, p.status, p.text())
	}
	max := h.signIn("max@other.test", "max-secret")
	max.get("/settings/templates/new")
	for _, other := range []string{path, "/settings/templates/x"} {
		if p := max.get(other); p.status != http.StatusNotFound {
			t.Errorf("another tenant's template is answered with %d", p.status)
		}
		if p := max.post(other, "name", "Mine", "text", "Mine"); p.status != http.StatusNotFound {
			t.Errorf("another tenant's template is changed with %d", p.status)
		}
		if p := max.post(other + "/delete"); p.status != http.StatusNotFound {
			t.Errorf("another tenant's template is deleted with %d", p.status)
		}
	}
	took(t, bob.post(path, "name", "Greeting", "text", "Hi"), "/settings/templates", "Greeting")
	took(t, bob.post("/settings/templates/new", "name", "Bye", "text", "Bye"), "/settings/templates", "Bye")
	refused(t, bob.post(path, "name", "bye", "text", "Hi"), http.StatusConflict, "name")
	took(t, bob.post(path+"/delete"), "/settings/templates", "The template is gone.")
}
