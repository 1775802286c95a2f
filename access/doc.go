// Package access says who comes in: people who sign in to the console, how
// their passwords are kept, and the sessions that they get.
//
// A [Gate] knows people through the small interface [People]; sessions are
// kept in memory and, under the SHA-256 of their tokens, in the store. A
// session ends 12 hours after it was last used and 14 days after it began, at
// once when the person is removed or gets another password, and it has at any
// time the role that the person then has.
//
// A password is kept as an Argon2id hash in the PHC string format, with the
// parameters of RFC 9106's second recommendation (64 MiB, three passes), so that
// parameters can be raised later and old hashes still be read. Two are computed
// at a time. Tries are counted per account and per address before that, and
// after a few of them each costs a longer wait ([throttle]). Whatever is wrong
// with an attempt, the answer is the same, and it has cost one hash; only who
// has the same mail address with several tenants costs several.
//
// One address may belong to people of several tenants. A session reaches those
// whose passwords matched (or, with single sign-on, whose address the provider
// vouches for), and no others: a tenant that invites somebody else's address
// gets nowhere by it.
//
// Single sign-on is OpenID Connect: authorization code, PKCE, state and nonce
// in a sealed cookie. The operator signs in by password only.
//
// The package refuses to compare secrets of programs: API tokens are long and
// random, are checked on every request, and are hashed fast in package exchange.
// What a role may do is said in the domain (role.go).
package access
