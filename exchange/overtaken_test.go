package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

// applying gives what applying a file says.
func applying(t *testing.T, x *exchange.Exchange, yaml string, starting bool) (string, error) {
	t.Helper()
	f, err := state.Parse("state.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	apply := func() ([]state.Change, error) { return x.Apply(t.Context(), f, false) }
	if starting {
		apply = func() ([]state.Change, error) { return x.ApplyAtStart(t.Context(), f) }
	}
	changes, err := apply()
	var out []string
	for _, c := range changes {
		out = append(out, c.Action+" "+c.Kind+" "+c.Key+" "+c.Detail)
	}
	return strings.Join(out, "\n"), err
}

// What customers have done since does not keep us from starting; applying the
// same file by hand says what stands against it.
func TestStartAfterCustomers(t *testing.T) {
	const number = "+15105550100"
	const file = `tenants: [{id: acme, numbers: [{number: "+15105550100", carrier: main, name: Listed}]}, {id: globex, name: Globex Inc.}]`
	released := func(w *world) {
		w.apply(file)
		if _, err := w.Release(w.t.Context(), acme, number); err != nil {
			w.t.Fatal(err)
		}
	}
	another := func(w *world) {
		released(w)
		w.clock.advance(31 * 24 * time.Hour)
		if _, err := w.Reserve(w.t.Context(), globex, []string{number}); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, file string
		do         func(w *world)
		skips      bool
		owner      string
		state      wirechief.NumberState
	}{
		{"released: the file wins", file, released, false, "acme", wirechief.NumberInService},
		{"released, and its quarantine is over", file, func(w *world) {
			released(w)
			w.clock.advance(31 * 24 * time.Hour)
		}, false, "acme", wirechief.NumberInService},
		{"reserved by another", file, another, true, "globex", wirechief.NumberReserved},
		{"reserved by another until yesterday", file, func(w *world) {
			another(w)
			w.clock.advance(24 * time.Hour)
		}, false, "acme", wirechief.NumberInService},
		{"bought by another", file, func(w *world) {
			another(w)
			if _, err := w.buy(globex, number); err != nil {
				w.t.Fatal(err)
			}
		}, true, "globex", wirechief.NumberInService},
		{"protected, and the file releases it", `tenants: [{id: acme, numbers: [{number: "+15105550100", absent: true}]}, {id: globex, name: Globex Inc.}]`, func(w *world) {
			w.apply(file)
			if _, err := w.ConfigureNumber(w.t.Context(), acme, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
				return wirechief.NumberPatch{Protected: wirechief.Set(true)}, nil
			}); err != nil {
				w.t.Fatal(err)
			}
		}, true, "acme", wirechief.NumberInService},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			x := still(t, &log)
			w := &world{Exchange: x.Exchange, t: t, clock: x.clock}
			w.apply(configured)
			w.apply(offers)
			c.do(w)
			if _, err := applying(t, x.Exchange, c.file, false); c.skips != (err != nil) {
				t.Fatalf("applying it by hand: %v", err)
			}
			if !c.skips {
				x = still(t, &log)
				w = &world{Exchange: x.Exchange, t: t, clock: x.clock}
				w.apply(configured)
				w.apply(offers)
				c.do(w)
			}
			log.Reset()
			if _, err := applying(t, x.Exchange, c.file, true); err != nil {
				t.Fatal(err)
			}
			n, err := x.NumberAnyState(t.Context(), operator, number)
			if err != nil || n.Tenant != c.owner || n.State != c.state {
				t.Errorf("it is %s, of %q, %v", n.State, n.Tenant, err)
			}
			warned := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "file=state.yaml tenant=acme number="+number)
			if warned != c.skips {
				t.Errorf("the log says %s", log.String())
			}
		})
	}
}

// unmoved is an exchange of which nothing runs, so that nobody sweeps.
type unmoved struct {
	*exchange.Exchange
	clock *clock
	disk  *busy
}

