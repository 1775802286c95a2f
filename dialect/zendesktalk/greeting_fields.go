package zendesktalk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// language is that of the default greetings.
const language = "en"

// defaultGreeting names the default greeting of a category, 1 to 9; there is
// none of menus, category 5.
func defaultGreeting(category int) string {
	if name := categoryName(category); name != "" && name != "ivr" {
		return strings.ReplaceAll(name, "_", "-") + "_" + language
	}
	return ""
}

// categoryName is the name of a category of greetings, "" when there is none.
func categoryName(category int) string {
	if names := wirechief.GreetingCategories(); 1 <= category && category <= len(names) {
		return names[category-1]
	}
	return ""
}

// subSettings are the cases within a category, each with its default greeting.
// Most categories have none.
func subSettings(category int) map[string]string {
	switch categoryName(category) {
	case "voicemail":
		on := defaultGreeting(category)
		return map[string]string{
			"voicemail_on_outside_business_hours":  on,
			"voicemail_on_inside_business_hours":   on,
			"voicemail_off_inside_business_hours":  on + "_voicemail_config",
			"voicemail_off_outside_business_hours": on + "_voicemail_config",
		}
	case "available":
		on := defaultGreeting(category)
		return map[string]string{"voicemail_on": on, "voicemail_off": on + "_voicemail_config"}
	}
	return nil
}

// greetingFields are what a line says of its greetings.
type greetingFields struct {
	defaults    []string          // default_greeting_ids: those that no custom one replaces
	categorised map[string]string // categorised_greetings: category to name
	withSub     map[string]any    // the same with sub-settings: to name, or case to name
}

// greetingsOf computes them from the custom greetings of a line, each of which
// takes the place of the default of its category (of two of a category the last
// does), and its choices for single cases.
func greetingsOf(custom []wirechief.Greeting, choices map[string]map[string]string) greetingFields {
	f := greetingFields{[]string{}, map[string]string{}, map[string]any{}}
	for category := 1; category <= len(wirechief.GreetingCategories()); category++ {
		key, id := strconv.Itoa(category), defaultGreeting(category)
		name, cases := id, subSettings(category)
		if own, ok := lastOf(custom, category); ok {
			name = own.Name
			for c := range cases {
				cases[c] = name
			}
		} else if id != "" {
			f.defaults = append(f.defaults, id)
		} else {
			continue
		}
		f.categorised[key], f.withSub[key] = name, name
		if cases != nil {
			for c, choice := range choices[categoryName(category)] {
				cases[c] = nameOf(custom, choice)
			}
			f.withSub[key] = cases
		}
	}
	return f
}

// nameOf is the name of a custom greeting of a line; others are told by their id.
func nameOf(custom []wirechief.Greeting, id string) string {
	for i := range custom {
		if strconv.FormatInt(custom[i].ID, 10) == id {
			return custom[i].Name
		}
	}
	return id
}

func lastOf(custom []wirechief.Greeting, category int) (wirechief.Greeting, bool) {
	for _, g := range slices.Backward(custom) {
		if g.Category == category {
			return g, true
		}
	}
	return wirechief.Greeting{}, false
}
