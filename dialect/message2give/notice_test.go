package message2give_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/message2give"
)

func inbound(f wirechief.Forward) wirechief.Notice {
	return wirechief.Notice{
		Event: wirechief.NoticeInbound, ID: "ignored", Forward: &f, At: time.Unix(0, 0),
		Number: &wirechief.Number{Number: "+61400000001", Tenant: "acme", Name: "Front \"desk\" & co"},
		Message: &wirechief.Message{
			Ref: "5e6c", Direction: wirechief.Inward, From: "+61400000000", To: "+61400000001", Text: "Hello + ünï 😀\n&",
			CreatedAt: time.Date(2022, 6, 1, 12, 3, 22, 198_999_999, time.FixedZone("AEST", 10*3600)),
		},
	}
}

func TestForwardPayload(t *testing.T) {
	const (
		form    = "id=5e6c&type=sms&from=61400000000&to=61400000001&content=Hello+%2B+%C3%BCn%C3%AF+%F0%9F%98%80%0A%26&received=2022-06-01T02%3A03%3A22.198Z"
		context = "&organisationId=4711&alias=Front+%22desk%22+%26+co"
		object  = `{"id":"5e6c","type":"sms","from":"61400000000","to":"61400000001","content":"Hello + ünï 😀\n&","received":"2022-06-01T02:03:22.198Z"`
		isForm  = "application/x-www-form-urlencoded"
		isJSON  = "application/json"
	)
	for name, tt := range map[string]struct {
		f                 wirechief.Forward
		change            func(n *wirechief.Notice)
		method, kind, out string
		chunked           bool
	}{
		"defaults":       {wirechief.Forward{}, nil, "POST", isForm, form, true},
		"form":           {wirechief.Forward{Method: "POST", Encoding: "form", Length: true}, nil, "POST", isForm, form, false},
		"json":           {wirechief.Forward{Encoding: "json", Length: true}, nil, "POST", isJSON, object + "}", false},
		"json, chunked":  {wirechief.Forward{Encoding: "json"}, nil, "POST", isJSON, object + "}", true},
		"get":            {wirechief.Forward{Method: "GET"}, nil, "GET", isForm, form, false},
		"get, json":      {wirechief.Forward{Method: "GET", Encoding: "json", Context: true}, nil, "GET", isForm, form + context, false},
		"context":        {wirechief.Forward{Context: true}, nil, "POST", isForm, form + context, true},
		"json, context":  {wirechief.Forward{Encoding: "json", Context: true}, nil, "POST", isJSON, object + `,"context":{"organisationId":"4711","msn":"61400000001","alias":"Front \"desk\" & co"}}`, true},
		"nobody's space": {wirechief.Forward{Encoding: "json", Context: true}, func(n *wirechief.Notice) { n.Number.Tenant = "globex" }, "POST", isJSON, object + `,"context":{"msn":"61400000001","alias":"Front \"desk\" & co"}}`, true},
		"pictures": {wirechief.Forward{Encoding: "json"}, func(n *wirechief.Notice) {
			n.Message.MMS = true
			n.Media = []wirechief.MediaLink{{URL: "https://m.test/1.jpg"}, {URL: "https://m.test/2.jpg"}}
		}, "POST", isJSON, strings.Replace(object, `"sms"`, `"mms"`, 1) + `,"media":["https://m.test/1.jpg","https://m.test/2.jpg"]}`, true},
		"pictures, form": {wirechief.Forward{}, func(n *wirechief.Notice) {
			n.Message.MMS = true
			n.Media = []wirechief.MediaLink{{URL: "https://m.test/1.jpg"}, {URL: "https://m.test/2.jpg"}}
		}, "POST", isForm, strings.Replace(form, "type=sms", "type=mms", 1) + "&media0=https%3A%2F%2Fm.test%2F1.jpg&media1=https%3A%2F%2Fm.test%2F2.jpg", true},
		"a short code": {wirechief.Forward{}, func(n *wirechief.Notice) { n.Message.From = "191177" }, "POST", isForm, strings.Replace(form, "61400000000", "191177", 1), true},
		"a name":       {wirechief.Forward{}, func(n *wirechief.Notice) { n.Message.From = "My Bank" }, "POST", isForm, strings.Replace(form, "61400000000", "My+Bank", 1), true},
	} {
		n := inbound(tt.f)
		if tt.change != nil {
			tt.change(&n)
		}
		f := message2give.Formatter{Workspace: func(tenant string) string { return map[string]string{"acme": "4711"}[tenant] }}
		p, err := f.Format(n)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(wirechief.Payload{Method: tt.method, ContentType: tt.kind, Body: []byte(tt.out), Chunked: tt.chunked}, p); d != "" {
			t.Errorf("%s, -want +got:\n%s", name, d)
		}
		if tt.kind == isJSON && !json.Valid(p.Body) {
			t.Errorf("%s: not JSON: %s", name, p.Body)
		}
		if _, err := url.ParseQuery(string(p.Body)); tt.kind == isForm && err != nil {
			t.Errorf("%s: not a form: %s", name, p.Body)
		}
	}
}

// What is no inbound message of a forward is refused, and a formatter without
// workspaces names none.
func TestForwardOnly(t *testing.T) {
	for name, change := range map[string]func(n *wirechief.Notice){
		"a receipt":   func(n *wirechief.Notice) { n.Event = wirechief.NoticeReceipt },
		"a webhook":   func(n *wirechief.Notice) { n.Forward, n.Webhook = nil, &wirechief.Webhook{} },
		"no message":  func(n *wirechief.Notice) { n.Message = nil },
		"no number":   func(n *wirechief.Notice) { n.Number = nil },
		"another one": func(n *wirechief.Notice) { n.Event = "missed_call" },
	} {
		n := inbound(wirechief.Forward{})
		change(&n)
		if p, err := (message2give.Formatter{}).Format(n); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
	p, err := message2give.Formatter{}.Format(inbound(wirechief.Forward{Context: true}))
	if err != nil || strings.Contains(string(p.Body), "organisationId") {
		t.Errorf("%s, %v", p.Body, err)
	}
}

// TestForwardIsTold: a text from a handset reaches the engine in this shape.
func TestForwardIsTold(t *testing.T) {
	c := newCore(t, given)
	const body = `{"destination":"https://a.example/mo","enabled":true,"type":"HTTP","encoding":"json","includeContext":true}`
	if w := c.serve("POST", "/2019-01-23/organisations/self/msns/61400000000/forwarding", body); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if err := c.Main.Bring(t.Context(), wirechief.Inbound{From: "+61400000002", To: "+61400000000", Text: "Hello"}); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, d := range c.Engine.Given() {
		if d.Kind == wirechief.KindHTTP && d.Destination == "https://a.example/mo" {
			bodies = append(bodies, string(d.Body))
		}
	}
	if len(bodies) != 1 || !strings.Contains(bodies[0], `"from":"61400000002","to":"61400000000","content":"Hello"`) ||
		!strings.Contains(bodies[0], `"context":{"organisationId":"4711","msn":"61400000000","alias":"Front desk"}`) {
		t.Errorf("told: %q", bodies)
	}
}
