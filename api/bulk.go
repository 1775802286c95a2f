package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// bulk adds the operations on many numbers at once.
func (a *api) bulk() {
	register(a, a.op(scopeManage, "change-numbers", http.MethodPatch, "/numbers", "Change many numbers alike",
		about("Each is changed or refused by itself, and the answer says which."),
		func(op *huma.Operation) { op.BodyReadTimeout = -1 }), a.changeNumbers) // it would bound the whole of it
	a.roll()
}

type bulkInput struct {
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator, who has to name it with a filter"`
	Body   wire.Bulk
}

type bulkOutput struct{ Body wire.BulkResult }

func (a *api) changeNumbers(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
	p, err := actingOn(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	numbers, err := a.meant(ctx, p, &in.Body)
	if err != nil {
		return nil, err
	}
	// What is wrong with the patch itself is said once.
	if _, err := readPatch(&wirechief.Number{}, in.Body.Patch); err != nil {
		return nil, under("patch", err)
	}
	out := &bulkOutput{wire.BulkResult{Numbers: make([]wire.BulkNumber, 0, len(numbers))}}
	for _, number := range numbers {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx) // nobody waits for it
		}
		r := a.changeOne(ctx, p, number, in.Body.Patch)
		switch r.Result {
		case "changed":
			out.Body.Changed++
		case "refused":
			out.Body.Refused++
		}
		out.Body.Numbers = append(out.Body.Numbers, r)
	}
	return out, nil
}

// meant gives the numbers that a change is about, each once.
func (a *api) meant(ctx context.Context, p wirechief.Principal, b *wire.Bulk) ([]string, error) {
	switch {
	case (len(b.Numbers) > 0) == (b.Filter != nil):
		return nil, wirechief.InvalidField("numbers", "name the numbers, or select them by a filter; {} selects all")
	case b.Filter == nil:
		out := make([]string, 0, len(b.Numbers))
		seen := make(map[string]bool, len(b.Numbers))
		for i, s := range b.Numbers {
			number, err := readNumber(item("numbers", i), s)
			if err != nil {
				return nil, err
			}
			if !seen[number] {
				out = append(out, number)
			}
			seen[number] = true
		}
		return out, nil
	case p.Operator:
		return nil, wirechief.InvalidField("tenant", "the operator has to name the tenant")
	}
	s := Selection{
		Type: b.Filter.Types, Capabilities: b.Filter.Capabilities, Property: b.Filter.Property, Campaign: b.Filter.Campaign,
		Webhook: b.Filter.Webhook, Tag: b.Filter.Tag, Text: b.Filter.Text,
	}
	f, err := s.filter(p.Tenant)
	if err != nil {
		return nil, under("filter", err)
	}
	list, _ := a.Core.FindNumbers(ctx, p, f)
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Number
	}
	return out, nil
}

func (a *api) changeOne(ctx context.Context, p wirechief.Principal, number string, patch wire.MergePatch) wire.BulkNumber {
	var before int64
	n, err := a.Core.ConfigureNumber(ctx, p, number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		before = n.Rev
		return readPatch(&n, patch)
	})
	switch {
	case err != nil:
		return wire.BulkNumber{Number: number, Result: "refused", Problem: &a.refuse(ctx, "change-numbers", inSettings(err)).Problem}
	case n.Rev == before:
		return wire.BulkNumber{Number: number, Result: "unchanged"}
	}
	return wire.BulkNumber{Number: number, Result: "changed"}
}