// busy is a store on the way to which something else happens, once.
type busy struct {
	wirechief.Store
	first func()
}

func (b *busy) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	if first := b.first; first != nil {
		b.first = nil
		first()
	}
	return b.Store.Apply(ctx, commands...)
}

func still(t *testing.T, log *bytes.Buffer) unmoved {
	t.Helper()
	at := &clock{now: t0}
	db, err := sqlite.Open(t.Context(), fresh.Dir(t, t.TempDir()), sqlite.Options{Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	disk := &busy{Store: db}
	x := exchange.New(exchange.Options{
		Store: disk, Carriers: []carrier.Carrier{newWire("main", carrier.SMS), newWire("spare", carrier.SMS)},
		IDs: ident.New(at.Now, 0), Now: at.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
		Reservation: 30 * time.Minute, Aging: 30 * 24 * time.Hour,
	})
	if err := x.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return unmoved{x, at, disk}
}

// A number that waits for its carrier stays that, whatever a file says of it.
func TestStateFileAndOrders(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	s.answers(away)
	if _, err := buy(w, t); err != nil {
		t.Fatal(err)
	}
	w.ApplyState(`tenants: [{id: acme, numbers: [{number: "+15105550100", carrier: shop, name: Desk}]}]`)
	n, err := w.NumberAnyState(t.Context(), operator, sold)
	if err != nil || n.State != wirechief.NumberOrdered || n.Name != "Desk" {
		t.Fatalf("it is %s, %q, %v", n.State, n.Name, err)
	}
	_, err = applying(t, w.Exchange, `tenants: [{id: acme, numbers: [{number: "+15105550100", absent: true}]}]`, false)
	wantError(t, err, wirechief.Conflict, wirechief.RuleState, "")
	if _, err = applying(t, w.Exchange, `tenants: [{id: acme, numbers: [{number: "+15105550100", absent: true}]}]`, true); err != nil {
		t.Errorf("at start: %v", err)
	}
	s.answers(nil)
	w.Advance(time.Minute)
	if n, err = w.Number(t.Context(), operator, sold); err != nil || n.State != wirechief.NumberInService || n.Name != "Desk" {
		t.Errorf("it is %s, %q, %v", n.State, n.Name, err)
	}
}

// A number that owes an address is left as it is, again and again, and is in
// service when the file names the address.
func TestStateFileAndOwedAddresses(t *testing.T) {
	w := shop(t)
	const number = "+353766800100"
	n, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: number, MayOwe: true})
	if err != nil || n.State != wirechief.NumberPending {
		t.Fatalf("it is %s, %v", n.State, err)
	}
	w.clock.advance(time.Hour)
	for range 2 {
		if got, err := applying(t, w.Exchange, `tenants: [{id: acme, numbers: [{number: "+353766800100"}]}]`, false); got != "" || err != nil {
			t.Errorf("it changes\n%s %v", got, err)
		}
	}
	if got := w.life(number); got != "pending by bulkvs/acme" {
		t.Errorf("life: %s", got)
	}
	w.apply(`tenants: [{id: acme, addresses: [{name: Dublin, street: 1 Quay, city: Dublin, country: IE}], numbers: [{number: "+353766800100", address: Dublin}]}]`)
	if n, err = w.Number(t.Context(), acme, number); err != nil || n.State != wirechief.NumberInService || !n.ActivatedAt.Equal(t0) {
		t.Errorf("%s since %v, %v", n.State, n.ActivatedAt, err)
	}
}

