package exchange

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Receipt implements [carrier.Handler]: it returns nil once the receipt is on
// disk, with the message that it is about or, until that is known, by itself.
func (x *Exchange) Receipt(ctx context.Context, r wirechief.Receipt) error {
	if r.At.IsZero() {
		r.At = x.Now()
	}
	results, err := x.Store.Apply(ctx, wirechief.Correlate{Receipt: r, Plan: x.follow})
	if err != nil {
		return err
	}
	res := results[0]
	if res.Err != nil {
		return res.Err
	}
	x.Meter.Receipt(r.Carrier, string(r.State), !res.Parked)
	if l := x.lanes[r.Carrier]; l != nil {
		l.stats.mu.Lock()
		l.stats.receipt = r.At
		l.stats.mu.Unlock()
	}
	x.Deliver.Add(res.Deliveries...)
	return nil
}
