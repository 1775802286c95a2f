package exchange_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// A message can be withdrawn until it is on its way; the customer is told once.
func TestCancel(t *testing.T) {
	later := text("later")
	later.At = t0.Add(time.Hour)
	picture := text("picture")
	picture.Media = []string{"http://a.test/1.png"}
	laterPicture := picture
	laterPicture.At = later.At
	for _, tt := range []struct {
		name  string
		stage func(w *world) int64
		may   bool
	}{
		{"scheduled", func(w *world) int64 { return w.accept(later)[0] }, true},
		{"scheduled, with pictures yet to be fetched", func(w *world) int64 { return w.accept(laterPicture)[0] }, true},
		{"waiting for room", func(w *world) int64 {
			w.main.setRoom(0)
			w.spare.setRoom(0)
			return w.send("waits")
		}, true},
		{"waiting on disk only", func(w *world) int64 {
			w.main.setRoom(0)
			w.spare.setRoom(0)
			w.accept(text("before it", numbers(2100)...))
			return w.send("waits")
		}, true},
		{"waiting for its next try", func(w *world) int64 {
			id := w.send("trouble")
			w.main.next(w.t).answer(retry(wirechief.ReasonThrottled))
			w.settle()
			return id
		}, true},
		{"moved to another carrier", func(w *world) int64 {
			w.spare.setRoom(0)
			id := w.send("moves")
			w.main.next(w.t).answer(final(wirechief.ReasonUnsupported, true))
			w.settle()
			return id
		}, true},
		{"with its pictures being fetched", func(w *world) int64 {
			hold, fetching := make(chan struct{}), make(chan struct{})
			w.media.says(func(string) error { close(fetching); <-hold; return nil })
			id := w.accept(picture)[0]
			<-fetching
			w.t.Cleanup(func() { close(hold) })
			return id
		}, false},
		{"on its way", func(w *world) int64 {
			id := w.send("flies")
			w.main.next(w.t)
			return id
		}, false},
		{"submitted", func(w *world) int64 {
			id := w.send("gone")
			w.main.next(w.t).answer(done("c1"))
			w.becomes(id, wirechief.StatusSubmitted)
			return id
		}, false},
		{"delivered", func(w *world) int64 {
			id := w.send("gone")
			w.main.next(w.t).answer(done("c1"))
			w.becomes(id, wirechief.StatusSubmitted)
			w.receipt("c1", wirechief.ReceiptDelivered)
			return id
		}, false},
		{"inbound", func(w *world) int64 {
			w.inbound(handset, "hello")
			list, err := w.Messages(context.Background(), acme, wirechief.MessageFilter{Direction: wirechief.Inward})
			if err != nil {
				w.t.Fatal(err)
			}
			return list[0].ID
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			id := tt.stage(w)
			told := len(w.engine.about(id))
			before := w.message(id)
			_, err := w.CancelMessage(t.Context(), globex, id)
			wantError(t, err, wirechief.NotFound, "", "id")
			m, err := w.CancelMessage(t.Context(), acme, id)
			if !tt.may {
				wantError(t, err, wirechief.Conflict, wirechief.RuleNotCancelable, "")
				if after := w.message(id); after.Status != before.Status {
					t.Errorf("it is %s, and was %s", after.Status, before.Status)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.Status != wirechief.StatusCanceled || w.message(id).Status != wirechief.StatusCanceled {
				t.Errorf("answered %s", m.Status)
			}
			if got := w.engine.about(id); len(got) != told+1 || got[told] != fmt.Sprintf("receipt DELETED %q", m.Text) {
				t.Errorf("told %q", got)
			}
			_, err = w.CancelMessage(t.Context(), acme, id)
			wantError(t, err, wirechief.Conflict, wirechief.RuleNotCancelable, "")
			// It does not leave, neither now nor after a restart.
			for _, again := range []func(){func() {}, w.restart} {
				w.main.finish()
				w.spare.finish()
				again()
				w.main.answers(taken)
				w.spare.answers(taken)
				w.main.setRoom(100)
				w.spare.setRoom(100)
				w.advance(2 * time.Hour)
				w.eventually("the queues to be empty", func() bool { return w.Waiting("main")+w.Waiting("spare") == 0 })
				for _, got := range append(w.main.submitted(), w.spare.submitted()...) {
					if got == m.Text && tt.name != "waiting for its next try" && tt.name != "moved to another carrier" {
						t.Errorf("%q was submitted", got)
					}
				}
			}
			w.expectCanceled(id)
		})
	}
}

func (w *world) expectCanceled(id int64) {
	w.t.Helper()
	m := w.message(id)
	if last := m.Events[len(m.Events)-1]; m.Status != wirechief.StatusCanceled || last.Type != wirechief.EventCanceled || m.Queue.Lane != "" {
		w.t.Errorf("message %d: %s, %s", id, m.Status, history(m))
	}
}

// Whoever cancels while everything moves gets one answer or the other: what is
// canceled is never submitted afterwards, what is submitted is never canceled.
func TestCancelWhileItMoves(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	left := make(map[int64]int)
	script := func(s carrier.Submission) wirechief.Outcome {
		mu.Lock()
		defer mu.Unlock()
		left[s.Message]++
		switch (s.Message + int64(left[s.Message])) % 3 {
		case 0:
			return final(wirechief.ReasonUnsupported, true) // to the other carrier, if it was not there
		case 1:
			return retry(wirechief.ReasonDisconnected) // back into the queue
		}
		return done(fmt.Sprint(s.Message))
	}
	w.main.answers(script)
	w.spare.answers(script)
	w.main.setRoom(3)
	w.spare.setRoom(2)
	var canceled, kept atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 40 {
				res, err := w.Send(context.Background(), text("hello"))
				if err != nil {
					t.Error(err)
					return
				}
				id := res.Recipients[0].Message
				m, err := w.CancelMessage(context.Background(), acme, id)
				switch wirechief.KindOf(err) {
				case wirechief.Conflict:
					kept.Add(1)
				default:
					if err != nil || m.Status != wirechief.StatusCanceled {
						t.Errorf("%+v, %v", m, err)
						return
					}
					canceled.Add(1)
					mu.Lock()
					before := left[id]
					mu.Unlock()
					t.Cleanup(func() {
						if left[id] != before {
							t.Errorf("message %d left after it was canceled", id)
						}
					})
				}
			}
		})
	}
	wg.Wait()
	w.eventually("the queues to be empty", func() bool { return w.Waiting("main")+w.Waiting("spare") == 0 })
	w.settle()
	list, err := w.Messages(t.Context(), acme, wirechief.MessageFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[wirechief.Status]int)
	for _, m := range list {
		got[m.Status]++
		if len(w.engine.about(m.ID)) > 1 {
			t.Errorf("message %d: told %q", m.ID, w.engine.about(m.ID))
		}
	}
	if got[wirechief.StatusCanceled] != int(canceled.Load()) || len(list) != 320 || got[wirechief.StatusAccepted] != 0 {
		t.Errorf("%d were canceled, %d not; on disk %v", canceled.Load(), kept.Load(), got)
	}
	t.Logf("%d canceled, %d not", canceled.Load(), kept.Load())
}
