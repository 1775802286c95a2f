package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/carrier/carriertest"
)

// A carrier that is always slower than we are patient has each message once
// all the same, and the customer is told once of each.
func TestCarrierThatAnswersLate(t *testing.T) {
	customer := newCustomer(t)
	smsc, err := carriertest.NewSMSC(carriertest.Options{Behaviour: carriertest.Behaviour{AnswerDelay: 350 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { smsc.Close() })
	p := run(t, free(t), fmt.Sprintf(`carriers: [{name: main, type: smpp, address: %q, system_id: w, password: secret, response_timeout: 100ms}]
egress: {allow: [%s]}
`, smsc.Address(), allow(customer.URL)), fmt.Sprintf(`tenants:
  - id: acme
    require_campaign: false
    credentials: [{dialect: bulkvs, username: acme, password: bulk-secret}]
    webhooks: [{name: Default, url: %q, dlr: true}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [sms], webhook: Default}]
`, customer.URL))
	eventually(t, func() string { return "no bind" }, func() bool { return smsc.Stats().Connections == 1 })
	const messages = 5
	for i := range messages {
		code, answer := p.post("/messageSend", "acme", "bulk-secret", fmt.Sprintf(`{"From":"13109060901","To":["1310555121%d"],"Message":"Patience %d"}`, i, i))
		if code != http.StatusOK {
			t.Fatalf("%d %s", code, answer)
		}
		m := p.outbound(answer, func(m *wire.Message) bool { return m.Status == "delivered" })
		if !slices.ContainsFunc(m.Events, func(e wirechief.Event) bool { return e.Type == wirechief.EventInDoubt }) {
			t.Error("it was never in doubt: this tests nothing")
		}
		if told := customer.next(t); !strings.Contains(told["Message"].(string), "stat%3ADELIVRD") {
			t.Errorf("the customer is told %v", told)
		}
	}
	if got := len(smsc.Submits()); got != messages {
		t.Errorf("%d messages were submitted %d times", messages, got)
	}
}
