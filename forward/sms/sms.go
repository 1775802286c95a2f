package sms

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/gsm"
)

// Exchange sends texts and knows where pictures are; exchange.Exchange is one.
type Exchange interface {
	// Relay sends a text that we send by ourselves.
	Relay(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
	// MediaLinks gives links to files by their tokens; what is gone is left out.
	MediaLinks(ctx context.Context, tenant string, tokens []string) []string
}

// Sender sends deliveries of kind sms. Make it with [New].
type Sender struct {
	x   Exchange
	now wirechief.Clock
}

var _ delivery.Sender = (*Sender)(nil)

// New makes a sender.
func New(x Exchange, now wirechief.Clock) *Sender {
	if now == nil {
		now = time.Now
	}
	return &Sender{x, now}
}

// keptMedia begins what names a file that is kept here among the media of a
// request.
const keptMedia = "kept:"

// Send implements [delivery.Sender].
func (s *Sender) Send(ctx context.Context, d *wirechief.Delivery, timeout time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	t := try{start: time.Now(), a: &wirechief.Attempt{At: s.now().UTC().Truncate(time.Microsecond)}}
	var text forward.Text
	if err := json.Unmarshal(d.Body, &text); err != nil {
		return t.failed(wirechief.Final, wirechief.ReasonContent, "", "what is to be sent cannot be read")
	}
	left := time.Unix(text.Until, 0).Sub(s.now())
	if left <= 0 {
		return t.failed(wirechief.Final, wirechief.ReasonTimeout, string(wirechief.RuleValidity), "the text is too old to be sent now (rule validity)")
	}
	r := wirechief.SendRequest{
		Tenant: d.Tenant, Dialect: wirechief.DialectOwn, From: text.From, As: text.As, To: []string{d.Destination}, Text: text.Text,
		Validity: left, Key: wirechief.OwnKey + "delivery-" + strconv.FormatInt(d.ID, 10), Fingerprint: sha256.Sum256(d.Body),
		Hops: text.Hops, Because: text.Because, Excused: text.Excused, Whole: true,
	}
	if text.Missed > 0 {
		r.Missed = time.Unix(text.Missed, 0).UTC()
	}
	for _, token := range text.Media {
		r.Media = append(r.Media, keptMedia+token)
	}
	sending, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if len(r.Media) > 0 && s.cannotCarry(sending, r) {
		var cut bool
		r.Text, cut = withLinks(text.Text, s.x.MediaLinks(sending, d.Tenant, text.Media))
		if r.Media = nil; cut {
			r.Because += ", shortened: with the links to its pictures it has more segments than are sent"
		}
	}
	res, err := s.x.Relay(sending, r)
	if err == nil && len(res.Recipients) == 1 {
		if to := &res.Recipients[0]; to.Refusal == "" {
			return t.sent(to.Message, res.Repeated)
		}
		err = &wirechief.Error{Kind: res.Recipients[0].Kind, Rule: res.Recipients[0].Rule, Message: res.Recipients[0].Refusal}
	}
	return t.refused(ctx, sending, err)
}

// cannotCarry says whether a text would be refused for its pictures. It is only
// asked, so that what is refused leaves no message behind, at no try.
func (s *Sender) cannotCarry(ctx context.Context, r wirechief.SendRequest) bool {
	r.Simulated, r.Key = true, ""
	res, err := s.x.Relay(ctx, r)
	if err == nil {
		return len(res.Recipients) == 1 && isAboutMedia(res.Recipients[0].Rule, "")
	}
	e, ok := errors.AsType[*wirechief.Error](err)
	return ok && isAboutMedia(e.Rule, e.Message)
}

func isAboutMedia(rule wirechief.Rule, words string) bool {
	return rule == wirechief.RuleMediaCarrier || (rule == wirechief.RuleSender || rule == wirechief.RuleRecipient) && (words == "" || strings.Contains(words, "MMS"))
}

// withLinks puts links in the place of pictures. What then has more segments than
// are sent loses the end of its text, and links only where they alone are too many.
func withLinks(text string, links []string) (whole string, cut bool) {
	if len(links) == 0 {
		return cmp.Or(text, "(a picture that cannot be sent on)"), false
	}
	tail := strings.Join(links, "\n")
	for len(links) > 1 && !fits(tail) {
		links, cut = links[:len(links)-1], true
		tail = strings.Join(links, "\n")
	}
	if text == "" {
		return tail, cut
	}
	whole, fitted := gsm.Fit("", text, "\n"+tail, wirechief.MaxSegments)
	if whole == gsm.Cut+"\n"+tail {
		return tail, true // nothing of the text is left
	}
	return whole, cut || !fitted
}

func fits(text string) bool { return gsm.Analyse(text).Segments <= wirechief.MaxSegments }

// try is one try at a text.
type try struct {
	start time.Time
	a     *wirechief.Attempt
}

func (t *try) took() { t.a.DurationMS = float64(time.Since(t.start).Microseconds()) / 1000 }

func (t *try) sent(message int64, repeated bool) (*wirechief.Attempt, wirechief.Outcome) {
	t.took()
	id := strconv.FormatInt(message, 10)
	t.a.Class, t.a.Body, t.a.Message = "2xx", "sent as message "+id, message
	if repeated {
		t.a.Body = "was sent before as message " + id
	}
	return t.a, wirechief.Outcome{Disposition: wirechief.Done, IDs: []string{id}}
}

func (t *try) failed(left wirechief.Disposition, reason wirechief.Reason, code, words string) (*wirechief.Attempt, wirechief.Outcome) {
	t.took()
	t.a.Class, t.a.Error = string(reason), words
	return t.a, wirechief.Outcome{Disposition: left, Reason: reason, Code: code, Text: words}
}

// refused says what a refusal means for the delivery.
func (t *try) refused(ctx, sending context.Context, err error) (*wirechief.Attempt, wirechief.Outcome) {
	switch {
	case ctx.Err() != nil:
		// Nobody outside has seen anything, and the key keeps what was sent from
		// being sent again.
		return nil, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
	case sending.Err() != nil:
		return t.failed(wirechief.Retry, wirechief.ReasonTimeout, "", "the text could not be kept in time")
	}
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok {
		return t.failed(wirechief.Retry, wirechief.ReasonTemporary, "", "the text could not be kept just now")
	}
	words := cmp.Or(e.Message, e.Kind.String())
	if e.Rule != "" {
		words += " (rule " + string(e.Rule) + ")"
	}
	switch e.Kind {
	case wirechief.Exhausted:
		return t.failed(wirechief.Retry, wirechief.ReasonThrottled, string(e.Rule), words)
	case wirechief.Unavailable, wirechief.Internal:
		return t.failed(wirechief.Retry, wirechief.ReasonTemporary, string(e.Rule), words)
	}
	if how := lift(e.Rule); how != "" {
		words += "; " + how
	}
	return t.failed(wirechief.Final, reasonOf(e.Rule), string(e.Rule), words)
}

// reasonOf sorts rules into the closed list of reasons.
func reasonOf(rule wirechief.Rule) wirechief.Reason {
	switch rule {
	case wirechief.RuleSender, wirechief.RuleCampaign, wirechief.RuleTollFree, wirechief.RuleMessaging, wirechief.RuleAgreement:
		return wirechief.ReasonSource
	case wirechief.RuleRecipient, wirechief.RuleRoute, wirechief.RuleOptOut, wirechief.RuleSuppressed, wirechief.RuleBlocked:
		return wirechief.ReasonDestination
	case wirechief.RuleTooLong:
		return wirechief.ReasonContent
	case wirechief.RuleMediaCarrier:
		return wirechief.ReasonUnsupported
	case wirechief.RuleFunds:
		return wirechief.ReasonFunds
	}
	return wirechief.ReasonRejected
}

// lift says how a rule is lifted, for those whose refusal does not say it.
func lift(rule wirechief.Rule) string {
	switch rule {
	case wirechief.RuleOptOut:
		return "the handset texts START to be reached again"
	case wirechief.RuleSuppressed:
		return "take the handset off the suppression list"
	case wirechief.RuleFunds:
		return "raise the balance and replay the delivery"
	case wirechief.RuleLoop:
		return "break the circle of forwards"
	case wirechief.RuleTooLong:
		return "forward longer texts by mail"
	case wirechief.RuleMessaging:
		return "switch messaging on for the tenant"
	case wirechief.RuleRoute:
		return "add a route or a carrier for the destination"
	}
	return ""
}
