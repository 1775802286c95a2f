package bulkvs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/test/world"
)

// TestNumbersOnTheWire plays testdata/numbers to a whole core: given is a state
// file, and state what has become of acme's numbers and who did it.
func TestNumbersOnTheWire(t *testing.T) {
	dialecttest.Archives(t, "testdata/numbers/*.txt", func(t *testing.T, given string) dialecttest.Subject {
		w := world.New(t, given)
		go func() { // the carrier takes what is sent
			for {
				try, err := w.Main.Next(t.Context())
				if err != nil {
					return
				}
				try.Answer(wirechief.Outcome{Disposition: wirechief.Done})
			}
		}()
		return dialecttest.Subject{Handler: bulkvs.New(w, bulkvs.Options{}), State: func() string { return story(w) }}
	})
}

// story tells what acme has, without what it was given by its offer, and what
// was done over this API.
func story(w *world.World) string {
	var b strings.Builder
	who := wirechief.Principal{Tenant: "acme"}
	numbers, _ := w.FindNumbers(context.Background(), who, wirechief.NumberFilter{States: []wirechief.NumberState{
		wirechief.NumberOrdered, wirechief.NumberPending, wirechief.NumberInService, wirechief.NumberAging,
	}})
	for _, n := range numbers {
		fmt.Fprintf(&b, "%s %s sms=%t mms=%t webhook=%q campaign=%q reference=%q line=%+v route=%q endpoint=%q failover=%q\n", n.Number, n.State,
			n.Enabled.SMS, n.Enabled.MMS, n.Webhook, n.Campaign, n.Reference, n.Line, n.Voice.Route, n.Voice.Endpoint, n.Voice.Failover)
	}
	events, err := w.NumberEvents(context.Background(), who, wirechief.NumberEventFilter{Limit: 1000})
	if err != nil {
		return err.Error()
	}
	for i := len(events) - 1; i >= 0; i-- {
		if e := events[i]; strings.HasPrefix(e.By, "bulkvs/") {
			fmt.Fprintf(&b, "%s %s by %s: %s\n", e.Number, e.Type, e.By, e.Detail)
		}
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

const someNumbers = `tenants:
  - id: acme
    credentials: [{dialect: bulkvs, username: acme, password: bulk-secret}]
    numbers:
      - {number: "+13109060901", carrier: main, capabilities: [voice, sms, mms]}
      - {number: "+442079460000", carrier: main, capabilities: [voice, sms]}
  - id: globex
    name: Globex
    numbers: [{number: "+13109060999", carrier: main, capabilities: [voice, sms]}]
offers:
  - {number: "+15105550100", carrier: main, type: local, capabilities: [voice, sms], location: CA, price: "1.00"}
`

// The number calls of core, made of a whole one, which is there once it is needed.

func (c *core) SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error) {
	if c.fail != nil {
		return exchange.OfferPage{}, c.fail
	}
	return c.world().SearchOffers(ctx, p, q)
}

func (c *core) OfferedExchanges(ctx context.Context, npa string) ([]exchange.OfferedExchange, error) {
	if c.fail != nil {
		return nil, c.fail
	}
	return c.world().OfferedExchanges(ctx, npa)
}

func (c *core) Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error) {
	if c.fail != nil {
		return wirechief.Number{}, c.fail
	}
	return c.world().Order(ctx, p, r)
}

func (c *core) Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if c.fail != nil {
		return wirechief.Number{}, c.fail
	}
	return c.world().Number(ctx, p, number)
}

func (c *core) FindNumbers(ctx context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int) {
	return c.world().FindNumbers(ctx, p, f)
}

func (c *core) ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error) {
	if c.fail != nil {
		return wirechief.Number{}, c.fail
	}
	return c.world().ConfigureNumber(ctx, p, number, change)
}

func (c *core) Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if c.fail != nil {
		return wirechief.Number{}, c.fail
	}
	return c.world().Release(ctx, p, number)
}

func (c *core) Tenant(ctx context.Context, id string) (wirechief.Tenant, error) {
	if c.fail != nil {
		return wirechief.Tenant{}, c.fail
	}
	return c.world().Tenant(ctx, id)
}

func (c *core) Balance(ctx context.Context, tenant string) (wirechief.Money, error) {
	if c.fail != nil {
		return 0, c.fail
	}
	return c.world().Balance(ctx, tenant)
}

func (c *core) Agents() exchange.Shelf[wirechief.Agent] { return c.world().Agents() }

// tn calls tnRecord or orderTn and gives the answer.
func tn(t testing.TB, h http.Handler, method, target, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, "/api/v1.0"+target, strings.NewReader(body))
	authorize(basic("acme", "bulk-secret"))(r)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// A campaign takes 49 numbers; the 50th is refused, until one is released.
