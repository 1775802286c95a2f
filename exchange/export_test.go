package exchange

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Settled returns once a carrier's lane has acted on everything that reached
// it before the call: what it could claim has been submitted, what was reported
// is on disk. It asks the lane twice, for an answer comes before the submissions
// of its round.
func (x *Exchange) Settled(ctx context.Context, carrier string) error {
	for range 2 {
		if _, err := x.lanes[carrier].withdraw(ctx, wirechief.MessageKey{ID: 1}, wirechief.Event{}); wirechief.KindOf(err) != wirechief.NotFound {
			return err
		}
	}
	return nil
}

// WakeUp makes everything look at the clock, which in tests does not tick.
func (x *Exchange) WakeUp() {
	for _, l := range x.lanes {
		l.wakeUp()
	}
	x.media.wakeUp()
	select {
	case x.parts.wake <- struct{}{}:
	default:
	}
}

// Waiting says how many messages a carrier's lane thinks it has.
func (x *Exchange) Waiting(carrier string) int { return int(x.lanes[carrier].waiting.Load()) }

// HeadSize is how much of a queue is kept in memory.
const HeadSize = headSize

// PurgeLeases is what happens once an hour.
func (x *Exchange) PurgeLeases(ctx context.Context) error { return x.purgeLeases(ctx) }

// PurgeCallbacks removes old requests to be called back, as the hourly purge does.
func (x *Exchange) PurgeCallbacks(ctx context.Context) error { return x.purgeCallbacks(ctx) }

// WordAnswer is what is answered to a text that may be a word of the ledger.
func (x *Exchange) WordAnswer(number, handset, text string) (isWord bool, answer string) {
	n := x.dir.number(number)
	return x.wordAnswer(x.dir.tenant(n.Tenant), n, handset, text)
}
