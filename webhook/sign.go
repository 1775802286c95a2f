package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// The header fields (Standard Webhooks, "Webhook Headers").
const (
	HeaderID        = "webhook-id"        // the same at every try
	HeaderTimestamp = "webhook-timestamp" // of the try, in seconds since 1970
	HeaderSignature = "webhook-signature" // "v1," and base64, one or several with blanks between
)

// Prefix stands before every secret, so that one is known for what it is.
const Prefix = "whsec_"

// Bounds of the key in a secret, in octets (Standard Webhooks, "Signature scheme").
const (
	keyLeast = 24
	keyMost  = 64
	keySize  = 32 // of those that we make
)

// Tolerance is how far the timestamp of a delivery may be from the clock of who
// gets it; the libraries of Standard Webhooks have the same.
const Tolerance = 5 * time.Minute

// NewSecret makes a secret that nobody can guess.
func NewSecret() wirechief.Secret {
	var key [keySize]byte
	rand.Read(key[:])
	return SecretOf(key)
}

// SecretOf writes a key as a secret.
func SecretOf(key [keySize]byte) wirechief.Secret {
	return wirechief.Secret(Prefix + base64.StdEncoding.EncodeToString(key[:]))
}

// Key takes the key out of a secret. The error does not show the secret.
func Key(secret wirechief.Secret) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret.Reveal(), Prefix)
	if !ok {
		return nil, wirechief.Errorf(wirechief.Invalid, "a secret begins with %s", Prefix)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, wirechief.Errorf(wirechief.Invalid, "what follows %s is not base64", Prefix)
	}
	if len(key) < keyLeast || len(key) > keyMost {
		return nil, wirechief.Errorf(wirechief.Invalid, "a secret holds %d to %d octets, and this one %d", keyLeast, keyMost, len(key))
	}
	return key, nil
}

// Field is one header field.
type Field struct{ Name, Value string }

// Sign gives the fields that prove a request: id names what is told, at is the
// instant of the try, body is what is sent to the octet, and there is a
// signature of each key, in their order. Without keys there is nothing to add.
func Sign(id string, at time.Time, body []byte, keys ...[]byte) []Field {
	if len(keys) == 0 {
		return nil
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(keys))
	for i, key := range keys {
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(sum(key, id, timestamp, body))
	}
	return []Field{{HeaderID, id}, {HeaderTimestamp, timestamp}, {HeaderSignature, strings.Join(signatures, " ")}}
}

// sum is the HMAC over id.timestamp.body.
func sum(key []byte, id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id))
	h.Write([]byte{'.'})
	h.Write([]byte(timestamp))
	h.Write([]byte{'.'})
	h.Write(body)
	return h.Sum(nil)
}

// Verify says whether a request is from somebody who has the secret, and not an
// old one that was kept and is sent again: its timestamp is at most [Tolerance]
// from now. nil when it is.
func Verify(secret wirechief.Secret, header http.Header, body []byte, now time.Time) error {
	key, err := Key(secret)
	if err != nil {
		return err
	}
	id, timestamp := header.Get(HeaderID), header.Get(HeaderTimestamp)
	if id == "" || timestamp == "" || header.Get(HeaderSignature) == "" {
		return wirechief.Errorf(wirechief.Unauthenticated, "the request has not the three fields of a signature")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return wirechief.Errorf(wirechief.Unauthenticated, "%q is not a timestamp in seconds", timestamp)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > Tolerance || age < -Tolerance {
		return wirechief.Errorf(wirechief.Unauthenticated, "the request was signed at another time than now")
	}
	want := sum(key, id, timestamp, body)
	for _, signature := range strings.Fields(header.Get(HeaderSignature)) {
		version, encoded, _ := strings.Cut(signature, ",")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return wirechief.Errorf(wirechief.Unauthenticated, "none of the signatures is of this secret")
}
