package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/webhook"
)

// KeepOld is how long the old secret of a destination goes on signing after a
// rotation, if nothing else is asked for, and KeepOldMost the longest.
const (
	KeepOld     = 24 * time.Hour
	KeepOldMost = 30 * 24 * time.Hour
)

// secretsMost is how many destinations of a tenant have secrets at most.
const secretsMost = 1000

// SignSecret is the secret of a destination as people see it: never the secret itself.
type SignSecret struct {
	ID          int64
	Destination string
	Hint        string // its end
	CreatedAt   time.Time
	CreatedBy   string
	RotatedAt   time.Time // zero: never
	OldUntil    time.Time // until then the one before signs, too; zero: it does not
}

// NewSignSecret is a secret that is shown this once.
type NewSignSecret struct {
	SignSecret
	Secret wirechief.Secret
}

func (x *Exchange) signSecretOf(s *wirechief.Signing) SignSecret {
	out := SignSecret{
		ID: s.ID, Destination: s.Destination, Hint: hintOf(wirechief.Secret(s.Secret)),
		CreatedAt: s.CreatedAt, CreatedBy: s.CreatedBy, RotatedAt: s.RotatedAt,
	}
	if s.Old != nil && x.Now().Before(s.Old.Until) {
		out.OldUntil = s.Old.Until
	}
	return out
}

// SignSecrets lists the destinations of p.Tenant that have a secret, by their URLs.
func (x *Exchange) SignSecrets(_ context.Context, p wirechief.Principal) ([]SignSecret, error) {
	if x.dir.tenant(p.Tenant) == nil || !reach(p, p.Tenant) {
		return nil, noTenant("secrets")
	}
	out := []SignSecret{}
	for _, s := range x.dir.signingsOf(p.Tenant) {
		out = append(out, x.signSecretOf(&s.Signing))
	}
	slices.SortFunc(out, func(a, b SignSecret) int { return strings.Compare(a.Destination, b.Destination) })
	return out, nil
}

