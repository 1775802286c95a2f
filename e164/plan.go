package e164

import "github.com/nyaruka/phonenumbers"

// InPlan says whether the numbering plan of its country knows such a number.
// The shape alone, see [IsNumber], lets pass what was written without the code
// of its country: "3105550199" is no number of the Netherlands.
func InPlan(s string) bool {
	n, err := phonenumbers.Parse(s, "")
	return err == nil && phonenumbers.IsValidNumber(n)
}
