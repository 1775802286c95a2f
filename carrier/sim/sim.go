package sim

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// Carrier is a simulated carrier. Make it with [New].
type Carrier struct {
	name string
	cfg  Config
	log  *slog.Logger
	now  func() time.Time

	ids atomic.Int64 // the last id given out

	mu        sync.Mutex
	h         carrier.Handler // nil unless running
	post      *post
	stopped   bool
	since     time.Time
	throttles map[int64]int // how often a message has been put off
	sold      map[string]bool
}

// New makes a simulator with the given name. The configuration is taken as it
// is; check it with [Config.Validate] first.
func New(name string, cfg Config, s carrier.Services) *Carrier {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	c := &Carrier{
		name: name, cfg: cfg, now: s.Now, throttles: make(map[int64]int), sold: make(map[string]bool),
		log: s.Log.With("carrier", name),
	}
	// Ids begin at the microsecond of our making, so that those of the next
	// run are above those of this one and no receipt finds another's message.
	c.ids.Store(s.Now().UnixMicro())
	c.since = s.Now()
	return c
}

// Name is the configured name.
func (c *Carrier) Name() string { return c.name }

// Type is "sim".
func (*Carrier) Type() string { return "sim" }

// Abilities says what is simulated. Without an inventory there is nothing to search.
func (c *Carrier) Abilities() carrier.Abilities {
	const always = carrier.SMS | carrier.MMS | carrier.Receipts | carrier.Inbound | carrier.Order
	if c.cfg.Inventory == 0 {
		return always
	}
	return always | carrier.Search
}

// Start begins to take messages. A simulator that was stopped stays so.
func (c *Carrier) Start(_ context.Context, h carrier.Handler) error {
	c.mu.Lock()
	if c.h != nil || c.stopped {
		c.mu.Unlock()
		return nil
	}
	c.h, c.since = h, c.now()
	c.post = newPost(func(ctx context.Context, r wirechief.Receipt) bool { return c.handOver(ctx, h, r) })
	c.mu.Unlock()
	h.Changed(c.name)
	return nil
}

// Stop takes no more messages and lets the receipts that are on their way
// arrive now, until ctx ends.
func (c *Carrier) Stop(ctx context.Context) error {
	c.mu.Lock()
	h, post := c.h, c.post
	if !c.stopped {
		c.since = c.now()
	}
	c.stopped, c.h = true, nil
	c.mu.Unlock()
	if post == nil {
		return nil
	}
	err := post.stop(ctx)
	if h != nil {
		h.Changed(c.name)
	}
	return err
}

// Submit takes the message and reports at once. Pictures are taken unseen.
func (c *Carrier) Submit(ctx context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	b := behaviour(s.To, c.cfg.ReceiptDelay)
	c.mu.Lock()
	post := c.post
	if c.h == nil || ctx.Err() != nil {
		c.mu.Unlock()
		report(shutdown)
		return
	}
	if b.Throttles > 0 {
		if n := c.throttles[s.Message]; n < b.Throttles {
			c.throttles[s.Message] = n + 1
			c.mu.Unlock()
			report(throttled)
			return
		}
		delete(c.throttles, s.Message)
	}
	c.mu.Unlock()

	id := strconv.FormatInt(c.ids.Add(1), 10)
	report(wirechief.Outcome{Disposition: wirechief.Done, IDs: []string{id}})
	if b.State != "" && s.Receipt {
		// The delay is measured on the process's own clock, the stamps are not:
		// a test that stops the injected clock still gets its receipts.
		post.add(time.Now().Add(b.Delay), wirechief.Receipt{
			Carrier: c.name, ID: id, State: b.State, Code: b.Code,
			From: s.To, To: s.From, Submitted: c.now(),
		})
	}
}

// Room is how many messages it takes at a time, 0 unless it runs.
func (c *Carrier) Room() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.h == nil {
		return 0
	}
	return c.cfg.Room
}

// Status shows one connection that never breaks.
func (c *Carrier) Status() carrier.Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := carrier.Status{State: carrier.Stopped, Wanted: 1, Since: c.since}
	if c.h != nil {
		st.State, st.Connections = carrier.Up, 1
	}
	if c.post != nil {
		st.LastReceipt = c.post.last()
	}
	return st
}
