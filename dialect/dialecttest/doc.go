// Package dialecttest is what every API dialect is tested with: the archive
// runner and the conformance suite.
//
// An archive is a text file in the txtar format that shows the wire as it is:
// requests, the answers to them to the last octet, and what the core was asked
// to do. It reads as documentation:
//
//	A bare string is taken for To.
//	-- given --
//	webhook Default http://127.0.0.1:2790/dlr
//	-- request --
//	POST /api/v1.0/messageSend
//	Authorization: Basic $base64(acme:bulk-secret)
//
//	{"From":"13109060901","To":"13105551212","Message":"Hi"}
//	-- response --
//	200
//	Content-Type: application/json
//
//	{"RefId":…}
//	-- state --
//	send …
//
// given says what there is before; it is for the reset function of the test to
// read. Requests and responses come in pairs, as many as wanted, and state is
// what the subject says of itself at the end. Responses show the status, the
// content type and those other header fields that mean something. With
// UPDATE_ARCHIVES=1 in the environment the runner writes responses and states
// anew instead of comparing; read the difference before committing it.
//
// [Suite] is the conformance suite: every kind of error has an answer in the
// dialect's shape, secrets and causes are never echoed, odd bodies are
// refused, and unknown paths answer as the vendor would.
//
// Look next at bulkvs for a member that uses both.
package dialecttest
