package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/wirechief/wirechief/api/wire"
)

// Numbers lists all numbers of a tenant in their order; for the operator, with
// tenant empty, those of all.
func (c *Client) Numbers(ctx context.Context, tenant string) ([]wire.Number, error) {
	const page = 1000
	out := []wire.Number{}
	for after := ""; ; {
		query := values("tenant", tenant, "after", after, "limit", number(page))
		more, err := fetch[[]wire.Number](ctx, c, http.MethodGet, "/numbers", call{query: query})
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
		if len(more) < page {
			return out, nil
		}
		after = more[page-1].Number
	}
}

// Number gives one number.
func (c *Client) Number(ctx context.Context, number string) (wire.Number, error) {
	return fetch[wire.Number](ctx, c, http.MethodGet, "/numbers/"+url.PathEscape(number), call{})
}

// Webhooks lists the named webhooks of a tenant. The operator has to name it;
// for a tenant it may be empty.
func (c *Client) Webhooks(ctx context.Context, tenant string) ([]wire.Webhook, error) {
	return fetch[[]wire.Webhook](ctx, c, http.MethodGet, "/webhooks", call{query: values("tenant", tenant)})
}

// Campaigns lists the campaigns of a tenant, named as for Webhooks.
func (c *Client) Campaigns(ctx context.Context, tenant string) ([]wire.Campaign, error) {
	return fetch[[]wire.Campaign](ctx, c, http.MethodGet, "/campaigns", call{query: values("tenant", tenant)})
}
