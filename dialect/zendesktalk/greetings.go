package zendesktalk

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// greetingNames turns the domain's names into the vendor's.
var greetingNames = map[string]string{"category": "category_id"}

// systemGreeting is one that is there in every account.
type systemGreeting struct {
	id, name string
	category int
	language bool // is spoken; else it is silence
}

// systemGreetings are the default greetings, in the vendor's order and names.
func systemGreetings() []systemGreeting {
	return []systemGreeting{
		{"voicemail_en", "Default (voicemail on)", 1, true},
		{"voicemail_none", "None", 1, false},
		{"available_en", "Default", 2, true},
		{"available_none", "None", 2, false},
		{"wait_en", "Default", 3, true},
		{"hold_en", "Default", 4, true},
		{"ivr_none", "None", 5, false},
		{"available_en_call_monitoring", "Default (call monitoring)", 2, true},
		{"callback_en", "Default", 6, true},
		{"callback-confirmation_en", "Default", 7, true},
		{"callback_none", "None", 6, false},
		{"callback-confirmation_none", "None", 7, false},
		{"available_en_voicemail_config", "Default (voicemail off)", 2, true},
		{"voicemail_en_voicemail_config", "Default (voicemail off)", 1, true},
		{"call-recording-opt-out_en", "Opt-out consent greeting (default)", 8, true},
		{"call-recording-opt-in_en", "Opt-in consent greeting (default)", 9, true},
		{digitalAvailable, "Default (digital line)", 2, true},
	}
}

// greetingUse is what uses greetings: ids of numbers and of IVRs, by the id of
// a greeting. A default one is used where no custom one of its category takes
// its place.
type greetingUse struct{ numbers, ivrs map[string][]int64 }

func (s *server) greetingUse(c *call) (u greetingUse, err error) {
	u = greetingUse{make(map[string][]int64), make(map[string][]int64)}
	custom, err := s.customGreetings(c.r.Context(), c.p.Tenant)
	if err != nil {
		return u, err
	}
	plain := greetingsOf(chosen(&wirechief.Number{}, custom), nil).defaults // of most numbers
	s.core.EachNumber(c.r.Context(), c.p, wirechief.NumberFilter{}, func(n *wirechief.Number) bool {
		if len(n.Voice.Greetings) == 0 && len(n.Voice.GreetingSettings) == 0 {
			note(u.numbers, n.ID, plain)
			return true
		}
		used := greetingsOf(chosen(n, custom), nil).defaults
		for _, id := range n.Voice.Greetings {
			used = append(used, strconv.FormatInt(id, 10))
		}
		for _, cases := range n.Voice.GreetingSettings {
			used = slices.AppendSeq(used, maps.Values(cases))
		}
		note(u.numbers, n.ID, used)
		return true
	})
	ivrs, err := s.core.IVRs().List(c.r.Context(), c.p.Tenant)
	for _, v := range ivrs {
		var used []string
		for _, m := range v.Menus {
			used = append(used, m.Greeting)
			for _, r := range m.Routes {
				used = append(used, r.Greeting)
			}
		}
		note(u.ivrs, v.ID, used)
	}
	return u, err
}

// note notes who uses greetings, each of them once.
func note(by map[string][]int64, id int64, used []string) {
	slices.Sort(used)
	for _, greeting := range slices.Compact(used) {
		by[greeting] = append(by[greeting], id)
	}
}

func (u *greetingUse) system(g *systemGreeting) greetingRow {
	row := greetingRow{CategoryID: g.category, Default: true, DefaultLang: g.language, ID: g.id, Name: g.name}
	file := g.id + ".mp3"
	row.AudioName = &file
	return u.row(row, g.id)
}

func (u *greetingUse) own(g *wirechief.Greeting) greetingRow {
	row := greetingRow{CategoryID: g.Category, ID: g.ID, Name: g.Name, Pending: g.Audio == nil}
	if g.Audio != nil {
		row.AudioName, row.AudioURL, row.UploadID = orNull(g.Audio.Name), orNull(audioURL(g)), &g.Audio.ID
	}
	return u.row(row, strconv.FormatInt(g.ID, 10))
}

// row adds what is told from other things.
func (u *greetingUse) row(row greetingRow, key string) greetingRow {
	row.PhoneNumberIDs, row.IVRIDs = listed(u.numbers[key]), listed(u.ivrs[key])
	row.Active = len(row.PhoneNumberIDs) > 0
	row.HasSubSettings = subSettings(row.CategoryID) != nil
	return row
}

// listCategories gives the nine there are (zendesktalk: GET
// /greeting_categories, response 200, next_page, previous_page, count).
func (s *server) listCategories(c *call) error {
	return writeList(s, c, "greeting_categories", all(categories()),
		func(row *categoryRow) string { return strconv.Itoa(row.ID) }, func(row *categoryRow) any { return row })
}

func categories() []categoryRow {
	names := wirechief.GreetingCategories()
	out := make([]categoryRow, len(names))
	for i, name := range names {
		out[i] = categoryRow{i + 1, name}
	}
	return out
}

// showCategory gives one (zendesktalk: GET /greeting_categories/{id}, response
// 200, greeting_category).
func (s *server) showCategory(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	list := categories()
	if id > int64(len(list)) {
		return wirechief.Errorf(wirechief.NotFound, "there is no category %d", id)
	}
	c.writeOne(http.StatusOK, "greeting_category", list[id-1])
	return nil
}

