package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wirechief/wirechief/api/wire"
)

// SuppressionQuery selects entries of the suppression list; the zero value
// selects the first 100.
type SuppressionQuery struct {
	Tenant  string // for the operator, who has to name it
	Number  string // of ours; all: only the entries of all numbers; empty: any
	Handset string // the beginning of it
	Own     string // true: only what handsets said themselves, false: only what people did
	After   string // what was next of the page before
	Limit   int    // 1 to 1000; 0: 100
}

// Suppressions lists handsets that get no texts. next is where the following
// page begins, empty when there is none; total counts what is selected.
func (c *Client) Suppressions(ctx context.Context, q SuppressionQuery) (list []wire.Suppression, next string, total int, err error) {
	query := values("tenant", q.Tenant, "number", q.Number, "handset", q.Handset, "own", q.Own, "after", q.After, "limit", number(int64(q.Limit)))
	resp, err := c.start(ctx, http.MethodGet, "/suppressions", call{query: query})
	if err != nil {
		return nil, "", 0, err
	}
	defer drain(resp)
	total, _ = strconv.Atoi(resp.Header.Get("X-Total-Count")) // an old server says nothing: 0
	list, err = read[[]wire.Suppression](ctx, c, resp)
	return list, resp.Header.Get("X-Next"), total, err
}

// Suppress puts handsets on the suppression list. The operator has to name the
// tenant; for a tenant's token it may be empty, here and below.
func (c *Client) Suppress(ctx context.Context, tenant string, s wire.SuppressionChange) (wire.SuppressionsChanged, error) {
	return fetch[wire.SuppressionsChanged](ctx, c, http.MethodPost, "/suppressions", call{query: values("tenant", tenant), body: s})
}

// Unsuppress takes handsets off the suppression list.
func (c *Client) Unsuppress(ctx context.Context, tenant string, s wire.SuppressionChange) (wire.SuppressionsChanged, error) {
	return fetch[wire.SuppressionsChanged](ctx, c, http.MethodPost, "/suppressions/lift", call{query: values("tenant", tenant), body: s})
}

// ImportSuppressions puts the handsets of a table (CSV) on the suppression list.
func (c *Client) ImportSuppressions(ctx context.Context, tenant string, table []byte, how ImportHow) (wire.SuppressionsImported, error) {
	return fetch[wire.SuppressionsImported](ctx, c, http.MethodPost, "/suppressions/import", call{query: how.values(tenant), raw: append([]byte{}, table...), media: "text/csv"})
}

// ExportSuppressions writes the suppression list as a table (CSV) to w.
func (c *Client) ExportSuppressions(ctx context.Context, tenant string, w io.Writer) error {
	return c.copy(ctx, "/suppressions/export", values("tenant", tenant), "text/csv", w)
}

// Tenant gives the settings of a tenant.
func (c *Client) Tenant(ctx context.Context, tenant string) (wire.Tenant, error) {
	return fetch[wire.Tenant](ctx, c, http.MethodGet, "/tenant", call{query: values("tenant", tenant)})
}

// SetTenant changes settings of a tenant.
func (c *Client) SetTenant(ctx context.Context, tenant string, p wire.MergePatch) (wire.Tenant, error) {
	return fetch[wire.Tenant](ctx, c, http.MethodPatch, "/tenant", call{query: values("tenant", tenant), body: p})
}

// Presence lists who of a team is there.
func (c *Client) Presence(ctx context.Context, tenant string) ([]wire.Presence, error) {
	return fetch[[]wire.Presence](ctx, c, http.MethodGet, "/presence", call{query: values("tenant", tenant)})
}

// SetPresence sets what somebody says of themselves.
func (c *Client) SetPresence(ctx context.Context, tenant string, agent int64, state string) (wire.Presence, error) {
	return fetch[wire.Presence](ctx, c, http.MethodPut, "/presence/"+strconv.FormatInt(agent, 10), call{query: values("tenant", tenant), body: wire.PresenceChange{State: state}})
}

// TestNumber sends a marked text down the wires of a number.
func (c *Client) TestNumber(ctx context.Context, tenant, ours string) error {
	return c.do(ctx, http.MethodPost, "/numbers/"+url.PathEscape(ours)+"/test", call{query: values("tenant", tenant)})
}

// TestWebhook tells a webhook of a text that nobody sent.
func (c *Client) TestWebhook(ctx context.Context, tenant, name string) (wire.Delivery, error) {
	return fetch[wire.Delivery](ctx, c, http.MethodPost, "/webhooks/"+url.PathEscape(name)+"/test", call{query: values("tenant", tenant)})
}