// A file does not take away what numbers use, unless it takes it off them too.
func TestStateFileKeepsWhatIsUsed(t *testing.T) {
	w := shop(t)
	w.apply(`
tenants:
  - id: acme
    groups: [{id: 7, name: Sales}, {id: 8, name: Other}]
    addresses: [{name: Dublin, street: 1 Quay, city: Dublin, country: IE}]
    numbers: [{number: "+13109060901", groups: [7]}]`)
	address := must(w.Addresses().List(t.Context(), "acme"))(t)[0]
	if _, err := w.Order(t.Context(), acme, wirechief.OrderRequest{Tenant: "acme", Number: "+353766800100", Address: address.ID}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, names string }{
		{`groups: [{id: 7, absent: true}]`, "number +13109060901"},
		{`addresses: [{name: Dublin, absent: true}]`, "number +353766800100"},
		{`addresses: [{name: Dublin, country: US}]`, "number +353766800100"},
	} {
		_, err := applying(t, w.Exchange, `tenants: [{id: acme, `+c.file+`}]`, false)
		if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Rule != wirechief.RuleInUse || !strings.Contains(e.Message, c.names) {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	w.apply(`tenants: [{id: acme, groups: [{id: 8, absent: true}]}]`)
	w.apply(`tenants: [{id: acme, groups: [{id: 7, absent: true}], numbers: [{number: "+13109060901", groups: []}, {number: "+353766800100", absent: true}], addresses: [{name: Dublin, absent: true}]}]`)
	if n := must(w.Number(t.Context(), acme, desk))(t); len(n.Groups) != 0 {
		t.Errorf("its groups are %v", n.Groups)
	}
	// Had back by the file, it owes the address that has gone.
	w.apply(`tenants: [{id: acme, numbers: [{number: "+353766800100"}]}]`)
	if n := must(w.Number(t.Context(), acme, "+353766800100"))(t); n.State != wirechief.NumberPending || n.Address != 0 {
		t.Errorf("it is %s, with the address %d", n.State, n.Address)
	}
}

// What a tenant held when it went is on offer again at once: its carrier has
// never sold it.
func TestATenantGoesWithReservations(t *testing.T) {
	w, s := newSeller(t, carrier.Search|carrier.Order, sold)
	if _, err := w.Reserve(t.Context(), acme, []string{sold}); err != nil {
		t.Fatal(err)
	}
	w.ApplyState(`tenants: [{id: acme, absent: true}, {id: globex}]`)
	w.Advance(2 * time.Hour)
	if asked := s.were(); len(asked) != 0 {
		t.Errorf("its carrier was asked to %v", asked)
	}
	events := must(w.NumberEvents(t.Context(), operator, wirechief.NumberEventFilter{Number: sold}))(t)
	if len(events) == 0 || events[0].Type != wirechief.NumberWasFreed {
		t.Errorf("%+v", events)
	}
	if _, err := w.Reserve(t.Context(), globex, []string{sold}); err != nil {
		t.Error(err)
	}
}

// Neither changes nor events show what may be a secret.
func TestEventsHoldNoSecrets(t *testing.T) {
	w := newWorld(t)
	said, err := applying(t, w.Exchange, `
tenants:
  - id: acme
    webhooks: [{name: Default, url: "http://u:hunter2@h/k"}]
    numbers:
      - number: "+13109060901"
        name: Desk
        notes: hunter2
        enabled: [sms]
        line: {port_out_pin: hunter2}
        receipts: {url: "http://u:hunter2@h/k"}
        forwards: [{type: http, destination: "http://u:hunter2@h/k"}]
        voice: {route: endpoint, endpoint: "sip:hunter2@h", forwards: [{destination: "sip:hunter2@i"}]}
        replies: {agents_offline: {enabled: true, message: hunter2}}
`, false)
	if err != nil {
		t.Fatal(err)
	}
	patch := func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{PortOutPIN: wirechief.Set("hunter22")}, nil
	}
	if _, err := w.ConfigureNumber(t.Context(), acme, desk, patch); err != nil {
		t.Fatal(err)
	}
	results, _ := w.imported([]exchange.ImportRow{{Number: desk, Change: func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{PortOutPIN: wirechief.Set("hunter222")}, nil
	}}}, exchange.ImportOptions{})
	said += " " + results[0].Detail
	for _, e := range must(w.NumberEvents(t.Context(), operator, wirechief.NumberEventFilter{Number: desk}))(t) {
		said += " " + e.Detail + " " + e.Message
	}
	if strings.Contains(said, "hunter") {
		t.Errorf("it is said: %s", said)
	}
	for _, key := range []string{"line", "receipts", "forwards", "voice", "replies", "notes", "url", `name="Desk"`, `enabled={"sms":true}`} {
		if !strings.Contains(said, key) {
			t.Errorf("%s is not named: %s", key, said)
		}
	}
}

