package delivery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// TestNothingIsLost plays an engine with everything that can happen to it at
// once: destinations that fail, hang and are gone, pauses, replays, a store that
// refuses and is slow, stops and starts. In the end everything is delivered; no
// delivery was ever under way twice at the same time, and each request that the
// far side saw is on record once.
func TestNothingIsLost(t *testing.T) {
	seeds := uint64(10)
	if os.Getenv("WIRECHIEF_TORTURE") != "" {
		seeds = 1000
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { bubble(t, func(t *testing.T) { play(t, seed) }) })
	}
}

func play(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	m := newMemory()
	m.latency = time.Duration(r.IntN(30)) * time.Millisecond
	var mu sync.Mutex
	flying, seen, done, healthy := make(map[int64]bool), make(map[int64]int), make(map[int64]bool), false
	f := &far{answer: func(ctx context.Context, d *wirechief.Delivery) wirechief.Outcome {
		mu.Lock()
		if flying[d.ID] {
			t.Errorf("%d is under way twice", d.ID)
		}
		if done[d.ID] {
			t.Errorf("%d is sent again after it was taken", d.ID)
		}
		flying[d.ID] = true
		dice, well := r.IntN(10), healthy
		mu.Unlock()
		wait, o := time.Duration(dice)*time.Millisecond, took
		switch {
		case well:
		case dice < 3:
			o = trouble
		case dice == 3:
			o = gone
		case dice == 4:
			wait, o = 2*time.Second, trouble
		case dice == 5:
			wait = time.Minute
		}
		o = after(wait, o)(ctx, d)
		mu.Lock()
		if o.Reason == wirechief.ReasonShutdown {
			if o.Code = ""; dice%2 == 0 {
				o.Code = "seen"
			}
		}
		if o.Reason != wirechief.ReasonShutdown || o.Code != "" {
			seen[d.ID]++
		}
		delete(flying, d.ID)
		done[d.ID] = o.Disposition == wirechief.Done
		mu.Unlock()
		return o
	}}
	paused := make(map[wirechief.Lane]bool)
	isPaused := func(l wirechief.Lane) bool {
		mu.Lock()
		defer mu.Unlock()
		return paused[l]
	}
	dice := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return r.IntN(n)
	}
	var e *Engine
	pause := func(l wirechief.Lane, on bool) {
		mu.Lock()
		paused[l] = on
		mu.Unlock()
		e.Pause(l, on)
	}
	begin := func() {
		e = New(Options{
			Store: m, Senders: map[wirechief.DeliveryKind]Sender{wirechief.KindWebhook: f}, Paused: isPaused,
			Schedule: []time.Duration{0, time.Second, 10 * time.Second}, Pool: 24, InFlight: 1 + dice(6), Window: dice(20) - 1,
			Memory: 50, Gone: func(_ context.Context, l wirechief.Lane) { pause(l, true) },
		})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stop := func(patience time.Duration) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	begin()
	next := int64(0)
	lane := func() wirechief.Lane { return laneTo(string(rune('a' + dice(6)))) }
	for range 300 {
		switch dice(12) {
		case 0, 1, 2, 3:
			for range dice(40) {
				next++
				d := hook(next, lane().Destination)
				if isPaused(d.Lane()) {
					d.Status = wirechief.DeliveryPaused
				}
				add(e, m, d)
			}
		case 4:
			pause(lane(), true)
		case 5, 6:
			pause(lane(), false)
		case 7:
			if _, err := m.Apply(t.Context(), wirechief.Redeliver{
				Filter: wirechief.DeliveryFilter{Status: wirechief.DeliveryExhausted}, At: time.Now(),
			}); err == nil {
				e.Wake()
			}
		case 8:
			m.fail(errors.New("disk full"))
		case 9:
			m.fail(nil)
		case 10:
			if dice(4) == 0 {
				m.fail(nil)
				stop(time.Duration(dice(20)) * time.Second)
				begin()
			}
		}
		time.Sleep(time.Duration(dice(500)) * time.Millisecond)
	}
	m.fail(nil)
	mu.Lock()
	healthy = true
	mu.Unlock()
	for i := range 6 {
		pause(laneTo(string(rune('a'+i))), false)
	}
	for range 20 {
		time.Sleep(time.Minute)
		if _, err := m.Apply(t.Context(), wirechief.Redeliver{
			Filter: wirechief.DeliveryFilter{Status: wirechief.DeliveryExhausted}, At: time.Now(),
		}); err != nil {
			t.Fatal(err)
		}
		e.Wake()
		for i := range 6 { // 410s that were on their way when all became well
			pause(laneTo(string(rune('a'+i))), false)
		}
	}
	time.Sleep(10 * time.Minute)
	e.mu.Lock()
	if e.memory != 0 || e.flying != 0 || e.pool.free != 24 || e.pool.held != [classes]int{} || len(e.sleepers) != 0 {
		t.Errorf("left over: %d in memory, %d flying, %d free, held %v, %d sleeping", e.memory, e.flying, e.pool.free, e.pool.held, len(e.sleepers))
	}
	e.mu.Unlock()
	stop(time.Minute)
	for id := int64(1); id <= next; id++ {
		d := m.get(id)
		if d.Status != wirechief.DeliveryDelivered {
			t.Errorf("%d is %s", id, d.Status)
		}
		if len(d.Attempts) != seen[id] {
			t.Errorf("%d was seen %d times, on record are %d", id, seen[id], len(d.Attempts))
		}
		for i, a := range d.Attempts {
			if a.N != i+1 {
				t.Errorf("attempt %d of %d has number %d", i+1, id, a.N)
			}
		}
	}
}
