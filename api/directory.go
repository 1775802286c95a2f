package api

import (
	"context"
	"net/http"
	"sort"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// directory adds the operations that show what is configured.
func (a *api) directory() {
	register(a, a.op(scopeRead, "list-numbers", http.MethodGet, "/numbers", "List numbers, in their order"), a.listNumbers)
	register(a, a.op(scopeRead, "get-number", http.MethodGet, "/numbers/{number}", "Show a number"), a.getNumber)
	register(a, a.op(scopeRead, "list-webhooks", http.MethodGet, "/webhooks", "List the named webhooks of a tenant"), a.listWebhooks)
	register(a, a.op(scopeRead, "list-campaigns", http.MethodGet, "/campaigns", "List the campaigns of a tenant"), a.listCampaigns)
}

type numbersInput struct {
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
	After  string `query:"after" maxLength:"64" doc:"Numbers that come after it"`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}

type numbersOutput struct {
	Body []wire.Number `nullable:"false"`
}

func (a *api) listNumbers(ctx context.Context, in *numbersInput) (*numbersOutput, error) {
	p := who(ctx)
	tenant, err := tenantOf(p, in.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := a.Core.Numbers(ctx, p)
	if err != nil {
		return nil, err
	}
	after := inQuery(in.After)
	list = list[sort.Search(len(list), func(i int) bool { return list[i].Number > after }):]
	out := &numbersOutput{[]wire.Number{}}
	for i := range list {
		if len(out.Body) == in.Limit {
			break
		}
		if tenant == "" || list[i].Tenant == tenant {
			out.Body = append(out.Body, newNumber(&list[i]))
		}
	}
	return out, nil
}

type numberInput struct {
	Number string `path:"number" example:"+13109060901"`
}

type numberOutput struct{ Body wire.Number }

func (a *api) getNumber(ctx context.Context, in *numberInput) (*numberOutput, error) {
	number, err := readNumber("number", in.Number)
	if err != nil {
		return nil, err
	}
	n, err := a.Core.Number(ctx, who(ctx), number)
	if err != nil {
		return nil, err
	}
	return &numberOutput{newNumber(&n)}, nil
}

// tenantInput names the tenant whose things are listed.
type tenantInput struct {
	Tenant string `query:"tenant" maxLength:"63" doc:"The operator has to name it; a tenant's is always its own"`
}

type webhooksOutput struct {
	Body []wire.Webhook `nullable:"false"`
}

func (a *api) listWebhooks(ctx context.Context, in *tenantInput) (*webhooksOutput, error) {
	tenant, err := oneTenant(who(ctx), in.Tenant)
	if err != nil {
		return nil, err
	}
	list := a.Core.Webhooks(ctx, tenant)
	out := &webhooksOutput{make([]wire.Webhook, len(list))}
	for i, w := range list {
		out.Body[i] = newWebhook(&w)
	}
	return out, nil
}

func newWebhook(w *wirechief.Webhook) wire.Webhook {
	return wire.Webhook{
		Name: w.Name, Description: w.Description, URL: w.URL, DLR: w.DLR, Method: w.Method, ModifiedAt: w.ModifiedAt.UTC(),
	}
}

type campaignsOutput struct {
	Body []wire.Campaign `nullable:"false"`
}

func (a *api) listCampaigns(ctx context.Context, in *tenantInput) (*campaignsOutput, error) {
	tenant, err := oneTenant(who(ctx), in.Tenant)
	if err != nil {
		return nil, err
	}
	list := a.Core.Campaigns(ctx, tenant)
	out := &campaignsOutput{make([]wire.Campaign, len(list))}
	for i, c := range list {
		out.Body[i] = wire.Campaign{TCR: c.TCR, Brand: c.Brand, Approved: c.Approved, Numbers: c.Numbers}
	}
	return out, nil
}
