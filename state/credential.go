package state

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// credentialForms are the combinations of keys that each dialect knows; see
// [Credential]. The secret is the last.
var credentialForms = map[string][][]string{
	wirechief.DialectBulkVS:       {{"username", "password"}},
	wirechief.DialectZendesk:      {{"email", "token"}, {"email", "password"}, {"bearer"}},
	wirechief.DialectFoneDynamics: {{"account_sid", "token"}},
	wirechief.DialectMessage2Give: {{"workspace", "username", "password"}},
	wirechief.DialectOwn:          {{"token"}},
}

// scopes are what a token of our own API may be for: everything, sending,
// looking, or replaying and pausing deliveries.
var scopes = [...]string{"all", "send", "read", "manage"}

func (j judge) credentials(path string, list []Credential) {
	seen := make(unique[string])
	for i := range list {
		c, path := &list[i], item(path, i)
		forms, ok := credentialForms[c.Dialect]
		if !ok {
			j.Report(at(path, "dialect"), "%q is not known; allowed: bulkvs, fonedynamics, message2give, wirechief, zendesk", c.Dialect)
			continue
		}
		given := c.given()
		match := func(form []string) bool {
			return slices.Equal(form, given) || c.Absent && len(given) > 0 && slices.Equal(form[:len(form)-1], given)
		}
		if !slices.ContainsFunc(forms, match) {
			words := make([]string, len(forms))
			for i, form := range forms {
				words[i] = strings.Join(form, " + ")
			}
			j.Report(path, "a credential of %s has %s", c.Dialect, strings.Join(words, ", or "))
			continue
		}
		if len(c.Scopes) > 0 && c.Dialect != wirechief.DialectOwn {
			j.Report(at(path, "scopes"), "only credentials of the dialect wirechief have scopes")
		}
		for i := range c.Scopes {
			optional(j, item(at(path, "scopes"), i), &c.Scopes[i], scopes[:]...)
		}
		// Two secrets of one user are two credentials: that is how they are changed.
		seen.check(j, path, "credential", strings.Join([]string{
			c.Dialect, c.Workspace, c.Username, c.Email, c.AccountSID, c.Password.Reveal(), c.Token.Reveal(), c.Bearer.Reveal(),
		}, "\x00"))
	}
}

// given lists the keys that are set, in the order of the forms.
func (c *Credential) given() []string {
	var out []string
	for _, k := range [...]struct {
		name string
		set  bool
	}{
		{"workspace", c.Workspace != ""},
		{"username", c.Username != ""},
		{"email", c.Email != ""},
		{"account_sid", c.AccountSID != ""},
		{"token", c.Token != ""},
		{"password", c.Password != ""},
		{"bearer", c.Bearer != ""},
	} {
		if k.set {
			out = append(out, k.name)
		}
	}
	return out
}