// greetingRows gives all greetings of the tenant as they are listed, the
// default ones first, then the newest: for include=all_greetings of a phone
// number, too.
func (s *server) greetingRows(c *call) ([]any, error) {
	list, err := s.core.Greetings().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return nil, err
	}
	u, err := s.greetingUse(c)
	if err != nil {
		return nil, err
	}
	var out []any
	for _, g := range systemGreetings() {
		out = append(out, u.system(&g))
	}
	for _, g := range slices.Backward(list) {
		out = append(out, u.own(&g))
	}
	return out, nil
}

// listGreetings gives them all (zendesktalk: GET /greetings, response 200,
// greetings, next_page, previous_page, count).
func (s *server) listGreetings(c *call) error {
	list, err := s.greetingRows(c)
	if err != nil {
		return err
	}
	key := func(row *any) string {
		switch id := (*row).(greetingRow).ID.(type) {
		case int64:
			return strconv.FormatInt(id, 10)
		case string:
			return id
		}
		return ""
	}
	return writeList(s, c, "greetings", all(list), key, func(row *any) any { return *row })
}

// showGreeting gives one; a default one has a name for an id (zendesktalk: GET
// /greetings/{id}, response 200, greeting).
func (s *server) showGreeting(c *call) error {
	if g := systemGreetingOf(c.params[0]); g != nil {
		u, err := s.greetingUse(c)
		if err != nil {
			return err
		}
		c.writeOne(http.StatusOK, "greeting", u.system(g))
		return nil
	}
	key, err := c.greetingKey()
	if err != nil {
		return err
	}
	g, err := s.core.Greetings().Get(c.r.Context(), c.p.Tenant, key)
	if err != nil {
		return err
	}
	return s.writeGreeting(c, http.StatusOK, &g)
}

func (s *server) writeGreeting(c *call, status int, g *wirechief.Greeting) error {
	u, err := s.greetingUse(c)
	if err != nil {
		return err
	}
	c.writeOne(status, "greeting", u.own(g))
	return nil
}

func systemGreetingOf(id string) *systemGreeting {
	for _, g := range systemGreetings() {
		if g.id == id {
			return &g
		}
	}
	return nil
}

// greetingKey is the key of the custom greeting that the path names. A default
// one is everybody's, and nobody's to change.
func (c *call) greetingKey() (string, error) {
	if systemGreetingOf(c.params[0]) != nil {
		return "", wirechief.Errorf(wirechief.Forbidden, "%s is a default greeting: those cannot be changed", c.params[0])
	}
	id, err := c.id(0)
	return strconv.FormatInt(id, 10), err
}

// createGreeting makes one, which is pending until it has a sound
// (zendesktalk: POST /greetings, response 201, greeting). A form may have the
// sound with it.
func (s *server) createGreeting(c *call) error {
	if isUpload(c.r) {
		return s.createFromForm(c)
	}
	record, _, err := c.wrapped("greeting")
	if err != nil {
		return err
	}
	name, category, err := readGreeting(record)
	if err != nil {
		return err
	}
	g, err := s.newGreeting(c, name, category)
	if err != nil {
		return err
	}
	return s.writeGreeting(c, http.StatusCreated, &g)
}

func (s *server) newGreeting(c *call, name wirechief.Patch[string], category wirechief.Patch[int]) (wirechief.Greeting, error) {
	g, err := s.core.Greetings().Put(c.r.Context(), c.p, "", func(g *wirechief.Greeting) error {
		name.Apply(&g.Name)
		category.Apply(&g.Category)
		var lacks []error
		if strings.TrimSpace(g.Name) == "" {
			lacks = append(lacks, blank("name"))
		}
		if category.IsLeave() {
			lacks = append(lacks, blank("category_id"))
		}
		return errors.Join(lacks...)
	})
	return g, renamed(err, greetingNames)
}

// updateGreeting changes the name: the category is written once (zendesktalk:
// PUT /greetings/{id}, response 200, greeting). With a file it is an upload.
func (s *server) updateGreeting(c *call) error {
	if isUpload(c.r) {
		return s.uploadGreeting(c)
	}
	key, err := c.greetingKey()
	if err != nil {
		return err
	}
	record, _, err := c.wrapped("greeting")
	if err != nil {
		return err
	}
	name, _, err := readGreeting(record)
	if err != nil {
		return err
	}
	g, err := s.core.Greetings().Put(c.r.Context(), c.p, key, func(g *wirechief.Greeting) error {
		name.Apply(&g.Name)
		if !name.IsLeave() && strings.TrimSpace(g.Name) == "" {
			return blank("name")
		}
		return nil
	})
	if err != nil {
		return renamed(err, greetingNames)
	}
	return s.writeGreeting(c, http.StatusOK, &g)
}

// readGreeting reads what can be written of a greeting (zendesktalk: POST
// /greetings, name, category_id; zendesktalk: PUT /greetings/{id}, name).
func readGreeting(record object) (name wirechief.Patch[string], category wirechief.Patch[int], err error) {
	if err = record.text("name", false, &name); err == nil {
		err = record.integer("category_id", &category)
	}
	return name, category, err
}

// deleteGreeting removes one that nothing uses (zendesktalk: DELETE
// /greetings/{id}, response 204).
func (s *server) deleteGreeting(c *call) error {
	key, err := c.greetingKey()
	if err != nil {
		return err
	}
	if err := s.core.Greetings().Delete(c.r.Context(), c.p, key); err != nil {
		return err
	}
	c.gone()
	return nil
}
