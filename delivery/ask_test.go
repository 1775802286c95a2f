package delivery

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

// follows has the engine ask a function what follows from failures.
func follows(f func(ctx context.Context, id int64) error) func(*Options) {
	return func(o *Options) {
		o.Follow = func(ctx context.Context, d *wirechief.Delivery, _ wirechief.Attempted) ([]wirechief.Command, error) {
			if err := f(ctx, d.ID); err != nil {
				return nil, err
			}
			next := *hook(d.ID+100, "b")
			return []wirechief.Command{wirechief.Accept{Deliveries: []*wirechief.Delivery{&next}}}, nil
		}
	}
}

// lost answers for good, but for what follows.
func lost(_ context.Context, d *wirechief.Delivery) wirechief.Outcome {
	if d.Destination == "a" {
		return wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonRejected}
	}
	return took
}

// What follows from the last try is not lost when it cannot be found out at once:
// it is asked for again, and the outcome waits for it.
func TestFollowIsAskedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, asked := newMemory(), 0
		e := start(t, m, &far{answer: lost}, follows(func(context.Context, int64) error {
			if asked++; asked < 5 {
				return errors.New("busy")
			}
			return nil
		}))
		add(e, m, hook(1, "a"))
		synctest.Wait()
		if d := m.get(1); d.Status != wirechief.DeliveryPending {
			t.Errorf("%s, and nobody knows what follows", d.Status)
		}
		pass(time.Minute)
		if a, b := m.get(1), m.get(101); a.Status != wirechief.DeliveryExhausted || b.Status != wirechief.DeliveryDelivered || asked != 5 {
			t.Errorf("%s, then %s; asked %d times", a.Status, b.Status, asked)
		}
	})
}

// Who asks long holds up that outcome, and none of others.
func TestFollowHoldsUpNobody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m, hold := newMemory(), make(chan struct{})
		e := start(t, m, &far{answer: lost}, follows(func(_ context.Context, id int64) error {
			if id == 1 {
				<-hold
			}
			return nil
		}))
		add(e, m, hook(1, "a"), hook(2, "b"), hook(3, "a"))
		pass(time.Second)
		for id, want := range map[int64]wirechief.DeliveryStatus{1: wirechief.DeliveryPending, 2: wirechief.DeliveryDelivered, 3: wirechief.DeliveryExhausted} {
			if d := m.get(id); d.Status != want {
				t.Errorf("%d is %s, want %s", id, d.Status, want)
			}
		}
		close(hold)
		pass(time.Second)
		if d := m.get(101); d.Status != wirechief.DeliveryDelivered {
			t.Errorf("what follows is %s", d.Status)
		}
	})
}

// An outcome of which nobody can say what follows is not kept when the engine
// stops: the try is made again.
func TestStopWhileNobodyKnowsWhatFollows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		e := start(t, m, &far{answer: lost}, follows(func(context.Context, int64) error { return errors.New("busy") }))
		add(e, m, hook(1, "a"))
		pass(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
		if d := m.get(1); d.Status != wirechief.DeliveryPending || len(d.Attempts) != 0 {
			t.Errorf("%s after %d attempts", d.Status, len(d.Attempts))
		}
	})
}
