package exchange

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// IVRs are the voice menus of a tenant. Menus and routes have ids of their own,
// which Put gives to those that have none.
func (x *Exchange) IVRs() Shelf[wirechief.IVR] {
	return shelf[wirechief.IVR]{x, kind[wirechief.IVR]{
		entity: wirechief.EntityIVR,
		key:    func(v *wirechief.IVR) string { return id10(v.ID) },
		fresh: func(x *Exchange, _ string, v *wirechief.IVR, _ time.Time) {
			v.ID = x.IDs.Next()
			v.Menus = []wirechief.IVRMenu{{Name: "Main menu", Default: true}}
		},
		judge: judgeIVR,
	}}
}

func judgeIVR(_ context.Context, x *Exchange, tenant string, old, v *wirechief.IVR) *wirechief.Error {
	if err := orNeeded(judgeText("name", v.Name, maxName), needed("name", v.Name)); err != nil {
		return err
	}
	defaults := 0
	ids := x.idsOf(old)
	for i := range v.Menus {
		m := &v.Menus[i]
		if err := ids.give("menus.id", &m.ID); err != nil {
			return err
		}
		if m.Default {
			defaults++
		}
		if err := orNeeded(judgeText("menus.name", m.Name, maxName), needed("menus.name", m.Name)); err != nil {
			return err
		}
		if err := x.judgeGreeting(tenant, "menus.greeting", m.Greeting); err != nil {
			return err
		}
		keys := make(map[string]bool)
		for j := range m.Routes {
			r := &m.Routes[j]
			if err := ids.give("routes.id", &r.ID); err != nil {
				return err
			}
			if keys[r.Keypress] {
				return wrongSetting("routes.keypress", "the key %s has a route already", r.Keypress)
			}
			keys[r.Keypress] = true
			if routeStands(old, r) {
				continue // a number may have gone since
			}
			if err := x.judgeRoute(tenant, v, r); err != nil {
				return err
			}
		}
	}
	if len(v.Menus) > 0 && defaults != 1 {
		return wrongSetting("menus.default", "one menu is the default, not %d", defaults)
	}
	return nil
}

// ivrIDs are the ids that menus and routes may have: those they had, each once.
// Others are made here.
type ivrIDs struct {
	x    *Exchange
	free map[int64]bool
}

func (x *Exchange) idsOf(old *wirechief.IVR) ivrIDs {
	ids := ivrIDs{x, make(map[int64]bool)}
	if old == nil {
		return ids
	}
	for i := range old.Menus {
		ids.free[old.Menus[i].ID] = true
		for j := range old.Menus[i].Routes {
			ids.free[old.Menus[i].Routes[j].ID] = true
		}
	}
	return ids
}

func (ids ivrIDs) give(field string, id *int64) *wirechief.Error {
	if *id == 0 {
		*id = ids.x.IDs.Next()
		return nil
	}
	if !ids.free[*id] {
		return wrongSetting(field, "%d is not an id of this IVR's, or is there twice; leave it out to get a new one", *id)
	}
	delete(ids.free, *id)
	return nil
}

// routeStands says whether a route that leads out of its IVR is there already,
// just as it is.
func routeStands(old *wirechief.IVR, r *wirechief.IVRRoute) bool {
	if old == nil || r.Action == "menu" {
		return false
	}
	for i := range old.Menus {
		if slices.ContainsFunc(old.Menus[i].Routes, func(o wirechief.IVRRoute) bool { return reflect.DeepEqual(o, *r) }) {
			return true
		}
	}
	return false
}

func (x *Exchange) judgeRoute(tenant string, v *wirechief.IVR, r *wirechief.IVRRoute) *wirechief.Error {
	if !slices.Contains([]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "default"}, r.Keypress) {
		return wrongSetting("routes.keypress", "%q is not a key: 0 to 9, *, # or default", r.Keypress)
	}
	if err := x.judgeGreeting(tenant, "routes.greeting", r.Greeting); err != nil {
		return err
	}
	for _, id := range r.Groups {
		if x.dir.other(tenant, wirechief.EntityGroup, id10(id)) == nil {
			return missing("routes.groups", "there is no group %d", id)
		}
	}
	switch r.Action {
	case "group":
		if len(r.Groups) == 0 {
			return wrongSetting("routes.groups", "the action group needs one")
		}
	case "voicemail":
	case "phone_number":
		if !e164.IsEndpoint(r.Number) {
			return wrongSetting("routes.number", "%q is neither a number such as +13105550100 nor a SIP URI", r.Number)
		}
	case "textback":
		if n := x.dir.numberByID(r.TextFrom); n == nil || n.Tenant != tenant || !n.State.Owned() {
			return missing("routes.text_from", "there is no number of yours with the id %d", r.TextFrom)
		} else if !n.Enabled.SMS {
			err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleCapability, "%s sends no texts", n.Number)
			err.Field = "routes.text_from"
			return err
		}
		if err := orNeeded(judgeText("routes.text", r.Text, maxReply), needed("routes.text", r.Text)); err != nil {
			return err
		}
	case "menu":
		if !slices.ContainsFunc(v.Menus, func(m wirechief.IVRMenu) bool { return m.ID == r.Menu }) {
			return missing("routes.menu", "there is no menu %d in this IVR", r.Menu)
		}
	default:
		return wrongSetting("routes.action", "%q is not an action: group, voicemail, phone_number, textback or menu", r.Action)
	}
	for _, tag := range r.Tags {
		if err := judgeText("routes.tags", tag, maxTag); err != nil {
			return err
		}
	}
	return nil
}

func (x *Exchange) usedByIVRs(tenant string, of wirechief.EntityKind, uses func(*wirechief.IVRMenu) bool) *wirechief.Error {
	list, err := x.IVRs().List(context.Background(), tenant)
	if err != nil {
		return &wirechief.Error{Kind: wirechief.Internal, Err: err}
	}
	for i := range list {
		for j := range list[i].Menus {
			if uses(&list[i].Menus[j]) {
				return inUse(of, "IVR "+id10(list[i].ID)+" uses it; take it off there first")
			}
		}
	}
	return nil
}