func TestCampaignIsFull(t *testing.T) {
	var b strings.Builder
	for i := range 51 {
		campaign := "campaign: CW1549, "
		if i > 48 {
			campaign = ""
		}
		fmt.Fprintf(&b, "      - {number: \"+1310906%04d\", carrier: main, %scapabilities: [voice, sms]}\n", i, campaign)
	}
	w := world.New(t, `tenants:
  - id: acme
    credentials: [{dialect: bulkvs, username: acme, password: bulk-secret}]
    campaigns: [{tcr: CW1549, brand: Brand 1, approved: true}]
    numbers:
`+b.String())
	h := bulkvs.New(w, bulkvs.Options{})
	const bind = `{"TN":"13109060049","Tcr":"CW1549"}`
	if code, answer := tn(t, h, "POST", "/tnRecord", bind); code != http.StatusConflict || !strings.Contains(answer, `"Code":"7455"`) || !strings.HasPrefix(answer, `{"TN":"13109060049",`) {
		t.Fatalf("the 50th: %d %s", code, answer)
	}
	if code, answer := tn(t, h, "POST", "/tnRecord", `{"TN":"13109060000","Tcr":"CW1549","ReferenceID":"one of them"}`); code != http.StatusOK {
		t.Errorf("one of the 49 again: %d %s", code, answer)
	}
	if code, answer := tn(t, h, "DELETE", "/tnRecord?Number=13109060000", ""); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	if code, answer := tn(t, h, "POST", "/tnRecord", bind); code != http.StatusOK {
		t.Errorf("after a release: %d %s", code, answer)
	}
	if code, answer := tn(t, h, "GET", "/campaigns", ""); code != http.StatusOK || !strings.Contains(answer, `"Count":"49"`) {
		t.Errorf("%d %s", code, answer)
	}
}

// A search shows as many as asked for, each once, beyond the page of the core.
func TestLongSearch(t *testing.T) {
	w := world.New(t, someNumbers+`  - {generate: {country: US, area_codes: ["240"], count: 2500}, carrier: main, capabilities: [voice, sms]}
`)
	h := bulkvs.New(w, bulkvs.Options{})
	for _, tt := range []struct {
		query string
		want  int
	}{{"", 100}, {"&Limit=", 100}, {"&Limit=1", 1}, {"&Limit=1000", 1000}, {"&Limit=1001", 1001}, {"&Limit=2147483647", 2500}} {
		code, answer := tn(t, h, "GET", "/orderTn?Npa=240"+tt.query, "")
		var rows []struct{ TN string }
		if err := json.Unmarshal([]byte(answer), &rows); code != http.StatusOK || err != nil {
			t.Fatalf("%s: %d %s", tt.query, code, answer)
		}
		seen := make(map[string]bool)
		for _, r := range rows {
			seen[r.TN] = true
		}
		if len(rows) != tt.want || len(seen) != tt.want {
			t.Errorf("%s: %d rows, %d numbers, want %d", tt.query, len(rows), len(seen), tt.want)
		}
	}
}

// FuzzNumbers: whatever comes to the calls about numbers, the answer is a
// success or a refusal that blames the client, of the right shape.
func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{
		`{"TN":"13109060901","Lidb":"ACME","Portout Pin":1234,"Trunk Group":null,"Sms":"1","Mms":0,"ReferenceID":"","Webhook":""}`,
		`{"TN":"15105550100","Sms":true}`,
		`{"TN":"13109060901","Call Forward":"sip:a@b.test","PSTN Failover":"3105551212","Custom URI":"x","Tcr":null}`,
		`{"TN":"13109060999"}`, `{"Tns":["15105550100"]}`, `{"TN":[]}`,
	} {
		f.Add(seed, "Npa=510&Nxx=555&Lca=1&Limit=5")
		f.Add(seed, "Number=13109060901&Trunk+Group=a%20b&Sms=1&Limit=0")
	}
	h := bulkvs.New(world.New(f, someNumbers), bulkvs.Options{})
	f.Fuzz(func(t *testing.T, body, query string) {
		if strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) {
			t.Skip("no query of a request line")
		}
		for _, call := range [][3]string{
			{"POST", "/tnRecord", body},
			{"GET", "/tnRecord?" + query, ""},
			{"GET", "/orderTn?" + query, ""},
			{"GET", "/exchanges?" + query, ""},
			{"POST", "/orderTn", body},
		} {
			code, answer := tn(t, h, call[0], call[1], call[2])
			var refusal struct{ Status, Code, Description string }
			switch {
			case code == http.StatusOK && json.Valid([]byte(answer)):
			case code >= 400 && code < 500 && json.Unmarshal([]byte(answer), &refusal) == nil &&
				refusal.Status == "Failed" && digits.MatchString(refusal.Code) && refusal.Description != "":
			default:
				t.Fatalf("%v: %d %s", call, code, answer)
			}
		}
	})
}
