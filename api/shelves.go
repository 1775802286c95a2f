package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
)

// Shelves are what numbers refer to, kind by kind.
type Shelves interface {
	Addresses() exchange.Shelf[wirechief.Address]
	Groups() exchange.Shelf[wirechief.Group]
	Brands() exchange.Shelf[wirechief.Brand]
	Schedules() exchange.Shelf[wirechief.Schedule]
	Properties() exchange.Shelf[wirechief.Property]
	Agents() exchange.Shelf[wirechief.Agent]
	IVRs() exchange.Shelf[wirechief.IVR]
	Flows() exchange.Shelf[wirechief.Flow]
	Greetings() exchange.Shelf[wirechief.Greeting]
	HashPassword(ctx context.Context, password wirechief.Secret) (string, error)
	Secrets
}

// things says how one kind of T is shown as a W, and changed. A kind without
// keep is only looked at.
type things[T, W any] struct {
	one, many, path string // as in "address", "addresses", "/addresses"
	shelf           func() exchange.Shelf[T]
	show            func(*T) W
	keep            func(*T, *W) error // writes what can be changed
	// ready does beforehand what takes long, and gives the keep of this one
	// request; nil: keep does.
	ready func(ctx context.Context, p wirechief.Principal, body map[string]any) (func(*T, *W) error, error)
}

// shelves adds the operations on what numbers refer to.
func (a *api) shelves() {
	c := a.Core
	serve(a, things[wirechief.Address, wire.Address]{
		one: "address", many: "addresses", path: "/addresses", shelf: func() exchange.Shelf[wirechief.Address] { return c.Addresses() },
		show: func(t *wirechief.Address) wire.Address { return wire.Address(*t) },
		keep: func(t *wirechief.Address, w *wire.Address) error { *t = wirechief.Address(*w); return nil },
	})
	serve(a, things[wirechief.Group, wire.Group]{
		one: "group", many: "groups", path: "/groups", shelf: func() exchange.Shelf[wirechief.Group] { return c.Groups() },
		show: func(t *wirechief.Group) wire.Group { w := wire.Group(*t); w.Agents = orNone(w.Agents); return w },
		keep: func(t *wirechief.Group, w *wire.Group) error { *t = wirechief.Group(*w); return nil },
	})
	serve(a, things[wirechief.Brand, wire.Brand]{
		one: "brand", many: "brands", path: "/brands", shelf: func() exchange.Shelf[wirechief.Brand] { return c.Brands() },
		show: func(t *wirechief.Brand) wire.Brand { return wire.Brand(*t) },
		keep: func(t *wirechief.Brand, w *wire.Brand) error { *t = wirechief.Brand(*w); return nil },
	})
	serve(a, things[wirechief.Schedule, wire.Schedule]{
		one: "schedule", many: "schedules", path: "/schedules", shelf: func() exchange.Shelf[wirechief.Schedule] { return c.Schedules() },
		show: func(t *wirechief.Schedule) wire.Schedule {
			w := wire.Schedule(*t)
			w.Intervals = orNone(w.Intervals)
			return w
		},
		keep: func(t *wirechief.Schedule, w *wire.Schedule) error { *t = wirechief.Schedule(*w); return nil },
	})
	serve(a, things[wirechief.Property, wire.Property]{
		one: "property", many: "properties", path: "/properties", shelf: func() exchange.Shelf[wirechief.Property] { return c.Properties() },
		show: func(t *wirechief.Property) wire.Property { return wire.Property(*t) },
		keep: func(t *wirechief.Property, w *wire.Property) error { *t = wirechief.Property(*w); return nil },
	})
	serve(a, things[wirechief.Agent, wire.Agent]{
		one: "agent", many: "agents", path: "/agents", shelf: func() exchange.Shelf[wirechief.Agent] { return c.Agents() },
		show: newAgent, keep: keepAgent, ready: a.readyAgent,
	})
	serve(a, things[wirechief.IVR, wire.IVR]{
		one: "IVR", many: "IVRs", path: "/ivrs", shelf: func() exchange.Shelf[wirechief.IVR] { return c.IVRs() }, show: newIVR, keep: readIVR,
	})
	serve(a, things[wirechief.Flow, wire.Flow]{
		one: "flow", many: "flows", path: "/flows", shelf: func() exchange.Shelf[wirechief.Flow] { return c.Flows() },
		show: func(t *wirechief.Flow) wire.Flow { return wire.Flow(*t) },
	})
	serve(a, things[wirechief.Greeting, wire.Greeting]{
		one: "greeting", many: "greetings", path: "/greetings", shelf: func() exchange.Shelf[wirechief.Greeting] { return c.Greetings() },
		show: newGreeting,
	})
	a.secrets()
}

