package delivery

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

// memory is a store of deliveries, as simple as can be.
type memory struct {
	mu         sync.Mutex
	deliveries map[wirechief.DeliveryKey]*wirechief.Delivery
	refuse     error         // of every call
	latency    time.Duration // of a commit
	commits    []int         // commands of each
	reads      int
}

func newMemory(list ...*wirechief.Delivery) *memory {
	m := &memory{deliveries: make(map[wirechief.DeliveryKey]*wirechief.Delivery)}
	m.insert(list...)
	return m
}

func (m *memory) insert(list ...*wirechief.Delivery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range list {
		c := *d
		m.deliveries[d.DeliveryKey] = &c
	}
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = err
}

func (m *memory) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	if m.latency > 0 {
		select {
		case <-time.After(m.latency):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return nil, m.refuse
	}
	m.commits = append(m.commits, len(commands))
	results := make([]wirechief.Result, len(commands))
	for i, c := range commands {
		switch c := c.(type) {
		case wirechief.Attempted:
			d := m.deliveries[c.Key]
			if d == nil {
				results[i].Err = wirechief.Errorf(wirechief.NotFound, "no such delivery")
				continue
			}
			d.Status, d.NextAt, d.Tries = c.Status, c.NextAt, c.Tries
			if c.Attempt != nil {
				d.Attempts = append(slices.Clone(d.Attempts), *c.Attempt)
			}
		case wirechief.Redeliver:
			for _, d := range m.deliveries {
				f := c.Filter
				if f.Tenant != "" && d.Tenant != f.Tenant || f.Kind != "" && d.Kind != f.Kind ||
					f.Destination != "" && d.Destination != f.Destination || f.Status != "" && d.Status != f.Status {
					continue
				}
				d.Status = cmp.Or(c.Status, wirechief.DeliveryPending)
				if d.Status == wirechief.DeliveryPending {
					d.NextAt, d.Tries = c.At, 0
				}
				results[i].Count++
			}
		}
	}
	return results, nil
}

func (m *memory) Pending(_ context.Context, lane wirechief.Lane, limit int) (out []*wirechief.Delivery, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	if m.refuse != nil {
		return nil, m.refuse
	}
	for _, d := range m.deliveries {
		if d.Lane() == lane && d.Status == wirechief.DeliveryPending {
			c := *d
			out = append(out, &c)
		}
	}
	slices.SortFunc(out, func(a, b *wirechief.Delivery) int { return cmp.Or(a.NextAt.Compare(b.NextAt), cmp.Compare(a.ID, b.ID)) })
	return out[:min(limit, len(out))], nil
}

func (m *memory) PendingLanes(context.Context) (map[wirechief.Lane]wirechief.Depth, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return nil, m.refuse
	}
	out := make(map[wirechief.Lane]wirechief.Depth)
	for _, d := range m.deliveries {
		if d.Status == wirechief.DeliveryPending {
			depth := out[d.Lane()]
			depth.Count++
			if depth.Oldest.IsZero() || d.CreatedAt.Before(depth.Oldest) {
				depth.Oldest = d.CreatedAt
			}
			out[d.Lane()] = depth
		}
	}
	return out, nil
}

func (m *memory) get(id int64) wirechief.Delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	return *m.deliveries[wirechief.DeliveryKey{ID: id}]
}

func (m *memory) count(status wirechief.DeliveryStatus) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.deliveries {
		if d.Status == status {
			n++
		}
	}
	return n
}

// far is a sender that answers as a function says, and remembers.
type far struct {
	answer func(ctx context.Context, d *wirechief.Delivery) wirechief.Outcome

	mu    sync.Mutex
	tries []tried
	now   map[string]int // under way, by destination
	most  map[string]int
}

type tried struct {
	id int64
	at time.Time
	to string
}

