// Package wire holds the objects of our own JSON API exactly as they are on
// the wire: field names, their order, and which are always there. The server
// (package api) fills them, the client (package api/client) reads them, and the
// OpenAPI document is made from them.
//
// The shapes of [Message] and [Delivery] are promised to users' scripts (see
// the operator guide): fields may be added at the end, never renamed or taken
// away. Lists are never null. Times are RFC 3339 in UTC. Ids are integers below
// 2^53, which JavaScript reads exactly.
//
// Events and attempts are those of the domain, package wirechief, whose JSON
// form is also what is stored. The package has no logic; adapting from the
// domain is api's.
package wire
