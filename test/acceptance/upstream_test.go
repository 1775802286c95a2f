package acceptance

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A reseller's installation has another one as its carrier, over the BulkVS
// API: texts and pictures go through both, receipts and texts come back.
func TestOneInstanceIsTheCarrierOfAnother(t *testing.T) {
	customer := newCustomer(t)
	pictures := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".txt") {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "Words of the picture")
			return
		}
		w.Header().Set("Content-Type", "image/png")
		w.Write(pixel(t))
	}))
	t.Cleanup(pictures.Close)
	lower, upper := free(t), free(t)

	const hook = "hook-0123456789abcdef"
	carrier := run(t, upper, fmt.Sprintf("carriers: [{name: sim, type: sim, receipt_delay: 10ms}]\negress: {allow: [%q]}\n", allow(lower)),
		fmt.Sprintf(`tenants:
  - id: reseller
    require_campaign: false
    credentials: [{dialect: bulkvs, username: reseller, password: up-secret}]
    webhooks: [{name: Down, url: "http://%s/carriers/upstream/%s", dlr: true}]
    numbers: [{number: "+13109060901", carrier: sim, capabilities: [sms, mms], webhook: Down}]
`, lower, hook))
	reseller := run(t, lower, fmt.Sprintf(`carriers: [{name: upstream, type: bulkvs, url: "http://%s/api/v1.0", username: reseller, password: up-secret, webhook_token: %s}]
egress: {allow: [%q, %q]}
`, upper, hook, allow(customer.URL), allow(pictures.URL)),
		fmt.Sprintf(`tenants:
  - id: acme
    require_campaign: false
    credentials: [{dialect: bulkvs, username: acme, password: bulk-secret}]
    webhooks: [{name: Default, url: %q, dlr: true}]
    numbers: [{number: "+13109060901", carrier: upstream, capabilities: [sms, mms], webhook: Default}]
`, customer.URL))

	t.Run("a text out, its receipt back", func(t *testing.T) {
		code, answer := reseller.post("/messageSend", "acme", "bulk-secret", `{"From":"13109060901","To":["13105551212"],"Message":"Through two"}`)
		if code != http.StatusOK {
			t.Fatalf("%d %s", code, answer)
		}
		m := reseller.outbound(answer, status("delivered"))
		if m.Carrier != "upstream" || m.CarrierID == "" {
			t.Errorf("it went over %s as %q", m.Carrier, m.CarrierID)
		}
		told := customer.next(t)
		if told["DeliveryReceipt"] != true || !strings.Contains(told["Message"].(string), "stat%3ADELIVRD") {
			t.Errorf("the customer is told %v", told)
		}
	})
	t.Run("a picture out", func(t *testing.T) {
		code, answer := reseller.post("/messageSend", "acme", "bulk-secret",
			fmt.Sprintf(`{"From":"13109060901","To":["13105551212"],"Message":"Look","MediaURLs":[%q]}`, pictures.URL+"/a.png"))
		if code != http.StatusOK || !strings.Contains(answer, `"MessageType":"MMS"`) {
			t.Fatalf("%d %s", code, answer)
		}
		m := reseller.outbound(answer, status("delivered"))
		if len(m.Media) != 1 || m.Media[0].Type != "image/png" || !strings.HasSuffix(m.Media[0].URL, ".png") {
			t.Fatalf("its media are %+v", m.Media)
		}
		for _, url := range []string{m.Media[0].URL} {
			if body := get(t, url); !bytes.Equal(body, pixel(t)) {
				t.Errorf("%s serves something else", url)
			}
		}
		customer.next(t)
	})
	t.Run("a text in", func(t *testing.T) {
		if err := carrier.own.SimulateText(t.Context(), "+13105551212", "+13109060901", "Hello, world & all"); err != nil {
			t.Fatal(err)
		}
		told := customer.next(t)
		if told["Message"] != "Hello%2C+world+%26+all" || told["From"] != "13105551212" {
			t.Errorf("the customer is told %v", told)
		}
		if _, ok := told["DeliveryReceipt"]; ok {
			t.Error("an inbound text has a DeliveryReceipt")
		}
	})
	t.Run("a picture in, with its text in a file", func(t *testing.T) {
		// As the vendor's own service brings it: Message empty, the text beside the picture.
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, reseller.url+"/carriers/upstream/"+hook, strings.NewReader(fmt.Sprintf(
			`{"From":"13105551212","To":["13109060901"],"Message":"","MediaURLs":[%q,%q,%q]}`,
			pictures.URL+"/layout.smil", pictures.URL+"/a.png", pictures.URL+"/words.txt")))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("it is answered with %d", resp.StatusCode)
		}
		told := customer.next(t)
		media, _ := told["MediaURLs"].([]any)
		if len(media) != 2 || told["Message"] != "" {
			t.Fatalf("the customer is told %v", told)
		}
		for i, want := range []string{".png", ".txt"} {
			if url, _ := media[i].(string); !strings.HasSuffix(url, want) {
				t.Errorf("file %d is %v", i, media[i])
			}
		}
		if body := get(t, media[1].(string)); string(body) != "Words of the picture" {
			t.Errorf("its text is %q", body)
		}
	})
	t.Run("a refusal above is a failure below", func(t *testing.T) {
		_, answer := reseller.post("/messageSend", "acme", "bulk-secret", `{"From":"13109060901","To":["13105550003"],"Message":"Rejected"}`)
		reseller.outbound(answer, status("failed"))
		if told := customer.next(t); !strings.Contains(told["Message"].(string), "stat%3AREJECTD") {
			t.Errorf("the customer is told %v", told)
		}
	})
}

func pixel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d: %v", url, resp.StatusCode, err)
	}
	return b
}
