package exchange

import (
	"context"
	"crypto/cipher"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/offer"
	"github.com/wirechief/wirechief/routing"
)

// Options is what an [Exchange] is built from. Store, Carriers, IDs and
// Deliver are needed; the rest has defaults.
type Options struct {
	Store    wirechief.Store
	Carriers []carrier.Carrier
	Routes   []routing.Route
	IDs      wirechief.IDs
	// Deliver hands deliveries to the engine once their commit is done.
	Deliver Deliverer
	// Formats turns notices into the shape of each dialect, by its name.
	Formats map[string]wirechief.Formatter
	Guard   wirechief.Guard
	Media   MediaKeeper // nil: pictures are refused
	Audio   AudioKeeper // nil: recordings are refused
	Speech  bool        // texts of flows can be spoken: there is a service for that
	// Presence says who is there to answer texts; nil: nobody is.
	Presence Presence
	// Blocked says whether a tenant wants nothing from a peer, and sends it nothing.
	// It is quick; nil: nobody is blocked.
	Blocked func(tenant, peer string) bool

	Now   wirechief.Clock
	Log   *slog.Logger
	Meter Meter

	Validity time.Duration // of a message without its own; 24 h
	Join     time.Duration // how long the parts of a text wait for each other; 10 min
	Backlog  int           // messages due that wait for one carrier before Send refuses; 1,000,000
	Failover time.Duration // how long a carrier may be away before its queue moves to another; 5 s

	Reservation time.Duration // how long numbers are held for a buyer; 30 min
	// Aging is how long a released number is nobody's. 0: it is on offer again
	// within a second.
	Aging time.Duration
}

// Deliverer is the delivery engine, as the exchange sees it.
type Deliverer interface {
	Add(deliveries ...*wirechief.Delivery)
	// Pause holds the deliveries of a lane back, or lets them go on; what is
	// pending on disk becomes paused, and back. It may be called before the
	// engine starts.
	Pause(lane wirechief.Lane, paused bool)
	// Wake makes it look at the store again, after a replay.
	Wake()
}

// MediaKeeper fetches and keeps the pictures and files of messages.
type MediaKeeper interface {
	// Fetch gets what a sender named, under the egress guard, and keeps it.
	// A refusal has Kind Invalid (it will never do) or Unavailable (try again).
	Fetch(ctx context.Context, url string) (wirechief.MediaItem, error)
	// Collect gets a file of an inbound message, of whatever type, likewise.
	Collect(ctx context.Context, url string) (wirechief.MediaItem, error)
	// Keep stores what came with a message.
	Keep(ctx context.Context, r io.Reader, mediaType string) (wirechief.MediaItem, error)
	// Text gives what a file holds that is kept, for texts of up to so many octets.
	Text(token string, most int64) (string, error)
	// Link is where anybody who has the link can get the file, until it expires.
	Link(item wirechief.MediaItem) wirechief.MediaLink
	// Expiry is when a file kept now is removed.
	Expiry() time.Time
}

// Meter counts what happens, for metrics. All methods are quick.
type Meter interface {
	Accepted(dialect string, messages int)
	Submitted(carrier, disposition, reason string)
	Receipt(carrier, state string, matched bool)
	Received(carrier string)
}

// Exchange is the core. Make it with [New], then Start it.
type Exchange struct {
	Options
	hashes   *access.Hashes // of the passwords of the installation
	guesses  guesses
	dir      *directory
	routes   *routing.Table
	lanes    map[string]*lane
	carriers []carrier.Carrier // in the order of the configuration
	answers  keyed             // one request at a time under an idempotency key
	calendar calendar          // when texts of which tenants may go out
	pace     pace              // of the numbers that may send so many segments a second only
	tollFree keyed             // one send at a time from a number whose caps are counted
	ledger   keyed             // one change at a time of what a handset wants from a number
	leasing  keyed             // one leased sender at a time for a handset; taken after lending
	lending  sync.RWMutex      // held whole while leases that have run out are removed
	parts    *assembler
	media    *mediaLane
	sent     sent // what a carrier may bring back
	circles  circles
	operator lastUse // of the operator's token
	replied  lately  // by number and handset: the last automatic reply of the window
	keywords lately  // likewise: the last answer to a keyword
	fallen   fallen
	falling  keyed         // one failure of a text at a time
	gone     chan struct{} // a destination has gone

	debug bool // the log wants to hear of each message

	offers  *offer.Index
	off     *storeroom   // what is free and not on offer
	live    seen         // what carriers offer that have to be asked
	quotes  cipher.Block // seals the tokens of offers
	recalls recalls      // with carriers that have not answered about a number
	buying  keyed        // one change of a number's state at a time; taken before configuring

	configuring sync.RWMutex // one change of what is configured at a time

	mu      sync.Mutex
	cancel  context.CancelFunc
	stopped bool
	running sync.WaitGroup
}

