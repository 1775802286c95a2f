package exchange_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
)

// deliveries lists what was caused by a message, as it stands on disk.
func (w *world) deliveries(message int64) []*wirechief.Delivery {
	w.t.Helper()
	_, list, err := w.Message(w.t.Context(), operator, message)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// What a customer is told is on disk with what caused it, and given to the
// delivery engine afterwards.
func TestADelivery(t *testing.T) {
	w := newWorld(t)
	id := w.submit("hello", "c1")
	w.receipt("c1", wirechief.ReceiptDelivered)
	list := w.deliveries(id)
	if len(list) != 1 {
		t.Fatalf("%d deliveries", len(list))
	}
	d := list[0]
	if d.Tenant != "acme" || d.Kind != wirechief.KindWebhook || d.Destination != "http://hooks.test/acme" || d.Profile != wirechief.DialectBulkVS ||
		d.Event != wirechief.NoticeReceipt || d.Method != "POST" || string(d.Body) != `receipt DELIVRD "hello"` || d.Status != wirechief.DeliveryPending || !d.NextAt.Equal(t0) {
		t.Errorf("%+v", d)
	}
	if given := w.engine.given; len(given) != 1 || given[0].ID != d.ID {
		t.Errorf("the engine was given %+v", given)
	}
}

// Who wants no receipts gets none, but texts; who has no webhook gets nothing.
func TestWhoIsTold(t *testing.T) {
	w := newWorld(t)
	quiet, none := text("hello"), text("hello")
	quiet.From, none.From = "+13109060902", "+13109060906"
	for i, r := range []wirechief.SendRequest{quiet, none} {
		id := w.accept(r)[0]
		cid := fmt.Sprint("c", i)
		w.main.next(t).answer(done(cid))
		w.becomes(id, wirechief.StatusSubmitted)
		w.receipt(cid, wirechief.ReceiptDelivered)
		if list := w.deliveries(id); len(list) != 0 {
			t.Errorf("%s: told %+v", r.From, list[0])
		}
	}
	w.inboundTo("+13109060902", handset, "hello")
	w.inboundTo("+13109060906", handset, "hello")
	in := w.inbox()
	w.told(in[0].ID, `inbound "hello"`)
	if got := w.engine.about(in[1].ID); len(got) != 0 {
		t.Errorf("told %q", got)
	}
	err := w.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: "+13105550000", Text: "who?"})
	wantError(t, err, wirechief.NotFound, "", "")
}

// While a destination is paused, what there is to tell it is kept as paused,
// over a restart too. Making it pending again is up to the engine.
func TestAPausedDestination(t *testing.T) {
	w := newWorld(t)
	hook := wirechief.Lane{Tenant: "acme", Kind: wirechief.KindWebhook, Destination: "http://hooks.test/acme"}
	if err := w.PauseDestination(t.Context(), acme, hook, true); err != nil {
		t.Fatal(err)
	}
	w.inbound(handset, "one")
	w.engine = newEngine()
	w.restart()
	if !w.engine.paused[hook] || !w.DestinationPaused(hook) {
		t.Error("the engine was not told at start")
	}
	w.inbound(handset, "two")
	for _, m := range w.inbox() {
		if list := w.deliveries(m.ID); len(list) != 1 || list[0].Status != wirechief.DeliveryPaused {
			t.Errorf("%q: %+v", m.Text, list)
		}
	}
	// Another tenant's pause of the same address is another's.
	if err := w.PauseDestination(t.Context(), globex, hook, false); err != nil {
		t.Fatal(err)
	}
	if !w.engine.paused[hook] {
		t.Error("another tenant resumed it")
	}
	if err := w.PauseDestination(t.Context(), acme, hook, false); err != nil {
		t.Fatal(err)
	}
	if w.engine.paused[hook] || w.DestinationPaused(hook) {
		t.Error("it is still paused")
	}
	w.inbound(handset, "three")
	if list := w.deliveries(w.inbox()[2].ID); list[0].Status != wirechief.DeliveryPending {
		t.Errorf("%+v", list[0])
	}
}

// A body that cannot be made hinders neither the receipt nor the text.
func TestAFormatThatFails(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) {
		o.Formats = map[string]wirechief.Formatter{wirechief.DialectBulkVS: formatter(func(wirechief.Notice) (wirechief.Payload, error) {
			return wirechief.Payload{}, errors.New("no words")
		})}
	})
	id := w.submit("hello", "c1")
	w.receipt("c1", wirechief.ReceiptDelivered)
	w.becomes(id, wirechief.StatusDelivered)
	w.inbound(handset, "hello")
}

type formatter func(wirechief.Notice) (wirechief.Payload, error)

func (f formatter) Format(n wirechief.Notice) (wirechief.Payload, error) { return f(n) }

// However a message ends, its customer is told exactly once. Two carriers
// misbehave at random until all messages have ended.
func TestToldExactlyOnce(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(1, 2))
	dice := make(chan int, 100_000)
	for range cap(dice) {
		dice <- random.IntN(8)
	}
	receipts := make(chan wirechief.Receipt, 10_000)
	script := func(name string) func(carrier.Submission) wirechief.Outcome {
		return func(s carrier.Submission) wirechief.Outcome {
			id := fmt.Sprint(name, s.Message)
			switch <-dice {
			case 0:
				return retry(wirechief.ReasonTemporary)
			case 1:
				return retry(wirechief.ReasonDisconnected)
			case 2:
				return doubt()
			case 3:
				return final(wirechief.ReasonUnsupported, true)
			case 4:
				return final(wirechief.ReasonDestination, false)
			case 5:
				receipts <- wirechief.Receipt{Carrier: name, ID: id, State: wirechief.ReceiptUndeliverable}
			}
			receipts <- wirechief.Receipt{Carrier: name, ID: id, State: wirechief.ReceiptEnroute}
			receipts <- wirechief.Receipt{Carrier: name, ID: id, State: wirechief.ReceiptDelivered}
			receipts <- wirechief.Receipt{Carrier: name, ID: id, State: wirechief.ReceiptDelivered}
			return done(id)
		}
	}
	w.main.answers(script("main"))
	w.spare.answers(script("spare"))
	bringer := make(chan struct{})
	go func() {
		defer close(bringer)
		for r := range receipts {
			if err := w.Receipt(t.Context(), r); err != nil {
				t.Error(err)
			}
		}
	}()
	var ids []int64
	for range 10 {
		ids = append(ids, w.accept(text("hello", numbers(30)...))...)
	}
	for _, id := range ids {
		w.eventually("every message to end", func() bool {
			if w.message(id).Status.IsFinal() {
				return true
			}
			w.advance(0) // the lanes look again
			w.clock.advance(100_000_000)
			return false
		})
	}
	w.settle()
	w.main.answers(taken)
	w.spare.answers(taken)
	close(receipts)
	<-bringer
	ended := make(map[wirechief.Status]int)
	for _, id := range ids {
		m := w.message(id)
		ended[m.Status]++
		if got := w.engine.about(id); len(got) != 1 || len(w.deliveries(id)) != 1 {
			t.Errorf("message %d, %s: told %q\n%s", id, m.Status, got, history(m))
		}
	}
	t.Log(ended)
}
