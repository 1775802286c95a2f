package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

// Person is somebody of a tenant's team.
type Person struct {
	ID       int64
	Email    string
	Name     string
	Role     wirechief.Role // never empty
	Phone    string         // E.164 or SIP URI
	Password bool           // they have one; without they come in by single sign-on only
	State    string         // online, offline, away, transfers_only
	StateAt  time.Time
}

// PersonChange is how a person is invited (ID 0) or changed. nil leaves a
// property as it is.
type PersonChange struct {
	ID       int64
	Email    *string
	Name     *string
	Role     *wirechief.Role // of somebody new: agent if nothing is said
	Phone    *string
	Password *wirechief.Secret // "" takes the password away
}

// roster is who there is, ready to be asked: by tenant and id, and by mail
// address. It is part of the directory and under its lock.
type roster struct {
	agents   map[named]*wirechief.Agent
	byMail   map[string][]named
	changing *sync.Mutex // one change of a team at a time
}

func newRoster() roster {
	return roster{agents: make(map[named]*wirechief.Agent), byMail: make(map[string][]named), changing: new(sync.Mutex)}
}

func (r *roster) put(key named, doc []byte) error {
	a := new(wirechief.Agent)
	if err := json.Unmarshal(doc, a); err != nil {
		return err
	}
	r.drop(key)
	r.agents[key] = a
	if mail := access.Fold(a.Email); mail != "" {
		at := append(slices.Clone(r.byMail[mail]), key)
		slices.SortFunc(at, func(a, b named) int {
			return cmp.Or(strings.Compare(a.tenant, b.tenant), len(a.name)-len(b.name), strings.Compare(a.name, b.name))
		})
		r.byMail[mail] = at
	}
	return nil
}

func (r *roster) drop(key named) {
	old := r.agents[key]
	if old == nil {
		return
	}
	delete(r.agents, key)
	mail := access.Fold(old.Email)
	r.byMail[mail] = slices.DeleteFunc(slices.Clone(r.byMail[mail]), func(k named) bool { return k == key })
	if len(r.byMail[mail]) == 0 {
		delete(r.byMail, mail)
	}
}

// roleOf is the role of an agent; one whose role nobody said answers texts.
func roleOf(a *wirechief.Agent) wirechief.Role {
	return cmp.Or(wirechief.Role(a.Role), wirechief.RoleAgent)
}

// personOf shows an agent to package access; the caller holds the lock.
func (d *directory) personOf(tenant string, a *wirechief.Agent) access.Person {
	p := access.Person{Tenant: tenant, ID: a.ID, Name: a.Name, Email: a.Email, Role: roleOf(a), Password: a.Password}
	if t := d.tenants[tenant]; t != nil {
		p.TenantName = t.Name
	}
	return p
}

// PeopleAt implements [access.People].
func (x *Exchange) PeopleAt(email string) []access.Person {
	d := x.dir
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []access.Person
	for _, key := range d.roster.byMail[access.Fold(email)] {
		out = append(out, d.personOf(key.tenant, d.roster.agents[key]))
	}
	return out
}

// PersonOf implements [access.People].
func (x *Exchange) PersonOf(tenant string, agent int64) (access.Person, bool) {
	d := x.dir
	d.mu.RLock()
	defer d.mu.RUnlock()
	a := d.roster.agents[named{tenant, id10(agent)}]
	if a == nil {
		return access.Person{}, false
	}
	return d.personOf(tenant, a), true
}

