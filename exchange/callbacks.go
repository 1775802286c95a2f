package exchange

import (
	"context"
	"encoding/json"
	"time"

	"github.com/wirechief/wirechief"
)

// callbackLife is how long a request to be called back is kept.
const callbackLife = 30 * 24 * time.Hour

// purgeCallbacks removes requests to be called back that nobody will answer
// any more.
func (x *Exchange) purgeCallbacks(ctx context.Context) error {
	x.configuring.Lock()
	defer x.configuring.Unlock()
	var commands []wirechief.Command
	var old []wirechief.Entity
	for _, tenant := range x.dir.tenantIDs() {
		for _, e := range x.dir.documents(tenant, wirechief.EntityCallback) {
			var c wirechief.CallbackRequest
			if json.Unmarshal(e.Doc, &c) == nil && x.Now().Sub(c.CreatedAt) > callbackLife {
				old = append(old, e)
				commands = append(commands, wirechief.DropEntity{Entity: e})
			}
		}
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err == nil {
			x.dir.drop(old[i])
		}
	}
	return nil
}
