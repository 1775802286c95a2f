package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/sms"
)

// Numbers of other installations, which may forward to us in turn.
const (
	far     = "+14155550123"
	farther = "+14155550124"
)

// forwards lets desk forward to numbers.
func (w *world) forwards(to ...string) {
	w.t.Helper()
	var list []wirechief.Forward
	for _, number := range to {
		list = append(list, wirechief.Forward{Type: wirechief.KindSMS, Destination: number, Enabled: true, Prefix: "> "})
	}
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set(list)})
}

// forwarded sends what the newest text is forwarded as, and gives the texts with
// who got each.
func (w *world) forwarded() map[string]string {
	w.t.Helper()
	s, out := sms.New(w, w.clock.Now), make(map[string]string)
	for _, d := range w.plannedOf(w.last().ID, wirechief.KindSMS) {
		if d.Event == forward.EventReply {
			continue
		}
		if a, o := s.Send(w.t.Context(), d, time.Second); o.Disposition != wirechief.Done {
			w.t.Fatalf("%+v", a)
		}
		try := w.main.next(w.t)
		try.answer(done(fmt.Sprint("c", try.Message)))
		out[try.To] = try.Text
	}
	return out
}

// stopped wants the newest text to have been stopped as one that goes round.
func (w *world) stopped(because string) {
	w.t.Helper()
	m := w.last()
	d := &m.Events[len(m.Events)-1].Detail
	if d.Rule != wirechief.RuleLoop || !strings.Contains(d.Because, because) {
		w.t.Errorf("%s, because %q, want %q", history(m), d.Because, because)
	}
}

// A text is not forwarded to whoever sent it, which is no failure: they have it.
func TestNoForwardToTheSender(t *testing.T) {
	w := newWorld(t)
	w.forwards(other, far)
	w.inbound(other, "hello")
	if got := w.forwarded(); len(got) != 1 || got[far] != "> hello" {
		t.Errorf("%v", got)
	}
	w.stopped("whoever sent it")
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, other)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := w.disk.Entries(t.Context(), c.ConversationKey, 0, 10); err != nil || len(entries) != 0 {
		t.Errorf("%+v %v", entries, err)
	}
}

// Who gets our forwards and sends them back, with something around them or
// without what we put around them, starts nothing anew, nor does a restart.
func TestForwardsThatComeBack(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for name, back := range map[string]func(string) string{
			"as it is": func(s string) string { return s },
			"wrapped":  func(s string) string { return "Fwd: " + s + " (sent by a machine)" },
			"bare":     func(s string) string { return strings.TrimLeft(s, "> ") },
		} {
			t.Run(fmt.Sprint(name, ", restart ", restart), func(t *testing.T) {
				w := newWorld(t)
				w.forwards(far, farther)
				w.inbound(handset, "is anybody at the desk today")
				// From each of the two to the other, until it has gone round enough.
				got, from := w.forwarded(), far
				for hop := 1; hop <= exchange.MaxHops; hop++ {
					if len(got) == 0 {
						t.Fatalf("stopped after %d", hop-1)
					}
					if restart {
						w.restart()
					}
					w.inbound(from, back(got[from]))
					if m := w.last(); m.Hops != hop {
						t.Fatalf("after %d forwards it has %d", hop, m.Hops)
					}
					got = w.forwarded()
					if from = far; got[far] == "" {
						from = farther
					}
				}
				if len(got) > 0 {
					t.Errorf("it goes on: %v", got)
				}
				w.stopped("3 times")
			})
		}
	}
}

// What is new from somebody who gets our forwards is a text like every other, and
// a word of theirs counts, even when it was forwarded to them before.
func TestAnswersToForwards(t *testing.T) {
	w := newWorld(t)
	w.forwards(far)
	w.inbound(handset, "STOP")
	w.forwarded()
	for words, hops := range map[string]int{"I am on my way": 0, "ok": 0, "> STOP": 1} {
		w.inbound(far, words)
		if m := w.last(); m.Hops != hops {
			t.Errorf("%q has %d hops", words, m.Hops)
		}
	}
	w.inbound(far, "STOP")
	if res, err := w.Send(t.Context(), text("hello", far)); err != nil || res.Recipients[0].Rule != wirechief.RuleOptOut {
		t.Errorf("%+v %v", res, err)
	}
}

