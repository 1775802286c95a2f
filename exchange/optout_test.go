package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

const tollFree = "+18005550100"

// blocked says whether a text from the number to the handset is refused.
func (w *world) blocked(number string) bool {
	w.t.Helper()
	r := text("hello")
	r.From = number
	res, err := w.Send(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Recipients[0].Rule == wirechief.RuleOptOut
}

// What a handset texts, and whether it is opted out then. A word counts when it
// is the whole text (docs/dialects/bulkvs.md).
func TestTheWordsOfTheLedger(t *testing.T) {
	for _, tt := range []struct {
		number string
		texts  []string
		out    bool
	}{
		{desk, []string{"STOP"}, true},
		{desk, []string{"stop"}, true},
		{desk, []string{" \t Stop \r\n                        "}, true},
		{desk, []string{"STOPALL"}, true},
		{desk, []string{"Unsubscribe"}, true},
		{desk, []string{"CANCEL"}, true},
		{desk, []string{"END"}, true},
		{desk, []string{"QUIT"}, true},
		{desk, []string{"REMOVE"}, true},
		{desk, []string{"REVOKE"}, true},
		{desk, []string{"optout"}, true},
		{desk, []string{"Opt Out"}, true},
		{desk, []string{"STOP 12345"}, false},
		{desk, []string{"please stop"}, false},
		{desk, []string{"STOP."}, true},
		{desk, []string{"HELP"}, false},
		{desk, []string{""}, false},
		{desk, []string{"STOP", "START"}, false},
		{desk, []string{"STOP", "unstop"}, false},
		{desk, []string{"STOP", "YES"}, false},
		{desk, []string{"STOP", "YES", "STOP"}, true},
		{desk, []string{"STOP", "yes please"}, true},
		{desk, []string{"YES"}, false},
		{tollFree, []string{"STOP"}, true},
		{tollFree, []string{"STOP", "YES"}, true}, // the network reopens on these alone:
		{tollFree, []string{"STOP", "UNSTOP"}, false},
		{tollFree, []string{"STOP", "START"}, false},
	} {
		name := tt.number
		for _, s := range tt.texts {
			name += " " + s
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, s := range tt.texts {
				w.inboundTo(tt.number, handset, s)
			}
			if got := w.blocked(tt.number); got != tt.out {
				t.Errorf("blocked %t, want %t", got, tt.out)
			}
		})
	}
}

// The ledger is about one number and one handset, survives a restart, and the
// word itself is told to the customer like any text.
func TestTheLedger(t *testing.T) {
	w := newWorld(t)
	w.inbound(handset, "STOP")
	w.restart()
	if !w.blocked(desk) {
		t.Error("forgotten by a restart")
	}
	if w.blocked("+13109060902") {
		t.Error("another number is blocked too")
	}
	if got := w.accept(text("hello", other)); len(got) != 1 {
		t.Error("another handset is blocked too")
	}
	list, err := w.Messages(t.Context(), acme, wirechief.MessageFilter{Direction: wirechief.Inward})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	w.told(list[0].ID, `inbound "STOP"`)
}

// What was accepted before the STOP and has not left by then does not leave:
// nothing is sent after an opt-out. The customer is told.
func TestStopReachesWhatWaits(t *testing.T) {
	w := newWorld(t)
	r := text("tomorrow")
	r.At = t0.Add(24 * time.Hour)
	id := w.accept(r)[0]
	w.inbound(handset, "STOP")
	w.advance(25 * time.Hour)
	w.settle()
	w.main.none(t)
	m := w.becomes(id, wirechief.StatusSuppressed)
	if history(m) != "accepted scheduled routed suppressed" || m.Queue.Lane != "" {
		t.Errorf("%s, waits in %q", history(m), m.Queue.Lane)
	}
	w.told(id, `receipt REJECTD "tomorrow"`)
	w.settle()
	if w.Waiting("main") != 0 {
		t.Errorf("%d wait", w.Waiting("main"))
	}
}
