package fonedynamics_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
)

// form reads a body and says in which order its names came.
func form(t testing.TB, body string) (url.Values, []string) {
	t.Helper()
	values, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for part := range strings.SplitSeq(body, "&") {
		name, _, _ := strings.Cut(part, "=")
		order = append(order, name)
	}
	return values, order
}

var eight = []string{"Action", "Event", "Account.Sid", "Property.Sid", "Message.Sid", "Message.From", "Message.To", "Message.Text"}

// An inbound text is told by exactly the eight parameters, and can be asked for.
func TestInboundWebhook(t *testing.T) {
	w := newTexts(t, textState)
	h := texts(w)
	for _, method := range []string{"GET", "POST"} {
		if a := ask(t, h, "POST", "/v2/Numbers/61280000002", `{"WebHookUrl":"https://hooks.test/in?own=1","WebHookMethod":"`+method+`"}`); a.Code != 200 {
			t.Fatalf("%d %s", a.Code, a.Body)
		}
		if err := w.Main.Bring(t.Context(), wirechief.Inbound{From: "+61400000002", To: "+61280000002", Text: "Grüße & mehr=1?"}); err != nil {
			t.Fatal(err)
		}
		given := w.Engine.Given()
		d := given[len(given)-1]
		if d.Kind != wirechief.KindHTTP || d.Destination != "https://hooks.test/in?own=1" || d.Profile != wirechief.DialectFoneDynamics ||
			d.Method != method || d.ContentType != "application/x-www-form-urlencoded; charset=utf-8" || d.Chunked {
			t.Errorf("%+v", d)
		}
		values, order := form(t, string(d.Body))
		if !slices.Equal(order, eight) {
			t.Errorf("names %q", order)
		}
		sid := values.Get("Message.Sid")
		for name, want := range map[string]string{
			"Action": "Webhook", "Event": "Message.Received", "Account.Sid": accountSID, "Property.Sid": propertySID,
			"Message.From": "+61400000002", "Message.To": "+61280000002", "Message.Text": "Grüße & mehr=1?",
		} {
			if values.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, values.Get(name), want)
			}
		}
		m := look(t, h, sid)
		if m.Status != "Received" || m.Direction != "Receive" || m.Received == 0 || m.PropertySid != propertySID || *m.DeliveryReceipt {
			t.Errorf("%+v", m)
		}
	}
	a := ask(t, h, "GET", texting+anyTime+"&Direction=Receive&Status=Received", "")
	if n := strings.Count(a.Body.String(), `"Status":"Received"`); n != 2 {
		t.Errorf("%d found: %s", n, a.Body)
	}
}

// A receipt is told to the number's hook and to the text's own, unless it is
// not wanted; a reply to a leased number to the hook of its text.
func TestReceiptAndReplyWebhooks(t *testing.T) {
	w := newLiveTexts(t, textState)
	h := texts(w)
	for _, number := range []string{"61280000001", "61280000002"} {
		if a := ask(t, h, "POST", "/v2/Numbers/"+number, `{"DeliveryReceiptWebHookUrl":"https://hooks.test/number","WebHookUrl":"https://hooks.test/in"}`); a.Code != 200 {
			t.Fatalf("%d %s", a.Code, a.Body)
		}
	}
	told := func() (out []string) {
		for _, d := range w.Engine.Given() {
			values, order := form(t, string(d.Body))
			if !slices.Equal(order, eight) {
				t.Errorf("names %q", order)
			}
			out = append(out, d.Method+" "+d.Destination+" "+values.Get("Event")+" "+values.Get("Message.Text"))
		}
		return out
	}
	m := sendOK(t, h, `{"To":"+61400000002","Text":"one","DeliveryReceiptWebhookUri":"https://hooks.test/own","DeliveryReceiptWebhookMethod":"Get","WebhookUri":"https://hooks.test/reply","WebhookMethod":"GET"}`)
	next(t, w, wirechief.Outcome{Disposition: wirechief.Done, IDs: []string{"c1"}})
	becomes(t, h, m.MessageSid, "Submitted")
	if err := w.Main.Receipt(t.Context(), wirechief.Receipt{ID: "c1", State: wirechief.ReceiptDelivered}); err != nil {
		t.Fatal(err)
	}
	quiet := sendOK(t, h, `{"From":"+61280000001","To":"+61400000003","Text":"two","DeliveryReceipt":false}`)
	next(t, w, wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonDestination})
	becomes(t, h, quiet.MessageSid, "Failed")
	for _, from := range []string{"+61400000002", "+61400000003"} {
		if err := w.Main.Bring(t.Context(), wirechief.Inbound{From: from, To: m.From, Text: "from " + from}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"GET https://hooks.test/own Message.DeliveryReceiptReceived one",
		"GET https://hooks.test/reply Message.Received from +61400000002",
		"POST https://hooks.test/in Message.Received from +61400000003",
	}
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A tenant without a property has one that follows from its name, in webhooks too.
func TestWebhookWithoutAProperty(t *testing.T) {
	w := newTexts(t, `tenants:
  - id: acme
    credentials: [{dialect: fonedynamics, account_sid: `+accountSID+`, token: fd-secret}]
    numbers: [{number: "+61280000001", carrier: main, capabilities: [sms], forwards: [{type: http, destination: "https://hooks.test/in", format: fonedynamics}]}]
`)
	if err := w.Main.Bring(t.Context(), wirechief.Inbound{From: "+61400000002", To: "+61280000001", Text: "Hi"}); err != nil {
		t.Fatal(err)
	}
	values, _ := form(t, string(w.Engine.Given()[0].Body))
	property := values.Get("Property.Sid")
	a := ask(t, texts(w), "GET", "/v2/Properties/"+property+"/Messages"+anyTime, "")
	if a.Code != 200 || strings.Count(a.Body.String(), `"PropertySid":"`+property+`"`) != 1 {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

// A formatter refuses what it has no words for.
func TestFormatRefuses(t *testing.T) {
	m, hook := new(wirechief.Message), new(wirechief.Hook)
	for _, n := range []wirechief.Notice{
		{},
		{Message: m, Event: wirechief.NoticeInbound},
		{Message: m, Event: wirechief.NoticeInbound, Webhook: new(wirechief.Webhook)},
		{Message: m, Hook: hook, Event: "call"},
		{Hook: hook, Event: wirechief.NoticeInbound},
	} {
		if _, err := (fonedynamics.Formatter{}).Format(n); wirechief.KindOf(err) != wirechief.Internal || err == nil {
			t.Errorf("%+v: %v", n, err)
		}
	}
}