// Circles in which no text is like the one before, or none comes from whom we
// forwarded to, end by their number.
func TestCirclesElsewhereEnd(t *testing.T) {
	t.Run("by another way", func(t *testing.T) {
		w := newWorld(t)
		w.forwards(far)
		rounds := 0
		for ; rounds < 100; rounds++ {
			w.inbound(farther, "hello, is anybody there?")
			if len(w.forwarded()) == 0 {
				break
			}
			w.clock.advance(10 * time.Second)
		}
		if rounds != 10 {
			t.Errorf("%d rounds", rounds)
		}
		w.stopped("this text of " + farther)
		// Others may say the same, and so may they later.
		w.inbound(handset, "hello")
		if len(w.forwarded()) != 1 {
			t.Error("the same text of another is not forwarded")
		}
		w.clock.advance(10 * time.Minute)
		w.inbound(farther, "hello, is anybody there?")
		if len(w.forwarded()) != 1 {
			t.Error("it is not forwarded ten minutes later")
		}
	})
	t.Run("of machines", func(t *testing.T) {
		w := newWorld(t)
		w.forwards(far, farther)
		w.inbound(handset, "hello")
		w.forwarded()
		from, to := far, farther
		rounds := 0
		for ; rounds < 100; rounds++ {
			w.inbound(from, fmt.Sprint("I am away, ", rounds))
			if w.forwarded()[to] == "" {
				break
			}
			from, to = to, from
			w.clock.advance(5 * time.Second)
		}
		if rounds != 2*20 {
			t.Errorf("%d rounds", rounds)
		}
		w.stopped("they answer each other")
		// A customer is heard all the same, and as often as they like.
		for i := range 50 {
			w.inbound(handset, fmt.Sprint("question ", i))
			if len(w.forwarded()) != 2 {
				t.Fatalf("question %d is not forwarded", i)
			}
		}
	})
}

// What could not be kept is brought again by the carrier, and does not count.
func TestForwardsThatWereNotKept(t *testing.T) {
	w := newWorld(t)
	w.forwards(far)
	w.disk.fail(errors.New("full"))
	for range 20 {
		if err := w.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello"}); err == nil {
			t.Fatal("it was taken")
		}
	}
	w.disk.fail(nil)
	w.inbound(handset, "hello")
	if len(w.forwarded()) != 1 {
		t.Error("it is not forwarded")
	}
}

// lists counts the listings of messages.
type lists struct {
	wirechief.Store
	n *int
}

func (l lists) Messages(ctx context.Context, f wirechief.MessageFilter) ([]*wirechief.Message, error) {
	*l.n++
	return l.Store.Messages(ctx, f)
}

// Many other texts do not hide one of ours that comes back, and no listing of
// messages is read while a carrier waits.
func TestACopyAmongMany(t *testing.T) {
	var n int
	w := newWorld(t, func(o *exchange.Options) { o.Store = lists{o.Store, &n} })
	const own = "+13109060902"
	r := text("fwd hello", own)
	r.Hops = 1
	res, err := w.Relay(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	w.main.next(t).answer(done(fmt.Sprint("c", res.Recipients[0].Message)))
	w.main.answers(taken)
	for i := range 210 {
		w.accept(text(fmt.Sprint("n ", i)))
	}
	w.settle()
	w.restart()
	n = 0
	w.inboundTo(own, desk, "fwd hello")
	if n != 0 {
		t.Errorf("messages were listed %d times", n)
	}
	if m := w.last(); m.Hops != 1 {
		t.Errorf("it has %d hops: a circle would begin anew", m.Hops)
	}
}
