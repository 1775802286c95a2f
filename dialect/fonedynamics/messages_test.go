package fonedynamics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/test/world"
)

// TestMessagesWire plays the archives about messages: every documented call and
// parameter, every refusal, and what real clients send.
func TestMessagesWire(t *testing.T) {
	dialecttest.Archives(t, "testdata/messages_*.txt", func(t *testing.T, given string) dialecttest.Subject {
		w := newTexts(t, given)
		return dialecttest.Subject{Handler: texts(w), State: func() string { return correspondence(t, w) }}
	})
}

// newTexts is a world whose hooks are told, and whose texts stay where they are.
func newTexts(t testing.TB, state string) *world.World {
	w := newLiveTexts(t, state)
	for _, carrier := range []string{"main", "spare"} {
		if err := w.PauseCarrier(t.Context(), carrier, true); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// newLiveTexts is one whose texts go to its carrier.
func newLiveTexts(t testing.TB, state string) *world.World {
	return world.New(t, state, func(o *exchange.Options) {
		o.Formats = map[string]wirechief.Formatter{wirechief.DialectFoneDynamics: fonedynamics.Formatter{}}
	})
}

func texts(core fonedynamics.Core) http.Handler {
	return fonedynamics.New(core, fonedynamics.Options{Now: world.Start})
}

// correspondence tells what texts of acme there are, one a line, oldest first.
func correspondence(t testing.TB, w *world.World) string {
	list, err := w.Messages(context.Background(), wirechief.Principal{Tenant: "acme"}, wirechief.MessageFilter{Oldest: true, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintf(&b, "%s from %s to %s: %q", m.Status, m.From, m.To, m.Text)
		if m.Property != "" {
			fmt.Fprintf(&b, " on %s", m.Property)
		}
		if !m.Queue.At.Equal(m.CreatedAt) && m.Queue.Lane != "" {
			fmt.Fprintf(&b, " at %s", m.Queue.At.Format(time.RFC3339))
		}
		if due := max(m.Queue.At.Unix(), m.CreatedAt.Unix()); m.Direction == wirechief.Outward && m.ValidUntil.Unix()-due != 24*60*60 {
			fmt.Fprintf(&b, " until %s", m.ValidUntil.Format(time.RFC3339))
		}
		if m.Options != nil {
			doc, err := json.Marshal(m.Options)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, " %s", doc)
		}
		fmt.Fprintln(&b)
	}
	if b.Len() == 0 {
		return "no texts\n"
	}
	return b.String()
}

const textState = `tenants:
  - id: acme
    require_campaign: false
    credentials: [{dialect: fonedynamics, account_sid: ` + accountSID + `, token: fd-secret}]
    properties: [{sid: ` + propertySID + `, name: Main}]
    numbers:
      - {number: "+61280000001", carrier: main, capabilities: [voice, sms], type: local, property: ` + propertySID + `}
      - {number: "+61280000002", carrier: main, capabilities: [voice, sms], type: local}
  - id: globex
    require_campaign: false
    credentials: [{dialect: fonedynamics, account_sid: AGLOBEX, token: globex-secret}]
    properties: [{sid: ` + foreign + `, name: Globex}]
    numbers: [{number: "+61280000009", carrier: main, capabilities: [sms], type: local, property: ` + foreign + `}]
`

const (
	texting  = "/v2/Properties/" + propertySID + "/Messages"
	batching = "/v2/Properties/" + propertySID + "/BatchMessages"
	hello    = `{"From":"+61280000001","To":"+61400000002","Text":"Hi"}`
	anyTime  = "?Date_From=0&Date_To=253402300799"
)

// failing is a core whose calls about messages all fail once err is set.
type failing struct {
	*world.World
	err error
}

func (f *failing) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	if f.err != nil {
		return wirechief.SendResult{}, f.err
	}
	return f.World.Send(ctx, r)
}

func (f *failing) Message(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error) {
	if f.err != nil {
		return nil, nil, f.err
	}
	return f.World.Message(ctx, p, id)
}

func (f *failing) Messages(ctx context.Context, p wirechief.Principal, filter wirechief.MessageFilter) ([]*wirechief.Message, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.World.Messages(ctx, p, filter)
}

func TestMessagesConformance(t *testing.T) {
	theirs := wirechief.SID('M', "globex", 1)
	(&dialecttest.Suite{
		New: func(t *testing.T) (http.Handler, func(error)) {
			c := &failing{World: newTexts(t, textState)}
			return texts(c), func(err error) { c.err = err }
		},
		Calls: []dialecttest.Call{
			{Name: "send", Method: "POST", Target: texting, Body: hello},
			{Name: "send leased", Method: "POST", Target: texting, Body: `{"To":"+61400000002","Text":"Hi"}`},
			{Name: "find", Method: "GET", Target: texting + anyTime},
		},
		Unknown: []dialecttest.Call{
			{Name: "no property", Method: "POST", Target: "/v2/Messages", Body: hello},
			{Name: "no name", Method: "GET", Target: "/v2/Messages/"},
			{Name: "method", Method: "DELETE", Target: texting},
			{Name: "get a batch", Method: "GET", Target: batching},
		},
		AbsentStatus: http.StatusBadRequest,
		Absent: []dialecttest.Call{
			{Name: "nobody's message", Method: "GET", Target: "/v2/Messages/" + wirechief.SID('M', "acme", 77)},
			{Name: "another's message", Method: "GET", Target: "/v2/Messages/" + theirs},
			{Name: "no SID", Method: "GET", Target: "/v2/Messages/1"},
			{Name: "another's property", Method: "POST", Target: "/v2/Properties/" + foreign + "/Messages", Body: hello},
			{Name: "a batch for another's property", Method: "POST", Target: "/v2/Properties/" + foreign + "/BatchMessages", Body: `{"Messages":[` + hello + `]}`},
			{Name: "find in another's property", Method: "GET", Target: "/v2/Properties/" + foreign + "/Messages" + anyTime},
			{Name: "from another's number", Method: "POST", Target: texting, Body: strings.Replace(hello, "0001", "0009", 1)},
		},
		Takes: []string{"invalid UTF-8"},
		Login: authorize(basic(accountSID, "fd-secret")),
		Wrong: []func(*http.Request){
			authorize(basic(accountSID, "wrong")), authorize(basic("AGLOBEX", "fd-secret")), authorize("Bearer fd-secret"), authorize("Basic"),
		},
		Refusal: refusal,
		Secrets: []string{"fd-secret", "globex-secret", "Globex"},
	}).Run(t)
}

// resource is a message as a client reads it.
type resource struct {
	MessageSid, AccountSid, PropertySid, From, To, Text, Status, Direction, ErrorCode, ExternalID string
	DeliveryReceipt                                                                               *bool
	NumSegments, Scheduled, Created, Submitted, Delivered, Received                               int64
}

// look gets a message.
func look(t testing.TB, h http.Handler, sid string) resource {
	t.Helper()
	w := ask(t, h, "GET", "/v2/Messages/"+sid, "")
	var reply struct{ Message resource }
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || w.Code != 200 {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	return reply.Message
}

// sendOK sends what must be accepted.
func sendOK(t testing.TB, h http.Handler, body string) resource {
	t.Helper()
	w := ask(t, h, "POST", texting, body)
	var reply struct{ Message resource }
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || w.Code != 200 {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	return reply.Message
}

// next answers what the carrier is given next.
func next(t testing.TB, w *world.World, o wirechief.Outcome) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	try, err := w.Main.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	try.Answer(o)
}

// becomes waits until a message has a status.
func becomes(t testing.TB, h http.Handler, sid, status string) resource {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 4000 {
		if m := look(t, h, sid); m.Status == status {
			return m
		}
		<-tick.C
	}
	t.Fatalf("the message does not become %s", status)
	return resource{}
}

// What becomes of a text is told in the vendor's words.
func TestMessageLife(t *testing.T) {
	done := wirechief.Outcome{Disposition: wirechief.Done, IDs: []string{"c1"}}
	for _, tt := range []struct {
		name    string
		outcome wirechief.Outcome
		receipt wirechief.ReceiptState
		status  string
		code    string
	}{
		{"submitted", done, "", "Submitted", ""},
		{"delivered", done, wirechief.ReceiptDelivered, "Delivered", ""},
		{"undeliverable", done, wirechief.ReceiptUndeliverable, "Failed", "UNDELIVERABLE"},
		{"rejected", done, wirechief.ReceiptRejected, "Failed", "REJECTED"},
		{"expired", done, wirechief.ReceiptExpired, "Failed", "EXPIRED"},
		{"unknown", done, wirechief.ReceiptUnknown, "Failed", "UNKNOWN"},
		{"refused by the carrier", wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination}, "", "Failed", "DESTINATION"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newLiveTexts(t, textState)
			h := texts(w)
			m := sendOK(t, h, hello)
			if m.Status != "Processing" || m.Direction != "Transmit" || m.Created != world.Start().Unix() || m.Submitted != 0 || m.DeliveryReceipt == nil || !*m.DeliveryReceipt {
				t.Errorf("%+v", m)
			}
			next(t, w, tt.outcome)
			if tt.receipt != "" {
				becomes(t, h, m.MessageSid, "Submitted")
				if err := w.Main.Receipt(t.Context(), wirechief.Receipt{ID: "c1", State: tt.receipt}); err != nil {
					t.Fatal(err)
				}
			}
			m = becomes(t, h, m.MessageSid, tt.status)
			if m.ErrorCode != tt.code || (m.Submitted != 0) != (tt.outcome.Disposition == wirechief.Done) || (m.Delivered != 0) != (tt.status == "Delivered") {
				t.Errorf("%+v", m)
			}
		})
	}
}

