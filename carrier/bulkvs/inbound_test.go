package bulkvs_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/bulkvs"
)

func post(h http.Handler, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/carriers/upstream/"+token, strings.NewReader(body)))
	return w
}

// TestTexts: what comes in, in the vendor's shapes and their neighbours.
func TestTexts(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       wirechief.Inbound
	}{
		{
			"the vendor's sample", `{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C+world"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "Hello, world"},
		},
		{
			"a Wirechief's", `{"From":"13105551212","To":["13109060901"],"Message":"1%2B1+%3D+2+%C3%A9","RefId":"` + ref + `"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "1+1 = 2 é", Raw: "RefId " + ref},
		},
		{
			"percent encoding", `{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C%20world"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "Hello, world"},
		},
		{
			"not encoded: a raw space", `{"From":"+13105551212","To":"+13109060901","Message":"1+1 is 2, 100%"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "1+1 is 2, 100%"},
		},
		{
			"not encoded: not ASCII", `{"From":"13105551212","To":["13109060901"],"Message":"é+1"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "é+1"},
		},
		{
			"not encoded: a bad escape", `{"From":"13105551212","To":["13109060901"],"Message":"100%+sure"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "100%+sure"},
		},
		{
			"not encoded: no UTF-8", `{"From":"13105551212","To":["13109060901"],"Message":"%ff"}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Text: "%ff"},
		},
		{
			"pictures, without the layout", `{"From":"13105551212","To":["13109060901"],"Message":"","MediaURLs":["https://host/x/file1.smil","https://host/x/file2.jpg","https://host/x/file3.txt?a=.smil"]}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Media: []wirechief.MediaSource{
				{URL: "https://host/x/file2.jpg"}, {URL: "https://host/x/file3.txt?a=.smil"},
			}},
		},
		{
			"a group", `{"From":"13105551212","To":["13109060901","13105551213"],"Message":"Hi","MediaURLs":null,"DeliveryReceipt":null}`,
			wirechief.Inbound{From: "+13105551212", To: "+13109060901", Also: []string{"+13105551213"}, Text: "Hi"},
		},
		{
			"no receipt, said so", `{"From":"78701","To":["13109060901"],"Message":"Hi","DeliveryReceipt":"false"}`,
			wirechief.Inbound{From: "78701", To: "+13109060901", Text: "Hi"},
		},
		{
			"from elsewhere", `{"From":"442079460000","To":["13109060901"],"Message":"Hi"}`,
			wirechief.Inbound{From: "+442079460000", To: "+13109060901", Text: "Hi"},
		},
		{
			"from a name", `{"From":"Acme","To":["13109060901"],"Message":"a%00b"}`,
			wirechief.Inbound{From: "Acme", To: "+13109060901", Text: "ab"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var x exchange
			c := start(t, config("http://127.0.0.1:9"), &x)
			if w := post(c.Webhook(), tt.body); w.Code != 200 || w.Body.String() != "OK" {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			tt.want.Carrier = "upstream"
			if len(tt.want.Also) == 0 && len(x.texts) == 1 {
				x.texts[0].Also = nil
			}
			if d := cmp.Diff([]wirechief.Inbound{tt.want}, x.texts); d != "" {
				t.Error(d)
			}
			if len(x.receipts) != 0 {
				t.Error("a receipt came of it")
			}
		})
	}
}

func TestReceipts(t *testing.T) {
	submitted := time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)
	done := submitted.Add(time.Minute)
	const plain = "id:1162999967 sub:001 dlvrd:001 submit date:2609160247 done date:2609160248 stat:DELIVRD err:000 text:Dream Te..."
	head := `{"RefId":"` + ref + `","From":"13105551212","To":["13109060901"],"Message":"`
	for _, tt := range []struct {
		name, body string
		want       wirechief.Receipt
	}{
		{
			"a Wirechief's", head + url.QueryEscape(plain) + `","DeliveryReceipt":true}`,
			wirechief.Receipt{ID: ref, State: wirechief.ReceiptDelivered, Code: "000", Submitted: submitted, Done: done, Raw: plain},
		},
		{
			"not encoded, the flag a string", head + plain + `","DeliveryReceipt":"true"}`,
			wirechief.Receipt{ID: ref, State: wirechief.ReceiptDelivered, Code: "000", Submitted: submitted, Done: done, Raw: plain},
		},
		{
			"no RefId", `{"From":"13105551212","To":"13109060901","Message":"` + plain + `","DeliveryReceipt":true}`,
			wirechief.Receipt{ID: "1162999967", State: wirechief.ReceiptDelivered, Code: "000", Submitted: submitted, Done: done, Raw: plain},
		},
		{
			"another order and case, fields missing", head + `STAT:undeliv  ERR:255 id:7 Text:stat:DELIVRD","DeliveryReceipt":true}`,
			wirechief.Receipt{ID: ref, State: wirechief.ReceiptUndeliverable, Code: "255", Raw: "STAT:undeliv  ERR:255 id:7 Text:stat:DELIVRD"},
		},
		{
			"dates with seconds", head + `stat:REJECTD submit date:260916024700 done date:never","DeliveryReceipt":true}`,
			wirechief.Receipt{ID: ref, State: wirechief.ReceiptRejected, Submitted: submitted, Raw: "stat:REJECTD submit date:260916024700 done date:never"},
		},
		{
			"a word that nobody knows settles nothing", head + `stat:GLORIOUS","DeliveryReceipt":true}`,
			wirechief.Receipt{ID: ref, Raw: "stat:GLORIOUS"},
		},
		{
			"not final", head + `stat:ACCEPTD","DeliveryReceipt":true}`,
			wirechief.Receipt{ID: ref, State: wirechief.ReceiptAccepted, Raw: "stat:ACCEPTD"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var x exchange
			c := start(t, config("http://127.0.0.1:9"), &x)
			if w := post(c.Webhook(), tt.body); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			tt.want.Carrier, tt.want.From, tt.want.To = "upstream", "+13105551212", "+13109060901"
			tt.want.At = time.Date(2026, 9, 16, 2, 48, 1, 0, time.UTC)
			if d := cmp.Diff([]wirechief.Receipt{tt.want}, x.receipts); d != "" {
				t.Error(d)
			}
			if len(x.texts) != 0 || c.Status().LastReceipt.IsZero() {
				t.Error("it came as a text, or the status does not know of it")
			}
		})
	}
}

