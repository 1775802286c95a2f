package zendesktalk

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
)

// ivrNames turns the domain's names of IVRs, menus and routes into the vendor's.
var ivrNames = map[string]string{
	"menus.name": "name", "menus.greeting": "greeting_id", "menus.default": "default",
	"routes.keypress": "keypress", "routes.greeting": "greeting", "routes.action": "action", "routes.groups": "group_ids",
	"routes.number": "phone_number", "routes.text": "sms_text", "routes.text_from": "textback_phone_number_id",
	"routes.menu": "menu_id", "routes.tags": "tags",
}

// setName is for names that must be there.
func setName(name wirechief.Patch[string], to *string) error {
	name.Apply(to)
	if strings.TrimSpace(*to) == "" {
		return blank("name")
	}
	return nil
}

// ivrView is what IVRs are shown with beside themselves.
type ivrView struct {
	numbers   map[int64][]wirechief.Number // by IVR
	groups    map[int64]string             // names
	greetings map[int64]wirechief.Greeting
}

func (s *server) ivrView(c *call) (*ivrView, error) {
	view := &ivrView{numbers: make(map[int64][]wirechief.Number), groups: make(map[int64]string)}
	groups, err := s.core.Groups().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		view.groups[g.ID] = g.Name
	}
	if view.greetings, err = s.customGreetings(c.r.Context(), c.p.Tenant); err != nil {
		return nil, err
	}
	s.core.EachNumber(c.r.Context(), c.p, wirechief.NumberFilter{}, func(n *wirechief.Number) bool {
		if n.Voice.IVR != 0 {
			view.numbers[n.Voice.IVR] = append(view.numbers[n.Voice.IVR], *n)
		}
		return true
	})
	return view, nil
}

func (view *ivrView) row(v *wirechief.IVR) ivrRow {
	row := ivrRow{ID: v.ID, Menus: make([]menuRow, len(v.Menus)), Name: v.Name, PhoneNumberIDs: []int64{}, PhoneNumberNames: []string{}}
	for i := range v.Menus {
		row.Menus[i] = view.menu(v, &v.Menus[i])
	}
	for _, n := range view.numbers[v.ID] {
		name := n.Name
		if name == "" {
			name = e164.Display(n.Number)
		}
		row.PhoneNumberIDs, row.PhoneNumberNames = append(row.PhoneNumberIDs, n.ID), append(row.PhoneNumberNames, name)
	}
	return row
}

func (view *ivrView) menu(v *wirechief.IVR, m *wirechief.IVRMenu) menuRow {
	row := menuRow{Default: m.Default, GreetingID: greetingID(m.Greeting), ID: m.ID, Name: m.Name, Routes: make([]routeRow, len(m.Routes))}
	for i := range m.Routes {
		row.Routes[i] = view.route(v, &m.Routes[i])
	}
	return row
}

// greetingID is an integer, of a default greeting a string, or null.
func greetingID(key string) any {
	if key == "" {
		return nil
	}
	if id, err := strconv.ParseInt(key, 10, 64); err == nil {
		return id
	}
	return key
}

func (view *ivrView) route(v *wirechief.IVR, r *wirechief.IVRRoute) routeRow {
	row := routeRow{Action: r.Action, ID: r.ID, Keypress: r.Keypress, OverflowOptions: []string{}, Greeting: orNull(r.Greeting)}
	if id, err := strconv.ParseInt(r.Greeting, 10, 64); err == nil {
		row.Greeting = orNull(view.greetings[id].Name)
	}
	row.Options.Tags = r.Tags
	switch r.Action {
	case "group", "voicemail":
		groups := listed(r.Groups)
		row.Options.GroupIDs = &groups
		var names []string
		for _, id := range groups {
			names = append(names, view.groups[id])
		}
		row.OptionText = orNull(strings.Join(names, ", "))
	case "phone_number":
		row.Options.PhoneNumber, row.OptionText = r.Number, orNull(r.Number)
	case "textback":
		row.Options.SMSText, row.Options.TextbackPhoneNumberID, row.OptionText = r.Text, r.TextFrom, orNull(r.Text)
	case "menu":
		row.Options.MenuID = r.Menu
		if i := menuAt(v, r.Menu); i >= 0 {
			row.OptionText = orNull(v.Menus[i].Name)
		}
	}
	return row
}

func menuAt(v *wirechief.IVR, id int64) int {
	return slices.IndexFunc(v.Menus, func(m wirechief.IVRMenu) bool { return m.ID == id })
}

func routeAt(m *wirechief.IVRMenu, id int64) int {
	return slices.IndexFunc(m.Routes, func(r wirechief.IVRRoute) bool { return r.ID == id })
}

// menuPatch is what is to become of a menu.
type menuPatch struct {
	name     wirechief.Patch[string]
	standard wirechief.Patch[bool]
	greeting wirechief.Patch[string]
}

// readMenu reads what can be written of a menu (zendesktalk: POST
// /ivr/{ivr_id}/menus, name, default, greeting_id; zendesktalk: PUT
// /ivr/{ivr_id}/menus/{menu_id}, name, default, greeting_id).
func readMenu(record object) (p menuPatch, err error) {
	err = errors.Join(
		record.text("name", false, &p.name),
		record.flag("default", &p.standard),
		read(record, "greeting_id", true, "the id of a greeting", readGreetingID, &p.greeting),
	)
	return p, err
}

