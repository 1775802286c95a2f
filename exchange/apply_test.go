package exchange

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/sim"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
)

// applied is an exchange that has a store, the carrier "main" and a guard that
// knows one bad address; nothing of it runs.
func applied(t *testing.T, dir string) *Exchange {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	x := New(Options{
		Store: s, IDs: ident.New(time.Now, 0), Now: func() time.Time { return now }, Guard: guardFunc(func(url string) error {
			if strings.Contains(url, "169.254") {
				return wirechief.Refuse(wirechief.Invalid, wirechief.RuleEgress, "a metadata address")
			}
			return nil
		}),
		Carriers: []carrier.Carrier{sim.New("main", sim.Defaults(), carrier.Services{})},
	})
	if err := x.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return x
}

type guardFunc func(url string) error

func (f guardFunc) Check(_ context.Context, url string) error { return f(url) }

func parse(t *testing.T, doc string) *state.File {
	t.Helper()
	f, err := state.Parse("state.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// apply gives the changes, one "action kind key" each.
func apply(t *testing.T, x *Exchange, doc string) string {
	t.Helper()
	changes, err := x.Apply(t.Context(), parse(t, doc), false)
	if err != nil {
		t.Fatal(err)
	}
	return words(changes)
}

func words(changes []state.Change) string {
	var out []string
	for _, c := range changes {
		key := c.Key
		if c.Kind == "credential" {
			key = key[:strings.LastIndex(key, "/")]
		}
		out = append(out, c.Action+" "+c.Kind+" "+key)
	}
	return strings.Join(out, "\n")
}

const acmeState = `
tenants:
  - id: acme
    name: Acme
    balance: "250.00"
    credentials:
      - {dialect: bulkvs, username: acme, password: bulk-secret}
      - {dialect: wirechief, token: own-secret, scopes: [all]}
    campaigns: [{tcr: CW1549, brand: Brand 1, approved: true}]
    webhooks: [{name: Default, url: "http://127.0.0.1:2790/dlr", dlr: true}]
    agents: [{id: 101, email: ann@acme.test, name: Ann, password: ann-secret}]
    groups: [{id: 1, name: Sales, agents: [ann@acme.test]}]
    flows: [{id: "1001", name: Front, start: a, nodes: {a: {voicemail: {max: 120s}}}}]
    numbers:
      - {number: "+13109060901", carrier: main, capabilities: [voice, sms, mms], campaign: CW1549, webhook: Default}
`

func TestApplyIsIdempotent(t *testing.T) {
	dir := t.TempDir()
	x := applied(t, dir)
	const want = `create tenant acme
create balance acme
create credential bulkvs///acme
create credential wirechief///TOKEN
create campaign CW1549
create webhook Default
create agent 101
create group 1
create flow 1001
create number +13109060901`
	dry, err := x.Apply(t.Context(), parse(t, acmeState), true)
	if err != nil {
		t.Fatal(err)
	}
	token := tokenName("own-secret")
	expected := strings.Replace(want, "TOKEN", token, 1)
	if words(dry) != expected {
		t.Errorf("a dry run says\n%s\nnot\n%s", words(dry), expected)
	}
	if x.dir.tenant("acme") != nil {
		t.Error("a dry run has created the tenant")
	}
	if got := apply(t, x, acmeState); got != expected {
		t.Errorf("applying says\n%s", got)
	}
	if got := apply(t, x, acmeState); got != "" {
		t.Errorf("applying again changes\n%s", got)
	}
	n := x.dir.number("+13109060901")
	if n == nil || !n.Enabled.MMS || n.Type != wirechief.TypeLocal || n.State != wirechief.NumberInService {
		t.Errorf("the number is %+v", n)
	}
	p, err := x.Authenticate(t.Context(), Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret"})
	if err != nil || p.Tenant != "acme" {
		t.Errorf("the credential lets in %+v: %v", p, err)
	}
	if doc := string(x.dir.other("acme", wirechief.EntityAgent, "101")); strings.Contains(doc, "ann-secret") {
		t.Errorf("a password is kept in the clear: %s", doc)
	}
	t.Run("after a restart too", func(t *testing.T) {
		x.Store.Close()
		if got := apply(t, applied(t, dir), acmeState); got != "" {
			t.Errorf("applying again changes\n%s", got)
		}
	})
}

func TestApplyChangesWhatIsNamedOnly(t *testing.T) {
	for _, c := range []struct {
		name, doc, want string
		check           func(t *testing.T, x *Exchange)
	}{
		{"a name", `tenants: [{id: acme, name: New}]`, "update tenant acme", func(t *testing.T, x *Exchange) {
			if a := x.dir.tenant("acme"); a.Name != "New" || !a.Metered || !a.Messaging {
				t.Errorf("%+v", a)
			}
		}},
		{
			"the webhook of a number", `tenants: [{id: acme, numbers: [{number: "+13109060901", webhook: ""}]}]`,
			"update number +13109060901", func(t *testing.T, x *Exchange) {
				if n := x.dir.number("+13109060901"); n.Webhook != "" || n.Campaign != "CW1549" || n.Carrier != "main" {
					t.Errorf("%+v", n)
				}
			},
		},
		{
			"a webhook goes, its numbers stay", `tenants: [{id: acme, webhooks: [{name: Default, absent: true}]}]`,
			"delete webhook Default\nupdate number +13109060901", func(t *testing.T, x *Exchange) {
				if n := x.dir.number("+13109060901"); n.Webhook != "" {
					t.Errorf("%+v", n)
				}
			},
		},
		{
			"a password", `tenants: [{id: acme, credentials: [{dialect: bulkvs, username: acme, password: new}]}]`,
			"create credential bulkvs///acme\ndelete credential bulkvs///acme", func(t *testing.T, x *Exchange) {
				for secret, ok := range map[string]bool{"new": true, "bulk-secret": false} {
					_, err := x.Authenticate(t.Context(), Login{Dialect: "bulkvs", Name: "acme", Secret: secret})
					if (err == nil) != ok {
						t.Errorf("%s: %v", secret, err)
					}
				}
			},
		},
		{
			"a second password beside the first", `tenants: [{id: acme, credentials: [{dialect: bulkvs, username: acme, password: new}, {dialect: bulkvs, username: acme, password: bulk-secret}]}]`,
			"create credential bulkvs///acme", nil,
		},
		{
			"a credential goes", `tenants: [{id: acme, credentials: [{dialect: bulkvs, username: acme, absent: true}]}]`,
			"delete credential bulkvs///acme", func(t *testing.T, x *Exchange) {
				if _, err := x.Authenticate(t.Context(), Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret"}); err == nil {
					t.Error("it still lets in")
				}
			},
		},
		{"a number goes into quarantine", `tenants: [{id: acme, numbers: [{number: "+13109060901", absent: true}]}]`, "delete number +13109060901", func(t *testing.T, x *Exchange) {
			if n := x.dir.number("+13109060901"); n.State != wirechief.NumberAging || n.Tenant != "acme" || n.Rev != 2 { // its tenant can have it back
				t.Errorf("%+v", n)
			}
		}},
		{"a group keeps its agents", `tenants: [{id: acme, groups: [{id: 1, name: Support}]}]`, "update group 1", func(t *testing.T, x *Exchange) {
			if doc := string(x.dir.other("acme", wirechief.EntityGroup, "1")); !strings.Contains(doc, "ann@acme.test") || !strings.Contains(doc, "Support") {
				t.Error(doc)
			}
		}},
		{"a tenant goes with all it has", `tenants: [{id: acme, absent: true}]`, "delete number +13109060901\ndelete tenant acme", func(t *testing.T, x *Exchange) {
			if len(x.dir.entitiesOf("acme")) != 0 {
				t.Errorf("left: %v", x.dir.entitiesOf("acme"))
			}
		}},
		{
			"a user goes to another tenant", `tenants: [{id: acme, credentials: [{dialect: bulkvs, username: acme, absent: true}]}, {id: other, credentials: [{dialect: bulkvs, username: acme, password: bulk-secret}]}]`,
			"delete credential bulkvs///acme\ncreate tenant other\ncreate credential bulkvs///acme", func(t *testing.T, x *Exchange) {
				if p, err := x.Authenticate(t.Context(), Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret"}); err != nil || p.Tenant != "other" {
					t.Errorf("%+v %v", p, err)
				}
			},
		},
		{"what is absent already", `tenants: [{id: other, absent: true}, {id: acme, flows: [{id: "9", absent: true}], campaigns: [{tcr: CXXXXXX, absent: true}]}]`, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := applied(t, t.TempDir())
			apply(t, x, acmeState)
			if got := apply(t, x, c.doc); got != c.want {
				t.Errorf("the changes are\n%s\nnot\n%s", got, c.want)
			}
			if c.check != nil {
				c.check(t, x)
			}
			if c.want != "" && !strings.Contains(c.want, "tenant acme\n") {
				if got := apply(t, x, c.doc); got != "" {
					t.Errorf("again, it changes\n%s", got)
				}
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	full := strings.Builder{}
	for i := range 50 {
		fmt.Fprintf(&full, `{number: "+1310906%04d", campaign: CW1549}, `, 1000+i)
	}
	for _, c := range []struct {
		name, doc string
		rule      wirechief.Rule
		message   string
	}{
		{"an unknown carrier", `tenants: [{id: acme, numbers: [{number: "+13109060902", carrier: no}]}]`, "", `no carrier "no"`},
		{"an unknown webhook", `tenants: [{id: acme, numbers: [{number: "+13109060902", webhook: no}]}]`, wirechief.RuleReference, `no webhook "no"`},
		{"an unknown campaign", `tenants: [{id: acme, numbers: [{number: "+13109060902", campaign: CNONE}]}]`, wirechief.RuleReference, `no campaign "CNONE"`},
		{"another tenant's number", `tenants: [{id: other, numbers: [{number: "+13109060901"}]}]`, wirechief.RuleAlreadyOwned, "another tenant's"},
		{"another tenant's user", `tenants: [{id: other, credentials: [{dialect: bulkvs, username: acme, password: else}]}]`, wirechief.RuleAlreadyOwned, "bulkvs credential acme is tenant acme's already"},
		{"another tenant's token", `tenants: [{id: other, credentials: [{dialect: wirechief, token: own-secret}]}]`, wirechief.RuleAlreadyOwned, "wirechief token is tenant acme's already"},
		{"one user for two new tenants", `tenants: [{id: a, credentials: [{dialect: bulkvs, username: u, password: p}]}, {id: b, credentials: [{dialect: bulkvs, username: u, password: q}]}]`, wirechief.RuleAlreadyOwned, "is tenant a's already"},
		{"a forbidden webhook", `tenants: [{id: acme, webhooks: [{name: W, url: "http://169.254.169.254/"}]}]`, wirechief.RuleEgress, "webhook W: a metadata address"},
		{"a forbidden forward", `tenants: [{id: acme, numbers: [{number: "+13109060901", forwards: [{type: http, destination: "http://169.254.169.254/"}]}]}]`, wirechief.RuleEgress, "metadata"},
		{"a webhook without a URL", `tenants: [{id: acme, webhooks: [{name: W}]}]`, "", "URL"},
		{"a protected number", `tenants: [{id: acme, numbers: [{number: "+13109060901", absent: true}]}]`, wirechief.RuleProtected, "protected"},
		{"a tenant with a protected number", `tenants: [{id: acme, absent: true}]`, wirechief.RuleProtected, "protected"},
		{"too many numbers on a campaign", `tenants: [{id: acme, numbers: [` + full.String() + `]}]`, wirechief.RuleCampaignFull, "at most 49"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := applied(t, t.TempDir())
			apply(t, x, acmeState)
			apply(t, x, `tenants: [{id: acme, numbers: [{number: "+13109060901", protected: true}]}]`)
			// The first tenant of the file is fine, so that half of it could be done.
			_, err := x.Apply(t.Context(), parse(t, strings.Replace(c.doc, "[{", "[{id: first}, {", 1)), false)
			if err == nil || !strings.Contains(wirechief.MessageOf(err), c.message) {
				t.Fatalf("the error is %v", err)
			}
			var e *wirechief.Error
			if e, _ = err.(*wirechief.Error); e == nil || e.Rule != c.rule {
				t.Errorf("the rule is %q", e.Rule)
			}
			if x.dir.tenant("first") != nil {
				t.Error("half of it was done")
			}
		})
	}
}
