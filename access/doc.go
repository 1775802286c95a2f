// Package access is about people who sign in: so far, how their passwords are kept.
//
// A password is kept as an Argon2id hash in the PHC string format, with the
// parameters of RFC 9106's second recommendation (64 MiB, three passes), so that
// parameters can be raised later and old hashes still be read.
//
// The package refuses to compare secrets of programs: API tokens are long and
// random, are checked on every request, and are hashed fast in package exchange.
//
// Sessions, roles and sign-on come with the console; agents are kept as
// documents by package exchange (apply_people.go) until then.
package access
