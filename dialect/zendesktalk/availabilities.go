package zendesktalk

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// availabilityNames turns the domain's names into the vendor's.
var availabilityNames = map[string]string{"state": "agent_state", "via": "via"}

// availabilityOf writes what an agent says. Nobody is in a call before calls
// are carried.
func availabilityOf(a *wirechief.Agent) availabilityRow {
	return availabilityRow{AgentState: cmp.Or(a.State, "offline"), Via: cmp.Or(a.Via, "client")}
}

// showAvailability gives that of an agent (zendesktalk: GET
// /availabilities/{agent_id}, response 200, availability).
func (s *server) showAvailability(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	a, err := s.core.Agents().Get(c.r.Context(), c.p.Tenant, strconv.FormatInt(id, 10))
	if err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "availability", availabilityOf(&a))
	return nil
}

// updateAvailability changes what is sent of it. What an agent is doing in a
// call follows from the call: it is looked at and not taken over (zendesktalk:
// PUT /availabilities/{agent_id}, agent_state, via, call_status; zendesktalk: PUT
// /availabilities/{agent_id}, response 200, availability).
func (s *server) updateAvailability(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	record, _, err := c.wrapped("availability")
	if err != nil {
		return err
	}
	var state, via, status wirechief.Patch[string]
	if err := errors.Join(record.text("agent_state", false, &state), record.text("via", false, &via), record.text("call_status", true, &status)); err != nil {
		return err
	}
	for _, v := range []struct {
		name   string
		patch  wirechief.Patch[string]
		values []string
	}{
		{"agent_state", state, []string{"online", "offline", "away", "transfers_only"}},
		{"via", via, []string{"client", "phone"}},
		{"call_status", status, []string{"on_call", "wrap_up", "null", ""}},
	} {
		if value, set := v.patch.Value(); set && !slices.Contains(v.values, value) {
			return wirechief.InvalidField(v.name, "%q is not one of %s", value, strings.TrimSuffix(strings.Join(v.values, ", "), ", "))
		}
	}
	a, err := s.core.Agents().Put(c.r.Context(), c.p, strconv.FormatInt(id, 10), func(a *wirechief.Agent) error {
		state.Apply(&a.State)
		via.Apply(&a.Via)
		return nil
	})
	if err != nil {
		return renamed(err, availabilityNames)
	}
	c.writeOne(http.StatusOK, "availability", availabilityOf(&a))
	return nil
}
