// Package bench is the load test of the whole program: `wirechief bench` and
// `make bench` run it.
//
// Each scenario starts the server as a process of its own with a fresh data
// folder on the disk, flush and all, and plays everything around it: the
// customers' programs that send (load.go), the carrier (an SMSC, or the server's
// own simulator), and the customers' endpoints that are told of receipts and texts
// (sink.go). So its figures hold for a machine that carries all of that at once.
//
// The contract in short:
//
//   - Only what the server itself used counts as its CPU time and memory; both
//     are read from /proc, and are left out where there is none.
//   - A scenario fails when a message is lost or told twice: speed with wrong
//     answers is not reported.
//   - Times are taken where the customer would take them: from the first octet of
//     the request to the arrival of the webhook.
//   - Everything is on loopback and ends by itself.
//
// Nothing here is a test: no figure makes `go test` fail. Look at
// docs/performance.md for what was measured, and at bench/kannel for the same
// with Kannel.
package bench
