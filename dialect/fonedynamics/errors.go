package fonedynamics

import (
	"errors"
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
// 401, 403 and 500 and no 404: what is not there is 400. 403 is also for what
// would bring about a state that cannot be. Most codes are not public; those
// marked ours are named in the vendor's way.
var kinds = map[wirechief.Kind]answer{
	wirechief.Invalid:         {http.StatusBadRequest, "PARAMETER_INVALID"},           // fonedynamics: response 400; fonedynamics: every call, response 400, PARAMETER_INVALID
	wirechief.Unauthenticated: {http.StatusUnauthorized, "UNAUTHORIZED"},              // fonedynamics: every call, response 401, UNAUTHORIZED
	wirechief.Forbidden:       {http.StatusForbidden, "FORBIDDEN"},                    // fonedynamics: every call, response 403, FORBIDDEN
	wirechief.NotFound:        {http.StatusBadRequest, "RESOURCE_NOT_FOUND"},          // fonedynamics: every call, response 400, RESOURCE_NOT_FOUND
	wirechief.Conflict:        {http.StatusForbidden, "INVALID_STATE"},                // fonedynamics: every call, response 403, INVALID_STATE
	wirechief.Consent:         {http.StatusForbidden, "AGREEMENT_REQUIRED"},           // fonedynamics: every call, response 403, AGREEMENT_REQUIRED
	wirechief.NotOffered:      {http.StatusForbidden, "NOT_OFFERED"},                  // fonedynamics: every call, response 403, NOT_OFFERED
	wirechief.Exhausted:       {http.StatusTooManyRequests, "TOO_MANY_REQUESTS"},      // fonedynamics: every call, response 429, TOO_MANY_REQUESTS
	wirechief.Unavailable:     {http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE"}, // fonedynamics: every call, response 503, SERVICE_UNAVAILABLE
	wirechief.Internal:        {http.StatusInternalServerError, "INTERNAL_ERROR"},     // fonedynamics: every call, response 500, INTERNAL_ERROR
}

// Rules of this wire alone: the exchange knows no such thing.
const (
	ruleRequired      wirechief.Rule = "fonedynamics.required"
	ruleConflicting   wirechief.Rule = "fonedynamics.conflicting"
	ruleTimeZone      wirechief.Rule = "fonedynamics.time_zone"
	ruleCountry       wirechief.Rule = "fonedynamics.country"
	ruleOtherProperty wirechief.Rule = "fonedynamics.other_property"
	ruleLogin         wirechief.Rule = "fonedynamics.login"
)

// rules gives a code of its own to what people look up. The status is that of
// the kind.
var rules = map[wirechief.Rule]string{
	wirechief.RuleFunds:      "INSUFFICIENT_FUNDS", // fonedynamics: every call, response 403, INSUFFICIENT_FUNDS
	wirechief.RuleProtected:  "NUMBER_PROTECTED",   // fonedynamics: DELETE /Numbers/[Number], response 403, NUMBER_PROTECTED
	wirechief.RuleCapability: "CAPABILITY_MISSING",
	wirechief.RuleMessaging:  "SMS_NOT_ENABLED",
	wirechief.RuleLease:      "LEASE_LIMIT_EXCEEDED",

	wirechief.RuleOptOut:      "RECIPIENT_OPTED_OUT",
	wirechief.RuleSuppressed:  "RECIPIENT_SUPPRESSED",
	wirechief.RuleBlocked:     "RECIPIENT_BLOCKED",
	wirechief.RuleTooLong:     "TEXT_TOO_LONG",
	wirechief.RuleRoute:       "DESTINATION_UNAVAILABLE",
	wirechief.RuleCampaign:    "CAMPAIGN_REQUIRED",
	wirechief.RuleTollFree:    "TOLL_FREE_NOT_VERIFIED",
	wirechief.RuleTollFreeCap: "TOLL_FREE_LIMIT_EXCEEDED",
}

// exceptions are the rules whose status is not that of the kind.
var exceptions = map[wirechief.Rule]answer{
	ruleRequired:               {http.StatusBadRequest, "PARAMETER_REQUIRED"},                   // fonedynamics: every call, response 400, PARAMETER_REQUIRED
	ruleConflicting:            {http.StatusBadRequest, "CONFLICTING_PARAMETERS"},               // fonedynamics: every call, response 400, CONFLICTING_PARAMETERS
	ruleTimeZone:               {http.StatusBadRequest, "UNKNOWN_TIME_ZONE"},                    // fonedynamics: POST /Properties, response 400, UNKNOWN_TIME_ZONE
	ruleCountry:                {http.StatusBadRequest, "COUNTRY_UNAVAILABLE"},                  // fonedynamics: GET /AvailableNumbers, response 400, COUNTRY_UNAVAILABLE
	ruleOtherProperty:          {http.StatusBadRequest, "NUMBER_BELONGS_TO_DIFFERENT_PROPERTY"}, // fonedynamics: POST /Properties/[PropertySid]/Numbers, response 400, NUMBER_BELONGS_TO_DIFFERENT_PROPERTY
	ruleLogin:                  {http.StatusForbidden, "LOGIN_EXISTS"},                          // fonedynamics: POST /Properties/{PropertySid}/OnlineLogins, response 403, LOGIN_EXISTS
	wirechief.RuleTaken:        {http.StatusBadRequest, "NUMBER_UNAVAILABLE"},                   // fonedynamics: POST /Properties/[PropertySid]/Numbers, response 400, NUMBER_UNAVAILABLE
	wirechief.RuleSender:       {http.StatusForbidden, "SENDER_UNAVAILABLE"},                    // fonedynamics: POST /Properties/[PropertySid]/Messages, response 403, SENDER_UNAVAILABLE
	wirechief.RuleAlreadyOwned: {http.StatusBadRequest, "NUMBER_UNAVAILABLE"},
	// fonedynamics: POST /Properties/[PropertySid]/Messages, response 409, IDEMPOTENCY_KEY_REUSED
	// fonedynamics: POST /Properties/[PropertySid]/BatchMessages, response 409, IDEMPOTENCY_KEY_REUSED
	wirechief.RuleIdempotency: {http.StatusConflict, "IDEMPOTENCY_KEY_REUSED"},
}

// inUse are the codes of things that numbers refer to.
var inUse = map[string]answer{
	"address": {http.StatusForbidden, "ADDRESS_CANNOT_BE_DELETED"}, // fonedynamics: DELETE /Addresses/[AddressSid], response 403, ADDRESS_CANNOT_BE_DELETED
}

// missing are the codes of what is not there, by the domain's name of it.
// Another tenant's is as what is not there.
var missing = map[string]string{
	"account":         "ACCOUNT_NOT_FOUND", // fonedynamics: every call, response 400, ACCOUNT_NOT_FOUND
	"tenant":          "ACCOUNT_NOT_FOUND", //
	"address":         "ADDRESS_NOT_FOUND", // fonedynamics: every call, response 400, ADDRESS_NOT_FOUND
	"call":            "CALL_NOT_FOUND",    // fonedynamics: GET /Calls/[CallSid], response 400, CALL_NOT_FOUND
	"voice.flow":      "FLOW_NOT_FOUND",    // fonedynamics: POST /Numbers/[Number], response 400, FLOW_NOT_FOUND
	"from":            "NUMBER_NOT_FOUND",  //
	"forwards.sender": "NUMBER_NOT_FOUND",
	"message":         "MESSAGE_NOT_FOUND",  // fonedynamics: GET /Messages/[MessageSid], response 400, MESSAGE_NOT_FOUND
	"number":          "NUMBER_NOT_FOUND",   // fonedynamics: every call, response 400, NUMBER_NOT_FOUND
	"online_login":    "LOGIN_NOT_FOUND",    // fonedynamics: GET /OnlineLogins/[OnlineLoginSid], response 400, LOGIN_NOT_FOUND
	"property":        "PROPERTY_NOT_FOUND", // fonedynamics: every call, response 400, PROPERTY_NOT_FOUND
}

// Codes that go with no kind of the domain (fonedynamics: every call, response
// 404, NOT_FOUND, response 405, METHOD_NOT_ALLOWED).
const (
	codePath   = "NOT_FOUND"
	codeMethod = "METHOD_NOT_ALLOWED"
)

// names translates the domain's names into the vendor's. What this package
// refuses itself has the vendor's name already.
var names = map[string]string{
	"number": "Number", "account": "AccountSid", "property": "PropertySid", "call": "CallSid", "message": "MessageSid",
	"online_login": "OnlineLoginSid",
	"name":         "Friendly", "address": "AddressSid",
	"attribution.source": "Attribution_Source", "attribution.medium": "Attribution_Medium",
	"attribution.campaign": "Attribution_Campaign", "attribution.content": "Attribution_Content",
	"voice.route": "RoutingMethod", "voice.endpoint": "EndpointNumber", "voice.flow": "Flow", "voice.recording": "Recording",
	"receipts.url": "DeliveryReceiptWebHookUrl", "receipts.method": "DeliveryReceiptWebHookMethod",
	"reference": "Reference", "street": "Line1", "street2": "Line2", "city": "City", "province": "Region",
	"zip": "PostalCode", "country": "CountryCode",
	"main_domain": "MainDomain", "time_zone": "TimeZone",
	"email": "Email", "first_name": "FirstName", "last_name": "LastName",
	"contains": "Contains",
	"from":     "From", "to": "To", "text": "Text", "at": "Schedule", "key": "Idempotency-Key", "send_at": "Send-At", "validity": "Validity",
	"options.external_id": "ExternalId", "options.receipt.url": "DeliveryReceiptWebhookUri", "options.reply.url": "WebhookUri",
	"options.reply_sms.to": "ForwardToSms", "options.reply_sms.from": "ForwardFromSms",
	"options.reply_mail.to": "ForwardToEmail", "options.reply_mail.from": "ForwardFromEmail",
}

// Seconds that a client is asked to wait.
const (
	afterExhausted   = "1"
	afterUnavailable = "5"
)

// errorOf is the domain's error in the chain, or a stand-in that gives nothing away.
func errorOf(err error) *wirechief.Error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e
	}
	return &wirechief.Error{Kind: wirechief.Internal, Err: err}
}

