package exchange_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/sms"
)

// body reads what a delivery was planned with.
func body[T any](t testing.TB, d *wirechief.Delivery) (v T) {
	t.Helper()
	if err := json.Unmarshal(d.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// plannedOf gives the deliveries of a kind that a message caused, in order.
func (w *world) plannedOf(message int64, kind wirechief.DeliveryKind) (out []*wirechief.Delivery) {
	w.t.Helper()
	for _, d := range w.deliveries(message) {
		if d.Kind == kind {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *wirechief.Delivery) int { return int(a.ID - b.ID) })
	return out
}

// last is the newest inbound message.
func (w *world) last() *wirechief.Message {
	w.t.Helper()
	in := w.inbox()
	return w.message(in[len(in)-1].ID)
}

// A text goes wherever its number says, in the order of the forwards, in the
// commit of the text; who is blocked is told of to nobody.
func TestEveryKindOfForward(t *testing.T) {
	w := newWorld(t, shapes)
	none := 0
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{
		{Type: wirechief.KindSMS, Destination: other, Enabled: true, Prefix: "[desk] ", Suffix: " (end)", Sender: "own"},
		{Type: wirechief.KindEmail, Destination: "a@a.test", Enabled: true, Timezone: "Europe/Berlin"},
		{Type: wirechief.KindConsole, Destination: "Chat", Enabled: true},
		{Type: wirechief.KindHTTP, Destination: "http://a.test/1", Enabled: true},
		{Type: wirechief.KindEmail, Destination: "b@a.test", Enabled: true, History: &none, Sender: "desk@a.test"},
		{Type: wirechief.KindSMS, Destination: "+13105551299"},
	})})
	w.inbound(handset, "hello")
	m := w.last()
	var order []string
	for _, d := range w.engine.given {
		if d.Message == m.ID {
			order = append(order, string(d.Kind)+" "+d.Destination+" "+d.Profile)
		}
	}
	want := []string{
		"webhook http://hooks.test/acme bulkvs", "sms " + other + " sms", "email a@a.test email", "console Chat console",
		"http http://a.test/1 message2give", "email b@a.test email",
	}
	if !slices.Equal(order, want) {
		t.Errorf("planned %q\nwant %q", order, want)
	}
	text := body[forward.Text](t, w.plannedOf(m.ID, wirechief.KindSMS)[0])
	if text.From != desk || text.As != "" || text.Text != "[desk] hello (end)" || text.Hops != 1 || text.Message != m.ID || text.Excused ||
		text.Because != fmt.Sprint("forward of message ", m.ID) || text.Until != t0.Add(24*time.Hour).Unix() {
		t.Errorf("%+v", text)
	}
	mails := w.plannedOf(m.ID, wirechief.KindEmail)
	if a := body[forward.Mail](t, mails[0]); a != (forward.Mail{Message: m.ID, Number: desk, History: 10, Timezone: "Europe/Berlin"}) {
		t.Errorf("%+v", a)
	}
	if b := body[forward.Mail](t, mails[1]); b.History != 0 || b.From != "desk@a.test" {
		t.Errorf("%+v", b)
	}
	if c := body[forward.Console](t, w.plannedOf(m.ID, wirechief.KindConsole)[0]); c != (forward.Console{Message: m.ID, Channel: "Chat"}) {
		t.Errorf("%+v", c)
	}
}

// A blocked peer is acknowledged, kept and told to nobody.
func TestABlockedPeer(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) {
		o.Blocked = func(tenant, peer string) bool { return tenant == "acme" && peer == handset }
	})
	w.configure(wirechief.NumberPatch{
		PutForwards: []wirechief.Forward{{Type: wirechief.KindConsole, Destination: "Chat", Enabled: true}},
		AgentsOff:   wirechief.Set(wirechief.Reply{Enabled: true, Message: "closed"}),
	})
	if err := w.Inbound(t.Context(), wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: "hello", Media: []wirechief.MediaSource{{URL: "http://pictures.test/1"}},
	}); err != nil {
		t.Fatal(err)
	}
	m := w.last()
	if got := history(m); m.Conversation != 0 || m.Status != wirechief.StatusReceived || got != "received suppressed" || m.Events[1].Detail.Rule != wirechief.RuleBlocked {
		t.Errorf("%s: %s", m.Status, got)
	}
	if list := w.deliveries(m.ID); len(list) != 0 || len(w.media.asked()) != 0 {
		t.Errorf("%d deliveries, fetched %q", len(list), w.media.asked())
	}
	w.inbound(other, "hello")
	if list := w.deliveries(w.last().ID); len(list) != 3 {
		t.Errorf("%d deliveries of another", len(list))
	}
}

