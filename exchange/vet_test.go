package exchange

import (
	"context"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

// slowGuard does not get an answer about names with "slow" in them before it
// is told to.
type slowGuard struct {
	asked  chan string
	answer chan error
}

func (g *slowGuard) Check(_ context.Context, url string) error {
	if !strings.Contains(url, "slow") {
		return nil
	}
	g.asked <- url
	return <-g.answer
}

// While the name server of one tenant is slow to answer, another tenant goes on.
func TestASlowNameKeepsNobodyWaiting(t *testing.T) {
	x := applied(t, t.TempDir())
	apply(t, x, `
tenants:
  - {id: acme, agreement: true, numbers: [{number: "+13109060901", carrier: main}]}
  - {id: globex, agreement: true, numbers: [{number: "+13109060902", carrier: main}]}
`)
	g := &slowGuard{make(chan string), make(chan error)}
	x.Guard = g
	forward := func(tenant, number, url string) error {
		_, err := x.ConfigureNumber(t.Context(), wirechief.Principal{Tenant: tenant}, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
			return wirechief.NumberPatch{Receipts: wirechief.Set(wirechief.Hook{URL: url})}, nil
		})
		return err
	}
	webhook := func(tenant, url string) error {
		_, err := x.PutWebhook(t.Context(), wirechief.Principal{Tenant: tenant}, wirechief.WebhookPatch{Name: "hook", URL: wirechief.Set(url)})
		return err
	}
	for name, slow := range map[string]func() error{
		"a number":  func() error { return forward("acme", "+13109060901", "http://slow.test/") },
		"a webhook": func() error { return webhook("acme", "http://slow.test/") },
	} {
		for _, answer := range []error{wirechief.Refuse(wirechief.Invalid, wirechief.RuleEgress, "a private address"), nil} {
			done := make(chan error)
			go func() { done <- slow() }()
			<-g.asked
			if err := forward("globex", "+13109060902", "http://quick.test/"+name[2:]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := webhook("globex", "http://quick.test/"+name[2:]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			g.answer <- answer
			if err := <-done; wirechief.KindOf(err) != wirechief.KindOf(answer) {
				t.Errorf("%s: %v, not %v", name, err, answer)
			}
		}
	}
	if n := x.dir.number("+13109060901"); n.Receipts.URL != "http://slow.test/" {
		t.Errorf("receipts go to %q", n.Receipts.URL)
	}
}
