package fonedynamics

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// messageCore is what the calls about messages need of the exchange.
type messageCore interface {
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
	Message(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error)
	Messages(ctx context.Context, p wirechief.Principal, f wirechief.MessageFilter) ([]*wirechief.Message, error)
}

func messageRoutes() []dialect.Route[handler] {
	return []dialect.Route[handler]{
		{Method: http.MethodPost, Path: "/Properties/{PropertySid}/Messages", Handle: (*server).sendMessage, Cite: "fonedynamics: POST /Properties/[PropertySid]/Messages"},
		{Method: http.MethodGet, Path: "/Properties/{PropertySid}/Messages", Handle: (*server).findMessages, Cite: "fonedynamics: GET /Properties/[PropertySid]/Messages"},
		{Method: http.MethodPost, Path: "/Properties/{PropertySid}/BatchMessages", Handle: (*server).sendBatch, Cite: "fonedynamics: POST /Properties/[PropertySid]/BatchMessages"},
		{Method: http.MethodGet, Path: "/Messages/{MessageSid}", Handle: (*server).getMessage, Cite: "fonedynamics: GET /Messages/[MessageSid]"},
	}
}

// messageSID is the id of a message on the wire.
func messageSID(tenant string, id int64) string { return wirechief.SID('M', tenant, id) }

// sendMessage sends one text (fonedynamics: POST /Properties/[PropertySid]/Messages,
// PropertySid, Idempotency-Key).
func (s *server) sendMessage(c *call) error {
	key, err := dialect.IdempotencyKey(c.r.Header)
	if err != nil {
		return err
	}
	sender, err := readText(c.read(), s.now())
	if err != nil {
		return err
	}
	p, h, err := s.smsProperty(c)
	if err != nil {
		return err
	}
	if key != "" {
		sender.Key = key
		sender.Fingerprint = dialect.Fingerprint([]byte("fonedynamics Messages"), []byte(p.SID), []byte(c.r.URL.RawQuery), c.body)
	}
	m, err := s.send(c, sender, p, &h)
	if err != nil {
		return err
	}
	return s.answer(c, oneMessage{m})
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

// send hands a text to the exchange and gives what became of it.
func (s *server) send(c *call, r wirechief.SendRequest, p wirechief.Property, h *holdings) (message, error) {
	if number, ok := readNumber(r.From); ok {
		n, err := s.core.Number(c.ctx(), c.p, number)
		switch {
		case wirechief.KindOf(err) == wirechief.NotFound:
			return message{}, &wirechief.Error{Kind: wirechief.NotFound, Field: "from", Message: number + " is not a number of this account"}
		case err != nil:
			return message{}, err
		case h.of(n.Property) != p.SID:
			e := wirechief.Refuse(wirechief.Invalid, ruleOtherProperty, "%s is on another property", number)
			e.Field = "from"
			return message{}, e
		}
	}
	r.Tenant, r.Dialect, r.Property, r.Whole = c.p.Tenant, wirechief.DialectFoneDynamics, h.key(p), true
	res, err := s.core.Send(c.ctx(), r)
	if err != nil {
		return message{}, err
	}
	if to := res.Recipients[0]; to.Refusal != "" {
		return message{}, &wirechief.Error{Kind: to.Kind, Rule: to.Rule, Field: "to", Message: to.Refusal}
	}
	m, _, err := s.core.Message(c.ctx(), c.p, res.Recipients[0].Message)
	if err != nil {
		return message{}, err
	}
	return messageOf(m, c.account(), h), nil
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

// element names an entry of a batch under an idempotency key.
func element(key string, i int) string {
	sum := dialect.Fingerprint([]byte(key))
	return "batch " + hex.EncodeToString(sum[:]) + " " + strconv.Itoa(i)
}
