package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

func named(name string) func(wirechief.Number) (wirechief.NumberPatch, error) {
	return func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Name: wirechief.Set(name)}, nil
	}
}

func (w *world) imported(rows []exchange.ImportRow, o exchange.ImportOptions) ([]exchange.ImportResult, bool) {
	w.t.Helper()
	results, applied, err := w.ImportNumbers(w.t.Context(), operator, "acme", rows, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return results, applied
}

func actions(results []exchange.ImportResult) string {
	words := make([]string, len(results))
	for i, r := range results {
		words[i] = r.Action
	}
	return strings.Join(words, " ")
}

// What an import makes of numbers in each state, and what it notes.
func TestImport(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Aging = time.Hour })
	const fresh, aging, held = "+13105550301", "+13105550302", "+13105550303"
	w.imported([]exchange.ImportRow{{Number: aging, Change: named("Old")}, {Number: held}}, exchange.ImportOptions{})
	if _, err := w.Release(t.Context(), acme, aging); err != nil {
		t.Fatal(err)
	}
	rows := []exchange.ImportRow{
		{Number: fresh, Carrier: wirechief.Set("main"), Capabilities: wirechief.Set(wirechief.Capabilities{SMS: true, MMS: true}), Change: named("New")},
		{Number: aging},
		{Number: held},
		{Number: desk, Change: named("Renamed")},
	}
	results, applied := w.imported(rows, exchange.ImportOptions{DryRun: true})
	if got := actions(results); got != "create update unchanged update" || applied {
		t.Errorf("a dry run: %s, applied %t", got, applied)
	}
	if _, err := w.Number(t.Context(), acme, fresh); err == nil {
		t.Error("a dry run made a number")
	}
	if results, applied = w.imported(rows, exchange.ImportOptions{}); actions(results) != "create update unchanged update" || !applied {
		t.Errorf("%s, applied %t", actions(results), applied)
	}
	for number, want := range map[string]wirechief.Number{
		fresh: {Name: "New", Carrier: "main", State: wirechief.NumberInService, Enabled: wirechief.Capabilities{SMS: true, MMS: true}, Type: wirechief.TypeLocal},
		aging: {Name: "Old", State: wirechief.NumberInService, Enabled: wirechief.Capabilities{Voice: true, SMS: true}, Type: wirechief.TypeLocal},
	} {
		n, err := w.Number(t.Context(), acme, number)
		if err != nil || n.Name != want.Name || n.Carrier != want.Carrier || n.State != want.State || n.Enabled != want.Enabled || n.Type != want.Type || n.ID == 0 || n.Country != "US" {
			t.Errorf("%+v %v", n, err)
		}
	}
	events, err := w.NumberEvents(t.Context(), operator, wirechief.NumberEventFilter{Number: fresh})
	if err != nil || len(events) != 1 || events[0].By != "operator" || events[0].Message != "imported" || events[0].Type != wirechief.NumberIsActive || events[0].Tenant != "acme" {
		t.Errorf("%+v %v", events, err)
	}
	if results, _ = w.imported(rows, exchange.ImportOptions{}); actions(results) != "unchanged unchanged unchanged unchanged" {
		t.Errorf("the second time: %s", actions(results))
	}
	w.restart()
	if n, err := w.Number(t.Context(), acme, fresh); err != nil || n.Name != "New" {
		t.Errorf("after a restart: %+v %v", n, err)
	}
}

