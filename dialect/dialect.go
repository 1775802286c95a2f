package dialect

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

const (
	// MaxBody is how many octets of a request body are read; more is refused.
	MaxBody = 1 << 20
	// maxUnread is how much of a greater body is read and thrown away, for a client
	// that writes on does not read the answer.
	maxUnread = 16 << 20
	// MaxKey is the greatest length of an idempotency key, in characters.
	MaxKey = wirechief.KeyMost
)

// ReadBody reads the body of a request into buf, which it empties first. A
// body above [MaxBody] has kind Invalid, one that breaks off likewise. What is
// too great is read to its end all the same, within reason: ordinary clients
// read an answer when they have sent everything.
func ReadBody(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer) error {
	return ReadBodyOf(w, r, buf, MaxBody)
}

// ReadBodyOf is [ReadBody] for the few calls that take more, or less: most is
// in octets.
func ReadBodyOf(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer, most int64) error {
	buf.Reset()
	if r.ContentLength > most {
		return tooBig(w, r, most)
	}
	if n := int(r.ContentLength); n > 0 {
		buf.Grow(n + bytes.MinRead) // room to read the end without growing again
	}
	body := io.LimitedReader{R: r.Body, N: most + 1}
	if _, err := buf.ReadFrom(&body); err != nil {
		return &wirechief.Error{Kind: wirechief.Invalid, Message: "the request body broke off", Err: err}
	}
	if int64(buf.Len()) > most {
		return tooBig(w, r, most)
	}
	return nil
}

func tooBig(w http.ResponseWriter, r *http.Request, most int64) error {
	if r.Header.Get("Expect") == "" { // who asks before sending is told at once
		io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxUnread)) // the answer is the same whatever comes
	}
	return wirechief.Errorf(wirechief.Invalid, "the request body is larger than %d octets", most)
}

// SplitAuthorization splits an Authorization header into its scheme, in lower
// case, and the rest (RFC 9110 11.6.2: schemes are case-insensitive).
func SplitAuthorization(header string) (scheme, rest string) {
	scheme, rest, _ = strings.Cut(strings.TrimSpace(header), " ")
	return strings.ToLower(scheme), strings.TrimSpace(rest)
}

// DecodeBasic reads the user-id and password out of what follows "Basic"
// (RFC 7617 2). The user-id ends at the first colon and is not empty.
func DecodeBasic(credentials string) (user, password string, ok bool) {
	var buf [256]byte
	raw := buf[:0]
	raw, err := base64.StdEncoding.AppendDecode(raw, []byte(credentials))
	if err != nil {
		return "", "", false
	}
	user, password, ok = strings.Cut(string(raw), ":")
	return user, password, ok && user != ""
}

// IdempotencyKey gives the Idempotency-Key header of a request, empty when
// there is none. A key has 1 to [MaxKey] characters ([wirechief.JudgeKey]).
func IdempotencyKey(h http.Header) (string, error) {
	values := h["Idempotency-Key"]
	if len(values) == 0 {
		return "", nil
	}
	if key := values[0]; len(values) == 1 && wirechief.JudgeKey(key) == nil {
		return key, nil
	}
	return "", wirechief.InvalidField("key", "one Idempotency-Key of 1 to %d characters is taken", MaxKey)
}

// Fingerprint condenses what makes a request another request. The parts are
// kept apart: ("a", "b") differs from ("ab", "").
func Fingerprint(parts ...[]byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	var length [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}

// RequestID is the X-Request-Id that a client sent, when it is 1 to 128
// printable ASCII characters and so fit for a log line; else it is empty.
func RequestID(h http.Header) string {
	id := h.Get("X-Request-Id")
	if len(id) > 128 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return id
}

// WriteJSON writes a whole JSON answer.
func WriteJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // an error means that the client has gone
}