// TenantChoices implements [access.People].
func (x *Exchange) TenantChoices() []access.TenantChoice {
	d := x.dir
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := make([]access.TenantChoice, 0, len(d.tenants))
	for id, t := range d.tenants {
		out = append(out, access.TenantChoice{ID: id, Name: cmp.Or(t.Name, id)})
	}
	slices.SortFunc(out, func(a, b access.TenantChoice) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// SetPassword implements [access.People]: package access has asked for the old one.
func (x *Exchange) SetPassword(ctx context.Context, p wirechief.Principal, phc string) error {
	x.dir.roster.changing.Lock()
	defer x.dir.roster.changing.Unlock()
	_, err := x.agents().Put(ctx, p, id10(p.Agent), func(a *wirechief.Agent) error {
		a.Password = phc
		return nil
	})
	return err
}

// People lists the team of a tenant by name. Everybody who may read sees it:
// conversations are assigned to them.
func (x *Exchange) People(_ context.Context, p wirechief.Principal) ([]Person, error) {
	if err := allowed(p, wirechief.RightRead, ScopeRead, ScopeManage); err != nil {
		return nil, err
	}
	d := x.dir
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.tenants[p.Tenant] == nil {
		return nil, noTenant("people")
	}
	out := []Person{}
	for key := range d.others[shelfKey{p.Tenant, wirechief.EntityAgent}] {
		if a := d.roster.agents[named{p.Tenant, key}]; a != nil {
			out = append(out, newPerson(a))
		}
	}
	slices.SortFunc(out, func(a, b Person) int {
		return cmp.Or(strings.Compare(strings.ToLower(cmp.Or(a.Name, a.Email)), strings.ToLower(cmp.Or(b.Name, b.Email))), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func newPerson(a *wirechief.Agent) Person {
	return Person{
		ID: a.ID, Email: a.Email, Name: a.Name, Role: roleOf(a), Phone: a.Phone, Password: a.Password != "",
		State: cmp.Or(a.State, "offline"), StateAt: a.StateAt,
	}
}

// PutPerson invites somebody to the team of p.Tenant, or changes them. Kinds:
// Forbidden (RuleRole) without the right, which for owners is another one;
// Conflict when the mail address is somebody else's of the tenant, or when no
// owner would be left.
func (x *Exchange) PutPerson(ctx context.Context, p wirechief.Principal, c PersonChange) (Person, error) {
	const op = "person.put"
	if err := mayTeam(p); err != nil {
		return Person{}, err
	}
	key, phc := "", ""
	if c.ID != 0 {
		key = id10(c.ID)
	}
	if c.Password != nil && *c.Password != "" {
		err := access.JudgePassword(*c.Password, "")
		if err == nil {
			phc, err = x.hashes.Hash(ctx, *c.Password) // before anybody has to wait for it
		}
		if err != nil {
			return Person{}, err
		}
	}
	x.dir.roster.changing.Lock()
	defer x.dir.roster.changing.Unlock()
	a, err := x.agents().Put(ctx, p, key, func(a *wirechief.Agent) error {
		before := *a
		setTo(&a.Email, c.Email)
		setTo(&a.Name, c.Name)
		setTo(&a.Phone, c.Phone)
		if c.Role != nil {
			a.Role = string(*c.Role)
		}
		if c.Password != nil {
			if a.Password = phc; phc != "" {
				if err := access.JudgePassword(*c.Password, a.Email); err != nil {
					return err
				}
			}
		}
		if err := x.judgePerson(p, key, &before, a); err != nil {
			err.Op = op
			return err
		}
		return nil
	})
	if err != nil {
		return Person{}, err
	}
	return newPerson(&a), nil
}

// Hashes bounds the hashing of passwords of the installation.
func (x *Exchange) Hashes() *access.Hashes { return x.hashes }

// HashPassword gives the PHC string of a password; kind Exhausted when too many
// are computed.
func (x *Exchange) HashPassword(ctx context.Context, password wirechief.Secret) (string, error) {
	return x.hashes.Hash(ctx, password)
}

// setTo takes a value over without the blanks around it.
func setTo(to, from *string) {
	if from != nil {
		*to = strings.TrimSpace(*from)
	}
}

// judgePerson looks at what only the core knows of a team. key is "" for
// somebody new.
func (x *Exchange) judgePerson(p wirechief.Principal, key string, before, a *wirechief.Agent) *wirechief.Error {
	if a.Email == "" {
		return wrongSetting("email", "a person needs a mail address")
	}
	if a.Role == "" {
		a.Role = string(wirechief.RoleAgent)
	}
	if err := x.judgeOwner(p, key, before, a); err != nil {
		return err
	}
	return x.judgeMail(p.Tenant, key, before, a)
}

// judgeMail refuses the mail address of somebody else of the tenant.
func (x *Exchange) judgeMail(tenant, key string, before, a *wirechief.Agent) *wirechief.Error {
	if a.Email == "" || access.Fold(a.Email) == access.Fold(before.Email) && key != "" {
		return nil
	}
	x.dir.mu.RLock()
	defer x.dir.mu.RUnlock()
	for _, k := range x.dir.roster.byMail[access.Fold(a.Email)] {
		if k.tenant == tenant && k.name != key {
			return &wirechief.Error{Kind: wirechief.Conflict, Rule: wirechief.RuleTaken, Field: "email", Message: a.Email + " is on the team already"}
		}
	}
	return nil
}

// mayTeam says whether the principal decides who comes in and as what: people by
// their role, and programs only with the scope for everything, because a person
// can do whatever their role allows.
func mayTeam(p wirechief.Principal) error { return allowed(p, wirechief.RightTeam) }

// mayOwners says whether the principal may make, change and remove owners: a
// person who is one, or the operator. A key never: whoever may make keys could
// else make themselves an owner by way of one.
func mayOwners(p wirechief.Principal) *wirechief.Error {
	if p.May(wirechief.RightOwners) {
		return nil
	}
	return &wirechief.Error{Kind: wirechief.Forbidden, Rule: wirechief.RuleRole, Field: "role", Message: "only an owner makes, changes and removes owners"}
}

func lastOwner() *wirechief.Error {
	return &wirechief.Error{
		Kind: wirechief.Conflict, Rule: wirechief.RuleInUse, Field: "role",
		Message: "this is the last owner; make somebody else an owner first",
	}
}

// isLastOwner says whether the tenant has no owner but the one of the key.
func (x *Exchange) isLastOwner(tenant, key string) bool {
	x.dir.mu.RLock()
	defer x.dir.mu.RUnlock()
	for k := range x.dir.others[shelfKey{tenant, wirechief.EntityAgent}] {
		if a := x.dir.roster.agents[named{tenant, k}]; k != key && a != nil && roleOf(a) == wirechief.RoleOwner {
			return false
		}
	}
	return true
}

// RemovePerson takes somebody off the team; their sessions end with the next
// request. The last owner stays (kind Conflict).
func (x *Exchange) RemovePerson(ctx context.Context, p wirechief.Principal, id int64) error {
	if err := mayTeam(p); err != nil {
		return err
	}
	return x.Agents().Delete(ctx, p, id10(id))
}

// judgeOwner looks at what becomes of an owner, or makes one: role, and what
// lets them in. key is "" for somebody new.
func (x *Exchange) judgeOwner(p wirechief.Principal, key string, before, a *wirechief.Agent) *wirechief.Error {
	owns, owned := roleOf(a) == wirechief.RoleOwner, key != "" && roleOf(before) == wirechief.RoleOwner
	if owns != owned || owned && (a.Password != before.Password || a.Email != before.Email) {
		if err := mayOwners(p); err != nil {
			return err
		}
	}
	if owned && !owns && x.isLastOwner(p.Tenant, key) {
		return lastOwner()
	}
	return nil
}

// team is the shelf of agents with the rules of people, by whatever API they are
// changed: who may say how somebody comes in, owners, and mail addresses.
type team struct {
	shelf[wirechief.Agent]
	x *Exchange
}

// Put implements [Shelf].
func (t team) Put(ctx context.Context, p wirechief.Principal, key string, change func(*wirechief.Agent) error) (wirechief.Agent, error) {
	t.x.dir.roster.changing.Lock()
	defer t.x.dir.roster.changing.Unlock()
	return t.shelf.Put(ctx, p, key, func(a *wirechief.Agent) error {
		before := *a
		if err := change(a); err != nil {
			return err
		}
		if a.Email != before.Email || a.Password != before.Password || a.Role != before.Role {
			if err := mayTeam(p); err != nil {
				return err
			}
		}
		err := t.x.judgeOwner(p, key, &before, a)
		if err == nil {
			err = t.x.judgeMail(p.Tenant, key, &before, a)
		}
		if err != nil {
			err.Op = "agent.put"
			return err
		}
		return nil
	})
}

// Delete implements [Shelf].
func (t team) Delete(ctx context.Context, p wirechief.Principal, key string) error {
	t.x.dir.roster.changing.Lock()
	defer t.x.dir.roster.changing.Unlock()
	if err := mayTeam(p); err != nil {
		return err
	}
	a, err := t.Get(ctx, p.Tenant, key)
	if err != nil {
		return err
	}
	if roleOf(&a) == wirechief.RoleOwner && reach(p, p.Tenant) {
		err := mayOwners(p)
		if err == nil && t.x.isLastOwner(p.Tenant, key) {
			err = lastOwner()
		}
		if err != nil {
			err.Op = "agent.delete"
			return err
		}
	}
	return t.shelf.Delete(ctx, p, key)
}
