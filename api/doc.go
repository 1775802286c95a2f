// Package api is our own JSON API, under /wirechief/v1: what the command line,
// scripts and the console of other programs talk to.
//
// The contract in short:
//
//   - [New] gives an http.Handler over a [Core], the few methods of the
//     exchange that it needs. The routes, the checks of what comes in and the
//     OpenAPI 3.1 document at /wirechief/v1/openapi.json come from one
//     description of each operation, so that they cannot disagree.
//   - Who asks shows a bearer token: the operator's, who may do everything to
//     every tenant, or a tenant's of the dialect wirechief, whose scopes say what
//     (all, send, read, manage). That is judged before a body is looked at.
//   - An error is a problem document, RFC 9457, with kind, rule and field beside
//     the standard members. errors.go has the one table from kind to status.
//   - What comes in is JSON of at most 1 MB in valid UTF-8, without NULs and
//     without properties that nobody knows. POST /messages takes an
//     Idempotency-Key: a repeat gets the first answer again.
//   - What a number does is changed by a JSON merge patch (RFC 7396; merge.go,
//     patch.go), for one number, for many, in an order, and by the rows of a
//     table (roll.go). What numbers refer to has one set of operations, kind by
//     kind (shelves.go).
//   - A message comes with its timeline: what happened to it and, joined in by
//     time (adapt.go), each delivery that it caused and each try at one.
//
// The objects on the wire are in api/wire, a Go client in api/client.
//
// The package holds no rules about messages and opens no store; a rule that is
// not about JSON or HTTP belongs into package exchange.
package api
