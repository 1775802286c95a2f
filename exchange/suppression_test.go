package exchange_test

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

var (
	ada    = wirechief.Principal{Tenant: "acme", Name: "Ada", Role: wirechief.RoleAdmin, Agent: 1, Dialect: wirechief.DialectConsole}
	viewer = wirechief.Principal{Tenant: "acme", Name: "Vi", Role: wirechief.RoleAgent, Agent: 2, Dialect: wirechief.DialectConsole}
)

// refusal is why a text from the number to the handset is refused.
func (w *world) refusal(number, to string) (wirechief.Rule, string) {
	w.t.Helper()
	r := text("hello", to)
	r.From = number
	res, err := w.Send(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Recipients[0].Rule, res.Recipients[0].Refusal
}

func (w *world) suppress(p wirechief.Principal, list ...wirechief.OptOut) int {
	w.t.Helper()
	n, err := w.Suppress(w.t.Context(), p, list)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// A refusal says which rule it is, who wanted it and how it is lifted.
func TestRefusalsOfTheLedger(t *testing.T) {
	w := newWorld(t)
	w.inbound(handset, "Quit!")
	w.inboundTo(tollFree, handset, "STOP")
	w.suppress(ada, wirechief.OptOut{Handset: other, Reason: "lawyer's letter"}, wirechief.OptOut{Number: desk, Handset: "+13105551214"})
	for _, tt := range []struct {
		number, to string
		rule       wirechief.Rule
		words      string
	}{
		{desk, handset, wirechief.RuleOptOut, "+13105551212 opted out of texts from +13109060901 with QUIT on 2 March 2026 at 12:00 UTC; it gets them again once the handset texts START to +13109060901"},
		{tollFree, handset, wirechief.RuleOptOut, "+13105551212 opted out of texts from +18005550100 with STOP on 2 March 2026 at 12:00 UTC; it gets them again once the handset texts UNSTOP to +18005550100"},
		{"+13109060902", handset, "", ""},
		{desk, other, wirechief.RuleSuppressed, "Ada put +13105551213 on the suppression list on 2 March 2026 at 12:00 UTC (lawyer's letter); take it off the list: Settings → Suppression"},
		{"+13109060902", other, wirechief.RuleSuppressed, "Ada put +13105551213 on the suppression list on 2 March 2026 at 12:00 UTC (lawyer's letter); take it off the list: Settings → Suppression"},
		{desk, "+13105551214", wirechief.RuleSuppressed, "Ada put +13105551214 on the suppression list for texts from +13109060901 on 2 March 2026 at 12:00 UTC; take it off the list: Settings → Suppression"},
		{"+13109060902", "+13105551214", "", ""},
	} {
		if rule, words := w.refusal(tt.number, tt.to); rule != tt.rule || words != tt.words {
			t.Errorf("%s to %s: %s %q\nwant %s %q", tt.number, tt.to, rule, words, tt.rule, tt.words)
		}
	}
	// The list is the tenant's own, and is there after a restart.
	r := wirechief.SendRequest{Tenant: "globex", From: "+12125550100", To: []string{other}, Text: "hello"}
	if res, err := w.Send(t.Context(), r); err != nil || res.Recipients[0].Refusal != "" {
		t.Errorf("%+v %v", res, err)
	}
	w.restart()
	if rule, _ := w.refusal(desk, other); rule != wirechief.RuleSuppressed {
		t.Error("forgotten")
	}
}

// What a person wants and what a handset says are kept apart.
func TestSuppressionAndTheHandset(t *testing.T) {
	w := newWorld(t)
	entry := wirechief.OptOut{Number: desk, Handset: handset, Reason: "wrong number"}
	if w.suppress(ada, entry) != 1 || w.suppress(ada, entry) != 0 {
		t.Error("not once")
	}
	rule := func() wirechief.Rule {
		r, _ := w.refusal(desk, handset)
		return r
	}
	w.inbound(handset, "START")
	if rule() != wirechief.RuleSuppressed {
		t.Error("START lifts what a person wanted")
	}
	w.inbound(handset, "STOP")
	if rule() != wirechief.RuleOptOut {
		t.Error("STOP does not count")
	}
	w.restart()
	w.inbound(handset, "START")
	if got := rule(); got != wirechief.RuleSuppressed {
		t.Errorf("%q after START", got)
	}
	w.inbound(handset, "STOP")
	_, err := w.Unsuppress(t.Context(), ada, []wirechief.OptOut{{Number: desk, Handset: handset}})
	wantError(t, err, wirechief.Invalid, wirechief.RuleOptOut, "reason")
	if n, err := w.Unsuppress(t.Context(), ada, []wirechief.OptOut{{Number: desk, Handset: handset, Reason: "asked by phone"}}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if got := rule(); got != "" {
		t.Errorf("%q after it was lifted", got)
	}
	_, err = w.Unsuppress(t.Context(), ada, []wirechief.OptOut{{Number: desk, Handset: handset, Reason: "again"}})
	wantError(t, err, wirechief.NotFound, wirechief.RuleReference, "handset")
	// An excused text passes the handset's own word, and not the list.
	w.suppress(ada, wirechief.OptOut{Handset: other})
	r := text("You get no more.", other)
	r.Excused = true
	if res, err := w.Send(t.Context(), r); err != nil || res.Recipients[0].Rule != wirechief.RuleSuppressed {
		t.Errorf("%+v %v", res, err)
	}
}

func TestWhoMayChangeTheList(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	one := []wirechief.OptOut{{Handset: handset}}
	_, err := w.Suppress(ctx, viewer, one)
	wantError(t, err, wirechief.Forbidden, wirechief.RuleRole, "")
	_, err = w.Unsuppress(ctx, viewer, one)
	wantError(t, err, wirechief.Forbidden, wirechief.RuleRole, "")
	_, err = w.ImportSuppressions(ctx, viewer, strings.NewReader("handset\n"), exchange.ImportOptions{})
	wantError(t, err, wirechief.Forbidden, wirechief.RuleRole, "")
	wantError(t, w.ExportSuppressions(ctx, viewer, new(strings.Builder)), wirechief.Forbidden, wirechief.RuleRole, "")
	if _, _, _, err := w.Suppressions(ctx, viewer, exchange.SuppressionFilter{}, "", 0); err != nil {
		t.Error(err)
	}
	for field, bad := range map[string]wirechief.OptOut{
		"handset": {Handset: "nobody"},
		"number":  {Handset: handset, Number: "+12125550100"}, // globex has it
		"reason":  {Handset: handset, Reason: strings.Repeat("x", 300)},
	} {
		_, err := w.Suppress(ctx, acme, []wirechief.OptOut{{Handset: other}, bad})
		wantError(t, err, wirechief.Invalid, "", field)
	}
	if _, _, total, _ := w.Suppressions(ctx, acme, exchange.SuppressionFilter{}, "", 0); total != 0 {
		t.Error("something was kept beside what was refused")
	}
	if n := w.suppress(acme, one...); n != 1 {
		t.Error("a program may")
	}
}

// The list is read in pages, written as a file and read from one.
func TestTheListAsAFile(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.inbound(handset, "STOP")
	file := "Handset;Reason;number\n+1 310 555 1213;\"=HYPERLINK(\"\"x\"\")\";\n\n78701;short;" + desk + "\n"
	bad := "handset,number,reason\n+13105551220,,fine\nnobody,,\n+13105551221,+19995550100,\n+13105551220,,again\n\"x,y\n"
	res, err := w.ImportSuppressions(ctx, ada, strings.NewReader(bad), exchange.ImportOptions{})
	if err != nil || res.Applied || len(res.Bad) != 4 || res.New != 1 || res.Bad[0].Line != 3 || res.Bad[1].Line != 4 || res.Bad[2].Line != 5 || res.Bad[3].Line != 6 {
		t.Fatalf("%+v %v", res, err)
	}
	if res, err = w.ImportSuppressions(ctx, ada, strings.NewReader(file), exchange.ImportOptions{DryRun: true}); err != nil || res.Applied || res.New != 2 || res.Rows != 2 {
		t.Fatalf("%+v %v", res, err)
	}
	if _, _, total, _ := w.Suppressions(ctx, ada, exchange.SuppressionFilter{}, "", 0); total != 1 {
		t.Fatalf("%d entries after a dry run", total)
	}
	if res, err = w.ImportSuppressions(ctx, ada, strings.NewReader(file), exchange.ImportOptions{}); err != nil || !res.Applied {
		t.Fatalf("%+v %v", res, err)
	}
	if res, err = w.ImportSuppressions(ctx, ada, strings.NewReader(bad), exchange.ImportOptions{Partial: true}); err != nil || !res.Applied || len(res.Bad) != 4 {
		t.Fatalf("%+v %v", res, err)
	}
	var pages []string
	for after := ""; ; {
		list, next, total, err := w.Suppressions(ctx, ada, exchange.SuppressionFilter{}, after, 2)
		if err != nil || total != 4 {
			t.Fatal(total, err)
		}
		for _, o := range list {
			pages = append(pages, o.Handset)
		}
		if after = next; next == "" {
			break
		}
	}
	if got := strings.Join(pages, " "); got != "+13105551212 +13105551213 +13105551220 78701" {
		t.Errorf("%s", got)
	}
	own := true
	if _, _, total, _ := w.Suppressions(ctx, ada, exchange.SuppressionFilter{Own: &own, Handset: "+1310"}, "", 0); total != 1 {
		t.Errorf("%d handsets said so themselves", total)
	}
	var out strings.Builder
	if err := w.ExportSuppressions(ctx, ada, &out); err != nil {
		t.Fatal(err)
	}
	const want = `handset,number,reason,word,by,at
+13105551212,+13109060901,,STOP,,2026-03-02T12:00:00Z
+13105551213,,"'=HYPERLINK(""x"")",,Ada,2026-03-02T12:00:00Z
+13105551220,,fine,,Ada,2026-03-02T12:00:00Z
78701,+13109060901,short,,Ada,2026-03-02T12:00:00Z
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
	if res, err := w.ImportSuppressions(ctx, ada, strings.NewReader(out.String()), exchange.ImportOptions{DryRun: true}); err != nil || len(res.Bad) > 0 || res.Known != 3 || res.New != 1 {
		t.Errorf("%+v %v", res, err)
	}
	for _, file := range []string{"", "number\n", "handset,handset\n", "handset,color\n", "\xff"} {
		_, err := w.ImportSuppressions(ctx, ada, strings.NewReader(file), exchange.ImportOptions{})
		wantError(t, err, wirechief.Invalid, "", "file")
	}
}

func FuzzImportSuppressions(f *testing.F) {
	for _, s := range []string{"handset\n+13105551212\n", "handset;reason\n\"x", "\xef\xbb\xbfhandset\n78701\n", "handset,number\n,\n"} {
		f.Add(s)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, s string) {
		res, err := w.ImportSuppressions(t.Context(), ada, strings.NewReader(s), exchange.ImportOptions{DryRun: true})
		if err == nil && res.Rows != res.New+res.Known+len(res.Bad) {
			t.Errorf("%+v", res)
		}
	})
}