// A text that was withdrawn elsewhere has failed here.
func TestCanceledElsewhere(t *testing.T) {
	w := newTexts(t, textState)
	h := texts(w)
	m := sendOK(t, h, fmt.Sprintf(`{"From":"+61280000001","To":"+61400000002","Text":"Hi","Schedule":%d}`, world.Start().Unix()+3600))
	if m.Scheduled != world.Start().Unix()+3600 || m.Status != "Processing" {
		t.Errorf("%+v", m)
	}
	id, _ := wirechief.SIDValue('M', "acme", m.MessageSid)
	if _, err := w.CancelMessage(t.Context(), wirechief.Principal{Tenant: "acme"}, id); err != nil {
		t.Fatal(err)
	}
	if m = look(t, h, m.MessageSid); m.Status != "Failed" || m.ErrorCode != "CANCELED" {
		t.Errorf("%+v", m)
	}
}

// The Java client writes JSON in ISO-8859-1.
func TestLatin1Text(t *testing.T) {
	h := texts(newTexts(t, textState))
	for _, body := range []string{
		"{\"From\":\"+61280000001\",\"To\":\"+61400000002\",\"Text\":\"caf\xe9\"}",
		"{\"From\":\"+61280000001\",\"To\":\"+61400000002\",\"Text\":\"café\"}",
	} {
		if m := look(t, h, sendOK(t, h, body).MessageSid); m.Text != "café" {
			t.Errorf("%q", m.Text)
		}
	}
	a := ask(t, h, "POST", batching, "{\"Messages\":[{\"From\":\"+61280000001\",\"To\":\"+61400000002\",\"Text\":\"caf\xe9\"}]}")
	if !strings.Contains(a.Body.String(), `"Text":"café"`) {
		t.Errorf("%s", a.Body)
	}
}