// readyAgent judges and hashes a password that is given, before anybody has to
// wait for that; the one that is there is kept when nothing is said of it.
func (a *api) readyAgent(ctx context.Context, p wirechief.Principal, body map[string]any) (func(*wirechief.Agent, *wire.Agent) error, error) {
	given, _ := body["password"].(string)
	if given == "" {
		return keepAgent, nil
	}
	if !p.May(wirechief.RightTeam) && !slices.Contains(p.Scopes, scopeAll) { // before the work
		return nil, wirechief.Refuse(wirechief.Forbidden, wirechief.RuleScope, "the token has not the scope %s, which setting a password takes", scopeAll)
	}
	password := wirechief.Secret(given)
	if err := access.JudgePassword(password, ""); err != nil {
		return nil, err
	}
	hash, err := a.Core.HashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	return func(t *wirechief.Agent, w *wire.Agent) error {
		t.Password = hash
		if err := access.JudgePassword(password, w.Email); err != nil {
			return err
		}
		return keepAgent(t, w)
	}, nil
}

func keepAgent(t *wirechief.Agent, w *wire.Agent) error {
	t.Email, t.Name, t.Role, t.Phone, t.State, t.Via = w.Email, w.Name, w.Role, w.Phone, w.State, w.Via
	return nil
}

// newAgent shows nothing of the password.
func newAgent(t *wirechief.Agent) wire.Agent {
	return wire.Agent{ID: t.ID, Email: t.Email, Name: t.Name, Role: t.Role, Phone: t.Phone, State: t.State, Via: t.Via, StateAt: t.StateAt}
}

func newGreeting(g *wirechief.Greeting) wire.Greeting {
	out := wire.Greeting{ID: g.ID, Name: g.Name, CreatedAt: g.CreatedAt}
	if names := wirechief.GreetingCategories(); g.Category >= 1 && g.Category <= len(names) {
		out.Category = names[g.Category-1]
	}
	if g.Audio != nil {
		out.File, out.Audio = g.Audio.Name, &wire.Sound{Type: g.Audio.Type, Size: g.Audio.Size}
	}
	return out
}

func newIVR(v *wirechief.IVR) wire.IVR {
	out := wire.IVR{ID: v.ID, Name: v.Name, Menus: make([]wire.IVRMenu, len(v.Menus))}
	for i, m := range v.Menus {
		routes := make([]wire.IVRRoute, len(m.Routes))
		for j, r := range m.Routes {
			routes[j] = wire.IVRRoute(r)
			routes[j].Groups, routes[j].Tags = orNone(r.Groups), orNone(r.Tags)
		}
		out.Menus[i] = wire.IVRMenu{ID: m.ID, Name: m.Name, Default: m.Default, Greeting: m.Greeting, Routes: routes}
	}
	return out
}

func readIVR(v *wirechief.IVR, w *wire.IVR) error {
	*v = wirechief.IVR{ID: w.ID, Name: w.Name}
	for _, m := range w.Menus {
		menu := wirechief.IVRMenu{ID: m.ID, Name: m.Name, Default: m.Default, Greeting: m.Greeting}
		for _, r := range m.Routes {
			menu.Routes = append(menu.Routes, wirechief.IVRRoute(r))
		}
		v.Menus = append(v.Menus, menu)
	}
	return nil
}