func (f *far) Send(ctx context.Context, d *wirechief.Delivery, timeout time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	start := time.Now()
	f.mu.Lock()
	f.tries = append(f.tries, tried{d.ID, start, d.Destination})
	if f.now == nil {
		f.now, f.most = make(map[string]int), make(map[string]int)
	}
	f.now[d.Destination]++
	f.most[d.Destination] = max(f.most[d.Destination], f.now[d.Destination])
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	o := f.answer(ctx, d)
	f.mu.Lock()
	f.now[d.Destination]--
	f.mu.Unlock()
	if o.Reason == wirechief.ReasonShutdown && o.Code == "" {
		return nil, o
	}
	return &wirechief.Attempt{At: start, Class: cmp.Or(string(o.Reason), "2xx")}, o
}

func (f *far) times(id int64) (at []time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.tries {
		if t.id == id {
			at = append(at, t.at.Sub(t0))
		}
	}
	return at
}

func (f *far) ids() (ids []int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.tries {
		ids = append(ids, t.id)
	}
	return ids
}

// Outcomes.
var (
	took    = wirechief.Outcome{Disposition: wirechief.Done}
	trouble = wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTemporary}
	gone    = wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonGone}
)

func always(o wirechief.Outcome) *far {
	return &far{answer: func(context.Context, *wirechief.Delivery) wirechief.Outcome { return o }}
}

// after answers after a while.
func after(d time.Duration, o wirechief.Outcome) func(context.Context, *wirechief.Delivery) wirechief.Outcome {
	return func(ctx context.Context, _ *wirechief.Delivery) wirechief.Outcome {
		select {
		case <-time.After(d):
			return o
		case <-ctx.Done():
			if ctx.Err() == context.DeadlineExceeded {
				return wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonTimeout}
			}
			return wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
		}
	}
}

// t0 is when the clock of a bubble begins.
var t0 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func webhook(id int64, to string, change ...func(*wirechief.Delivery)) *wirechief.Delivery {
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{ID: id}, Tenant: "acme", Kind: wirechief.KindWebhook,
		Destination: to, Profile: wirechief.DialectOwn, Status: wirechief.DeliveryPending,
		CreatedAt: time.Now(), NextAt: time.Now(),
	}
	for _, c := range change {
		c(d)
	}
	return d
}

func profile(name string) func(*wirechief.Delivery) {
	return func(d *wirechief.Delivery) { d.Profile = name }
}

func laneTo(to string) wirechief.Lane {
	return wirechief.Lane{Tenant: "acme", Kind: wirechief.KindWebhook, Destination: to}
}

// start starts an engine that is stopped at the end of the test.
func start(t *testing.T, store Store, f Sender, change ...func(*Options)) *Engine {
	t.Helper()
	o := Options{
		Store: store, Senders: map[wirechief.DeliveryKind]Sender{wirechief.KindWebhook: f},
		Chance: func() float64 { return 0.5 }, // the middle: no jitter
	}
	for _, c := range change {
		c(&o)
	}
	e := New(o)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	return e
}

// add commits deliveries and then adds them, as the exchange does.
func add(e *Engine, m *memory, list ...*wirechief.Delivery) {
	m.insert(list...)
	e.Add(list...)
}

func wantTimes(t *testing.T, got []time.Duration, want ...time.Duration) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("tries at %v, want %v", got, want)
	}
}

// pass lets time pass in the bubble until nothing moves any more.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestDelivers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		e := start(t, m, f)
		add(e, m, webhook(1, "a"), webhook(2, "a"), webhook(3, "b"))
		synctest.Wait()
		for id := range int64(3) {
			d := m.get(id + 1)
			if d.Status != wirechief.DeliveryDelivered || len(d.Attempts) != 1 || d.Tries != 1 || d.Attempts[0].N != 1 || !d.Attempts[0].NextAt.IsZero() {
				t.Errorf("%+v", d)
			}
		}
		if g := e.Gauges(); len(g) != 1 || g[0].Kind != "webhook" || g[0].Lanes != 0 || g[0].Pending != 0 || !g[0].Oldest.IsZero() {
			t.Errorf("gauges %+v", g)
		}
	})
}

