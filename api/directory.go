package api

import (
	"context"
	"net/http"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// directory adds the operations that show what is configured.
func (a *api) directory() {
	register(a, a.op(scopeRead, "list-webhooks", http.MethodGet, "/webhooks", "List the named webhooks of a tenant"), a.listWebhooks)
	register(a, a.op(scopeRead, "list-campaigns", http.MethodGet, "/campaigns", "List the campaigns of a tenant"), a.listCampaigns)
}

// InTenant names the tenant whose things are meant. It is exported, as are the
// other parts that inputs share, for huma looks for parameters in those only.
type InTenant struct {
	Tenant string `query:"tenant" maxLength:"63" doc:"The operator has to name it; a tenant's is always its own"`
}

type webhooksOutput struct {
	Body []wire.Webhook `nullable:"false"`
}

func (a *api) listWebhooks(ctx context.Context, in *InTenant) (*webhooksOutput, error) {
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

func (a *api) listCampaigns(ctx context.Context, in *InTenant) (*campaignsOutput, error) {
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
