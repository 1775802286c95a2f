package exchange

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// tollFreeCaps is how much a toll-free number may send while its verification
// is pending (docs/dialects/bulkvs.md: the vendor's own words), the longest first:
// who is far below all of them is counted once.
var tollFreeCaps = [...]struct {
	within time.Duration
	most   int
	name   string
}{
	{30 * 24 * time.Hour, 10_000, "month"},
	{7 * 24 * time.Hour, 6_000, "week"},
	{24 * time.Hour, tollFreeDay, "day"},
}

const tollFreeDay = 2_000

// judgeTollFreeCaps counts what a number with a pending verification has sent.
// The caller holds the number's lock, so that two requests cannot both take
// the last place.
func (x *Exchange) judgeTollFreeCaps(ctx context.Context, n *wirechief.Number, more int, now time.Time) error {
	for _, c := range tollFreeCaps {
		sent, err := x.Store.CountSent(ctx, n.Tenant, n.Number, now.Add(-c.within))
		if err != nil {
			return err
		}
		if more > c.most {
			return refuseFrom(wirechief.Conflict, wirechief.RuleTollFreeCap,
				"the verification of %s is pending; until then it may send %d a %s, and these are %d: send them in parts, a %s apart, or finish the verification",
				n.Number, c.most, c.name, more, c.name)
		}
		if sent+more > c.most {
			return refuseFrom(wirechief.Conflict, wirechief.RuleTollFreeCap,
				"the verification of %s is pending; until then it may send %d a %s, and has sent %d: wait, or finish the verification", n.Number, c.most, c.name, sent)
		}
		if sent+more <= tollFreeDay {
			return nil
		}
	}
	return nil
}
