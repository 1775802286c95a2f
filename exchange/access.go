package exchange

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Login is what a client shows. Scheme tells apart the ways that one dialect
// has ("token", "password", "bearer"). Account is the workspace of message2give;
// when it is empty there, the credentials of any workspace are good, and the
// principal says of which they are.
type Login struct {
	Dialect string
	Scheme  string
	Account string
	Name    string // empty for bearer tokens
	Secret  string
	Address string // where it came from, without a port; "" when that is not known, and no guesses are counted
	// Operator says that the secret is the operator's token, which whoever asks
	// has compared. It waits like any other, or one could go on guessing it.
	Operator bool
}

type loginKey struct{ dialect, scheme, account, name string }

// loginOf makes the key. The name of a zendesk login is a mail address, which
// is the same in any case of letters.
func loginOf(dialect, scheme, account, name string) loginKey {
	if dialect == wirechief.DialectZendesk {
		name = strings.ToLower(name)
	}
	return loginKey{dialect, scheme, account, name}
}

// anyAccount is the key without the account.
func (k loginKey) anyAccount() loginKey {
	k.account = ""
	return k
}

func keyOf(c wirechief.Credential) loginKey {
	return loginOf(c.Dialect, c.Scheme, c.Account, c.Name)
}

// newCredential salts and hashes the secret. A bearer credential has no name
// of its own: a fingerprint of the token stands in, by which it is found.
func newCredential(dialect, scheme, account, name string, secret wirechief.Secret, scopes []string) wirechief.Credential {
	if name == "" {
		name = tokenName(secret.Reveal())
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	return wirechief.Credential{
		Dialect: dialect, Scheme: scheme, Account: account, Name: name,
		Salt: salt, Hash: hashSecret(salt, secret.Reveal()), Scopes: scopes,
	}
}

func tokenName(token string) string {
	sum := sha256.Sum256([]byte("wirechief token\x00" + token))
	return hex.EncodeToString(sum[:8])
}

func hashSecret(salt []byte, secret string) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(secret))
	return h.Sum(nil)
}

// Authenticate finds out who makes a request. Whatever is wrong, the answer
// and the time that it takes are the same.
func (x *Exchange) Authenticate(ctx context.Context, l Login) (wirechief.Principal, error) {
	name := l.Name
	if name == "" {
		name = tokenName(l.Secret)
	}
	key := loginOf(l.Dialect, l.Scheme, l.Account, name)
	name = key.name
	list := x.dir.logged(key)
	var found *credential
	var scopes []string
	several := false // tenants: whom they let in would be left to chance
	now := x.Now()
	known := func() bool {
		return slices.ContainsFunc(list, func(c credential) bool { return c.use.from(l.Address) })
	}
	if l.Operator {
		known = func() bool { return x.operator.from(l.Address) }
	}
	if wait := x.guesses.wait(now, l.Address, key, known); wait > 0 {
		return wirechief.Principal{}, heldBack(wait)
	}
	if l.Operator {
		x.operator.noteFrom(l.Address)
		return wirechief.Principal{Operator: true, Dialect: l.Dialect, Name: "operator"}, nil
	}
	for i := range list {
		c := &list[i]
		if !c.matches(l.Secret) || c.expired(now) {
			continue
		}
		under, ok := x.dir.under(c)
		if !ok {
			continue
		}
		several = several || found != nil && found.tenant != c.tenant
		if found == nil || c.Account < found.Account {
			found, scopes = c, under
		}
	}
	if len(list) == 0 {
		hashSecret(make([]byte, 16), l.Secret)
	}
	if found == nil || several {
		tenant := ""
		if len(list) > 0 {
			tenant = list[0].tenant
		}
		x.guessed(ctx, now, l, key, tenant)
		return wirechief.Principal{}, &wirechief.Error{
			Op: "authenticate", Kind: wirechief.Unauthenticated, Message: "the credentials are missing or wrong",
		}
	}
	found.use.note(now)
	found.use.noteFrom(l.Address)
	x.guesses.right(l.Address, key)
	if l.Dialect == wirechief.DialectOwn && found.Label != "" {
		name = found.Label // says more than a fingerprint
	}
	return wirechief.Principal{Tenant: found.tenant, Dialect: l.Dialect, Account: found.Account, Name: name, Scopes: scopes, Ceiling: found.Ceiling, Maker: found.Maker}, nil
}

// expired says whether a credential lets nobody in any more.
func (c *credential) expired(now time.Time) bool {
	return !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt)
}

// allowed says whether the principal may do something: a person by their role,
// a program by its scopes, of which one that is named or "all" is enough.
func allowed(p wirechief.Principal, right wirechief.Right, scopes ...string) error {
	if p.May(right) {
		return nil
	}
	if p.Dialect == wirechief.DialectOwn && p.Role == "" {
		if slices.Contains(p.Scopes, ScopeAll) || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(p.Scopes, s) }) {
			return nil
		}
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleScope, "the token has not the scope %s", strings.Join(append(scopes, ScopeAll), " or "))
	}
	return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "your role does not allow that; ask an owner or admin")
}

// Workspace is the tenant's workspace in message2give, the first of several;
// empty when it has none.
func (x *Exchange) Workspace(tenant string) string {
	return x.dir.accountOf(tenant, wirechief.DialectMessage2Give)
}

// reach says whether the principal may see something of the tenant.
func reach(p wirechief.Principal, tenant string) bool {
	return p.Operator || p.Tenant != "" && p.Tenant == tenant
}

// own narrows the tenant that a listing is about to the principal's own; the
// operator may ask for any, "" being all. It is false for who is nobody.
func own(p wirechief.Principal, tenant *string) bool {
	if p.Operator {
		return true
	}
	*tenant = p.Tenant
	return p.Tenant != ""
}
