package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wirechief/wirechief/api/wire"
)

// Endpoints are told of the messages of all numbers of a tenant, in our own shape.
func (c *Client) Endpoints() Shelf[wire.Endpoint] { return shelf[wire.Endpoint](c, "/endpoints") }

// TestEndpoint tells an endpoint of a message that nobody sent.
func (c *Client) TestEndpoint(ctx context.Context, tenant, id string) (wire.Delivery, error) {
	return fetch[wire.Delivery](ctx, c, http.MethodPost, "/endpoints/"+url.PathEscape(id)+"/test", call{query: values("tenant", tenant)})
}

// Secrets lists the destinations of a tenant whose deliveries are signed.
func (c *Client) Secrets(ctx context.Context, tenant string) ([]wire.SignSecret, error) {
	return fetch[[]wire.SignSecret](ctx, c, http.MethodGet, "/secrets", call{query: values("tenant", tenant)})
}

// CreateSecret gives a destination a secret, and shows it this once.
func (c *Client) CreateSecret(ctx context.Context, tenant string, r wire.SignSecretRequest) (wire.NewSignSecret, error) {
	return fetch[wire.NewSignSecret](ctx, c, http.MethodPost, "/secrets", call{query: values("tenant", tenant), body: r})
}

// RotateSecret exchanges a secret for a new one, and shows it this once.
func (c *Client) RotateSecret(ctx context.Context, tenant string, id int64, r wire.Rotation) (wire.NewSignSecret, error) {
	return fetch[wire.NewSignSecret](ctx, c, http.MethodPost, "/secrets/"+strconv.FormatInt(id, 10)+"/rotate", call{query: values("tenant", tenant), body: r})
}

// RemoveSecret takes the secret off a destination.
func (c *Client) RemoveSecret(ctx context.Context, tenant string, id int64) error {
	return c.do(ctx, http.MethodDelete, "/secrets/"+strconv.FormatInt(id, 10), call{query: values("tenant", tenant)})
}
