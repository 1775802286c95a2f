package e164_test

import (
	"testing"

	"github.com/wirechief/wirechief/e164"
)

// Every message passes the first four at least twice, and each log line the
// last: the aim is below 150 ns and one allocation.
func BenchmarkParse(b *testing.B) {
	for _, bb := range []struct{ name, in string }{
		{"normalised", "+442079460000"},
		{"ten", "3109060901"},
		{"written", "(310) 906-0901"},
		{"plan", "+44 (0)20 7946 0000"}, // the slow path, for comparison
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e164.Parse(bb.in, "US"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseNANP(b *testing.B) {
	for _, bb := range []struct{ name, in string }{
		{"normalised", "+13109060901"},
		{"eleven", "13109060901"},
		{"written", "(310) 906-0901"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e164.ParseNANP(bb.in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKindOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = e164.KindOf("Wirechief")
	}
}

func BenchmarkCountry(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = e164.Country("+14165550123")
	}
}

func BenchmarkMask(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = e164.Mask("+13109060901")
	}
}