func TestSchedules(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	usual := []time.Duration{0, 5 * s, 30 * s, 2 * m, 10 * m, 30 * m, 2 * h, 5 * h, 10 * h, 14 * h, 20 * h, 22 * h}
	for _, tt := range []struct {
		name    string
		profile string
		chance  float64
		change  func(*Options)
		waits   []time.Duration
	}{
		{"usual", wirechief.DialectOwn, 0.5, nil, usual},
		{"unknown profile", "some day", 0.5, nil, usual},
		{"fonedynamics", wirechief.DialectFoneDynamics, 0.5, nil, usual},
		{"bulkvs takes about a day", wirechief.DialectBulkVS, 0.5, nil, []time.Duration{0, 5 * s, 30 * s, 2 * m, 10 * m, 30 * m, 2 * h, 5 * h, 8 * h, 8 * h}},
		{"a fifth less", wirechief.DialectBulkVS, 0, nil, []time.Duration{0, 4 * s, 24 * s, 96 * s, 8 * m, 24 * m, 96 * m, 4 * h, 384 * m, 384 * m}},
		{"replaced, exactly", wirechief.DialectBulkVS, 0, func(o *Options) { o.Schedule = []time.Duration{0, s, 2 * s} }, []time.Duration{0, s, 2 * s}},
		{"replaced, with a wait before the first", wirechief.DialectOwn, 0, func(o *Options) { o.Schedule = []time.Duration{3 * s, s} }, []time.Duration{3 * s, s}},
		{"replaced by a single try", wirechief.DialectOwn, 0, func(o *Options) { o.Schedule = []time.Duration{0} }, []time.Duration{0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				store, f := newMemory(), always(trouble)
				e := start(t, store, f, func(o *Options) {
					o.Chance = func() float64 { return tt.chance }
					if tt.change != nil {
						tt.change(o)
					}
				})
				add(e, store, webhook(1, "a", profile(tt.profile)))
				pass(100 * h)
				var want []time.Duration
				var at time.Duration
				for _, w := range tt.waits {
					at += w
					want = append(want, at)
				}
				wantTimes(t, f.times(1), want...)
				d := store.get(1)
				if d.Status != wirechief.DeliveryExhausted || d.Tries != len(want) || len(d.Attempts) != len(want) {
					t.Fatalf("%s after %d tries, %d attempts", d.Status, d.Tries, len(d.Attempts))
				}
				for i, a := range d.Attempts {
					if a.N != i+1 {
						t.Errorf("attempt %d has number %d", i+1, a.N)
					}
					if i+1 < len(want) && !a.NextAt.Equal(t0.Add(want[i+1])) || i+1 == len(want) && !a.NextAt.IsZero() {
						t.Errorf("attempt %d names %v as the next", a.N, a.NextAt)
					}
				}
			})
		})
	}
}

func TestTimeouts(t *testing.T) {
	for _, tt := range []struct {
		profile string
		set     time.Duration
		want    time.Duration
	}{
		{wirechief.DialectOwn, 0, 15 * time.Second},
		{wirechief.DialectBulkVS, 0, 10 * time.Second},
		{wirechief.DialectFoneDynamics, 0, 10 * time.Second},
		{wirechief.DialectMessage2Give, 0, 10 * time.Second},
		{wirechief.DialectBulkVS, 3 * time.Second, 3 * time.Second},
		{wirechief.DialectOwn, time.Minute, time.Minute},
	} {
		bubble(t, func(t *testing.T) {
			m, f := newMemory(), &far{answer: after(time.Hour, took)}
			e := start(t, m, f, func(o *Options) { o.Timeout, o.Schedule = tt.set, []time.Duration{0} })
			add(e, m, webhook(1, "a", profile(tt.profile)))
			pass(tt.want - 1)
			if n := len(m.get(1).Attempts); n != 0 {
				t.Errorf("%s %v: ended early", tt.profile, tt.set)
			}
			pass(1)
			if a := m.get(1).Attempts; len(a) != 1 || a[0].Class != "timeout" {
				t.Errorf("%s %v: %+v", tt.profile, tt.set, a)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		want  time.Duration
	}{
		{2 * time.Second, 5 * time.Second}, // never sooner than the schedule
		{time.Minute, time.Minute},
		{1000 * time.Hour, 24 * time.Hour},
	} {
		bubble(t, func(t *testing.T) {
			n := 0
			m := newMemory()
			f := &far{answer: func(context.Context, *wirechief.Delivery) wirechief.Outcome {
				if n++; n > 1 {
					return took
				}
				o := trouble
				o.After = tt.after
				return o
			}}
			e := start(t, m, f)
			add(e, m, webhook(1, "a"))
			pass(48 * time.Hour)
			wantTimes(t, f.times(1), 0, tt.want)
		})
	}
}

func TestFinal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination})
		e := start(t, m, f)
		add(e, m, webhook(1, "a"))
		pass(time.Hour)
		if d := m.get(1); d.Status != wirechief.DeliveryExhausted || len(d.Attempts) != 1 {
			t.Errorf("%+v", d)
		}
	})
}

