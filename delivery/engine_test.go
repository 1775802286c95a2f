package delivery

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

func TestDelivers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		e := start(t, m, f)
		add(e, m, hook(1, "a"), hook(2, "a"), hook(3, "b"))
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
				add(e, store, hook(1, "a", profile(tt.profile)))
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
			add(e, m, hook(1, "a", profile(tt.profile)))
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
			add(e, m, hook(1, "a"))
			pass(48 * time.Hour)
			wantTimes(t, f.times(1), 0, tt.want)
		})
	}
}

func TestFinal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination})
		e := start(t, m, f)
		add(e, m, hook(1, "a"))
		pass(time.Hour)
		if d := m.get(1); d.Status != wirechief.DeliveryExhausted || len(d.Attempts) != 1 {
			t.Errorf("%+v", d)
		}
	})
}
