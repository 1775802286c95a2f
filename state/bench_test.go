package state_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/state"
)

// BenchmarkParse reads a file of 10,000 numbers.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("tenants:\n  - id: acme\n    numbers:\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "      - {number: \"+1310906%04d\", carrier: main, capabilities: [sms, mms], webhook: Default}\n", i)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := state.Parse("state.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
