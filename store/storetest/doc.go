// Package storetest defines what a store is: a suite that every store passes.
//
// [Run] is the suite. It says of each command and each reader what it does,
// what it refuses, and that a refusal changes nothing and hurts no neighbour;
// that what was acknowledged is there after the store was opened anew; that
// the order inside a call is kept; and that many callers at once do not get in
// each other's way. [Bench] measures whole message life-cycles.
//
// A store's own tests hand themselves over in a few lines and add only what
// is special about the engine: how it fails, how it is backed up.
//
//	func TestStore(t *testing.T) { storetest.Run(t, open, reopen) }
//
// The suite knows nothing of any engine; it speaks to the port,
// [wirechief.Store], alone.
package storetest
