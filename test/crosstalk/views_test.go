package crosstalk

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api"
	"github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/dialect/message2give"
	"github.com/wirechief/wirechief/dialect/zendesktalk"
	"github.com/wirechief/wirechief/test/world"
)

// Two tenants, each with credentials in every dialect and a number of its own.
const (
	ours   = "+13105550100"
	theirs = "+13105550199"
	onSale = "+15105550100"
)

const configured = `
tenants:
  - id: acme
    credentials:
      - {dialect: bulkvs, username: acme, password: secret}
      - {dialect: zendesk, email: ann@acme.test, token: secret}
      - {dialect: fonedynamics, account_sid: AACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA, token: secret}
      - {dialect: message2give, workspace: "4711", username: acme, password: secret}
      - {dialect: wirechief, token: acme-token}
    properties: [{sid: SACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA, name: Main}]
    campaigns: [{tcr: CW1549, brand: Acme, approved: true}]
    webhooks: [{name: Default, url: "http://hooks.test/acme"}]
    groups: [{id: 1, name: Sales}]
    brands: [{id: 1, name: Acme}]
    schedules: [{id: 1, name: Office, time_zone: UTC, intervals: [{start_time: 1980, end_time: 2460}]}]
    flows: [{id: "1001", name: Front desk, start: a, nodes: {a: {hangup: {}}}}]
    addresses: [{name: HQ, street: 1 Main St, city: Oakland, province: CA, zip: "94607", country: US}]
    numbers: [{number: "+13105550100", carrier: main, capabilities: [voice, sms, mms], property: SACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA}]
  - id: globex
    credentials:
      - {dialect: bulkvs, username: globex, password: secret}
      - {dialect: zendesk, email: bob@globex.test, token: secret}
      - {dialect: fonedynamics, account_sid: AGLOBEXAAAAAAAAAAAAAAAAAAAAAAAAA, token: secret}
      - {dialect: message2give, workspace: "4712", username: globex, password: secret}
      - {dialect: wirechief, token: globex-token}
    properties: [{sid: SGLOBEXAAAAAAAAAAAAAAAAAAAAAAAAA, name: Main}]
    groups: [{id: 1, name: Sales}]
    addresses: [{name: HQ, street: 1 High St, city: London, province: "", zip: N1, country: GB}]
    numbers: [{number: "+13105550199", carrier: main, capabilities: [voice, sms, mms]}]
offers:
  - {number: "+15105550100", carrier: main, capabilities: [voice, sms, mms], location: CA, price: "1.00"}
`

// house is the world with everything that stands around it.
type house struct {
	*world.World
	t       *testing.T
	handler http.Handler
}

func newHouse(t *testing.T) *house {
	t.Helper()
	w := world.New(t, configured)
	mux := map[string]http.Handler{
		"/2019-01-23/":           message2give.New(w.Exchange, message2give.Options{}),
		"/v2/":                   fonedynamics.New(w.Exchange, fonedynamics.Options{}),
		"/api/v2/channels/voice": zendesktalk.New(w.Exchange, zendesktalk.Options{}),
		"/api/v1.0/":             bulkvs.New(w.Exchange, bulkvs.Options{}),
		"/wirechief/v1/":         api.New(api.Options{Core: w.Exchange}),
	}
	return &house{World: w, t: t, handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		for prefix, h := range mux {
			if strings.HasPrefix(r.URL.Path, prefix) {
				h.ServeHTTP(rw, r)
				return
			}
		}
		t.Errorf("nobody serves %s", r.URL.Path)
	})}
}

// logins of the first tenant and the second.
func login(tenant string, r *http.Request) {
	user := map[string][3]string{
		"acme":   {"ann@acme.test/token", "AACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA", "acme"},
		"globex": {"bob@globex.test/token", "AGLOBEXAAAAAAAAAAAAAAAAAAAAAAAAA", "globex"},
	}[tenant]
	switch {
	case strings.HasPrefix(r.URL.Path, "/2019"):
		r.Header.Set("x-api-key", base64.StdEncoding.EncodeToString([]byte(user[2]+":secret")))
	case strings.HasPrefix(r.URL.Path, "/v2"):
		r.SetBasicAuth(user[1], "secret")
	case strings.HasPrefix(r.URL.Path, "/api/v2"):
		r.SetBasicAuth(user[0], "secret")
	case strings.HasPrefix(r.URL.Path, "/api/v1"):
		r.SetBasicAuth(user[2], "secret")
	default:
		r.Header.Set("Authorization", "Bearer "+tenant+"-token")
	}
}

// do makes a request as a tenant and gives status and body.
func (h *house) do(tenant, request string) (int, string) {
	h.t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	target, body, _ := strings.Cut(rest, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if method == http.MethodPatch {
			r.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	login(tenant, r)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// must makes a request that has to succeed.
func (h *house) must(tenant, request string) string {
	h.t.Helper()
	status, body := h.do(tenant, request)
	if status >= 300 {
		h.t.Fatalf("%s: %d %s", request, status, body)
	}
	return body
}

// at finds a value in a JSON document: keys and indexes, as "phone_number/id".
func at(doc, path string) string {
	var v any
	if err := json.Unmarshal([]byte(doc), &v); err != nil {
		return "no JSON: " + doc
	}
	for _, key := range strings.Split(path, "/") {
		if key, err := url.PathUnescape(key); err == nil {
			switch at := v.(type) {
			case map[string]any:
				v = at[key]
			case []any:
				var i int
				if _, err := fmt.Sscan(key, &i); err != nil || i >= len(at) {
					return ""
				}
				v = at[i]
			default:
				return ""
			}
		}
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return fmt.Sprintf("%.0f", v)
	default:
		out, _ := json.Marshal(v) // of what was read
		return string(out)
	}
}

// path names in the dialects.
func digits(number string) string { return strings.TrimPrefix(number, "+") }

// read gives a number as a dialect shows it to its tenant.
func (h *house) read(dialect, tenant, number string) string {
	h.t.Helper()
	switch dialect {
	case wirechief.DialectMessage2Give:
		return h.must(tenant, "GET /2019-01-23/organisations/self/msns/"+digits(number))
	case wirechief.DialectFoneDynamics:
		return h.must(tenant, "GET /v2/Numbers/"+digits(number))
	case wirechief.DialectZendesk:
		id := h.zendeskID(tenant, number)
		return h.must(tenant, "GET /api/v2/channels/voice/phone_numbers/"+id+"?include=settings")
	case wirechief.DialectBulkVS:
		return h.must(tenant, "GET /api/v1.0/tnRecord?Number="+digits(number))
	}
	return h.must(tenant, "GET /wirechief/v1/numbers/"+url.PathEscape(number))
}

// zendeskID finds a number's id in the list; "" when it is not there.
func (h *house) zendeskID(tenant, number string) string {
	h.t.Helper()
	list := h.must(tenant, "GET /api/v2/channels/voice/phone_numbers")
	for i := 0; ; i++ {
		switch at(list, fmt.Sprintf("phone_numbers/%d/number", i)) {
		case number:
			return at(list, fmt.Sprintf("phone_numbers/%d/id", i))
		case "":
			return ""
		}
	}
}