// 410 pauses at once what has no profile that says otherwise; new events are
// kept; resuming brings all of them, with a fresh schedule.
func TestGonePauses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		answer := gone
		var mu sync.Mutex
		m := newMemory()
		f := &far{answer: func(context.Context, *wirechief.Delivery) wirechief.Outcome {
			mu.Lock()
			defer mu.Unlock()
			return answer
		}}
		var told []wirechief.Lane
		var e *Engine
		e = start(t, m, f, func(o *Options) {
			o.Gone = func(_ context.Context, l wirechief.Lane) {
				mu.Lock()
				told = append(told, l)
				mu.Unlock()
				e.Pause(l, true) // as the exchange does, having kept it
			}
		})
		add(e, m, webhook(1, "a"))
		synctest.Wait()
		add(e, m, webhook(2, "a"), webhook(3, "b", profile(wirechief.DialectBulkVS)), webhook(4, "c", profile(wirechief.DialectFoneDynamics)))
		synctest.Wait()
		if len(told) != 1 || told[0] != laneTo("a") {
			t.Errorf("told %v", told)
		}
		for id, want := range map[int64]wirechief.DeliveryStatus{1: "paused", 2: "paused", 3: "pending", 4: "pending"} {
			if d := m.get(id); d.Status != want {
				t.Errorf("%d is %s, want %s", id, d.Status, want)
			}
		}
		if d := m.get(1); len(d.Attempts) != 1 || len(f.times(2)) != 0 {
			t.Errorf("%+v", d)
		}
		pass(time.Second)
		mu.Lock()
		answer = took
		mu.Unlock()
		e.Pause(laneTo("a"), false)
		synctest.Wait()
		if d := m.get(1); d.Status != wirechief.DeliveryDelivered || d.Tries != 1 || len(d.Attempts) != 2 || d.Attempts[1].N != 2 {
			t.Errorf("%+v", d)
		}
		if d := m.get(2); d.Status != wirechief.DeliveryDelivered {
			t.Errorf("%+v", d)
		}
	})
}

// Pausing while tries are under way: they end, and what failed is paused too.
func TestPauseInFlight(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: func(ctx context.Context, d *wirechief.Delivery) wirechief.Outcome {
			return after(time.Second, map[bool]wirechief.Outcome{true: took, false: trouble}[d.ID == 1])(ctx, d)
		}}
		e := start(t, m, f)
		add(e, m, webhook(1, "a"), webhook(2, "a"))
		synctest.Wait()
		e.Pause(laneTo("a"), true)
		add(e, m, webhook(3, "a"))
		pass(time.Minute)
		for id, want := range map[int64]wirechief.DeliveryStatus{1: "delivered", 2: "paused", 3: "paused"} {
			if d := m.get(id); d.Status != want {
				t.Errorf("%d is %s, want %s", id, d.Status, want)
			}
		}
		if n := len(f.ids()); n != 2 {
			t.Errorf("%d tries", n)
		}
	})
}

