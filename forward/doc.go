// Package forward is the contract of the family that brings what arrives to
// where people want it: mail, texts, the console. HTTP forwards and webhooks
// are the delivery engine's own sender.
//
// A member implements [delivery.Sender] for one kind of delivery: one try, and
// an outcome that says done, retry or final, with a reason of the closed list.
// The exchange plans deliveries in the commit of what causes them; their Body
// is the JSON form of a type of this package, so that what is planned is small
// and the same at every try. A member composes from it and from what the store
// has of the message.
//
// Every member passes forwardtest: shutdown is neither failure nor attempt,
// secrets stay out of errors and records, hostile texts arrive inert, and a
// second try of the same delivery is known as such by the far side (a Message-ID,
// an idempotency key).
//
// Members: forward/email, forward/sms, forward/console.
package forward
