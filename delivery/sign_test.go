package delivery

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/webhook"
)

// secrets signs for some destinations, with the id of the delivery.
type secrets map[string][]wirechief.Secret

func (s secrets) Sign(d *wirechief.Delivery, at time.Time, body []byte) ([]webhook.Field, []wirechief.Secret) {
	var keys [][]byte
	for _, secret := range s[d.Destination] {
		key, err := webhook.Key(secret)
		if err != nil {
			panic(err)
		}
		keys = append(keys, key)
	}
	return webhook.Sign("id"+d.Tenant, at, body, keys...), s[d.Destination]
}

// A destination that has secrets can verify what it gets, of whatever shape;
// neither record nor answer shows them, and the body is as it was.
func TestSigned(t *testing.T) {
	var got http.Header
	var body []byte
	old, now := webhook.NewSecret(), webhook.NewSecret()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Echo", now.Reveal())
		io.WriteString(w, "your secret is "+old.Reveal())
	})
	h := sender(t)
	h.Signer = secrets{server.URL + "/signed": {now, old}}
	for _, c := range []struct {
		name string
		d    *wirechief.Delivery
	}{
		{"JSON", to(server.URL + "/signed")},
		{"a vendor's fields", to(server.URL+"/signed", header("X-Vendor", "1"), header("Webhook-Id", "the vendor's"))},
		{"in chunks", to(server.URL+"/signed", func(d *wirechief.Delivery) { d.Chunked = true })},
		{"a query", to(server.URL+"/signed", func(d *wirechief.Delivery) {
			d.Method, d.ContentType, d.Body = "GET", "application/x-www-form-urlencoded", []byte("a=b")
		})},
	} {
		sent := string(sentBody(c.d))
		for range 2 { // over a new connection, and over one that was kept
			a, o := h.Send(t.Context(), c.d, time.Second)
			if o.Disposition != wirechief.Done {
				t.Fatalf("%s: %+v %+v", c.name, a, o)
			}
			if string(body) != sent || len(got.Values("webhook-id")) != 1 || got.Get("webhook-id") != "idacme" {
				t.Errorf("%s: %v\n%s", c.name, got, body)
			}
			for _, secret := range []wirechief.Secret{now, old} {
				if err := webhook.Verify(secret, got, body, a.At); err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
				key := strings.TrimPrefix(secret.Reveal(), webhook.Prefix)
				for _, text := range []string{a.Request, a.Body, a.Header["X-Echo"], a.Error} {
					if strings.Contains(text, key) {
						t.Errorf("%s: the record shows a secret: %s", c.name, text)
					}
				}
			}
			if !strings.Contains(a.Request, "webhook-signature: v1,") {
				t.Errorf("%s: the record lacks the signature:\n%s", c.name, a.Request)
			}
		}
	}
	if a, _ := h.Send(t.Context(), to(server.URL+"/other"), time.Second); got.Get("webhook-signature") != "" || strings.Contains(a.Request, "webhook-") {
		t.Errorf("without a secret there is a signature: %v", got)
	}
}
