package delivery

import (
	"cmp"
	"context"
	"slices"
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
		case wirechief.Accept:
			for _, d := range c.Deliveries {
				kept := *d
				m.deliveries[d.DeliveryKey] = &kept
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

func hook(id int64, to string, change ...func(*wirechief.Delivery)) *wirechief.Delivery {
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
