package exchange_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/state"
)

const offers = `
offers:
  - {number: "+15105550100", carrier: main, capabilities: [voice, sms], location: CA, price: "1.00"}
  - {number: "+15105550101", carrier: main, capabilities: [voice, sms, mms], location: CA, price: "2.00"}
  - {number: "+353766800100", carrier: main, price: "3.00", address: local, location: Dublin}
`

// shop is a world with numbers to buy.
func shop(t *testing.T, change ...func(*exchange.Options)) *world {
	t.Helper()
	w := newWorld(t, append([]func(*exchange.Options){func(o *exchange.Options) {
		o.Reservation, o.Aging = 30*time.Minute, 30*24*time.Hour
	}}, change...)...)
	w.apply(offers)
	return w
}

func (w *world) onOffer(q wirechief.OfferQuery) string {
	w.t.Helper()
	page, err := w.SearchOffers(w.t.Context(), acme, q)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, o := range page.Offers {
		out = append(out, o.Number)
	}
	return strings.Join(out, " ")
}

func (w *world) buy(p wirechief.Principal, number string) (wirechief.Number, error) {
	return w.Order(w.t.Context(), p, wirechief.OrderRequest{Tenant: p.Tenant, Number: number})
}

func (w *world) mustBuy(number string) wirechief.Number {
	w.t.Helper()
	n, err := w.buy(acme, number)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// life lists the events of a number, the first first.
func (w *world) life(number string) string {
	w.t.Helper()
	events, err := w.NumberEvents(w.t.Context(), operator, wirechief.NumberEventFilter{Number: number})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(events)
	var out []string
	for _, e := range events {
		out = append(out, string(e.Type)+" by "+e.By)
	}
	return strings.Join(out, ", ")
}

func TestANumberIsBoughtReleasedAndHadBack(t *testing.T) {
	w := shop(t)
	const number = "+15105550101"
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "510", Country: "US"}); got != "+15105550100 +15105550101" {
		t.Fatalf("on offer: %s", got)
	}
	n := w.mustBuy(number)
	if n.State != wirechief.NumberInService || n.Tenant != "acme" || !n.Enabled.MMS || n.ID == 0 || n.Price != 2_000_000 || !n.ActivatedAt.Equal(t0) {
		t.Fatalf("%+v", n)
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "510"}); got != "+15105550100" {
		t.Errorf("still on offer: %s", got)
	}
	_, err := w.buy(acme, number)
	wantError(t, err, wirechief.Conflict, wirechief.RuleAlreadyOwned, "")
	_, err = w.buy(globex, number)
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
	foreign := wirechief.MessageOf(err)
	_, err = w.buy(globex, "+15105559999")
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
	if strings.ReplaceAll(wirechief.MessageOf(err), "+15105559999", number) != foreign {
		t.Errorf("a foreign number answers %q, an unknown one %q", foreign, err)
	}
	if _, err := w.ConfigureNumber(t.Context(), acme, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Name: wirechief.Set("Sales"), Campaign: wirechief.Set("CW1549")}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Release(t.Context(), globex, number); err == nil {
		t.Fatal("another tenant has released it")
	}
	if _, err := w.Release(t.Context(), acme, number); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Number(t.Context(), acme, number); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("a released number is still on the account: %v", err)
	}
	_, err = w.buy(acme, number)
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
	w.restart()
	if n, err = w.Restore(t.Context(), acme, number); err != nil || n.Name != "Sales" || n.Campaign != "CW1549" || n.State != wirechief.NumberInService {
		t.Fatalf("%+v %v", n, err)
	}
	if _, err := w.Release(t.Context(), acme, number); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(30*24*time.Hour + time.Second)
	if _, err := w.Restore(t.Context(), acme, number); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("it can be had back after its quarantine: %v", err)
	}
	w.SweepNumbers(t.Context())
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "510"}); got != "+15105550100 +15105550101" {
		t.Errorf("on offer after the quarantine: %s", got)
	}
	if n, err = w.buy(globex, number); err != nil || n.Name != "" || n.Campaign != "" {
		t.Fatalf("its next owner got %+v %v", n, err)
	}
	want := "in_service by bulkvs/acme, changed by bulkvs/acme, released by bulkvs/acme, restored by bulkvs/acme, released by bulkvs/acme, available by wirechief, in_service by bulkvs/globex"
	if got := w.life(number); got != want {
		t.Errorf("life: %s\nwant: %s", got, want)
	}
	events, err := w.NumberEvents(t.Context(), globex, wirechief.NumberEventFilter{Number: number})
	if err != nil || len(events) != 1 {
		t.Errorf("the next owner sees %v %v", events, err)
	}
}

