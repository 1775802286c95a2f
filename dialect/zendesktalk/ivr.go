package zendesktalk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
)

func ivrKey(v *wirechief.IVR) string { return strconv.FormatInt(v.ID, 10) }

// listIVRs gives them in the order in which they were made (zendesktalk: GET
// /ivr, response 200, ivrs, next_page, previous_page, count).
func (s *server) listIVRs(c *call) error {
	list, view, err := s.ivrs(c)
	if err != nil {
		return err
	}
	return writeList(s, c, "ivrs", all(list), ivrKey, func(v *wirechief.IVR) any { return view.row(v) })
}

// ivrRows gives all IVRs of the tenant as they are listed: for include=ivrs.
func (s *server) ivrRows(c *call) ([]any, error) {
	list, view, err := s.ivrs(c)
	if err != nil {
		return nil, err
	}
	return rows(list, func(v *wirechief.IVR) any { return view.row(v) }), nil
}

func (s *server) ivrs(c *call) ([]wirechief.IVR, *ivrView, error) {
	list, err := s.core.IVRs().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return nil, nil, err
	}
	view, err := s.ivrView(c)
	return list, view, err
}

// ivr gives the one that the path names, and how it is shown.
func (s *server) ivr(c *call) (v wirechief.IVR, view *ivrView, err error) {
	id, err := c.id(0)
	if err != nil {
		return v, nil, err
	}
	if v, err = s.core.IVRs().Get(c.r.Context(), c.p.Tenant, strconv.FormatInt(id, 10)); err != nil {
		return v, nil, err
	}
	view, err = s.ivrView(c)
	return v, view, err
}

// showIVR gives one (zendesktalk: GET /ivr/{ivr_id}, response 200, ivr).
func (s *server) showIVR(c *call) error {
	v, view, err := s.ivr(c)
	if err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "ivr", view.row(&v))
	return nil
}

// createIVR makes one, with the menus that were sent, else with the one that it
// needs (zendesktalk: POST /ivr, response 201, ivr).
func (s *server) createIVR(c *call) error {
	p, err := s.readIVR(c)
	if err != nil {
		return err
	}
	v, err := s.core.IVRs().Put(c.r.Context(), c.p, "", func(v *wirechief.IVR) error {
		if len(p.menus) > 0 {
			v.Menus = p.menus
		}
		return setName(p.name, &v.Name)
	})
	if err != nil {
		return renamed(err, ivrNames)
	}
	return s.putIVR(c, http.StatusCreated, &v, p)
}

// updateIVR changes its name and the numbers that lead to it (zendesktalk: PUT
// /ivr/{ivr_id}, response 200, ivr).
func (s *server) updateIVR(c *call) error {
	p, err := s.readIVR(c)
	if err != nil {
		return err
	}
	v, err := s.changeIVR(c, func(v *wirechief.IVR) error {
		if p.name.IsLeave() {
			return nil
		}
		return setName(p.name, &v.Name)
	})
	if err != nil {
		return err
	}
	return s.putIVR(c, http.StatusOK, &v, p)
}

// ivrPatch is what is to become of an IVR.
type ivrPatch struct {
	name    wirechief.Patch[string]
	numbers wirechief.Patch[[]int64]
	menus   []wirechief.IVRMenu // of a new one
}

// readIVR reads what can be written of an IVR. Numbers that there are not are
// refused before anything is changed (zendesktalk: POST /ivr, name,
// phone_number_ids, menus; zendesktalk: PUT /ivr/{ivr_id}, name, phone_number_ids).
func (s *server) readIVR(c *call) (p ivrPatch, err error) {
	record, _, err := c.wrapped("ivr")
	if err != nil {
		return p, err
	}
	if err := errors.Join(record.text("name", false, &p.name), record.ids("phone_number_ids", &p.numbers)); err != nil {
		return p, err
	}
	if len(c.params) == 0 {
		if p.menus, err = readMenus(record["menus"]); err != nil {
			return p, err
		}
	}
	ids, _ := p.numbers.Value()
	for _, id := range ids {
		_, err := s.core.NumberByID(c.r.Context(), c.p, id)
		if wirechief.KindOf(err) == wirechief.NotFound && err != nil {
			return p, wirechief.InvalidField("phone_number_ids", "there is no number of yours with the id %d", id)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// putIVR lets those numbers lead to an IVR that were sent, and no other, and
// answers with it.
func (s *server) putIVR(c *call, status int, v *wirechief.IVR, p ivrPatch) error {
	ids, change := p.numbers.Value()
	var moved []*wirechief.Number
	s.core.EachNumber(c.r.Context(), c.p, wirechief.NumberFilter{}, func(n *wirechief.Number) bool {
		if change && slices.Contains(ids, n.ID) != (n.Voice.IVR == v.ID) {
			moved = append(moved, n)
		}
		return change
	})
	for _, n := range moved {
		wanted := slices.Contains(ids, n.ID)
		if _, err := s.core.ConfigureNumber(c.r.Context(), c.p, n.Number, func(n wirechief.Number) (to wirechief.NumberPatch, _ error) {
			switch {
			case wanted:
				to.IVR = wirechief.Set(v.ID)
			case n.Voice.IVR == v.ID:
				to.IVR = wirechief.Clear[int64]()
			}
			return to, nil
		}); err != nil {
			return err
		}
	}
	view, err := s.ivrView(c)
	if err != nil {
		return err
	}
	c.writeOne(status, "ivr", view.row(v))
	return nil
}

// changeIVR changes the one that the path names.
func (s *server) changeIVR(c *call, change func(*wirechief.IVR) error) (wirechief.IVR, error) {
	id, err := c.id(0)
	if err != nil {
		return wirechief.IVR{}, err
	}
	v, err := s.core.IVRs().Put(c.r.Context(), c.p, strconv.FormatInt(id, 10), change)
	return v, renamed(err, ivrNames)
}

// deleteIVR removes one that no number uses (zendesktalk: DELETE
// /ivr/{ivr_id}, response 204).
func (s *server) deleteIVR(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	if err := s.core.IVRs().Delete(c.r.Context(), c.p, strconv.FormatInt(id, 10)); err != nil {
		return err
	}
	c.gone()
	return nil
}
