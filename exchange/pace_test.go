package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// A number that may send one segment a second does, whatever the carrier would
// take, and the texts of other numbers pass it.
func TestNumbersHaveTheirPace(t *testing.T) {
	w := newWorld(t)
	w.apply(`tenants: [{id: acme, numbers: [{number: "` + desk + `", throughput: 1}]}]`)
	first, second, third := w.send("one"), w.send("two"), w.send("three")
	w.main.next(t).answer(done("c1"))
	w.becomes(first, wirechief.StatusSubmitted)
	w.settle()
	w.main.none(t)
	m := w.message(second)
	if e := m.Events[len(m.Events)-1]; e.Type != wirechief.EventThrottled || e.Detail.Rule != wirechief.RuleRate || e.Detail.NextAt.Sub(e.At) > time.Second {
		t.Errorf("the second says %+v", e)
	}
	w.advance(time.Second)
	w.main.next(t).answer(done("c2"))
	w.becomes(second, wirechief.StatusSubmitted)
	w.settle()
	w.main.none(t)
	w.advance(time.Second)
	w.main.next(t).answer(done("c3"))
	w.becomes(third, wirechief.StatusSubmitted)
}

// A carrier that is too busy for long leaves a history that can be read.
func TestThrottledForLongIsNotedNowAndThen(t *testing.T) {
	w := newWorld(t)
	id := w.send("patience")
	for range 40 {
		w.main.next(t).answer(retry(wirechief.ReasonThrottled))
		w.settle()
		w.advance(10 * time.Second)
	}
	w.main.next(t).answer(done("c1"))
	m := w.becomes(id, wirechief.StatusSubmitted)
	n := 0
	for _, e := range m.Events {
		if e.Type == wirechief.EventThrottled {
			n++
		}
	}
	if n != 10 { // the first eight, the 16th and the 32nd
		t.Errorf("40 refusals have left %d events", n)
	}
}

// A carrier that takes some segments of a long text and refuses another gets
// all of them again; the history says so, and so does the next submission.
func TestThrottledHalfwayIsMarked(t *testing.T) {
	w := newWorld(t)
	id := w.send("long")
	half := retry(wirechief.ReasonThrottled)
	half.IDs = []string{"p1"}
	w.main.next(t).answer(half)
	w.settle()
	w.advance(10 * time.Second)
	again := w.main.next(t)
	if !again.Again {
		t.Error("the carrier is not told that it may have part of it")
	}
	again.answer(done("c1", "c2"))
	m := w.becomes(id, wirechief.StatusSubmitted)
	for _, e := range m.Events {
		if e.Type == wirechief.EventThrottled && (!e.Detail.Resend || len(e.Detail.CarrierIDs) != 1) {
			t.Errorf("noted as %+v", e)
		}
	}
}
