package wirechief

import (
	"errors"
	"fmt"
	"strings"
)

// Kind classifies an error by what the caller can do about it. Each dialect
// owns one table from Kind (and, where it distinguishes more, [Rule]) to its
// own status and body.
type Kind uint8

// The kinds, in the order in which a caller is told about them.
const (
	Internal        Kind = iota // a defect or a broken machine: nothing the caller can mend
	Invalid                     // a property is missing, malformed or out of range
	Unauthenticated             // no credentials, or wrong ones
	Forbidden                   // known, but not allowed: rights, funds, a service switched off
	NotFound                    // no such thing, or another tenant's
	Conflict                    // the request contradicts the present state
	Consent                     // an agreement has to be accepted first
	NotOffered                  // neither this carrier nor this installation can do it
	Exhausted                   // a limit was reached: try again later
	Unavailable                 // cannot be kept or carried just now: try again
)

var kindNames = [...]string{
	"internal", "invalid", "unauthenticated", "forbidden", "not found",
	"conflict", "consent", "not offered", "exhausted", "unavailable",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Rule names the rule that refused something, finer than [Kind] and stable, so
// that dialects can word and number it and people can look up how to lift it.
type Rule string

// The rules of sending and configuring. The comment says how each is lifted.
const (
	RuleNone          Rule = ""
	RuleSender        Rule = "sender"         // own the number, put it in service, enable SMS or MMS on it
	RuleMessaging     Rule = "messaging"      // switch messaging on for the tenant
	RuleAgreement     Rule = "agreement"      // accept the messaging agreement
	RuleFunds         Rule = "funds"          // raise the tenant's balance
	RuleCampaign      Rule = "campaign"       // bind the number to an approved campaign
	RuleTollFree      Rule = "toll_free"      // have the toll-free number verified
	RuleTollFreeCap   Rule = "toll_free_cap"  // wait, or finish the verification
	RuleOptOut        Rule = "opt_out"        // the handset texts START (toll-free: UNSTOP)
	RuleRecipient     Rule = "recipient"      // give a number that can receive texts
	RuleTooLong       Rule = "too_long"       // shorten the text
	RuleMediaCarrier  Rule = "media_carrier"  // route over a carrier that carries MMS
	RuleIdempotency   Rule = "idempotency"    // use a new key for a new request
	RuleCampaignFull  Rule = "campaign_full"  // release a number from the campaign
	RuleAlreadyOwned  Rule = "already_owned"  // the number is on the account already
	RuleRoute         Rule = "route"          // add a route or a carrier for the destination
	RuleRate          Rule = "rate"           // slow down
	RuleBacklog       Rule = "backlog"        // wait until the queue has drained
	RuleStore         Rule = "store"          // make room, or make the data folder writable
	RuleEgress        Rule = "egress"         // the operator adds the network to egress.allow
	RuleScope         Rule = "scope"          // use a credential with the scope
	RuleProtected     Rule = "protected"      // take the protection off the number first
	RuleLoop          Rule = "loop"           // break the circle of forwards
	RuleValidity      Rule = "validity"       // give the message longer to live
	RuleNotCancelable Rule = "not_cancelable" // only what has not been sent can be canceled
	RuleTaken         Rule = "taken"          // somebody else has the number: choose another
	RuleToken         Rule = "token"          // search or reserve again: the token is unknown, used or too old
	RuleAddress       Rule = "address"        // give an address that fits the number's country
	RuleState         Rule = "state"          // the number is not in a state in which that can be done
	RuleRevision      Rule = "revision"       // read it again: it was changed meanwhile
	RuleReference     Rule = "reference"      // name something that exists
	RuleInUse         Rule = "in_use"         // take it off the numbers that use it first
	RuleLimit         Rule = "limit"          // remove something of the kind first
	RuleLease         Rule = "lease"          // wait until a leased sender of the recipient runs out
	RuleCapability    Rule = "capability"     // the number cannot do that
	RuleSuppressed    Rule = "suppressed"     // take the handset off the suppression list
	RuleBlocked       Rule = "blocked"        // unblock the contact
	RuleRole          Rule = "role"           // ask somebody with the right
)

// Error is the one error type that crosses package borders. Message is fit
// for a person and never holds a secret; Err is the cause, for the log.
type Error struct {
	Op      string // what was being done, as "send" or "webhook.put"
	Kind    Kind   // what the caller can do about it
	Rule    Rule   // the rule that refused, where there is one
	Field   string // the domain's name of the property at fault; dialects translate it
	Item    int    // which of a property that is a list, from 1; 0: the property as a whole
	Message string // for a person: names the thing and the next step
	Err     error  // the cause, not shown to tenants
}

// Error gives operation, message and cause on one line, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	if e.Message != "" {
		b.WriteString(e.Message)
	} else {
		b.WriteString(e.Kind.String())
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an [Error] of a kind with a formatted message for a person.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Refuse makes an [Error] that names the rule which refused.
func Refuse(kind Kind, rule Rule, format string, args ...any) *Error {
	return &Error{Kind: kind, Rule: rule, Message: fmt.Sprintf(format, args...)}
}

// InvalidField makes an [Invalid] error about one property.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// KindOf is the kind of the first [Error] in the chain, [Internal] when there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// MessageOf is what may be shown to the caller: the message of the first
// [Error] in the chain, or a plain sentence that gives nothing away.
func MessageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Message != "" {
		return e.Message
	}
	return "an internal error occurred; it has been logged"
}