// Each bad row says which property is at fault, and keeps the good ones from
// being applied unless that is wanted.
func TestImportOfBadRows(t *testing.T) {
	w := newWorld(t)
	bad := errors.New("not read")
	rows := []exchange.ImportRow{
		{Number: "+13105550301"},
		{Number: "310"},
		{Number: "+13105550301"},
		{Number: "+12125550100"},
		{Number: "+13105550302", Carrier: wirechief.Set("nobody")},
		{Number: "+13105550303", Type: wirechief.Set(wirechief.NumberType("short"))},
		{Number: "+13105550304", TollFree: wirechief.Set(wirechief.Verified)},
		{Number: "+18005550305", Type: wirechief.Set(wirechief.TypeTollFree), TollFree: wirechief.Set(wirechief.Verification("maybe"))},
		{Number: "+13105550306", Price: wirechief.Set(wirechief.Money(-1))},
		{Number: "+13105550307", Change: func(wirechief.Number) (wirechief.NumberPatch, error) {
			return wirechief.NumberPatch{Brand: wirechief.Set[int64](9)}, nil
		}},
		{Number: "+13105550308", Err: bad},
		{Number: "+13105550309", Change: func(wirechief.Number) (wirechief.NumberPatch, error) { return wirechief.NumberPatch{}, bad }},
	}
	for _, partial := range []bool{false, true} {
		results, applied := w.imported(rows, exchange.ImportOptions{Partial: partial})
		if applied != partial || actions(results[:1]) != "create" {
			t.Errorf("partial %t: applied %t, %s", partial, applied, actions(results))
		}
		for i, field := range []string{"number", "number", "number", "carrier", "type", "toll_free_verification", "toll_free_verification", "price", "brand"} {
			r := results[i+1]
			if e, ok := errors.AsType[*wirechief.Error](r.Err); r.Action != exchange.ImportRefused || !ok || e.Field != field {
				t.Errorf("%s: %s %v, want the field %s", rows[i+1].Number, r.Action, r.Err, field)
			}
		}
		if results[10].Err != bad || results[11].Err != bad {
			t.Errorf("%v %v", results[10].Err, results[11].Err)
		}
		_, err := w.Number(t.Context(), acme, "+13105550301")
		if (err == nil) != partial {
			t.Errorf("partial %t, and the good number: %v", partial, err)
		}
	}
}

func TestWhoImports(t *testing.T) {
	w := newWorld(t)
	rows := []exchange.ImportRow{{Number: "+13105550301"}}
	_, _, err := w.ImportNumbers(t.Context(), acme, "acme", rows, exchange.ImportOptions{})
	wantError(t, err, wirechief.Forbidden, wirechief.RuleScope, "")
	_, _, err = w.ImportNumbers(t.Context(), operator, "nobody", rows, exchange.ImportOptions{})
	wantError(t, err, wirechief.NotFound, "", "tenant")
	_, _, err = w.ImportNumbers(t.Context(), operator, "acme", make([]exchange.ImportRow, exchange.ImportMost+1), exchange.ImportOptions{})
	wantError(t, err, wirechief.Invalid, "", "")
}

// A campaign is not filled over its brim by rows of one table, and the numbers
// of a table are on disk together or, of a broken disk, not at all.
func TestImportIsWhole(t *testing.T) {
	w := newWorld(t)
	rows := make([]exchange.ImportRow, 60)
	for i := range rows {
		rows[i] = exchange.ImportRow{Number: fmt.Sprintf("+1310555%04d", 400+i), Change: func(wirechief.Number) (wirechief.NumberPatch, error) {
			return wirechief.NumberPatch{Campaign: wirechief.Set("CW1549")}, nil
		}}
	}
	members := func() (n int) {
		for _, c := range w.Campaigns(t.Context(), "acme") {
			if c.TCR == "CW1549" {
				n = c.Numbers
			}
		}
		return n
	}
	before := members()
	w.disk.fail(errors.New("the disk is full"))
	results, _, err := w.ImportNumbers(t.Context(), operator, "acme", rows[:10], exchange.ImportOptions{})
	if err == nil || actions(results) != strings.TrimSpace(strings.Repeat("refused ", 10)) || members() != before {
		t.Errorf("%v, %s, %d numbers", err, actions(results), members())
	}
	w.disk.fail(nil)
	results, _ = w.imported(rows, exchange.ImportOptions{Partial: true})
	if got := strings.Count(actions(results), "create"); got != wirechief.CampaignNumbers-before || members() != wirechief.CampaignNumbers {
		t.Errorf("%d were made, the campaign has %d", got, members())
	}
	wantError(t, results[59].Err, wirechief.Conflict, wirechief.RuleCampaignFull, "campaign")
}

// Two imports of the same numbers at once make each once.
func TestImportsRace(t *testing.T) {
	w := newWorld(t)
	rows := make([]exchange.ImportRow, 50)
	for i := range rows {
		rows[i] = exchange.ImportRow{Number: fmt.Sprintf("+1310555%04d", 500+i)}
	}
	made := make(chan int)
	for range 4 {
		go func() {
			results, _, err := w.ImportNumbers(t.Context(), operator, "acme", rows, exchange.ImportOptions{})
			if err != nil {
				t.Error(err)
			}
			made <- strings.Count(actions(results), "create")
		}()
	}
	if total := <-made + <-made + <-made + <-made; total != len(rows) {
		t.Errorf("%d were made of %d", total, len(rows))
	}
}

