package api

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/state"
)

// core is a [Core] whose methods a test can replace. As made by newCore it
// answers from a small fixed world and remembers what it was asked.
type core struct {
	Numbers // what is not replaced is played over a whole core; see play
	Shop
	Shelves
	Team
	Rules

	authenticate func(exchange.Login) (wirechief.Principal, error)
	send         func(wirechief.SendRequest) (wirechief.SendResult, error)
	message      func(wirechief.Principal, int64) (*wirechief.Message, []*wirechief.Delivery, error)
	messages     func(wirechief.Principal, wirechief.MessageFilter) ([]*wirechief.Message, error)
	cancel       func(wirechief.Principal, int64) (*wirechief.Message, error)
	deliveries   func(wirechief.Principal, wirechief.DeliveryFilter) ([]*wirechief.Delivery, error)
	delivery     func(wirechief.Principal, int64) (*wirechief.Delivery, error)
	replay       func(wirechief.Principal, []int64, wirechief.DeliveryFilter) (int, error)
	pause        func(wirechief.Principal, wirechief.Lane, bool) error
	route        func(p wirechief.Principal, from, to string) (routing.Explanation, error)
	carriers     func() []exchange.CarrierView
	pauseCarrier func(string, bool) error
	sim          func(p wirechief.Principal, from, to, text string) error
	apply        func(*state.File, bool) ([]state.Change, error)
	webhooks     func(string) []wirechief.Webhook
	campaigns    func(string) []exchange.CampaignUse
	number       func(wirechief.Principal, string) (wirechief.Number, error)
	numbers      func(wirechief.Principal) []wirechief.Number

	asked strings.Builder
	fail  error // what every method that can fail answers, when set
}

func (c *core) Authenticate(_ context.Context, l exchange.Login) (wirechief.Principal, error) {
	return c.authenticate(l)
}

func (c *core) Send(_ context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	return c.send(r)
}

func (c *core) Message(_ context.Context, p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error) {
	return c.message(p, id)
}

func (c *core) Messages(_ context.Context, p wirechief.Principal, f wirechief.MessageFilter) ([]*wirechief.Message, error) {
	return c.messages(p, f)
}

func (c *core) CancelMessage(_ context.Context, p wirechief.Principal, id int64) (*wirechief.Message, error) {
	return c.cancel(p, id)
}

func (c *core) Deliveries(_ context.Context, p wirechief.Principal, f wirechief.DeliveryFilter) ([]*wirechief.Delivery, error) {
	return c.deliveries(p, f)
}

func (c *core) Delivery(_ context.Context, p wirechief.Principal, id int64) (*wirechief.Delivery, error) {
	return c.delivery(p, id)
}

func (c *core) Replay(_ context.Context, p wirechief.Principal, ids []int64, f wirechief.DeliveryFilter) (int, error) {
	return c.replay(p, ids, f)
}

func (c *core) PauseDestination(_ context.Context, p wirechief.Principal, lane wirechief.Lane, paused bool) error {
	return c.pause(p, lane, paused)
}

func (c *core) ExplainRoute(_ context.Context, p wirechief.Principal, from, to string) (routing.Explanation, error) {
	return c.route(p, from, to)
}

func (c *core) Carriers(context.Context) []exchange.CarrierView { return c.carriers() }

func (c *core) UnmatchedReceipts(context.Context, int) ([]wirechief.Receipt, error) {
	return []wirechief.Receipt{{Carrier: "sim", ID: "00ff", State: wirechief.ReceiptDelivered, Code: "000", Raw: "id:00ff stat:DELIVRD"}}, nil
}

func (c *core) PauseCarrier(_ context.Context, name string, paused bool) error {
	return c.pauseCarrier(name, paused)
}

func (c *core) SimulateText(_ context.Context, p wirechief.Principal, from, to, text string) error {
	return c.sim(p, from, to, text)
}

func (c *core) Apply(_ context.Context, f *state.File, dryRun bool) ([]state.Change, error) {
	return c.apply(f, dryRun)
}

func (c *core) Webhooks(_ context.Context, tenant string) []wirechief.Webhook {
	return c.webhooks(tenant)
}

func (c *core) HashPassword(_ context.Context, password wirechief.Secret) (string, error) {
	return "hash of " + password.Reveal(), nil
}

func (c *core) Tenant(_ context.Context, id string) (wirechief.Tenant, error) {
	return wirechief.Tenant{ID: id}, nil
}

func (c *core) Campaigns(_ context.Context, tenant string) []exchange.CampaignUse {
	return c.campaigns(tenant)
}

func (c *core) Number(_ context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	return c.number(p, number)
}

func (c *core) NumberAnyState(_ context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	return c.number(p, number)
}

func (c *core) FindNumbers(_ context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int) {
	var out []wirechief.Number
	for _, n := range c.numbers(p) {
		if f.Tenant == "" || n.Tenant == f.Tenant {
			out = append(out, n)
		}
	}
	total := len(out)
	out = slices.DeleteFunc(out, func(n wirechief.Number) bool { return n.Number <= f.After })
	out = out[min(f.Offset, len(out)):]
	if f.Limit > 0 {
		out = out[:min(f.Limit, len(out))]
	}
	return out, total
}

