package message2give

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// answer is a row of the table below.
type answer struct {
	status int
	words  string // where the core says no more
}

// answers is the table from kind to status and words. The vendor documents no
// refusal but that an incomplete request fails; these are ours
// (docs/dialects/message2give.md).
var answers = map[wirechief.Kind]answer{
	wirechief.Invalid:         {http.StatusBadRequest, saysBadRequest},          // message2give: every call, response 400
	wirechief.Unauthenticated: {http.StatusUnauthorized, saysNoCredentials},     // message2give: every call, response 401
	wirechief.Forbidden:       {http.StatusForbidden, saysForbidden},            // message2give: every call, response 403
	wirechief.Consent:         {http.StatusForbidden, saysForbidden},            //
	wirechief.NotOffered:      {http.StatusForbidden, saysNotOffered},           //
	wirechief.NotFound:        {http.StatusNotFound, saysNotFound},              // message2give: every call, response 404
	wirechief.Conflict:        {http.StatusConflict, saysConflict},              // message2give: every call, response 409
	wirechief.Exhausted:       {http.StatusTooManyRequests, saysTooMany},        // message2give: every call, response 429
	wirechief.Internal:        {http.StatusInternalServerError, saysInternal},   // message2give: every call, response 500
	wirechief.Unavailable:     {http.StatusServiceUnavailable, saysUnavailable}, // message2give: every call, response 503
}

// properties translates the domain's names into the vendor's.
var properties = map[string]string{
	"name":                 "alias",
	"forwards":             "forwarding",
	"forwards.destination": "destination",
	"forwards.type":        "type",
	"forwards.method":      "httpMethod",
	"forwards.encoding":    "encoding",
	"forwards.history":     "historyMessages",
	"forwards.timezone":    "historyTimezone",
	"forwards.prefix":      "prefix",
	"forwards.suffix":      "suffix",

	"voice.forwards":             "voice",
	"voice.forwards.destination": "destination",

	"replies.agents_offline": "replies." + repliesOffline,
	"replies.agents_online":  "replies." + repliesOnline,

	"text": "content",
	"key":  "Idempotency-Key",

	"send_at":  "Send-At",
	"at":       "Send-At",
	"validity": "Validity",
}

// Seconds that a client is asked to wait.
const (
	afterExhausted   = "1"
	afterUnavailable = "5"
)

// missing is the refusal of a request without a property that it has to have.
func missing(property string) error {
	return wirechief.Errorf(wirechief.Invalid, saysMissing, property)
}

// noSuch is a refusal in words of the table.
func noSuch(words string) error {
	return &wirechief.Error{Kind: wirechief.NotFound, Message: words}
}

// wrong is the refusal of a value that is no text or of another JSON type.
func wrong(property, want string, err error) error {
	if errors.Is(err, dialect.ErrText) {
		return wirechief.InvalidField(property, "the value holds a NUL or is not valid UTF-8")
	}
	return wirechief.InvalidField(property, "the value is not %s", want)
}

// describe says in words what was refused, naming the property.
func describe(err error) string {
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok {
		return saysInternal
	}
	words := answers[e.Kind].words
	switch {
	case e.Message == "":
		return words
	case e.Kind == wirechief.Internal:
		return words + ": " + e.Message
	case e.Kind == wirechief.NotFound && e.Field == "number":
		return saysNoNumber
	case e.Field == "":
		return e.Message
	}
	name := properties[e.Field]
	if name == "" {
		name = e.Field
	}
	return name + ": " + e.Message
}

// refuse writes an error: {"status": reason}.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	kind := wirechief.KindOf(err)
	row, ok := answers[kind]
	if !ok {
		row = answers[wirechief.Internal]
	}
	h := w.Header()
	switch kind {
	case wirechief.Unauthenticated:
		h.Set("WWW-Authenticate", `Basic realm="Message2Give API"`)
	case wirechief.Exhausted:
		h.Set("Retry-After", afterExhausted)
	case wirechief.Unavailable, wirechief.Internal:
		if kind == wirechief.Unavailable {
			h.Set("Retry-After", afterUnavailable)
		}
		dialect.LogTrouble(s.log, wirechief.DialectMessage2Give, r, err)
	}
	dialect.WriteJSON(w, row.status, appendStatus(nil, describe(err)))
}

// refuseMethod answers 405; the path exists (message2give: every call, response 405).
func (s *server) refuseMethod(w http.ResponseWriter, allowed []string) {
	methods := strings.Join(allowed, ", ")
	w.Header().Set("Allow", methods)
	dialect.WriteJSON(w, http.StatusMethodNotAllowed, appendStatus(nil, fmt.Sprintf("%s: this path takes %s only", saysMethodNotAllowed, methods)))
}