func TestReservations(t *testing.T) {
	w := shop(t)
	r, err := w.Reserve(t.Context(), acme, []string{"+15105550101", "+15105550100"})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "510"}); got != "" {
		t.Errorf("reserved, and on offer: %s", got)
	}
	_, err = w.buy(globex, "+15105550100")
	wantError(t, err, wirechief.Conflict, wirechief.RuleTaken, "number")
	_, err = w.Order(t.Context(), globex, wirechief.OrderRequest{Tenant: "globex", Token: r.Token, Number: "+15105550100"})
	wantError(t, err, wirechief.Conflict, wirechief.RuleToken, "token")
	w.clock.advance(20 * time.Minute)
	if r, err = w.ExtendReservation(t.Context(), acme, r.Token); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(20 * time.Minute)
	w.restart()
	_, err = w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Token: r.Token})
	wantError(t, err, wirechief.Invalid, "", "number")
	if _, err = w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Token: r.Token, Number: "+15105550100"}); err != nil {
		t.Fatal(err)
	}
	if left := w.Reservations(t.Context(), acme); len(left) != 1 || !slices.Equal(left[0].Numbers, []string{"+15105550101"}) {
		t.Errorf("left: %v", left)
	}
	if others := w.Reservations(t.Context(), globex); len(others) != 0 {
		t.Errorf("another tenant sees %v", others)
	}
	w.clock.advance(10 * time.Minute)
	// Its time is over, whether anybody has swept or not.
	if _, err := w.buy(globex, "+15105550101"); err != nil {
		t.Errorf("a reservation that has run out still holds: %v", err)
	}
	_, err = w.ExtendReservation(t.Context(), acme, r.Token)
	wantError(t, err, wirechief.NotFound, wirechief.RuleToken, "token")

	w = shop(t)
	if _, err := w.Reserve(t.Context(), acme, []string{"+15105550100", "+15105559999"}); wirechief.KindOf(err) != wirechief.Conflict {
		t.Fatal(err)
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "510"}); got != "+15105550100 +15105550101" {
		t.Errorf("a reservation that failed holds something: %s", got)
	}
	r, err = w.Reserve(t.Context(), acme, []string{"+15105550100"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CancelReservation(t.Context(), globex, r.Token); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("another tenant may give it up: %v", err)
	}
	if err := w.CancelReservation(t.Context(), acme, r.Token); err != nil {
		t.Fatal(err)
	}
	if _, err := w.buy(globex, "+15105550100"); err != nil {
		t.Error(err)
	}
}

func TestQuotes(t *testing.T) {
	w := shop(t)
	token := w.Quote("acme", "+15105550100")
	if len(token) != 32 || token != w.Quote("acme", "+15105550100") || token == w.Quote("globex", "+15105550100") {
		t.Fatalf("token %q", token)
	}
	order := func(p wirechief.Principal, token string) error {
		_, err := w.Order(t.Context(), p, wirechief.OrderRequest{Tenant: p.Tenant, Token: token})
		return err
	}
	for name, bad := range map[string]string{"made up": strings.Repeat("0", 32), "short": token[:31], "no hex": "z" + token[1:], "another's": w.Quote("globex", "+15105550100"), "changed": token[:31] + string("01"[1-strings.Count(token[31:], "1")])} {
		t.Run(name, func(t *testing.T) { wantError(t, order(acme, bad), wirechief.Conflict, wirechief.RuleToken, "token") })
	}
	w.restart()
	if err := order(acme, token); err != nil {
		t.Fatal(err)
	}
	wantError(t, order(acme, token), wirechief.Conflict, wirechief.RuleAlreadyOwned, "token")
	late := w.Quote("acme", "+15105550101")
	w.clock.advance(33 * time.Minute)
	wantError(t, order(acme, late), wirechief.Conflict, wirechief.RuleToken, "token")
}

