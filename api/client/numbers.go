package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief/api/wire"
)

// NumberQuery selects numbers; what is empty is not asked about. Values are as
// in the OpenAPI document.
type NumberQuery struct {
	Tenant       string   // for the operator; empty: all
	States       []string // any of them; none: those on the account
	Types        []string // any of them
	Capabilities []string // all of them
	Property     string
	Campaign     string
	Webhook      string
	Tag          string
	Text         string // in number, name, tags, notes or reference
	NANP         bool
	Newest       bool // by activation, newest first; else by the digits
	Limit        int  // 1 to 10000; 0: 1000
	Offset       int
}

func (q NumberQuery) values() url.Values {
	return values(
		"tenant", q.Tenant, "state", strings.Join(q.States, ","), "type", strings.Join(q.Types, ","),
		"capabilities", strings.Join(q.Capabilities, ","), "property", q.Property, "campaign", q.Campaign, "webhook", q.Webhook,
		"tag", q.Tag, "text", q.Text, "nanp", flag(q.NANP), "newest", flag(q.Newest),
		"limit", number(int64(q.Limit)), "offset", number(int64(q.Offset)),
	)
}

// flag writes a switch that is on, or nothing.
func flag(on bool) string {
	if on {
		return "true"
	}
	return ""
}

// FindNumbers gives a page of the numbers that a query selects, and how many
// those are in all.
func (c *Client) FindNumbers(ctx context.Context, q NumberQuery) (list []wire.Number, total int, err error) {
	resp, err := c.start(ctx, http.MethodGet, "/numbers", call{query: q.values()})
	if err != nil {
		return nil, 0, err
	}
	defer drain(resp)
	if list, err = read[[]wire.Number](ctx, c, resp); err != nil {
		return nil, 0, err
	}
	if total, err = strconv.Atoi(resp.Header.Get("X-Total-Count")); err != nil {
		total = q.Offset + len(list) // an older server: at least so many
	}
	return list, total, nil
}

// onNumber is the path of a number, or of something about it.
func onNumber(number string, rest ...string) string {
	return "/numbers/" + url.PathEscape(number) + strings.Join(rest, "")
}

// NumberOf gives one number, of the tenant that is named; for a tenant's token
// that may be empty.
func (c *Client) NumberOf(ctx context.Context, tenant, number string) (wire.Number, error) {
	return fetch[wire.Number](ctx, c, http.MethodGet, onNumber(number), call{query: values("tenant", tenant)})
}

// SetNumber changes what a number does, and gives it as it is then. tenant is
// as for NumberOf.
func (c *Client) SetNumber(ctx context.Context, tenant, number string, patch wire.MergePatch) (wire.Number, error) {
	return fetch[wire.Number](ctx, c, http.MethodPatch, onNumber(number), call{query: values("tenant", tenant), body: patch})
}

// SetNumbers changes many numbers alike and says what became of each. The
// operator has to name the tenant with a filter.
func (c *Client) SetNumbers(ctx context.Context, tenant string, b wire.Bulk) (wire.BulkResult, error) {
	return fetch[wire.BulkResult](ctx, c, http.MethodPatch, "/numbers", call{query: values("tenant", tenant), body: b})
}

// Release takes a number out of service; until it is on offer again, it can be
// had back.
func (c *Client) Release(ctx context.Context, tenant, number string) (wire.Number, error) {
	return fetch[wire.Number](ctx, c, http.MethodDelete, onNumber(number), call{query: values("tenant", tenant)})
}

// Restore has a number back that was released.
func (c *Client) Restore(ctx context.Context, tenant, number string) (wire.Number, error) {
	return fetch[wire.Number](ctx, c, http.MethodPost, onNumber(number, "/restore"), call{query: values("tenant", tenant)})
}

// EventQuery selects what happened to numbers; the zero value selects the
// newest 50 events.
type EventQuery struct {
	Tenant string // for the operator; empty: all
	Number string
	Before int64 // ids below it
	Limit  int   // 1 to 1000; 0: 50
}

// NumberEvents lists what happened to numbers, newest first.
func (c *Client) NumberEvents(ctx context.Context, q EventQuery) ([]wire.NumberEvent, error) {
	query := values("tenant", q.Tenant, "number", q.Number, "before", number(q.Before), "limit", number(int64(q.Limit)))
	return fetch[[]wire.NumberEvent](ctx, c, http.MethodGet, "/number-events", call{query: query})
}

// Import says how a table of numbers is taken.
type Import struct {
	Tenant  string // whose numbers they are
	DryRun  bool   // change nothing
	Partial bool   // apply the good rows beside bad ones
	// Sent is told how many octets of the table are under way; nil: nobody is.
	Sent func(done, total int64)
}

// ImportNumbers puts the numbers of a table (CSV) on the account of a tenant
// that has them elsewhere; for the operator.
func (c *Client) ImportNumbers(ctx context.Context, table []byte, i Import) (wire.Imported, error) {
	query := values("tenant", i.Tenant, "dry_run", flag(i.DryRun), "partial", flag(i.Partial))
	return fetch[wire.Imported](ctx, c, http.MethodPost, "/numbers/import",
		call{query: query, raw: append([]byte{}, table...), media: "text/csv", sent: i.Sent})
}

// ExportNumbers writes the numbers that a query selects as a table (CSV) to w.
// The operator has to name the tenant. What was written is whole only when
// there is no error.
func (c *Client) ExportNumbers(ctx context.Context, q NumberQuery, w io.Writer) error {
	query := q.values()
	for _, name := range []string{"limit", "offset"} {
		query.Del(name)
	}
	resp, err := c.start(ctx, http.MethodGet, "/numbers/export", call{query: query})
	if err != nil {
		return err
	}
	defer drain(resp)
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") {
		return c.stranger(resp)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return c.failed(ctx, "the table broke off", err)
	}
	return nil
}
