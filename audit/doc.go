// Package audit notes who changed what, whoever changed it and by whatever way.
//
// [Watch] stands in front of the store. A command that configures something
// leaves it as a [wirechief.Audited]: the store keeps the entry in the commit of
// the change, or neither. Which properties differ is found by reading what is
// kept before; who it was is what the context says ([wirechief.PrincipalIn]),
// else the server itself.
//
// The contract in short:
//
//   - Nothing that configures goes by it: entities, numbers, balances, contacts,
//     the opt-out ledger, bulk sends, what people do with conversations, and
//     what they have redacted or removed.
//   - A command that changes nothing leaves no entry; nor do counters, times of
//     change and the presence of agents, which nobody configures.
//   - Of secrets an entry says that they changed, and nothing else.
//   - The way of messages passes untouched, with no allocation.
//
// The package refuses to judge: rights are the business of whoever has the
// principal in hand. Sign-ins, exports and rights that were wanting are noted by
// package access, which changes nothing in the store.
//
// Look next at watch.go for the list of commands, and at [wirechief.AuditEntry].
package audit
