// Package carrier holds the contract that every carrier link meets.
//
// A carrier is a wire: something that takes a message towards a handset and
// brings messages and receipts back. Its members (sim, smpp, bulkvs, …) look
// alike: config.go, <name>.go, inbound.go, codes.go, one conformance call in
// the test. They differ in what they can do, which [Abilities] says, and in
// what their peer answers, which codes.go turns into a [wirechief.Outcome].
//
// The contract in short:
//
//   - Submit is asynchronous and reports exactly once, after one try. What it
//     holds unreported is at most what Room said.
//   - What comes in goes to the [Handler] and is acknowledged to the peer only
//     when the handler has returned nil, for then it is on disk.
//   - A carrier keeps no queue and retries nothing by itself: the exchange
//     decides, because only the exchange has the durable record.
//   - A secret of the configuration appears in no error, log line or status.
//
// A carrier refuses to know numbers, tenants or campaigns. Look next at
// carriertest for the suite that defines the family, and at exchange for what
// drives it.
package carrier
