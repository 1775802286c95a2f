// Package session is one SMPP connection, seen from either side.
//
// The same code is the ESME (the client, which binds and submits) and the SMSC
// (the server, which delivers), for SMPP is symmetrical but for who binds: both
// sides number their requests on their own, both keep a window, both enquire.
//
// The contract in short:
//
//   - A request is recorded as outstanding before its first octet is written,
//     so no answer can overtake the record.
//   - A response matches by sequence number and kind. One that matches nothing
//     is logged and dropped; it never acknowledges something else.
//   - Each request of [Session.Send] is told its end exactly once: answered,
//     overdue, or cut off, and then whether it may have left.
//   - An overdue request gives its place in the window back, and is remembered
//     for a while, so that a late answer is recognised.
//   - Reading never waits for writing: what is to be written goes to a buffer,
//     and one goroutine writes all that has gathered in one Write. A peer that
//     does not read is cut off by the write deadline or the buffer's limit.
//   - Requests of the peer go to the [Handler] on the reading goroutine, which
//     must not block; [Session.Reply] may come from any goroutine, at any time.
//   - enquire_link and unbind are answered here.
//
// A session belongs to who made it: [Session.Start] begins three goroutines and
// [Session.Done] is closed when the last of them has ended and all requests
// have been told. It refuses to reconnect, to bind by itself and to know texts
// or receipts. Look next at carrier/smpp (the ESME) and carriertest (an SMSC).
package session
