// Package webhook is what we tell customers' programs in our own shape, and how
// such a program knows that it was us.
//
// Signatures are those of Standard Webhooks 1.0 (standardwebhooks.com), for
// which there are libraries in most languages: three header fields, webhook-id,
// webhook-timestamp and webhook-signature, of which the last is an HMAC-SHA256
// over id, timestamp and body, keyed with a secret that both sides have.
//
//   - [NewSecret] makes such a secret, whsec_ and base64 of 32 octets.
//   - [Sign] gives the fields; while a secret is being exchanged for another,
//     two are live and the field has a signature of each.
//   - [Verify] is the other side: what a customer's program does.
//   - [Event] and [Message] are what the body of our own webhooks holds, by the
//     names of [Events]. The message is the one that our API shows.
//
// What is signed is whatever body is sent: those in the shape of a vendor are
// the vendor's to the octet, and only gain the fields.
//
// The package knows no clock and keeps no secrets: package exchange keeps them,
// and package delivery puts the fields on each try.
package webhook
