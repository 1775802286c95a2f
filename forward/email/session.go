package email

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
)

// dialect is what took the texts that are answers by mail.
const dialect = "email"

// session is a conversation with a mail server.
type session struct {
	inbox *Inbox
	peer  string
	from  string // of the envelope; "" is a machine's
	to    pass
}

// Reset implements [smtp.Session].
func (s *session) Reset() { s.from, s.to = "", pass{} }

// Logout implements [smtp.Session].
func (s *session) Logout() error { return nil }

// Mail implements [smtp.Session].
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements [smtp.Session]: it knows nobody but those who have a token.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	p, ok := s.inbox.Replies.read(to)
	if !ok {
		return no(550, smtp.EnhancedCode{5, 1, 1}, "no such address: only answers to forwarded texts are taken here, at the Reply-To of the mail, as it is")
	}
	s.to = p
	return nil
}

// Data implements [smtp.Session]. nil says that the text is kept, or that the
// mail is one to be dropped.
func (s *session) Data(r io.Reader) error {
	b := s.inbox
	late := time.NewTimer(sendTime)
	defer late.Stop()
	select {
	case b.room <- struct{}{}:
		defer func() { <-b.room }()
	case <-late.C:
		return later()
	case <-b.run.Done():
		return later()
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	a, err := parseReply(data)
	if err != nil {
		return no(554, smtp.EnhancedCode{5, 6, 0}, "the mail cannot be read")
	}
	if s.from == "" && a.automatic == "" {
		a.automatic = "empty sender"
	}
	if a.automatic != "" {
		b.Log.Info("an answer by mail that no person wrote was dropped", "conversation", s.to.ID, "because", a.automatic, "peer", s.peer)
		return nil
	}
	ctx, cancel := context.WithTimeout(b.run, sendTime)
	defer cancel()
	conversation, person, err := s.entitled(ctx, a)
	if err == nil {
		err = s.send(ctx, conversation, person, a, data)
	}
	if err != nil {
		code := 0
		if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
			code = e.Code
		}
		b.Log.Info("an answer by mail was refused", "conversation", s.to.ID, "peer", s.peer, "code", code)
		return err
	}
	b.Log.Info("an answer by mail was taken", "tenant", conversation.Tenant, "conversation", conversation.ID, "peer", s.peer)
	return nil
}

// entitled finds the conversation, and who answers: the person that its mails
// go to.
func (s *session) entitled(ctx context.Context, a *answer) (*wirechief.Conversation, string, error) {
	b := s.inbox
	senders := append([]string{s.from}, a.from...)
	i := slices.IndexFunc(senders, func(address string) bool { return b.Replies.isPerson(s.to, address) })
	if i < 0 {
		return nil, "", no(550, smtp.EnhancedCode{5, 7, 1}, "this address takes answers of whom the text was forwarded to; write from the address that got the mail")
	}
	c, err := b.Conversations.Conversation(ctx, s.to.ConversationKey)
	if err != nil && wirechief.KindOf(err) == wirechief.NotFound {
		return nil, "", no(550, smtp.EnhancedCode{5, 1, 1}, "the conversation is not kept any more")
	}
	reads := true
	if err == nil && b.Reads != nil {
		reads, err = b.Reads(ctx, c, senders[i])
	}
	switch {
	case err != nil:
		b.Log.Warn("a conversation cannot be read, so an answer by mail has to wait", "conversation", s.to.ID, "error", err)
		return nil, "", later()
	case !reads:
		return nil, "", no(550, smtp.EnhancedCode{5, 7, 1}, "the number does not forward its texts to your address any more; an administrator can add the forward again")
	}
	return c, senders[i], nil
}

