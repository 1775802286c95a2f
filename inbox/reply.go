package inbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Draft is a text that somebody wants to send.
type Draft struct {
	Text     string
	Media    []string // URLs
	At       time.Time
	Validity time.Duration
	// Key, when not empty, makes a second try harmless: it gets the answer of the first.
	Key string
}

// Reply sends a text from the number of a conversation to its peer, and marks
// what had come until then as read. A rule that refuses comes back as the error,
// with the result beside it, which names the message that proves the refusal.
func (d *Desk) Reply(ctx context.Context, p wirechief.Principal, id int64, draft Draft) (wirechief.SendResult, error) {
	ctx, err := enter(ctx, p, "reply", wirechief.RightReply)
	if err != nil {
		return wirechief.SendResult{}, err
	}
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		return wirechief.SendResult{}, err
	}
	res, err := d.send(ctx, p, c.Number, c.Peer, draft)
	if err != nil {
		return res, err
	}
	if err := d.read(ctx, p, id, c.Last); err != nil {
		d.log.WarnContext(ctx, "an answered conversation could not be marked as read", "tenant", p.Tenant, "conversation", id, "error", err)
	}
	return res, nil
}

// StartConversation sends a text from a number of ours to anybody, and gives
// the conversation that it is in. To is a number as people write it, read in the
// country of ours, or a short code.
func (d *Desk) StartConversation(ctx context.Context, p wirechief.Principal, from, to string, draft Draft) (int64, wirechief.SendResult, error) {
	ctx, err := enter(ctx, p, "conversation.start", wirechief.RightReply)
	if err != nil {
		return 0, wirechief.SendResult{}, err
	}
	n, err := d.number(ctx, p.Tenant, from)
	if err != nil {
		return 0, wirechief.SendResult{}, &wirechief.Error{
			Op: "conversation.start", Kind: wirechief.Invalid, Rule: wirechief.RuleSender, Field: "from", Message: "choose one of your numbers to send from",
		}
	}
	peer, err := address(to, cmp.Or(n.Country, e164.Country(n.Number)))
	if err != nil || e164.KindOf(peer) == e164.Alphanumeric {
		return 0, wirechief.SendResult{}, &wirechief.Error{
			Op: "conversation.start", Kind: wirechief.Invalid, Rule: wirechief.RuleRecipient, Field: "to",
			Message: "give a telephone number, such as +13105550100, or a short code", Err: err,
		}
	}
	res, refusal := d.send(ctx, p, n.Number, peer, draft)
	if refusal != nil && len(res.Recipients) == 0 {
		return 0, res, refusal
	}
	c, err := d.store.ConversationBetween(ctx, p.Tenant, n.Number, peer)
	if err != nil {
		return 0, res, cmp.Or(refusal, err)
	}
	return c.ID, res, refusal
}

// send asks the exchange to send.
func (d *Desk) send(ctx context.Context, p wirechief.Principal, from, to string, draft Draft) (wirechief.SendResult, error) {
	switch {
	case d.Blocked(p.Tenant, to):
		return wirechief.SendResult{}, &wirechief.Error{
			Op: "reply", Kind: wirechief.Forbidden, Rule: wirechief.RuleBlocked, Field: "to",
			Message: "this contact is blocked: their answer would reach nobody; unblock them first",
		}
	case e164.KindOf(to) == e164.Alphanumeric:
		return wirechief.SendResult{}, &wirechief.Error{
			Op: "reply", Kind: wirechief.Invalid, Rule: wirechief.RuleRecipient, Field: "to",
			Message: to + " is a name and no number: texts from it cannot be answered",
		}
	}
	r := wirechief.SendRequest{
		Tenant: p.Tenant, Dialect: cmp.Or(p.Dialect, wirechief.DialectConsole), From: from, To: []string{to},
		Text: draft.Text, Media: draft.Media, At: draft.At, Validity: draft.Validity, Key: draft.Key, Whole: true,
	}
	if !isProgram(p) {
		r.Agent = who(p)
	}
	if r.Key != "" {
		if err := wirechief.JudgeKey(r.Key); err != nil {
			err.Op = "reply"
			return wirechief.SendResult{}, err
		}
		doc, err := json.Marshal([]any{from, to, draft.Text, draft.Media, draft.At.UTC(), draft.Validity})
		if err != nil {
			return wirechief.SendResult{}, err
		}
		r.Fingerprint = sha256.Sum256(doc)
	}
	res, err := d.sender.Send(ctx, r)
	if err != nil {
		return res, lifted(err)
	}
	for i := range res.Recipients {
		if to := &res.Recipients[i]; to.Refusal != "" {
			return res, lifted(&wirechief.Error{Op: "reply", Kind: to.Kind, Rule: to.Rule, Message: to.Refusal})
		}
	}
	return res, nil
}

// lifts says how a rule is lifted, where the exchange does not say so itself.
var lifts = map[wirechief.Rule]string{
	wirechief.RuleFunds:        "have the balance raised",
	wirechief.RuleMessaging:    "have the messaging service switched on",
	wirechief.RuleAgreement:    "accept the messaging agreement in the settings",
	wirechief.RuleCampaign:     "bind the number to a campaign that is approved",
	wirechief.RuleTollFreeCap:  "wait, or have the verification finished",
	wirechief.RuleMediaCarrier: "send the text alone, or from a number whose carrier takes pictures",
	wirechief.RuleRoute:        "the operator can add a route for this destination",
	wirechief.RuleRate:         "slow down",
	wirechief.RuleSender:       "put the number in service and switch texts on for it",
}

// lifted adds to a refusal how it is lifted. What says so already has it behind
// a semicolon.
func lifted(err error) error {
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok || lifts[e.Rule] == "" || e.Message == "" || strings.Contains(e.Message, ";") {
		return err
	}
	out := *e
	out.Message += "; " + lifts[e.Rule]
	return &out
}

// address reads a telephone number, a short code or the name of a sender. In a
// country, seven digits and more are a number of it rather than a short code.
func address(s, region string) (string, error) {
	if s = strings.TrimSpace(s); e164.IsShortCode(s) && (region == "" || len(s) < 7) {
		return s, nil
	}
	n, err := e164.Parse(s, region)
	if err != nil && e164.IsAlphanumeric(s) {
		return s, nil
	}
	return n, err
}