// What happens to a number between judging a file and keeping it is judged
// anew, and the rest is kept once.
func TestNumbersMoveWhileAFileIsApplied(t *testing.T) {
	const number = "+15105550100"
	begin := func(t *testing.T) (unmoved, wirechief.Reservation) {
		x := still(t, new(bytes.Buffer))
		w := &world{Exchange: x.Exchange, t: t, clock: x.clock}
		w.apply(configured)
		w.apply(offers)
		held, err := x.Reserve(t.Context(), globex, []string{number})
		if err != nil {
			t.Fatal(err)
		}
		return x, held
	}
	t.Run("what is free by now is had", func(t *testing.T) {
		x, _ := begin(t)
		x.clock.advance(time.Hour) // over, and not swept
		x.disk.first = func() { x.SweepNumbers(t.Context()) }
		said, err := applying(t, x.Exchange, `tenants: [{id: acme, name: Acme Inc., balance: "5.00", numbers: [{number: "+15105550100"}]}]`, false)
		if err != nil || strings.Count(said, number) != 1 || strings.Count(said, "tenant") != 1 || strings.Count(said, "balance") != 1 {
			t.Errorf("%v, changes:\n%s", err, said)
		}
		if n, err := x.Number(t.Context(), acme, number); err != nil || n.State != wirechief.NumberInService {
			t.Errorf("it is %s, %v", n.State, err)
		}
	})
	t.Run("nothing stays of a tenant that goes", func(t *testing.T) {
		x, held := begin(t)
		x.disk.first = func() {
			x.clock.advance(time.Minute)
			if _, err := x.ExtendReservation(t.Context(), globex, held.Token); err != nil {
				t.Error(err)
			}
		}
		if _, err := applying(t, x.Exchange, `tenants: [{id: globex, absent: true}]`, false); err != nil {
			t.Fatal(err)
		}
		if n, err := x.NumberAnyState(t.Context(), operator, number); err == nil {
			t.Errorf("it is %s, of %q", n.State, n.Tenant)
		}
	})
}

// A campaign that customers have filled since keeps a number of the file out of
// it, and nobody from starting.
func TestStartWithAFullCampaign(t *testing.T) {
	var log bytes.Buffer
	x := still(t, &log)
	w := &world{Exchange: x.Exchange, t: t, clock: x.clock}
	w.apply(configured)
	full := strings.Builder{}
	for i := range wirechief.CampaignNumbers - 1 {
		fmt.Fprintf(&full, `{number: "+1310555%04d", campaign: CFULL1}, `, 100+i)
	}
	w.apply(`tenants: [{id: acme, campaigns: [{tcr: CFULL1, approved: true}], numbers: [` + full.String() + `]}]`)
	const file = `tenants: [{id: acme, numbers: [{number: "+13105550999", campaign: CFULL1}, {number: "+13105550998", campaign: CFULL1}, {number: "+13105550997"}]}]`
	_, err := applying(t, x.Exchange, file, false)
	wantError(t, err, wirechief.Conflict, wirechief.RuleCampaignFull, "")
	said, err := applying(t, x.Exchange, file, true)
	if err != nil || strings.Count(said, "create number") != 2 || strings.Contains(said, "+13105550998") {
		t.Errorf("%v, changes:\n%s", err, said)
	}
	if !strings.Contains(log.String(), "tenant=acme number=+13105550998") {
		t.Errorf("the log says %s", log.String())
	}
}
