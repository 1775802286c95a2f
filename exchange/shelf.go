package exchange

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/wirechief/wirechief"
)

// Shelf is what tenants have of one kind: addresses, groups, greetings and so
// on. Another tenant's things are as unknown.
type Shelf[T any] interface {
	// List gives them in order of their ids.
	List(ctx context.Context, tenant string) ([]T, error)
	Get(ctx context.Context, tenant, key string) (T, error) // kind NotFound
	// Put changes the one of the key, or with key "" makes one with a new id.
	// change gets it as it stands (what it lacks, for a new one, at its
	// defaults); an error of its ends the call, and nothing is changed.
	// p.Tenant is whose it is.
	Put(ctx context.Context, p wirechief.Principal, key string, change func(*T) error) (T, error)
	// Delete removes one that no number uses (kind Conflict, RuleInUse).
	Delete(ctx context.Context, p wirechief.Principal, key string) error
}

// shelfMost is how many things of a kind a tenant has at most: more than
// anybody needs, and few enough for memory.
const shelfMost = 10_000

// kind says what is particular to the things of one kind.
type kind[T any] struct {
	entity wirechief.EntityKind
	most   int // how many a tenant has at most; 0: shelfMost
	key    func(*T) string
	// fresh gives a new one its id and times.
	fresh func(x *Exchange, tenant string, t *T, now time.Time)
	// touch notes that it was changed; nil: that is not noted.
	touch func(t *T, now time.Time)
	// judge looks at it and at what it refers to; old is nil for a new one.
	judge func(ctx context.Context, x *Exchange, tenant string, old, t *T) *wirechief.Error
	// used says what else uses it; nil: only numbers might.
	used func(x *Exchange, tenant string, t *T) *wirechief.Error
	// single, when not empty, is the key of the only one there is: it is as
	// fresh makes it until it is changed, and is never missing.
	single string
}

// shelf is the Shelf of a kind.
type shelf[T any] struct {
	x *Exchange
	kind[T]
}

func (s shelf[T]) List(_ context.Context, tenant string) ([]T, error) {
	documents := s.x.dir.documents(tenant, s.entity)
	out := make([]T, len(documents))
	for i, e := range documents {
		if err := json.Unmarshal(e.Doc, &out[i]); err != nil {
			return nil, s.damaged(e.Key, err)
		}
	}
	return out, nil
}

func (s shelf[T]) damaged(key string, err error) error {
	return &wirechief.Error{Op: string(s.entity), Kind: wirechief.Internal, Err: err, Message: "the " + word(s.entity) + " " + key + " cannot be read"}
}

func (s shelf[T]) Get(_ context.Context, tenant, key string) (t T, err error) {
	doc := s.x.dir.other(tenant, s.entity, key)
	if doc == nil && s.single != "" && key == s.single {
		s.fresh(s.x, tenant, &t, time.Time{})
		return t, nil
	}
	if doc == nil {
		return t, s.none()
	}
	if err := json.Unmarshal(doc, &t); err != nil {
		return t, s.damaged(key, err)
	}
	return t, nil
}

func (s shelf[T]) none() *wirechief.Error {
	return &wirechief.Error{Op: string(s.entity), Kind: wirechief.NotFound, Rule: wirechief.RuleReference, Field: string(s.entity), Message: "there is no such " + word(s.entity)}
}

func (s shelf[T]) Put(ctx context.Context, p wirechief.Principal, key string, change func(*T) error) (t T, err error) {
	s.x.configuring.Lock()
	defer s.x.configuring.Unlock()
	if s.x.dir.tenant(p.Tenant) == nil || !reach(p, p.Tenant) {
		return t, noTenant(string(s.entity) + ".put")
	}
	now := s.x.Now().UTC().Truncate(time.Second)
	var old *T
	if key == "" {
		key = s.single
	}
	before := s.x.dir.other(p.Tenant, s.entity, key)
	switch {
	case key != "" && key == s.single && before == nil:
		s.fresh(s.x, p.Tenant, &t, now)
	case key != "" && before == nil:
		return t, s.none()
	case key != "":
		kept, err := s.Get(ctx, p.Tenant, key)
		if err != nil {
			return t, err
		}
		// t is a copy of its own, down to its lists.
		if t, err = s.Get(ctx, p.Tenant, key); err != nil {
			return t, err
		}
		old = &kept
	default:
		if most := cmp.Or(s.most, shelfMost); s.x.dir.count(p.Tenant, s.entity) >= most {
			err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleLimit, "you have %d of them, which is all that there may be; remove one first", most)
			err.Op, err.Field = string(s.entity)+".put", string(s.entity)
			return t, err
		}
		s.fresh(s.x, p.Tenant, &t, now)
	}
	if err := change(&t); err != nil {
		var none T
		return none, err
	}
	if err := s.judge(ctx, s.x, p.Tenant, old, &t); err != nil {
		var none T
		err.Op = string(s.entity) + ".put"
		return none, err
	}
	if old != nil {
		if doc, err := json.Marshal(t); err == nil && bytes.Equal(doc, before) {
			return t, nil
		}
	}
	if s.touch != nil {
		s.touch(&t, now)
	}
	s.x.Log.InfoContext(ctx, "configured", "kind", s.entity, "tenant", p.Tenant, "key", s.key(&t), "by", s.x.by(p))
	return t, s.x.putEntity(ctx, s.entity, p.Tenant, s.key(&t), t)
}

func (s shelf[T]) Delete(ctx context.Context, p wirechief.Principal, key string) error {
	s.x.configuring.Lock()
	defer s.x.configuring.Unlock()
	if !reach(p, p.Tenant) {
		return s.none()
	}
	t, err := s.Get(ctx, p.Tenant, key)
	if err != nil {
		return err
	}
	if err := s.x.unused(p.Tenant, s.entity, key); err != nil {
		return err
	}
	if s.used != nil {
		if err := s.used(s.x, p.Tenant, &t); err != nil {
			return err
		}
	}
	e := wirechief.Entity{Tenant: p.Tenant, Kind: s.entity, Key: key}
	results, err := s.x.Store.Apply(ctx, wirechief.DropEntity{Entity: e})
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	s.x.dir.drop(e)
	s.x.Log.InfoContext(ctx, "removed", "kind", s.entity, "tenant", p.Tenant, "key", key, "by", s.x.by(p))
	return nil
}

// unused refuses to remove what a number on the account refers to.
func (x *Exchange) unused(tenant string, kind wirechief.EntityKind, key string) error {
	for _, n := range x.dir.numbersOf(tenant) {
		if !n.State.Owned() {
			continue
		}
		for _, ref := range references(n) {
			if ref.kind == kind && ref.key == key {
				return inUse(kind, "number "+n.Number+" uses it; take it off there first")
			}
		}
	}
	return nil
}

func inUse(kind wirechief.EntityKind, why string) *wirechief.Error {
	return &wirechief.Error{
		Op: string(kind) + ".delete", Kind: wirechief.Conflict, Rule: wirechief.RuleInUse, Field: string(kind),
		Message: "the " + word(kind) + " cannot be removed: " + why,
	}
}