// readMenus reads the menus of a new IVR, with their routes, as the calls of
// menus and routes would take them one by one. The first is the default one
// unless another says that it is.
func readMenus(v dialect.Value) ([]wirechief.IVRMenu, error) {
	if !v.Absent() && !v.IsArray() {
		return nil, wrongValue("menus", "an array of menus", nil)
	}
	var menus []wirechief.IVRMenu
	standard := 0
	for e := range v.Elements() {
		m, err := newMenu(e)
		if err != nil {
			return nil, err
		}
		if m.Default {
			standard++
		}
		menus = append(menus, m)
	}
	if len(menus) > 0 && standard == 0 {
		menus[0].Default = true
	}
	return menus, nil
}

func newMenu(v dialect.Value) (m wirechief.IVRMenu, err error) {
	record, err := element(v, "menus", "an array of menus")
	if err != nil {
		return m, err
	}
	p, err := readMenu(record)
	if err != nil {
		return m, err
	}
	p.standard.Apply(&m.Default)
	p.greeting.Apply(&m.Greeting)
	if err := setName(p.name, &m.Name); err != nil {
		return m, err
	}
	routes := record["routes"]
	if !routes.Absent() && !routes.IsArray() {
		return m, wrongValue("routes", "an array of routes", nil)
	}
	for e := range routes.Elements() {
		record, err := element(e, "routes", "an array of routes")
		if err != nil {
			return m, err
		}
		p, err := readRoute(record)
		if err != nil {
			return m, err
		}
		var r wirechief.IVRRoute
		if err := p.apply(&r); err != nil {
			return m, err
		}
		m.Routes = append(m.Routes, r)
	}
	return m, nil
}

// element reads an object of a list.
func element(v dialect.Value, property, want string) (object, error) {
	if v.Absent() || v[0] != '{' {
		return nil, wrongValue(property, want, nil)
	}
	return readObject(v)
}

// readGreetingID reads the id of a greeting, of a default one a text.
func readGreetingID(v dialect.Value) (string, error) {
	if v[0] == '"' {
		text, err := v.Text()
		if err == nil && systemGreetingOf(text) == nil {
			err = dialect.ErrType
		}
		return text, err
	}
	id, err := readID(v)
	return strconv.FormatInt(id, 10), err
}

// routePatch is what is to become of a route. Options are those of its action:
// another action begins without any.
type routePatch struct {
	keypress, action, number, text wirechief.Patch[string]
	groups                         wirechief.Patch[[]int64]
	from, menu                     wirechief.Patch[int64]
	tags                           wirechief.Patch[[]string]
	options                        bool // were sent
}

// readRoute reads what can be written of a route (zendesktalk: POST
// /ivr/{ivr_id}/menus/{menu_id}/routes, keypress, action, options,
// options.group_ids, options.phone_number, options.sms_text,
// options.textback_phone_number_id, options.menu_id, options.tags; zendesktalk:
// PUT /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, keypress, action, options).
func readRoute(record object) (p routePatch, err error) {
	if err := errors.Join(
		record.text("keypress", false, &p.keypress),
		record.text("action", false, &p.action),
		read(record, "tags", true, "an array of texts", readTexts, &p.tags), // where libzapi has them
	); err != nil {
		return p, err
	}
	v := record["options"]
	switch {
	case v.Absent():
		return p, nil
	case v[0] != '{':
		return p, wrongValue("options", "an object", nil)
	}
	options, err := readObject(v)
	if err != nil {
		return p, err
	}
	p.options = true
	err = errors.Join(
		options.ids("group_ids", &p.groups),
		options.text("phone_number", true, &p.number),
		options.text("sms_text", true, &p.text),
		options.id("textback_phone_number_id", &p.from),
		options.id("menu_id", &p.menu),
		read(options, "tags", true, "an array of texts", readTexts, &p.tags),
	)
	return p, err
}

func readTexts(v dialect.Value) ([]string, error) {
	if !v.IsArray() {
		return nil, dialect.ErrType
	}
	out := []string{}
	for e := range v.Elements() {
		text, err := e.Text()
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

// apply changes a route. Options that are sent take the place of those that
// were, as an object does.
func (p *routePatch) apply(r *wirechief.IVRRoute) error {
	p.keypress.Apply(&r.Keypress)
	before := r.Action
	p.action.Apply(&r.Action)
	if p.options || r.Action != before {
		*r = wirechief.IVRRoute{ID: r.ID, Keypress: r.Keypress, Greeting: r.Greeting, Action: r.Action}
	}
	p.tags.Apply(&r.Tags)
	lacks := ""
	switch r.Action {
	case "":
		lacks = "action"
	case "group":
		if p.groups.Apply(&r.Groups); len(r.Groups) == 0 {
			lacks = "group_ids"
		}
	case "voicemail":
		p.groups.Apply(&r.Groups)
	case "phone_number":
		if p.number.Apply(&r.Number); r.Number == "" {
			lacks = "phone_number"
		}
	case "textback":
		p.text.Apply(&r.Text)
		p.from.Apply(&r.TextFrom)
		switch {
		case r.Text == "":
			lacks = "sms_text"
		case r.TextFrom == 0:
			lacks = "textback_phone_number_id"
		}
	case "menu":
		if p.menu.Apply(&r.Menu); r.Menu == 0 {
			lacks = "menu_id"
		}
	}
	if r.Keypress == "" {
		lacks = "keypress"
	}
	if lacks != "" {
		return blank(lacks)
	}
	return nil
}
