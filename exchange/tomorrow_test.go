package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// Texts for tomorrow fill the memory of the carrier's queue; one for now leaves
// at once.
func TestTomorrowsTextsDoNotHoldUpTodays(t *testing.T) {
	w := newWorld(t)
	for range 4 {
		r := text("good morning", numbered(1000)...)
		r.At = t0.Add(24 * time.Hour)
		w.accept(r)
	}
	w.settle()
	id := w.send("now")
	w.main.next(t).answer(done("c1"))
	w.becomes(id, wirechief.StatusSubmitted)
	w.main.none(t)
}

// numbered are so many handsets.
func numbered(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("+1310555%04d", 1000+i)
	}
	return out
}

// A text that waits does not leave once its number has gone to somebody else.
func TestTheNumberGoesWhileATextWaits(t *testing.T) {
	w := newWorld(t)
	r := text("good morning", "+13105551212")
	r.At = t0.Add(time.Hour)
	id := w.accept(r)[0]
	w.apply(`tenants: [{id: acme, numbers: [{number: "` + desk + `", absent: true}]}]`)
	w.apply(`tenants: [{id: globex, numbers: [{number: "` + desk + `", carrier: main}]}]`)
	w.advance(2 * time.Hour)
	m := w.becomes(id, wirechief.StatusSuppressed)
	if last := m.Events[len(m.Events)-1]; last.Detail.Rule != wirechief.RuleSender {
		t.Errorf("it ends with %+v", last)
	}
	w.main.none(t)
}
