package exchange

import "github.com/wirechief/wirechief"

// isBlocked says whether a tenant wants nothing to do with a peer. It is quick.
func (x *Exchange) isBlocked(tenant, peer string) bool {
	return x.Blocked != nil && x.Blocked(tenant, peer)
}

// refusedAsBlocked is said of a text to a blocked contact, whoever sends it,
// person, program, forward or automatic reply: the answer would reach nobody.
func refusedAsBlocked(to string) *wirechief.Error {
	return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleBlocked,
		"%s is blocked, so an answer would reach nobody; unblock the contact: Contacts, or wirechief contacts unblock %s", to, to)
}
