package report

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

const (
	flushEvery = 10 * time.Second
	// gatheredMost is how many tallies (one a tenant, minute and metric) wait for
	// a store that takes nothing; beyond it counts are dropped.
	gatheredMost = 100_000
	// sliceMost is how many tallies go into one commit: messages get in between.
	sliceMost = 500
	// stopTime is how long the last tallies may take, beyond Stop's own time.
	stopTime = time.Second
)

// Store is the store, as far as counting needs it: not the one that is
// watched, for its commits are not to be counted.
type Store interface {
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
	wirechief.TallyReader
}

// Options is what a collector is built from. Store is needed.
type Options struct {
	Store Store
	Now   wirechief.Clock
	Log   *slog.Logger
	Every time.Duration // between flushes; 10 s
}

// Collector counts. Make it with [New], give its Tap to feed.Watch, then Start it.
type Collector struct {
	Options
	bounds  []int64 // of the histograms
	pending pending

	mu       sync.Mutex
	gathered map[key]*wirechief.Tally
	dropped  int64

	flushing sync.Mutex // one at a time

	life    sync.Mutex
	cancel  context.CancelFunc
	ended   chan struct{}
	stopped bool
}

// key names a tally.
type key struct {
	tenant string
	minute int64
	metric wirechief.Metric
}

// New makes a collector. It counts at once, and keeps what it has counted once
// it is started.
func New(o Options) *Collector {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Every <= 0 {
		o.Every = flushEvery
	}
	return &Collector{
		Options: o, bounds: wirechief.TallyBuckets(), pending: pending{most: pendingMost},
		gathered: make(map[key]*wirechief.Tally),
	}
}

// Start begins to keep what is counted.
func (c *Collector) Start(context.Context) error {
	c.life.Lock()
	defer c.life.Unlock()
	if c.stopped || c.cancel != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.ended = cancel, make(chan struct{})
	go c.run(ctx)
	return nil
}

// Stop keeps what is left and ends. The store must still be open; what it does
// not take now is lost, and the error says so.
func (c *Collector) Stop(ctx context.Context) error {
	c.life.Lock()
	defer c.life.Unlock()
	if c.stopped {
		return nil
	}
	c.stopped = true
	if c.cancel == nil {
		return nil
	}
	c.cancel()
	<-c.ended
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := c.Flush(last); err != nil {
		return &wirechief.Error{
			Op: "report.stop", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err,
			Message: "the counts of the last seconds could not be kept; charts will show a little less",
		}
	}
	return nil
}

func (c *Collector) run(ctx context.Context) {
	defer close(c.ended)
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.Flush(ctx); err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "what was counted for reports could not be kept; trying again", "in", c.Every, "error", err)
		}
	}
}

// add counts n of a metric.
func (c *Collector) add(tenant string, at time.Time, metric wirechief.Metric, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.tally(tenant, at, metric); t != nil {
		t.Count += n
	}
}

// time counts one of a metric that took a while.
func (c *Collector) time(tenant string, at time.Time, metric wirechief.Metric, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tally(tenant, at, metric)
	if t == nil {
		return
	}
	ms := float64(took) / float64(time.Millisecond)
	t.Count++
	t.Sum += ms
	if t.Histogram == nil {
		t.Histogram = make([]int64, len(c.bounds)+1)
	}
	i, _ := slices.BinarySearchFunc(c.bounds, ms, func(bound int64, ms float64) int {
		if float64(bound) < ms {
			return -1
		}
		return 1
	})
	t.Histogram[i]++
}

// tally gives the one to add to, under the lock; nil: there is no more room.
func (c *Collector) tally(tenant string, at time.Time, metric wirechief.Metric) *wirechief.Tally {
	if at.IsZero() {
		at = c.Now()
	}
	at = at.UTC().Truncate(time.Minute)
	k := key{tenant, at.Unix(), metric}
	t := c.gathered[k]
	if t == nil {
		if len(c.gathered) >= gatheredMost {
			c.dropped++
			return nil
		}
		t = &wirechief.Tally{Tenant: tenant, Minute: at, Metric: metric}
		c.gathered[k] = t
	}
	return t
}

// Flush keeps what has been counted until now. What cannot be kept stays, and
// is offered again by the next flush.
func (c *Collector) Flush(ctx context.Context) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.mu.Lock()
	gathered, dropped := c.gathered, c.dropped
	c.gathered, c.dropped = make(map[key]*wirechief.Tally), 0
	c.mu.Unlock()
	if dropped > 0 {
		c.Log.WarnContext(ctx, "some counts for reports were dropped: the store took none for too long", "counts", dropped)
	}
	left := make([]wirechief.Tally, 0, len(gathered))
	for _, t := range gathered {
		left = append(left, *t)
	}
	for len(left) > 0 {
		slice := left[:min(len(left), sliceMost)]
		results, err := c.Store.Apply(ctx, wirechief.AddTallies{Tallies: slice})
		if err != nil {
			c.putBack(left)
			return err
		}
		if err := results[0].Err; err != nil {
			// It will not take them another time either.
			c.Log.ErrorContext(ctx, "the store refuses counts for reports", "counts", len(slice), "error", err)
		}
		left = left[len(slice):]
	}
	return nil
}

// putBack adds tallies to what has been gathered meanwhile.
func (c *Collector) putBack(tallies []wirechief.Tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range tallies {
		from := &tallies[i]
		if t := c.tally(from.Tenant, from.Minute, from.Metric); t != nil {
			merge(t, from)
		}
	}
}

// merge adds one tally to another.
func merge(t, from *wirechief.Tally) {
	t.Count += from.Count
	t.Sum += from.Sum
	t.Peak = max(t.Peak, from.Peak)
	if t.Histogram == nil && from.Histogram != nil {
		t.Histogram = make([]int64, len(from.Histogram))
	}
	for i, n := range from.Histogram {
		t.Histogram[i] += n
	}
}
