// Package state reads the state file: what tenants, credentials, webhooks and
// numbers there shall be, for the key state: of the configuration and for
// `wirechief apply`.
//
// The contract in short:
//
//   - [Parse] gives a [File], or every mistake at once, each as "file:line:
//     key: what is wrong and what is allowed".
//   - What the file does not name is left alone, so every optional value is a
//     pointer (nil: not named) or a slice (nil: not named, empty: named, none).
//   - Any entry may say absent: true; it is then to be removed, and only what
//     identifies it is looked at.
//   - Telephone numbers come out in the form of package e164, whatever
//     punctuation the file has; amounts as [wirechief.Money].
//
// The package judges what can be judged from the file alone: form, ranges,
// and things that are there twice. Whether a name leads to something (a
// number's carrier, webhook or campaign) depends on what is kept already: that,
// URLs, and what an applied file changes, is the business of package exchange.
// It opens no files, those named under offers included.
package state
