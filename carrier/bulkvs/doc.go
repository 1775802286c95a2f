// Package bulkvs carries messages over another service that speaks the BulkVS
// messaging API: BulkVS itself, or another Wirechief.
//
// Out: each message is one POST {url}/messageSend to one recipient, over a
// bounded number of connections. The RefId of the answer is the carrier's id,
// and codes.go turns status and Results into an outcome. Idempotency-Key names
// the message, so that sending again what was in doubt is harmless where the
// far side heeds it, as a Wirechief does; BulkVS is not known to. Redirects
// are never followed, and net/http never repeats a request by itself.
//
// In: [Carrier.Webhook] takes what the far side posts to a webhook of Method
// POST, texts and receipts at one address. It answers 200 only once the
// handler has it on disk; anything else makes the far side come again. The
// vendor signs nothing, so the address is the secret: the application mounts
// the handler at [Carrier.WebhookPath], and without webhook_token nowhere.
//
// Numbers: the link is a [carrier.NumberSource]. It searches with GET /orderTn
// where a query fixes an area code, buys with POST /orderTn, where 7511 (it is
// ours already) is as good, and gives back with DELETE /tnRecord.
//
// What it refuses to do: to guard addresses (the operator configures the one
// that it calls), to queue, to retry, to fetch pictures, and to tell a repeat
// of an inbound text from a new one.
//
// Look next at dialect/bulkvs for the other side of the same wire, and at
// docs/dialects/bulkvs.md for what is known of it.
package bulkvs
