package exchange

import (
	"regexp"
	"slices"

	"github.com/wirechief/wirechief"
)

// defaultGreeting is the form of the names of greetings that are there without
// anybody's doing: category and language, and for which case (zendesk:
// default_greeting_ids).
var defaultGreeting = regexp.MustCompile(`^(voicemail|available|wait|hold|ivr|callback|callback-confirmation|call-recording-opt-out|call-recording-opt-in)_([a-z]{2}|none)(_voicemail_config|_digital_lines)?$`)

// greetingCases names the cases that a category tells apart (zendesk:
// categorised_greetings_with_sub_settings).
func greetingCases(category string) []string {
	switch category {
	case "voicemail":
		return []string{
			"voicemail_on_outside_business_hours", "voicemail_on_inside_business_hours",
			"voicemail_off_inside_business_hours", "voicemail_off_outside_business_hours",
		}
	case "available":
		return []string{"voicemail_on", "voicemail_off"}
	}
	return nil
}

// judgeGreetingSettings looks at the greetings chosen for single cases. That
// custom ones are there is judged with the other references.
func judgeGreetingSettings(settings map[string]map[string]string) *wirechief.Error {
	const field = "voice.greeting_settings"
	for category, cases := range settings {
		if !slices.Contains(wirechief.GreetingCategories(), category) {
			return wrongSetting(field, "%q is not a category of greetings", category)
		}
		for name, greeting := range cases {
			if !slices.Contains(greetingCases(category), name) {
				return wrongSetting(field, "%q is not a case of %s that is told apart", name, category)
			}
			if !isGreetingID(greeting) && !defaultGreeting.MatchString(greeting) {
				return wrongSetting(field, "%q is neither the id of a greeting nor the name of a default one such as voicemail_en", greeting)
			}
		}
	}
	return nil
}

// isGreetingID says whether a greeting is named by the id of a custom one.
func isGreetingID(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' && len(s) <= 16 }

// judgeGreeting takes the id of a custom greeting, or the name of a default one.
func (x *Exchange) judgeGreeting(tenant, field, greeting string) *wirechief.Error {
	switch {
	case greeting == "", defaultGreeting.MatchString(greeting):
		return nil
	case !isGreetingID(greeting):
		return wrongSetting(field, "%q is neither the id of a greeting nor the name of a default one such as ivr_en", greeting)
	case x.dir.other(tenant, wirechief.EntityGreeting, greeting) == nil:
		return missing(field, "there is no greeting %s", greeting)
	}
	return nil
}
