package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

// settingsRoutes are the tabs that are about oneself and the installation; the
// others stand in the files settings_*.go.
func settingsRoutes() []route {
	read := wirechief.RightRead
	all := []route{
		{pattern: "GET /settings", right: read, serve: (*Console).showYou},
		{pattern: "POST /settings/name", right: read, serve: (*Console).renameMe},
		{pattern: "POST /settings/password", right: read, serve: (*Console).changePassword},
		{pattern: "POST /settings/sessions/{id}/end", right: read, serve: (*Console).endSession},
		{pattern: "GET /settings/signon", right: wirechief.RightTeam, serve: (*Console).showSignOn},
		{pattern: "GET /settings/overview", right: read, serve: (*Console).showOverview},
	}
	for _, tab := range [][]route{presenceRoutes(), teamRoutes(), keyRoutes(), ruleRoutes(), suppressionRoutes(), templateRoutes(), auditRoutes()} {
		all = append(all, tab...)
	}
	return all
}

// settingsPage is the frame of a tab.
func settingsPage(title, tab string) Page { return Page{Title: title, Section: "settings", Tab: tab} }

// Tabs are the tabs that the visitor may open.
func (p *Page) Tabs() (out []settingsTab) {
	for _, t := range []settingsTab{
		{"you", "/settings", "You", wirechief.RightRead},
		{"team", "/settings/team", "Team", wirechief.RightTeam},
		{"keys", "/settings/keys", "Keys", wirechief.RightKeys},
		{"signon", "/settings/signon", "Sign-on", wirechief.RightTeam},
		{"compliance", "/settings/compliance", "Compliance", wirechief.RightSettings},
		{"suppression", "/settings/suppression", "Suppression list", wirechief.RightSettings},
		{"templates", "/settings/templates", "Templates", wirechief.RightReply},
		{"retention", "/settings/retention", "Retention", wirechief.RightSettings},
		{"audit", "/settings/audit", "Audit log", wirechief.RightAudit},
		{"overview", "/settings/overview", "Overview", wirechief.RightRead},
	} {
		if p.P.May(t.Right) {
			out = append(out, t)
		}
	}
	return out
}

type settingsTab struct {
	Name, Path, Title string
	Right             wirechief.Right
}

type youData struct {
	Page
	Email    string
	Name     string // as the form has it
	Sessions []sessionRow
	Password bool // they have one of their own here
	Operator bool
}

// sessionRow is a session in the list.
type sessionRow struct {
	access.Session
	Device  string
	Current bool // it is the one that asks
}

func (c *Console) showYou(v *visit) error {
	return c.renderYou(v, http.StatusOK, &youData{Name: v.session.Name})
}

// renderYou adds what the page has beside the forms.
func (c *Console) renderYou(v *visit, status int, page *youData) error {
	trouble := page.Trouble
	page.Page = settingsPage("Your settings", "you")
	page.Trouble = trouble
	page.Email, page.Operator = v.session.Email, v.operator()
	if me, ok := c.Exchange.PersonOf(v.p.Tenant, v.p.Agent); ok {
		page.Password = me.Password != ""
		if page.Name == page.Email && me.Name == "" {
			page.Name = "" // they go by their address
		}
	}
	sessions, err := c.Gate.Sessions(v.ctx(), v.p)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, sessionRow{s, device(s.UserAgent), s.ID == v.session.ID})
	}
	return c.renderStatus(v, status, "settings", page)
}

// renameMe changes what the visitor is called; everybody may, of themselves.
func (c *Console) renameMe(v *visit) error {
	if v.p.Agent == 0 {
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "the operator is in the configuration: admin.email")
	}
	name := v.value("name")
	_, err := c.Exchange.Agents().Put(v.ctx(), v.p, strconv.FormatInt(v.p.Agent, 10), func(a *wirechief.Agent) error {
		a.Name = name
		return nil
	})
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		trouble := troubleOf(err)
		return c.renderYou(v, trouble.Status, &youData{Page: Page{Trouble: trouble}, Name: name})
	}
	v.say("Saved.")
	return v.to("/settings")
}

// changePassword gives the visitor another password. It ends all of their
// sessions, so this one begins anew.
func (c *Console) changePassword(v *visit) error {
	old, fresh := wirechief.Secret(v.text("old")), wirechief.Secret(v.text("password"))
	var err error
	if fresh.Reveal() != v.text("again") {
		err = wirechief.InvalidField("again", "the two are not the same; type the new password twice")
	} else {
		err = c.Gate.ChangePassword(v.ctx(), v.p, old, fresh)
	}
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		trouble := troubleOf(err)
		return c.renderYou(v, trouble.Status, &youData{Page: Page{Trouble: trouble}, Name: v.session.Name})
	}
	s, err := c.Gate.SignIn(v.ctx(), access.Attempt{
		Tenant: v.p.Tenant, Email: v.session.Email, Password: fresh, Address: v.p.Address, UserAgent: v.r.UserAgent(),
	})
	if err != nil {
		return err
	}
	v.say("Your password is changed. All of your other sessions have ended.")
	return c.welcome(v, s, "/settings")
}

// isRefusal says whether an error is for the form that caused it, not for a
// page of its own.
func isRefusal(err error) bool {
	k := wirechief.KindOf(err)
	return k == wirechief.Invalid || k == wirechief.Conflict || k == wirechief.Forbidden || k == wirechief.Exhausted
}

