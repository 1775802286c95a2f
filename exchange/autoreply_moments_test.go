package exchange_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/sms"
)

// picture brings a text with a picture that has to be fetched first, and gives
// what is answered to it in the end.
func (w *world) picture(words string) string {
	w.t.Helper()
	if err := w.Inbound(w.t.Context(), wirechief.Inbound{
		Carrier: "main", From: handset, To: desk, Text: words, Media: []wirechief.MediaSource{{URL: "http://pictures.test/1"}},
	}); err != nil {
		w.t.Fatal(err)
	}
	w.eventually("the picture", func() bool { return w.last().Queue.Lane == "" })
	return w.answered()
}

// The words of the ledger are answered with a picture as without one, and once.
func TestAnswersToWordsWithPictures(t *testing.T) {
	w := newWorld(t)
	w.configure(answers)
	w.apply(`tenants: [{id: acme, opt_out: {replies: true}}]`)
	for _, tt := range []struct {
		text string
		want string // in the answer
	}{
		{"STOP", "START"},
		{"STOP", ""},
		{"hello", ""},
		{"YES", "again"},
		{"HELP", "STOP"},
		{"START", ""},
		{"hello", "We are closed."},
		{"hours", "9 to 5"},
	} {
		w.clock.advance(time.Second)
		got := w.picture(tt.text)
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) || strings.Contains(got, " | ") {
			t.Errorf("%s is answered by %q", tt.text, got)
		}
	}
}

// Whoever gets a number answers for themselves: what the former tenant answered
// spends nothing of it.
func TestTheWindowIsTheTenants(t *testing.T) {
	w := newWorld(t)
	w.configure(answers)
	answered := func(tenant, text string) (out []string) {
		t.Helper()
		w.inbound(other, text)
		list, err := w.disk.Messages(t.Context(), wirechief.MessageFilter{Tenant: tenant, Direction: wirechief.Inward, Limit: 1})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		ds, err := w.disk.Deliveries(t.Context(), wirechief.DeliveryFilter{Tenant: tenant, Message: list[0].ID, Kind: wirechief.KindSMS})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range ds {
			out = append(out, body[forward.Text](t, d).Text)
		}
		return out
	}
	if got := answered("acme", "hello"); !slices.Equal(got, []string{"We are closed."}) {
		t.Errorf("%q", got)
	}
	w.moveTo(desk, "globex")
	for _, want := range [][]string{{"We are closed."}, nil} {
		if got := answered("globex", "hello"); !slices.Equal(got, want) {
			t.Errorf("the next tenant answers %q, want %q", got, want)
		}
	}
	w.moveTo(desk, "acme")
	if got := answered("acme", "hello"); len(got) > 0 {
		t.Errorf("back again, within the window: %q", got)
	}
}

// A caller who never texted is answered once in the window, over restarts before
// and after the answer has gone out; it opens the conversation, with the call.
func TestAMissedCallOfAStranger(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{
		MissedReply: wirechief.Set(wirechief.Reply{Enabled: true, Message: "Sorry, text us."}), AgentsOff: answers.AgentsOff,
	})
	calls := func(what string, want bool) {
		t.Helper()
		if got, err := w.MissedCall(t.Context(), desk, handset); err != nil || got != want {
			t.Errorf("%s: %v %v", what, got, err)
		}
	}
	calls("the first call", true)
	d := w.engine.given[0]
	w.restart()
	w.main.finish() // a stop waits for what is not answered
	calls("the answer waits", false)
	w.clock.advance(time.Minute)
	if a, o := sms.New(w, w.clock.Now).Send(t.Context(), d, time.Second); o.Disposition != wirechief.Done {
		t.Fatalf("%+v %+v", a, o)
	}
	if _, err := w.disk.Apply(t.Context(), wirechief.Attempted{Key: d.DeliveryKey, Status: wirechief.DeliveryDelivered, Tries: 1}); err != nil {
		t.Fatal(err)
	}
	w.restart()
	calls("the answer has gone out", false)
	w.inbound(handset, "who is there?")
	if got := w.answered(); got != "" {
		t.Errorf("a text in the window is answered %q", got)
	}
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, handset)
	if err != nil || !c.AutoReplyAt.Equal(t0.Add(time.Minute)) {
		t.Fatalf("%+v %v", c, err)
	}
	entries, err := w.disk.Entries(t.Context(), c.ConversationKey, 0, 10)
	if err != nil || len(entries) != 3 || entries[0].Kind != wirechief.EntryMissedCall || !entries[0].At.Equal(t0) || entries[1].Kind != wirechief.EntryAutoReply || entries[2].Kind != wirechief.EntryMissedCall {
		t.Errorf("%+v %v", entries, err)
	}
	w.clock.advance(wirechief.ReplyWindow)
	calls("after the window", true)
}

// A preview leaves the request of its caller alone.
func TestAPreviewWritesNothing(t *testing.T) {
	w := newWorld(t)
	r := text("hello", handset)
	judge, err := w.PreviewSend(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if p := judge(other, "hello"); p.Refusal != "" || r.To[0] != handset {
		t.Errorf("%+v, and the caller's list is %q", p, r.To)
	}
}
