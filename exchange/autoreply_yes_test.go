package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
)

// Who was out and says YES with a picture has said a word: nothing answers it as
// a text, though the word is in the ledger before the picture is there.
func TestAYesWithAPictureIsNoText(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{AgentsOff: wirechief.Set(wirechief.Reply{Enabled: true, Message: "We are closed."})})
	w.inbound(handset, "STOP")
	if err := w.Inbound(t.Context(), wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: "YES", Media: []wirechief.MediaSource{{URL: "http://pictures.test/1"}},
	}); err != nil {
		t.Fatal(err)
	}
	w.eventually("the picture", func() bool { return w.last().Queue.Lane == "" })
	if list := w.plannedOf(w.last().ID, wirechief.KindSMS); len(list) != 0 {
		t.Errorf("it is answered: %s", list[0].Body)
	}
}