// The tokens of the fixed world.
const (
	adminToken = "admin-secret"
	acmeToken  = "acme-secret"
	readToken  = "acme-read-secret"
	sendToken  = "acme-send-secret"
	mendToken  = "acme-manage-secret"
	bareToken  = "acme-bare-secret"
)

func noSuch(field, format string, args ...any) error {
	return &wirechief.Error{Kind: wirechief.NotFound, Field: field, Message: fmt.Sprintf(format, args...)}
}

func at(clock string) time.Time {
	// Another zone than UTC, so that what is not converted shows.
	t, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", "2026-09-16 "+clock, time.UTC)
	if err != nil {
		panic(err)
	}
	return t.In(time.FixedZone("", -7*3600))
}

const ref = "9f1b7a52-3a0c-4d0e-9a53-0f8f5d1c2b3a"

// newCore makes the fixed world: tenant acme with the number +13109060901 on
// carrier sim, three messages and two deliveries.
func newCore() *core {
	c := &core{}
	note := func(format string, args ...any) { fmt.Fprintf(&c.asked, format+"\n", args...) }
	c.authenticate = func(l exchange.Login) (wirechief.Principal, error) {
		if l.Operator {
			return wirechief.Principal{Operator: true, Dialect: l.Dialect, Name: "operator"}, nil
		}
		scopes, ok := map[string][]string{
			acmeToken: {"all"}, readToken: {"read"}, sendToken: {"send"}, mendToken: {"manage"}, bareToken: nil,
		}[l.Secret]
		if c.fail != nil {
			return wirechief.Principal{}, c.fail
		}
		if !ok || l.Dialect != wirechief.DialectOwn || l.Name != "" {
			return wirechief.Principal{}, wirechief.Errorf(wirechief.Unauthenticated, "the credentials are missing or wrong")
		}
		return wirechief.Principal{Tenant: "acme", Dialect: l.Dialect, Name: "f1", Scopes: scopes}, nil
	}
	c.send = func(r wirechief.SendRequest) (wirechief.SendResult, error) {
		note("send %s %s from %s to %s %q media %s at %s key %q", r.Tenant, r.Dialect, r.From, strings.Join(r.To, ","), r.Text,
			strings.Join(r.Media, ","), r.At.Format(time.RFC3339Nano), r.Key)
		if r.Key == "used" {
			return wirechief.SendResult{}, &wirechief.Error{
				Kind: wirechief.Conflict, Rule: wirechief.RuleIdempotency, Field: "key",
				Message: "this idempotency key was used for another request; use a new key",
			}
		}
		res := wirechief.SendResult{Ref: ref, From: r.From, MMS: len(r.Media) > 0, Encoding: "GSM-7", Segments: 1}
		for i, to := range r.To {
			out := wirechief.SendRecipient{To: to, Message: int64(101 + i)}
			if to == "+13105550009" {
				out.Kind, out.Rule, out.Refusal = wirechief.Forbidden, wirechief.RuleOptOut, "Recipient has opted out"
			}
			res.Recipients = append(res.Recipients, out)
		}
		return res, c.fail
	}
	list := worldMessages()
	c.message = func(p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error) {
		note("message %d for %s", id, name(p))
		for _, m := range list {
			if m.ID == id {
				d, err := c.deliveries(p, wirechief.DeliveryFilter{Tenant: m.Tenant, Message: id, Limit: 1000})
				return m, d, err
			}
		}
		return nil, nil, noSuch("id", "there is no message of this id")
	}
	c.messages = func(p wirechief.Principal, f wirechief.MessageFilter) ([]*wirechief.Message, error) {
		note("messages for %s %s", name(p), said(f))
		if f.Number != "" {
			return list[2:], c.fail
		}
		return list, c.fail
	}
	c.cancel = func(p wirechief.Principal, id int64) (*wirechief.Message, error) {
		note("cancel %d for %s", id, name(p))
		if id == 12 {
			return nil, wirechief.Refuse(wirechief.Conflict, wirechief.RuleNotCancelable, "the message is delivered; only one that waits for its carrier can be canceled")
		}
		return &wirechief.Message{}, c.fail
	}
	deliveries := worldDeliveries()
	c.deliveries = func(p wirechief.Principal, f wirechief.DeliveryFilter) ([]*wirechief.Delivery, error) {
		note("deliveries for %s %s", name(p), said(f))
		var out []*wirechief.Delivery
		for _, d := range deliveries {
			if f.Message == 0 || f.Message == d.Message {
				out = append(out, d)
			}
		}
		return out, c.fail
	}
	c.delivery = func(p wirechief.Principal, id int64) (*wirechief.Delivery, error) {
		note("delivery %d for %s", id, name(p))
		for _, d := range deliveries {
			if d.ID == id {
				return d, nil
			}
		}
		return nil, noSuch("id", "there is no delivery of this id")
	}
	c.replay = func(p wirechief.Principal, ids []int64, f wirechief.DeliveryFilter) (int, error) {
		note("replay %v for %s %s", ids, name(p), said(f))
		return max(len(ids), 3), c.fail
	}
	c.pause = func(p wirechief.Principal, lane wirechief.Lane, paused bool) error {
		note("pause %+v %t for %s", lane, paused, name(p))
		return c.fail
	}
	c.worldOperation(note)
	return c
}

