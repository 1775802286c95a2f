package exchange_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/state"
)

// people are on line or not.
type people struct{ online atomic.Bool }

func (p *people) Online(tenant string) bool { return tenant == "acme" && p.online.Load() }

// answered gives what is answered by itself to the newest text, "" for nothing.
func (w *world) answered() string {
	w.t.Helper()
	m := w.last()
	var out []string
	for _, d := range w.plannedOf(m.ID, wirechief.KindSMS) {
		if d.Event == forward.EventReply {
			text := body[forward.Text](w.t, d)
			if d.Destination != m.From || text.From != m.To || text.Hops != 1 || text.Until <= w.clock.Now().Unix() || !strings.HasPrefix(text.Because, "automatic reply: ") {
				w.t.Errorf("%s: %+v", d.Destination, text)
			}
			out = append(out, text.Text)
		}
	}
	if n := strings.Count(history(m), "replied"); n != len(out) {
		w.t.Errorf("%d events of %d replies", n, len(out))
	}
	return strings.Join(out, " | ")
}

var answers = wirechief.NumberPatch{
	AgentsOff: wirechief.Set(wirechief.Reply{Enabled: true, Message: "We are closed."}),
	AgentsOn:  wirechief.Set(wirechief.Reply{Enabled: true, Message: "We are coming."}),
	Keywords: wirechief.Set([]wirechief.Keyword{
		{Words: []string{"hours", "Öffnungszeiten"}, Message: "9 to 5", Enabled: true},
		{Words: []string{"price"}, Message: "free", Enabled: false},
		{Words: []string{"your address"}, Message: "1 Main St", Enabled: true},
	}),
}

// Who is answered what: the table of automatic replies.
func TestAutomaticReplies(t *testing.T) {
	for _, tt := range []struct {
		name   string
		from   string
		text   string
		online bool
		want   string
	}{
		{"nobody is there", handset, "hello", false, "We are closed."},
		{"somebody is there", handset, "hello", true, "We are coming."},
		{"a keyword", handset, "hours", true, "9 to 5"},
		{"a keyword in other letters", handset, "  OFFNUNGSZEITEN \n", false, "9 to 5"},
		{"a keyword of two words", handset, "Your   Address", false, "1 Main St"},
		{"more than a keyword", handset, "hours please", false, "We are closed."},
		{"a keyword that is off", handset, "price", false, "We are closed."},
		{"a name", "ACME", "hours", false, ""},
		{"a short code", "72345", "hello", false, ""},
		{"an opt-out word", handset, "STOP", false, ""},
		{"a help word", handset, "help", false, ""},
		{"an opt-in word", handset, "UNSTOP", false, ""},
		{"not quite an opt-out word", handset, "STOP 12345", false, "We are closed."},
		{"nothing but blanks", handset, " ", false, "We are closed."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			who := new(people)
			who.online.Store(tt.online)
			w := newWorld(t, func(o *exchange.Options) { o.Presence = who })
			w.configure(answers)
			w.inbound(tt.from, tt.text)
			if got := w.answered(); got != tt.want {
				t.Errorf("answered %q, want %q", got, tt.want)
			}
		})
	}
}

// A handset gets one answer of presence in the window, over a restart too, and
// no other handset's is spent; keywords are outside of it, once a minute.
func TestTheWindow(t *testing.T) {
	w := newWorld(t)
	w.configure(answers)
	step := func(after time.Duration, from, text, want string) {
		t.Helper()
		w.clock.advance(after)
		w.inbound(from, text)
		if got := w.answered(); got != want {
			t.Errorf("%s at %v: answered %q, want %q", text, w.clock.Now().Sub(t0), got, want)
		}
	}
	step(0, handset, "hello", "We are closed.")
	step(0, handset, "hello?", "")
	step(0, other, "hello", "We are closed.")
	step(0, handset, "hours", "9 to 5")
	step(59*time.Second, handset, "hours", "")
	step(time.Second, handset, "hours", "9 to 5")
	w.restart()
	step(0, handset, "hello", "")
	step(wirechief.ReplyWindow-2*time.Minute, handset, "hello", "")
	step(2*time.Minute, handset, "hello", "We are closed.")
	w.configure(wirechief.NumberPatch{ReplyWindow: wirechief.Set(time.Hour)})
	step(time.Hour, handset, "hello", "We are closed.")
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, handset)
	if err != nil || !c.AutoReplyAt.Equal(w.clock.Now()) {
		t.Errorf("%+v %v", c, err)
	}
	entries, err := w.disk.Entries(t.Context(), c.ConversationKey, 0, 100)
	if err != nil || len(entries) != 5 || entries[0].Kind != wirechief.EntryAutoReply || entries[0].Text != "agents offline" || entries[1].Text != "keyword hours" {
		t.Errorf("%+v %v", entries, err)
	}
}

