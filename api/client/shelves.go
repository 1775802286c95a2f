package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/wirechief/wirechief/api/wire"
)

// View shows the things of one kind that numbers refer to. The operator has to
// name the tenant; for a tenant it may be empty.
type View[W any] struct {
	c    *Client
	path string // "/addresses"
}

// Shelf is a View of things that can be changed as well.
type Shelf[W any] struct{ View[W] }

// Addresses are where a tenant is.
func (c *Client) Addresses() Shelf[wire.Address] { return shelf[wire.Address](c, "/addresses") }

// Groups are teams of agents.
func (c *Client) Groups() Shelf[wire.Group] { return shelf[wire.Group](c, "/groups") }

// Brands are the names under which a tenant appears.
func (c *Client) Brands() Shelf[wire.Brand] { return shelf[wire.Brand](c, "/brands") }

// Schedules are when a tenant is open.
func (c *Client) Schedules() Shelf[wire.Schedule] { return shelf[wire.Schedule](c, "/schedules") }

// Properties are projects by which numbers are kept apart.
func (c *Client) Properties() Shelf[wire.Property] { return shelf[wire.Property](c, "/properties") }

// Agents are the people of a tenant.
func (c *Client) Agents() Shelf[wire.Agent] { return shelf[wire.Agent](c, "/agents") }

// IVRs are voice menus.
func (c *Client) IVRs() Shelf[wire.IVR] { return shelf[wire.IVR](c, "/ivrs") }

// Flows are the graphs that calls go through.
func (c *Client) Flows() View[wire.Flow] { return View[wire.Flow]{c, "/flows"} }

// Greetings are the recordings of a tenant's own.
func (c *Client) Greetings() View[wire.Greeting] { return View[wire.Greeting]{c, "/greetings"} }

func shelf[W any](c *Client, path string) Shelf[W] { return Shelf[W]{View[W]{c, path}} }

// List gives all of a tenant.
func (v View[W]) List(ctx context.Context, tenant string) ([]W, error) {
	return fetch[[]W](ctx, v.c, http.MethodGet, v.path, call{query: values("tenant", tenant)})
}

// Get gives one by its id, that of a property being its SID.
func (v View[W]) Get(ctx context.Context, tenant, id string) (W, error) {
	return fetch[W](ctx, v.c, http.MethodGet, v.path+"/"+url.PathEscape(id), call{query: values("tenant", tenant)})
}

// Create makes one of what is given, by the names of W.
func (s Shelf[W]) Create(ctx context.Context, tenant string, with map[string]any) (W, error) {
	return fetch[W](ctx, s.c, http.MethodPost, s.path, call{query: values("tenant", tenant), body: with})
}

// Change changes one by a merge patch, by the names of W.
func (s Shelf[W]) Change(ctx context.Context, tenant, id string, patch map[string]any) (W, error) {
	return fetch[W](ctx, s.c, http.MethodPatch, s.path+"/"+url.PathEscape(id), call{query: values("tenant", tenant), body: patch})
}

// Delete removes one that no number uses.
func (s Shelf[W]) Delete(ctx context.Context, tenant, id string) error {
	return s.c.do(ctx, http.MethodDelete, s.path+"/"+url.PathEscape(id), call{query: values("tenant", tenant)})
}
