package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
)

// Secrets are what deliveries are signed with, and the endpoints of a tenant's own.
type Secrets interface {
	Endpoints() exchange.Shelf[wirechief.Endpoint]
	TestEndpoint(ctx context.Context, p wirechief.Principal, id string) (*wirechief.Delivery, error)
	SignSecrets(ctx context.Context, p wirechief.Principal) ([]exchange.SignSecret, error)
	CreateSecret(ctx context.Context, p wirechief.Principal, destination string) (exchange.NewSignSecret, error)
	RotateSecret(ctx context.Context, p wirechief.Principal, id string, keep time.Duration) (exchange.NewSignSecret, error)
	RemoveSecret(ctx context.Context, p wirechief.Principal, id string) error
}

// secrets adds the operations on endpoints and on what deliveries are signed with.
func (a *api) secrets() {
	serve(a, things[wirechief.Endpoint, wire.Endpoint]{
		one: "endpoint that is told of all messages in our own shape", many: "endpoints", path: "/endpoints",
		shelf: func() exchange.Shelf[wirechief.Endpoint] { return a.Core.Endpoints() },
		show: func(t *wirechief.Endpoint) wire.Endpoint {
			w := wire.Endpoint(*t)
			w.Events = orNone(w.Events)
			return w
		},
		keep: func(t *wirechief.Endpoint, w *wire.Endpoint) error { *t = wirechief.Endpoint(*w); return nil },
	})
	register(a, a.op(scopeManage, "test-endpoint", http.MethodPost, "/endpoints/{id}/test", "Tell an endpoint of a message that nobody sent",
		about("The type of the event is endpoint.test. What came of it is shown with the delivery.")), a.testEndpoint)
	made := func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }
	const standard = "What goes to the destination over HTTP is signed as Standard Webhooks says, at each try: webhook-id, webhook-timestamp, webhook-signature."
	register(a, a.op(scopeRead, "list-signed", http.MethodGet, "/secrets", "List the destinations whose deliveries are signed"), a.listSecrets)
	register(a, a.op(scopeManage, "sign-destination", http.MethodPost, "/secrets", "Give a destination a secret, which is shown this once", made, about(standard)), a.createSecret)
	register(a, a.op(scopeManage, "rotate-signing", http.MethodPost, "/secrets/{id}/rotate", "Exchange a secret for a new one, which is shown this once",
		about("Both sign meanwhile. While the one before is still live, only keep 0s is taken, which ends both.")), a.rotateSecret)
	register(a, a.op(scopeManage, "remove-signing", http.MethodDelete, "/secrets/{id}", "Sign nothing any more that goes to a destination"), a.removeSecret)
}

type testOutput struct{ Body wire.Delivery }

func (a *api) testEndpoint(ctx context.Context, in *OneThing) (*testOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	d, err := a.Core.TestEndpoint(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return &testOutput{newDelivery(d)}, nil
}

type secretsOutput struct {
	Body []wire.SignSecret `nullable:"false"`
}

func newSignSecret(s *exchange.SignSecret) wire.SignSecret {
	return wire.SignSecret{
		ID: s.ID, Destination: s.Destination, Hint: s.Hint, CreatedAt: s.CreatedAt.UTC(), CreatedBy: s.CreatedBy,
		RotatedAt: s.RotatedAt.UTC(), OldUntil: s.OldUntil.UTC(),
	}
}

func (a *api) listSecrets(ctx context.Context, in *InTenant) (*secretsOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := a.Core.SignSecrets(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &secretsOutput{make([]wire.SignSecret, len(list))}
	for i := range list {
		out.Body[i] = newSignSecret(&list[i])
	}
	return out, nil
}

type (
	createSecretInput struct {
		InTenant
		Body wire.SignSecretRequest
	}
	rotateSecretInput struct {
		OneThing
		Body wire.Rotation
	}
	newSecretOutput struct{ Body wire.NewSignSecret }
)

// shownOnce is the answer that has a secret in it.
func shownOnce(s exchange.NewSignSecret, err error) (*newSecretOutput, error) {
	if err != nil {
		return nil, err
	}
	return &newSecretOutput{wire.NewSignSecret{SignSecret: newSignSecret(&s.SignSecret), Secret: s.Secret.Reveal()}}, nil
}

func (a *api) createSecret(ctx context.Context, in *createSecretInput) (*newSecretOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return shownOnce(a.Core.CreateSecret(ctx, p, in.Body.Destination))
}

func (a *api) rotateSecret(ctx context.Context, in *rotateSecretInput) (*newSecretOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	keep := exchange.KeepOld
	if in.Body.Keep != "" {
		if keep, err = time.ParseDuration(in.Body.Keep); err != nil {
			return nil, wirechief.InvalidField("keep", "%q is not a time span such as 24h", in.Body.Keep)
		}
	}
	return shownOnce(a.Core.RotateSecret(ctx, p, in.ID, keep))
}

func (a *api) removeSecret(ctx context.Context, in *OneThing) (*struct{}, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return nil, a.Core.RemoveSecret(ctx, p, in.ID)
}
