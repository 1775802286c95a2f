package bulkvs

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

const (
	maxText       = 300           // octets of the far side's words that are kept
	maxRetryAfter = 1 * time.Hour // a longer Retry-After is not believed
)

// verdict is a row of the table.
type verdict struct {
	disposition wirechief.Disposition
	reason      wirechief.Reason
	elsewhere   bool
}

// verdicts is the table from HTTP status to outcome; see verdictOf for the
// statuses that it does not name. Only 200 is judged by its body.
var verdicts = map[int]verdict{
	// bulkvs: response 400. Limits differ, so another carrier may take it.
	http.StatusBadRequest: {wirechief.Final, wirechief.ReasonRejected, true},
	// The message is as good as before: it waits until the operator has mended
	// the credentials, or goes elsewhere after some tries.
	http.StatusUnauthorized: {wirechief.Retry, wirechief.ReasonCredentials, false},
	// bulkvs: response 403, insufficient funds or service not enabled
	http.StatusForbidden: {wirechief.Final, wirechief.ReasonFunds, true},
	// bulkvs: messageSend, response 404: From is not enabled for service
	http.StatusNotFound: {wirechief.Final, wirechief.ReasonSource, true},
	// bulkvs: messageSend, response 409: registration of From
	http.StatusConflict: {wirechief.Final, wirechief.ReasonSource, true},
	// bulkvs: response 412: an agreement lacks consent
	http.StatusPreconditionFailed:    {wirechief.Final, wirechief.ReasonRejected, true},
	http.StatusRequestEntityTooLarge: {wirechief.Final, wirechief.ReasonContent, true},
	http.StatusRequestTimeout:        {wirechief.Retry, wirechief.ReasonTemporary, false},
	http.StatusTooEarly:              {wirechief.Retry, wirechief.ReasonTemporary, false},
	http.StatusTooManyRequests:       {wirechief.Retry, wirechief.ReasonThrottled, false},
}

// verdictOf finds the row for a status other than 200.
func verdictOf(status int) verdict {
	if v, ok := verdicts[status]; ok {
		return v
	}
	switch {
	case status >= 500: // bulkvs: response 503, try again
		return verdict{wirechief.Retry, wirechief.ReasonTemporary, false}
	case status >= 400:
		return verdict{wirechief.Final, wirechief.ReasonRejected, true}
	case status >= 300:
		return verdict{wirechief.Final, wirechief.ReasonRedirect, true}
	}
	return verdict{wirechief.Final, wirechief.ReasonProtocol, true}
}

// answer is the reply to messageSend (bulkvs: messageSend, response 200), and
// the body of refusals (docs/dialects/bulkvs.md), whose Description is no string
// in one case that has been seen.
type answer struct {
	RefID       string          `json:"RefId"`
	Results     []result        `json:"Results"`
	Status      string          `json:"Status"`
	Code        json.RawMessage `json:"Code"`
	Description json.RawMessage `json:"Description"`
}

type result struct {
	To          string          `json:"To"`
	Status      string          `json:"Status"` // SUCCESS; no public source shows another
	Code        json.RawMessage `json:"Code"`
	Description json.RawMessage `json:"Description"`
	Error       json.RawMessage `json:"Error"`
}

// outcomeOf judges a whole answer.
func outcomeOf(status int, header http.Header, body []byte, now time.Time) wirechief.Outcome {
	code := strconv.Itoa(status)
	var a answer
	broken := json.Unmarshal(body, &a) != nil
	if status != http.StatusOK && status != http.StatusCreated && status != http.StatusAccepted || a.Status == "Failed" {
		v := verdictOf(status)
		o := wirechief.Outcome{Disposition: v.disposition, Reason: v.reason, Elsewhere: v.elsewhere, Code: code, Text: shorten(plain(a.Description))}
		if status < 300 && a.Status == "Failed" { // Status Failed with 200: seen on number calls
			o.Reason = wirechief.ReasonRejected
		}
		if c := plain(a.Code); c != "" {
			o.Code += " " + shorten(c)
		}
		if o.Disposition == wirechief.Retry {
			o.After = retryAfter(header.Get("Retry-After"), now)
		}
		return o
	}
	if broken || a.RefID == "" && len(a.Results) == 0 {
		// Something else answers here, a sign-in page perhaps.
		return wirechief.Outcome{
			Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Elsewhere: true, Code: code,
			Text: "the answer is not that of messageSend",
		}
	}
	o := wirechief.Outcome{Disposition: wirechief.Done, Code: code}
	if a.RefID != "" {
		o.IDs = []string{a.RefID}
	}
	if len(a.Results) == 1 && !strings.EqualFold(a.Results[0].Status, "SUCCESS") {
		r := a.Results[0]
		o = wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination, Code: code, Text: shorten(plain(r.Description))}
		if o.Text == "" {
			o.Text = shorten(plain(r.Error))
		}
		if c := plain(r.Code); c != "" {
			o.Code += " " + shorten(c)
		}
	}
	return o
}

// plain gives a string as it is and any other JSON value as it is written.
func plain(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// shorten cuts the far side's words to what is worth keeping, between characters.
func shorten(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= maxText {
		return s
	}
	s = s[:maxText]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}

// retryAfter reads a Retry-After header: seconds or a date (RFC 9110 10.2.3).
func retryAfter(v string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		d = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}

// codeOurs says that a number is on the account already (docs/dialects/bulkvs.md:
// the one code that has been seen in the wild).
const codeOurs = "7511"

// refusal is why a call about a number was not served.
type refusal struct {
	status int
	code   string
	err    *wirechief.Error
}

func (r *refusal) Error() string { return r.err.Error() }

// Unwrap gives what the core looks at.
func (r *refusal) Unwrap() error { return r.err }

// refused judges the answer to a call about numbers; nil means that it was
// served. Statuses that tell of trouble that may pass leave open what became
// of it, refused credentials among them: the operator mends them, and until
// then the number may be ours. A body that says Failed counts for more than a
// 200 (docs/dialects/bulkvs.md: it has been seen).
func (c *Carrier) refused(status int, body []byte) error {
	var a answer
	if len(body) > 0 && body[0] == '{' && json.Unmarshal(body, &a) != nil {
		a = answer{}
	}
	served := status >= 200 && status < 300
	if served && a.Status != "Failed" {
		return nil
	}
	r := &refusal{status: status, code: plain(a.Code), err: &wirechief.Error{Op: "carrier.numbers", Kind: wirechief.Conflict}}
	said := c.hidden(strings.TrimSpace(plain(a.Code) + " " + plain(a.Description)))
	if said == "" {
		said = http.StatusText(status)
	}
	r.err.Message = "the far side answers " + strconv.Itoa(status) + ": " + said
	switch {
	case served: // Failed, with 200
	case status == http.StatusNotFound || status == http.StatusGone:
		r.err.Kind = wirechief.NotFound
	case status < 400 || status >= 500, status == http.StatusUnauthorized, status == http.StatusRequestTimeout,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		r.err.Kind = wirechief.Unavailable
	}
	return r
}
