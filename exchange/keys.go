package exchange

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// The scopes of keys of our own API.
const (
	ScopeAll    = "all"    // everything below; people, and keys of the vendors' APIs
	ScopeSend   = "send"   // send and cancel messages, play handsets
	ScopeRead   = "read"   // look at everything
	ScopeManage = "manage" // buy, change and release numbers; keys of our own API; replay and pause deliveries
)

// Scopes lists the scopes that a key can have.
func Scopes() []string { return []string{ScopeAll, ScopeRead, ScopeSend, ScopeManage} }

// keysMost is how many credentials a tenant has at most.
const keysMost = 1000

// Key is a credential as people see it: never the secret.
type Key struct {
	ID        string // 16 hexadecimal digits
	Dialect   string
	Scheme    string // zendesk: token, password, bearer
	Account   string // message2give: the workspace
	User      string // what the client shows beside the secret; "" for tokens
	Label     string
	Hint      string // the end of the secret; "" for those of a state file
	Scopes    []string
	CreatedBy string
	CreatedAt time.Time // zero for those of a state file
	ExpiresAt time.Time // zero: never
	UsedAt    time.Time // zero: never, as far as known; to the minute or better
}

// NewKey is a key with its secret, which is shown this once.
type NewKey struct {
	Key
	Secret wirechief.Secret
}

