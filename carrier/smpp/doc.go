// Package smpp is the link to a carrier that speaks SMPP 3.4.
//
// We are the ESME: we bind, submit texts, and take what the SMSC delivers.
// The layers, inside out: pdu (the codec), session (one connection, either
// side), receipt (what a receipt says), and here the [Link], which is a
// [carrier.Carrier] of one or several connections to one SMSC: connect.go
// keeps them, submit.go is the way out, inbound.go the way in, pace.go says
// how fast and codes.go what each answer means.
//
// The contract, beyond that of package carrier:
//
//   - The segments of a message go in order over one connection, and count as
//     one whole against the window and the throughput. The message is reported
//     when all of them have been answered. Room counts messages, the window
//     segments: what has no place in it yet waits in the link, in order.
//   - A cut connection leaves in doubt what may have left, and only that.
//   - When the SMSC says that it is too much, the link halves its rate and
//     creeps up again; the message is kept (see codes.go for each status).
//   - A deliver_sm is answered when it is on disk. Up to 1,000 wait for the
//     disk at a time while reading goes on; beyond that the SMSC is throttled.
//   - A refused password is logged once and tried again slowly; other troubles
//     are tried again with growing pauses.
//
// It refuses to queue beyond what it was given, to retry, to join long inbound
// messages (package exchange does, for that must survive a restart) and to
// change a single character of a text.
//
// Look next at carriertest, which has the SMSC that this is tested against.
package smpp
