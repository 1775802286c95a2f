package fonedynamics

import (
	"context"
	"net/http"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// messageCore is what the calls about messages need of the exchange.
type messageCore interface {
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
	Answered(ctx context.Context, k exchange.Keyed) (*wirechief.SendResult, error)
	Once(ctx context.Context, k exchange.Keyed, do func(ctx context.Context) ([]byte, error)) ([]byte, error)
	Message(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error)
	Messages(ctx context.Context, p wirechief.Principal, f wirechief.MessageFilter) ([]*wirechief.Message, error)
}

func messageRoutes() []dialect.Route[handler] {
	return []dialect.Route[handler]{
		{Method: http.MethodPost, Path: "/Properties/{PropertySid}/Messages", Handle: (*server).sendMessage, Cite: "fonedynamics: POST /Properties/[PropertySid]/Messages"},
		{Method: http.MethodGet, Path: "/Properties/{PropertySid}/Messages", Handle: (*server).findMessages, Cite: "fonedynamics: GET /Properties/[PropertySid]/Messages"},
		{Method: http.MethodPost, Path: batchPath, Handle: (*server).sendBatch, Cite: "fonedynamics: POST /Properties/[PropertySid]/BatchMessages"},
		{Method: http.MethodGet, Path: "/Messages/{MessageSid}", Handle: (*server).getMessage, Cite: "fonedynamics: GET /Messages/[MessageSid]"},
	}
}

// messageSID is the id of a message on the wire.
func messageSID(tenant string, id int64) string { return wirechief.SID('M', tenant, id) }

// keyed gives the request under its Idempotency-Key, nil when it has none
// (fonedynamics: POST /Properties/[PropertySid]/Messages, Idempotency-Key;
// fonedynamics: POST /Properties/[PropertySid]/BatchMessages, Idempotency-Key).
func (c *call) keyed(of string, timing dialect.Timing) (*exchange.Keyed, error) {
	key, err := dialect.IdempotencyKey(c.r.Header)
	if err != nil || key == "" {
		return nil, err
	}
	return &exchange.Keyed{
		Tenant: c.p.Tenant, Key: key,
		Fingerprint: timing.Fingerprint([]byte("fonedynamics "+of), []byte(c.in.path("PropertySid")), []byte(c.r.URL.RawQuery), c.body),
	}, nil
}

// sendMessage sends one text (fonedynamics: POST /Properties/[PropertySid]/Messages,
// PropertySid).
func (s *server) sendMessage(c *call) error {
	timing, err := dialect.ReadTiming(c.r.Header)
	if err != nil {
		return err
	}
	key, err := c.keyed("Messages", timing)
	if err != nil {
		return err
	}
	if key != nil {
		if earlier, err := s.core.Answered(c.ctx(), *key); earlier != nil || err != nil {
			return s.repeat(c, earlier, err)
		}
	}
	sender, err := readText(c.read(), s.now())
	if err != nil {
		return err
	}
	timed(&sender, timing)
	p, h, err := s.smsProperty(c)
	if err != nil {
		return err
	}
	if key != nil {
		sender.Key, sender.Fingerprint = key.Key, key.Fingerprint
	}
	id, err := s.send(c, sender, p, &h)
	if err != nil {
		return err
	}
	m, err := s.accepted(c, id, &h)
	if err != nil {
		return err
	}
	return s.answer(c, oneMessage{m})
}

// timed puts the headers about time into a text; what it says of Schedule itself
// goes before (fonedynamics: POST /Properties/[PropertySid]/Messages, Send-At,
// Validity; fonedynamics: POST /Properties/[PropertySid]/BatchMessages, Send-At, Validity).
func timed(r *wirechief.SendRequest, t dialect.Timing) {
	if !r.At.IsZero() {
		t.At = r.At
	}
	t.ApplyTo(r)
}

// repeat answers as the first request under the key was answered.
func (s *server) repeat(c *call, earlier *wirechief.SendResult, err error) error {
	if err != nil {
		return err
	}
	h, err := s.holdings(c)
	if err != nil {
		return err
	}
	m, err := s.accepted(c, earlier.Recipients[0].Message, &h)
	if err != nil {
		return err
	}
	return s.answer(c, oneMessage{m})
}

// accepted gives a text as it was when it was taken, whatever has become of it
// since: the answer to sending it, which under an idempotency key is always the
// same.
func (s *server) accepted(c *call, id int64, h *holdings) (message, error) {
	m, _, err := s.core.Message(c.ctx(), c.p, id)
	if err != nil {
		return message{}, err
	}
	return messageOf(asAccepted(m), c.account(), h), nil
}

// smsProperty is the property of the path, which has to be one that sends
// (fonedynamics: POST /Properties/[PropertySid]/Messages, response 403,
// SMS_NOT_ENABLED; fonedynamics: POST /Properties/[PropertySid]/BatchMessages,
// response 403, SMS_NOT_ENABLED). What goes for the account is the exchange's to say.
func (s *server) smsProperty(c *call) (wirechief.Property, holdings, error) {
	p, h, err := s.property(c)
	if err == nil && (p.NoSMS || p.Inactive) {
		err = wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMessaging, "the property is not enabled for SMS, or not active")
	}
	return p, h, err
}

