package fonedynamics

import (
	"regexp"

	"github.com/wirechief/wirechief"
)

// fonedynamics: GET /Calls/[CallSid], CallSid: no calls go over this installation
// yet, so there is none to show.
func (s *server) getCall(*call) error {
	return &wirechief.Error{Kind: wirechief.NotFound, Field: "call", Message: "there is no such call"}
}

// fonedynamics: GET /Properties/[PropertySid]/Calls, PropertySid
func (s *server) listPropertyCalls(c *call) error {
	if err := readCallFilter(c.read()); err != nil {
		return err
	}
	if _, _, err := s.property(c); err != nil {
		return err
	}
	return s.answer(c, calls{[]struct{}{}})
}

// fonedynamics: GET /Accounts/[AccountSid]/Calls, AccountSid
func (s *server) listAccountCalls(c *call) error {
	if err := readCallFilter(c.read()); err != nil {
		return err
	}
	if err := c.ownAccount(); err != nil {
		return err
	}
	return s.answer(c, calls{[]struct{}{}})
}

// prompts are keys of a menu: alternatives apart by ";", nested ones by ",".
var prompts = regexp.MustCompile(`^[0-9*#]+([,;][0-9*#]+)*$`)

// maxAttribution is the greatest length of an attribution, in octets.
const maxAttribution = 255

// readCallFilter judges the filters of calls (fonedynamics: GET
// /Properties/[PropertySid]/Calls, Date_From, Date_To, Disposition, To, Endpoint,
// Attribution_Source, Attribution_Medium, Attribution_Campaign,
// Attribution_Content, Prompts_keys, Unique, Results_Count, Results_Skip; fonedynamics: GET
// /Accounts/[AccountSid]/Calls, Date_From, Date_To, Disposition, To, Endpoint,
// Attribution_Source, Attribution_Medium, Attribution_Campaign,
// Attribution_Content, Prompts_keys, Unique, Results_Count, Results_Skip).
func readCallFilter(r *reading) error {
	for _, name := range []string{"Date_From", "Date_To"} {
		if at, _ := r.int(name); at < 0 {
			r.wrong(name, "the value is no time in Unix seconds")
		}
	}
	r.choices("Disposition", "Answered", "IVR", "Busy", "NoAnswer", "Failed")
	for _, name := range []string{"To", "Endpoint"} {
		for _, text := range r.list(name) {
			if _, ok := readNumber(text); !ok {
				r.wrong(name, "%q is not a number in E.164 such as +61280000001", text)
			}
		}
	}
	for _, name := range []string{"Attribution_Source", "Attribution_Medium", "Attribution_Campaign", "Attribution_Content"} {
		for _, text := range r.list(name) {
			if len(text) > maxAttribution {
				r.wrong(name, "an entry has more than %d octets", maxAttribution)
			}
		}
	}
	if keys, _ := r.words("Prompts_keys"); keys != "" && !prompts.MatchString(keys) {
		r.wrong("Prompts_keys", "%q is no list of keys such as 1,2;3,5", keys)
	}
	r.choice("Unique", "All", "Unique", "Repeat")
	r.page(mostEntries, mostEntries)
	return r.err()
}
