package bulkvs_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/bulkvs"
)

var (
	accepted0247 = time.Date(2026, 9, 15, 19, 47, 30, 0, time.FixedZone("PDT", -7*3600)) // 02:47:30 UTC
	done0248     = time.Date(2026, 9, 16, 2, 48, 1, 250e6, time.UTC)
)

const eventID = "0b6e1b0c-3c55-4c9e-9d5c-1f6f6d0e7a11"

func inbound(change func(*wirechief.Notice)) wirechief.Notice {
	n := wirechief.Notice{
		Event: wirechief.NoticeInbound, ID: eventID, At: done0248,
		Message: &wirechief.Message{
			MessageKey: wirechief.MessageKey{ID: 1162999967}, Ref: ref, Direction: wirechief.Inward,
			From: "+13105551212", To: "+13109060901", Text: "Hello, world", CreatedAt: accepted0247, Status: wirechief.StatusReceived,
		},
		Webhook: &wirechief.Webhook{Name: "Default", Method: "POST"},
	}
	if change != nil {
		change(&n)
	}
	return n
}

func receipt(change func(*wirechief.Notice)) wirechief.Notice {
	n := wirechief.Notice{
		Event: wirechief.NoticeReceipt, ID: eventID, At: done0248,
		Message: &wirechief.Message{
			MessageKey: wirechief.MessageKey{ID: 1162999967}, Ref: ref, Direction: wirechief.Outward,
			From: "+13109060901", To: "+13105551212", Text: "Dream Team: practice is at 6 tonight",
			CreatedAt: accepted0247, Status: wirechief.StatusDelivered,
		},
		Receipt: &wirechief.Receipt{State: wirechief.ReceiptDelivered, Code: "000", Done: done0248, At: done0248.Add(time.Hour)},
		Webhook: &wirechief.Webhook{Name: "Default", Method: "POST", DLR: true},
	}
	if change != nil {
		change(&n)
	}
	return n
}

func pictures(links ...string) (media []wirechief.MediaLink) {
	for _, l := range links {
		kind := "image/jpeg"
		if strings.HasSuffix(l, ".txt") {
			kind = "text/plain; charset=utf-8"
		}
		media = append(media, wirechief.MediaLink{URL: l, Type: kind, Size: 1234})
	}
	return media
}

