package delivery

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
)

// Sender makes tries of one or more kinds of delivery.
type Sender interface {
	// Send makes one try and returns when it is known what came of it, after
	// timeout at the latest. The engine fills N and NextAt of the attempt.
	//
	// The outcome: Done, delivered. Retry, again on schedule, not before After.
	// Final, never again. ReasonGone, the destination wants nothing more.
	// ReasonShutdown, ctx ended first: it counts as no try, and the attempt is
	// nil unless the far side may have seen something.
	Send(ctx context.Context, d *wirechief.Delivery, timeout time.Duration) (*wirechief.Attempt, wirechief.Outcome)
}

// Tidier is a [Sender] that keeps something which gets old, as connections do.
type Tidier interface {
	// Tidy drops what has been idle for too long. It is called now and then.
	Tidy()
	// Close drops everything; no try is under way.
	Close()
}
