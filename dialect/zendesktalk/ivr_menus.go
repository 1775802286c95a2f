package zendesktalk

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

func menuKey(m *wirechief.IVRMenu) string   { return strconv.FormatInt(m.ID, 10) }
func routeKey(r *wirechief.IVRRoute) string { return strconv.FormatInt(r.ID, 10) }

func noMenu() error { return wirechief.Errorf(wirechief.NotFound, "there is no such menu") }

func noRoute() error { return wirechief.Errorf(wirechief.NotFound, "there is no such route") }

// wrappedAs reads a body whose wrapper some clients know by a shorter name.
func (c *call) wrappedAs(name, short string) (object, error) {
	whole, err := readObject(c.body)
	if err != nil {
		return nil, err
	}
	for _, v := range []dialect.Value{whole[name], whole[short]} {
		if !v.Absent() && v[0] == '{' {
			return readObject(v)
		}
	}
	return nil, missing(name)
}

// menu gives the menu that the path names.
func (c *call) menu(v *wirechief.IVR) (*wirechief.IVRMenu, error) {
	id, err := c.id(1)
	if err != nil {
		return nil, err
	}
	if i := menuAt(v, id); i >= 0 {
		return &v.Menus[i], nil
	}
	return nil, noMenu()
}

// listMenus gives those of an IVR (zendesktalk: GET /ivr/{ivr_id}/menus,
// response 200, ivr_menus, next_page, previous_page, count).
func (s *server) listMenus(c *call) error {
	v, view, err := s.ivr(c)
	if err != nil {
		return err
	}
	return writeList(s, c, "ivr_menus", all(v.Menus), menuKey, func(m *wirechief.IVRMenu) any { return view.menu(&v, m) })
}

// showMenu gives one (zendesktalk: GET /ivr/{ivr_id}/menus/{menu_id}, response
// 200, ivr_menu).
func (s *server) showMenu(c *call) error {
	v, view, err := s.ivr(c)
	if err != nil {
		return err
	}
	m, err := c.menu(&v)
	if err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "ivr_menu", view.menu(&v, m))
	return nil
}

// createMenu adds one (zendesktalk: POST /ivr/{ivr_id}/menus, response 201, ivr_menu).
func (s *server) createMenu(c *call) error {
	return s.putMenu(c, http.StatusCreated, func(v *wirechief.IVR) (int, error) {
		v.Menus = append(v.Menus, wirechief.IVRMenu{Default: len(v.Menus) == 0})
		return len(v.Menus) - 1, nil
	})
}

// updateMenu changes one (zendesktalk: PUT /ivr/{ivr_id}/menus/{menu_id},
// response 200, ivr_menu).
func (s *server) updateMenu(c *call) error {
	id, err := c.id(1)
	if err != nil {
		return err
	}
	return s.putMenu(c, http.StatusOK, func(v *wirechief.IVR) (int, error) {
		if i := menuAt(v, id); i >= 0 {
			return i, nil
		}
		return 0, noMenu()
	})
}

