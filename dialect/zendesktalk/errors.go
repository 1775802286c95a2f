package zendesktalk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// answer is a row of the tables below.
type answer struct {
	status int
	err    string // what stands under "error"
}

// kinds is the table from kind to status and word. node-zendesk takes 402, 406,
// 410, 413, 415, 502 and 504 for successes: none of them is here.
var kinds = map[wirechief.Kind]answer{
	wirechief.Invalid:         {http.StatusBadRequest, "InvalidParameter"},            // zendesktalk: every call, response 400
	wirechief.Unauthenticated: {http.StatusUnauthorized, "Couldn't authenticate you"}, // zendesktalk: every call, response 401
	wirechief.Forbidden:       {http.StatusForbidden, "Forbidden"},                    // zendesktalk: every call, response 403
	wirechief.NotFound:        {http.StatusNotFound, "RecordNotFound"},                // zendesktalk: every call, response 404
	wirechief.Conflict:        {http.StatusConflict, "Conflict"},                      // zendesktalk: every call, response 409
	wirechief.Consent:         {http.StatusForbidden, "Forbidden"},
	wirechief.NotOffered:      {http.StatusForbidden, "Forbidden"},
	wirechief.Exhausted:       {http.StatusTooManyRequests, "APIRateLimitExceeded"},  // zendesktalk: every call, response 429
	wirechief.Unavailable:     {http.StatusServiceUnavailable, "ServiceUnavailable"}, // zendesktalk: every call, response 503
	wirechief.Internal:        {http.StatusInternalServerError, "InternalError"},     // zendesktalk: every call, response 500
}

// records are the rules whose refusal is one of the record, as the vendor would
// validate it: 422 whatever the kind (zendesktalk: every call, response 422).
// The word says what stands beside the description.
var records = map[wirechief.Rule]string{
	wirechief.RuleToken:        "InvalidValue",
	wirechief.RuleTaken:        "InvalidValue",
	wirechief.RuleAlreadyOwned: "DuplicateValue",
	wirechief.RuleAddress:      "InvalidValue",
	wirechief.RuleReference:    "InvalidValue",
	wirechief.RuleCapability:   "InvalidValue",
	wirechief.RuleLoop:         "InvalidValue",
	wirechief.RuleMessaging:    "InvalidValue",
	wirechief.RuleProtected:    "InvalidValue",
	wirechief.RuleInUse:        "InvalidValue",
}

// whole is the field of details that stands for the record as a whole.
const whole = "base"

const basicChallenge = `Basic realm="Zendesk Talk API"`

// Seconds that a client is asked to wait.
const (
	afterExhausted   = "1"
	afterUnavailable = "5"
)

// refusal is the body of most refusals. Error is never null.
type refusal struct {
	Error       string              `json:"error"`
	Description string              `json:"description"`
	Details     map[string][]detail `json:"details,omitempty"` // 422: by property
}

type detail struct {
	Description string `json:"description"`
	Error       string `json:"error"` // BlankValue, DuplicateValue, InvalidValue
}

// forbidden is the body of 403.
type forbidden struct {
	Error titled `json:"error"`
}

type titled struct {
	Title   string `json:"title"`
	Message string `json:"message"`
}

// badToken is the body of 401 to a bearer token.
type badToken struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// blank is the refusal of a record that lacks a property.
func blank(property string) error {
	return &wirechief.Error{Kind: wirechief.Invalid, Field: property, Err: errBlank, Message: "it cannot be blank"}
}

var errBlank = errors.New("blank")

// missing is the refusal of a body without its wrapper.
func missing(parameter string) error {
	return wirechief.Errorf(wirechief.Invalid, "Required parameter missing: %s", parameter)
}

// renamed gives an error of the core with the vendor's name of the property at
// fault. What names does not have keeps its name.
func renamed(err error, names map[string]string) error {
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok || names[e.Field] == "" {
		return err
	}
	vendor := *e
	vendor.Field = names[e.Field]
	return &vendor
}

