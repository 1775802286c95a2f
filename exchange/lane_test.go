package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/sim"
	"github.com/wirechief/wirechief/exchange"
)

// A handset can be played where its number is on a simulator.
func TestNoSimulatorThere(t *testing.T) {
	w := newWorld(t)
	wantError(t, w.SimulateText(t.Context(), acme, handset, desk, "hi"), wirechief.NotOffered, "", "to")
}

// A text for later waits on disk, through restarts, and leaves at its time.
func TestSendLater(t *testing.T) {
	w := newWorld(t)
	r := text("later")
	r.At = t0.Add(time.Hour)
	id := w.accept(r)[0]
	w.send("now")
	if got := w.main.next(t); got.Text != "now" {
		t.Fatalf("submitted %q", got.Text)
	} else {
		got.answer(done("c1"))
	}
	m := w.expect(id, wirechief.StatusScheduled, "accepted scheduled routed")
	if !m.Events[1].Detail.NextAt.Equal(r.At) || !m.ValidUntil.Equal(r.At.Add(24*time.Hour)) {
		t.Errorf("scheduled %+v, valid until %v", m.Events[1], m.ValidUntil)
	}
	w.restart()
	w.advance(time.Hour - time.Second)
	w.settle()
	w.main.none(t)
	w.advance(time.Second)
	w.main.next(t).answer(done("c2"))
	w.becomes(id, wirechief.StatusSubmitted)
}

// What no carrier takes within its validity expires, and is not sent when the
// carrier comes back. The customer is told.
func TestExpiry(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(0)
	w.spare.setRoom(0)
	short, usual := text("short"), text("usual")
	short.Validity = time.Minute
	a, b := w.accept(short)[0], w.accept(usual)[0]
	w.advance(time.Minute)
	m := w.becomes(a, wirechief.StatusExpired)
	if history(m) != "accepted routed expired" || m.Events[2].Detail.Rule != wirechief.RuleValidity {
		t.Errorf("%s: %+v", history(m), m.Events)
	}
	w.told(a, `receipt EXPIRED "short"`)
	w.advance(24 * time.Hour)
	w.becomes(b, wirechief.StatusExpired)
	w.main.setRoom(10)
	w.settle()
	w.main.none(t)
	if w.Waiting("main") != 0 {
		t.Errorf("%d wait", w.Waiting("main"))
	}
}

// A validity that ends while the message waits for its next try ends the
// message then, not when the try is due.
func TestExpiryBetweenTries(t *testing.T) {
	w := newWorld(t)
	r := text("short")
	r.Validity = time.Minute
	id := w.accept(r)[0]
	o := retry(wirechief.ReasonTemporary)
	o.After = time.Hour // as a carrier's Retry-After may be
	w.main.next(t).answer(o)
	w.eventually("the try to be noted", func() bool { return history(w.message(id)) == "accepted routed throttled" })
	w.advance(time.Minute)
	w.becomes(id, wirechief.StatusExpired)
}

// The lane claims as many as the carrier has room for, in order, and says so on disk.
func TestRoom(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(2)
	for i := range 4 {
		w.send(fmt.Sprint(i))
	}
	first, second := w.main.next(t), w.main.next(t)
	w.settle()
	w.main.none(t)
	if first.Text != "0" || second.Text != "1" {
		t.Errorf("submitted %q, %q", first.Text, second.Text)
	}
	if w.Waiting("main") != 4 {
		t.Errorf("%d wait", w.Waiting("main"))
	}
	second.answer(done("c1"))
	if third := w.main.next(t); third.Text != "2" {
		t.Errorf("submitted %q", third.Text)
	}
	w.settle()
	w.main.none(t)
	flying, err := w.disk.InFlight(t.Context())
	if err != nil || len(flying["main"]) != 2 {
		t.Errorf("in flight %v, %v", flying, err)
	}
}

