package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward/sms"
)

// What a client calls its own request takes nothing from a forward, whose
// delivery anybody can see the number of.
func TestNoClientTakesTheKeyOfAForward(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Enabled: true}})})
	w.inbound(handset, "hello")
	d := w.plannedOf(w.last().ID, wirechief.KindSMS)[0]
	r := text("mine", handset)
	r.Key = fmt.Sprint("delivery-", d.ID)
	w.accept(r)
	s := sms.New(w, w.clock.Now)
	for _, repeated := range []bool{false, true} {
		a, o := s.Send(t.Context(), d, time.Second)
		if o.Disposition != wirechief.Done || (a.Body[:3] == "was") != repeated {
			t.Errorf("%+v %+v", a, o)
		}
	}
}
