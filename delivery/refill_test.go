package delivery

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

// What the store has is delivered after a start, in order, and what comes in
// while it is read is neither lost nor sent twice.
func TestRefill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const n = 3 * frontLimit
		m, f := newMemory(), &far{answer: after(time.Millisecond, took)}
		for id := range int64(n) {
			m.insert(hook(id+1, "a", func(d *wirechief.Delivery) { d.NextAt = t0.Add(time.Duration(id) * time.Microsecond) }))
		}
		pass(time.Second)
		e := start(t, m, f)
		if e.memory > frontLimit+slack(frontLimit) {
			t.Errorf("%d in memory", e.memory)
		}
		for id := range int64(n) {
			add(e, m, hook(n+id+1, "a"))
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
			m.insert(hook(id+1, "a", func(d *wirechief.Delivery) { d.NextAt, d.Tries = t0.Add(time.Hour), 6 }))
		}
		e := start(t, m, f)
		pass(time.Minute)
		add(e, m, hook(0, "a"))
		synctest.Wait()
		wantTimes(t, f.times(0), time.Minute)
	})
}

func TestMemoryIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(), always(took)
		for id := range int64(20_000) {
			m.insert(hook(id+1, string(rune('a'+id%20)), func(d *wirechief.Delivery) { d.NextAt, d.Tries = t0.Add(time.Hour), 1 }))
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
		m.insert(hook(1, "a", exhausted), hook(2, "b", later), hook(3, "b", later))
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

// Nothing is read before Start; a store that cannot be read is asked again.
func TestStartReadsLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, f := newMemory(hook(1, "a")), always(took)
		m.refuse = errors.New("not yet")
		e := start(t, m, f)
		add(e, m, hook(2, "b"))
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
		e.Add(hook(1, "a")) // never committed
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
		add(e, m, hook(1, "a"))
		e.Pause(laneTo("b"), true)
		pass(idleLane + time.Minute)
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.lanes) != 1 || e.lanes[laneTo("b")] == nil {
			t.Errorf("%d lanes", len(e.lanes))
		}
	})
}