// What was asked for with the text that is replied to is in place of what the
// number says of the same kind.
func TestRepliesGoWhereTheTextSays(t *testing.T) {
	w := newWorld(t, shapes)
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{
		{Type: wirechief.KindSMS, Destination: other, Enabled: true},
		{Type: wirechief.KindEmail, Destination: "number@a.test", Enabled: true},
		{Type: wirechief.KindConsole, Destination: "Chat", Enabled: true},
	})})
	r := text("hello")
	r.Options = &wirechief.MessageOptions{
		ReplySMS:  wirechief.ReplyForward{To: "+13105551277", From: "+13109060902"},
		ReplyMail: wirechief.ReplyForward{To: "text@a.test", From: "me@a.test"},
	}
	w.deliver(r, "c1")
	w.inbound(handset, "a reply")
	m := w.last()
	if list := w.plannedOf(m.ID, wirechief.KindSMS); len(list) != 1 || list[0].Destination != "+13105551277" || body[forward.Text](t, list[0]).From != "+13109060902" {
		t.Errorf("%+v", list)
	}
	if list := w.plannedOf(m.ID, wirechief.KindEmail); len(list) != 1 || list[0].Destination != "text@a.test" || body[forward.Mail](t, list[0]).From != "me@a.test" {
		t.Errorf("%+v", list)
	}
	if list := w.plannedOf(m.ID, wirechief.KindConsole); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}

// Whom a forwarded text is from.
func TestSenderOfAForward(t *testing.T) {
	w := newWorld(t)
	for sender, want := range map[string]string{
		"": desk, "own": desk, "original": desk, // the carrier takes our own numbers only
		"+13109060902": "+13109060902", "Desk": desk, // North America takes no names
	} {
		w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Enabled: true, Sender: sender}})})
		w.inbound(handset, "hello")
		if got := body[forward.Text](t, w.plannedOf(w.last().ID, wirechief.KindSMS)[0]); got.From != want || got.As != "" {
			t.Errorf("%q: from %s as %q", sender, got.From, got.As)
		}
	}
}

// Pictures go along once they are kept; what follows from the text waits for them.
func TestPicturesAreForwarded(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{
		Forwards:  wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Enabled: true, Prefix: "> "}}),
		AgentsOff: wirechief.Set(wirechief.Reply{Enabled: true, Message: "closed"}),
	})
	if err := w.Inbound(t.Context(), wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: "look", Media: []wirechief.MediaSource{{URL: "one"}, {Data: []byte("GIF89a"), Type: "image/gif"}},
	}); err != nil {
		t.Fatal(err)
	}
	w.eventually("the forward", func() bool { return len(w.engine.about(w.last().ID)) == 3 })
	m := w.last()
	list := w.plannedOf(m.ID, wirechief.KindSMS)
	if len(list) != 2 || list[1].Event != forward.EventReply || history(m) != "received replied" {
		t.Fatalf("%d: %s", len(list), history(m))
	}
	if got := body[forward.Text](t, list[0]); got.Text != "> look" || !slices.Equal(got.Media, []string{"of-one", "kept-1"}) {
		t.Errorf("%+v", got)
	}
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, handset)
	if err != nil || !c.AutoReplyAt.Equal(t0) {
		t.Errorf("%+v %v", c, err)
	}
	// It goes out as a picture message of files that are here already.
	s := sms.New(w, w.clock.Now)
	if a, o := s.Send(t.Context(), list[0], time.Second); o.Disposition != wirechief.Done {
		t.Fatalf("%+v %+v", a, o)
	}
	try := w.main.next(t)
	if len(try.Media) != 2 || try.Media[0].URL != "/media/of-one" || try.To != other || try.From != desk {
		t.Errorf("%+v", try.Submission)
	}
	try.answer(done("c9"))
}

