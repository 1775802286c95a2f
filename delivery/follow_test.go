package delivery_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
)

// What follows from a failure is on disk with it and delivered afterwards; it is
// asked for once a failure, and for nothing that was delivered.
func TestWhatFollowsFromAFailure(t *testing.T) {
	good := newEndpoint(t, 200)
	var mu sync.Mutex
	var asked []wirechief.Attempted
	m := newMachine(t, func(o *delivery.Options) {
		o.Follow = func(_ context.Context, d *wirechief.Delivery, came wirechief.Attempted) ([]wirechief.Command, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, came)
			if d.ID != 1 || came.Tries != 2 {
				return nil, nil
			}
			next := *d
			next.ID, next.Destination, next.Fallback, next.NextAt = 2, good.URL+"/in", 1, time.Now()
			return []wirechief.Command{
				wirechief.Accept{Deliveries: []*wirechief.Delivery{&next}},
				wirechief.DropEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: "none", Key: "x"}}, // what is refused hinders nothing
			}, nil
		}
	})
	bad := newEndpoint(t, 500)
	m.send(1, 1, bad.URL+"/in")
	m.waitFor(1, wirechief.DeliveryExhausted)
	m.until(1, func(*wirechief.Delivery) bool {
		d, err := m.store.Delivery(t.Context(), wirechief.DeliveryKey{Shard: wirechief.ShardOf("acme"), ID: 2})
		if err != nil && wirechief.KindOf(err) != wirechief.NotFound {
			t.Fatal(errors.Unwrap(err))
		}
		return err == nil && d.Status == wirechief.DeliveryDelivered && d.Fallback == 1
	})
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 3 || asked[0].Tries != 1 || asked[2].Status != wirechief.DeliveryExhausted || good.times(1) != 1 {
		t.Errorf("asked %+v", asked)
	}
}
