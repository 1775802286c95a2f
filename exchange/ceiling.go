package exchange

import (
	"slices"

	"github.com/wirechief/wirechief"
)

// under gives what a credential may do under its ceiling: the lesser of the role
// that its maker had and the one that they have. False: nothing is left, as when
// the maker is not on the team any more.
func (d *directory) under(c *credential) (scopes []string, ok bool) {
	role := c.Ceiling
	if c.Maker != 0 {
		d.mu.RLock()
		a := d.roster.agents[named{c.tenant, id10(c.Maker)}]
		d.mu.RUnlock()
		if a == nil {
			return nil, false
		}
		if now := roleOf(a); role == "" || slices.Index(wirechief.Roles(), now) > slices.Index(wirechief.Roles(), role) {
			role = now
		}
	}
	switch {
	case role == "", role.May(wirechief.RightKeys):
		return c.Scopes, true
	case c.Dialect != wirechief.DialectOwn:
		return nil, false // clients of the vendors' APIs may do everything, or nothing
	}
	scopes = covered(role, c.Scopes)
	return scopes, len(scopes) > 0
}

// covered gives the scopes that a role may use, of those that there are.
func covered(role wirechief.Role, scopes []string) (out []string) {
	for _, s := range []struct {
		scope string
		right wirechief.Right
	}{{ScopeRead, wirechief.RightRead}, {ScopeSend, wirechief.RightReply}, {ScopeManage, wirechief.RightNumbers}} {
		if role.May(s.right) && (slices.Contains(scopes, s.scope) || slices.Contains(scopes, ScopeAll)) {
			out = append(out, s.scope)
		}
	}
	return out
}