// A throttled message is kept, whatever the number of tries, and never fails
// nor moves to another carrier.
func TestThrottledIsKept(t *testing.T) {
	w := newWorld(t)
	id := w.send("patience")
	for range 8 {
		w.main.next(t).answer(retry(wirechief.ReasonThrottled))
		w.settle()
		w.main.none(t) // not at once
		w.advance(10 * time.Second)
	}
	w.main.next(t).answer(done("c1"))
	m := w.becomes(id, wirechief.StatusSubmitted)
	n := 0
	for _, e := range m.Events {
		if e.Type == wirechief.EventThrottled {
			n++
			if e.Detail.Carrier != "main" || e.Detail.Reason != wirechief.ReasonThrottled || e.Detail.Code != "trouble" || !e.Detail.NextAt.After(e.At) {
				t.Errorf("noted as %+v", e)
			}
		}
	}
	if n != 8 || m.Carrier != "main" {
		t.Errorf("%d times throttled, on %s", n, m.Carrier)
	}
}

// What never left is neither a try nor an event: it goes out again as it is.
func TestWhatNeverLeft(t *testing.T) {
	for _, why := range []wirechief.Reason{wirechief.ReasonShutdown, wirechief.ReasonDisconnected} {
		w := newWorld(t)
		id := w.send("hello")
		first := w.main.next(t)
		w.main.setRoom(0)
		first.answer(retry(why))
		w.settle()
		w.expect(id, wirechief.StatusAccepted, "accepted routed")
		w.main.setRoom(10)
		second := w.main.next(t)
		if second.Again {
			t.Error("marked as a possible copy")
		}
		second.answer(done("c1"))
		w.becomes(id, wirechief.StatusSubmitted)
	}
}

// A final refusal ends the message with the carrier's reason.
func TestFinalRefusal(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t).answer(final(wirechief.ReasonDestination, false))
	m := w.becomes(id, wirechief.StatusFailed)
	d := m.Events[len(m.Events)-1].Detail
	if history(m) != "accepted routed failed" || d.Reason != wirechief.ReasonDestination || d.Code != "no" || d.Carrier != "main" {
		t.Errorf("%s: %+v", history(m), d)
	}
	w.told(id, `receipt REJECTD "hello"`)
	w.settle()
	w.spare.none(t)
}

// A paused carrier gets nothing, through restarts, and brings in as before.
func TestPause(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Failover = 365 * 24 * time.Hour })
	if err := w.PauseCarrier(t.Context(), "main", true); err != nil {
		t.Fatal(err)
	}
	// What is sent from now on takes the next carrier of its route …
	w.send("over spare")
	w.spare.next(t).answer(done("s1"))
	// … unless there is none.
	r := text("waits")
	r.From, r.To = "+447700900100", []string{"+447700900999"}
	id := w.accept(r)[0]
	w.inbound(handset, "hello")
	w.settle()
	w.main.none(t)
	w.restart()
	w.settle()
	w.main.none(t)
	if v := w.Carriers(t.Context())[0]; !v.Paused || v.Queue != 1 {
		t.Errorf("shown as %+v", v)
	}
	if err := w.PauseCarrier(t.Context(), "main", false); err != nil {
		t.Fatal(err)
	}
	w.main.next(t).answer(done("c1"))
	w.becomes(id, wirechief.StatusSubmitted)
	w.restart()
	w.send("over main")
	w.main.next(t).answer(done("c2"))
	wantError(t, w.PauseCarrier(t.Context(), "nobody", true), wirechief.NotFound, "", "name")
}

// Far more can wait than memory holds; it leaves in order, and all of it.
func TestALongQueue(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(0)
	w.spare.setRoom(0)
	var want []string
	for range 3 {
		w.accept(text("of many", numbers(exchange.HeadSize)...))
	}
	for i := range 50 {
		want = append(want, fmt.Sprint(i))
		w.send(fmt.Sprint(i))
	}
	if w.Waiting("main") != 3*exchange.HeadSize+50 {
		t.Errorf("%d wait", w.Waiting("main"))
	}
	w.restart()
	w.main.answers(taken)
	w.main.setRoom(100)
	w.eventually("the queue to be empty", func() bool { return w.Waiting("main") == 0 })
	got := w.main.submitted()
	if len(got) != 3*exchange.HeadSize+50 {
		t.Fatalf("%d were submitted", len(got))
	}
	if last := got[len(got)-50:]; !slices.Equal(last, want) {
		t.Errorf("the last ones were %q", last)
	}
}

