// Package ident makes identifiers.
//
// Numeric ids are time-ordered: milliseconds since 2025 in the upper 41 bits
// and a counter in the lower 12, so they fit the 53 bits that JavaScript reads
// exactly, sort by creation, and need no round trip to the store. A [Source]
// never goes back: when the clock does, or when more than 4,096 are wanted in
// a millisecond, it counts on from the last id; at start it is told the highest
// id in use.
//
// UUIDs are version 4 (RFC 9562 5.4). Tokens are 160 random bits in lower-case
// base32, for links that must not be guessed.
//
// An id is unique within one process; keys in the store begin with the shard of
// the tenant, and one process owns a shard at a time, so that is enough.
package ident
