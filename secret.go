package wirechief

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
)

// Secret is a password, token or key. Every way in which Go prints a value
// (fmt, JSON, slog) shows that it is set, never what it is; [Secret.Reveal]
// is the one way out, so that its uses can be found by searching for it.
type Secret string

const hidden = "<hidden>"

// String says whether the secret is set.
func (s Secret) String() string {
	if s == "" {
		return "<not set>"
	}
	return hidden
}

// GoString keeps %#v from printing the value.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value from JSON, YAML and text encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Reveal gives the value itself. Call it where the bytes leave for the peer
// that they are meant for, or for the store, and nowhere else.
func (s Secret) Reveal() string { return string(s) }

// Equal compares in constant time, whatever the lengths.
func (s Secret) Equal(given string) bool {
	a, b := sha256.Sum256([]byte(s)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
