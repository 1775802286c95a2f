package gsm_test

import (
	"testing"

	"github.com/wirechief/wirechief/gsm"
)

// The texts of the benchmarks. A short one is what most messages are: the aim
// is below a microsecond for both functions.
var samples = []struct{ name, text string }{
	{"short", "Your code is 493817. It is good for ten minutes; do not share it with anyone."},
	{"accents", "Ihr Termin am Donnerstag um 14:30 Uhr ist bestätigt. Für Fragen: 030 555 0123, Gebühr 5 €."},
	{"emoji", "See you at eight 😀"},
	{"long", a(152) + "€" + a(400)},
}

func BenchmarkAnalyse(b *testing.B) {
	for _, s := range samples {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = gsm.Analyse(s.text)
			}
		})
	}
}

func BenchmarkSplit(b *testing.B) {
	for _, s := range samples {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := gsm.Split(s.text, gsm.Options{Reference: 7}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeGSM7(b *testing.B) {
	septets, err := gsm.EncodeGSM7(samples[0].text)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = gsm.DecodeGSM7(septets)
	}
}