// CreateSecret gives a destination of p.Tenant a secret, and shows it this once:
// everything that goes to the URL over HTTP is signed from then on.
func (x *Exchange) CreateSecret(ctx context.Context, p wirechief.Principal, destination string) (NewSignSecret, error) {
	const op = "signing.create"
	if err := allowed(p, wirechief.RightNumbers, ScopeManage); err != nil {
		return NewSignSecret{}, err
	}
	if destination == "" || len(destination) > 2048 {
		return NewSignSecret{}, wrongSetting("destination", "it is an absolute http or https URL of at most 2048 characters")
	}
	asked, cancel := context.WithTimeout(ctx, vetTime)
	defer cancel()
	if err := x.judgeURL(asked, nil, "destination", destination, false); err != nil {
		err.Op = op
		return NewSignSecret{}, err
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	switch {
	case x.dir.tenant(p.Tenant) == nil || !reach(p, p.Tenant):
		return NewSignSecret{}, noTenant(op)
	case x.dir.signing(p.Tenant, destination) != nil:
		return NewSignSecret{}, &wirechief.Error{Op: op, Kind: wirechief.Conflict, Rule: wirechief.RuleTaken, Field: "destination", Message: "the destination has a secret already; rotate it to get another"}
	case x.dir.count(p.Tenant, wirechief.EntitySigning) >= secretsMost:
		return NewSignSecret{}, wirechief.Refuse(wirechief.Conflict, wirechief.RuleLimit, "%d destinations have secrets, which is all that there may be; remove one first", secretsMost)
	}
	secret := x.newSignSecret()
	s := wirechief.Signing{ID: x.IDs.Next(), Destination: destination, Secret: secret.Reveal(), CreatedAt: x.Now().UTC().Truncate(time.Second), CreatedBy: x.maker(p)}
	if err := x.putEntity(ctx, wirechief.EntitySigning, p.Tenant, id10(s.ID), s); err != nil {
		return NewSignSecret{}, err
	}
	x.Log.InfoContext(ctx, "configured", "kind", wirechief.EntitySigning, "tenant", p.Tenant, "key", s.ID, "by", x.by(p))
	return NewSignSecret{x.signSecretOf(&s), secret}, nil
}

// newSignSecret makes a secret out of tokens that nobody can guess.
func (x *Exchange) newSignSecret() wirechief.Secret {
	return webhook.SecretOf(sha256.Sum256([]byte(x.IDs.Token() + x.IDs.Token())))
}

// maker is who makes something, as people read it.
func (x *Exchange) maker(p wirechief.Principal) string {
	if p.Agent != 0 {
		return p.Name
	}
	return x.by(p)
}

// RotateSecret exchanges a secret for a new one, which is shown this once. The
// old one goes on signing beside it for as long as keep says, so that a program
// can be changed meanwhile; 0: it ends now. While one is still on its way out,
// only a rotation that ends it at once is taken: two secrets are live at most.
func (x *Exchange) RotateSecret(ctx context.Context, p wirechief.Principal, id string, keep time.Duration) (NewSignSecret, error) {
	const op = "signing.rotate"
	if err := allowed(p, wirechief.RightNumbers, ScopeManage); err != nil {
		return NewSignSecret{}, err
	}
	if keep < 0 || keep > KeepOldMost {
		return NewSignSecret{}, wrongSetting("keep", "the old secret signs for 0 s to 30 days more")
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	old, err := x.signingByID(p, id, op)
	if err != nil {
		return NewSignSecret{}, err
	}
	now := x.Now().UTC().Truncate(time.Second)
	s := old.Signing
	if s.Old != nil && x.Now().Before(s.Old.Until) && keep > 0 {
		return NewSignSecret{}, &wirechief.Error{
			Op: op, Kind: wirechief.Conflict, Rule: wirechief.RuleState, Field: "keep",
			Message: "the secret before this one signs until " + s.Old.Until.UTC().Format(time.RFC3339) + "; wait until then, or end both now (keep 0s)",
		}
	}
	secret := x.newSignSecret()
	was := s.Secret
	s.Secret, s.RotatedAt, s.Old = secret.Reveal(), now, nil
	if keep > 0 {
		s.Old = &wirechief.OldSecret{Secret: was, Until: now.Add(keep)}
	}
	if err := x.putEntity(ctx, wirechief.EntitySigning, p.Tenant, id10(s.ID), s); err != nil {
		return NewSignSecret{}, err
	}
	x.Log.InfoContext(ctx, "configured", "kind", wirechief.EntitySigning, "tenant", p.Tenant, "key", s.ID, "by", x.by(p))
	return NewSignSecret{x.signSecretOf(&s), secret}, nil
}

// RemoveSecret takes the secret off a destination: nothing that goes there is
// signed any more.
func (x *Exchange) RemoveSecret(ctx context.Context, p wirechief.Principal, id string) error {
	const op = "signing.remove"
	if err := allowed(p, wirechief.RightNumbers, ScopeManage); err != nil {
		return err
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if _, err := x.signingByID(p, id, op); err != nil {
		return err
	}
	e := wirechief.Entity{Tenant: p.Tenant, Kind: wirechief.EntitySigning, Key: id}
	results, err := x.Store.Apply(ctx, wirechief.DropEntity{Entity: e})
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	x.dir.drop(e)
	x.Log.InfoContext(ctx, "removed", "kind", wirechief.EntitySigning, "tenant", p.Tenant, "key", id, "by", x.by(p))
	return nil
}

func (x *Exchange) signingByID(p wirechief.Principal, id, op string) (*signing, error) {
	if reach(p, p.Tenant) {
		for _, s := range x.dir.signingsOf(p.Tenant) {
			if id10(s.ID) == id {
				return s, nil
			}
		}
	}
	return nil, &wirechief.Error{Op: op, Kind: wirechief.NotFound, Field: "id", Message: "there is no such secret"}
}

// Sign implements delivery.Signer: what goes to a destination with a secret is
// signed with it, and with the one before while that is live.
func (x *Exchange) Sign(d *wirechief.Delivery, at time.Time, body []byte) (fields []webhook.Field, secrets []wirechief.Secret) {
	s := x.dir.signing(d.Tenant, d.Destination)
	if s == nil {
		return nil, nil
	}
	keys := s.keys
	if s.Old != nil && at.Before(s.Old.Until) {
		keys = s.both
	}
	return webhook.Sign(strconv.FormatInt(d.ID, 10), at, body, keys...), s.secrets
}

// signing is a secret, ready for use.
type signing struct {
	wirechief.Signing
	keys, both [][]byte
	secrets    []wirechief.Secret
}

// signings are those of all tenants, by destination.
type signings map[named]*signing

func (d *directory) signing(tenant, destination string) *signing {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.signings[named{tenant, destination}]
}

// signingsOf lists those of a tenant, in no order.
func (d *directory) signingsOf(tenant string) (out []*signing) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for k, s := range d.signings {
		if k.tenant == tenant {
			out = append(out, s)
		}
	}
	return out
}

// put takes a secret over. The caller holds the lock.
func (m signings) put(tenant string, doc []byte) error {
	s := new(signing)
	if err := json.Unmarshal(doc, &s.Signing); err != nil {
		return err
	}
	key, err := webhook.Key(wirechief.Secret(s.Secret))
	if err != nil {
		return err
	}
	s.keys, s.secrets = [][]byte{key}, []wirechief.Secret{wirechief.Secret(s.Secret)}
	if s.Old != nil {
		old, err := webhook.Key(wirechief.Secret(s.Old.Secret))
		if err != nil {
			return err
		}
		s.both, s.secrets = [][]byte{key, old}, append(s.secrets, wirechief.Secret(s.Old.Secret))
	}
	m[named{tenant, s.Destination}] = s
	return nil
}

func (m signings) drop(tenant, key string) {
	for k, s := range m {
		if k.tenant == tenant && id10(s.ID) == key {
			delete(m, k)
			return
		}
	}
}