// What a recipient does not want, and what the guard forbids, is refused.
func TestForbiddenTexts(t *testing.T) {
	w := world.New(t, textState, func(o *exchange.Options) {
		o.Guard = wary{}
		o.Blocked = func(_, peer string) bool { return peer == "+61400000004" }
	})
	h := texts(w)
	if err := w.Main.Bring(t.Context(), wirechief.Inbound{From: "+61400000002", To: "+61280000001", Text: "stop"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		body   string
		status int
		code   string
		field  string
	}{
		{hello, 403, "RECIPIENT_OPTED_OUT", "To"},
		{`{"To":"+61400000002","Text":"Hi"}`, 403, "RECIPIENT_OPTED_OUT", "To"},
		{`{"To":"+61400000004","Text":"Hi"}`, 403, "RECIPIENT_BLOCKED", "To"},
		{`{"To":"+61400000003","Text":"Hi","WebhookUri":"http://10.0.0.1/"}`, 400, "PARAMETER_INVALID", "WebhookUri"},
		{`{"To":"+61400000003","Text":"Hi","DeliveryReceiptWebhookUri":"http://10.0.0.1/"}`, 400, "PARAMETER_INVALID", "DeliveryReceiptWebhookUri"},
	} {
		a := ask(t, h, "POST", texting, tt.body)
		if a.Code != tt.status || !strings.Contains(a.Body.String(), `{"FieldName":"`+tt.field+`","ErrorCode":"`+tt.code+`"`) {
			t.Errorf("%s: %d %s", tt.body, a.Code, a.Body)
		}
	}
}

// wary forbids addresses within.
type wary struct{}

func (wary) Check(_ context.Context, address string) error {
	if strings.Contains(address, "10.0.0.1") {
		return wirechief.Refuse(wirechief.Invalid, wirechief.RuleEgress, "the address is not public")
	}
	return nil
}
