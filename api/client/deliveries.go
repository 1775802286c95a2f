package client

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wirechief/wirechief/api/wire"
)

// DeliveryQuery selects deliveries; the zero value selects the newest 50.
type DeliveryQuery struct {
	Tenant      string // for the operator; empty: all
	Message     int64  // that they are about
	Status      string
	Kind        string
	Destination string
	Before      int64 // ids below it
	Limit       int   // 1 to 1000; 0: 50
}

// Deliveries lists deliveries with every try at them, newest first.
func (c *Client) Deliveries(ctx context.Context, q DeliveryQuery) ([]wire.Delivery, error) {
	query := values(
		"tenant", q.Tenant, "message", number(q.Message), "status", q.Status, "kind", q.Kind, "destination", q.Destination,
		"before", number(q.Before), "limit", number(int64(q.Limit)),
	)
	return fetch[[]wire.Delivery](ctx, c, http.MethodGet, "/deliveries", call{query: query})
}

// Delivery gives one delivery with what was sent and answered.
func (c *Client) Delivery(ctx context.Context, id int64) (wire.DeliveryDetail, error) {
	return fetch[wire.DeliveryDetail](ctx, c, http.MethodGet, "/deliveries/"+strconv.FormatInt(id, 10), call{})
}

// Replay tries deliveries again and says how many.
func (c *Client) Replay(ctx context.Context, r wire.Replay) (int, error) {
	out, err := fetch[wire.Replayed](ctx, c, http.MethodPost, "/deliveries/replay", call{body: r})
	return out.Replayed, err
}

// PauseDestination pauses a destination, or resumes it.
func (c *Client) PauseDestination(ctx context.Context, d wire.Destination) error {
	return c.do(ctx, http.MethodPut, "/destinations", call{body: d})
}