// renamed gives a refusal that is about a property which has another name here
// than in the table.
func renamed(err error, field, name string) error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == field {
		e.Field = name
	}
	return err
}

// answerTo gives the row for an error.
func answerTo(e *wirechief.Error) answer {
	row, ok := kinds[e.Kind]
	if !ok {
		row = kinds[wirechief.Internal]
	}
	if special, ok := exceptions[e.Rule]; ok {
		return special
	}
	if special, ok := inUse[e.Field]; ok && e.Rule == wirechief.RuleInUse {
		return special
	}
	if code, ok := missing[e.Field]; ok && (e.Kind == wirechief.NotFound || e.Rule == wirechief.RuleReference) {
		return answer{kinds[wirechief.NotFound].status, code}
	}
	if code, ok := rules[e.Rule]; ok {
		row.code = code
	}
	return row
}

// fieldOf gives the vendor's name of the parameter at fault, "" for none.
func fieldOf(e *wirechief.Error) string {
	if name, ok := names[e.Field]; ok {
		return name
	}
	if e.Field != "" && 'A' <= e.Field[0] && e.Field[0] <= 'Z' {
		return e.Field
	}
	switch { // which of the forwards it is shows in the rule
	case !strings.HasPrefix(e.Field, "forwards"):
		return ""
	case e.Rule == wirechief.RuleEgress:
		return "WebHookUrl"
	case e.Rule == wirechief.RuleLoop:
		return "SendSmsTo"
	case e.Rule == wirechief.RuleReference:
		return "SendSmsFrom"
	}
	return ""
}

