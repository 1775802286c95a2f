// Package bulkvs speaks the BulkVS portal API v1.0, as far as it is about texts
// and numbers (https://portal.bulkvs.com/api/v1.0, "Messaging" as documented in
// 2026, the number calls as clients use them), and its webhooks.
//
//	POST   /messageSend   send a text or picture message
//	GET    /webHooks      list webhooks         ?Webhook=
//	PUT    /webHooks      create or change one
//	DELETE /webHooks      remove one            ?Webhook= (required)
//	GET    /campaigns     list 10DLC campaigns  ?Tcr=
//	GET    /orderTn       numbers to buy        ?Npa= (required)
//	POST   /orderTn       buy one
//	GET, POST, DELETE /tnRecord   list, change and give up numbers
//	GET    /exchanges, /accountDetail
//
// Authentication is HTTP Basic; messageSend takes the forms of Bearer that a
// 3CX sends, too. Paths are matched without regard to case, property names
// with regard to it; unknown properties are ignored. null is absent, but clears
// texts on tnRecord.
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
// Not offered: trunks, ports, emergency calls, group MMS, the API before v1.0.
// Only North American numbers are visible here; others of the tenant are as
// unknown. Ours beyond the vendor: Idempotency-Key on messageSend, and the
// property Encoding of PUT /webHooks (form, percent or none: how the text is
// encoded inside the JSON).
//
// Look next at bulkvs.go for the calls and at testdata for the wire.
package bulkvs
