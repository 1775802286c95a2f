package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
)

// greeting is what is heard for a category and, where the category tells any
// apart, a case (zendesk: categorised_greetings_with_sub_settings): what the
// number chose for the case, else its own of the category (of two the last),
// else the stock one. Own says that the number chose it. A greeting that is
// gone, or has no sound yet, is as if it had not been chosen; one that is
// silence gives nothing.
func (p *planner) greeting(category, name string) (prompt flow.Prompt, own bool) {
	if chosen := p.v.GreetingSettings[category][name]; chosen != "" {
		if flow.IsStockGreeting(chosen) {
			return stock(chosen), true
		}
		if g := p.d.Greeting(chosen); g != nil && g.Audio != nil {
			return flow.Prompt{Greeting: chosen}, true
		}
	}
	for _, id := range slices.Backward(p.v.Greetings) {
		key := strconv.FormatInt(id, 10)
		if g := p.d.Greeting(key); g != nil && g.Audio != nil && categoryOf(g) == category {
			return flow.Prompt{Greeting: key}, true
		}
	}
	word := strings.ReplaceAll(category, "_", "-") + "_en"
	if strings.HasPrefix(name, "voicemail_off") {
		word += "_voicemail_config"
	}
	return stock(word), false
}

// stock is a stock greeting; those called none are silence.
func stock(name string) flow.Prompt {
	if _, language, _ := strings.Cut(name, "_"); language == "none" {
		return flow.Prompt{}
	}
	return flow.Prompt{Greeting: name}
}

func categoryOf(g *wirechief.Greeting) string {
	if names := wirechief.GreetingCategories(); 1 <= g.Category && g.Category <= len(names) {
		return names[g.Category-1]
	}
	return ""
}