// keyID names a credential in paths: its own key holds a salt and a name. Of
// a state file two secrets of one user may be told apart by the salt alone.
func keyID(c credential) string {
	parts := []string{c.tenant, c.Dialect, c.Scheme, c.Account, c.Name, c.Label, c.Hint, strconv.FormatInt(c.CreatedAt.Unix(), 10)}
	if c.CreatedAt.IsZero() && c.Dialect != wirechief.DialectOwn && c.Scheme != SchemeBearer {
		parts = append(parts, string(c.Salt))
	}
	sum := sha256.Sum256([]byte("wirechief key\x00" + strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func newKey(c credential) Key {
	k := Key{
		ID: keyID(c), Dialect: c.Dialect, Scheme: c.Scheme, Account: c.Account, User: c.Name,
		Label: c.Label, Hint: c.Hint, Scopes: c.Scopes, CreatedBy: c.CreatedBy, CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt,
		UsedAt: c.use.at(),
	}
	if c.Dialect == wirechief.DialectOwn || c.Scheme == SchemeBearer {
		k.User = "" // a fingerprint, and tells nobody anything
	}
	return k
}

// Keys lists the credentials of p.Tenant in all APIs, those of a state file
// included: by API, then the newest first.
func (x *Exchange) Keys(_ context.Context, p wirechief.Principal) ([]Key, error) {
	if err := allowed(p, wirechief.RightKeys, ScopeManage); err != nil {
		return nil, err
	}
	x.dir.mu.RLock()
	defer x.dir.mu.RUnlock()
	if x.dir.tenants[p.Tenant] == nil {
		return nil, noTenant("keys")
	}
	out := []Key{}
	x.dir.credentialsIn(p.Tenant, func(_ string, c credential) { out = append(out, newKey(c)) })
	slices.SortFunc(out, func(a, b Key) int {
		return cmp.Or(strings.Compare(a.Dialect, b.Dialect), b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.User, b.User), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// credentialsIn goes through the credentials of a tenant with their keys, in no
// order. The caller holds the lock.
func (d *directory) credentialsIn(tenant string, visit func(key string, c credential)) {
	for key, login := range d.logins[tenant] {
		for _, c := range d.credentials[login] {
			if c.tenant == tenant && credentialKey(c.Credential) == key {
				visit(key, c)
			}
		}
	}
}

// CreateKey makes a credential of an API ("" our own) with a secret that nobody
// chose. scopes are of our own API only: none stands for all, and nobody gives
// away what they have not. expires zero: never.
func (x *Exchange) CreateKey(ctx context.Context, p wirechief.Principal, label, dialect string, scopes []string, expires time.Time) (NewKey, error) {
	now := x.Now().UTC().Truncate(time.Second)
	dialect, label = cmp.Or(dialect, wirechief.DialectOwn), strings.TrimSpace(label)
	if err := x.judgeKey(p, label, dialect, scopes, expires, now); err != nil {
		return NewKey{}, err
	}
	if dialect == wirechief.DialectOwn && len(scopes) == 0 {
		scopes = []string{ScopeAll}
		if err := mayGive(p, scopes); err != nil {
			return NewKey{}, err
		}
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	x.dir.mu.RLock()
	exists, count := x.dir.tenants[p.Tenant] != nil, len(x.dir.logins[p.Tenant])
	x.dir.mu.RUnlock()
	switch {
	case !exists || !reach(p, p.Tenant):
		return NewKey{}, noTenant("key.create")
	case count >= keysMost:
		return NewKey{}, wirechief.Refuse(wirechief.Conflict, wirechief.RuleLimit, "there are %d keys, which is all that there may be; revoke one first", count)
	}
	secret := x.newSecret(dialect)
	id := x.newLogin(p.Tenant, dialect)
	c := newCredential(id.dialect, id.scheme, id.account, id.name, secret, slices.Clone(scopes))
	c.Label, c.Hint, c.CreatedBy, c.CreatedAt = label, hintOf(secret), x.by(p), now
	if !expires.IsZero() {
		c.ExpiresAt = expires.UTC().Truncate(time.Second)
	}
	c.Ceiling, c.Maker = p.Ceiling, p.Maker // of the key that makes this one
	if p.Agent != 0 {
		c.CreatedBy, c.Ceiling, c.Maker = p.Name, p.Role, p.Agent
	}
	key := credentialKey(c)
	if err := x.putEntity(ctx, wirechief.EntityCredential, p.Tenant, key, c); err != nil {
		return NewKey{}, err
	}
	x.Log.InfoContext(ctx, "configured", "kind", wirechief.EntityCredential, "tenant", p.Tenant, "dialect", dialect, "label", label, "by", x.by(p))
	k := newKey(credential{tenant: p.Tenant, Credential: c})
	return NewKey{Key: k, Secret: secret}, nil
}

func (x *Exchange) judgeKey(p wirechief.Principal, label, dialect string, scopes []string, expires, now time.Time) error {
	if err := allowed(p, wirechief.RightKeys, ScopeManage); err != nil {
		return err
	}
	if err := mayKeysOf(p, dialect); err != nil {
		return err
	}
	if err := judgeText("label", label, maxName); err != nil {
		return err
	}
	dialects := []string{
		wirechief.DialectOwn, wirechief.DialectBulkVS, wirechief.DialectFoneDynamics, wirechief.DialectMessage2Give, wirechief.DialectZendesk,
	}
	switch {
	case label == "":
		return wrongSetting("label", "a key needs a label by which people know it")
	case !slices.Contains(dialects, dialect):
		return wrongSetting("dialect", "%q is not an API: %s", dialect, strings.Join(dialects, ", "))
	case len(scopes) > 0 && dialect != wirechief.DialectOwn:
		return wrongSetting("scopes", "keys of %s have no scopes", dialect)
	case !expires.IsZero() && !expires.After(now):
		return wrongSetting("expires_at", "a key that has expired is of no use")
	}
	for i, s := range scopes {
		if !slices.Contains(Scopes(), s) || slices.Index(scopes, s) != i {
			return wrongSetting("scopes", "%q is not a scope, or named twice: %s", s, strings.Join(Scopes(), ", "))
		}
	}
	return mayGive(p, scopes)
}

// mayKeysOf refuses that a program which may not do everything makes or takes
// away what lets in everything: the keys of the vendors' APIs know no scopes.
func mayKeysOf(p wirechief.Principal, dialect string) error {
	if dialect == wirechief.DialectOwn {
		return nil
	}
	return allowed(p, wirechief.RightKeys)
}

// mayGive refuses that a program gives scopes away that it has not.
func mayGive(p wirechief.Principal, scopes []string) error {
	if p.Operator || p.Role != "" || slices.Contains(p.Scopes, ScopeAll) {
		return nil
	}
	for _, s := range scopes {
		if !slices.Contains(p.Scopes, s) {
			err := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleScope, "the token has not the scope %s, and cannot give it away", s)
			err.Field = "scopes"
			return err
		}
	}
	return nil
}

// newSecret makes a secret in the form that clients of the API know.
func (x *Exchange) newSecret(dialect string) wirechief.Secret {
	token := x.IDs.Token() + x.IDs.Token()
	if dialect == wirechief.DialectOwn {
		return wirechief.Secret("wck_" + token[:min(len(token), 52)]) // 256 bit
	}
	return wirechief.Secret(token[:min(len(token), 40)]) // fits the fields of vendors' clients
}

// hintOf is the end of a secret: enough to tell keys apart, and too little to guess from.
func hintOf(secret wirechief.Secret) string {
	s := secret.Reveal()
	return s[max(len(s)-4, 0):]
}

// newLogin makes what a client shows beside the secret. An account or a
// workspace that the tenant has already stays its own.
func (x *Exchange) newLogin(tenant, dialect string) loginKey {
	id := x.IDs.Next()
	short := strconv.FormatInt(id, 36)
	switch dialect {
	case wirechief.DialectBulkVS:
		return loginOf(dialect, "", "", tenant+"-"+short)
	case wirechief.DialectZendesk: // the form of a mail address; no mail goes there (RFC 2606)
		return loginOf(dialect, SchemeToken, "", "key-"+short+"@"+tenant+".invalid")
	case wirechief.DialectFoneDynamics:
		return loginOf(dialect, "", "", cmp.Or(x.dir.calledIn(tenant, dialect), wirechief.SID('A', tenant, id)))
	case wirechief.DialectMessage2Give:
		return loginOf(dialect, "", cmp.Or(x.dir.accountOf(tenant, dialect), strconv.FormatInt(id, 10)), "key-"+short)
	}
	return loginKey{dialect: dialect}
}

// RevokeKey removes a credential of p.Tenant: it lets nobody in from then on.
func (x *Exchange) RevokeKey(ctx context.Context, p wirechief.Principal, id string) error {
	if err := allowed(p, wirechief.RightKeys, ScopeManage); err != nil {
		return err
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	found, dialect := "", ""
	x.dir.mu.RLock()
	x.dir.credentialsIn(p.Tenant, func(key string, c credential) {
		if keyID(c) == id {
			found, dialect = key, c.Dialect
		}
	})
	x.dir.mu.RUnlock()
	if found == "" || !reach(p, p.Tenant) {
		return &wirechief.Error{Op: "key.revoke", Kind: wirechief.NotFound, Field: "id", Message: "there is no such key"}
	}
	if err := mayKeysOf(p, dialect); err != nil {
		return err
	}
	e := wirechief.Entity{Tenant: p.Tenant, Kind: wirechief.EntityCredential, Key: found}
	results, err := x.Store.Apply(ctx, wirechief.DropEntity{Entity: e})
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	x.dir.drop(e)
	x.Log.InfoContext(ctx, "removed", "kind", wirechief.EntityCredential, "tenant", p.Tenant, "key", id, "by", x.by(p))
	return nil
}

// Audit reads the audit log: a tenant's own, or for the operator that of the
// filter.
func (x *Exchange) Audit(ctx context.Context, p wirechief.Principal, f wirechief.AuditFilter) ([]wirechief.AuditEntry, error) {
	if err := allowed(p, wirechief.RightAudit, ScopeRead); err != nil {
		return nil, err
	}
	switch {
	case f.Limit < 0 || f.Limit > 1000:
		return nil, wrongSetting("limit", "the limit is 1 to 1000")
	case !p.Operator && (p.Tenant == "" || f.Tenant != "" && f.Tenant != p.Tenant):
		return []wirechief.AuditEntry{}, nil // another tenant's is unknown
	case !p.Operator:
		f.Tenant, f.All = p.Tenant, false
	}
	return x.Store.Audit(ctx, f)
}

// useDoc is how a use is kept.
type useDoc struct {
	At time.Time `json:"at"`
}

func (u useDoc) command(key named) (wirechief.Command, error) {
	doc, err := json.Marshal(u)
	return wirechief.PutEntity{Entity: wirechief.Entity{Tenant: key.tenant, Kind: wirechief.EntityKeyUse, Key: key.name, Doc: doc}}, err
}
