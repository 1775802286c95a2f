package exchange_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// part is a piece of a long text from the handset to the desk.
func part(ref, total, seq int, words string) wirechief.Inbound {
	return wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: words, Raw: "raw " + words,
		Part: &wirechief.Part{Ref: ref, Total: total, Seq: seq},
	}
}

// bring brings parts, each of which must be taken.
func (w *world) bring(parts ...wirechief.Inbound) {
	w.t.Helper()
	for _, p := range parts {
		if err := w.Inbound(w.t.Context(), p); err != nil {
			w.t.Fatalf("part %d: %v", p.Part.Seq, err)
		}
	}
}

// received lists the inbound texts, oldest first.
func (w *world) received() []string {
	w.t.Helper()
	var out []string
	for _, m := range w.inbox() {
		out = append(out, m.Text)
	}
	return out
}

func (w *world) inbox() []*wirechief.Message {
	w.t.Helper()
	list, err := w.Messages(w.t.Context(), operator, wirechief.MessageFilter{Direction: wirechief.Inward, After: 1, Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// kept counts the parts on disk.
func (w *world) kept() int {
	w.t.Helper()
	parts, err := w.disk.Parts(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return len(parts)
}

func wantTexts(t *testing.T, w *world, want ...string) {
	t.Helper()
	if got := w.received(); !slices.Equal(got, want) {
		t.Fatalf("received %q, want %q", got, want)
	}
}

// Parts are joined in whatever order they come, however often, and over a
// restart. Each is on disk before it is acknowledged.
func TestPartsAreJoined(t *testing.T) {
	one, two, three := part(7, 3, 1, "one "), part(7, 3, 2, "two "), part(7, 3, 3, "three")
	for _, order := range [][]wirechief.Inbound{
		{one, two, three},
		{three, two, one},
		{two, three, one},
		{one, one, two, one, two, three},
		{one, two, three, three, one, two, three},
	} {
		for _, restartAfter := range []int{-1, 0, 1} {
			w := newWorld(t)
			seen := make(map[int]bool)
			for i, p := range order {
				w.bring(p)
				seen[p.Part.Seq] = true
				if want := len(seen) % 3; w.kept() != want {
					t.Fatalf("%d parts on disk, want %d", w.kept(), want)
				}
				if i == restartAfter {
					w.crash()
				}
			}
			wantTexts(t, w, "one two three")
			m := w.inbox()[0]
			if d := m.Events[0].Detail; history(m) != "received" || d.Parts != 3 || len(d.Missing) != 0 || m.Status != wirechief.StatusReceived {
				t.Errorf("%s: %+v", history(m), m.Events)
			}
			w.told(m.ID, `inbound "one two three"`)
			// Nothing of it is left behind.
			w.advance(time.Hour)
			w.inbound(other, "later")
			wantTexts(t, w, "one two three", "later")
		}
	}
}

// What never comes is marked, once the join time is over; also when the
// program was not running then.
func TestPartsThatNeverCome(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newWorld(t)
		w.bring(part(7, 4, 2, "two"), part(7, 4, 4, "four"))
		if restart {
			w.crash()
		}
		w.advance(10*time.Minute - time.Second)
		w.advance(0)
		wantTexts(t, w)
		w.advance(time.Second)
		w.eventually("the text to be given up on", func() bool { return len(w.received()) == 1 })
		wantTexts(t, w, "[…]two[…]four")
		m := w.inbox()[0]
		if d := m.Events[0].Detail; !slices.Equal(d.Missing, []int{1, 3}) || d.Parts != 4 || d.Raw != "raw four\nraw two" {
			t.Errorf("noted as %+v", d)
		}
		if w.kept() != 0 {
			t.Errorf("%d parts are still on disk", w.kept())
		}
		// A part that comes after all is not lost.
		w.bring(part(7, 4, 1, "one"))
		w.advance(11 * time.Minute)
		w.eventually("the late part", func() bool { return len(w.received()) == 2 })
		wantTexts(t, w, "[…]two[…]four", "one[…][…][…]")
	}
}

// Texts are told apart by carrier, handset, number, reference and total.
func TestPartsOfOthers(t *testing.T) {
	w := newWorld(t)
	theirs := part(7, 2, 2, "theirs")
	theirs.From = other
	elsewhere := part(7, 2, 2, "elsewhere")
	elsewhere.To = "+13109060902"
	w.bring(part(7, 2, 1, "mine"), part(8, 2, 2, "another"), part(7, 3, 2, "of three"), theirs, elsewhere)
	wantTexts(t, w)
	if w.kept() != 5 {
		t.Errorf("%d parts on disk", w.kept())
	}
}

// A handset that uses its reference again, sooner or later, has both texts
// received whole: no part stands in for another.
func TestReferencesComeAgain(t *testing.T) {
	w := newWorld(t)
	w.bring(part(7, 2, 1, "a"), part(7, 2, 2, "b"))
	w.bring(part(7, 2, 2, "d"), part(7, 2, 1, "c"))
	wantTexts(t, w, "ab", "cd")
	w.bring(part(7, 2, 1, "e")) // its second part is lost …
	w.bring(part(7, 2, 1, "g"), part(7, 2, 2, "h"))
	wantTexts(t, w, "ab", "cd", "e[…]", "gh")
	if w.kept() != 0 {
		t.Errorf("%d parts are still on disk", w.kept())
	}
}

// All parts at once, each twice, over many connections: one text.
func TestPartsAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	const total = 20
	var want strings.Builder
	var wg sync.WaitGroup
	for seq := 1; seq <= total; seq++ {
		words := strings.Repeat(string(rune('a'+seq)), 3)
		want.WriteString(words)
		for range 2 {
			wg.Go(func() {
				if err := w.Inbound(t.Context(), part(9, total, seq, words)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	wantTexts(t, w, want.String())
}

// A part that could not be kept is not acknowledged, and completes the text
// when it is brought again.
func TestPartsWithoutADisk(t *testing.T) {
	w := newWorld(t)
	w.bring(part(7, 2, 1, "a"))
	w.disk.fail(errors.New("no space left on device"))
	err := w.Inbound(t.Context(), part(7, 2, 2, "b"))
	wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
	w.disk.fail(nil)
	wantTexts(t, w)
	w.bring(part(7, 2, 2, "b"))
	wantTexts(t, w, "ab")
}

// A part without a place in its text is shown alone rather than lost.
func TestPartsThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	w.bring(part(7, 2, 3, "beyond"), part(7, 2, 0, "before"), part(7, 1, 1, "the only one"))
	wantTexts(t, w, "beyond", "before", "the only one")
}

// Parts for a number that was released meanwhile are dropped with it.
func TestPartsForNobody(t *testing.T) {
	w := newWorld(t)
	w.bring(part(7, 2, 1, "a"))
	w.apply(`tenants: [{id: acme, numbers: [{number: "+13109060901", absent: true}]}]`)
	err := w.Inbound(t.Context(), part(7, 2, 2, "b"))
	wantError(t, err, wirechief.NotFound, "", "")
	w.advance(11 * time.Minute)
	w.eventually("the part to be dropped", func() bool { return w.kept() == 0 })
	wantTexts(t, w)
}

// The ledger reads the whole text: a STOP in parts is one.
func TestStopInParts(t *testing.T) {
	w := newWorld(t)
	w.bring(part(1, 2, 1, "ST"), part(1, 2, 2, "OP"))
	if !w.blocked(desk) {
		t.Error("not opted out")
	}
}

// A sender that cuts an emoji in two halves between parts is understood, also
// when the program has been restarted between them.
func TestPartsThatCutACharacter(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newWorld(t)
		w.bring(part(7, 2, 1, "well \xed\xa0\xbd"))
		if restart {
			w.crash()
		}
		w.bring(part(7, 2, 2, "\xed\xb8\x80 done"))
		wantTexts(t, w, "well 😀 done")
	}
}
