package delivery

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

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
		add(e, m, hook(1, "a"))
		synctest.Wait()
		add(e, m, hook(2, "a"), hook(3, "b", profile(wirechief.DialectBulkVS)), hook(4, "c", profile(wirechief.DialectFoneDynamics)))
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
		add(e, m, hook(1, "a"), hook(2, "a"))
		synctest.Wait()
		e.Pause(laneTo("a"), true)
		add(e, m, hook(3, "a"))
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
			add(e, m, hook(id+1, "a"))
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
		m, f := newMemory(hook(1, "a"), hook(2, "b")), always(took)
		paused := true
		e := start(t, m, f, func(o *Options) { o.Paused = func(l wirechief.Lane) bool { return paused && l == laneTo("a") } })
		if d := m.get(1); d.Status != wirechief.DeliveryPaused || m.get(2).Status != wirechief.DeliveryDelivered {
			t.Errorf("%+v", d)
		}
		paused = false
		e.Pause(laneTo("a"), false)
		synctest.Wait()
		// Made while it was paused, committed after it was resumed.
		add(e, m, hook(3, "a", func(d *wirechief.Delivery) { d.Status = wirechief.DeliveryPaused }))
		synctest.Wait()
		if n := m.count(wirechief.DeliveryDelivered); n != 3 {
			t.Errorf("%d of 3 are delivered", n)
		}
	})
}
