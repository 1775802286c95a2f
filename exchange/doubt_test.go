package exchange_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// A submission that a cut left unanswered may have arrived. It goes out again at
// once, marked as a possible copy, and stays marked through further tries.
func TestInDoubtIsSentAgain(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t).answer(doubt())
	second := w.main.next(t)
	if !second.Again {
		t.Error("the second try is not marked")
	}
	m := w.expect(id, wirechief.StatusAccepted, "accepted routed in_doubt")
	if d := m.Events[2].Detail; !d.Resend || d.Carrier != "main" || d.Reason != wirechief.ReasonDisconnected {
		t.Errorf("noted as %+v", d)
	}
	second.answer(retry(wirechief.ReasonThrottled))
	w.settle()
	w.advance(10 * time.Second)
	third := w.main.next(t)
	if !third.Again {
		t.Error("the mark was lost on the way")
	}
	third.answer(done("c1"))
	w.becomes(id, wirechief.StatusSubmitted)
	// If the first try arrived after all, its receipt matches nothing and is kept.
	w.receipt("c0", wirechief.ReceiptDelivered)
	w.receipt("c1", wirechief.ReceiptDelivered)
	w.expect(id, wirechief.StatusDelivered, "accepted routed in_doubt throttled submitted receipt delivered")
	if got, err := w.disk.UnmatchedReceipts(t.Context(), 10); err != nil || len(got) != 1 || got[0].ID != "c0" {
		t.Errorf("unmatched %+v, %v", got, err)
	}
}

// A carrier that never answers is not fed copies without end: the tries grow
// apart, and after the third another carrier has the message.
func TestInDoubtAgainAndAgain(t *testing.T) {
	w := newWorld(t)
	id := w.send("hello")
	w.main.next(t).answer(doubt())
	w.main.next(t).answer(doubt())
	w.settle()
	w.main.none(t)
	w.advance(2 * time.Second)
	w.main.next(t).answer(doubt())
	last := w.spare.next(t)
	if !last.Again {
		t.Error("not marked")
	}
	w.expect(id, wirechief.StatusAccepted, "accepted routed in_doubt in_doubt in_doubt routed")
	last.answer(done("s1"))
	w.becomes(id, wirechief.StatusSubmitted)
}

// A tenant may want what is in doubt left alone: it ends as unknown, and its
// customer is told so.
func TestInDoubtIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.apply(`tenants: [{id: acme, in_doubt: unknown}]`)
	id := w.send("hello")
	w.main.next(t).answer(doubt())
	m := w.becomes(id, wirechief.StatusUnknown)
	if history(m) != "accepted routed in_doubt failed" || m.Events[2].Detail.Resend || m.Queue.Lane != "" {
		t.Errorf("%s: %+v", history(m), m.Events)
	}
	w.told(id, `receipt UNKNOWN "hello"`)
	w.settle()
	w.main.none(t)
	if w.Waiting("main") != 0 {
		t.Errorf("%d wait", w.Waiting("main"))
	}
}

// After a crash exactly the messages that were claimed and not answered are in
// doubt: not those that still waited, nor those whose answer was kept.
func TestCrash(t *testing.T) {
	w := newWorld(t)
	w.apply(`tenants: [{id: globex, in_doubt: unknown, numbers: [{number: "+12125550100", carrier: main}]}]`)
	w.main.setRoom(4)
	ids := make(map[string]int64)
	for _, words := range []string{"answered", "refused for now", "claimed", "claimed too"} {
		ids[words] = w.send(words)
	}
	tries := make(map[string]*try)
	for range 4 {
		s := w.main.next(t)
		tries[s.Text] = s
	}
	w.main.setRoom(3)
	tries["refused for now"].answer(retry(wirechief.ReasonTemporary))
	w.eventually("the refusal to be noted", func() bool {
		return history(w.message(ids["refused for now"])) == "accepted routed throttled"
	})
	tries["answered"].answer(done("c1"))
	w.becomes(ids["answered"], wirechief.StatusSubmitted)
	theirs := text("claimed for globex")
	theirs.Tenant, theirs.From = "globex", "+12125550100"
	ids["globex"] = w.accept(theirs)[0]
	w.main.next(t)
	ids["waits"] = w.send("waits")
	w.settle()
	w.main.none(t)

	w.crash()
	want := map[string]string{
		"answered":        "accepted routed submitted",
		"refused for now": "accepted routed throttled",
		"claimed":         "accepted routed in_doubt",
		"claimed too":     "accepted routed in_doubt",
		"globex":          "accepted routed in_doubt failed",
		"waits":           "accepted routed",
	}
	for name, events := range want {
		if got := history(w.message(ids[name])); got != events {
			t.Errorf("%s: %s, want %s", name, got, events)
		}
	}
	if m := w.message(ids["globex"]); m.Status != wirechief.StatusUnknown {
		t.Errorf("globex: %s", m.Status)
	}
	w.told(ids["globex"], `receipt UNKNOWN "claimed for globex"`)
	again := make(map[string]bool)
	for range 3 {
		s := w.main.next(t)
		again[s.Text] = s.Again
		s.answer(done(s.Text))
	}
	w.settle()
	w.main.none(t)
	if len(again) != 3 || !again["claimed"] || !again["claimed too"] || again["waits"] {
		t.Errorf("submitted, and marked as a possible copy: %v", again)
	}
	if d := w.message(ids["claimed"]).Events[2].Detail; !d.Resend || d.Because == "" {
		t.Errorf("noted as %+v", d)
	}
	// A second crash finds nothing in doubt any more.
	w.crash()
	if got := history(w.message(ids["claimed"])); got != "accepted routed in_doubt submitted" {
		t.Error(got)
	}
	// Receipts find what was submitted by the runs before.
	w.receipt("claimed", wirechief.ReceiptDelivered)
	w.becomes(ids["claimed"], wirechief.StatusDelivered)
}

// Nothing that was accepted is lost by crashes at any point, and nothing is
// sent more often than it was claimed.
func TestCrashAgainAndAgain(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Carriers[0].(*wire).room = 3 })
	const messages = 40
	var ids []int64
	for range messages {
		ids = append(ids, w.send("hello"))
	}
	sent := make(map[int64]int)
	for round := range 10 {
		for range 3 {
			s := w.main.next(t)
			if sent[s.Message]++; s.Again != (sent[s.Message] > 1) {
				t.Errorf("message %d, try %d: marked %t", s.Message, sent[s.Message], s.Again)
			}
			if round%2 == 1 { // else the crash finds it unanswered
				w.main.setRoom(0)
				s.answer(done("c"))
			}
		}
		w.settle()
		w.crash()
	}
	w.main.finish()
	for _, id := range ids {
		m := w.becomes(id, wirechief.StatusSubmitted)
		doubts := slices.DeleteFunc(slices.Clone(m.Events), func(e wirechief.Event) bool { return e.Type != wirechief.EventInDoubt })
		if len(doubts) > 1 || (len(doubts) == 1) != (sent[id] == 2) {
			t.Errorf("message %d was submitted %d times, in doubt %d times", id, sent[id], len(doubts))
		}
	}
}
