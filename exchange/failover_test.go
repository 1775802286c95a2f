package exchange_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// A final refusal that another carrier may not share moves the message there.
func TestFailoverAfterARefusal(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t).answer(final(wirechief.ReasonUnsupported, true))
	second := w.spare.next(t)
	m := w.expect(id, wirechief.StatusAccepted, "accepted routed routed")
	d := m.Events[2].Detail
	if m.Carrier != "spare" || m.Queue.Lane != "spare" || d.Carrier != "spare" || d.Reason != wirechief.ReasonUnsupported || d.Because == "" || len(m.Route) != 0 {
		t.Errorf("moved as %+v, %+v", m, d)
	}
	if w.Waiting("main") != 0 || w.Waiting("spare") != 1 {
		t.Errorf("%d and %d wait", w.Waiting("main"), w.Waiting("spare"))
	}
	// The last carrier's word is the end.
	second.answer(final(wirechief.ReasonUnsupported, true))
	w.becomes(id, wirechief.StatusFailed)
	w.toldOnce(id)
}

// Passing trouble is tried three times, then another carrier has a go; where
// there is none, it is tried again and again.
func TestFailoverAfterTrouble(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	for range 3 {
		w.main.next(t).answer(retry(wirechief.ReasonTemporary))
		w.settle()
		w.advance(3 * time.Minute)
	}
	second := w.spare.next(t)
	m := w.expect(id, wirechief.StatusAccepted, "accepted routed throttled throttled routed")
	if m.Carrier != "spare" || m.Queue.Tries != 0 {
		t.Errorf("moved as %+v", m)
	}
	for range 5 {
		second.answer(retry(wirechief.ReasonTemporary))
		w.settle()
		w.advance(3 * time.Minute)
		second = w.spare.next(t)
	}
	second.answer(done("s1"))
	w.becomes(id, wirechief.StatusSubmitted)
	w.settle()
	w.main.none(t)
}

// When a carrier has been away for longer than Failover, its queue moves, but
// for what has no other carrier; what has is not kept waiting behind that.
func TestFailoverOfACarrierThatIsAway(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Failover = 5 * time.Second })
	w.main.setRoom(0)
	only := text("main alone")
	only.From, only.To = "+447700900100", []string{"+447700900999"}
	stays := w.accept(only)[0]
	// Routing puts who is not connected last, so these wait for main only
	// because it goes away after they were accepted.
	w.main.setRoom(1)
	blocker := w.accept(only)[0]
	w.main.next(t)
	moves := []int64{w.send("one"), w.send("two")}
	w.main.setRoom(0)
	w.settle()
	w.advance(4 * time.Second)
	w.settle()
	w.spare.none(t)
	w.advance(2 * time.Second)
	for i, words := range []string{"one", "two"} {
		s := w.spare.next(t)
		if s.Text != words {
			t.Errorf("submitted %q", s.Text)
		}
		s.answer(done(words))
		m := w.becomes(moves[i], wirechief.StatusSubmitted)
		if history(m) != "accepted routed routed submitted" || !slices.Equal(m.Route, []string{"main"}) {
			t.Errorf("%s, left to try %q", history(m), m.Route)
		}
	}
	for _, id := range []int64{stays, blocker} {
		if m := w.message(id); m.Queue.Lane != "main" {
			t.Errorf("%q waits for %s", m.Text, m.Queue.Lane)
		}
	}
}

// Back and forth: a message that moved because its carrier was away moves back
// when the other goes away too.
func TestFailoverAndBack(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(1)
	w.send("blocker")
	blocker := w.main.next(t)
	id := w.send("hello")
	w.main.setRoom(0)
	w.spare.setRoom(0)
	w.settle()
	w.advance(10 * time.Second)
	w.settle()
	w.spare.setRoom(1)
	w.advance(10 * time.Second)
	moved := w.spare.next(t)
	w.spare.setRoom(0)
	moved.answer(retry(wirechief.ReasonDisconnected))
	w.settle()
	blocker.answer(done("c0"))
	w.main.setRoom(1)
	w.settle()
	w.advance(10 * time.Second)
	w.main.next(t).answer(done("c1"))
	m := w.becomes(id, wirechief.StatusSubmitted)
	if history(m) != "accepted routed routed routed submitted" || m.Carrier != "main" {
		t.Errorf("%s on %s", history(m), m.Carrier)
	}
}

// A paused carrier counts as away.
func TestFailoverOfAPausedCarrier(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(1)
	w.send("blocker")
	w.main.next(t)
	w.send("hello")
	if err := w.PauseCarrier(t.Context(), "main", true); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.advance(10 * time.Second)
	if got := w.spare.next(t).Text; got != "hello" {
		t.Errorf("submitted %q", got)
	}
}

// What waits for a carrier that is not configured any more is routed anew at
// the next start; where no route is left, it fails and the customer is told.
func TestACarrierIsRemoved(t *testing.T) {
	w := newWorld(t)
	w.main.setRoom(0)
	w.spare.setRoom(0)
	moves := w.send("hello")
	lost := text("nowhere to go")
	lost.From, lost.To = "+447700900100", []string{"+447700900999"}
	fails := w.accept(lost)[0]
	w.change = append(w.change, func(o *exchange.Options) { o.Carriers = o.Carriers[1:] })
	w.stop()
	w.start()
	w.spare.next(t).answer(done("s1"))
	w.becomes(moves, wirechief.StatusSubmitted)
	m := w.becomes(fails, wirechief.StatusFailed)
	if history(m) != "accepted routed failed" || m.Events[2].Detail.Rule != wirechief.RuleRoute {
		t.Errorf("%s: %+v", history(m), m.Events[2])
	}
	w.told(fails, `receipt UNDELIV "nowhere to go"`)
}