func TestANumberThatOwesAnAddress(t *testing.T) {
	w := shop(t)
	const number = "+353766800100"
	address := func(country string) wirechief.Address {
		a, err := w.Addresses().Put(t.Context(), acme, "", func(a *wirechief.Address) error {
			a.Name, a.Street, a.City, a.Country = "HQ", "1 Main St", "Town", country
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	_, err := w.buy(acme, number)
	wantError(t, err, wirechief.Invalid, wirechief.RuleAddress, "address")
	us := address("US")
	_, err = w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: number, Address: us.ID, MayOwe: true})
	wantError(t, err, wirechief.Invalid, wirechief.RuleAddress, "address")
	_, err = w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: number, Address: 17, MayOwe: true})
	wantError(t, err, wirechief.Invalid, wirechief.RuleReference, "address")
	n, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: number, PickAddress: true, MayOwe: true})
	if err != nil || n.State != wirechief.NumberPending {
		t.Fatalf("%s %v", n.State, err)
	}
	if _, err := w.Send(t.Context(), wirechief.SendRequest{Tenant: "acme", From: number, To: []string{handset}, Text: "x"}); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("a pending number sends: %v", err)
	}
	ie := address("IE")
	n, err = w.ConfigureNumber(t.Context(), acme, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Address: wirechief.Set(ie.ID)}, nil
	})
	if err != nil || n.State != wirechief.NumberInService {
		t.Fatalf("%s %v", n.State, err)
	}
	_, err = w.ConfigureNumber(t.Context(), acme, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Address: wirechief.Clear[int64]()}, nil
	})
	wantError(t, err, wirechief.Invalid, wirechief.RuleAddress, "address")
	if n, _ := w.Number(t.Context(), acme, number); n.Address != ie.ID || n.State != wirechief.NumberInService {
		t.Errorf("%s with address %d", n.State, n.Address)
	}
	err = w.Addresses().Delete(t.Context(), acme, fmt.Sprint(ie.ID))
	wantError(t, err, wirechief.Conflict, wirechief.RuleInUse, "address")
	if err := w.Addresses().Delete(t.Context(), globex, fmt.Sprint(us.ID)); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("another tenant may delete it: %v", err)
	}
	if err := w.Addresses().Delete(t.Context(), acme, fmt.Sprint(us.ID)); err != nil {
		t.Error(err)
	}
}

