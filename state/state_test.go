package state_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// guide is the state file of the operator guide.
const guide = `tenants:
  - id: acme
    name: Acme
    balance: "250.00"                # absent: not metered
    rates: {sms_segment: "0.004", mms: "0.02", number_month: "1.00"}
    require_campaign: true
    quiet_hours: ""
    opt_out: {replies: false}
    messaging: true
    agreement: true
    credentials:
      - {dialect: bulkvs, username: acme, password: bulk-secret}
      - {dialect: zendesk, email: agent@acme.test, token: zen-secret}
      - {dialect: zendesk, email: agent@acme.test, password: zen-password}
      - {dialect: zendesk, bearer: zen-oauth}
      - {dialect: fonedynamics, account_sid: AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS, token: fd-secret}
      - {dialect: message2give, workspace: "4711", username: m2g, password: m2g-secret}
      - {dialect: wirechief, token: own-secret, scopes: [all]}
    properties:
      - {sid: S1234567890ABCDEF1234567890ABCDE, name: Main}
    campaigns:
      - {tcr: CW1549, brand: Brand 1, approved: true}
    webhooks:
      - {name: Default, description: Web Cluster 1, url: "http://127.0.0.1:2790/dlr", dlr: true, method: POST}
    endpoints:
      - {url: "https://example.com/wirechief", events: [message.received, message.failed], description: CRM, enabled: false}
    agents:
      - {id: 101, email: ann@acme.test, name: Ann, password: ann-secret, role: agent, phone: "+13105550125"}
    groups: [{id: 1, name: Sales, agents: [ann@acme.test]}]
    brands: [{id: 1, name: Acme}]
    schedules:
      - {id: 1, name: Office, time_zone: America/Los_Angeles, intervals: [{start_time: 1980, end_time: 2460}]}
    addresses: [{name: HQ, street: 1 Main St, city: Oakland, province: CA, zip: "94607", country: US}]
    flows:
      - id: "1001"
        name: Front desk
        start: hello
        nodes:
          hello: {play: {greeting: available_en}, next: menu}
          menu: {menu: {digits: {"1": sales, "2": message}, timeout: 5s, retries: 3, otherwise: message}}
          sales: {ring: {numbers: ["+13105550123"], order: all, timeout: 25s}, failure: message}
          message: {voicemail: {max: 120s}}
    numbers:
      - number: "+13109060901"
        carrier: main
        capabilities: [voice, sms, mms]
        type: local
        name: Front desk
        property: S1234567890ABCDEF1234567890ABCDE
        campaign: CW1549
        webhook: Default
        forwards:
          - {type: http, destination: "http://127.0.0.1:2790/mo", enabled: true, method: POST, encoding: json, format: message2give}
          - {type: email, destination: desk@acme.test, enabled: true, history: 5, timezone: UTC}
          - {type: sms, destination: "+13105550199", enabled: true, prefix: "[desk] ", sender: own}
          - {type: console, destination: Chat, enabled: true}
        replies:
          agents_offline: {enabled: true, message: We are closed.}
          agents_online: {enabled: false, message: ""}
          window: 12h
        voice:
          route: endpoint
          endpoint: "+13105550123"
          recording: off
          forwards: [{destination: "+13105550124", enabled: true, notify_sms: true}]
          failover: ""
offers:
  - {number: "+15105550100", carrier: sim, type: local, capabilities: [voice, sms], location: CA, price: "1.00", address: none}
  - {generate: {country: US, area_codes: ["510", "240"], count: 500}, carrier: sim, capabilities: [voice, sms, mms], price: "1.00", address: none}
  - {csv: offers.csv, carrier: sim}
`

