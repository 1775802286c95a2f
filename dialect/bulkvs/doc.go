// Package bulkvs speaks the messaging part of the BulkVS portal API v1.0
// (https://portal.bulkvs.com/api/v1.0, "Messaging", as documented in 2026),
// and of its webhooks.
//
//	POST   /messageSend   send a text or picture message
//	GET    /webHooks      list webhooks         ?Webhook=
//	PUT    /webHooks      create or change one
//	DELETE /webHooks      remove one            ?Webhook= (required)
//	GET    /campaigns     list 10DLC campaigns  ?Tcr=
//
// Authentication is HTTP Basic; messageSend takes the forms of Bearer that a
// 3CX sends, too. Paths are matched without regard to case, property names
// with regard to it; unknown properties are ignored and null is absent.
//
// Where the vendor's document is silent, the behaviour is that of
// docs/dialects/bulkvs.md: numbers are read as leniently as clients write them,
// answered as 11 digits; several recipients get private copies; one that
// cannot be sent to is FAILED in Results while the request is a success; every
// refusal has the one body of errors.go, with a table of codes of our own.
//
// [Formatter] makes the bodies of webhooks: inbound texts and receipts as the
// vendor posts them, and for Method 3CX as a 3CX reads them.
//
// Not offered: the numbers part of the API, group MMS, the API before v1.0.
// Only North American numbers are visible here; others of the tenant are as
// unknown. Ours beyond the vendor: Idempotency-Key on messageSend, and the
// property Encoding of PUT /webHooks (form, percent or none: how the text is
// encoded inside the JSON).
//
// Look next at bulkvs.go for the calls and at testdata for the wire.
package bulkvs
