// Package zendesktalk speaks the Zendesk Talk API of phone numbers and what
// they refer to (https://developer.zendesk.com, "Voice (Talk) API", as
// documented in 2026), below /api/v2/channels/voice.
//
//	/phone_numbers, /phone_numbers/search, /phone_numbers/{id}
//	addresses, greetings, IVRs, lines and the rest: resources.go
//
// Authentication is Basic with "email/token" and an API token, Basic with email
// and password, or a Bearer token. Every path is taken with ".json" at its end,
// too. Property names are compared as they are written; unknown ones are
// ignored, and null is absent where a property cannot be empty.
//
// Where the vendor's document is silent, the behaviour is that of
// docs/dialects/zendesktalk.md. What clients break on is kept out of reach:
// Retry-After on 429 and 503 only, no Location, never "error": null, links that
// begin as the client's own requests did, and no status that one of them takes
// for a success (402, 406, 410, 413, 415, 502, 504).
//
// The package judges the wire: JSON, types, paths, paging. Whether a value will
// do and a reference leads anywhere is the exchange's to say, in the domain's
// words; each resource has a table that turns them into the vendor's.
//
// Not offered: numbers that need the verification of a business, and the calls
// of the Partner edition.
//
// Look next at zendesktalk.go for how a request comes in, at phone_numbers.go
// for the calls and at testdata for the wire.
package zendesktalk
