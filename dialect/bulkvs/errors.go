package bulkvs

import (
	"net/http"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// answer is a row of the tables below.
type answer struct {
	status int
	code   string
}

// kinds is the table from kind to status and code. The vendor documents 400,
// 403, 404, 409, 412 and 503; its codes are not public but for 7511, so these
// are our own (docs/dialects/bulkvs.md), with the HTTP status in them.
var kinds = map[wirechief.Kind]answer{
	wirechief.Invalid:         {http.StatusBadRequest, "7400"},         // bulkvs: response 400
	wirechief.Unauthenticated: {http.StatusUnauthorized, "7401"},       // bulkvs: every call, response 401
	wirechief.Forbidden:       {http.StatusForbidden, "7403"},          // bulkvs: response 403
	wirechief.NotFound:        {http.StatusNotFound, "7404"},           // bulkvs: response 404
	wirechief.Conflict:        {http.StatusConflict, "7409"},           // bulkvs: messageSend, response 409
	wirechief.Consent:         {http.StatusPreconditionFailed, "7412"}, // bulkvs: PUT /webHooks, response 412
	wirechief.NotOffered:      {http.StatusForbidden, "7413"},          // bulkvs: response 403
	wirechief.Exhausted:       {http.StatusTooManyRequests, "7429"},    // bulkvs: every call, response 429
	wirechief.Unavailable:     {http.StatusServiceUnavailable, "7503"}, // bulkvs: response 503
	wirechief.Internal:        {http.StatusServiceUnavailable, "7500"}, // bulkvs: response 503
}

// rules gives a code of its own to what people look up. The status is that of
// the kind.
var rules = map[wirechief.Rule]string{
	wirechief.RuleTooLong:       "7421",
	wirechief.RuleEgress:        "7422",
	wirechief.RuleRecipient:     "7423",
	wirechief.RuleMessaging:     "7431",
	wirechief.RuleFunds:         "7432",
	wirechief.RuleMediaCarrier:  "7433",
	wirechief.RuleOptOut:        "7434",
	wirechief.RuleRoute:         "7435",
	wirechief.RuleScope:         "7436",
	wirechief.RuleSuppressed:    "7437",
	wirechief.RuleBlocked:       "7438",
	wirechief.RuleSender:        "7441",
	wirechief.RuleCampaign:      "7451",
	wirechief.RuleTollFree:      "7452",
	wirechief.RuleTollFreeCap:   "7453",
	wirechief.RuleIdempotency:   "7454",
	wirechief.RuleCampaignFull:  "7455",
	wirechief.RuleAlreadyOwned:  "7511", // the one code that has been seen in the wild
	wirechief.RuleBacklog:       "7461",
	wirechief.RuleRate:          "7462",
	wirechief.RuleStore:         "7471",
	wirechief.RuleNotCancelable: "7456",
	wirechief.RuleAddress:       "7424",
	wirechief.RuleCapability:    "7425",
	wirechief.RuleLoop:          "7426",
	wirechief.RuleReference:     "7442",
	wirechief.RuleTaken:         "7457",
	wirechief.RuleProtected:     "7458",
	wirechief.RuleState:         "7459",
	wirechief.RuleRevision:      "7460",
}

// codeMethod goes with 405, which is no kind of the domain (bulkvs: every call,
// response 405).
const codeMethod = "7405"

// properties translates the domain's names into the vendor's.
var properties = map[string]string{
	"from": "From", "to": "To", "text": "Message", "media": "MediaURLs", "key": "Idempotency-Key",
	"send_at": "Send-At", "at": "Send-At", "validity": "Validity",
	"name": "Webhook", "description": "Description", "url": "Url", "dlr": "Dlr", "method": "Method", "encoding": "Encoding",
	"tcr": "Tcr", "number": "TN", "sms": "Sms", "mms": "Mms", "webhook": "Webhook", "campaign": "Tcr", "reference": "ReferenceID",
	"line.caller_name": "Lidb", "line.port_out_pin": "Portout Pin", "line.trunk_group": "Trunk Group", "line.custom_uri": "Custom URI",
	"voice.endpoint": "Call Forward", "voice.failover": "PSTN Failover",
}

// Seconds that a client is asked to wait.
const (
	afterExhausted   = "1"
	afterUnavailable = "5"
)

// refusalCode is the code of a refusal.
func refusalCode(kind wirechief.Kind, rule wirechief.Rule) string {
	if code, ok := rules[rule]; ok {
		return code
	}
	return kinds[kind].code
}

// describe says in words what was refused, naming the property.
func describe(err error) string {
	message := wirechief.MessageOf(err)
	e := errorOf(err)
	if e.Field == "" {
		return message
	}
	name := properties[e.Field]
	if name == "" {
		name = e.Field
	}
	return name + ": " + message
}

// absentReference makes an unknown webhook or campaign of a number's 404 (bulkvs:
// POST /tnRecord, response 404; bulkvs: POST /orderTn, response 404): the domain
// says that the request is wrong, the vendor that what it names is not found.
func absentReference(err error) error {
	e := errorOf(err)
	if e.Rule != wirechief.RuleReference || e.Field != "webhook" && e.Field != "campaign" {
		return err
	}
	absent := *e
	absent.Kind = wirechief.NotFound
	return &absent
}

// refuse writes an error; tn is the number that the call is about, if one.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, tn string, err error) {
	e := errorOf(err)
	row, ok := kinds[e.Kind]
	if !ok {
		row = kinds[wirechief.Internal]
	}
	h := w.Header()
	switch e.Kind {
	case wirechief.Unauthenticated:
		h.Set("WWW-Authenticate", `Basic realm="BulkVS API"`)
	case wirechief.Exhausted:
		h.Set("Retry-After", afterExhausted)
	case wirechief.Unavailable, wirechief.Internal:
		h.Set("Retry-After", afterUnavailable)
		dialect.LogTrouble(s.log, wirechief.DialectBulkVS, r, err)
	}
	s.write(w, row.status, refusal{tn, "Failed", refusalCode(e.Kind, e.Rule), describe(err)})
}

// refuseMethod answers 405; the path exists.
func (s *server) refuseMethod(w http.ResponseWriter, allowed []string) {
	methods := strings.Join(allowed, ", ")
	w.Header().Set("Allow", methods)
	s.write(w, http.StatusMethodNotAllowed, refusal{"", "Failed", codeMethod, "this path takes " + methods + " only"})
}
