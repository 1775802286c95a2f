// Package fonedynamics speaks the REST API v2 of Fone Dynamics, as documented
// at fonedynamics.com/docs/rest-api in 2026.
//
//	POST   /Numbers/[Number]                     configure a number
//	GET    /Numbers/[Number], lists of them      ?Type= &Capabilites= &Results_Count= &Results_Skip=
//	GET    /AvailableNumbers                     numbers that can be bought
//	POST   /Properties/[PropertySid]/Numbers     buy one
//	DELETE /Numbers/[Number]                     give it back
//	       flows, addresses, properties, online logins, calls, messages
//
// Authentication is HTTP Basic: the AccountSid and its token. Paths and names
// of parameters are matched without regard to case. Parameters come as JSON,
// form, multipart or in the query; the path wins over the body and the body
// over the query; unknown ones are ignored, null is absent, and an empty text
// clears. A body that is not UTF-8 is read as ISO-8859-1, which the vendor's
// Java client sends: here and in no other dialect.
//
// Every refusal carries ResponseStatus, those of unknown paths and methods too:
// the vendor's clients break on any other. What is not there is refused with
// 400, as the vendor has it; errors.go is the one table of codes. Refusals are
// looked for in this order: PARAMETER_INVALID, PARAMETER_REQUIRED,
// CONFLICTING_PARAMETERS, and what was not found.
//
// A tenant is one account, whose AccountSid is that of the credential. Tenants
// without a property are shown one that follows from their name; a number
// without one is on the first.
//
// The package refuses to judge what holds for all dialects alike: that is the
// exchange's. Where the vendor is silent, docs/dialects/fonedynamics.md says
// what is done. Look next at fonedynamics.go for the server, at numbers.go,
// accounts.go and messages.go for the calls, and at testdata for the wire.
package fonedynamics