// A number that needs an address and has none, or none any more, is pending.
func TestImportOfNumbersThatOwe(t *testing.T) {
	w := shop(t)
	const fresh, had = "+353766800100", "+353766800101"
	w.apply(`
tenants: [{id: acme, addresses: [{name: Dublin, street: 1 Quay, city: Dublin, country: IE}]}]
offers: [{number: "+353766800101", carrier: main, address: local}]`)
	address := must(w.Addresses().List(t.Context(), "acme"))(t)[0]
	if _, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: had, Address: address.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Release(t.Context(), acme, had); err != nil {
		t.Fatal(err)
	}
	if err := w.Addresses().Delete(t.Context(), acme, strconv.FormatInt(address.ID, 10)); err != nil {
		t.Fatal(err)
	}
	results, _ := w.imported([]exchange.ImportRow{{Number: fresh}, {Number: had}}, exchange.ImportOptions{})
	if got := actions(results); got != "create update" {
		t.Fatalf("%s: %v", got, results)
	}
	for _, number := range []string{fresh, had} {
		n, err := w.Number(t.Context(), acme, number)
		if err != nil || n.State != wirechief.NumberPending || n.AddressRule != wirechief.AddressLocal {
			t.Errorf("%s is %s and needs %q, %v", number, n.State, n.AddressRule, err)
		}
		if got := w.life(number); !strings.HasSuffix(got, "pending by operator") {
			t.Errorf("life: %s", got)
		}
	}
}

// What another held until a moment ago is nobody's, swept or not.
func TestImportOfWhatHasRunOut(t *testing.T) {
	const number = "+15105550100"
	x := still(t, new(bytes.Buffer))
	w := &world{Exchange: x.Exchange, t: t, clock: x.clock}
	w.apply(configured)
	w.apply(offers)
	if _, err := x.Reserve(t.Context(), globex, []string{number}); err != nil {
		t.Fatal(err)
	}
	rows := []exchange.ImportRow{{Number: number}}
	results, _ := w.imported(rows, exchange.ImportOptions{Partial: true})
	wantError(t, results[0].Err, wirechief.Conflict, wirechief.RuleTaken, "number")
	x.clock.advance(time.Hour)
	if results, _ = w.imported(rows, exchange.ImportOptions{}); actions(results) != "create" {
		t.Fatalf("%v", results)
	}
	if got := w.life(number); !strings.HasSuffix(got, "reserved by bulkvs/globex, freed by operator, in_service by operator") {
		t.Errorf("life: %s", got)
	}
}

// Others work while a table is judged; rows that do not hold any more are
// refused by themselves, and nothing is written over.
func TestImportBesideChanges(t *testing.T) {
	w := newWorld(t)
	const fresh, hooked, last = "+13105550301", "+13105550302", "+13105550303"
	results, applied := w.imported([]exchange.ImportRow{
		{Number: desk, Change: named("Imported")},
		{Number: hooked, Change: func(wirechief.Number) (wirechief.NumberPatch, error) {
			return wirechief.NumberPatch{Webhook: wirechief.Set("Quiet")}, nil
		}},
		{Number: fresh},
		{Number: last, Change: func(wirechief.Number) (wirechief.NumberPatch, error) {
			if _, err := w.ConfigureNumber(t.Context(), acme, desk, named("Changed")); err != nil {
				t.Error(err)
			}
			if err := w.DeleteWebhook(t.Context(), acme, "Quiet"); err != nil {
				t.Error(err)
			}
			return wirechief.NumberPatch{}, nil
		}},
	}, exchange.ImportOptions{})
	if got := actions(results); got != "refused refused create create" || !applied {
		t.Fatalf("%s: %v", got, results)
	}
	wantError(t, results[0].Err, wirechief.Conflict, wirechief.RuleRevision, "number")
	wantError(t, results[1].Err, wirechief.Invalid, wirechief.RuleReference, "webhook")
	if n := must(w.Number(t.Context(), acme, desk))(t); n.Name != "Changed" {
		t.Errorf("it is called %q", n.Name)
	}
}