// TestAcknowledgement: 200 only once it is on disk.
func TestAcknowledgement(t *testing.T) {
	const inbound = `{"From":"13105551212","To":["13109060901"],"Message":"Hi"}`
	const receipt = `{"RefId":"x","From":"13105551212","To":["13109060901"],"Message":"stat:DELIVRD","DeliveryReceipt":true}`
	for _, tt := range []struct {
		name   string
		err    error
		status int
	}{
		{"kept", nil, 200},
		{"no number here", wirechief.Errorf(wirechief.NotFound, "no"), 404},
		{"store unavailable", wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "no"), 503},
		{"another error", errors.New("no"), 503},
	} {
		x := exchange{
			inboundFunc: func(wirechief.Inbound) error { return tt.err },
			receiptFunc: func(wirechief.Receipt) error { return tt.err },
		}
		c := start(t, config("http://127.0.0.1:9"), &x)
		for _, body := range []string{inbound, receipt} {
			if w := post(c.Webhook(), body); w.Code != tt.status {
				t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.status)
			}
		}
	}
	var x exchange
	c := start(t, config("http://127.0.0.1:9"), &x)
	for _, body := range []string{
		"", "{", "[]", "{}", `{"From":1}`, `{"From":"1","To":[]}`, `{"From":"1","To":[1]}`, `{"To":["13109060901"]}`,
		`{"a":"` + strings.Repeat("x", 1<<20) + `"}`,
	} {
		if w := post(c.Webhook(), body); w.Code != 400 {
			t.Errorf("%.40q: %d, want 400", body, w.Code)
		}
	}
	w := httptest.NewRecorder()
	c.Webhook().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d", w.Code)
	}
	stopped := bulkvs.New("upstream", config("http://127.0.0.1:9"), carrier.Services{})
	if w := post(stopped.Webhook(), inbound); w.Code != 503 {
		t.Errorf("not running: %d, want 503", w.Code)
	}
	if len(x.texts)+len(x.receipts) != 0 {
		t.Error("something came of the refused ones")
	}
}

// A group's text goes to the first of its numbers that is ours.
func TestGroupFindsOurNumber(t *testing.T) {
	x := exchange{inboundFunc: func(in wirechief.Inbound) error {
		if in.To != "+13109060901" {
			return wirechief.Errorf(wirechief.NotFound, "no")
		}
		return nil
	}}
	c := start(t, config("http://127.0.0.1:9"), &x)
	w := post(c.Webhook(), `{"From":"13105551212","To":["13105551213","13109060901","13105551214"],"Message":"Hi"}`)
	if w.Code != 200 || len(x.texts) != 1 || strings.Join(x.texts[0].Also, " ") != "+13105551213 +13105551214" {
		t.Errorf("%d %+v", w.Code, x.texts)
	}
}

// FuzzWebhook: whatever comes, it is taken whole or refused, and an encoded
// text arrives as it was written.
func FuzzWebhook(f *testing.F) {
	for _, seed := range []string{
		`{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C+world","MediaURLs":["https://h/a.smil"]}`,
		`{"From":"1","To":"2","Message":"id:1 stat:DELIVRD err:000 text:","DeliveryReceipt":true}`, `{"To":[null]}`,
	} {
		f.Add(seed, "1+1 = 100%")
	}
	f.Fuzz(func(t *testing.T, body, text string) {
		var x exchange
		c := bulkvs.New("upstream", config("http://127.0.0.1:9"), carrier.Services{})
		if err := c.Start(t.Context(), &x); err != nil {
			t.Fatal(err)
		}
		defer c.Stop(t.Context())
		if w := post(c.Webhook(), body); w.Code != 200 && w.Code != 400 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			return
		}
		x.texts = nil
		encoded, err := json.Marshal(map[string]any{"From": "13105551212", "To": "13109060901", "Message": url.QueryEscape(text)})
		if err != nil {
			t.Fatal(err)
		}
		if w := post(c.Webhook(), string(encoded)); w.Code != 200 || x.texts[0].Text != text {
			t.Fatalf("%q arrives as %q (%d)", text, x.texts[0].Text, w.Code)
		}
	})
}
