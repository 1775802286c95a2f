// Package dialect holds what every API dialect shares.
//
// A dialect is one vendor's HTTP API, spoken to the letter in front of our own
// exchange, so that a client of the vendor works here after a change of host
// name. Its members (bulkvs, …) look alike: <name>.go with the route table and
// a short method per call, wire.go with the shapes, adapt.go with pure
// translation, errors.go with the one table from [wirechief.Kind] to status and
// body, and testdata with text archives of the wire.
//
// The contract in short:
//
//   - A member is made by New(core, options) and is an [http.Handler]. It
//     declares the part of the exchange that it needs as its Core.
//   - It judges shape only: JSON, types, credentials as they are spelt. What a
//     request may do is the exchange's to say, for every dialect alike.
//   - A refusal has the vendor's shape, names the property in the vendor's
//     spelling, and gives away neither secrets nor causes.
//   - Bodies are bounded by [MaxBody] and read after authentication. Text is
//     strict UTF-8 ([ErrText]); what encoding/json would mend is refused.
//   - Idempotency-Key is honoured on every path that sends ([IdempotencyKey]).
//   - Send-At and Validity are, where the vendor has no field for it ([ReadTiming]).
//
// [Value] reads JSON with names compared as they are written, which
// encoding/json cannot do and vendors do. [Table] finds routes that are data.
//
// The package refuses to know any vendor, and to write an answer of its own.
// Look next at dialecttest for the suite and the archive runner that every
// member passes, and at bulkvs for the pattern of a member.
package dialect