// endSession ends one of the visitor's sessions.
func (c *Console) endSession(v *visit) error {
	id := v.r.PathValue("id")
	if err := c.Gate.Revoke(v.ctx(), v.p, id); err != nil {
		return err
	}
	if id == v.session.ID {
		v.cookie(sessionCookie, "", -1)
		v.say("You are signed out.")
		return v.to("/signin")
	}
	v.say("The session has ended.")
	return v.to("/settings")
}

type signOnData struct {
	Page
	Name     string // of the provider; "" when there is none
	Issuer   string
	Redirect string // the return address to register there
	Public   bool   // public_url is set, so that the return address is certain
	Verified bool   // only addresses that the provider vouches for
}

// showSignOn says how people sign in; what is set is the operator's.
func (c *Console) showSignOn(v *visit) error {
	page := &signOnData{Page: settingsPage("Sign-on", "signon"), Name: c.Gate.OIDCName(), Public: c.PublicURL != ""}
	page.Issuer, page.Verified = c.Gate.OIDC.Issuer, !c.Gate.OIDC.Unverified
	page.Redirect = c.address(v) + "/signin/oidc/return"
	if page.Name != "" && c.Gate.OIDC.RedirectURL != "" {
		page.Redirect = c.Gate.OIDC.RedirectURL
	}
	return c.render(v, "settingssignon", page)
}

type overviewData struct {
	Page
	Operator bool
	Role     wirechief.Role
	Plan     []rightRow
	Tenants  int
	Numbers  int // of this tenant
	People   int
	Carriers []carrierView
	Address  string
}

// showOverview says what runs here, and what the visitor may do.
func (c *Console) showOverview(v *visit) error {
	page := &overviewData{Page: settingsPage("Overview", "overview"), Operator: v.operator(), Role: v.p.Role, Address: c.address(v)}
	page.Plan = planOf(v.p.Role)
	_, page.Numbers = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant, Limit: 1})
	people, err := c.Exchange.People(v.ctx(), v.p)
	if err != nil {
		return err
	}
	page.People = len(people)
	if v.operator() {
		page.Tenants = len(c.Exchange.TenantChoices())
		for _, view := range c.Exchange.Carriers(v.ctx()) {
			page.Carriers = append(page.Carriers, carrierView{CarrierView: view})
		}
	}
	return c.render(v, "settingsoverview", page)
}

// rightRow is a right, in words, and who has it.
type rightRow struct {
	Right wirechief.Right
	Text  string
	Mine  bool
	Roles []string
}

// planOf says of every right what it is, who has it, and whether a role does.
func planOf(role wirechief.Role) []rightRow {
	rows := []rightRow{
		{Right: wirechief.RightRead, Text: "See numbers, messages, contacts and reports"},
		{Right: wirechief.RightReply, Text: "Answer, assign, label, archive, note, block; keep contacts and templates"},
		{Right: wirechief.RightExport, Text: "Take conversations and lists out of the house"},
		{Right: wirechief.RightNumbers, Text: "Configure numbers, webhooks and campaigns; buy and release; replay and pause"},
		{Right: wirechief.RightBulk, Text: "Send to many from a file"},
		{Right: wirechief.RightSettings, Text: "Quiet hours, opt-out, suppression list, retention"},
		{Right: wirechief.RightTeam, Text: "Invite, change and remove people other than owners"},
		{Right: wirechief.RightOwners, Text: "Make, change and remove owners"},
		{Right: wirechief.RightKeys, Text: "Make and revoke keys of the APIs"},
		{Right: wirechief.RightAudit, Text: "Read the audit log"},
	}
	for i := range rows {
		rows[i].Mine = role.May(rows[i].Right)
		for _, r := range wirechief.Roles() {
			if r.May(rows[i].Right) {
				rows[i].Roles = append(rows[i].Roles, string(r))
			}
		}
	}
	return rows
}

// roleRow is a role and what it is for.
type roleRow struct {
	Role wirechief.Role
	Text string
}

// roleRows explains the roles, from most to least.
func roleRows() []roleRow {
	texts := map[wirechief.Role]string{
		wirechief.RoleOwner:  "Everything, and alone makes, changes and removes owners. One owner always stays.",
		wirechief.RoleAdmin:  "Everything but owners: numbers, settings, team, keys, audit log.",
		wirechief.RoleAgent:  "Reads and answers texts, keeps contacts and templates.",
		wirechief.RoleViewer: "Looks at everything that agents see and changes nothing.",
		wirechief.RoleAPI:    "A program. It may not sign in here.",
	}
	var out []roleRow
	for _, r := range wirechief.Roles() {
		out = append(out, roleRow{r, texts[r]})
	}
	return out
}

// device is a browser in a few words, out of what it says of itself.
func device(agent string) string {
	if agent == "" {
		return "unknown browser"
	}
	name, system := "", ""
	for _, n := range []string{"Firefox", "Edg", "OPR", "Chrome", "Safari", "curl"} {
		if name == "" && strings.Contains(agent, n+"/") {
			name = n
		}
	}
	for _, s := range []string{"Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"} {
		if system == "" && strings.Contains(agent, s) {
			system = s
		}
	}
	switch name {
	case "Edg":
		name = "Edge"
	case "OPR":
		name = "Opera"
	}
	words := slices.DeleteFunc([]string{name, system}, func(s string) bool { return s == "" })
	if len(words) == 0 {
		const most = 60
		return plain(clip(agent, most))
	}
	return strings.Join(words, " on ")
}

// clip shortens a text to so many characters.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
