// Package pdu is the codec of SMPP 3.4: octets to protocol data units and back.
//
// It knows the header, the binds, submit_sm, deliver_sm and data_sm with their
// responses, the PDUs that are a header only, optional parameters, and the
// names of all commands and statuses. It is pure: no connection, no clock.
//
// The contract in short:
//
//   - Append functions add one whole PDU to a slice and allocate nothing when
//     the slice has room. They do not check what they are given beyond what
//     keeps the octets well-formed: a string ends at its first NUL, a short
//     message at 254 octets.
//   - Parse functions take the body of one PDU, copy it once, and return fields
//     that share that copy. They never read past it and never allocate by a
//     length that the peer merely claims.
//   - What cannot be parsed gives an [Error], whose Status is the answer that
//     the peer should get.
//
// Fields longer than the specification allows are read, for peers send them;
// [MaxLength] bounds them all. The package refuses to know sessions (see
// session), texts (see gsm) and the meaning of receipts (see receipt).
//
// Section numbers are those of "Short Message Peer to Peer Protocol
// Specification v3.4", issue 1.2.
package pdu
