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

// Team is who may do what, and who did.
type Team interface {
	Keys(ctx context.Context, p wirechief.Principal) ([]exchange.Key, error)
	CreateKey(ctx context.Context, p wirechief.Principal, label, dialect string, scopes []string, expires time.Time) (exchange.NewKey, error)
	RevokeKey(ctx context.Context, p wirechief.Principal, id string) error
	People(ctx context.Context, p wirechief.Principal) ([]exchange.Person, error)
	PutPerson(ctx context.Context, p wirechief.Principal, c exchange.PersonChange) (exchange.Person, error)
	RemovePerson(ctx context.Context, p wirechief.Principal, id int64) error
	Audit(ctx context.Context, p wirechief.Principal, f wirechief.AuditFilter) ([]wirechief.AuditEntry, error)
}

// team adds the operations on keys, people and the audit log.
func (a *api) team() {
	made := func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }
	register(a, a.op(scopeManage, "list-keys", http.MethodGet, "/keys", "List the credentials of a tenant in all APIs"), a.listKeys)
	register(a, a.op(scopeManage, "create-key", http.MethodPost, "/keys", "Make a new key; its secret is shown this once", made,
		about("Keys of the vendors' APIs know no scopes: to make or revoke one takes the scope all. A key does never more than the person who made it, or made the key that did, may do by now.")), a.createKey)
	register(a, a.op(scopeManage, "revoke-key", http.MethodDelete, "/keys/{id}", "Remove a credential: it lets nobody in from then on"), a.revokeKey)
	register(a, a.op(scopeRead, "list-people", http.MethodGet, "/people", "List the team of a tenant"), a.listPeople)
	register(a, a.op(scopeAll, "invite-person", http.MethodPost, "/people", "Invite somebody to the team", made,
		about("Owners are made, changed and removed by owners in the console, or by the operator.")), a.invitePerson)
	register(a, a.op(scopeAll, "change-person", http.MethodPatch, "/people/{id}", "Change somebody of the team",
		about("What is absent stays.")), a.changePerson)
	register(a, a.op(scopeAll, "remove-person", http.MethodDelete, "/people/{id}", "Take somebody off the team",
		about("Their sessions end; the last owner stays.")), a.removePerson)
	register(a, a.op(scopeRead, "list-audit", http.MethodGet, "/audit", "List who changed what, newest first"), a.listAudit)
}

type keysOutput struct {
	Body []wire.Key `nullable:"false"`
}

func (a *api) listKeys(ctx context.Context, in *InTenant) (*keysOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := a.Core.Keys(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &keysOutput{make([]wire.Key, len(list))}
	for i := range list {
		out.Body[i] = newKey(&list[i])
	}
	return out, nil
}

func newKey(k *exchange.Key) wire.Key {
	return wire.Key{
		ID: k.ID, Dialect: k.Dialect, Scheme: k.Scheme, Account: k.Account, User: k.User, Label: k.Label, Hint: k.Hint,
		Scopes: orNone(k.Scopes), CreatedBy: k.CreatedBy, CreatedAt: k.CreatedAt.UTC(), ExpiresAt: k.ExpiresAt.UTC(), UsedAt: k.UsedAt.UTC(),
	}
}

type (
	createKeyInput struct {
		InTenant
		Body wire.KeyRequest
	}
	newKeyOutput struct{ Body wire.NewKey }
)

func (a *api) createKey(ctx context.Context, in *createKeyInput) (*newKeyOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	k, err := a.Core.CreateKey(ctx, p, in.Body.Label, in.Body.Dialect, in.Body.Scopes, in.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	return &newKeyOutput{wire.NewKey{Key: newKey(&k.Key), Secret: k.Secret.Reveal()}}, nil
}

func (a *api) revokeKey(ctx context.Context, in *OneThing) (*struct{}, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return nil, a.Core.RevokeKey(ctx, p, in.ID)
}

type (
	peopleOutput struct {
		Body []wire.Person `nullable:"false"`
	}
	personOutput struct{ Body wire.Person }
	inviteInput  struct {
		InTenant
		Body wire.PersonChange
	}
	personInput struct {
		InTenant
		ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	}
	changePersonInput struct {
		InTenant
		ID   int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
		Body wire.PersonChange
	}
)

func newPerson(p *exchange.Person) wire.Person {
	return wire.Person{
		ID: p.ID, Email: p.Email, Name: p.Name, Role: string(p.Role), Phone: p.Phone, Password: p.Password, State: p.State, StateAt: p.StateAt.UTC(),
	}
}

func (a *api) listPeople(ctx context.Context, in *InTenant) (*peopleOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := a.Core.People(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &peopleOutput{make([]wire.Person, len(list))}
	for i := range list {
		out.Body[i] = newPerson(&list[i])
	}
	return out, nil
}

func (a *api) invitePerson(ctx context.Context, in *inviteInput) (*personOutput, error) {
	return a.putPerson(ctx, in.Tenant, 0, &in.Body)
}

func (a *api) changePerson(ctx context.Context, in *changePersonInput) (*personOutput, error) {
	return a.putPerson(ctx, in.Tenant, in.ID, &in.Body)
}

func (a *api) putPerson(ctx context.Context, tenant string, id int64, w *wire.PersonChange) (*personOutput, error) {
	p, err := acting(ctx, tenant)
	if err != nil {
		return nil, err
	}
	c := exchange.PersonChange{ID: id, Email: w.Email, Name: w.Name, Phone: w.Phone}
	if w.Role != nil {
		c.Role = new(wirechief.Role(*w.Role))
	}
	if w.Password != nil {
		c.Password = new(wirechief.Secret(*w.Password))
	}
	person, err := a.Core.PutPerson(ctx, p, c)
	if err != nil {
		return nil, err
	}
	return &personOutput{newPerson(&person)}, nil
}

func (a *api) removePerson(ctx context.Context, in *personInput) (*struct{}, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return nil, a.Core.RemovePerson(ctx, p, in.ID)
}

type auditInput struct {
	Tenant  string    `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
	Action  string    `query:"action" maxLength:"100" doc:"The whole, as number.change, or what stands before the dot" example:"number"`
	Subject string    `query:"subject" maxLength:"254" doc:"What it was done to: a number, a name, an id"`
	Who     string    `query:"who" maxLength:"254"`
	From    time.Time `query:"from" doc:"Not before"`
	To      time.Time `query:"to" doc:"Before"`
	Before  int64     `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Ids below it"`
	Limit   int       `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type auditOutput struct {
	Body []wire.AuditEntry `nullable:"false"`
}

func (a *api) listAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	p := who(ctx)
	tenant, err := tenantOf(p, in.Tenant)
	if err != nil {
		return nil, err
	}
	for field, text := range map[string]string{"action": in.Action, "subject": in.Subject, "who": in.Who} {
		if err := readQuery(field, text); err != nil {
			return nil, err
		}
	}
	list, err := a.Core.Audit(ctx, p, wirechief.AuditFilter{
		Tenant: tenant, All: tenant == "", Action: in.Action, Subject: in.Subject, Who: in.Who, From: in.From, To: in.To, Before: in.Before, Limit: in.Limit,
	})
	return &auditOutput{orNone(list)}, err
}