// Pausing and resuming many times in a row ends in what was said last.
func TestPauseFlips(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		m.latency = 10 * time.Millisecond
		e := start(t, m, f)
		e.Pause(laneTo("a"), true)
		for id := range int64(40) {
			add(e, m, webhook(id+1, "a"))
			e.Pause(laneTo("a"), id%2 == 0)
			pass(3 * time.Millisecond)
		}
		pass(time.Minute)
		if n := m.count(wirechief.DeliveryDelivered); n != 40 {
			t.Errorf("%d of 40 are delivered", n)
		}
		seen := make(map[int64]bool)
		for _, id := range f.ids() {
			if seen[id] {
				t.Errorf("%d was sent twice", id)
			}
			seen[id] = true
		}
	})
}

// A lane that is paused when the program starts stays so, whatever the store
// says of its deliveries.
func TestPausedAtStart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(webhook(1, "a"), webhook(2, "b")), always(took)
		paused := true
		e := start(t, m, f, func(o *Options) { o.Paused = func(l wirechief.Lane) bool { return paused && l == laneTo("a") } })
		if d := m.get(1); d.Status != wirechief.DeliveryPaused || m.get(2).Status != wirechief.DeliveryDelivered {
			t.Errorf("%+v", d)
		}
		paused = false
		e.Pause(laneTo("a"), false)
		synctest.Wait()
		// Made while it was paused, committed after it was resumed.
		add(e, m, webhook(3, "a", func(d *wirechief.Delivery) { d.Status = wirechief.DeliveryPaused }))
		synctest.Wait()
		if n := m.count(wirechief.DeliveryDelivered); n != 3 {
			t.Errorf("%d of 3 are delivered", n)
		}
	})
}

// What the store has is delivered after a start, in order, and what comes in
// while it is read is neither lost nor sent twice.
func TestRefill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const n = 3 * frontLimit
		m, f := newMemory(), &far{answer: after(time.Millisecond, took)}
		for id := range int64(n) {
			m.insert(webhook(id+1, "a", func(d *wirechief.Delivery) { d.NextAt = t0.Add(time.Duration(id) * time.Microsecond) }))
		}
		pass(time.Second)
		e := start(t, m, f)
		if e.memory > frontLimit+slack(frontLimit) {
			t.Errorf("%d in memory", e.memory)
		}
		for id := range int64(n) {
			add(e, m, webhook(n+id+1, "a"))
			if id%100 == 0 {
				pass(time.Millisecond)
			}
		}
		pass(time.Minute)
		if got := m.count(wirechief.DeliveryDelivered); got != 2*n {
			t.Errorf("%d of %d are delivered", got, 2*n)
		}
		if ids := f.ids(); len(ids) != 2*n {
			t.Errorf("%d tries for %d deliveries", len(ids), 2*n)
		}
		for i, id := range f.ids() {
			if off := int(id) - i - 1; max(off, -off) > inFlight {
				t.Errorf("%d was tried as number %d", id, i+1)
			}
		}
		if e.memory != 0 {
			t.Errorf("%d in memory at the end", e.memory)
		}
		if m.reads > 30 {
			t.Errorf("%d reads", m.reads)
		}
	})
}

// New events pass a thousand others whose next try is hours ahead.
func TestNewEventsPassRetries(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: func(_ context.Context, d *wirechief.Delivery) wirechief.Outcome {
			if d.ID == 0 {
				return took
			}
			return trouble
		}}
		for id := range int64(3 * frontLimit) {
			m.insert(webhook(id+1, "a", func(d *wirechief.Delivery) { d.NextAt, d.Tries = t0.Add(time.Hour), 6 }))
		}
		e := start(t, m, f)
		pass(time.Minute)
		add(e, m, webhook(0, "a"))
		synctest.Wait()
		wantTimes(t, f.times(0), time.Minute)
	})
}

func TestMemoryIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		for id := range int64(20_000) {
			m.insert(webhook(id+1, string(rune('a'+id%20)), func(d *wirechief.Delivery) { d.NextAt, d.Tries = t0.Add(time.Hour), 1 }))
		}
		e := start(t, m, f, func(o *Options) { o.Memory = 2000 })
		if most := 2000 + 2*frontLimit + 20*2*frontLeast; e.memory > most {
			t.Errorf("%d in memory, want at most %d", e.memory, most)
		}
		if g := e.Gauges(); len(g) != 1 || g[0].Lanes != 20 || g[0].Pending != 20_000 || !g[0].Oldest.Equal(t0) {
			t.Errorf("gauges %+v", g)
		}
		pass(time.Hour)
		if got := m.count(wirechief.DeliveryDelivered); got != 20_000 {
			t.Errorf("%d of 20,000 are delivered", got)
		}
	})
}

