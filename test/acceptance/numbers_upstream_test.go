package acceptance

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// wholesale are two installations: a reseller's, which buys from another's.
type wholesale struct {
	reseller, carrier *program
	customer          *customer
	// silent lets orders and releases on the wire between them be served and
	// their answers be lost.
	silent *atomic.Bool
}

func newWholesale(t *testing.T) *wholesale {
	t.Helper()
	w := &wholesale{customer: newCustomer(t), silent: new(atomic.Bool)}
	lower, upper := free(t), free(t)
	const hook = "hook-0123456789abcdef"
	w.carrier = run(t, upper, fmt.Sprintf("carriers: [{name: sim, type: sim, receipt_delay: 10ms}]\negress: {allow: [%q]}\n", allow(lower)),
		fmt.Sprintf(`tenants:
  - id: reseller
    require_campaign: false
    credentials: [{dialect: bulkvs, username: reseller, password: up-secret}]
    webhooks: [{name: Down, url: "http://%s/carriers/upstream/%s", dlr: true}]
  - id: other
    credentials: [{dialect: bulkvs, username: other, password: other-secret}]
offers:
  - {number: "+15105550100", carrier: sim, type: local, capabilities: [voice, sms, mms], location: CA, price: "1.00"}
  - {number: "+15105550101", carrier: sim, type: local, capabilities: [voice, sms], location: CA, price: "1.50"}
  - {number: "+15105550102", carrier: sim, type: local, capabilities: [voice, sms], location: Oakland, price: "1.00"}
`, lower, hook))

	target, err := url.Parse("http://" + upper)
	if err != nil {
		t.Fatal(err)
	}
	through := httputil.NewSingleHostReverseProxy(target)
	wire := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || !w.silent.Load() {
			through.ServeHTTP(rw, r)
			return
		}
		through.ServeHTTP(httptest.NewRecorder(), r)
		<-r.Context().Done() // the client loses patience
	}))
	t.Cleanup(wire.Close)

	w.reseller = run(t, lower, fmt.Sprintf(`carriers: [{name: upstream, type: bulkvs, url: "%s/api/v1.0", username: reseller, password: up-secret, webhook_token: %s, webhook: Down, response_timeout: 1s}]
egress: {allow: [%q]}
numbers: {aging: 1s}
`, wire.URL, hook, allow(w.customer.URL)),
		fmt.Sprintf(`tenants:
  - id: acme
    balance: "10.00"
    require_campaign: false
    credentials: [{dialect: bulkvs, username: acme, password: bulk-secret}]
    webhooks: [{name: Default, url: %q, dlr: true}]
`, w.customer.URL))
	return w
}

// below calls the reseller's API as its customer, above the carrier's as the reseller.
func (w *wholesale) below(method, path, body string) (int, string) {
	w.reseller.t.Helper()
	return w.reseller.call(method, path, "acme", "bulk-secret", body)
}

func (w *wholesale) above(method, path, body string) (int, string) {
	w.carrier.t.Helper()
	return w.carrier.call(method, path, "reseller", "up-secret", body)
}

// stands waits for a number to be answered about as wanted, by one of the two.
func stands(t *testing.T, ask func(method, path, body string) (int, string), number string, code int, has string) {
	t.Helper()
	var got int
	var answer string
	eventually(t, func() string { return fmt.Sprintf("%s: %d %s, want %d %s", number, got, answer, code, has) }, func() bool {
		got, answer = ask(http.MethodGet, "/tnRecord?Number="+number, "")
		return got == code && strings.Contains(answer, has)
	})
}

