package zendesktalk

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Calls are not carried yet, so there is no record of one: what is counted of
// calls, and exported of them, is counted of none. What is known without them is
// real: who is there, for how long, and who waits to be called back.

// exportsPerMinute is how many incremental exports an account may have a minute
// (zendesktalk: GET /stats/incremental/calls, response 429; zendesktalk: GET
// /stats/incremental/legs, response 429).
const exportsPerMinute = 10

// ids reads a list of ids in the query, such as 1,2. Ids of nothing select
// nothing; an absent or empty list selects all.
func (c *call) ids(name string) (ids []int64, _ error) {
	for _, list := range c.query[name] {
		for text := range strings.SplitSeq(list, ",") {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil || id <= 0 {
				return nil, wirechief.Errorf(wirechief.Invalid, "%s: %q is not an id", name, text)
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// accountOverview counts the calls of a day (zendesktalk: GET
// /stats/account_overview, phone_number_ids; zendesktalk: GET
// /stats/account_overview, response 200, account_overview).
func (s *server) accountOverview(c *call) error {
	if _, err := c.ids("phone_number_ids"); err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "account_overview", accountOverview{CurrentTimestamp: s.now().Unix()})
	return nil
}

// agentsOverview says how the agents of the account did on average today
// (zendesktalk: GET /stats/agents_overview, response 200, agents_overview).
func (s *server) agentsOverview(c *call) error {
	agents, err := s.core.Agents().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	now := s.now()
	o := agentsOverview{CurrentTimestamp: now.Unix()}
	for i := range agents {
		p := agents[i].PresenceAt(now)
		o.AverageOnlineTime += p.Online
		o.AverageAwayTime += p.Away
		o.AverageTransfersOnlyTime += p.TransfersOnly
	}
	if n := int64(len(agents)); n > 0 {
		o.AverageOnlineTime /= n
		o.AverageAwayTime /= n
		o.AverageTransfersOnlyTime /= n
	}
	o.AverageAvailableTime = o.AverageOnlineTime
	c.writeOne(http.StatusOK, "agents_overview", o)
	return nil
}

// agentsActivity has a row for each agent, or each of some groups (zendesktalk:
// GET /stats/agents_activity, group_ids; zendesktalk: GET /stats/agents_activity,
// response 200, agents_activity, next_page, previous_page, count).
func (s *server) agentsActivity(c *call) error {
	ids, err := c.ids("group_ids")
	if err != nil {
		return err
	}
	agents, err := s.core.Agents().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	if ids != nil {
		groups, err := s.core.Groups().List(c.r.Context(), c.p.Tenant)
		if err != nil {
			return err
		}
		members := make(map[string]bool)
		for _, g := range groups {
			for _, mail := range g.Agents {
				members[mail] = members[mail] || slices.Contains(ids, g.ID)
			}
		}
		agents = slices.DeleteFunc(agents, func(a wirechief.Agent) bool { return !members[a.Email] })
	}
	now := s.now()
	return writeList(s, c, "agents_activity", all(agents),
		func(a *wirechief.Agent) string { return strconv.FormatInt(a.ID, 10) },
		func(a *wirechief.Agent) any { return activityOf(a, now) })
}

func activityOf(a *wirechief.Agent, now time.Time) agentActivity {
	said, there := availabilityOf(a), a.PresenceAt(now)
	return agentActivity{
		AgentID: a.ID, AgentState: said.AgentState, AvailableTime: there.Online, AwayTime: there.Away, CallStatus: said.CallStatus,
		ForwardingNumber: orNull(a.Phone), Name: cmp.Or(a.Name, a.Email), OnlineTime: there.Online,
		TransfersOnlyTime: there.TransfersOnly, Via: said.Via,
	}
}

// currentQueueActivity says who is there and who waits (zendesktalk: GET
// /stats/current_queue_activity, phone_number_ids; zendesktalk: GET
// /stats/current_queue_activity, response 200, current_queue_activity).
func (s *server) currentQueueActivity(c *call) error {
	ids, err := c.ids("phone_number_ids")
	if err != nil {
		return err
	}
	agents, err := s.core.Agents().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	waiting, err := s.core.CallbackRequests().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	var q queueActivity
	for _, a := range agents {
		if a.State == "online" {
			q.AgentsOnline++
		}
	}
	for _, r := range waiting {
		if r.Status == "waiting" && (ids == nil || slices.Contains(ids, r.Number)) {
			q.CallbacksWaiting++
		}
	}
	c.writeOne(http.StatusOK, "current_queue_activity", q)
	return nil
}

// exportCalls and exportLegs give what has changed since start_time
// (zendesktalk: GET /stats/incremental/calls, response 200, calls, next_page,
// count, end_time; zendesktalk: GET /stats/incremental/legs, response 200, legs,
// next_page, count, end_time).
func (s *server) exportCalls(c *call) error { return s.export(c, "calls") }

func (s *server) exportLegs(c *call) error { return s.export(c, "legs") }

// settled is how far back an export ends at least: what is being written down
// just now may be dated a little earlier. It is less than the five minutes
// within which a client knows that it has come to the end.
const settled = time.Minute

// export answers an export (zendesktalk: GET /stats/incremental/calls,
// start_time; zendesktalk: GET /stats/incremental/legs, start_time). next_page is
// never null: it is where to ask the next time, from end_time on.
func (s *server) export(c *call, plural string) error {
	now := s.now()
	if most, _, reset, ok := s.exports.take(c.p.Tenant, now); !ok {
		c.w.Header().Set("Retry-After", strconv.Itoa(reset))
		return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleRate, "%d incremental exports a minute are given; wait %d seconds", most, reset)
	}
	text := c.query.Get("start_time")
	if text == "" {
		return missing("start_time")
	}
	start, err := strconv.ParseInt(text, 10, 64)
	if err != nil || start < 0 {
		return wirechief.Errorf(wirechief.Invalid, "start_time: %q is not a time in seconds since 1970", text)
	}
	end := max(start, now.Add(-settled).Unix())
	writeJSON(c.w, http.StatusOK, map[string]any{
		plural: []any{}, "count": 0, "end_time": end,
		"next_page": s.link(c.r, c.query, map[string]string{"start_time": strconv.FormatInt(end, 10)}),
	})
	return nil
}

// deleteRecordings removes recordings of a call; of no call there are any
// (zendesktalk: DELETE /calls/{call_id}/recordings, response 404; zendesktalk:
// DELETE /calls/{call_id}/recordings/{type}, response 404).
func (s *server) deleteRecordings(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	return wirechief.Errorf(wirechief.NotFound, "there is no call %d", id)
}
