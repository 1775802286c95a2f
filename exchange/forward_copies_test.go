package exchange_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward/sms"
)

// A forward under the name of who wrote excuses one copy: what the handset says
// to the number itself counts.
func TestACopyHidesNoWordOfTheHandset(t *testing.T) {
	const own = "+13109060902"
	w := newWorld(t, anySender)
	for range 2 {
		r := text("STOP", own)
		r.As, r.Hops, r.Because = handset, 1, "forward of message 7"
		if res, err := w.Relay(t.Context(), r); err != nil || res.Recipients[0].Refusal != "" {
			t.Fatalf("%+v %v", res, err)
		}
	}
	for i, want := range []bool{false, false, true} {
		w.inboundTo(own, handset, "STOP")
		if got := w.isOut(own, handset); got != want {
			t.Errorf("after text %d: opted out %t, want %t", i+1, got, want)
		}
	}
}

// anySender lets the first carrier take texts from anybody.
func anySender(o *exchange.Options) { o.Carriers[0].(*wire).able |= carrier.AnySender }

// isOut says whether a number of acme's may not text a handset for an opt-out.
func (w *world) isOut(number, handset string) bool {
	w.t.Helper()
	r := text("hello", handset)
	r.From = number
	res, err := w.Send(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Recipients[0].Rule == wirechief.RuleOptOut
}

// A forward that was refused, or was tried again and again, has no more copies
// than have left: the handset's own words count.
func TestWhatNeverLeftHidesNoWord(t *testing.T) {
	const own = "+13109060902"
	request := func() wirechief.SendRequest {
		r := text("STOP", own)
		r.As, r.Hops, r.Because, r.Key = handset, 1, "forward of message 7", wirechief.OwnKey+"delivery-7"
		return r
	}
	t.Run("refused", func(t *testing.T) {
		w := newWorld(t) // no carrier takes it
		if res, err := w.Relay(t.Context(), request()); err == nil && res.Recipients[0].Refusal == "" {
			t.Fatal("it left")
		}
		if w.inboundTo(own, handset, "STOP"); !w.isOut(own, handset) {
			t.Error("the word is taken for a copy that never left")
		}
	})
	t.Run("tried again", func(t *testing.T) {
		w := newWorld(t, anySender)
		w.disk.fail(errors.New("full"))
		for range 3 {
			if _, err := w.Relay(t.Context(), request()); err == nil {
				t.Fatal("taken")
			}
		}
		w.disk.fail(nil)
		for range 3 { // the engine did not hear that it went
			if _, err := w.Relay(t.Context(), request()); err != nil {
				t.Fatal(err)
			}
		}
		if w.inboundTo(own, handset, "STOP"); w.isOut(own, handset) {
			t.Error("the copy counts")
		}
		if w.inboundTo(own, handset, "STOP"); !w.isOut(own, handset) {
			t.Error("the word is taken for a second copy")
		}
	})
}

// A copy and the handset's own word at the same moment are one of each, and a
// copy that could not be kept comes again.
func TestOneCopyExcusesOneArrival(t *testing.T) {
	const own = "+13109060902"
	w := newWorld(t, anySender)
	r := text("STOP", own)
	r.As, r.Hops = handset, 1
	if res, err := w.Relay(t.Context(), r); err != nil || res.Recipients[0].Refusal != "" {
		t.Fatalf("%+v %v", res, err)
	}
	in := wirechief.Inbound{Carrier: "main", From: handset, To: own, Text: "STOP"}
	w.disk.fail(errors.New("full"))
	if err := w.Inbound(t.Context(), in); err == nil {
		t.Fatal("kept")
	}
	w.disk.fail(nil)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := w.Inbound(t.Context(), in); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if !w.isOut(own, handset) {
		t.Error("both were taken for the one copy")
	}
	list, err := w.disk.Messages(t.Context(), wirechief.MessageFilter{Tenant: "acme", Direction: wirechief.Inward})
	if err != nil {
		t.Fatal(err)
	}
	copies := 0
	for _, m := range list {
		if m.Hops > 0 {
			copies++
		}
	}
	if copies != 1 {
		t.Errorf("%d of %d texts are copies", copies, len(list))
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

// A long text whose picture goes as a link loses its end rather than never going.
func TestALongTextWithALinkIsShortened(t *testing.T) {
	const short = "72345"
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Enabled: true}})})
	if err := w.Inbound(t.Context(), wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: strings.Repeat("a", 1530), Media: []wirechief.MediaSource{{URL: "http://pictures.test/1"}},
	}); err != nil {
		t.Fatal(err)
	}
	w.eventually("the picture", func() bool { return w.last().Queue.Lane == "" })
	d := *w.plannedOf(w.last().ID, wirechief.KindSMS)[0]
	d.Destination = short
	if a, o := sms.New(w, w.clock.Now).Send(t.Context(), &d, time.Second); o.Disposition != wirechief.Done {
		t.Fatalf("%+v %+v", a, o)
	}
	text, link, ok := strings.Cut(w.main.next(t).Text, "...\n")
	if !ok || len(text) < 1400 || !strings.Contains(link, "://") {
		t.Errorf("%d octets and %q", len(text), link)
	}
}
