package wirechief

import (
	"context"
	"time"
)

// Metric names what a [Tally] counts.
type Metric string

// The metrics. Those with a time have Sum and Histogram in milliseconds.
const (
	MetricIn        Metric = "in"        // messages received
	MetricOut       Metric = "out"       // messages accepted, suppressed ones left out
	MetricDelivered Metric = "delivered" // receipts that say so; time: from submitted to receipt
	MetricFailed    Metric = "failed"    // failed, expired or unknown
	MetricRefused   Metric = "refused"   // suppressed by a rule
	MetricHookOK    Metric = "hook_ok"   // tries of deliveries that succeeded; time: how long they took
	MetricHookBad   Metric = "hook_bad"  // tries that failed; likewise
	MetricCalls     Metric = "calls"     // concurrent calls: Sum is call-seconds within the minute, Peak the most
)

// TallyBuckets are the upper bounds of a histogram, in milliseconds; one more
// bucket is for what is above.
func TallyBuckets() []int64 {
	return []int64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000}
}

// Tally is how often something happened to a tenant within one minute.
type Tally struct {
	Tenant    string
	Minute    time.Time // its beginning, UTC
	Metric    Metric
	Count     int64
	Sum       float64
	Peak      int64
	Histogram []int64 // by TallyBuckets; nil: no times
}

// AddTallies adds to what is kept of the same tenant, minute and metric.
type AddTallies struct{ Tallies []Tally }

// TallyFilter selects tallies and how fine they are.
type TallyFilter struct {
	Tenant   string // "" with All: summed over everybody
	All      bool
	From, To time.Time     // From inclusive, To exclusive
	Step     time.Duration // whole minutes; tallies are summed over it, from From on
}

// TallyReader reads tallies.
type TallyReader interface {
	// Tallies gives, by metric, one tally a step, in order, those with nothing
	// left out.
	Tallies(ctx context.Context, f TallyFilter) (map[Metric][]Tally, error)
}
