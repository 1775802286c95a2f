package zendesktalk_test

import (
	"context"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/zendesktalk"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/test/world"
)

// failing is a core whose every call but Authenticate and Quote returns err,
// when that is set.
type failing struct {
	zendesktalk.Core
	err error
}

func (f *failing) NumberByID(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Number, error) {
	if f.err != nil {
		return wirechief.Number{}, f.err
	}
	return f.Core.NumberByID(ctx, p, id)
}

func (f *failing) ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error) {
	if f.err != nil {
		return wirechief.Number{}, f.err
	}
	return f.Core.ConfigureNumber(ctx, p, number, change)
}

func (f *failing) SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error) {
	if f.err != nil {
		return exchange.OfferPage{}, f.err
	}
	return f.Core.SearchOffers(ctx, p, q)
}

func (f *failing) Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error) {
	if f.err != nil {
		return wirechief.Number{}, f.err
	}
	return f.Core.Order(ctx, p, r)
}

func (f *failing) Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if f.err != nil {
		return wirechief.Number{}, f.err
	}
	return f.Core.Release(ctx, p, number)
}

func (f *failing) Addresses() exchange.Shelf[wirechief.Address] {
	return shelf[wirechief.Address]{f.Core.Addresses(), f}
}

func (f *failing) Agents() exchange.Shelf[wirechief.Agent] {
	return shelf[wirechief.Agent]{f.Core.Agents(), f}
}

func (f *failing) Brands() exchange.Shelf[wirechief.Brand] {
	return shelf[wirechief.Brand]{f.Core.Brands(), f}
}

func (f *failing) Groups() exchange.Shelf[wirechief.Group] {
	return shelf[wirechief.Group]{f.Core.Groups(), f}
}

func (f *failing) Schedules() exchange.Shelf[wirechief.Schedule] {
	return shelf[wirechief.Schedule]{f.Core.Schedules(), f}
}

func (f *failing) Greetings() exchange.Shelf[wirechief.Greeting] {
	return shelf[wirechief.Greeting]{f.Core.Greetings(), f}
}

func (f *failing) IVRs() exchange.Shelf[wirechief.IVR] {
	return shelf[wirechief.IVR]{f.Core.IVRs(), f}
}

func (f *failing) DigitalLines() exchange.Shelf[wirechief.DigitalLine] {
	return shelf[wirechief.DigitalLine]{f.Core.DigitalLines(), f}
}

func (f *failing) AccountVoice() exchange.Shelf[wirechief.AccountVoice] {
	return shelf[wirechief.AccountVoice]{f.Core.AccountVoice(), f}
}

func (f *failing) CallbackRequests() exchange.Shelf[wirechief.CallbackRequest] {
	return shelf[wirechief.CallbackRequest]{f.Core.CallbackRequests(), f}
}

// shelf fails with its core.
type shelf[T any] struct {
	exchange.Shelf[T]
	f *failing
}

func (s shelf[T]) List(ctx context.Context, tenant string) ([]T, error) {
	if s.f.err != nil {
		return nil, s.f.err
	}
	return s.Shelf.List(ctx, tenant)
}

func (s shelf[T]) Get(ctx context.Context, tenant, key string) (t T, err error) {
	if s.f.err != nil {
		return t, s.f.err
	}
	return s.Shelf.Get(ctx, tenant, key)
}

func (s shelf[T]) Put(ctx context.Context, p wirechief.Principal, key string, change func(*T) error) (t T, err error) {
	if s.f.err != nil {
		return t, s.f.err
	}
	return s.Shelf.Put(ctx, p, key, change)
}

func (s shelf[T]) Delete(ctx context.Context, p wirechief.Principal, key string) error {
	if s.f.err != nil {
		return s.f.err
	}
	return s.Shelf.Delete(ctx, p, key)
}

// newCore is a world in a state, given as YAML; see package world.
func newCore(t testing.TB, state string) (*world.World, *failing) {
	t.Helper()
	w := world.New(t, state)
	return w, &failing{Core: w.Exchange}
}
