package delivery

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

// The place of a try is free when its outcome is on disk, not before.
func TestPlacesWaitForTheDisk(t *testing.T) {
	for _, tt := range []struct{ window, want int }{{-1, inFlight}, {100, inFlight + 100}} {
		bubble(t, func(t *testing.T) {
			m, f := newMemory(), always(took)
			e := start(t, m, f, func(o *Options) { o.Window = tt.window })
			m.fail(errors.New("disk full"))
			for id := range int64(300) {
				add(e, m, hook(id+1, "a"))
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
			add(e, m, hook(id+1, "a"))
		}
		pass(time.Minute)
		if n := m.count(wirechief.DeliveryDelivered); n != 1000 || len(m.commits) > 60 {
			t.Errorf("%d delivered in %d commits", n, len(m.commits))
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
				add(e, m, hook(1, "a"), hook(2, "a"))
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
				defer cancel()
				if err := e.Stop(ctx); err != nil {
					t.Fatal(err)
				}
				add(e, m, hook(3, "b"))
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
	e.Add(hook(1, "a"))
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
		add(e, m, hook(1, "a"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := e.Stop(ctx); wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("Stop: %v", err)
		}
	})
}
