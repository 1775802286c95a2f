// Package message2give speaks the virtual numbers of the Message2Give API,
// version 2019-01-23 (https://api.app.message2give.com/2019-01-23, "Virtual
// Numbers", docs 1.2.8), its sending of texts, and what its HTTP forwards get.
//
//	GET    /organisations/{workspace_id}/msns                            list
//	GET    /organisations/{workspace_id}/msns/{msn_id}                   one
//	POST   /organisations/{workspace_id}/msns/{msn_id}                   change
//	POST   /organisations/{workspace_id}/msns/{msn_id}/forwarding        add an SMS forwarding
//	DELETE /organisations/{workspace_id}/msns/{msn_id}/forwarding/{value}
//	POST   /organisations/{workspace_id}/msns/{msn_id}/voice             ours: add a voice forwarding
//	DELETE /organisations/{workspace_id}/msns/{msn_id}/voice/{value}
//	POST   /messages                                                     send an SMS or MMS
//
// An API key is base64 of "user:password". It is taken as x-api-key, as
// "Basic <key>", and in the vendor's own spelling, "Basic user:password".
// The workspace "self" is that of the credentials; one that is not theirs is
// not found.
//
// Numbers are digits without "+" here and E.164 in the core. Paths are matched
// as they were sent, for a destination within one holds "//", "%2F", "+" and
// spaces. Names of properties are matched with regard to case, unknown ones
// ignored, null is absent, and a property that is there twice is refused.
//
// Where the vendor is silent, docs/dialects/message2give.md says what is done:
// one table of wording (wire.go), {"status": reason} for every refusal, and the
// body that HTTP forwards get ([Formatter]).
//
// Not offered: sessions (x-token), kept templates, voice and mail messages,
// receipts, and the rest of the API beside virtual numbers.
//
// Look next at message2give.go for the calls and at testdata for the wire.
package message2give
