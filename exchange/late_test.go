package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// An answer that comes after its time takes the doubt off the message: it does
// not go out again, and its receipt finds it.
func TestLateAnswer(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t).answer(silence())
	w.settle()
	w.main.none(t) // a while is left for the answer to come
	w.Late("main", id, done("c1"))
	m := w.becomes(id, wirechief.StatusSubmitted)
	if history(m) != "accepted routed in_doubt submitted" || m.Queue.Lane != "" {
		t.Errorf("%s, waiting for %q", history(m), m.Queue.Lane)
	}
	w.advance(time.Minute)
	w.settle()
	w.main.none(t)
	w.receipt("c1", wirechief.ReceiptDelivered)
	w.becomes(id, wirechief.StatusDelivered)
	w.toldOnce(id)
}

// A carrier that is slow as a rule answers each copy late. The message leaves
// with the first answer, the copy under way is the last, and the receipts of
// both are told once.
func TestLateAnswerToACopyUnderWay(t *testing.T) {
	for name, copy := range map[string]wirechief.Outcome{
		"the copy is answered too":   done("c2"),
		"the copy is not answered":   silence(),
		"the copy is put off":        retry(wirechief.ReasonThrottled),
		"the copy is cut off":        doubt(),
		"the copy is refused wholly": final(wirechief.ReasonRejected, true),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.send("hello")
			w.main.next(t).answer(silence())
			w.settle()
			w.advance(3 * time.Second)
			second := w.main.next(t)
			w.Late("main", id, done("c1"))
			w.becomes(id, wirechief.StatusSubmitted)
			second.answer(copy)
			w.settle()
			w.advance(time.Hour)
			w.settle()
			w.main.none(t)
			w.spare.none(t)
			for _, ids := range copy.IDs {
				w.receipt(ids, wirechief.ReceiptDelivered)
			}
			w.receipt("c1", wirechief.ReceiptDelivered)
			w.becomes(id, wirechief.StatusDelivered)
			w.toldOnce(id)
		})
	}
}

// A refusal that comes late ends the message.
func TestLateRefusal(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t).answer(silence())
	w.settle()
	w.Late("main", id, final(wirechief.ReasonRejected, false))
	w.becomes(id, wirechief.StatusFailed)
	w.toldOnce(id)
	w.Late("main", id, done("c1")) // too late for that
	w.Late("nobody", id, done("c1"))
	w.settle()
	w.expect(id, wirechief.StatusFailed, "accepted routed in_doubt failed")
}

// A handset does not get copies without end from carriers that never answer.
func TestSilenceHasAnEnd(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	for i := range 5 {
		from := w.main
		if i > 2 {
			from = w.spare // after the third, the next of the route
		}
		from.next(t).answer(silence())
		w.settle()
		w.advance(time.Minute)
	}
	m := w.becomes(id, wirechief.StatusUnknown)
	if last := m.Events[len(m.Events)-1]; last.Detail.Because == "" || m.Queue.Lane != "" {
		t.Errorf("it ends with %+v, waiting for %q", last, m.Queue.Lane)
	}
	w.main.none(t)
	w.spare.none(t)
	w.toldOnce(id)
}
