package exchange_test

import (
	"context"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// Stop takes no more out of the queues, lets what is in flight finish, and
// leaves the rest for the next start.
func TestStopDrains(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(1)
	flies, waits := w.send("flies"), w.send("waits")
	first := w.main.next(t)
	stopped := make(chan error)
	go func() { stopped <- w.Stop(context.Background()) }()
	w.settle()
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a message in flight: %v", err)
	default:
	}
	first.answer(done("c1"))
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	w.main.none(t)
	w.expect(flies, wirechief.StatusSubmitted, "accepted routed submitted")
	w.expect(waits, wirechief.StatusAccepted, "accepted routed")
	if flying, err := w.disk.InFlight(t.Context()); err != nil || len(flying["main"]) != 0 {
		t.Errorf("in flight %v, %v", flying, err)
	}
	if err := w.Stop(context.Background()); err != nil {
		t.Errorf("the second Stop: %v", err)
	}
	if err := w.disk.Close(); err != nil {
		t.Fatal(err)
	}
	w.start()
	s := w.main.next(t)
	if s.Text != "waits" || s.Again {
		t.Errorf("submitted %+v", s.Submission)
	}
}

// What is not answered in the time that Stop has is reported by the carrier as
// it ends, and is in doubt.
func TestStopWithoutAnswers(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() { stopped <- w.Stop(ctx) }()
	w.settle()
	cancel()
	<-stopped
	if err := w.disk.Close(); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.expect(id, wirechief.StatusAccepted, "accepted routed in_doubt")
	if s := w.main.next(t); !s.Again {
		t.Error("not marked as a possible copy")
	}
}

// A Stop while the disk takes nothing ends when its time does.
func TestStopWithoutADisk(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	try := w.main.next(t)
	w.disk.fail(context.DeadlineExceeded)
	try.answer(done("c1"))
	w.eventually("the lane to try", func() bool { return w.disk.attempts() > 0 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	w.Stop(ctx) // nothing to be done about its error
	if err := w.disk.Close(); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.expect(id, wirechief.StatusAccepted, "accepted routed in_doubt")
}

// Stop before Start, and a start that is over.
func TestStopBeforeStart(t *testing.T) {
	w := newWorld(t)
	x := w.Exchange
	if err := x.Start(t.Context()); err != nil {
		t.Errorf("the second Start: %v", err)
	}
	w.stop()
	if err := x.Start(t.Context()); err != nil {
		t.Errorf("a Start after Stop: %v", err)
	}
	never := exchange.New(exchange.Options{Store: w.disk})
	if err := never.Stop(t.Context()); err != nil {
		t.Errorf("a Stop before Start: %v", err)
	}
}
