package exchange_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/state"
	core "github.com/wirechief/wirechief/test/world"
)

// A token that was used is worth nothing when the number is on offer again
// before the token's time is over; no more is one of before a reservation, nor
// one in other letters.
func TestAQuoteIsOfOneLife(t *testing.T) {
	const number = "+15105550100"
	w := shop(t, func(o *exchange.Options) { o.Aging = time.Second })
	order := func(token string) error {
		_, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Token: token})
		return err
	}
	token := w.Quote("acme", number)
	wantError(t, order(strings.ToUpper(token)), wirechief.Conflict, wirechief.RuleToken, "token")
	again := func() {
		t.Helper()
		if _, err := w.Release(t.Context(), acme, number); err != nil {
			t.Fatal(err)
		}
		w.advance(2 * time.Second)
		w.eventually("the number is on offer again", func() bool { return strings.Contains(w.onOffer(wirechief.OfferQuery{}), number) })
	}
	if err := order(token); err != nil {
		t.Fatal(err)
	}
	again()
	wantError(t, order(token), wirechief.Conflict, wirechief.RuleToken, "token")
	w.restart()
	wantError(t, order(token), wirechief.Conflict, wirechief.RuleToken, "token")
	fresh := w.Quote("acme", number)
	if fresh == token {
		t.Fatal("the same token after a sale")
	}
	if err := order(fresh); err != nil {
		t.Fatal(err)
	}
}

// Campaigns are of long codes, also in a state file.
func TestTollFreeNumbersTakeNoCampaign(t *testing.T) {
	w := newWorld(t)
	_, err := w.ConfigureNumber(t.Context(), acme, "+18005550100", func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Campaign: wirechief.Set("CW1549")}, nil
	})
	wantError(t, err, wirechief.Conflict, wirechief.RuleCampaign, "campaign")
	f, err := state.Parse("state.yaml", []byte(`tenants: [{id: acme, numbers: [{number: "+18005550100", campaign: CW1549}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Apply(t.Context(), f, false)
	wantError(t, err, wirechief.Conflict, wirechief.RuleCampaign, "campaign")
}

// What a number says is judged when it is said.
func TestSettingsOfCallsAndLines(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name  string
		patch wirechief.NumberPatch
		field string // that is refused
	}{
		{"a SIP URI", wirechief.NumberPatch{CustomURI: wirechief.Set("sip:desk@pbx.test")}, ""},
		{"a number for a URI", wirechief.NumberPatch{CustomURI: wirechief.Set("+13105550100")}, "line.custom_uri"},
		{"no URI", wirechief.NumberPatch{CustomURI: wirechief.Set("not a uri")}, "line.custom_uri"},
		{"an overflow of no plan", wirechief.NumberPatch{Calls: wirechief.CallsPatch{Overflow: wirechief.Set(wirechief.Overflow{Number: "+15551234567"})}}, ""},
		{"an overflow abroad, in use", wirechief.NumberPatch{Calls: wirechief.CallsPatch{Overflow: wirechief.Set(wirechief.Overflow{Enabled: true, Number: "+8881234567"})}}, ""},
		{"an overflow that is too short", wirechief.NumberPatch{Calls: wirechief.CallsPatch{Overflow: wirechief.Set(wirechief.Overflow{Number: "+123456"})}}, "calls.overflow"},
		{"an overflow without +", wirechief.NumberPatch{Calls: wirechief.CallsPatch{Overflow: wirechief.Set(wirechief.Overflow{Number: "15551234567"})}}, "calls.overflow"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.ConfigureNumber(t.Context(), acme, desk, func(wirechief.Number) (wirechief.NumberPatch, error) { return tt.patch, nil })
			if tt.field != "" {
				wantError(t, err, wirechief.Invalid, "", tt.field)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// Texts are not switched on for who may not send any; what is on stays on, and
// a number that is bought begins without.
func TestMessagingOff(t *testing.T) {
	w := shop(t)
	w.apply(`tenants: [{id: acme, messaging: false}]`)
	set := func(number string, on bool) error {
		_, err := w.ConfigureNumber(t.Context(), acme, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
			return wirechief.NumberPatch{SMS: wirechief.Set(on), Name: wirechief.Set("x")}, nil
		})
		return err
	}
	for _, on := range []bool{true, false} { // it is on
		if err := set(desk, on); err != nil {
			t.Errorf("%t: %v", on, err)
		}
	}
	wantError(t, set(desk, true), wirechief.Forbidden, wirechief.RuleMessaging, "sms")
	if n := w.mustBuy("+15105550100"); n.Enabled.SMS || !n.Enabled.Voice {
		t.Errorf("bought with %+v", n.Enabled)
	}
	_, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: "+15105550101", Settings: wirechief.NumberPatch{MMS: wirechief.Set(true)}})
	wantError(t, err, wirechief.Forbidden, wirechief.RuleMessaging, "mms")
}

// A digital line calls from a number of its own tenant's.
func TestOutboundNumbers(t *testing.T) {
	w := newWorld(t)
	for number, ok := range map[string]bool{desk: true, "": true, "+12125550100": false, "+13105559999": false, "911": false} {
		_, err := w.DigitalLines().Put(t.Context(), acme, "", func(l *wirechief.DigitalLine) error {
			l.Name, l.OutboundNumber = "Web", number
			return nil
		})
		if !ok {
			wantError(t, err, wirechief.Invalid, wirechief.RuleReference, "outbound_number")
		} else if err != nil {
			t.Errorf("%q: %v", number, err)
		}
	}
}

// The mail address of a login is the same in any case of letters, its secret is not.
func TestMailAddressesInAnyCase(t *testing.T) {
	w := core.New(t, `tenants: [{id: acme, credentials: [{dialect: zendesk, email: Ada@Acme.test, token: Secret}, {dialect: bulkvs, username: Acme, password: Secret}]}]`)
	for _, tt := range []struct {
		login exchange.Login
		ok    bool
	}{
		{exchange.Login{Dialect: "zendesk", Scheme: "token", Name: "Ada@Acme.test", Secret: "Secret"}, true},
		{exchange.Login{Dialect: "zendesk", Scheme: "token", Name: "ADA@acme.TEST", Secret: "Secret"}, true},
		{exchange.Login{Dialect: "zendesk", Scheme: "token", Name: "ada@acme.test", Secret: "secret"}, false},
		{exchange.Login{Dialect: "bulkvs", Name: "Acme", Secret: "Secret"}, true},
		{exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: "Secret"}, false},
	} {
		if _, err := w.Authenticate(t.Context(), tt.login); (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt.login, err)
		}
	}
	w.ApplyState(`tenants: [{id: acme, credentials: [{dialect: zendesk, email: ada@acme.test, token: Other}]}]`)
	if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "zendesk", Scheme: "token", Name: "Ada@Acme.test", Secret: "Secret"}); err == nil {
		t.Error("a token that was replaced lets in")
	}
}