// New builds an exchange. Nothing runs and nothing is read before Start.
func New(o Options) *Exchange {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	if o.Validity == 0 {
		o.Validity = 24 * time.Hour
	}
	if o.Join == 0 {
		o.Join = 10 * time.Minute
	}
	if o.Backlog == 0 {
		o.Backlog = 1_000_000
	}
	if o.Failover == 0 {
		o.Failover = 5 * time.Second
	}
	if o.Reservation == 0 {
		o.Reservation = 30 * time.Minute
	}
	x := &Exchange{
		hashes:  access.NewHashes(),
		Options: o, dir: newDirectory(), offers: offer.New(), off: newStoreroom(), lanes: make(map[string]*lane), carriers: o.Carriers,
		debug: o.Log.Enabled(context.Background(), slog.LevelDebug),
	}
	x.sent.since, x.gone = o.Now(), make(chan struct{}, 1)
	names := make([]string, len(o.Carriers))
	for i, c := range o.Carriers {
		names[i] = c.Name()
		x.lanes[c.Name()] = newLane(x, c)
	}
	x.routes = routing.New(o.Routes, names)
	x.parts = newAssembler(x)
	x.media = newMediaLane(x)
	return x
}

// Load reads the directory from the store. It comes before Apply and Start, so
// that a state file can be applied before anything moves.
func (x *Exchange) Load(ctx context.Context) error {
	if err := x.dir.load(ctx, x.Store); err != nil {
		return err
	}
	if err := x.adopt(ctx); err != nil {
		return err
	}
	if err := x.loadReplies(ctx); err != nil {
		return err
	}
	if err := x.loadQuotes(ctx); err != nil {
		return err
	}
	if err := x.loadOffers(ctx); err != nil {
		return err
	}
	for name, l := range x.lanes {
		l.paused.Store(x.dir.isPaused("", name))
	}
	for _, lane := range x.dir.pausedDestinations() {
		x.Deliver.Pause(lane, true)
	}
	return x.parts.load(ctx)
}

