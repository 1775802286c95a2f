package exchange_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// What a number sends by itself brings its webhook no receipt: no client knows
// the id.
func TestNoReceiptsOfWhatNobodySent(t *testing.T) {
	for _, hops := range []int{0, 1} {
		w := newWorld(t)
		r := text("hello")
		r.Hops = hops
		id := w.deliver(r, "c1")
		if got := len(w.deliveries(id)); got != 1-hops {
			t.Errorf("hops %d: %d receipts", hops, got)
		}
	}
}

// A name stays on its line.
func TestANameOfOneLine(t *testing.T) {
	w := newWorld(t)
	_, err := w.ConfigureNumber(t.Context(), acme, desk, func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Name: wirechief.Set("Front\r\nBcc: x")}, nil
	})
	wantError(t, err, wirechief.Invalid, wirechief.RuleNone, "name")
}

// Who withdrew a message is named as people know the key.
func TestWhoWithdrew(t *testing.T) {
	w := newWorld(t)
	k := w.mustCreate(person(wirechief.RoleAdmin), "Reports", wirechief.DialectOwn, nil, time.Time{})
	p, err := w.Authenticate(t.Context(), login(k))
	if err != nil {
		t.Fatal(err)
	}
	r := text("later")
	r.At = t0.AddDate(0, 0, 1)
	id := w.accept(r)[0]
	if _, err := w.CancelMessage(t.Context(), p, id); err != nil {
		t.Fatal(err)
	}
	m := w.message(id)
	if got := m.Events[len(m.Events)-1].Detail.Because; !strings.HasSuffix(got, "by Reports") {
		t.Errorf("%q", got)
	}
}
