package fonedynamics_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/test/world"
)

// guard lets every URL pass but those of one host.
type guard struct{}

func (guard) Check(_ context.Context, url string) error {
	if strings.Contains(url, "10.0.0.1") {
		return wirechief.Refuse(wirechief.Invalid, wirechief.RuleEgress, "10.0.0.1 is in a network that this installation does not call")
	}
	return nil
}

// newWorld is a whole core with the state of an archive.
func newWorld(t testing.TB, state string) *world.World {
	return world.New(t, state, func(o *exchange.Options) { o.Guard = guard{} })
}

// core is one that fails when it is told to, Authenticate excepted.
type core struct {
	fonedynamics.Core
	err error
}

func (c *core) Tenant(ctx context.Context, id string) (wirechief.Tenant, error) {
	if c.err != nil {
		return wirechief.Tenant{}, c.err
	}
	return c.Core.Tenant(ctx, id)
}

func (c *core) Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if c.err != nil {
		return wirechief.Number{}, c.err
	}
	return c.Core.Number(ctx, p, number)
}

func (c *core) ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error) {
	if c.err != nil {
		return wirechief.Number{}, c.err
	}
	return c.Core.ConfigureNumber(ctx, p, number, change)
}

func (c *core) SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error) {
	if c.err != nil {
		return exchange.OfferPage{}, c.err
	}
	return c.Core.SearchOffers(ctx, p, q)
}

func (c *core) Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error) {
	if c.err != nil {
		return wirechief.Number{}, c.err
	}
	return c.Core.Order(ctx, p, r)
}

func (c *core) Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if c.err != nil {
		return wirechief.Number{}, c.err
	}
	return c.Core.Release(ctx, p, number)
}

func (c *core) Addresses() exchange.Shelf[wirechief.Address] {
	return shelf[wirechief.Address]{c.Core.Addresses(), c}
}

func (c *core) Flows() exchange.Shelf[wirechief.Flow] {
	return shelf[wirechief.Flow]{c.Core.Flows(), c}
}

func (c *core) OnlineLogins() exchange.Shelf[wirechief.OnlineLogin] {
	return shelf[wirechief.OnlineLogin]{c.Core.OnlineLogins(), c}
}

func (c *core) Properties() exchange.Shelf[wirechief.Property] {
	return shelf[wirechief.Property]{c.Core.Properties(), c}
}

// shelf fails with its core.
type shelf[T any] struct {
	exchange.Shelf[T]
	core *core
}

func (s shelf[T]) List(ctx context.Context, tenant string) ([]T, error) {
	if s.core.err != nil {
		return nil, s.core.err
	}
	return s.Shelf.List(ctx, tenant)
}

func (s shelf[T]) Get(ctx context.Context, tenant, key string) (t T, err error) {
	if s.core.err != nil {
		return t, s.core.err
	}
	return s.Shelf.Get(ctx, tenant, key)
}

func (s shelf[T]) Put(ctx context.Context, p wirechief.Principal, key string, change func(*T) error) (t T, err error) {
	if s.core.err != nil {
		return t, s.core.err
	}
	return s.Shelf.Put(ctx, p, key, change)
}

func (s shelf[T]) Delete(ctx context.Context, p wirechief.Principal, key string) error {
	if s.core.err != nil {
		return s.core.err
	}
	return s.Shelf.Delete(ctx, p, key)
}
