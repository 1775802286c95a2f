package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// What people say again and again is no circle: pictures without words, "ok".
func TestShortTextsAreForwardedAgainAndAgain(t *testing.T) {
	for _, c := range []struct {
		name, text string
		picture    bool
	}{
		{name: "pictures", picture: true},
		{name: "ok", text: "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.forwards(far)
			for i := range 12 {
				in := wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: c.text}
				if c.picture {
					in.Media = []wirechief.MediaSource{{URL: fmt.Sprintf("http://pictures.test/%d", i)}}
				}
				if err := w.Inbound(t.Context(), in); err != nil {
					t.Fatal(err)
				}
				w.eventually("the text", func() bool { return w.last().Queue.Lane == "" })
				if m := w.last(); len(w.plannedOf(m.ID, wirechief.KindSMS)) != 1 {
					t.Fatalf("number %d is not forwarded: %s", i+1, history(m))
				}
				w.clock.advance(30 * time.Second)
			}
		})
	}
}

// A circle of something short comes to its end all the same.
func TestShortTextsGoInNoCircle(t *testing.T) {
	w := newWorld(t)
	w.forwards(far)
	n := 0
	for range 70 {
		w.inbound(handset, "ok")
		n += len(w.plannedOf(w.last().ID, wirechief.KindSMS))
	}
	if n != 60 {
		t.Errorf("%d of 70 were forwarded, want 60", n)
	}
	w.stopped("goes in a circle")
}