// Of many texts at once one is answered; a commit that fails spends nothing.
func TestOneAnswerAtOnce(t *testing.T) {
	w := newWorld(t)
	w.configure(answers)
	w.disk.fail(errors.New("no room"))
	if err := w.Inbound(t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello"}); err == nil {
		t.Fatal("it was acknowledged")
	}
	w.disk.fail(nil)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { w.inbound(handset, "hello") })
	}
	all.Wait()
	n := 0
	for _, m := range w.inbox() {
		n += len(w.plannedOf(m.ID, wirechief.KindSMS))
	}
	if n != 1 {
		t.Errorf("%d answers", n)
	}
}

// Who opted out is not answered, but for what confirms that, where the tenant
// wants it.
func TestAnswersToWords(t *testing.T) {
	w := newWorld(t)
	w.configure(answers)
	w.apply(`tenants: [{id: acme, opt_out: {replies: true}}]`)
	w.inbound(handset, "stop")
	if got := w.answered(); got == "" || got == "We are closed." {
		t.Errorf("STOP is answered by %q", got)
	}
	d := w.plannedOf(w.last().ID, wirechief.KindSMS)[0]
	if !body[forward.Text](t, d).Excused {
		t.Error("it would be kept from the handset")
	}
	for _, text := range []string{"stop", "hello", "hours"} {
		w.inbound(handset, text)
		if got := w.answered(); got != "" {
			t.Errorf("%s after STOP is answered by %q", text, got)
		}
	}
	w.inbound(handset, "start")
	if got := w.answered(); got == "" || got == "We are closed." {
		t.Errorf("START is answered by %q", got)
	}
	w.inbound(handset, "hello")
	if got := w.answered(); got != "We are closed." {
		t.Errorf("answered %q", got)
	}
}

// A call that nobody took is answered once in the window that texts use too.
func TestMissedCall(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{MissedReply: wirechief.Set(wirechief.Reply{Enabled: true, Message: "Sorry, text us."})})
	for i, want := range []bool{true, false} {
		if got, err := w.MissedCall(t.Context(), desk, handset); err != nil || got != want {
			t.Errorf("call %d: %v %v", i, got, err)
		}
	}
	if d := w.engine.given; len(d) != 1 || d[0].Destination != handset || body[forward.Text](t, d[0]).Text != "Sorry, text us." {
		t.Errorf("%+v", d)
	}
	w.inbound(handset, "who?")
	w.clock.advance(wirechief.ReplyWindow)
	if got, err := w.MissedCall(t.Context(), desk, handset); err != nil || !got {
		t.Errorf("%v %v", got, err)
	}
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, handset)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := w.disk.Entries(t.Context(), c.ConversationKey, 0, 10)
	kinds := make([]wirechief.EntryKind, len(entries))
	for i := range entries {
		kinds[i] = entries[i].Kind
	}
	if err != nil || !slices.Equal(kinds, []wirechief.EntryKind{wirechief.EntryMissedCall, wirechief.EntryAutoReply}) {
		t.Errorf("%v %v", kinds, err)
	}
	for _, who := range []string{"anonymous", "", "72345"} {
		if got, err := w.MissedCall(t.Context(), desk, who); got || err != nil {
			t.Errorf("%q: %v %v", who, got, err)
		}
	}
	_, err = w.MissedCall(t.Context(), "+13105550000", handset)
	wantError(t, err, wirechief.NotFound, "", "number")
}

