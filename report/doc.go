// Package report counts what goes through the house, for people who look at
// charts.
//
// A [Collector] counts by tenant and minute: its Tap sees what is committed
// (package feed), and what has gathered is added to what the store keeps every
// few seconds and when it stops. So counting costs a message neither a write
// nor a wait. What a crash cuts off is the count of those seconds, never a
// message; what the store does not take is offered again.
//
// Each message counts in the minute in which it was accepted or received, and
// once more in that in which it ended, by the first event that ended it. How
// long a receipt took is known of messages that were submitted since the
// program started; the others count and have no time.
//
// [Collector.Report] turns what is kept into the five charts of the console:
// series over the same steps, each with a sentence that says the same, so that
// a chart can be drawn and a table beside it written without a further thought.
//
// The package draws nothing and keeps no message. It counts for people, not for
// bills.
package report
