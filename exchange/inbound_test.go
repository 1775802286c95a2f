package exchange_test

import (
	"github.com/wirechief/wirechief"
)

// inbound brings a text from a handset to the desk, which must be taken.
func (w *world) inbound(from, words string) {
	w.t.Helper()
	w.inboundTo(desk, from, words)
}

func (w *world) inboundTo(number, from, words string) {
	w.t.Helper()
	if err := w.Inbound(w.t.Context(), wirechief.Inbound{Carrier: "main", From: from, To: number, Text: words}); err != nil {
		w.t.Fatalf("Inbound: %v", err)
	}
}
