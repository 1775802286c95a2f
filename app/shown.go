package app

import (
	"context"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/console"
	bulkvsapi "github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/dialect/message2give"
	"github.com/wirechief/wirechief/dialect/zendesktalk"
)

// shown gives a number as each of the vendors' APIs does, for the console. What
// an API has no words for is left out.
func (a *App) shown(ctx context.Context, p wirechief.Principal, number string) []console.Shown {
	n, err := a.exchange.NumberAnyState(ctx, p, number)
	if err != nil {
		return nil
	}
	p.Tenant, p.Operator = n.Tenant, false
	account := a.exchange.CalledIn(n.Tenant, wirechief.DialectFoneDynamics)
	var out []console.Shown
	add := func(id, name, call string, doc []byte, err error) {
		if err == nil {
			out = append(out, console.Shown{ID: id, Name: name, Call: call, JSON: string(doc)})
		} else if k := wirechief.KindOf(err); k != wirechief.NotFound && k != wirechief.Invalid {
			a.log.WarnContext(ctx, "a number cannot be shown as an API gives it", "api", id, "number", number, "error", err)
		}
	}
	call, doc, err := bulkvsapi.Show(ctx, a.exchange, p, number)
	add(wirechief.DialectBulkVS, "BulkVS", call, doc, err)
	call, doc, err = zendesktalk.Show(ctx, a.exchange, p, n.ID)
	add(wirechief.DialectZendesk, "Zendesk Talk", call, doc, err)
	call, doc, err = fonedynamics.Show(ctx, a.exchange, p, account, number)
	add(wirechief.DialectFoneDynamics, "Fone Dynamics", call, doc, err)
	call, doc, err = message2give.Show(ctx, a.exchange, p, number)
	add(wirechief.DialectMessage2Give, "message2give", call, doc, err)
	return out
}
