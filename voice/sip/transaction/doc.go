// Package transaction is SIP's transactions (RFC 3261 section 17, RFC 6026):
// what repeats a request until it is answered, and an answer until it is known
// to have come.
//
// The contract in short:
//
//   - [Layer.Receive] takes each message in the order in which it came, and
//     whoever began the transaction hears of it in that order, and of nothing
//     twice but of a 2xx to an INVITE, which may come from several far sides.
//   - [Layer.Send] begins a client transaction; its function is called with each
//     answer, or once with an error. It must neither wait nor call back into
//     that transaction.
//   - [Core].Request gets a [Server] for each new request; it answers with
//     [Server.Respond] or, with a 2xx to an INVITE, [Server.Accept], which
//     repeats it after 0.5, 1, 2, 4, 4 … seconds until [Server.Acked].
//   - A non-2xx is acknowledged here, a 2xx by who holds the dialog.
//   - [Client.Cancel] withdraws an INVITE, as soon as that is allowed.
//   - Where the transport repeats by itself nothing is repeated here, and
//     transactions end as soon as they have their answer.
//
// It refuses to know dialogs, and to wait for a socket: see package wire.
package transaction
