package exchange_test

import (
	"fmt"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// many is how many numbers the tenant of these benchmarks has.
const many = 100_000

// newMany is a tenant with many numbers, as an import has them.
func newMany(tb testing.TB) *world {
	tb.Helper()
	w := newWorld(tb)
	w.apply("tenants:\n  - id: many\n    require_campaign: false\n")
	rows := make([]exchange.ImportRow, many)
	for i := range rows {
		rows[i].Number = fmt.Sprintf("+1310%d%06d", 2+i/900_000, 200_000+i)
		rows[i].Carrier = wirechief.Set("main")
	}
	results, _, err := w.ImportNumbers(tb.Context(), wirechief.Principal{Operator: true}, "many", rows, exchange.ImportOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range results {
		if results[i].Err != nil {
			tb.Fatal(results[i].Err)
		}
	}
	return w
}

// BenchmarkMany measures what is asked of a tenant with 100,000 numbers.
//
//	go test -run '^$' -bench Many ./exchange
func BenchmarkMany(b *testing.B) {
	w := newMany(b)
	who := wirechief.Principal{Tenant: "many"}
	for _, bench := range []struct {
		name string
		f    wirechief.NumberFilter
	}{
		{"page", wirechief.NumberFilter{Limit: 50}},
		{"far page", wirechief.NumberFilter{Offset: many - 100, Limit: 50}},
		{"newest", wirechief.NumberFilter{Newest: true, Limit: 50}},
		{"type", wirechief.NumberFilter{Types: []wirechief.NumberType{wirechief.TypeLocal}, Limit: 50}},
		{"text", wirechief.NumberFilter{Text: "77123", Limit: 50}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if list, total := w.FindNumbers(b.Context(), who, bench.f); len(list) == 0 || total == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
	for _, carrier := range []string{"main", "spare"} {
		if err := w.PauseCarrier(b.Context(), carrier, true); err != nil {
			b.Fatal(err)
		}
	}
	for _, bench := range []struct{ name, plan string }{{"lease", "+1312200%04d"}, {"lease abroad", "+447700%06d"}} {
		b.Run(bench.name, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				r := borrow("hi", fmt.Sprintf(bench.plan, n%10_000), "")
				r.Tenant = "many"
				if _, err := w.Send(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("configure", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if _, err := w.ConfigureNumber(b.Context(), who, fmt.Sprintf("+13102%06d", 200_000+n%many), func(wirechief.Number) (wirechief.NumberPatch, error) {
				return wirechief.NumberPatch{Name: wirechief.Set(fmt.Sprint("desk ", n))}, nil
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