// A customer of the reseller finds a number that the carrier sells, buys it,
// texts with it and gives it up; both books are right at each step.
func TestNumberIsBoughtThroughAReseller(t *testing.T) {
	w := newWholesale(t)
	code, answer := w.below("GET", "/orderTn?Npa=510", "")
	if code != http.StatusOK || strings.Count(answer, `"TN"`) != 3 || !strings.Contains(answer, `{"TN":"15105550101","Rate Center":"","State":"CA","Tier":"0","Per Minute Rate":"0.00","Mrc":"1.50","Nrc":"0.00"}`) {
		t.Fatalf("search: %d %s", code, answer)
	}
	for _, number := range []string{"15105550100", "15105550101"} { // with pictures and without
		code, answer = w.below("POST", "/orderTn", fmt.Sprintf(`{"TN":%q,"Webhook":"Default"}`, number))
		if code != http.StatusOK || !strings.Contains(answer, `"Status":"Active"`) {
			t.Fatalf("order: %d %s", code, answer)
		}
		stands(t, w.below, number, http.StatusOK, `"Webhook":"Default"`)
		stands(t, w.above, number, http.StatusOK, `"Webhook":"Down"`)
	}
	stands(t, w.above, "15105550100", http.StatusOK, `"Sms":true,"Mms":true`)
	stands(t, w.above, "15105550101", http.StatusOK, `"Sms":true,"Mms":false`)
	if code, answer = w.below("GET", "/accountDetail", ""); !strings.Contains(answer, `"Balance":"7.50"`) {
		t.Errorf("after two purchases: %d %s", code, answer)
	}
	if code, answer = w.below("POST", "/orderTn", `{"TN":"15105550100"}`); code != http.StatusConflict || !strings.Contains(answer, `"Code":"7511"`) {
		t.Errorf("again: %d %s", code, answer)
	}
	if code, answer = w.below("GET", "/orderTn?Npa=510", ""); code != http.StatusOK || strings.Count(answer, `"TN"`) != 1 {
		t.Errorf("another search: %d %s", code, answer)
	}

	_, answer = w.below("POST", "/messageSend", `{"From":"15105550100","To":["13105551212"],"Message":"From my new number"}`)
	w.reseller.outbound(answer, status("delivered"))
	if told := w.customer.next(t); told["DeliveryReceipt"] != true {
		t.Errorf("the customer is told %v", told)
	}
	if err := w.carrier.own.SimulateText(t.Context(), "+13105551212", "+15105550100", "To it"); err != nil {
		t.Fatal(err)
	}
	if told := w.customer.next(t); told["Message"] != "To+it" {
		t.Errorf("the customer is told %v", told)
	}

	if code, answer = w.below("DELETE", "/tnRecord?Number=15105550100", ""); code != http.StatusOK {
		t.Fatalf("release: %d %s", code, answer)
	}
	stands(t, w.below, "15105550100", http.StatusNotFound, "")
	stands(t, w.above, "15105550100", http.StatusNotFound, "") // once the quarantine is over
	stands(t, w.above, "15105550101", http.StatusOK, "")
}

// An order whose answer is lost stands, and is confirmed when the carrier can be
// asked again; so does a release.
func TestOrderWhoseAnswerIsLost(t *testing.T) {
	w := newWholesale(t)
	w.silent.Store(true)
	code, answer := w.below("POST", "/orderTn", `{"TN":"15105550100"}`)
	if code != http.StatusOK || !strings.Contains(answer, `"Status":"Pending"`) {
		t.Fatalf("order: %d %s", code, answer)
	}
	stands(t, w.above, "15105550100", http.StatusOK, `"Status":"Active"`) // the carrier has sold it
	stands(t, w.below, "15105550100", http.StatusOK, `"Status":"Pending"`)
	if code, answer = w.below("DELETE", "/tnRecord?Number=15105550100", ""); code != http.StatusConflict {
		t.Errorf("released while nobody knows whose it is: %d %s", code, answer)
	}
	w.silent.Store(false)
	stands(t, w.below, "15105550100", http.StatusOK, `"Status":"Active"`)
	if code, answer = w.below("GET", "/accountDetail", ""); !strings.Contains(answer, `"Balance":"9.00"`) {
		t.Errorf("it is paid once: %d %s", code, answer)
	}
	w.silent.Store(true)
	if code, answer = w.below("DELETE", "/tnRecord?Number=15105550100", ""); code != http.StatusOK {
		t.Fatalf("release: %d %s", code, answer)
	}
	stands(t, w.above, "15105550100", http.StatusNotFound, "")
	w.silent.Store(false)
	var found int
	eventually(t, func() string { return fmt.Sprintf("%d numbers on offer", found) }, func() bool {
		_, answer := w.below("GET", "/orderTn?Npa=510", "")
		found = strings.Count(answer, `"TN"`)
		return found == 2 // the carrier has a quarantine of its own
	})
}

// A number that the carrier has sold to somebody else meanwhile cannot be had,
// and costs nothing.
func TestNumberThatTheCarrierHasSold(t *testing.T) {
	w := newWholesale(t)
	if code, answer := w.below("GET", "/orderTn?Npa=510&Limit=1", ""); code != http.StatusOK {
		t.Fatalf("search: %d %s", code, answer)
	}
	if code, answer := w.carrier.call("POST", "/orderTn", "other", "other-secret", `{"TN":"15105550100"}`); code != http.StatusOK {
		t.Fatalf("the other: %d %s", code, answer)
	}
	code, answer := w.below("POST", "/orderTn", `{"TN":"15105550100"}`)
	if code != http.StatusConflict || !strings.Contains(answer, `"Code":"7457"`) {
		t.Errorf("order: %d %s", code, answer)
	}
	stands(t, w.below, "15105550100", http.StatusNotFound, "")
	if code, answer = w.below("GET", "/accountDetail", ""); !strings.Contains(answer, `"Balance":"10.00"`) {
		t.Errorf("it costs something: %d %s", code, answer)
	}
}