// A replay is taken up: what was exhausted, and what was waiting for later.
func TestWake(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		exhausted := func(d *wirechief.Delivery) {
			d.Status, d.Tries, d.NextAt = wirechief.DeliveryExhausted, 12, time.Time{}
		}
		later := func(d *wirechief.Delivery) { d.Tries, d.NextAt = 8, t0.Add(10*time.Hour) }
		m.insert(webhook(1, "a", exhausted), webhook(2, "b", later), webhook(3, "b", later))
		e := start(t, m, f)
		pass(time.Minute)
		if len(f.ids()) != 0 {
			t.Fatalf("tried %v", f.ids())
		}
		if _, err := m.Apply(t.Context(), wirechief.Redeliver{At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		e.Wake()
		synctest.Wait()
		for id := range int64(3) {
			wantTimes(t, f.times(id+1), time.Minute)
		}
	})
}

func TestBreaker(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: func(context.Context, *wirechief.Delivery) wirechief.Outcome {
			if time.Since(t0) < 10*time.Minute {
				return trouble
			}
			return took
		}}
		e := start(t, m, f, func(o *Options) { o.Schedule = slices.Repeat([]time.Duration{time.Second}, 200) })
		open := func() int { return e.Gauges()[0].Open }
		for id := range int64(10) {
			add(e, m, webhook(id+1, "a"))
		}
		pass(breakSpan)
		if open() != 0 {
			t.Error("the breaker opened early")
		}
		pass(2 * time.Second)
		before := len(f.ids())
		if open() != 1 {
			t.Fatal("the breaker is closed")
		}
		pass(7 * time.Minute)
		if tries := len(f.ids()) - before; tries < 5 || tries > 12 {
			t.Errorf("%d tries in 7 minutes while it was open", tries)
		}
		for id := range int64(10) {
			if d := m.get(id + 1); d.Status != wirechief.DeliveryPending || d.Tries > 50 {
				t.Errorf("waiting used up tries: %s, %d", d.Status, d.Tries)
			}
		}
		pass(4 * time.Minute)
		if n := m.count(wirechief.DeliveryDelivered); n != 10 || open() != 0 {
			t.Errorf("%d of 10 are delivered, %d open", n, open())
		}
	})
}

func TestLimits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), &far{answer: after(100*time.Millisecond, took)}
		e := start(t, m, f)
		for id := range int64(100) {
			add(e, m, webhook(id+1, "a"))
		}
		pass(time.Minute)
		if f.most["a"] != inFlight {
			t.Errorf("%d under way at once, want %d", f.most["a"], inFlight)
		}
	})
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		e := start(t, m, f, func(o *Options) { o.Rate = 10 })
		for id := range int64(100) {
			add(e, m, webhook(id+1, "a"))
		}
		pass(5 * time.Second)
		if n := len(f.ids()); n < 49 || n > 52 {
			t.Errorf("%d tries in 5 seconds at 10 a second", n)
		}
	})
}

// The place of a try is free when its outcome is on disk, not before.
func TestPlacesWaitForTheDisk(t *testing.T) {
	for _, tt := range []struct{ window, want int }{{-1, inFlight}, {100, inFlight + 100}} {
		bubble(t, func(t *testing.T) {
			m, f := newMemory(), always(took)
			e := start(t, m, f, func(o *Options) { o.Window = tt.window })
			m.fail(errors.New("disk full"))
			for id := range int64(300) {
				add(e, m, webhook(id+1, "a"))
			}
			pass(time.Minute)
			if n := len(f.ids()); n != tt.want {
				t.Errorf("%d tries while the store takes nothing, want %d", n, tt.want)
			}
			m.fail(nil)
			pass(time.Minute)
			if n := m.count(wirechief.DeliveryDelivered); n != 300 || len(f.ids()) != 300 {
				t.Errorf("%d of 300 are delivered by %d tries", n, len(f.ids()))
			}
		})
	}
}

