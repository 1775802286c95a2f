package inbox

import (
	"context"

	"github.com/wirechief/wirechief"
)

// rightWords says what a right is for, behind "your role does not let you".
var rightWords = map[wirechief.Right]string{
	wirechief.RightRead:     "look at conversations and contacts",
	wirechief.RightReply:    "answer, or change conversations, contacts and templates",
	wirechief.RightExport:   "take conversations and lists out of the house",
	wirechief.RightSettings: "have texts or people forgotten",
}

// enter judges whether the principal may do something of the right, and puts
// them into the context.
func enter(ctx context.Context, p wirechief.Principal, op string, right wirechief.Right) (context.Context, error) {
	switch {
	case p.Tenant == "" && p.Operator:
		return nil, &wirechief.Error{Op: op, Kind: wirechief.Invalid, Field: "tenant", Message: "say whose it is: name the tenant"}
	case p.Tenant == "":
		return nil, &wirechief.Error{Op: op, Kind: wirechief.NotFound, Field: "tenant", Message: "there is no such tenant"}
	case isProgram(p) || p.May(right):
		return wirechief.WithPrincipal(ctx, p), nil
	}
	err := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole,
		"your role does not let you %s (the right is called %q); ask an owner or an admin", rightWords[right], right)
	err.Op = op
	return nil, err
}

// isProgram says whether the principal is a program, whose scopes were judged
// where it came in. People have a role, and everybody in the console is a person.
func isProgram(p wirechief.Principal) bool {
	return p.Role == "" && p.Agent == 0 && p.Dialect != "" && p.Dialect != wirechief.DialectConsole
}