// A caller may be slow to hand over what is on disk. If the lane reads it there
// meanwhile, it must not be sent twice: by what was read and by what is handed over.
func TestALateHandOver(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(0)
	w.spare.setRoom(0)
	w.accept(text("fills the memory", numbers(exchange.HeadSize+1)...)) // so that the lane reads from disk
	kept, hold := make(chan struct{}), make(chan struct{})
	w.disk.afterwards(func(commands []wirechief.Command) {
		if a, ok := commands[0].(wirechief.Accept); ok && a.Messages[0].Text == "slow" {
			close(kept)
			<-hold
		}
	})
	sent := make(chan error)
	go func() {
		_, err := w.Send(t.Context(), text("slow"))
		sent <- err
	}()
	<-kept
	w.main.answers(taken)
	w.main.setRoom(100)
	w.eventually("what came before to be gone", func() bool { return w.Waiting("main") == 0 })
	w.settle()
	close(hold)
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	w.eventually("all to be gone", func() bool { return w.Waiting("main") == 0 })
	w.settle()
	n := 0
	for _, words := range w.main.submitted() {
		if words == "slow" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it was submitted %d times", n)
	}
}

// While the disk takes nothing, what carriers reported is kept in mind, nothing
// new is submitted, and everything goes on by itself when the disk is back.
func TestALaneWithoutADisk(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	first := w.main.next(t)
	w.disk.fail(errors.New("no space left on device"))
	first.answer(done("c1"))
	w.eventually("the lane to try more than once", func() bool { return w.disk.attempts() > 2 })
	if err := w.Receipt(t.Context(), wirechief.Receipt{Carrier: "main", ID: "c1", State: wirechief.ReceiptDelivered}); err == nil {
		t.Error("a receipt was taken without a disk")
	} else {
		wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
	}
	err := w.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello"})
	wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
	err = w.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello", Part: &wirechief.Part{Ref: 1, Total: 2, Seq: 1}})
	wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
	w.expect(id, wirechief.StatusAccepted, "accepted routed")
	w.disk.fail(nil)
	w.becomes(id, wirechief.StatusSubmitted)
	w.receipt("c1", wirechief.ReceiptDelivered)
	w.becomes(id, wirechief.StatusDelivered)
}

// The simulator in place of a carrier: its table of outcomes, end to end.
func TestOverTheSimulator(t *testing.T) {
	quick := sim.Defaults()
	quick.ReceiptDelay = time.Millisecond
	w := newWorld(t, func(o *exchange.Options) {
		for i, name := range []string{"main", "spare"} {
			o.Carriers[i] = sim.New(name, quick, carrier.Services{Now: o.Now})
		}
	})
	ids := w.accept(text("hello", "+13105550001", "+13105550002", "+13105550003", "+13105550004", "+13105550005", "+13105551234"))
	for i, want := range []wirechief.Status{
		wirechief.StatusDelivered, wirechief.StatusFailed, wirechief.StatusFailed, wirechief.StatusExpired,
		wirechief.StatusSubmitted, wirechief.StatusDelivered,
	} {
		w.becomes(ids[i], want)
	}
	throttled := w.accept(text("hello", "+13105550006"))[0]
	for range 2 {
		w.eventually("a throttled try", func() bool { w.advance(time.Second); return len(w.message(throttled).Events) > 3 })
	}
	w.becomes(throttled, wirechief.StatusDelivered)
	if err := w.SimulateText(t.Context(), acme, handset, desk, "STOP"); err != nil {
		t.Fatal(err)
	}
	if !w.blocked(desk) {
		t.Error("the simulated STOP did nothing")
	}
	wantError(t, w.SimulateText(t.Context(), globex, handset, desk, "hi"), wirechief.NotFound, "", "to")
}
