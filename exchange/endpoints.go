package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/webhook"
)

// endpointsMost is how many endpoints of its own a tenant has at most: each
// message of the tenant is told to all of them.
const endpointsMost = 20

// Endpoints are the URLs of a tenant that are told of the messages of all its
// numbers, in our own shape (package webhook).
func (x *Exchange) Endpoints() Shelf[wirechief.Endpoint] { return endpoints{x.endpoints(nil), x} }

func (x *Exchange) endpoints(v *vetted) shelf[wirechief.Endpoint] {
	return shelf[wirechief.Endpoint]{x, kind[wirechief.Endpoint]{
		entity: wirechief.EntityEndpoint,
		most:   endpointsMost,
		key:    func(e *wirechief.Endpoint) string { return id10(e.ID) },
		fresh: func(x *Exchange, _ string, e *wirechief.Endpoint, now time.Time) {
			e.ID, e.CreatedAt, e.Enabled = x.IDs.Next(), now, true
		},
		touch: func(e *wirechief.Endpoint, now time.Time) { e.UpdatedAt = now },
		judge: func(ctx context.Context, x *Exchange, tenant string, old, e *wirechief.Endpoint) *wirechief.Error {
			return x.judgeOwnEndpoint(ctx, v, tenant, old, e)
		},
	}}
}

// endpoints asks the guard about a URL before anything is locked.
type endpoints struct {
	shelf[wirechief.Endpoint]
	x *Exchange
}

// Put implements [Shelf]. change may be called twice.
func (s endpoints) Put(ctx context.Context, p wirechief.Principal, key string, change func(*wirechief.Endpoint) error) (wirechief.Endpoint, error) {
	var draft wirechief.Endpoint
	known := ""
	if key != "" {
		var err error
		if draft, err = s.Get(ctx, p.Tenant, key); err != nil {
			return draft, err
		}
		known = draft.URL
	}
	if err := change(&draft); err != nil {
		return wirechief.Endpoint{}, err
	}
	v := &vetted{said: make(map[string]error)}
	if draft.URL != known && draft.URL != "" {
		asked, cancel := context.WithTimeout(ctx, vetTime)
		defer cancel()
		if err := s.x.judgeURL(asked, v, "url", draft.URL, false); err != nil {
			err.Op = "endpoint.put"
			return wirechief.Endpoint{}, err
		}
	}
	v.sealed = true
	return s.x.endpoints(v).Put(ctx, p, key, change)
}

func (x *Exchange) judgeOwnEndpoint(ctx context.Context, v *vetted, tenant string, old, e *wirechief.Endpoint) *wirechief.Error {
	if err := judgeText("description", e.Description, maxName); err != nil {
		return err
	}
	if e.URL == "" {
		return wirechief.InvalidField("url", "an endpoint needs an absolute http or https URL")
	}
	for i, event := range e.Events {
		if !slices.Contains(webhook.Events(), event) || slices.Index(e.Events, event) != i {
			return wrongSetting("events", "%q is not a type of event, or named twice: %s", event, strings.Join(webhook.Events(), ", "))
		}
	}
	for _, other := range x.dir.endpointsOf(tenant) {
		if other.ID != e.ID && other.URL == e.URL {
			return &wirechief.Error{Kind: wirechief.Conflict, Rule: wirechief.RuleTaken, Field: "url", Message: "there is an endpoint with this URL already"}
		}
	}
	return x.judgeURL(ctx, v, "url", e.URL, old != nil && old.URL == e.URL)
}

// endpointsOf gives the endpoints of a tenant; they are not to be changed.
func (d *directory) endpointsOf(tenant string) []*wirechief.Endpoint {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.endpoints[tenant]
}

// endpointCame takes one over; a copy of the list, for somebody may be going
// through it. The caller holds the lock.
func (d *directory) endpointCame(e wirechief.Entity) error {
	v := new(wirechief.Endpoint)
	if err := json.Unmarshal(e.Doc, v); err != nil {
		return err
	}
	d.endpointWent(e)
	d.endpoints[e.Tenant] = append(slices.Clone(d.endpoints[e.Tenant]), v)
	return nil
}

func (d *directory) endpointWent(e wirechief.Entity) {
	left := slices.DeleteFunc(slices.Clone(d.endpoints[e.Tenant]), func(v *wirechief.Endpoint) bool { return id10(v.ID) == e.Key })
	if d.endpoints[e.Tenant] = left; len(left) == 0 {
		delete(d.endpoints, e.Tenant)
	}
}

func endpointListener(e *wirechief.Endpoint) listener {
	return listener{kind: wirechief.KindWebhook, url: e.URL, format: wirechief.DialectOwn, endpoint: e}
}

// TestEndpoint tells an endpoint of a message that nobody sent, and gives the
// delivery, which is kept, tried, signed and shown like any other.
func (x *Exchange) TestEndpoint(ctx context.Context, p wirechief.Principal, id string) (*wirechief.Delivery, error) {
	e, err := x.Endpoints().Get(ctx, p.Tenant, id)
	if err != nil {
		return nil, err
	}
	m := x.sample(p.Tenant, "+13105550100", "Test of an endpoint at ") // of those that nobody has (NANP 555-01XX)
	return x.tryOut(ctx, endpointListener(&e), wirechief.Notice{Event: wirechief.NoticeTest, At: m.CreatedAt, Message: m})
}
