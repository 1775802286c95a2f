package exchange

import (
	"context"

	"github.com/wirechief/wirechief"
)

// TestSender is whom a test text is from: a name, so that nothing answers it by
// itself, and everybody sees what it is.
const TestSender = "Wirechief"

// TestNumber sends a marked text down the wires of a number, as if a handset
// had sent it: it is kept, forwarded and told like any other.
func (x *Exchange) TestNumber(ctx context.Context, p wirechief.Principal, number string) error {
	n, err := x.Number(ctx, p, number)
	if err != nil {
		return err
	}
	switch {
	case n.State != wirechief.NumberInService:
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleState, "%s is %s; only a number in service has wires to test", n.Number, n.State)
	case !n.Enabled.SMS:
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleCapability, "texts are switched off for %s", n.Number)
	}
	now := x.Now().UTC()
	return x.Inbound(ctx, wirechief.Inbound{
		Carrier: n.Carrier, From: TestSender, To: n.Number, At: now,
		Text: "Test of the wires of " + n.Number + " at " + now.Format("15:04:05 UTC"), Raw: "a test, asked for by " + x.by(p),
	})
}