func TestTheGuidesFile(t *testing.T) {
	f, err := state.Parse("state.yaml", []byte(guide))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tenants) != 1 || len(f.Offers) != 3 {
		t.Fatalf("%d tenants and %d offers", len(f.Tenants), len(f.Offers))
	}
	tenant := f.Tenants[0]
	if *tenant.Balance != 250_000_000 || *tenant.Rates.SMSSegment != 4000 || *tenant.QuietHours != "" || !*tenant.RequireCampaign || *tenant.OptOut.Replies {
		t.Errorf("tenant: %+v", tenant)
	}
	if len(tenant.Credentials) != 7 || tenant.Credentials[5].Workspace != "4711" || tenant.Credentials[6].Token.Reveal() != "own-secret" {
		t.Errorf("credentials: %+v", tenant.Credentials)
	}
	n := tenant.Numbers[0]
	if n.Number != "+13109060901" || *n.Type != wirechief.TypeLocal || n.TollFree != nil || len(n.Forwards) != 4 {
		t.Errorf("number: %+v", n)
	}
	if *n.Voice.Recording != "off" || *n.Voice.Failover != "" || *n.Replies.Window != 12*time.Hour {
		t.Errorf("voice: %+v, replies %+v", n.Voice, n.Replies)
	}
	menu := tenant.Flows[0].Nodes["menu"]
	want := map[string]any{"menu": map[string]any{
		"digits": map[string]any{"1": "sales", "2": "message"}, "timeout": "5s", "retries": int64(3), "otherwise": "message",
	}}
	if diff := cmp.Diff(any(want), menu); diff != "" {
		t.Error(diff)
	}
	if g := f.Offers[1].Generate; g == nil || g.Count != 500 || g.AreaCodes[1] != "240" {
		t.Errorf("offer: %+v", f.Offers[1])
	}
}

