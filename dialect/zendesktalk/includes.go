package zendesktalk

import (
	"context"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// include is what a client asks for beside a phone number.
type include struct{ settings, ivrs, greetings, groups, schedules bool }

// readInclude reads the list; names that are not known are ignored
// (zendesktalk: GET /phone_numbers/{phone_number_id}, include; zendesktalk: PUT
// /phone_numbers/{phone_number_id}, include; zendesktalk: POST /phone_numbers,
// include).
func readInclude(c *call) (in include) {
	for _, list := range c.query["include"] {
		for name := range strings.SplitSeq(list, ",") {
			switch strings.TrimSpace(name) {
			case "settings":
				in.settings = true
			case "ivrs":
				in.ivrs = true
			case "all_greetings":
				in.greetings = true
			case "all_groups":
				in.groups = true
			case "all_schedules":
				in.schedules = true
			}
		}
	}
	return in
}

// add puts what was asked for into a phone number: settings are those of the
// number, the others all that the account has (zendesktalk: GET
// /phone_numbers/{phone_number_id}, response 200, settings, ivrs, all_greetings,
// all_groups, all_schedules; zendesktalk: PUT /phone_numbers/{phone_number_id},
// response 200, settings, ivrs, all_greetings, all_groups, all_schedules).
func (in include) add(s *server, c *call, n *wirechief.Number, to *phoneNumber) error {
	ctx, tenant := c.r.Context(), c.p.Tenant
	if in.settings {
		to.Settings = settingsOf(n)
	}
	for _, part := range []struct {
		asked bool
		list  func(c *call) ([]any, error)
		to    **[]any
	}{{in.greetings, s.greetingRows, &to.AllGreetings}, {in.ivrs, s.ivrRows, &to.IVRs}} {
		if !part.asked {
			continue
		}
		list, err := part.list(c)
		if err != nil {
			return err
		}
		list = listed(list)
		*part.to = &list
	}
	if in.groups {
		groups, err := s.core.Groups().List(ctx, tenant)
		if err != nil {
			return err
		}
		base := s.origin(c.r)
		list := make([]group, len(groups))
		for i := range groups {
			list[i] = groupOf(&groups[i], base)
		}
		to.AllGroups = &list
	}
	if in.schedules {
		list, err := s.scheduleRows(ctx, tenant)
		if err != nil {
			return err
		}
		to.AllSchedules = &list
	}
	return nil
}

func groupOf(g *wirechief.Group, base string) group {
	return group{
		CreatedAt: stamp(g.CreatedAt), Default: g.Default, Description: g.Description, ID: g.ID, IsPublic: true,
		Name: g.Name, UpdatedAt: stamp(g.UpdatedAt), URL: base + "/api/v2/groups/" + strconv.FormatInt(g.ID, 10) + ".json",
	}
}

func (s *server) scheduleRows(ctx context.Context, tenant string) ([]schedule, error) {
	schedules, err := s.core.Schedules().List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	list := make([]schedule, len(schedules))
	for i := range schedules {
		o := &schedules[i]
		row := schedule{
			CreatedAt: stamp(o.CreatedAt), ID: o.ID, Intervals: make([]interval, len(o.Intervals)),
			Name: o.Name, TimeZone: o.TimeZone, UpdatedAt: stamp(o.UpdatedAt),
		}
		for j, v := range o.Intervals {
			row.Intervals[j] = interval{EndTime: v.EndTime, StartTime: v.StartTime}
		}
		if row.TimeZone == "" {
			row.TimeZone = "UTC"
		}
		list[i] = row
	}
	return list, nil
}