// errorOf is the domain's error in the chain, or a stand-in that gives nothing away.
func errorOf(err error) *wirechief.Error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e
	}
	return &wirechief.Error{Kind: wirechief.Internal, Err: err}
}

// refuse writes an error.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := errorOf(err)
	row, ok := kinds[e.Kind]
	if !ok {
		row = kinds[wirechief.Internal]
	}
	message := wirechief.MessageOf(err)
	_, record := records[e.Rule]
	if e.Kind == wirechief.NotFound {
		record = false
	}
	switch {
	case record, e.Kind == wirechief.Invalid && e.Field != "":
		writeJSON(w, http.StatusUnprocessableEntity, invalid(err))
	case e.Kind == wirechief.NotFound:
		writeJSON(w, row.status, refusal{Error: row.err, Description: "Not found"})
	case row.status == http.StatusForbidden:
		writeJSON(w, row.status, forbidden{titled{row.err, message}})
	default:
		s.excuse(w, r, e)
		writeJSON(w, row.status, refusal{Error: row.err, Description: message})
	}
}

// invalid is the refusal of a record, for all that is wrong with it.
func invalid(err error) refusal {
	details := make(map[string][]detail)
	for _, e := range problems(err) {
		field, word := e.Field, records[e.Rule]
		if field == "" || e.Rule == wirechief.RuleProtected || e.Rule == wirechief.RuleInUse {
			field = whole
		}
		switch {
		case errors.Is(e, errBlank):
			word = "BlankValue"
		case word == "":
			word = "InvalidValue"
		}
		details[field] = append(details[field], detail{wirechief.MessageOf(e), word})
	}
	return refusal{"RecordInvalid", "Record validation errors", details}
}

// problems lists the errors that were joined, or the only one.
func problems(err error) (out []*wirechief.Error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			out = append(out, problems(e)...)
		}
		return out
	}
	return []*wirechief.Error{errorOf(err)}
}

// excuse says how or when to come again, and logs what is our own trouble.
func (s *server) excuse(w http.ResponseWriter, r *http.Request, e *wirechief.Error) {
	h := w.Header()
	switch e.Kind {
	case wirechief.Unauthenticated: // of the core, once somebody was let in
		h.Set("WWW-Authenticate", basicChallenge)
		return
	case wirechief.Exhausted:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", afterExhausted)
		}
		return
	case wirechief.Unavailable:
		h.Set("Retry-After", afterUnavailable)
	case wirechief.Internal:
	default:
		return
	}
	dialect.LogTrouble(s.log, wirechief.DialectZendesk, r, e)
}

// refuseLogin answers 401; what is wrong is not said.
func refuseLogin(w http.ResponseWriter, scheme string) {
	if scheme == exchange.SchemeBearer {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Zendesk Talk API", error="invalid_token"`)
		writeJSON(w, http.StatusUnauthorized, badToken{
			"invalid_token", "The access token provided is expired, revoked, malformed or invalid for other reasons.",
		})
		return
	}
	w.Header().Set("WWW-Authenticate", basicChallenge)
	writeJSON(w, http.StatusUnauthorized, struct {
		Error string `json:"error"`
	}{kinds[wirechief.Unauthenticated].err})
}

// refuseEndpoint answers 404 to a path that there is not.
func refuseEndpoint(w http.ResponseWriter) {
	writeJSON(w, http.StatusNotFound, refusal{Error: "InvalidEndpoint", Description: "Not found"})
}

// refuseMethod answers 405; the path exists (zendesktalk: every call, response 405).
func refuseMethod(w http.ResponseWriter, allowed []string) {
	methods := strings.Join(allowed, ", ")
	w.Header().Set("Allow", methods)
	writeJSON(w, http.StatusMethodNotAllowed, refusal{Error: "MethodNotAllowed", Description: "this path takes " + methods + " only"})
}
