package fonedynamics_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

// Large batches keep their order; above a thousand they are refused.
func TestLargeBatch(t *testing.T) {
	h := texts(newTexts(t, textState))
	batch := func(n int) string {
		entries := make([]string, n)
		for i := range entries {
			entries[i] = fmt.Sprintf(`{"From":"+61280000001","To":"+6140000%04d","Text":"text %d"}`, i, i)
			if i%7 == 3 {
				entries[i] = `{"Text":"nobody"}`
			}
		}
		return `{"Messages":[` + strings.Join(entries, ",") + `]}`
	}
	var reply []struct{ MessageSid, Text, ErrorCode, Message string }
	a := ask(t, h, "POST", batching, batch(1000))
	if err := json.Unmarshal(a.Body.Bytes(), &reply); err != nil || len(reply) != 1000 || a.Code != 200 {
		t.Fatalf("%d %.200s %v", a.Code, a.Body, err)
	}
	for i, r := range reply {
		if i%7 == 3 {
			if r.ErrorCode != "PARAMETER_REQUIRED" || r.Message != "To is required" || r.MessageSid != "" {
				t.Fatalf("entry %d: %+v", i, r)
			}
		} else if r.Text != fmt.Sprintf("text %d", i) || r.MessageSid == "" || r.ErrorCode != "" {
			t.Fatalf("entry %d: %+v", i, r)
		}
	}
	a = ask(t, h, "POST", batching, batch(1001))
	refusal(t, a.Code, a.Header(), a.Body.Bytes())
	if a.Code != 400 {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

// A store that cannot be written to refuses each entry of a batch, and keeps nothing.
func TestBatchWithoutAStore(t *testing.T) {
	w := newTexts(t, textState)
	h := texts(w)
	w.Fail(wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "the disk is full"))
	a := ask(t, h, "POST", batching, `{"Messages":[`+hello+`]}`)
	if a.Code != 200 || !strings.Contains(a.Body.String(), `[{"ErrorCode":"SERVICE_UNAVAILABLE","Message":`) {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	a = ask(t, h, "POST", texting, hello)
	if a.Code != 503 || a.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

// FuzzMessages: whatever comes, the answer is a text that is kept, or a refusal
// of the right shape; a batch is an array, or a refusal.
func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		hello, `{"To":"+61400000002","Text":"Hi \ud83d\ude00","Schedule":1772452900,"DeliveryReceipt":false}`,
		`{"Messages":[` + hello + `,{},null,1]}`, `{"Messages":{}}`, `[]`, `{"from":"A B","to":"61400000002","text":"\u0000"}`,
		"{\"From\":\"+61280000001\",\"To\":\"+61400000002\",\"Text\":\"caf\xe9\",\"WebhookUri\":\"https://a.test/\",\"WebhookMethod\":\"gEt\"}",
	} {
		f.Add(seed, "application/json")
	}
	f.Add("From=%2B61280000001&To=%2B61400000002&Text=Hi", "application/x-www-form-urlencoded")
	h := texts(newTexts(f, textState))
	f.Fuzz(func(t *testing.T, body, contentType string) {
		a := ask(t, h, "POST", texting, body, "Content-Type", contentType)
		var one struct{ Message resource }
		if a.Code == 200 {
			if err := json.Unmarshal(a.Body.Bytes(), &one); err != nil || len(one.Message.MessageSid) != 32 || one.Message.Status != "Processing" {
				t.Fatalf("%s %v", a.Body, err)
			}
		} else {
			refusal(t, a.Code, a.Header(), a.Body.Bytes())
		}
		a = ask(t, h, "POST", batching, body, "Content-Type", contentType)
		var many []map[string]any
		if a.Code == 200 {
			if err := json.Unmarshal(a.Body.Bytes(), &many); err != nil {
				t.Fatalf("%s %v", a.Body, err)
			}
			for _, m := range many {
				if _, text := m["Message"].(string); text == (m["MessageSid"] != nil) {
					t.Fatalf("%s", a.Body)
				}
			}
		} else {
			refusal(t, a.Code, a.Header(), a.Body.Bytes())
		}
		a = ask(t, h, "GET", texting, body)
		if a.Code != 200 {
			refusal(t, a.Code, a.Header(), a.Body.Bytes())
		}
	})
}

// A full batch of the longest texts in the widest script is taken; a larger body
// is refused, as is one of 1 MiB for a single text.
func TestTheLargestBatch(t *testing.T) {
	h := texts(newTexts(t, textState))
	entry := `{"From":"+61280000001","To":"+61400000002","ExternalId":"` + strings.Repeat("x", 255) + `","Text":"` + strings.Repeat("語", 1600) + `"}`
	full := `{"Messages":[` + strings.Repeat(entry+",", 999) + entry + `]}`
	a := ask(t, h, "POST", batching, full)
	if a.Code != 200 || strings.Count(a.Body.String(), "TEXT_TOO_LONG")+strings.Count(a.Body.String(), "MessageSid") != 1000 {
		t.Errorf("%d octets: %d %.300s", len(full), a.Code, a.Body)
	}
	for target, size := range map[string]int{batching: 8 << 20, texting: 1 << 20} {
		a := ask(t, h, "POST", target, `{"Messages":[],"Text":"`+strings.Repeat("x", size)+`"}`)
		refusal(t, a.Code, a.Header(), a.Body.Bytes())
		if a.Code != 400 || !strings.Contains(a.Body.String(), fmt.Sprint("larger than ", size, " octets")) {
			t.Errorf("%s: %d %s", target, a.Code, a.Body)
		}
	}
}
