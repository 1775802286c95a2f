package zendesktalk

import (
	"net/http"
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

// createIVR makes one, with the one menu that it needs (zendesktalk: POST /ivr,
// response 201, ivr).
func (s *server) createIVR(c *call) error {
	name, err := c.named("ivr")
	if err != nil {
		return err
	}
	v, err := s.core.IVRs().Put(c.r.Context(), c.p, "", func(v *wirechief.IVR) error { return setName(name, &v.Name) })
	if err != nil {
		return renamed(err, ivrNames)
	}
	return s.writeIVR(c, http.StatusCreated, &v)
}

// updateIVR changes its name (zendesktalk: PUT /ivr/{ivr_id}, response 200, ivr).
func (s *server) updateIVR(c *call) error {
	name, err := c.named("ivr")
	if err != nil {
		return err
	}
	v, err := s.changeIVR(c, func(v *wirechief.IVR) error {
		if name.IsLeave() {
			return nil
		}
		return setName(name, &v.Name)
	})
	if err != nil {
		return err
	}
	return s.writeIVR(c, http.StatusOK, &v)
}

// named reads a body of which only the name can be written (zendesktalk: POST
// /ivr, name; zendesktalk: PUT /ivr/{ivr_id}, name).
func (c *call) named(wrapper string) (name wirechief.Patch[string], err error) {
	record, _, err := c.wrapped(wrapper)
	if err == nil {
		err = record.text("name", false, &name)
	}
	return name, err
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

func (s *server) writeIVR(c *call, status int, v *wirechief.IVR) error {
	view, err := s.ivrView(c)
	if err != nil {
		return err
	}
	c.writeOne(status, "ivr", view.row(v))
	return nil
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
