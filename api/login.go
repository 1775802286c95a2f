package api

import (
	"context"
	"net"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// scopeKey is where an operation says which scope it needs.
const scopeKey = "scope"

// The scopes. The operator needs none.
const (
	scopeAll      = "all"      // everything below; people
	scopeSend     = "send"     // send and cancel messages, play handsets
	scopeRead     = "read"     // look at everything
	scopeManage   = "manage"   // buy, change and release numbers; replay and pause deliveries
	scopeOperator = "operator" // not for tenants
	scopeAny      = "any"      // whoever has a token
)

type principalKey struct{}

// authenticate finds out who asks, before anything else of the request is
// looked at, and says no to who may not.
func (a *api) authenticate(ctx huma.Context, next func(huma.Context)) {
	ctx = &answer{humaContext: ctx}
	// What is answered holds messages and numbers of people.
	ctx.SetHeader("Cache-Control", "no-store")
	scope, _ := ctx.Operation().Metadata[scopeKey].(string)
	p, err := a.principal(ctx)
	if err == nil {
		err = permit(p, scope)
	}
	if err != nil {
		_, w := humago.Unwrap(ctx)
		a.refuse(ctx.Context(), ctx.Operation().OperationID, err).write(w)
		return
	}
	p.Address = addressOf(ctx.RemoteAddr())
	next(huma.WithContext(ctx, wirechief.WithPrincipal(context.WithValue(ctx.Context(), principalKey{}, p), p)))
}

// addressOf is where a request came from, for the audit log.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

func (a *api) principal(ctx huma.Context) (wirechief.Principal, error) {
	scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return wirechief.Principal{}, wirechief.Errorf(wirechief.Unauthenticated, "a token is needed: Authorization: Bearer TOKEN")
	}
	return a.Core.Authenticate(ctx.Context(), exchange.Login{
		Dialect: wirechief.DialectOwn, Secret: token, Address: addressOf(ctx.RemoteAddr()), Operator: a.AdminToken != "" && a.AdminToken.Equal(token),
	})
}

func permit(p wirechief.Principal, scope string) error {
	switch {
	case p.Operator, scope == scopeAny:
		return nil
	case scope == scopeOperator:
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleScope, "this is for the operator's token only")
	case slices.Contains(p.Scopes, scopeAll), slices.Contains(p.Scopes, scope):
		return nil
	}
	return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleScope, "the token has not the scope %s", scope)
}

// who gives the principal that authenticate found.
func who(ctx context.Context) wirechief.Principal {
	p, _ := ctx.Value(principalKey{}).(wirechief.Principal)
	return p
}

// tenantOf says whose things are meant: the caller's own or, for the operator,
// those of the tenant that is named; empty: of all.
func tenantOf(p wirechief.Principal, named string) (string, error) {
	if p.Operator || named == "" || named == p.Tenant {
		return named, nil
	}
	// The same whether there is such a tenant or not.
	return "", &wirechief.Error{
		Kind: wirechief.Forbidden, Rule: wirechief.RuleScope, Field: "tenant",
		Message: "only the operator's token can name another tenant",
	}
}

// known is tenantOf of a tenant that there is.
func (a *api) known(ctx context.Context, p wirechief.Principal, named string) (string, error) {
	tenant, err := tenantOf(p, named)
	if err == nil && tenant != "" && p.Operator {
		_, err = a.Core.Tenant(ctx, tenant)
	}
	return tenant, err
}

// oneTenant is tenantOf where it cannot be all of them.
func oneTenant(p wirechief.Principal, named string) (string, error) {
	tenant, err := tenantOf(p, named)
	switch {
	case err != nil:
		return "", err
	case !p.Operator:
		return p.Tenant, nil
	case tenant == "":
		return "", wirechief.InvalidField("tenant", "the operator has to name the tenant")
	}
	return tenant, nil
}

// acting gives the principal as whom something is done: the caller or, when the
// operator asks, whoever acts for the tenant that it has to name.
func acting(ctx context.Context, named string) (wirechief.Principal, error) {
	p := who(ctx)
	tenant, err := oneTenant(p, named)
	if err == nil && p.Operator {
		// What is another tenant's is now as unknown to the operator, too.
		p.Tenant, p.Operator, p.Role = tenant, false, wirechief.RoleOwner
	}
	return p, err
}

// actingOn is acting where a number says which tenant is meant.
func actingOn(ctx context.Context, named string) (wirechief.Principal, error) {
	if p := who(ctx); p.Operator && named == "" {
		return p, nil
	}
	return acting(ctx, named)
}