// Start settles what was in flight when the last run ended, then starts
// the lanes and the carriers. The context bounds the start only.
func (x *Exchange) Start(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stopped || x.cancel != nil {
		return nil
	}
	if err := x.settleInDoubt(ctx); err != nil {
		return err
	}
	depths, err := x.Store.QueueDepths(ctx)
	if err != nil {
		return err
	}
	now := x.Now()
	scheduled, err := x.Store.Scheduled(ctx, now)
	if err != nil {
		return err
	}
	x.loadLater(scheduled, now)
	run, cancel := context.WithCancel(context.Background())
	x.cancel = cancel
	for name, l := range x.lanes {
		l.waiting.Store(int64(depths[name].Count))
		l.setOldest(depths[name].Oldest)
		x.running.Go(func() { l.run(run) })
	}
	x.media.waiting.Store(int64(depths[wirechief.LaneMedia].Count))
	x.running.Go(func() { x.media.run(run) })
	x.running.Go(func() { x.parts.run(run) })
	x.running.Go(func() { x.purge(run) })
	x.running.Go(func() { x.sweep(run) })
	x.running.Go(func() { x.sweepSources(run) })
	x.running.Go(func() { x.noteUses(run) })
	x.running.Go(func() { x.tellInstead(run) })
	x.rescue(ctx, depths)
	for _, c := range x.carriers {
		if err := c.Start(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// lastMoment is how long Stop waits, beyond its own time, for what the carriers
// reported to be on disk. What is not will be in doubt at the next start.
const lastMoment = time.Second

// Stop ends the carriers, commits what they still reported, and returns when
// nothing of the exchange runs any more.
func (x *Exchange) Stop(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stopped {
		return nil
	}
	x.stopped = true
	if x.cancel == nil {
		return nil
	}
	// The lanes stop claiming first, so that what is in flight can finish.
	for _, l := range x.lanes {
		l.drain()
	}
	for _, l := range x.lanes {
		l.idle(ctx)
	}
	var first error
	for _, c := range x.carriers {
		if err := c.Stop(ctx); err != nil && first == nil {
			first = err
		}
	}
	// What the carriers reported at the end is worth a moment more.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastMoment)
	defer cancel()
	for _, l := range x.lanes {
		l.settled(last)
	}
	x.cancel()
	x.running.Wait()
	return first
}

// rescue moves what waits for a carrier that is not configured any more to
// one that is.
func (x *Exchange) rescue(ctx context.Context, depths map[string]wirechief.Depth) {
	for name, depth := range depths {
		if _, ok := x.lanes[name]; ok || name == wirechief.LaneMedia || depth.Count == 0 {
			continue
		}
		x.Log.WarnContext(ctx, "messages wait for a carrier that is gone; routing them anew", "carrier", name, "messages", depth.Count)
		for {
			batch, err := x.Store.Queued(ctx, name, 1000)
			if err != nil || len(batch) == 0 {
				break
			}
			if !x.reroute(ctx, batch, "carrier "+name+" is not configured any more") {
				break
			}
		}
	}
}

// Changed implements [carrier.Handler].
func (x *Exchange) Changed(name string) {
	if l, ok := x.lanes[name]; ok {
		l.wakeUp()
	}
}

// condition is what routing wants to know of a carrier.
func (x *Exchange) condition(name string) (routing.Condition, bool) {
	l, ok := x.lanes[name]
	if !ok {
		return routing.Condition{}, false
	}
	return routing.Condition{
		SMS: l.abilities.Has(carrier.SMS), MMS: l.abilities.Has(carrier.MMS) && x.Media != nil,
		Paused: l.paused.Load(), Connected: l.c.Room() > 0,
	}, true
}

// purge removes what has outlived its use, once an hour.
func (x *Exchange) purge(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		now := x.Now()
		if _, err := x.Store.Apply(ctx, wirechief.Purge{
			Answers: now.Add(-24 * time.Hour), Media: now, Receipts: now.Add(-30 * 24 * time.Hour),
		}); err != nil && ctx.Err() == nil {
			x.Log.WarnContext(ctx, "old records could not be removed; trying again in an hour", "error", err)
		}
		x.forgetReplies()
		x.sweepAudio(ctx)
		if err := x.purgeCallbacks(ctx); err != nil && ctx.Err() == nil {
			x.Log.WarnContext(ctx, "old requests to be called back could not be removed; trying again in an hour", "error", err)
		}
		if err := x.purgeLeases(ctx); err != nil && ctx.Err() == nil {
			x.Log.WarnContext(ctx, "leases that have run out could not be removed; trying again in an hour", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keyed is a set of locks by key, made and dropped as needed.
type keyed struct {
	mu   sync.Mutex
	held map[string]*keyedLock
}

type keyedLock struct {
	sync.Mutex
	users int
}

// lock waits for the key and returns what gives it back.
func (k *keyed) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.held == nil {
		k.held = make(map[string]*keyedLock)
	}
	l := k.held[key]
	if l == nil {
		l = new(keyedLock)
		k.held[key] = l
	}
	l.users++
	k.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		k.mu.Lock()
		if l.users--; l.users == 0 {
			delete(k.held, key)
		}
		k.mu.Unlock()
	}
}

type noMeter struct{}

func (noMeter) Accepted(string, int)             {}
func (noMeter) Submitted(string, string, string) {}
func (noMeter) Receipt(string, string, bool)     {}
func (noMeter) Received(string)                  {}
