package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward/sms"
)

// A forward under the name of who wrote excuses one copy: what the handset says
// to the number itself counts.
func TestACopyHidesNoWordOfTheHandset(t *testing.T) {
	const own = "+13109060902"
	w := newWorld(t)
	out := func() bool {
		r := text("hello")
		r.From = own
		res, err := w.Send(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return res.Recipients[0].Rule == wirechief.RuleOptOut
	}
	for range 2 {
		r := text("STOP", own)
		r.As, r.Hops, r.Because = handset, 1, "forward of message 7"
		if _, err := w.Relay(t.Context(), r); err != nil {
			t.Log(err) // the carrier takes our own numbers only; what is sent is noted all the same
		}
	}
	for i, want := range []bool{false, false, true} {
		w.inboundTo(own, handset, "STOP")
		if got := out(); got != want {
			t.Errorf("after text %d: opted out %t, want %t", i+1, got, want)
		}
	}
}

// A picture that its recipient cannot take goes as a link, and what could not go
// leaves nothing in the conversation.
func TestARefusedPictureLeavesNothing(t *testing.T) {
	const short = "72345"
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Enabled: true}})})
	if err := w.Inbound(t.Context(), wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: "look", Media: []wirechief.MediaSource{{URL: "http://pictures.test/1"}},
	}); err != nil {
		t.Fatal(err)
	}
	w.eventually("the picture", func() bool { return w.last().Queue.Lane == "" })
	d := *w.plannedOf(w.last().ID, wirechief.KindSMS)[0]
	d.Destination = short
	for range 2 {
		if a, o := sms.New(w, w.clock.Now).Send(t.Context(), &d, time.Second); o.Disposition != wirechief.Done {
			t.Fatalf("%+v %+v", a, o)
		}
	}
	list, err := w.disk.Messages(t.Context(), wirechief.MessageFilter{Tenant: "acme", Direction: wirechief.Outward})
	if err != nil || len(list) != 1 || list[0].Status == wirechief.StatusSuppressed || list[0].MMS {
		t.Errorf("%d messages, %v", len(list), err)
	}
}