func TestAProtectedNumberStays(t *testing.T) {
	w := shop(t)
	w.mustBuy("+15105550100")
	protect := func(on bool) {
		t.Helper()
		if _, err := w.ConfigureNumber(t.Context(), acme, "+15105550100", func(wirechief.Number) (wirechief.NumberPatch, error) {
			return wirechief.NumberPatch{Protected: wirechief.Set(on)}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	protect(true)
	_, err := w.Release(t.Context(), acme, "+15105550100")
	wantError(t, err, wirechief.Conflict, wirechief.RuleProtected, "")
	f, err := state.Parse("state.yaml", []byte(`tenants: [{id: acme, numbers: [{number: "+15105550100", absent: true}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Apply(t.Context(), f, false)
	wantError(t, err, wirechief.Conflict, wirechief.RuleProtected, "")
	protect(false)
	if _, err = w.Release(t.Context(), acme, "+15105550100"); err != nil {
		t.Fatal(err)
	}
}

// A thousand buyers want one of five hundred numbers each, two after each.
func TestOfTwoBuyersOneGetsTheNumber(t *testing.T) {
	w := shop(t)
	w.apply(`offers: [{generate: {country: US, area_codes: ["646", "415"], count: 500}, carrier: main, price: "1.00"}]`)
	page, err := w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{Country: "US", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	numbers := slices.DeleteFunc(page.Offers, func(o wirechief.Offer) bool { return strings.HasPrefix(o.Number, "+1510") })
	if len(numbers) != 500 {
		t.Fatalf("%d numbers", len(numbers))
	}
	var sold, lost atomic.Int64
	owners := make([]atomic.Int64, len(numbers))
	var wg sync.WaitGroup
	for i := range 1000 {
		wg.Go(func() {
			p := []wirechief.Principal{acme, globex}[i/500]
			switch _, err := w.buy(p, numbers[i%500].Number); {
			case err == nil:
				sold.Add(1)
				owners[i%500].Add(1)
			case wirechief.KindOf(err) == wirechief.Conflict && strings.Contains(wirechief.MessageOf(err), numbers[i%500].Number+" is not on offer"):
				lost.Add(1)
			default:
				t.Errorf("a loser was told %v", err)
			}
		})
	}
	wg.Wait()
	if sold.Load() != 500 || lost.Load() != 500 {
		t.Errorf("%d were sold, %d told that they lost", sold.Load(), lost.Load())
	}
	for i := range owners {
		if owners[i].Load() != 1 {
			t.Errorf("%s was sold %d times", numbers[i].Number, owners[i].Load())
		}
	}
	w.restart()
	for _, p := range []wirechief.Principal{acme, globex} {
		for _, n := range must(w.Numbers(t.Context(), p))(t) {
			if n.Tenant != p.Tenant {
				t.Errorf("%s is %s's", n.Number, n.Tenant)
			}
		}
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "" {
		t.Errorf("sold, and on offer after a restart: %s", got)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestOfferSources(t *testing.T) {
	w := shop(t)
	opened := 0
	apply := func(yaml, csv string) string {
		t.Helper()
		f, err := state.Parse("state.yaml", []byte(yaml))
		if err != nil {
			t.Fatal(err)
		}
		f.Open = func(string) (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader(csv)), nil
		}
		changes, err := w.Apply(t.Context(), f, false)
		if err != nil {
			return wirechief.MessageOf(err)
		}
		var out []string
		for _, c := range changes {
			out = append(out, c.Action+" "+c.Key+" "+c.Detail)
		}
		return strings.Join(out, ", ")
	}
	const entry = `offers: [{csv: numbers.csv, carrier: main, price: "4.00", capabilities: [sms]}]`
	const first = "number,location,capabilities,price,address\n+16465550100,NY,voice|sms,1.50,any\n+16465550101,,,,\n"
	if got := apply(entry, first); got != "create csv:numbers.csv 2 numbers" {
		t.Fatal(got)
	}
	if got := apply(entry, first); got != "" {
		t.Fatal(got)
	}
	page := must(w.SearchOffers(t.Context(), acme, wirechief.OfferQuery{AreaCode: "646"}))(t)
	want := []wirechief.Offer{
		{Number: "+16465550100", Carrier: "main", Type: wirechief.TypeLocal, Country: "US", Location: "NY", Capabilities: wirechief.Capabilities{Voice: true, SMS: true}, Price: 1_500_000, Address: wirechief.AddressAny},
		{Number: "+16465550101", Carrier: "main", Type: wirechief.TypeLocal, Country: "US", Capabilities: wirechief.Capabilities{SMS: true}, Price: 4_000_000, Address: wirechief.AddressNone},
	}
	if !slices.Equal(page.Offers, want) {
		t.Errorf("%+v", page.Offers)
	}
	w.mustBuyOwing("+16465550100")
	w.restart()
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "+16465550101" {
		t.Errorf("after a restart: %s", got)
	}
	if got := apply(entry, "number,absent\n+16465550102,\n+16465550101,true\n"); got != "delete +16465550101 , update csv:numbers.csv 2 numbers" {
		t.Fatal(got)
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "+16465550102" {
		t.Errorf("after an addition and a removal: %s", got)
	}
	for csv, want := range map[string]string{
		"":                                  "numbers.csv: a header row is needed, with the column number: EOF",
		"nummer\n":                          `numbers.csv line 1: "nummer" is no column, or there twice; there are number, type, location, capabilities, price, address, country, absent`,
		"type\nlocal\n":                     "numbers.csv line 1: the column number is missing",
		"number\n+16465550103\n12\n":        "numbers.csv line 3: number: \"12\"",
		"number,price\n+16465550103,free\n": `numbers.csv line 2: price: "free" is not a price such as 1.00`,
		"number,type\n+16465550103\n":       "numbers.csv: record on line 2: wrong number of fields",
	} {
		if got := apply(entry, csv); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s\nwant %s", csv, got, want)
		}
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "+16465550102" {
		t.Errorf("a file with a mistake changed something: %s", got)
	}
	if got := apply(`offers: [{csv: numbers.csv, absent: true}]`, ""); got != "delete csv:numbers.csv " {
		t.Fatal(got)
	}
	if got := w.onOffer(wirechief.OfferQuery{AreaCode: "646"}); got != "" {
		t.Errorf("after the source is gone: %s", got)
	}
}

func (w *world) mustBuyOwing(number string) {
	w.t.Helper()
	if _, err := w.Order(w.t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: number, MayOwe: true}); err != nil {
		w.t.Fatal(err)
	}
}

func TestAMeteredTenantPaysForANumber(t *testing.T) {
	w := shop(t)
	w.apply(`tenants: [{id: acme, balance: "2.50"}]`)
	w.mustBuy("+15105550101") // 2.00
	_, err := w.buy(acme, "+15105550100")
	wantError(t, err, wirechief.Forbidden, wirechief.RuleFunds, "")
	w.apply(`tenants: [{id: acme, rates: {number_month: "0.50"}}]`)
	w.mustBuy("+15105550100")
	if left := must(w.disk.Balances(t.Context()))(t)["acme"]; left != 0 {
		t.Errorf("left: %s", left)
	}
}

// A quarantine is never shorter than it is said to be.
func TestAQuarantineLastsItsTime(t *testing.T) {
	w := shop(t, func(o *exchange.Options) { o.Aging = 3 * time.Second })
	w.mustBuy("+15105550100")
	w.clock.advance(547 * time.Millisecond)
	n, err := w.Release(t.Context(), acme, "+15105550100")
	if err != nil || n.Until.Sub(w.clock.Now()) < 3*time.Second {
		t.Fatalf("it ends %v after the release, %v", n.Until.Sub(w.clock.Now()), err)
	}
	w.clock.advance(3 * time.Second)
	if _, err := w.buy(globex, "+15105550100"); err == nil {
		t.Error("it was sold before its time was over")
	}
	w.clock.advance(time.Second)
	if _, err := w.buy(globex, "+15105550100"); err != nil {
		t.Error(err)
	}
}