// Outcomes that come together are kept together.
func TestCommitsAreShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), &far{answer: after(time.Millisecond, took)}
		m.latency = 5 * time.Millisecond
		e := start(t, m, f)
		for id := range int64(1000) {
			add(e, m, webhook(id+1, "a"))
		}
		pass(time.Minute)
		if n := m.count(wirechief.DeliveryDelivered); n != 1000 || len(m.commits) > 60 {
			t.Errorf("%d delivered in %d commits", n, len(m.commits))
		}
	})
}

// One destination of ten answers after 4.9 s. The others are never behind it:
// each of their events is tried in the instant in which it comes.
func TestSlowDelaysNobody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: func(ctx context.Context, d *wirechief.Delivery) wirechief.Outcome {
			if d.Destination == "slow" {
				return after(4900*time.Millisecond, took)(ctx, d)
			}
			return after(time.Millisecond, took)(ctx, d)
		}}
		e := start(t, m, f, func(o *Options) { o.Pool = 64 })
		came := make(map[int64]time.Time)
		id := int64(0)
		for range 30 * 200 / 10 {
			for _, to := range []string{"slow", "1", "2", "3", "4", "5", "6", "7", "8", "9"} {
				id++
				came[id] = time.Now()
				add(e, m, webhook(id, to))
			}
			pass(50 * time.Millisecond)
		}
		for _, tr := range f.tries {
			if late := tr.at.Sub(came[tr.id]); tr.to != "slow" && late > 0 {
				t.Fatalf("an event for %s was late by %v", tr.to, late)
			}
		}
		if f.most["slow"] != inFlight {
			t.Errorf("the slow one had %d under way", f.most["slow"])
		}
	})
}

// Hundreds of dead destinations hold no more than their part of the pool, and
// a new destination gets its first try at once.
func TestDeadHoldAPartOfThePool(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: func(ctx context.Context, d *wirechief.Delivery) wirechief.Outcome {
			if strings.HasPrefix(d.Destination, "dead") {
				return after(time.Hour, took)(ctx, d)
			}
			return after(time.Millisecond, took)(ctx, d)
		}}
		e := start(t, m, f, func(o *Options) { o.Pool = 64 })
		id := int64(0)
		next := func(to string) *wirechief.Delivery {
			id++
			return webhook(id, to)
		}
		add(e, m, next("good"))
		pass(time.Second)
		for i := range 500 {
			to := "dead" + string(rune('A'+i%50)) + string(rune('A'+i/50))
			for range 3 {
				add(e, m, next(to))
			}
		}
		for range 120 {
			pass(time.Second)
			d := next("good")
			at := time.Since(t0)
			add(e, m, d)
			synctest.Wait()
			wantTimes(t, f.times(d.ID), at)
			e.mu.Lock()
			if used := 64 - e.pool.free; used > 64/2+64/4+1 {
				t.Fatalf("%d slots are held", used)
			}
			e.mu.Unlock()
		}
	})
}

// Slow lanes share their part by turns: none starves, and who came first has
// no more than the others in the long run.
func TestSlowTakeTurns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: after(2*time.Second, took)}
		e := start(t, m, f, func(o *Options) { o.Pool = 16 })
		id := int64(0)
		for lane := range 20 {
			for range 60 {
				id++
				add(e, m, webhook(id, string(rune('a'+lane))))
			}
		}
		pass(80 * time.Second)
		count := make(map[string]int)
		for _, tr := range f.tries {
			if tr.at.Sub(t0) >= 20*time.Second {
				count[tr.to]++
			}
		}
		// 8 slots for 60 s, 2 s each, 20 lanes: 12 each.
		for to, n := range count {
			if n < 11 || n > 13 {
				t.Errorf("%s had %d tries", to, n)
			}
		}
		if len(count) != 20 {
			t.Errorf("%d of 20 lanes had a turn", len(count))
		}
	})
}

