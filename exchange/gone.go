package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wirechief/wirechief"
)

// pause is what is kept of a paused carrier or destination.
type pause struct {
	// Gone is when the destination answered that it wants nothing more (410). Then
	// what there is to tell it counts as failed for good, and its fallback is told
	// at once. Zero: a person made the pause, and what there is to tell waits.
	Gone time.Time `json:"gone,omitzero"`
	// Told says that this was done for what waited for it then.
	Told bool `json:"told,omitempty"`
}

// goneSince gives the pause of a lane that its destination made; false: a person
// did, or nobody.
func (d *directory) goneSince(l wirechief.Lane) (pause, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p := d.paused[named{l.Tenant, laneKey(l)}]
	if p == nil || p.Gone.IsZero() {
		return pause{}, false
	}
	return *p, true
}

func (d *directory) isGone(l wirechief.Lane) bool {
	_, is := d.goneSince(l)
	return is
}

// isGoneFor says why what waits for a gone destination is told elsewhere.
func isGoneFor(d *wirechief.Delivery) string {
	return fmt.Sprintf("%s to %s is gone (410)", d.Kind, bare(d.Destination))
}

// DestinationGone makes the pause of a destination last that answered 410, and
// has the fallback told of what waits for it.
func (x *Exchange) DestinationGone(ctx context.Context, lane wirechief.Lane) error {
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if x.DestinationPaused(lane) {
		return nil
	}
	p := pause{Gone: x.Now(), Told: !x.dir.fallsBack(lane.Tenant)}
	if err := x.putEntity(ctx, wirechief.EntityPause, lane.Tenant, laneKey(lane), p); err != nil {
		return err
	}
	x.Deliver.Pause(lane, true)
	x.Log.InfoContext(ctx, "a destination that is gone is paused", "tenant", lane.Tenant, "kind", lane.Kind)
	select {
	case x.gone <- struct{}{}:
	default:
	}
	return nil
}

// goneAgain is how long what could not be read or kept waits.
const goneAgain = 10 * time.Second

// tellInstead begins the chains of what waited for a destination when it was
// gone, also where a run before this one did not come to its end.
func (x *Exchange) tellInstead(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-x.gone:
		case <-timer.C:
		}
		for _, lane := range x.dir.pausedDestinations() {
			p, is := x.dir.goneSince(lane)
			if !is || p.Told {
				continue
			}
			err := x.beginChains(ctx, lane)
			if err == nil {
				err = x.toldInstead(ctx, lane, p)
			}
			if err != nil && ctx.Err() == nil {
				x.Log.WarnContext(ctx, "what waits for a destination that is gone cannot be told elsewhere just now", "tenant", lane.Tenant, "kind", lane.Kind, "error", err)
				timer.Reset(goneAgain)
			}
		}
	}
}

func (x *Exchange) toldInstead(ctx context.Context, lane wirechief.Lane, p pause) error {
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if now, is := x.dir.goneSince(lane); !is || !now.Gone.Equal(p.Gone) {
		return nil // a person has resumed it meanwhile
	}
	p.Told = true
	return x.putEntity(ctx, wirechief.EntityPause, lane.Tenant, laneKey(lane), p)
}

// beginChains tells the fallback of what waits in a lane. What is pending there
// is made paused meanwhile, so it is looked at first.
func (x *Exchange) beginChains(ctx context.Context, lane wirechief.Lane) error {
	for _, status := range []wirechief.DeliveryStatus{wirechief.DeliveryPending, wirechief.DeliveryPaused} {
		f := wirechief.DeliveryFilter{Tenant: lane.Tenant, Kind: lane.Kind, Destination: lane.Destination, Status: status, Limit: 200}
		for {
			list, err := x.Store.Deliveries(ctx, f)
			if err != nil {
				return err
			}
			for _, d := range list {
				if err := x.beginChain(ctx, d); err != nil {
					return err
				}
				f.Before = d.ID
			}
			if len(list) < f.Limit {
				break
			}
		}
	}
	return nil
}

func (x *Exchange) beginChain(ctx context.Context, d *wirechief.Delivery) error {
	if d.Message == 0 || !x.isChained(d) {
		return nil
	}
	m, err := x.Store.Message(ctx, wirechief.MessageKey{Shard: d.Shard, ID: d.Message})
	if wirechief.KindOf(err) == wirechief.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	n := x.dir.number(m.To)
	if n == nil || n.Tenant != m.Tenant {
		return nil
	}
	commands, err := x.fallBack(ctx, d, m, n, isGoneFor(d))
	if err != nil || len(commands) == 0 {
		return err
	}
	results, err := x.Store.Apply(ctx, commands...)
	for i := range results {
		err = errors.Join(err, results[i].Err)
	}
	if err != nil {
		x.fallen.forget(m.ID)
		return err
	}
	for _, c := range commands {
		if a, ok := c.(wirechief.Accept); ok {
			x.Deliver.Add(a.Deliveries...)
		}
	}
	return nil
}

// goneInto begins the chain for a text that waits for a destination that is gone.
func (x *Exchange) goneInto(c *consequences, m *wirechief.Message, n *wirechief.Number, now time.Time) {
	for _, d := range c.deliveries {
		if d.Status == wirechief.DeliveryPaused && x.isChained(d) && x.dir.isGone(d.Lane()) {
			step := x.chain(m, n, d, isGoneFor(d), now)
			c.deliveries, c.events, c.uncount = append(c.deliveries, step.deliveries...), append(c.events, step.events...), append(c.uncount, step.uncount...)
			return
		}
	}
}