// send hands a text to the exchange and gives the id that it has there.
func (s *server) send(c *call, r wirechief.SendRequest, p wirechief.Property, h *holdings) (int64, error) {
	if number, ok := readNumber(r.From); ok {
		n, err := s.core.Number(c.ctx(), c.p, number)
		switch {
		case wirechief.KindOf(err) == wirechief.NotFound:
			return 0, &wirechief.Error{Kind: wirechief.NotFound, Field: "from", Message: number + " is not a number of this account"}
		case err != nil:
			return 0, err
		case h.of(n.Property) != p.SID:
			e := wirechief.Refuse(wirechief.Invalid, ruleOtherProperty, "%s is on another property", number)
			e.Field = "from"
			return 0, e
		}
	}
	r.Tenant, r.Dialect, r.Property, r.Whole = c.p.Tenant, wirechief.DialectFoneDynamics, h.key(p), true
	res, err := s.core.Send(c.ctx(), r)
	if err != nil {
		return 0, err
	}
	to := res.Recipients[0]
	if to.Refusal != "" {
		return 0, &wirechief.Error{Kind: to.Kind, Rule: to.Rule, Field: "to", Message: to.Refusal}
	}
	return to.Message, nil
}

// fonedynamics: GET /Messages/[MessageSid], MessageSid
func (s *server) getMessage(c *call) error {
	id, ok := wirechief.SIDValue('M', c.p.Tenant, c.in.path("MessageSid"))
	var m *wirechief.Message
	var err error
	if ok {
		m, _, err = s.core.Message(c.ctx(), c.p, id)
	}
	switch {
	case !ok || wirechief.KindOf(err) == wirechief.NotFound:
		return &wirechief.Error{Kind: wirechief.NotFound, Field: "message", Message: "there is no such message"}
	case err != nil:
		return err
	}
	h, err := s.holdings(c)
	if err != nil {
		return err
	}
	return s.answer(c, oneMessage{messageOf(m, c.account(), &h)})
}

// mostMessages is the greatest count of entries in one answer (fonedynamics:
// GET /Properties/[PropertySid]/Messages, Results_Count).
const mostMessages = 200

// findMessages lists the messages of a property, the earliest first
// (fonedynamics: GET /Properties/[PropertySid]/Messages, PropertySid).
func (s *server) findMessages(c *call) error {
	f, err := readSearch(c.read())
	if err != nil {
		return err
	}
	p, h, err := s.property(c)
	if err != nil {
		return err
	}
	if h.stored {
		f.Properties = []string{p.SID}
		if p.SID == h.list[0].SID {
			f.Properties = append(f.Properties, "")
		}
	}
	out := messages{Messages: []message{}}
	if f.Limit > 0 && f.CreatedFrom.Before(f.CreatedTo) {
		f.Tenant = c.p.Tenant
		list, err := s.core.Messages(c.ctx(), c.p, f)
		if err != nil {
			return err
		}
		for _, m := range list {
			out.Messages = append(out.Messages, messageOf(m, c.account(), &h))
		}
	}
	return s.answer(c, out)
}
