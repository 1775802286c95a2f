// Package wire reads and writes the sockets of a SIP trunk: UDP, TCP and TLS.
//
// The contract in short:
//
//   - One goroutine reads a socket, parses with sipgo's parser and hands each
//     message to [Handlers].Message before it reads the next, so messages are
//     seen in the order in which they came (docs/adr/0019).
//   - A [Flow] is a way to a far side, and comes with each message, so that an
//     answer, a BYE or a refusal leaves by the way that brought the call.
//   - What is not SIP comes to [Handlers].Broken, with what there is of it.
//   - [Flow.Send] never waits. A connection has a queue; when it is full, or the
//     far side takes nothing for ten seconds, the connection is cut.
//   - A request of more than [MostUDP] octets does not leave over UDP: Send says
//     [ErrTooLarge], and the trunk takes TCP (RFC 3261 section 18.1.1).
//
// It refuses to judge who may send: the trunk does, which has to tell of it.
// It knows no transactions; those are in package transaction, next door.
package wire
