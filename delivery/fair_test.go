package delivery

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

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
			add(e, m, hook(id+1, "a"))
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
			add(e, m, hook(id+1, "a"))
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
			add(e, m, hook(id+1, "a"))
		}
		pass(5 * time.Second)
		if n := len(f.ids()); n < 49 || n > 52 {
			t.Errorf("%d tries in 5 seconds at 10 a second", n)
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
				add(e, m, hook(id, to))
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
			return hook(id, to)
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
				add(e, m, hook(id, string(rune('a'+lane))))
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
		m.insert(hook(1, "a@example.net", mail))
		e := start(t, m, f)
		add(e, m, hook(2, "a@example.net", mail), hook(3, "a"))
		pass(time.Hour)
		if m.get(1).Status != wirechief.DeliveryPending || m.get(2).Status != wirechief.DeliveryPending || m.get(3).Status != wirechief.DeliveryDelivered {
			t.Error("wrong")
		}
	})
}

// A destination that is dead, with more waiting than memory holds: its lane
// sleeps until the breaker lets one try through, and the engine goes on.
func TestBreakerWithABacklog(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		f := &far{answer: func(_ context.Context, d *wirechief.Delivery) wirechief.Outcome {
			if d.Destination == "dead" {
				return trouble
			}
			return took
		}}
		e := start(t, m, f, func(o *Options) {
			o.Memory = 1 // the front has its least
			o.Schedule = slices.Repeat([]time.Duration{time.Second}, 1000)
		})
		for id := range int64(20 * frontLeast) {
			add(e, m, hook(id+1, "dead"))
		}
		pass(breakSpan + 5*time.Second)
		if e.Gauges()[0].Open != 1 {
			t.Fatal("the breaker is closed")
		}
		pass(10 * time.Minute)
		before := len(f.ids())
		add(e, m, hook(100_000, "alive"))
		pass(time.Second)
		if ids := f.ids()[before:]; !slices.Contains(ids, 100_000) {
			t.Errorf("another destination is not told: %v", ids)
		}
	})
}