// hops sends what was planned as texts about the newest inbound message, and has
// the carrier bring back to our numbers what goes to them.
func (w *world) carryOn(t *testing.T) {
	t.Helper()
	s := sms.New(w, w.clock.Now)
	for _, d := range w.plannedOf(w.last().ID, wirechief.KindSMS) {
		if a, o := s.Send(t.Context(), d, time.Second); o.Disposition != wirechief.Done {
			t.Fatalf("%+v %+v", a, o)
		}
		try := w.main.next(t)
		try.answer(done(fmt.Sprint("c", try.Message)))
		if m := w.message(try.Message); m.Hops != body[forward.Text](t, d).Hops || !strings.Contains(m.Events[0].Detail.Because, "message") {
			t.Errorf("hops %d, %+v", m.Hops, m.Events[0])
		}
		w.inboundTo(try.To, try.From, try.Text)
	}
}

// A text that goes in a circle of forwards stops after three of them, with an
// event that says so; also when we are started anew in between.
func TestACircleOfForwards(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newWorld(t)
		a, b, c := desk, "+13109060902", "+13109060906"
		for number, to := range map[string]string{a: b, b: c, c: a} {
			if _, err := w.ConfigureNumber(t.Context(), acme, number, func(wirechief.Number) (wirechief.NumberPatch, error) {
				return wirechief.NumberPatch{
					Forwards:  wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: to, Enabled: true}}),
					AgentsOff: wirechief.Set(wirechief.Reply{Enabled: true, Message: "closed"}),
				}, nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		w.configure(wirechief.NumberPatch{AgentsOff: wirechief.Clear[wirechief.Reply]()})
		w.inbound(handset, "round and round")
		for hop := 1; hop <= exchange.MaxHops; hop++ {
			if restart {
				w.restart()
			}
			w.carryOn(t)
			if m := w.last(); m.Hops != hop {
				t.Fatalf("after %d forwards it has %d", hop, m.Hops)
			}
		}
		m := w.last()
		if len(w.plannedOf(m.ID, wirechief.KindSMS)) != 0 || history(m) != "received suppressed" || m.Events[1].Detail.Rule != wirechief.RuleLoop {
			t.Errorf("%s %+v", history(m), m.Events)
		}
		thread, err := w.disk.ConversationBetween(t.Context(), "acme", m.To, m.From)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := w.disk.Entries(t.Context(), thread.ConversationKey, 0, 10)
		if err != nil || len(entries) != 1 || entries[0].Kind != wirechief.EntryForwardFailed {
			t.Errorf("%+v %v", entries, err)
		}
		w.settle()
	}
}

// A copy of a forward that comes back is nobody's word: it opts nobody out and
// is answered by nothing.
func TestAForwardedStop(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: "+13109060902", Enabled: true}})})
	w.inbound(handset, "STOP")
	s := sms.New(w, w.clock.Now)
	d := w.plannedOf(w.last().ID, wirechief.KindSMS)[0]
	if _, o := s.Send(t.Context(), d, time.Second); o.Disposition != wirechief.Done {
		t.Fatalf("%+v", o)
	}
	w.main.next(t).answer(done("c1"))
	w.inboundTo("+13109060902", desk, " stop ")
	if m := w.last(); m.Hops != 0 {
		t.Errorf("another text has %d hops", m.Hops)
	}
	w.inboundTo("+13109060902", desk, " STOP")
	if m := w.last(); m.Hops != 1 {
		t.Errorf("it has %d hops", m.Hops)
	}
}

// Hostile texts are forwarded whole, as far as they are text.
func TestHostileTextsAreForwarded(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Enabled: true}})})
	s := sms.New(w, w.clock.Now)
	for in, want := range map[string]string{
		"a\x00b": "ab", "half \xff": "half \uFFFD", "<b>&\r\nBcc: x": "<b>&\r\nBcc: x", `{"text":"x"}`: `{"text":"x"}`, "🦄{{name}}": "🦄{{name}}",
	} {
		w.inbound(handset, in)
		d := w.plannedOf(w.last().ID, wirechief.KindSMS)[0]
		if a, o := s.Send(t.Context(), d, time.Second); o.Disposition != wirechief.Done {
			t.Fatalf("%q: %+v", in, a)
		}
		try := w.main.next(t)
		if try.Text != want {
			t.Errorf("%q went out as %q", in, try.Text)
		}
		try.answer(done(fmt.Sprint("c", try.Message)))
	}
}
