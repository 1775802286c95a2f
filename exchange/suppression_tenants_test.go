package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/audit"
	"github.com/wirechief/wirechief/exchange"
)

var eve = wirechief.Principal{
	Tenant: "globex", Name: "Eve", Role: wirechief.RoleAdmin, Agent: 9, Address: "192.0.2.7", Dialect: wirechief.DialectConsole,
}

// moveTo gives a number to another tenant, as when it is released and bought.
func (w *world) moveTo(number, tenant string) {
	w.t.Helper()
	n, err := w.disk.Number(w.t.Context(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	rev := n.Rev
	for _, to := range []string{"", tenant} {
		moved := *n
		moved.Tenant, moved.Campaign, moved.Webhook = to, "", ""
		switch to {
		case "":
			moved.State = wirechief.NumberAvailable
		case "acme":
			moved.Campaign = "CW1549"
		}
		rev++
		moved.Rev = rev
		if res, err := w.disk.Apply(w.t.Context(), wirechief.PutNumber{Number: &moved}); err != nil || res[0].Err != nil {
			w.t.Fatal(err, res)
		}
	}
	w.restart()
}

// list is the suppression list of a tenant: "number handset word by reason".
func (w *world) list(p wirechief.Principal) []string {
	w.t.Helper()
	list, _, total, err := w.Suppressions(w.t.Context(), p, exchange.SuppressionFilter{}, "", 0)
	if err != nil || total != len(list) {
		w.t.Fatal(total, err)
	}
	out := []string{}
	for _, o := range list {
		if o.Tenant != p.Tenant || !o.Out {
			w.t.Errorf("on the list of %s: %+v", p.Tenant, o)
		}
		out = append(out, strings.Join([]string{o.Number, o.Handset, o.Word, o.By, o.Reason}, "|"))
	}
	return out
}

// listed fails unless the list of a tenant is this, now and after a restart.
func (w *world) listed(what string, p wirechief.Principal, want ...string) {
	w.t.Helper()
	for range 2 {
		if got := w.list(p); !slices.Equal(got, want) {
			w.t.Errorf("%s, %s: %q\nwant %q", p.Tenant, what, got, want)
		}
		w.restart()
	}
}

// What a handset said stays with the number, whoever has it; what people entered
// stays with their tenant, and the next one neither reads it nor is held by it.
func TestTheListWhenANumberChangesHands(t *testing.T) {
	w := newWorld(t)
	const said, both = "+13105551214", "+13105551215"
	refused := func(p wirechief.Principal, to string) wirechief.Rule {
		t.Helper()
		r := text("hello", to)
		r.Tenant = p.Tenant
		res, err := w.Send(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if words := res.Recipients[0].Refusal; p.Tenant == "globex" && (strings.Contains(words, "Ada") || strings.Contains(words, "letter")) {
			t.Errorf("globex is told %q", words)
		}
		return res.Recipients[0].Rule
	}
	w.inbound(said, "STOP")
	w.inbound(both, "STOP")
	w.suppress(ada, wirechief.OptOut{Number: desk, Handset: handset, Reason: "letter"}, wirechief.OptOut{Number: desk, Handset: both, Reason: "letter"})
	w.moveTo(desk, "globex")
	for to, want := range map[string]wirechief.Rule{handset: "", said: wirechief.RuleOptOut, both: wirechief.RuleOptOut} {
		if got := refused(eve, to); got != want {
			t.Errorf("to %s: rule %q, want %q", to, got, want)
		}
	}
	ofAda := []string{desk + "|" + handset + "||Ada|letter", desk + "|" + both + "||Ada|letter"}
	w.listed("the number has come", eve, desk+"|"+said+"|STOP||", desk+"|"+both+"|STOP||")
	w.listed("the number has gone", ada, ofAda...)
	// A second STOP says nothing new, and START takes both back, but nothing of Ada's.
	w.inbound(said, "STOP")
	w.inbound(said, "START")
	w.inbound(both, "START")
	w.listed("after START", eve)
	w.listed("after START", ada, ofAda...)
	w.inbound(said, "STOP")
	w.suppress(eve, wirechief.OptOut{Number: desk, Handset: said, Reason: "hers"}, wirechief.OptOut{Number: desk, Handset: handset})
	w.listed("after a STOP of its own", eve, desk+"|"+handset+"||Eve|", desk+"|"+said+"|STOP|Eve|hers")
	// Ada's own may go, and nothing else goes with it.
	if n, err := w.Unsuppress(t.Context(), ada, []wirechief.OptOut{{Number: desk, Handset: handset}}); n != 1 || err != nil {
		t.Error(n, err)
	}
	_, err := w.Unsuppress(t.Context(), ada, []wirechief.OptOut{{Number: desk, Handset: said, Reason: "asked"}})
	wantError(t, err, wirechief.NotFound, wirechief.RuleReference, "handset")
	w.moveTo(desk, "acme")
	w.listed("it has come back", ada, desk+"|"+said+"|STOP||", ofAda[1])
	w.listed("it has gone back", eve, desk+"|"+handset+"||Eve|", desk+"|"+said+"||Eve|hers")
	if got := refused(ada, handset); got != "" {
		t.Errorf("acme is held by rule %q", got)
	}
	if n, err := w.Unsuppress(t.Context(), ada, []wirechief.OptOut{{Number: desk, Handset: said, Reason: "asked by phone"}}); n != 1 || err != nil {
		t.Error(n, err)
	}
	if got := refused(ada, said); got != "" {
		t.Errorf("lifted, and refused by rule %q", got)
	}
	w.listed("after it was lifted", eve, desk+"|"+handset+"||Eve|", desk+"|"+said+"||Eve|hers")
}

// What somebody does is in the log of their own tenant, also where what a handset
// said to the number's former tenant is taken back.
func TestTheLogOfTheListIsOnesOwn(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Store = audit.Watch(o.Store, audit.Options{Now: o.Now, IDs: o.IDs}) })
	w.inbound(handset, "STOP")
	w.suppress(ada, wirechief.OptOut{Number: desk, Handset: handset, Reason: "letter"})
	w.moveTo(desk, "globex")
	if n, err := w.Unsuppress(t.Context(), eve, []wirechief.OptOut{{Number: desk, Handset: handset, Reason: "new owner"}}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for tenant, want := range map[string][]string{"acme": {"Ada 1 " + handset}, "globex": {"Eve 9 " + handset}} {
		entries, err := w.disk.Audit(t.Context(), wirechief.AuditFilter{Tenant: tenant, Action: "optout"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Who+" "+string('0'+rune(e.Agent))+" "+e.Subject)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s's log: %q, want %q", tenant, got, want)
		}
	}
	w.listed("nothing is left", eve)
	w.listed("nothing of it is taken", ada, desk+"|"+handset+"||Ada|letter")
}