func TestWhatIsNotNamedCanBeToldApart(t *testing.T) {
	_, err := state.Parse("state.yaml", []byte(`
tenants:
  - id: acme
    webhooks: []
    numbers:
      - number: +1 (310) 906-0901
        webhook: ""
        forwards: []
      - {number: 13109060902, absent: true}
      - {number: +442071838750, absent: true, type: nonsense}
  - {id: gone, absent: true}
`))
	if err == nil {
		t.Fatal("13109060902 was taken for an international number")
	}
	f, err := state.Parse("state.yaml", []byte(`
tenants:
  - id: acme
    webhooks: []
    balance:
    numbers:
      - number: +1 (310) 906-0901
        webhook: ""
        forwards: []
      - {number: +442071838750, absent: true, type: nonsense}
  - {id: gone, absent: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	tenant := f.Tenants[0]
	if tenant.Webhooks == nil || tenant.Campaigns != nil || tenant.Name != nil || tenant.Balance != nil || tenant.Messaging != nil {
		t.Errorf("tenant: %+v", tenant)
	}
	n := tenant.Numbers[0]
	if n.Number != "+13109060901" {
		t.Errorf("the number is not in its normal form: %s", n.Number)
	}
	if n.Webhook == nil || *n.Webhook != "" || n.Campaign != nil || n.Forwards == nil || n.Capabilities != nil || n.Voice != nil {
		t.Errorf("number: %+v", n)
	}
	if !tenant.Numbers[1].Absent || !f.Tenants[1].Absent {
		t.Error("absent is lost")
	}
}

func TestMistakes(t *testing.T) {
	const number = "tenants:\n  - id: a\n    numbers:\n      - number: \"+13109060901\"\n        "
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "tenant: []\n", "s.yaml:1: tenant: unknown key; did you mean tenants?"},
		{"no id", "tenants:\n  - name: x\n", "s.yaml:2: tenants[0].id"},
		{"capital id", "tenants:\n  - id: ACME\n", `s.yaml:2: tenants[0].id: "ACME" is no id of a tenant`},
		{"tenant twice", "tenants:\n  - id: a\n  - id: b\n  - id: a\n", "s.yaml:4: tenants[2].id: this tenant is in the file already, in line 2"},
		{"balance", "tenants:\n  - id: a\n    balance: lots\n", `s.yaml:3: tenants[0].balance: "lots" is not an amount`},
		{"negative rate", "tenants: [{id: a, rates: {mms: -1}}]\n", "tenants[0].rates.mms: a price is not negative"},
		{"quiet hours", "tenants: [{id: a, quiet_hours: 9pm}]\n", `tenants[0].quiet_hours: "9pm" is no span`},
		{"quiet hours of nothing", "tenants: [{id: a, quiet_hours: 21:00-21:00}]\n", "is no span"},
		{"a sending window", "tenants: [{id: a, sending_window: weekdays}]\n", `tenants[0].sending_window: "weekdays" is no sending window`},
		{"a window that is quiet", "tenants: [{id: a, quiet_hours: 21:00-08:00, sending_window: mon 22:00-23:00}]\n", "tenants[0].sending_window: quiet hours 21:00-08:00 leave nothing"},
		{"time zone of a tenant", "tenants: [{id: a, time_zone: Mars}]\n", `tenants[0].time_zone: "Mars" is not a time zone`},
		{"language of words", "tenants: [{id: a, opt_out: {languages: [en, xx]}}]\n", `tenants[0].opt_out.languages[1]: "xx" is not known`},
		{"an answer that is a word", "tenants: [{id: a, opt_out: {message: Stop!}}]\n", "tenants[0].opt_out.message: the answer to a word"},
		{"retention", "tenants: [{id: a, retention: {texts: a while}}]\n", "tenants[0].retention.texts: "},
		{"short retention", "tenants: [{id: a, retention: {media: 5m}}]\n", "tenants[0].retention.media: it is kept for a day at least"},
		{"dialect", "tenants: [{id: a, credentials: [{dialect: twilio}]}]\n", `tenants[0].credentials[0].dialect: "twilio" is not known`},
		{"half a credential", "tenants: [{id: a, credentials: [{dialect: bulkvs, username: x}]}]\n", "tenants[0].credentials[0]: a credential of bulkvs has username + password"},
		{"too much of a credential", "tenants: [{id: a, credentials: [{dialect: wirechief, token: x, username: y}]}]\n", "a credential of wirechief has token"},
		{"scopes", "tenants: [{id: a, credentials: [{dialect: zendesk, bearer: x, scopes: [all]}]}]\n", "credentials[0].scopes: only credentials of the dialect wirechief"},
		{"webhook without name", "tenants: [{id: a, webhooks: [{url: x}]}]\n", "webhooks[0].name: it is needed: it identifies the webhook"},
		{"endpoint without URL", "tenants: [{id: a, endpoints: [{enabled: true}]}]\n", "endpoints[0].url: it is needed: it identifies the endpoint"},
		{"event", "tenants: [{id: a, endpoints: [{url: x, events: [read]}]}]\n", `endpoints[0].events[0]: "read" is not known; allowed: message.received`},
		{"method", "tenants: [{id: a, webhooks: [{name: x, method: PUT}]}]\n", `webhooks[0].method: "PUT" is not known; allowed: POST, 3CX`},
		{"agent without id", "tenants: [{id: a, agents: [{name: x}]}]\n", "agents[0].id: it is needed: it identifies the agent"},
		{"role", "tenants: [{id: a, agents: [{id: 1, role: boss}]}]\n", "agents[0].role"},
		{"interval", "tenants: [{id: a, schedules: [{id: 1, intervals: [{start_time: 60, end_time: 60}]}]}]\n", "schedules[0].intervals[0]"},
		{"a holiday", "tenants: [{id: a, schedules: [{id: 1, holidays: [{from: Christmas}]}]}]\n", `schedules[0].holidays[0].from: "Christmas" is not a day such as 2026-12-25`},
		{"the end of a holiday", "tenants: [{id: a, schedules: [{id: 1, holidays: [{from: 2026-12-25, until: 2026-13-01}]}]}]\n", `holidays[0].until: "2026-13-01" is not a day`},
		{"a holiday backwards", "tenants: [{id: a, schedules: [{id: 1, holidays: [{from: 2026-12-25, until: 2026-12-24}]}]}]\n", "holidays[0].until: the last day, 2026-12-24, is before the first, 2026-12-25"},
		{"zone", "tenants: [{id: a, schedules: [{id: 1, time_zone: Mars/Olympus}]}]\n", "is not a time zone"},
		{"start of a flow", "tenants: [{id: a, flows: [{id: 1, start: x, nodes: {y: {}}}]}]\n", `flows[0].start: there is no node "x"`},
		{"not a number", "tenants: [{id: a, numbers: [{number: hello}]}]\n", `numbers[0].number: "hello": not a telephone number`},
		{"number twice", "tenants:\n  - id: a\n    numbers: [{number: +13109060901}]\n  - id: b\n    numbers:\n      - number: (+1) 310-906-0901\n", "s.yaml:6: tenants[1].numbers[0].number: this number is in the file already, in line 3"},
		{"capability", number + "capabilities: [sms, telex]\n", `s.yaml:5: tenants[0].numbers[0].capabilities[1]: "telex" is not known; allowed: voice, sms, mms, fax`},
		{"type", number + "type: golden\n", `s.yaml:5: tenants[0].numbers[0].type: "golden" is not known; allowed: local`},
		{"an unknown verification", number + "toll_free_verification: done\n", `"done" is not known`},
		{"an odd campaign", "tenants: [{id: a, campaigns: [{tcr: X1}]}]", `"X1" is no id of a campaign`},
		{"forward", number + "forwards: [{type: pigeon, destination: x}]\n", "forwards[0].type"},
		{"forward to no address", number + "forwards: [{type: email, destination: x}]\n", `"x" is not a mail address`},
		{"forward twice", number + "forwards:\n        - {type: http, destination: x}\n        - {type: http, destination: x}\n", "s.yaml:7: tenants[0].numbers[0].forwards[1]: this forward is in the file already, in line 6"},
		{"fallback to the console", number + "fallback: [{type: console, destination: x}]\n", "fallback[0].type: the console is no fallback"},
		{"fallback twice", number + "fallback:\n        - {type: http, destination: x}\n        - {type: http, destination: x}\n", "fallback[1]: this fallback is in the file already"},
		{"fallback after", number + "fallback_after: 13\n", "fallback_after: 13 is out of range"},
		{"keyword without words", number + "replies: {keywords: [{message: x}]}\n", "replies.keywords[0].words: a keyword answer needs a word"},
		{"keyword without message", number + "replies: {keywords: [{words: [x]}]}\n", "replies.keywords[0].message: a keyword answer"},
		{"recording", number + "voice: {recording: always}\n", `voice.recording: "always" is not known; allowed: off, call`},
		{"offer of nothing", "offers: [{carrier: sim}]\n", "offers[0]: an offer has one of number, generate and csv"},
		{"offer of two kinds", "offers: [{carrier: sim, csv: x, number: +13109060901}]\n", "an offer has one of"},
		{"offer without carrier", "offers: [{csv: x}]\n", "offers[0].carrier"},
		{"csv twice", "offers:\n  - {csv: x, carrier: sim}\n  - {csv: y, carrier: sim}\n  - {csv: x, absent: true}\n", "s.yaml:4: offers[2]: this source of offers is in the file already, in line 2"},
		{"generated twice", "offers:\n  - {generate: {country: US, count: 1}, carrier: sim}\n  - {generate: {country: us, count: 2}, carrier: sim, price: 1}\n", "s.yaml:3: offers[1]: this source of offers is in the file already, in line 2"},
		{"count", "offers: [{generate: {country: US}, carrier: sim}]\n", "offers[0].generate.count: 0 is out of range"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := state.Parse("s.yaml", []byte(tt.text))
			if err == nil || !strings.Contains(wirechief.MessageOf(err), tt.want) {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
			if wirechief.KindOf(err) != wirechief.Invalid {
				t.Errorf("the kind is %v", wirechief.KindOf(err))
			}
		})
	}
}

func TestMistakesHoldNoSecret(t *testing.T) {
	_, err := state.Parse("s.yaml", []byte(`tenants:
  - id: a
    credentials:
      - {dialect: bulkvs, username: x, password: hunter2}
      - {dialect: bulkvs, username: x, password: hunter2}
      - {dialect: zendesk, username: x, token: hunter2}
`))
	if err == nil || strings.Count(err.Error(), "\n") != 1 || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestRecordingOff(t *testing.T) {
	for _, word := range []string{"off", `"off"`, "'off'", "false"} {
		f, err := state.Parse("s.yaml", []byte("tenants: [{id: a, numbers: [{number: +13109060901, voice: {recording: "+word+"}}]}]"))
		if err != nil || *f.Tenants[0].Numbers[0].Voice.Recording != "off" {
			t.Errorf("%s: %v", word, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(guide))
	f.Add([]byte("tenants: [{id: a, numbers: [{number: +13109060901, absent: true}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := state.Parse("s.yaml", data)
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
		if err != nil && wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("the kind of %v is %v", err, wirechief.KindOf(err))
		}
	})
}