// What nobody can send waits, and nothing else is disturbed.
func TestUnknownKind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		mail := func(d *wirechief.Delivery) { d.Kind = wirechief.KindEmail }
		m.insert(webhook(1, "a@example.net", mail))
		e := start(t, m, f)
		add(e, m, webhook(2, "a@example.net", mail), webhook(3, "a"))
		pass(time.Hour)
		if m.get(1).Status != wirechief.DeliveryPending || m.get(2).Status != wirechief.DeliveryPending || m.get(3).Status != wirechief.DeliveryDelivered {
			t.Error("wrong")
		}
	})
}

// Stop begins nothing, lets what is under way end, and keeps what came of it.
func TestStop(t *testing.T) {
	for _, tt := range []struct {
		name     string
		patience time.Duration
		code     string
		status   wirechief.DeliveryStatus
		attempts int
		tries    int
	}{
		{"in time", time.Minute, "", wirechief.DeliveryDelivered, 1, 1},
		{"cut off, nothing had left", time.Second, "", wirechief.DeliveryPending, 0, 0},
		{"cut off, the far side had it", time.Second, "sent", wirechief.DeliveryPending, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				m := newMemory()
				f := &far{answer: func(ctx context.Context, d *wirechief.Delivery) wirechief.Outcome {
					o := after(5*time.Second, took)(ctx, d)
					if o.Reason == wirechief.ReasonShutdown {
						o.Code = tt.code
					}
					return o
				}}
				e := start(t, m, f, func(o *Options) { o.InFlight = 1 })
				add(e, m, webhook(1, "a"), webhook(2, "a"))
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
				defer cancel()
				if err := e.Stop(ctx); err != nil {
					t.Fatal(err)
				}
				add(e, m, webhook(3, "b"))
				pass(time.Hour)
				if d := m.get(1); d.Status != tt.status || len(d.Attempts) != tt.attempts || d.Tries != tt.tries {
					t.Errorf("%+v", d)
				}
				if m.get(2).Status != wirechief.DeliveryPending || len(f.ids()) != 1 {
					t.Errorf("tries %v after the stop", f.ids())
				}
				if err := e.Stop(t.Context()); err != nil {
					t.Error(err)
				}
				if err := e.Start(t.Context()); err != nil || e.state != stopping {
					t.Error("it started again")
				}
			})
		})
	}
}

func TestStopBeforeStart(t *testing.T) {
	e := New(Options{Store: newMemory(), Senders: map[wirechief.DeliveryKind]Sender{}})
	if err := e.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.Add(webhook(1, "a"))
	e.Pause(laneTo("a"), true)
	e.Wake()
}

// A store that refuses until the end is offered the outcomes once more; if it
// refuses still, that is said.
func TestStopWithoutStore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		e := New(Options{Store: m, Senders: map[wirechief.DeliveryKind]Sender{wirechief.KindWebhook: f}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		m.fail(errors.New("disk full"))
		add(e, m, webhook(1, "a"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := e.Stop(ctx); wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("Stop: %v", err)
		}
	})
}

// Nothing is read before Start; a store that cannot be read is asked again.
func TestStartReadsLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(webhook(1, "a")), always(took)
		m.refuse = errors.New("not yet")
		e := start(t, m, f)
		add(e, m, webhook(2, "b"))
		pass(time.Minute)
		m.fail(nil)
		pass(time.Minute)
		if n := m.count(wirechief.DeliveryDelivered); n != 2 {
			t.Errorf("%d of 2 are delivered", n)
		}
	})
}

// What the store does not know any more is let go.
func TestVanished(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(trouble)
		e := start(t, m, f)
		e.Add(webhook(1, "a")) // never committed
		pass(time.Hour)
		if n := len(f.ids()); n != 1 {
			t.Errorf("%d tries", n)
		}
	})
}

// Lanes are forgotten when nothing has come for a while.
func TestIdleLanesGo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		e := start(t, m, f)
		add(e, m, webhook(1, "a"))
		e.Pause(laneTo("b"), true)
		pass(idleLane + time.Minute)
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.lanes) != 1 || e.lanes[laneTo("b")] == nil {
			t.Errorf("%d lanes", len(e.lanes))
		}
	})
}