// putMenu changes the menu at the place that is found. A menu becomes the
// default one in the place of another.
func (s *server) putMenu(c *call, status int, place func(*wirechief.IVR) (int, error)) error {
	record, err := c.wrappedAs("ivr_menu", "menu")
	if err != nil {
		return err
	}
	p, err := readMenu(record)
	if err != nil {
		return err
	}
	var at int
	v, err := s.changeIVR(c, func(v *wirechief.IVR) (err error) {
		if at, err = place(v); err != nil {
			return err
		}
		m := &v.Menus[at]
		p.greeting.Apply(&m.Greeting)
		if standard, set := p.standard.Value(); set && standard != m.Default {
			if !standard {
				return wirechief.InvalidField("default", "one menu is the default: make another one that")
			}
			for i := range v.Menus {
				v.Menus[i].Default = i == at
			}
		}
		if m.ID == 0 || !p.name.IsLeave() {
			return setName(p.name, &m.Name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	view, err := s.ivrView(c)
	if err != nil {
		return err
	}
	c.writeOne(status, "ivr_menu", view.menu(&v, &v.Menus[at]))
	return nil
}

// deleteMenu removes one that is not the default one and that no route leads to
// (zendesktalk: DELETE /ivr/{ivr_id}/menus/{menu_id}, response 204).
func (s *server) deleteMenu(c *call) error {
	id, err := c.id(1)
	if err != nil {
		return err
	}
	if _, err := s.changeIVR(c, func(v *wirechief.IVR) error {
		at := menuAt(v, id)
		switch {
		case at < 0:
			return noMenu()
		case v.Menus[at].Default:
			return wirechief.Refuse(wirechief.Conflict, wirechief.RuleInUse, "calls begin in the default menu: make another one that first")
		}
		v.Menus = slices.Delete(v.Menus, at, at+1)
		for _, m := range v.Menus {
			if slices.ContainsFunc(m.Routes, func(r wirechief.IVRRoute) bool { return r.Action == "menu" && r.Menu == id }) {
				return wirechief.Refuse(wirechief.Conflict, wirechief.RuleInUse, "a route of menu %d leads to it: change that first", m.ID)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	c.gone()
	return nil
}

// listRoutes gives those of a menu (zendesktalk: GET
// /ivr/{ivr_id}/menus/{menu_id}/routes, response 200, ivr_routes, next_page,
// previous_page, count).
func (s *server) listRoutes(c *call) error {
	v, view, err := s.ivr(c)
	if err != nil {
		return err
	}
	m, err := c.menu(&v)
	if err != nil {
		return err
	}
	return writeList(s, c, "ivr_routes", all(m.Routes), routeKey, func(r *wirechief.IVRRoute) any { return view.route(&v, r) })
}

// showRoute gives one (zendesktalk: GET
// /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, response 200, ivr_route).
func (s *server) showRoute(c *call) error {
	v, view, err := s.ivr(c)
	if err != nil {
		return err
	}
	m, err := c.menu(&v)
	if err != nil {
		return err
	}
	id, err := c.id(2)
	if err != nil {
		return err
	}
	i := routeAt(m, id)
	if i < 0 {
		return noRoute()
	}
	c.writeOne(http.StatusOK, "ivr_route", view.route(&v, &m.Routes[i]))
	return nil
}

// createRoute adds one (zendesktalk: POST /ivr/{ivr_id}/menus/{menu_id}/routes,
// response 201, ivr_route).
func (s *server) createRoute(c *call) error {
	return s.putRoute(c, http.StatusCreated, func(m *wirechief.IVRMenu) (int, error) {
		m.Routes = append(m.Routes, wirechief.IVRRoute{})
		return len(m.Routes) - 1, nil
	})
}

// updateRoute changes one (zendesktalk: PUT
// /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, response 200, ivr_route).
func (s *server) updateRoute(c *call) error {
	id, err := c.id(2)
	if err != nil {
		return err
	}
	return s.putRoute(c, http.StatusOK, func(m *wirechief.IVRMenu) (int, error) {
		if i := routeAt(m, id); i >= 0 {
			return i, nil
		}
		return 0, noRoute()
	})
}

func (s *server) putRoute(c *call, status int, place func(*wirechief.IVRMenu) (int, error)) error {
	record, err := c.wrappedAs("ivr_route", "route")
	if err != nil {
		return err
	}
	p, err := readRoute(record)
	if err != nil {
		return err
	}
	var menu *wirechief.IVRMenu
	var at int
	v, err := s.changeIVR(c, func(v *wirechief.IVR) (err error) {
		if menu, err = c.menu(v); err != nil {
			return err
		}
		if at, err = place(menu); err != nil {
			return err
		}
		return p.apply(&menu.Routes[at])
	})
	if err != nil {
		return err
	}
	if menu, err = c.menu(&v); err != nil {
		return err
	}
	view, err := s.ivrView(c)
	if err != nil {
		return err
	}
	c.writeOne(status, "ivr_route", view.route(&v, &menu.Routes[at]))
	return nil
}

// deleteRoute removes one (zendesktalk: DELETE
// /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, response 204).
func (s *server) deleteRoute(c *call) error {
	id, err := c.id(2)
	if err != nil {
		return err
	}
	if _, err := s.changeIVR(c, func(v *wirechief.IVR) error {
		m, err := c.menu(v)
		if err != nil {
			return err
		}
		at := routeAt(m, id)
		if at < 0 {
			return noRoute()
		}
		m.Routes = slices.Delete(m.Routes, at, at+1)
		return nil
	}); err != nil {
		return err
	}
	c.gone()
	return nil
}
