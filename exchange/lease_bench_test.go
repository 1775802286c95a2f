package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/state"
)

// BenchmarkLease measures whole requests that name no number, of a tenant with
// 1,000: for a recipient that has a lease, and for one that gets one.
//
//	go test -run '^$' -bench Lease ./exchange
func BenchmarkLease(b *testing.B) {
	var numbers strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&numbers, "      - {number: \"+1310908%04d\", carrier: main, capabilities: [sms]}\n", i)
	}
	w := newWorld(b)
	f, err := state.Parse("state.yaml", []byte("tenants:\n  - id: lender\n    require_campaign: false\n    numbers:\n"+numbers.String()))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Apply(b.Context(), f, false); err != nil {
		b.Fatal(err)
	}
	for _, carrier := range []string{"main", "spare"} {
		if err := w.PauseCarrier(b.Context(), carrier, true); err != nil {
			b.Fatal(err)
		}
	}
	for _, bench := range []struct {
		name string
		to   func(n int) string
	}{
		{"again", func(int) string { return handset }},
		{"new", func(n int) string { return fmt.Sprintf("+1312%03d%04d", 200+n/10_000%800, n%10_000) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			began := cpu()
			for n := 0; b.Loop(); n++ {
				if _, err := w.Send(b.Context(), borrow("hi", bench.to(n), "")); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpu()-began)/float64(b.N)/1000, "cpu-µs/text")
		})
	}
}