// TestFormat is docs/dialects/bulkvs.md to the letter.
func TestFormat(t *testing.T) {
	const r = `"RefId":"` + ref + `"`
	for _, tt := range []struct {
		name   string
		notice wirechief.Notice
		want   string
	}{
		{
			"the vendor's sample of a text", inbound(nil),
			`{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C+world",` + r + `}`,
		}, {
			"percent encoding", inbound(func(n *wirechief.Notice) { n.Webhook.Encoding = "percent" }),
			`{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C%20world",` + r + `}`,
		}, {
			"form encoding, said so", inbound(func(n *wirechief.Notice) { n.Webhook.Encoding = "form" }),
			`{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C+world",` + r + `}`,
		}, {
			"no encoding", inbound(func(n *wirechief.Notice) { n.Webhook.Encoding, n.Message.Text = "none", "\"50%\" + é\n" }),
			`{"From":"13105551212","To":["13109060901"],"Message":"\"50%\" + é\n",` + r + `}`,
		}, {
			"plus, percent and what is not ASCII", inbound(func(n *wirechief.Notice) { n.Message.Text = "1+1 = 100% é 😀 <&>" }),
			`{"From":"13105551212","To":["13109060901"],"Message":"1%2B1+%3D+100%25+%C3%A9+%F0%9F%98%80+%3C%26%3E",` + r + `}`,
		}, {
			"a group, from a short code", inbound(func(n *wirechief.Notice) {
				n.Message.From, n.Message.Also = "78701", []string{"+13105551213", "+442079460000"}
			}),
			`{"From":"78701","To":["13109060901","13105551213","442079460000"],"Message":"Hello%2C+world",` + r + `}`,
		}, {
			"pictures: the text is in the .txt file only", inbound(func(n *wirechief.Notice) {
				n.Message.MMS, n.Media = true, pictures("https://h.test/media/1.jpg", "https://h.test/media/2.txt")
			}),
			`{"From":"13105551212","To":["13109060901"],"Message":"","MediaURLs":["https://h.test/media/1.jpg","https://h.test/media/2.txt"],` + r + `}`,
		}, {
			"pictures whose text could not be kept as a file", inbound(func(n *wirechief.Notice) {
				n.Message.MMS, n.Media = true, pictures("https://h.test/media/1.jpg")
			}),
			`{"From":"13105551212","To":["13109060901"],"Message":"Hello%2C+world","MediaURLs":["https://h.test/media/1.jpg"],` + r + `}`,
		}, {
			"a receipt", receipt(nil),
			`{` + r + `,"From":"13105551212","To":["13109060901"],"Message":"id%3A1162999967+sub%3A001+dlvrd%3A001+submit+date%3A2609160247+done+date%3A2609160248+stat%3ADELIVRD+err%3A000+text%3ADream+Team%3A+practice","DeliveryReceipt":true}`,
		}, {
			"3CX", inbound(func(n *wirechief.Notice) { n.Webhook.Method = "3CX" }),
			`{"data":{"event_type":"message.received","id":"` + eventID + `","record_type":"event","occurred_at":"2026-09-16T02:48:01.250Z","payload":{"id":"` + ref + `","record_type":"message","direction":"inbound","type":"SMS","from":{"phone_number":"+13105551212","status":"webhook_delivered"},"to":[{"phone_number":"+13109060901","status":"webhook_delivered"}],"text":"Hello, world","received_at":"2026-09-16T02:47:30.000Z"}}}`,
		}, {
			"3CX, pictures", inbound(func(n *wirechief.Notice) {
				n.Webhook.Method, n.Message.MMS = "3CX", true
				n.Media = pictures("https://h.test/media/1.jpg?a&b", "https://h.test/media/2.txt")
			}),
			`{"data":{"event_type":"message.received","id":"` + eventID + `","record_type":"event","occurred_at":"2026-09-16T02:48:01.250Z","payload":{"id":"` + ref + `","record_type":"message","direction":"inbound","type":"MMS","from":{"phone_number":"+13105551212","status":"webhook_delivered"},"to":[{"phone_number":"+13109060901","status":"webhook_delivered"}],"text":"Hello, world","media":[{"url":"https://h.test/media/1.jpg?a&b","content_type":"image/jpeg","size":1234}],"received_at":"2026-09-16T02:47:30.000Z"}}}`,
		}, {
			"3CX, delivered", receipt(func(n *wirechief.Notice) { n.Webhook.Method = "3CX" }),
			`{"data":{"event_type":"message.finalized","id":"` + eventID + `","record_type":"event","occurred_at":"2026-09-16T02:48:01.250Z","payload":{"id":"` + ref + `","record_type":"message","direction":"outbound","type":"SMS","from":{"phone_number":"+13109060901"},"to":[{"phone_number":"+13105551212","status":"delivered"}],"text":"Dream Team: practice is at 6 tonight","sent_at":"2026-09-16T02:47:30.000Z","completed_at":"2026-09-16T02:48:01.250Z"}}}`,
		}, {
			"3CX, failed", receipt(func(n *wirechief.Notice) {
				n.Webhook.Method, n.Receipt.State, n.Message.Text = "3CX", wirechief.ReceiptRejected, "Hi"
			}),
			`{"data":{"event_type":"message.finalized","id":"` + eventID + `","record_type":"event","occurred_at":"2026-09-16T02:48:01.250Z","payload":{"id":"` + ref + `","record_type":"message","direction":"outbound","type":"SMS","from":{"phone_number":"+13109060901"},"to":[{"phone_number":"+13105551212","status":"delivery_failed"}],"text":"Hi","sent_at":"2026-09-16T02:47:30.000Z","completed_at":"2026-09-16T02:48:01.250Z"}}}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := bulkvs.Formatter{}.Format(tt.notice)
			if err != nil {
				t.Fatal(err)
			}
			if p.Method != "POST" || p.ContentType != "application/json" {
				t.Errorf("%s %s", p.Method, p.ContentType)
			}
			if d := cmp.Diff(tt.want, string(p.Body)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestReceiptText: the seven fields, whoever ended the message and however.
func TestReceiptText(t *testing.T) {
	const start = "id:1162999967 sub:001 "
	for _, tt := range []struct {
		name   string
		change func(*wirechief.Notice)
		want   string
	}{
		{
			"undelivered", func(n *wirechief.Notice) { n.Receipt.State, n.Receipt.Code = wirechief.ReceiptUndeliverable, "255" },
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:UNDELIV err:255 text:Hi",
		},
		{
			"rejected, a short code", func(n *wirechief.Notice) { n.Receipt.State, n.Receipt.Code = wirechief.ReceiptRejected, "8" },
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:REJECTD err:008 text:Hi",
		},
		{
			"expired, a code that is no number", func(n *wirechief.Notice) {
				n.Receipt.State, n.Receipt.Code = wirechief.ReceiptExpired, "ESME_RSYSERR"
			},
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:EXPIRED err:255 text:Hi",
		},
		{
			"delivered, no code and no time of the carrier", func(n *wirechief.Notice) {
				n.Receipt.Code, n.Receipt.Done = "", time.Time{}
			},
			"dlvrd:001 submit date:2609160247 done date:2609160348 stat:DELIVRD err:000 text:Hi",
		},
		{
			"ended by ourselves", func(n *wirechief.Notice) { n.Receipt, n.Message.Status = nil, wirechief.StatusExpired },
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:EXPIRED err:255 text:Hi",
		},
		{
			"canceled", func(n *wirechief.Notice) { n.Receipt, n.Message.Status = nil, wirechief.StatusCanceled },
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:DELETED err:255 text:Hi",
		},
		{
			"failed", func(n *wirechief.Notice) { n.Receipt, n.Message.Status = nil, wirechief.StatusFailed },
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:UNDELIV err:255 text:Hi",
		},
		{
			"unknown", func(n *wirechief.Notice) { n.Receipt, n.Message.Status = nil, wirechief.StatusUnknown },
			"dlvrd:000 submit date:2609160247 done date:2609160248 stat:UNKNOWN err:255 text:Hi",
		},
		{
			"line breaks", func(n *wirechief.Notice) { n.Message.Text = "a\r\nb\nc\rd" },
			"dlvrd:001 submit date:2609160247 done date:2609160248 stat:DELIVRD err:000 text:a b c d",
		},
		{
			"twenty characters, not octets", func(n *wirechief.Notice) { n.Message.Text = strings.Repeat("é", 21) },
			"dlvrd:001 submit date:2609160247 done date:2609160248 stat:DELIVRD err:000 text:" + strings.Repeat("é", 20),
		},
		{
			"no text", func(n *wirechief.Notice) { n.Message.Text = "" },
			"dlvrd:001 submit date:2609160247 done date:2609160248 stat:DELIVRD err:000 text:",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := bulkvs.Formatter{}.Format(receipt(func(n *wirechief.Notice) {
				n.Message.Text = "Hi"
				tt.change(n)
			}))
			if err != nil {
				t.Fatal(err)
			}
			var body struct {
				Message         string
				DeliveryReceipt bool // BulkVS2Go: a Go bool
			}
			if err := json.Unmarshal(p.Body, &body); err != nil || !body.DeliveryReceipt {
				t.Fatalf("%s: %v", p.Body, err)
			}
			text, err := url.QueryUnescape(body.Message)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(start+tt.want, text); d != "" {
				t.Error(d)
			}
			// As a strict client reads it (docs/dialects/bulkvs.md).
			strict := regexp.MustCompile(`^id:(\d+) sub:(\d{3}) dlvrd:(\d{3}) submit date:(\d{10}) done date:(\d{10}) stat:([A-Z]{7}) err:(\d{3}) text:(.*)$`)
			if !strict.MatchString(text) {
				t.Errorf("%q does not have the seven fields", text)
			}
		})
	}
}

// smsconnector takes the mere presence of DeliveryReceipt for a receipt.
func TestInboundHasNoDeliveryReceipt(t *testing.T) {
	p, err := bulkvs.Formatter{}.Format(inbound(nil))
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(p.Body, &body); err != nil {
		t.Fatal(err)
	}
	if _, ok := body["DeliveryReceipt"]; ok {
		t.Errorf("%s", p.Body)
	}
}

func TestFormatRefuses(t *testing.T) {
	for name, n := range map[string]wirechief.Notice{
		"nothing":       {},
		"no webhook":    {Event: wirechief.NoticeInbound, Message: &wirechief.Message{}},
		"another event": inbound(func(n *wirechief.Notice) { n.Event = "call" }),
	} {
		if _, err := (bulkvs.Formatter{}).Format(n); wirechief.KindOf(err) != wirechief.Internal {
			t.Errorf("%s: %v, want an internal error", name, err)
		}
	}
}

// FuzzFormat: any text survives the way through a webhook, in every encoding.
func FuzzFormat(f *testing.F) {
	f.Add("Hello, world", "")
	f.Add("1+1 = 100% é 😀 <&>\"\\\n", "percent")
	f.Add("\u2028\x7f", "none")
	f.Fuzz(func(t *testing.T, text, encoding string) {
		text = strings.ToValidUTF8(text, "")
		p, err := bulkvs.Formatter{}.Format(inbound(func(n *wirechief.Notice) { n.Message.Text, n.Webhook.Encoding = text, encoding }))
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Message string }
		if err := json.Unmarshal(p.Body, &body); err != nil {
			t.Fatal(err)
		}
		got := body.Message
		if encoding != "none" {
			if got, err = url.QueryUnescape(got); err != nil {
				t.Fatal(err)
			}
		}
		if got != text {
			t.Fatalf("%q arrives as %q", text, got)
		}
	})
}

func BenchmarkFormatInbound(b *testing.B) {
	n := inbound(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (bulkvs.Formatter{}).Format(n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormatReceipt(b *testing.B) {
	n := receipt(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (bulkvs.Formatter{}).Format(n); err != nil {
			b.Fatal(err)
		}
	}
}