// send has the text kept.
func (s *session) send(ctx context.Context, c *wirechief.Conversation, person string, a *answer, data []byte) error {
	b := s.inbox
	switch {
	case a.other != "":
		return no(554, smtp.EnhancedCode{5, 6, 1}, a.other+" is no picture: jpg, png and gif can be attached; leave it out and send again")
	case len(a.pictures) > picturesMost:
		return no(554, smtp.EnhancedCode{5, 6, 1}, "there are more than 10 pictures; send fewer")
	case len(a.pictures) > 0 && b.Keep == nil:
		return no(554, smtp.EnhancedCode{5, 6, 1}, "pictures cannot be sent from here; leave them out and send again")
	case len(a.pictures) == 0 && a.text == "":
		return no(554, smtp.EnhancedCode{5, 6, 0}, "there is no text above the quotation")
	}
	r := wirechief.SendRequest{
		Tenant: c.Tenant, Dialect: dialect, From: c.Number, To: []string{c.Peer}, Text: a.text, Agent: person,
		Because: "answer by mail", Key: wirechief.OwnKey + "mail " + once(s.to.ConversationKey, a, data), Fingerprint: fingerprint(s.to.ConversationKey, a), Whole: true,
	}
	for _, p := range a.pictures {
		source, err := b.Keep(ctx, c.Tenant, p.data, p.kind)
		if err != nil {
			return b.refusal(err, true)
		}
		r.Media = append(r.Media, source)
	}
	result, err := b.Core.Send(ctx, r)
	if err != nil {
		return b.refusal(err, len(r.Media) > 0)
	}
	for _, to := range result.Recipients {
		if to.Refusal != "" {
			return b.refusal(&wirechief.Error{Kind: to.Kind, Rule: to.Rule, Message: to.Refusal}, len(r.Media) > 0)
		}
	}
	if b.Answered != nil && !result.Repeated {
		b.Answered(ctx, c, person)
	}
	return nil
}

// once names an answer, the same each time that a mail server brings it.
func once(key wirechief.ConversationKey, a *answer, data []byte) string {
	h := sha256.New()
	binary.Write(h, binary.BigEndian, key.ID)
	if a.id != "" {
		io.WriteString(h, "id "+a.id)
	} else {
		io.WriteString(h, "mail ")
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fingerprint tells two answers apart that have one name.
func fingerprint(key wirechief.ConversationKey, a *answer) (out [32]byte) {
	h := sha256.New()
	binary.Write(h, binary.BigEndian, key.ID)
	io.WriteString(h, a.text)
	for _, p := range a.pictures {
		binary.Write(h, binary.BigEndian, int64(len(p.data)))
		h.Write(p.data)
	}
	h.Sum(out[:0])
	return out
}

// refusal is what a mail server is told of an error, and through it the person.
func (b *Inbox) refusal(err error, pictures bool) error {
	e, _ := err.(*wirechief.Error)
	if e == nil || e.Kind == wirechief.Internal || e.Kind == wirechief.Unavailable || e.Kind == wirechief.Exhausted {
		b.Log.Warn("an answer by mail has to wait", "error", err)
		return later()
	}
	text := e.Message
	b.Log.Info("the rules refuse an answer by mail", "kind", e.Kind.String(), "rule", e.Rule)
	if e.Rule != wirechief.RuleNone {
		text += " (rule " + string(e.Rule)
		if lift := lifting(e.Rule); lift != "" {
			text += ": " + lift
		}
		text += ")"
	}
	if pictures && (e.Rule == wirechief.RuleMediaCarrier || e.Rule == wirechief.RuleCapability || e.Rule == wirechief.RuleSender || e.Field == "media") {
		return no(554, smtp.EnhancedCode{5, 6, 1}, "the picture cannot be sent: "+text+"; leave it out and send again")
	}
	return no(550, smtp.EnhancedCode{5, 7, 1}, text)
}

// lifting says how the rules are lifted that a person meets who answers.
func lifting(r wirechief.Rule) string {
	switch r {
	case wirechief.RuleOptOut:
		return "the handset texts START, or UNSTOP to a toll-free number"
	case wirechief.RuleSuppressed:
		return "take the handset off the suppression list"
	case wirechief.RuleBlocked:
		return "unblock the contact"
	case wirechief.RuleFunds:
		return "raise the balance"
	case wirechief.RuleCampaign:
		return "bind the number to an approved campaign"
	case wirechief.RuleTollFree, wirechief.RuleTollFreeCap:
		return "have the toll-free number verified"
	case wirechief.RuleSender:
		return "the number has to be in service with SMS enabled"
	case wirechief.RuleMediaCarrier:
		return "route over a carrier that carries MMS"
	case wirechief.RuleTooLong:
		return "shorten the text"
	case wirechief.RuleIdempotency:
		return "send it as a new mail"
	}
	return ""
}

func later() error {
	return no(451, smtp.EnhancedCode{4, 3, 0}, "the text cannot be kept just now, try again later")
}

// no is an answer that fits on a line of SMTP (RFC 5321 4.5.3.1.5).
func no(code int, enhanced smtp.EnhancedCode, text string) error {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, headerText(text))
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text[:min(len(text), 450)]}
}
