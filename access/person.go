package access

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// Person is an agent of a tenant, as far as signing in needs it.
type Person struct {
	Tenant     string
	TenantName string
	ID         int64 // of the agent
	Name       string
	Email      string
	Role       wirechief.Role // never empty
	Password   string         // the PHC string; empty: there is none, and only single sign-on lets them in
}

// People is who there is; package exchange has it. The methods are quick: they
// are asked on every request of the console.
type People interface {
	// PeopleAt gives those with a mail address, without regard to case, of all
	// tenants, in order of tenant and id.
	PeopleAt(email string) []Person
	PersonOf(tenant string, id int64) (Person, bool)
	// TenantChoices gives all tenants in order of their ids, for the operator.
	TenantChoices() []TenantChoice
	// SetPassword gives the person p another password, as a PHC string.
	SetPassword(ctx context.Context, p wirechief.Principal, phc string) error
}

// TenantChoice is a tenant that somebody can act for.
type TenantChoice struct{ ID, Name string }

// called is what a person is called in lists and in the audit log.
func (p *Person) called() string { return cmp.Or(p.Name, p.Email) }

// Fold gives the form of a mail address in which two are compared.
func Fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Bounds of a password, in characters. The least is that of NIST SP 800-63B 5.1.1.
const (
	leastPassword = 8
	mostPassword  = 1024
)

// JudgePassword looks at a password that somebody wants to have: kind Invalid,
// Field "password", when it will not do.
func JudgePassword(password wirechief.Secret, email string) error {
	switch n := utf8.RuneCountInString(password.Reveal()); {
	case n < leastPassword:
		return wirechief.InvalidField("password", "a password has at least %d characters", leastPassword)
	case n > mostPassword:
		return wirechief.InvalidField("password", "a password has at most %d characters", mostPassword)
	case email != "" && strings.EqualFold(password.Reveal(), email):
		return wirechief.InvalidField("password", "the mail address is no password")
	}
	return nil
}