// statusOf makes the body of a refusal.
func statusOf(e *wirechief.Error) refusal {
	code, message := answerTo(e).code, wirechief.MessageOf(e)
	out := refusal{ResponseStatus: responseStatus{ErrorCode: code, Message: message}}
	if field := fieldOf(e); field != "" {
		out.ResponseStatus.Errors = []fieldError{{FieldName: field, ErrorCode: code, Message: message}}
	}
	return out
}

// refuse writes an error.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := errorOf(err)
	h := w.Header()
	switch e.Kind {
	case wirechief.Unauthenticated:
		h.Set("WWW-Authenticate", `Basic realm="Fone Dynamics REST API"`) // fonedynamics: every call, response 401, WWW-Authenticate
	case wirechief.Exhausted:
		h.Set("Retry-After", afterExhausted)
	case wirechief.Unavailable, wirechief.Internal:
		h.Set("Retry-After", afterUnavailable)
		dialect.LogTrouble(s.log, wirechief.DialectFoneDynamics, r, err)
	}
	s.write(w, answerTo(e).status, statusOf(e))
}

// refusePath answers 404; nothing else does.
func (s *server) refusePath(w http.ResponseWriter) {
	s.write(w, http.StatusNotFound, refusal{ResponseStatus: responseStatus{ErrorCode: codePath, Message: "there is no such path in this API"}})
}

// refuseMethod answers 405; the path exists.
func (s *server) refuseMethod(w http.ResponseWriter, allowed []string) {
	methods := strings.Join(allowed, ", ")
	w.Header().Set("Allow", methods)
	s.write(w, http.StatusMethodNotAllowed, refusal{ResponseStatus: responseStatus{ErrorCode: codeMethod, Message: "this path takes " + methods + " only"}})
}
