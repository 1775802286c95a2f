package console

import (
	"context"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/presence"
)

func teamRoutes() []route {
	right := wirechief.RightTeam
	return []route{
		{pattern: "GET /settings/team", right: right, serve: (*Console).showTeam},
		{pattern: "GET /settings/team/new", right: right, serve: (*Console).showPerson},
		{pattern: "POST /settings/team/new", right: right, serve: (*Console).putPerson},
		{pattern: "GET /settings/team/{id}", right: right, serve: (*Console).showPerson},
		{pattern: "POST /settings/team/{id}", right: right, serve: (*Console).putPerson},
		{pattern: "POST /settings/team/{id}/remove", right: right, serve: (*Console).removePerson},
	}
}

type teamData struct {
	Page
	People []personRow
	Roles  []roleRow
	SignOn string // the provider of single sign-on; "" when there is none
}

// personRow is somebody of the team, with where they are.
type personRow struct {
	exchange.Person
	There *presenceView // nil: programs are nowhere
	Me    bool
}

func (c *Console) showTeam(v *visit) error {
	page := &teamData{Page: settingsPage("Team", "team"), Roles: roleRows(), SignOn: c.Gate.OIDCName()}
	page.Topics = "team"
	people, err := c.Exchange.People(v.ctx(), v.p)
	if err != nil {
		return err
	}
	there := make(map[int64]presence.Status)
	for _, s := range c.Presence.List(v.p.Tenant) {
		there[s.Agent] = s
	}
	for _, p := range people {
		row := personRow{Person: p, Me: p.ID == v.p.Agent}
		if s, ok := there[p.ID]; ok && p.Role != wirechief.RoleAPI {
			view := viewOfPresence(s)
			row.There = &view
		}
		page.People = append(page.People, row)
	}
	return c.render(v, "settingsteam", page)
}

// liveTeam tells who comes and goes.
func (c *Console) liveTeam(_ context.Context, tenant, _ string, e feed.Event) ([]byte, error) {
	id, ok := agentOf(e)
	if !ok {
		return nil, nil
	}
	s, ok := c.Presence.Of(tenant, id)
	if !ok {
		return nil, nil
	}
	return c.part("whereabouts", viewOfPresence(s))
}

type personData struct {
	Page
	ID     int64 // 0: somebody new
	Email  string
	Name   string
	Role   wirechief.Role
	Calls  string // where calls reach them
	Door   string // how they come in: "password", "signon"; "keep": as before
	Has    bool   // they have a password
	Me     bool
	Owner  bool // they are one as it stands
	Locked bool // only owners change what counts of them
	Roles  []roleRow
	SignOn string
}

// Action is where the form goes.
func (d *personData) Action() string {
	if d.ID == 0 {
		return "/settings/team/new"
	}
	return "/settings/team/" + strconv.FormatInt(d.ID, 10)
}

// person finds the person of the path; the zero one for somebody new.
func (c *Console) person(v *visit) (exchange.Person, error) {
	s := v.r.PathValue("id")
	if s == "" {
		return exchange.Person{Role: wirechief.RoleAgent}, nil
	}
	people, err := c.Exchange.People(v.ctx(), v.p)
	if err != nil {
		return exchange.Person{}, err
	}
	for _, p := range people {
		if strconv.FormatInt(p.ID, 10) == s {
			return p, nil
		}
	}
	return exchange.Person{}, wirechief.Errorf(wirechief.NotFound, "there is nobody of this id on your team")
}

func (c *Console) showPerson(v *visit) error {
	p, err := c.person(v)
	if err != nil {
		return err
	}
	page := &personData{Email: p.Email, Name: p.Name, Role: p.Role, Calls: p.Phone, Door: "keep"}
	if p.ID == 0 {
		page.Door = "password"
	}
	return c.renderPerson(v, 200, page, p)
}

// renderPerson adds what the form has beside what is typed.
func (c *Console) renderPerson(v *visit, status int, page *personData, p exchange.Person) error {
	trouble := page.Trouble
	page.Page = settingsPage("Invite somebody", "team")
	page.Trouble = trouble
	if page.ID = p.ID; p.ID != 0 {
		page.Title = p.Name
		if page.Title == "" {
			page.Title = p.Email
		}
	}
	page.Has, page.Me, page.Owner = p.Password, p.ID != 0 && p.ID == v.p.Agent, p.ID != 0 && p.Role == wirechief.RoleOwner
	page.Locked = page.Owner && !v.may(wirechief.RightOwners)
	page.SignOn = c.Gate.OIDCName()
	for _, r := range roleRows() {
		if r.Role != wirechief.RoleOwner || page.Owner || v.may(wirechief.RightOwners) {
			page.Roles = append(page.Roles, r)
		}
	}
	return c.renderStatus(v, status, "settingsperson", page)
}

func (c *Console) putPerson(v *visit) error {
	was, err := c.person(v)
	if err != nil {
		return err
	}
	page := &personData{
		Email: v.value("email"), Name: v.value("name"), Role: wirechief.Role(v.value("role")), Calls: v.value("phone"), Door: v.value("door"),
	}
	change := exchange.PersonChange{ID: was.ID, Email: &page.Email, Name: &page.Name, Role: &page.Role, Phone: &page.Calls}
	password := wirechief.Secret(v.text("password"))
	switch page.Door {
	case "password":
		change.Password = &password
		if password == "" {
			err = wirechief.InvalidField("password", "type the password that they begin with, or choose single sign-on")
		}
	case "signon":
		none := wirechief.Secret("")
		change.Password = &none
	}
	if err == nil {
		_, err = c.Exchange.PutPerson(v.ctx(), v.p, change)
	}
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble = troubleOf(err)
		return c.renderPerson(v, page.Trouble.Status, page, was)
	}
	if was.ID == 0 {
		v.say(page.Email + " is on the team. Tell them the address of this console and how they sign in.")
	} else {
		v.say("Saved.")
	}
	return v.to("/settings/team")
}

func (c *Console) removePerson(v *visit) error {
	was, err := c.person(v)
	if err != nil {
		return err
	}
	if err := c.Exchange.RemovePerson(v.ctx(), v.p, was.ID); err != nil {
		if !isRefusal(err) {
			return err
		}
		page := &personData{Email: was.Email, Name: was.Name, Role: was.Role, Calls: was.Phone, Door: "keep"}
		page.Trouble = troubleOf(err)
		return c.renderPerson(v, page.Trouble.Status, page, was)
	}
	if was.ID == v.p.Agent {
		return v.to("/signin")
	}
	v.say(was.Email + " is off the team. Their sessions have ended, and the API keys that they made.")
	return v.to("/settings/team")
}

// lastSeen is when somebody did something here last, as far as is known.
func lastSeen(s presence.Status) time.Time {
	if !s.Touched.IsZero() {
		return s.Touched
	}
	if s.State == presence.Offline {
		return time.Time{} // since we started: since then only we know that they are not here
	}
	return s.Since
}
