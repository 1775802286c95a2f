package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wirechief/wirechief/api/wire"
)

// Keys lists the credentials of a tenant. The operator has to name it; for a
// tenant it may be empty. So it is for what follows.
func (c *Client) Keys(ctx context.Context, tenant string) ([]wire.Key, error) {
	return fetch[[]wire.Key](ctx, c, http.MethodGet, "/keys", call{query: values("tenant", tenant)})
}

// CreateKey makes a key, and gives its secret this once.
func (c *Client) CreateKey(ctx context.Context, tenant string, r wire.KeyRequest) (wire.NewKey, error) {
	return fetch[wire.NewKey](ctx, c, http.MethodPost, "/keys", call{query: values("tenant", tenant), body: r})
}

// RevokeKey removes a credential by its id.
func (c *Client) RevokeKey(ctx context.Context, tenant, id string) error {
	return c.do(ctx, http.MethodDelete, "/keys/"+url.PathEscape(id), call{query: values("tenant", tenant)})
}

// People lists the team of a tenant.
func (c *Client) People(ctx context.Context, tenant string) ([]wire.Person, error) {
	return fetch[[]wire.Person](ctx, c, http.MethodGet, "/people", call{query: values("tenant", tenant)})
}

// InvitePerson puts somebody on the team.
func (c *Client) InvitePerson(ctx context.Context, tenant string, p wire.PersonChange) (wire.Person, error) {
	return fetch[wire.Person](ctx, c, http.MethodPost, "/people", call{query: values("tenant", tenant), body: p})
}

// ChangePerson changes what is named of somebody.
func (c *Client) ChangePerson(ctx context.Context, tenant string, id int64, p wire.PersonChange) (wire.Person, error) {
	return fetch[wire.Person](ctx, c, http.MethodPatch, "/people/"+strconv.FormatInt(id, 10), call{query: values("tenant", tenant), body: p})
}

// RemovePerson takes somebody off the team.
func (c *Client) RemovePerson(ctx context.Context, tenant string, id int64) error {
	return c.do(ctx, http.MethodDelete, "/people/"+strconv.FormatInt(id, 10), call{query: values("tenant", tenant)})
}

// AuditQuery selects entries of the audit log; zero values select all.
type AuditQuery struct {
	Tenant   string // for the operator
	Action   string // "number.change", or "number"
	Subject  string
	Who      string
	From, To time.Time
	Before   int64 // ids below it
	Limit    int   // 1 to 1000; 0: 50
}

// Audit lists who changed what, the newest first.
func (c *Client) Audit(ctx context.Context, q AuditQuery) ([]wire.AuditEntry, error) {
	query := values("tenant", q.Tenant, "action", q.Action, "subject", q.Subject, "who", q.Who, "before", number(q.Before), "limit", number(int64(q.Limit)))
	if !q.From.IsZero() {
		query.Set("from", q.From.UTC().Format(time.RFC3339))
	}
	if !q.To.IsZero() {
		query.Set("to", q.To.UTC().Format(time.RFC3339))
	}
	return fetch[[]wire.AuditEntry](ctx, c, http.MethodGet, "/audit", call{query: query})
}
