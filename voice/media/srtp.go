package media

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/pion/srtp/v3"

	"github.com/wirechief/wirechief"
)

// Suite is the one suite of SRTP that is spoken (RFC 4568 section 6.2.1).
const Suite = "AES_CM_128_HMAC_SHA1_80"

// Key is a master key and its salt, of one direction. The zero Key is none.
// It is never printed.
type Key struct{ secret [30]byte }

// NewKey makes a key.
func NewKey() Key {
	var k Key
	rand.Read(k.secret[:]) // never fails
	return k
}

// ParseKey reads the key parameters of a crypto line: "inline:" and base64,
// then perhaps a lifetime, which is longer than any call (RFC 4568 section 6.1).
// A master key identifier is refused: we never offer one.
func ParseKey(params string) (Key, error) {
	var k Key
	text, found := strings.CutPrefix(params, "inline:")
	text, rest, _ := strings.Cut(text, "|")
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(text)
	}
	if !found || err != nil || len(b) != len(k.secret) || strings.Contains(rest, ":") {
		return k, wirechief.Errorf(wirechief.Invalid, "the key of SRTP is not one of 30 octets in base64 after inline:")
	}
	copy(k.secret[:], b)
	return k, nil
}

// Inline is the key as a crypto line has it; for SDP and nothing else.
func (k Key) Inline() string { return "inline:" + base64.StdEncoding.EncodeToString(k.secret[:]) }

// String keeps the key out of logs.
func (Key) String() string { return "[SRTP key]" }

// GoString keeps it out of %#v.
func (k Key) GoString() string { return k.String() }

func (k Key) set() bool { return k != Key{} }

func (k Key) context() (*srtp.Context, error) {
	if !k.set() {
		return nil, nil
	}
	return srtp.CreateContext(k.secret[:16], k.secret[16:], srtp.ProtectionProfileAes128CmHmacSha1_80, srtp.SRTPReplayProtection(64))
}
