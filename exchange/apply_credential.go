package exchange

import (
	"crypto/subtle"
	"encoding/hex"
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// Schemes of a credential, where one dialect has several.
const (
	SchemeToken    = "token"    // zendesk: email and API token
	SchemePassword = "password" // zendesk: email and password
	SchemeBearer   = "bearer"   // zendesk: OAuth token
)

// credentials applies the credentials of a tenant. Those of one user that the
// file names replace those that are kept: a password that is changed in the
// file lets nobody in any more. Two entries of one user are two passwords,
// both good, for the time of a change.
func (a *application) credentials(s *state.Tenant) *wirechief.Error {
	type identity = loginKey
	var order []identity
	wanted := make(map[identity][]*state.Credential)
	for i := range s.Credentials {
		c := &s.Credentials[i]
		id, secret := identify(c)
		if c.Absent {
			a.dropCredentials(s.ID, id, secret)
			continue
		}
		if _, seen := wanted[id]; !seen {
			order = append(order, id)
		}
		wanted[id] = append(wanted[id], c)
	}
	for _, id := range order {
		if err := a.mustBeFree(s.ID, id); err != nil {
			return err
		}
		if err := a.credentialsOf(s.ID, id, wanted[id]); err != nil {
			return err
		}
	}
	return nil
}

// mustBeFree refuses a user that another tenant has: whom the credentials let
// in would be left to chance.
func (a *application) mustBeFree(tenant string, id loginKey) *wirechief.Error {
	owner := a.users[id]
	if owner == "" {
		for _, c := range a.x.dir.usersOf(id) {
			if c.tenant != tenant && !a.dropped[c.tenant+"/"+credentialKey(c.Credential)] {
				owner = c.tenant
			}
		}
	}
	if owner != "" && owner != tenant {
		what := id.dialect + " credential " + id.name
		if id.dialect == wirechief.DialectOwn || id.scheme == SchemeBearer {
			what = id.dialect + " token" // its name is a fingerprint, and tells nobody anything
		}
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleAlreadyOwned, "the %s is tenant %s's already", what, owner)
	}
	a.users[id] = tenant
	return nil
}

// credentialsOf brings the secrets of one user to those that the file names.
func (a *application) credentialsOf(tenant string, id loginKey, wanted []*state.Credential) *wirechief.Error {
	kept := a.x.dir.credentialsOf(tenant, id)
	for _, c := range wanted {
		_, secret := identify(c)
		scopes := c.Scopes
		if id.dialect == wirechief.DialectOwn && scopes == nil {
			scopes = []string{"all"}
		}
		i := slices.IndexFunc(kept, func(k credential) bool { return k.matches(secret.Reveal()) })
		if i < 0 {
			v := newCredential(id.dialect, id.scheme, id.account, id.name, secret, scopes)
			if _, err := a.put(wirechief.EntityCredential, tenant, credentialKey(v), nil, v); err != nil {
				return err
			}
			continue
		}
		old := kept[i]
		kept = slices.Delete(slices.Clone(kept), i, i+1)
		v := old.Credential
		if c.Scopes != nil {
			v.Scopes = scopes
		}
		if _, err := a.put(wirechief.EntityCredential, tenant, credentialKey(v), old.Credential, v); err != nil {
			return err
		}
	}
	for _, old := range kept {
		if old.CreatedAt.IsZero() { // a key that somebody made is not the file's
			a.dropCredential(old)
		}
	}
	return nil
}

// dropCredentials removes the credentials of a user: the one with the secret,
// when one is given, else all.
func (a *application) dropCredentials(tenant string, id loginKey, secret wirechief.Secret) {
	for _, c := range a.x.dir.credentialsOf(tenant, id) {
		if secret == "" || c.matches(secret.Reveal()) {
			a.dropCredential(c)
		}
	}
}

func (a *application) dropCredential(c credential) {
	key := credentialKey(c.Credential)
	a.dropped[c.tenant+"/"+key] = true
	a.drop(wirechief.EntityCredential, c.tenant, key)
}

// identify tells what a client shows beside the secret, and the secret.
func identify(c *state.Credential) (loginKey, wirechief.Secret) {
	id := loginKey{dialect: c.Dialect}
	secret := c.Password
	switch c.Dialect {
	case wirechief.DialectZendesk:
		id.name, id.scheme = c.Email, SchemePassword
		switch {
		case c.Bearer != "":
			id.scheme, secret = SchemeBearer, c.Bearer
		case c.Token != "":
			id.scheme, secret = SchemeToken, c.Token
		}
	case wirechief.DialectFoneDynamics:
		id.name, secret = c.AccountSID, c.Token
	case wirechief.DialectMessage2Give:
		id.account, id.name = c.Workspace, c.Username
	case wirechief.DialectOwn:
		secret = c.Token
	default:
		id.name = c.Username
	}
	if id.name == "" { // a bearer token is its own name
		id.name = tokenName(secret.Reveal())
	}
	return loginOf(id.dialect, id.scheme, id.account, id.name), secret
}

// matches says whether a client that shows the secret means this credential.
func (c credential) matches(secret string) bool {
	return subtle.ConstantTimeCompare(hashSecret(c.Salt, secret), c.Hash) == 1
}

// credentialKey names a credential among those of its tenant. Two secrets of
// one user differ in their salt.
func credentialKey(c wirechief.Credential) string {
	return c.Dialect + "/" + c.Scheme + "/" + c.Account + "/" + c.Name + "/" + hex.EncodeToString(c.Salt[:min(4, len(c.Salt))])
}
