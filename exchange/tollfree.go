package exchange

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// tollFreeCaps is how much a toll-free number may send while its verification
// is pending (contracts/bulkvs.md 12: the vendor's own text).
var tollFreeCaps = [...]struct {
	within time.Duration
	most   int
	name   string
}{
	{24 * time.Hour, 2_000, "day"},
	{7 * 24 * time.Hour, 6_000, "week"},
	{30 * 24 * time.Hour, 10_000, "month"},
}

// judgeTollFreeCaps counts what a number with a pending verification has sent.
// The caller holds the number's lock, so that two requests cannot both take
// the last place.
func (x *Exchange) judgeTollFreeCaps(ctx context.Context, n *wirechief.Number, more int, now time.Time) error {
	for _, c := range tollFreeCaps {
		sent, err := x.Store.CountSent(ctx, n.Tenant, n.Number, now.Add(-c.within))
		if err != nil {
			return err
		}
		if sent+more > c.most {
			return refuseFrom(wirechief.Conflict, wirechief.RuleTollFreeCap,
				"the verification of %s is pending; until then it may send %d a %s, and has sent %d", n.Number, c.most, c.name, sent)
		}
	}
	return nil
}
