package exchange

import (
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// endpoints applies those that are told of all messages: the file knows them by
// their URLs, as it does not know their ids.
func (a *application) endpoints(s *state.Tenant) *wirechief.Error {
	count := a.x.dir.count(s.ID, wirechief.EntityEndpoint)
	for i := range s.Endpoints {
		e := &s.Endpoints[i]
		var old *wirechief.Endpoint
		for _, known := range a.x.dir.endpointsOf(s.ID) {
			if known.URL == e.URL {
				old = known
			}
		}
		if e.Absent {
			if old != nil {
				count--
				a.drop(wirechief.EntityEndpoint, s.ID, id10(old.ID))
			}
			continue
		}
		v := wirechief.Endpoint{URL: e.URL, Enabled: true}
		var before any
		if old != nil {
			v, before = *old, *old
		} else {
			if count++; count > endpointsMost {
				return wirechief.Refuse(wirechief.Conflict, wirechief.RuleLimit, "a tenant has %d endpoints at most", endpointsMost)
			}
			v.ID, v.CreatedAt = a.x.IDs.Next(), a.now
		}
		if e.Events != nil && !slices.Equal(v.Events, e.Events) {
			v.Events = e.Events
		}
		set(&v.Description, e.Description)
		set(&v.Enabled, e.Enabled)
		if old == nil || v.Description != old.Description || v.Enabled != old.Enabled || !slices.Equal(v.Events, old.Events) {
			v.UpdatedAt = a.now
			if err := a.x.judgeOwnEndpoint(a.ctx, nil, s.ID, old, &v); err != nil {
				err.Message = "endpoint " + e.URL + ": " + err.Message
				return err
			}
		}
		if _, err := a.put(wirechief.EntityEndpoint, s.ID, id10(v.ID), before, v); err != nil {
			return err
		}
	}
	return nil
}