// OneThing names one thing of a kind in a path.
type OneThing struct {
	InTenant
	ID string `path:"id" maxLength:"64"`
}

type (
	listOutput[W any] struct {
		Body []W `nullable:"false"`
	}
	thingOutput[W any] struct{ Body W }
	makeInput[W any]   struct {
		InTenant
		Body merge[W]
	}
	changeInput[W any] struct {
		OneThing
		Body merge[W]
	}
)

// serve adds the operations on one kind.
func serve[T, W any](a *api, k things[T, W]) {
	register(a, a.op(scopeRead, "list-"+k.path[1:], http.MethodGet, k.path, "List the "+k.many+" of a tenant"),
		func(ctx context.Context, in *InTenant) (*listOutput[W], error) {
			p, err := acting(ctx, in.Tenant)
			if err != nil {
				return nil, err
			}
			list, err := k.shelf().List(ctx, p.Tenant)
			if err != nil {
				return nil, err
			}
			out := &listOutput[W]{make([]W, len(list))}
			for i := range list {
				out.Body[i] = k.show(&list[i])
			}
			return out, nil
		})
	single := a.op(scopeRead, "get-"+k.path[1:], http.MethodGet, k.path+"/{id}", "Show one of the "+k.many)
	register(a, single, func(ctx context.Context, in *OneThing) (*thingOutput[W], error) {
		p, err := acting(ctx, in.Tenant)
		if err != nil {
			return nil, err
		}
		t, err := k.shelf().Get(ctx, p.Tenant, in.ID)
		if err != nil {
			return nil, err
		}
		return &thingOutput[W]{k.show(&t)}, nil
	})
	if k.keep == nil {
		return
	}
	put := func(ctx context.Context, tenant, id string, body map[string]any) (*thingOutput[W], error) {
		p, err := acting(ctx, tenant)
		if err != nil {
			return nil, err
		}
		keep := k.keep
		if k.ready != nil {
			if keep, err = k.ready(ctx, p, body); err != nil {
				return nil, err
			}
		}
		t, err := k.shelf().Put(ctx, p, id, func(t *T) error { return change(t, body, k.show, keep) })
		if err != nil {
			return nil, err
		}
		return &thingOutput[W]{k.show(&t)}, nil
	}
	made := func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }
	register(a, a.op(scopeManage, "create-"+k.path[1:], http.MethodPost, k.path, "Make a new "+k.one, made),
		func(ctx context.Context, in *makeInput[W]) (*thingOutput[W], error) {
			return put(ctx, in.Tenant, "", in.Body)
		})
	register(a, a.op(scopeManage, "change-"+k.path[1:], http.MethodPatch, k.path+"/{id}", "Change one of the "+k.many, about(mergeHelp)),
		func(ctx context.Context, in *changeInput[W]) (*thingOutput[W], error) {
			return put(ctx, in.Tenant, in.ID, in.Body)
		})
	register(a, a.op(scopeManage, "delete-"+k.path[1:], http.MethodDelete, k.path+"/{id}", "Remove one of the "+k.many, about("One that a number uses stays.")),
		func(ctx context.Context, in *OneThing) (*struct{}, error) {
			p, err := acting(ctx, in.Tenant)
			if err != nil {
				return nil, err
			}
			return nil, k.shelf().Delete(ctx, p, in.ID)
		})
}

const mergeHelp = "The body is a JSON merge patch (RFC 7396): what is absent stays, null sets back, lists are replaced."

// change applies a merge patch to a thing as it is shown.
func change[T, W any](t *T, body map[string]any, show func(*T) W, keep func(*T, *W) error) error {
	patch, err := lowered("", body, "nodes")
	if err != nil {
		return err
	}
	before := show(t)
	var after W
	if err := patched(&before, &after, patch); err != nil {
		return err
	}
	return keep(t, &after)
}