// What could never answer, or is no destination, is refused by its name.
func TestReplySettingsAreJudged(t *testing.T) {
	w := newWorld(t)
	word := func(words ...string) []wirechief.Keyword {
		return []wirechief.Keyword{{Words: words, Message: "x", Enabled: true}}
	}
	for name, tt := range map[string]struct {
		p     wirechief.NumberPatch
		field string
	}{
		"no word":        {wirechief.NumberPatch{Keywords: wirechief.Set(word())}, "replies.keywords.words"},
		"an empty word":  {wirechief.NumberPatch{Keywords: wirechief.Set(word(" "))}, "replies.keywords.words"},
		"a word twice":   {wirechief.NumberPatch{Keywords: wirechief.Set(word("Menü", "menu"))}, "replies.keywords.words"},
		"an opt-out":     {wirechief.NumberPatch{Keywords: wirechief.Set(word("stop"))}, "replies.keywords.words"},
		"a long word":    {wirechief.NumberPatch{Keywords: wirechief.Set(word(strings.Repeat("x", 65)))}, "replies.keywords.words"},
		"no message":     {wirechief.NumberPatch{Keywords: wirechief.Set([]wirechief.Keyword{{Words: []string{"x"}, Enabled: true}})}, "replies.keywords.message"},
		"too many":       {wirechief.NumberPatch{Keywords: wirechief.Set(make([]wirechief.Keyword, 51))}, "replies.keywords"},
		"missed call":    {wirechief.NumberPatch{MissedReply: wirechief.Set(wirechief.Reply{Enabled: true})}, "replies.missed_call"},
		"window":         {wirechief.NumberPatch{ReplyWindow: wirechief.Set(721 * time.Hour)}, "replies.window"},
		"no window":      {wirechief.NumberPatch{ReplyWindow: wirechief.Set(time.Nanosecond)}, "replies.window"},
		"before now":     {wirechief.NumberPatch{ReplyWindow: wirechief.Set(-time.Hour)}, "replies.window"},
		"after":          {wirechief.NumberPatch{FallbackAfter: wirechief.Set(13)}, "fallback_after"},
		"console":        {wirechief.NumberPatch{Fallback: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindConsole, Destination: "x"}})}, "fallback.type"},
		"no mail":        {wirechief.NumberPatch{Fallback: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindEmail, Destination: "x"}})}, "fallback.destination"},
		"no zone":        {wirechief.NumberPatch{Fallback: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindEmail, Destination: "x@a.test", Timezone: "Moon"}})}, "fallback.timezone"},
		"itself":         {wirechief.NumberPatch{Fallback: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: desk}})}, "fallback.destination"},
		"another sender": {wirechief.NumberPatch{Fallback: wirechief.Set([]wirechief.Forward{{Type: wirechief.KindSMS, Destination: other, Sender: "+13105550000"}})}, "forwards.sender"},
	} {
		_, err := w.ConfigureNumber(t.Context(), acme, desk, func(wirechief.Number) (wirechief.NumberPatch, error) { return tt.p, nil })
		e, ok := errors.AsType[*wirechief.Error](err)
		if !ok || e.Kind != wirechief.Invalid || e.Field != tt.field {
			t.Errorf("%s: %+v, want the field %s", name, err, tt.field)
		}
	}
	w.configure(wirechief.NumberPatch{Keywords: wirechief.Set(word("yes"))}) // an opt-in for who is out only
}

// The keys of a state file for what is above; applied again, nothing changes.
func TestRepliesInAStateFile(t *testing.T) {
	w := newWorld(t)
	const file = `
tenants:
  - id: acme
    numbers:
      - number: "+13109060901"
        fallback_after: 2
        fallback: [{type: http, destination: "http://b.test/"}, {type: sms, destination: "+13105551299", enabled: false, prefix: "! "}]
        replies:
          missed_call: {enabled: true, message: sorry}
          keywords: [{words: [hours, Zeiten], message: 9 to 5}, {words: [price], message: free, enabled: false}]
          window: 1h
`
	w.apply(file)
	n, err := w.Number(t.Context(), acme, desk)
	if err != nil || n.FallbackAfter != 2 || len(n.Fallback) != 2 || !n.Fallback[0].Enabled || n.Fallback[1].Enabled || n.Fallback[1].Prefix != "! " ||
		n.Replies.MissedCall.Message != "sorry" || len(n.Replies.Keywords) != 2 || !n.Replies.Keywords[0].Enabled || n.Replies.Keywords[1].Enabled || n.Replies.Window != time.Hour {
		t.Errorf("%+v %v", n, err)
	}
	f, err := state.Parse("state.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if changes, err := w.Apply(t.Context(), f, true); err != nil || len(changes) != 0 {
		t.Errorf("applied again it changes %v %v", changes, err)
	}
	w.apply(`tenants: [{id: acme, numbers: [{number: "+13109060901", fallback: [], replies: {keywords: []}}]}]`)
	if n, err := w.Number(t.Context(), acme, desk); err != nil || len(n.Fallback) != 0 || len(n.Replies.Keywords) != 0 || n.Replies.Window != time.Hour {
		t.Errorf("%+v %v", n, err)
	}
}