func (c *core) worldOperation(note func(string, ...any)) {
	c.route = func(p wirechief.Principal, from, to string) (routing.Explanation, error) {
		note("route from %q to %q for %s", from, to, name(p))
		if from != "" && from != "+13109060901" {
			return routing.Explanation{}, noSuch("from", "%s is not a number of yours", from)
		}
		table := routing.New([]routing.Route{{Prefix: "+1", Carriers: []string{"sim"}}}, []string{"sim"})
		return table.Explain(routing.Query{From: from, To: to}, func(string) (routing.Condition, bool) {
			return routing.Condition{SMS: true, Connected: true}, true
		}), c.fail
	}
	paused := false
	c.carriers = func() []exchange.CarrierView {
		return []exchange.CarrierView{{
			Name: "sim", Type: "sim", Abilities: carrier.SMS | carrier.Receipts, Paused: paused, Queue: 2, Oldest: at("10:00:00"),
			Submitted: 10, Failed: 1, ErrorRate: 0.1, LastReceipt: at("10:00:05"),
			Status: carrier.Status{State: carrier.Up, Connections: 1, Wanted: 1, Outstanding: 1, Since: at("09:00:00"), LastReceipt: at("10:00:04")},
		}, {Name: "main", Type: "smpp", Status: carrier.Status{State: carrier.Down, Wanted: 1, LastError: "connection refused"}}}
	}
	c.pauseCarrier = func(carrier string, on bool) error {
		note("pause carrier %s %t", carrier, on)
		if carrier != "sim" {
			return noSuch("name", "there is no carrier %s", carrier)
		}
		paused = on
		return c.fail
	}
	c.sim = func(p wirechief.Principal, from, to, text string) error {
		note("sim from %s to %s %q for %s", from, to, text, name(p))
		if to != "+13109060901" {
			return noSuch("to", "%s is not a number of yours", to)
		}
		return c.fail
	}
	c.apply = func(f *state.File, dryRun bool) ([]state.Change, error) {
		note("apply %d tenants, dry run %t", len(f.Tenants), dryRun)
		if len(f.Tenants) == 0 {
			return nil, c.fail
		}
		return []state.Change{{Action: "create", Kind: "tenant", Tenant: f.Tenants[0].ID, Key: f.Tenants[0].ID}}, c.fail
	}
	c.webhooks = func(tenant string) []wirechief.Webhook {
		note("webhooks of %s", tenant)
		if tenant != "acme" {
			return nil
		}
		return []wirechief.Webhook{{Name: "Default", Description: "Web Cluster 1", URL: "http://127.0.0.1:2790/dlr", DLR: true, Method: "POST", ModifiedAt: at("09:00:00")}}
	}
	c.campaigns = func(tenant string) []exchange.CampaignUse {
		note("campaigns of %s", tenant)
		if tenant != "acme" {
			return nil
		}
		return []exchange.CampaignUse{{Campaign: wirechief.Campaign{TCR: "CW1549", Brand: "Brand 1", Approved: true}, Numbers: 1}}
	}
	numbers := []wirechief.Number{
		{
			Number: "+13109060901", Tenant: "acme", State: wirechief.NumberInService, Type: wirechief.TypeLocal, Carrier: "sim",
			Capabilities: wirechief.Capabilities{Voice: true, SMS: true, MMS: true}, Enabled: wirechief.Capabilities{SMS: true},
			Name: "Front desk", Campaign: "CW1549", Webhook: "Default", Tags: []string{"desk"},
		},
		{Number: "+18005550199", Tenant: "acme", State: wirechief.NumberInService, Type: wirechief.TypeTollFree, TollFree: wirechief.Verified},
		{Number: "+442079460000", Tenant: "globex", State: wirechief.NumberInService},
	}
	c.number = func(p wirechief.Principal, number string) (wirechief.Number, error) {
		for _, n := range numbers {
			if n.Number == number && (p.Operator || p.Tenant == n.Tenant) {
				return n, nil
			}
		}
		return wirechief.Number{}, noSuch("number", "%s is not a number of yours", number)
	}
	c.numbers = func(p wirechief.Principal) []wirechief.Number {
		if p.Operator {
			return numbers
		}
		return numbers[:2]
	}
}

// said writes the fields of a filter that say something.
func said(filter any) string {
	var out []string
	v := reflect.ValueOf(filter)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			out = append(out, fmt.Sprintf("%s:%v", v.Type().Field(i).Name, v.Field(i)))
		}
	}
	return "{" + strings.Join(out, " ") + "}"
}

func name(p wirechief.Principal) string {
	if p.Operator {
		return "the operator"
	}
	return p.Tenant
}
