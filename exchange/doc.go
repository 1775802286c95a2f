// Package exchange is the core: it accepts what is sent and what arrives,
// drives the carriers, and is the only writer of the store.
//
// The path of a message out: [Exchange.Send] judges it (judge.go), one commit
// makes it durable together with its place in a carrier's queue, and the
// carrier's lane (lane.go, outcome.go) takes it from there. A lane is one
// goroutine, and nobody else changes what waits in its queue: it commits what
// came back from the carrier together with the claim on what goes out next, so
// that after a crash exactly the claimed messages are in doubt.
// Receipts (receipt.go) find their message by the carrier's id inside the
// commit that keeps them. What customers are told (follow.go; hooks.go says who)
// is planned inside the commit of what caused it and handed to the delivery
// engine afterwards. Who names no sender is lent a number (lease.go), in the
// same commit.
//
// The path of a message in (receive.go): parts are kept and joined, the ledger
// of opt-outs follows the words, and the carrier has its acknowledgement only
// after the commit.
//
// What is configured (tenants, numbers, webhooks, campaigns) is read once and
// kept in memory (directory.go); every change goes to the store first.
//
// The package refuses to know wire formats: dialects and carriers translate.
// It imports no member of a family; app/wire.go joins them.
//
// The tests are a guide to what the core does: begin with guide_test.go.
package exchange
