// Package carriertest is what carriers are tested with: the conformance suite
// that each of them passes, and an SMSC of our own that can misbehave.
//
// [Run] is the suite. A carrier's own tests describe it as a [Member], with a
// [Peer] that plays the far side, and hand it over:
//
//	func TestConformance(t *testing.T) { carriertest.Run(t, member) }
//
// The suite knows no wire. It says of each carrier that a submission is
// reported exactly once and rightly when the link stops, that what comes in is
// acknowledged only once it is kept, that secrets stay secret and that nothing
// of a stopped link runs on; and of one that sells numbers, that it can be asked,
// ordered from and given back to as often as it takes. What is special about a wire is for the member's
// own tests.
//
// [SMSC] is a server of SMPP 3.4 over a real connection. Left alone it is
// quick and well-behaved: it answers each submit_sm, sends the receipt after a
// delay, and brings texts until they are acknowledged. How it behaves instead
// is a [Behaviour], which may be changed at any time: late, missing and
// reordered answers, throttling, cuts at the worst instant, receipts early,
// twice, for nothing or oddly spelled, refused binds, and silence of each kind.
//
// It needs no *testing.T, for it is also the carrier of our load tests: nothing
// costs a goroutine or a timer per message, and with Options.CountOnly nothing
// is remembered but counters. It keeps all in memory, refuses to be a message
// store, and gives everybody the same account.
//
// Look next at carrier/smpp/session, the connection that both sides share, and
// at test/kannel, where a client that is not ours uses the SMSC.
package carriertest
