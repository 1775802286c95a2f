package exchange_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wirechief/wirechief"
)

// balance is what a tenant has left.
func (w *world) balance(tenant string) string {
	w.t.Helper()
	all, err := w.disk.Balances(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all[tenant].String()
}

const metered = `tenants: [{id: acme, balance: "0.10", rates: {sms_segment: "0.004", mms: "0.02"}}]`

// A metered tenant pays per segment and recipient, for a picture message one
// price; who is refused costs nothing.
func TestWhatAMessageCosts(t *testing.T) {
	w := newWorld(t)
	w.inbound(other, "STOP")
	w.apply(metered)
	long := text("")
	long.Text = string(make161())
	w.accept(long) // two segments
	if got := w.balance("acme"); got != "0.092" {
		t.Errorf("after two segments: %s", got)
	}
	w.accept(text("hello", handset, other, "72345")) // two of three
	if got := w.balance("acme"); got != "0.084" {
		t.Errorf("after two recipients: %s", got)
	}
	picture := text("a text beside it costs nothing")
	picture.Media = []string{"http://a.test/1.png", "http://a.test/2.png"}
	w.accept(picture)
	if got := w.balance("acme"); got != "0.064" {
		t.Errorf("after a picture: %s", got)
	}
	w.accept(text("nobody pays for this", other))
	_, err := w.Send(t.Context(), text("too dear", numbers(17)...))
	wantError(t, err, wirechief.Forbidden, wirechief.RuleFunds, "")
	if got := w.balance("acme"); got != "0.064" {
		t.Errorf("a refusal cost: %s", got)
	}
	w.accept(text("the last of it", numbers(16)...))
	if got := w.balance("acme"); got != "0.00" {
		t.Errorf("in the end: %s", got)
	}
}

func make161() []byte {
	b := make([]byte, 161)
	for i := range b {
		b[i] = 'a'
	}
	return b
}

// The last money is spent once, however many ask for it at the same time.
func TestTheLastMoney(t *testing.T) {
	w := newWorld(t)
	w.apply(metered) // for 25 segments
	var sent, refused atomic.Int32
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			switch _, err := w.Send(t.Context(), text("hello")); wirechief.KindOf(err) {
			case wirechief.Forbidden:
				refused.Add(1)
			default:
				if err != nil {
					t.Error(err)
				}
				sent.Add(1)
			}
		})
	}
	wg.Wait()
	if sent.Load() != 25 || refused.Load() != 39 || w.balance("acme") != "0.00" || w.count() != 25 {
		t.Errorf("%d sent, %d refused, %s left, %d messages", sent.Load(), refused.Load(), w.balance("acme"), w.count())
	}
}

// A tenant without a balance pays nothing.
func TestNotMetered(t *testing.T) {
	w := newWorld(t)
	w.apply(`tenants: [{id: acme, rates: {sms_segment: "0.004"}}]`)
	w.send("hello")
}
