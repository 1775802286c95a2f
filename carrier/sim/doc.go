// Package sim is the simulator: a carrier without a network behind it, whose
// handsets answer by their number.
//
// It takes every message that it is given, makes up an id for it and, after a
// short delay, brings the receipt. What the receipt says is chosen by the last
// four digits of the destination, so that any client can be tested against any
// ending (see [Behaviour] and codes.go):
//
//	0001 delivered at once     0005 no receipt, ever
//	0002 undelivered           0006 throttled twice, then delivered
//	0003 rejected              0007 delivered after ten seconds
//	0004 expired               anything else: delivered after 200 ms
//
// [Carrier.Text] plays a handset that texts one of our numbers.
//
// It also plays a seller of numbers (see numbers.go): with an inventory it makes
// numbers up in any area code, the same at every run; whatever is ordered can
// be had.
//
// The contract is that of package carrier. One goroutine keeps all receipts
// that are still on their way in a heap; a fixed pool hands them over, so that
// a receipt costs no timer and a slow disk delays receipts only. A receipt that
// the handler cannot keep is brought again, as a real carrier would. When the
// simulator stops, what is on its way arrives early rather than never.
//
// It refuses to do anything real: it opens no connection, fetches no picture
// and forgets everything when the process ends; after a crash, receipts that
// were on their way do not come. Look next at carriertest, whose suite it
// passes, and at carrier/smpp for a carrier with a wire.
package sim
