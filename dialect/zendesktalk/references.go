package zendesktalk

import (
	"context"
	"errors"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// refused names all references of a change to what there is not, when the core
// has refused the first of them; any other refusal is only given its names.
func (s *server) refused(c *call, p *wirechief.NumberPatch, err error) error {
	if errorOf(err).Rule != wirechief.RuleReference {
		return renamed(err, phoneNumberNames)
	}
	ctx, tenant := c.r.Context(), c.p.Tenant
	if all := errors.Join(
		absent(ctx, s.core.Brands(), tenant, "brand_id", "brand", one(p.Brand)),
		absent(ctx, s.core.Groups(), tenant, "group_ids", "group", many(p.Groups)),
		absent(ctx, s.core.Groups(), tenant, "default_group_id", "group", one(p.DefaultGroup)),
		absent(ctx, s.core.Groups(), tenant, "sms_group_id", "group", one(p.SMSGroup)),
		absent(ctx, s.core.IVRs(), tenant, "ivr_id", "ivr", one(p.IVR)),
		absent(ctx, s.core.Schedules(), tenant, "schedule_id", "schedule", one(p.Schedule)),
		absent(ctx, s.core.Greetings(), tenant, "greeting_ids", "greeting", many(p.Greetings)),
	); all != nil {
		return all
	}
	return renamed(err, phoneNumberNames)
}

// absent is the refusal of the ids that the shelf does not have.
func absent[T any](ctx context.Context, shelf exchange.Shelf[T], tenant, field, what string, ids []int64) error {
	var out []error
	for _, id := range ids {
		if _, err := shelf.Get(ctx, tenant, strconv.FormatInt(id, 10)); err != nil && wirechief.KindOf(err) == wirechief.NotFound {
			out = append(out, wirechief.InvalidField(field, "there is no %s %d", what, id))
		}
	}
	return errors.Join(out...)
}

func one(p wirechief.Patch[int64]) []int64 {
	if id, set := p.Value(); set && id != 0 {
		return []int64{id}
	}
	return nil
}

func many(p wirechief.Patch[[]int64]) []int64 {
	ids, _ := p.Value()
	return ids
}
