package exchange_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// shapes is a world whose deliveries are told in all shapes.
func shapes(o *exchange.Options) {
	o.Formats = map[string]wirechief.Formatter{
		wirechief.DialectBulkVS: plainly{}, wirechief.DialectFoneDynamics: plainly{}, wirechief.DialectMessage2Give: plainly{},
	}
}

// whom lists where a message was told, as on disk: "webhook http://…".
func (w *world) whom(message int64) []string {
	w.t.Helper()
	var out []string
	for _, d := range w.deliveries(message) {
		out = append(out, string(d.Kind)+" "+d.Destination+" "+d.Profile+" "+d.Event)
	}
	slices.Sort(out)
	return out
}

// toldTo fails unless a message is told to just these.
func (w *world) toldTo(message int64, want ...string) {
	w.t.Helper()
	w.eventually("the customer to be told", func() bool { return len(w.engine.about(message)) >= len(want) })
	if got := w.whom(message); !slices.Equal(got, want) {
		w.t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// configure changes the desk's number.
func (w *world) configure(p wirechief.NumberPatch) {
	w.t.Helper()
	if _, err := w.ConfigureNumber(w.t.Context(), acme, desk, func(wirechief.Number) (wirechief.NumberPatch, error) { return p, nil }); err != nil {
		w.t.Fatal(err)
	}
}

// deliver sends a text and has it delivered.
func (w *world) deliver(r wirechief.SendRequest, carrierID string) int64 {
	w.t.Helper()
	id := w.accept(r)[0]
	w.main.next(w.t).answer(done(carrierID))
	w.becomes(id, wirechief.StatusSubmitted)
	w.receipt(carrierID, wirechief.ReceiptDelivered)
	w.becomes(id, wirechief.StatusDelivered)
	return id
}

// What comes in is told to the named webhook and to every forward to a URL that
// is switched on, each in its own shape, and to forwards of other kinds.
func TestForwardsAreTold(t *testing.T) {
	w := newWorld(t, shapes)
	w.configure(wirechief.NumberPatch{PutForwards: []wirechief.Forward{
		{Type: wirechief.KindHTTP, Destination: "http://a.test/1", Enabled: true, Format: wirechief.DialectFoneDynamics},
		{Type: wirechief.KindHTTP, Destination: "http://a.test/2", Enabled: true},
		{Type: wirechief.KindHTTP, Destination: "http://a.test/3", Format: wirechief.DialectFoneDynamics},
		{Type: wirechief.KindEmail, Destination: "a@a.test", Enabled: true},
	}})
	w.inbound(handset, "hello")
	w.toldTo(w.inbox()[0].ID, "email a@a.test email inbound",
		"http http://a.test/1 fonedynamics inbound", "http http://a.test/2 message2give inbound", "webhook http://hooks.test/acme bulkvs inbound")
	// Without a named webhook, too; and each notice is of its own.
	w.configure(wirechief.NumberPatch{Webhook: wirechief.Clear[string]()})
	w.inbound(handset, "again")
	in := w.inbox()[1]
	w.toldTo(in.ID, "email a@a.test email inbound", "http http://a.test/1 fonedynamics inbound", "http http://a.test/2 message2give inbound")
	if d := w.deliveries(in.ID); d[0].ID == d[1].ID {
		t.Error("two deliveries have one id")
	}
}

// A formatter knows whose forward it writes for.
func TestANoticeKnowsItsForward(t *testing.T) {
	var got []wirechief.Notice
	w := newWorld(t, shapes, func(o *exchange.Options) {
		o.Formats[wirechief.DialectMessage2Give] = formatter(func(n wirechief.Notice) (wirechief.Payload, error) {
			got = append(got, n)
			return wirechief.Payload{Method: "POST", Chunked: !n.Forward.Length, Body: []byte("x")}, nil
		})
	})
	w.configure(wirechief.NumberPatch{PutForwards: []wirechief.Forward{
		{Type: wirechief.KindHTTP, Destination: "http://a.test/1", Enabled: true, Length: true},
		{Type: wirechief.KindHTTP, Destination: "http://a.test/2", Enabled: true},
	}})
	w.inbound(handset, "hello")
	if len(got) != 2 || got[0].Number == nil || got[0].Number.Number != desk || got[0].Webhook != nil || got[0].Hook != nil || got[0].ID == got[1].ID ||
		got[0].Forward.Destination != "http://a.test/1" || got[1].Forward.Destination != "http://a.test/2" {
		t.Fatalf("%+v", got)
	}
	for _, d := range w.deliveries(w.inbox()[0].ID) {
		if d.Kind == wirechief.KindHTTP && d.Chunked != (d.Destination == "http://a.test/2") {
			t.Errorf("%s: chunked %t", d.Destination, d.Chunked)
		}
	}
}

// Who a forward or a hook tells can be paused before there was anything to tell.
func TestAForwardIsPaused(t *testing.T) {
	w := newWorld(t, shapes)
	w.configure(wirechief.NumberPatch{
		PutForwards: []wirechief.Forward{{Type: wirechief.KindHTTP, Destination: "http://a.test/1", Enabled: true}},
		Receipts:    wirechief.Set(wirechief.Hook{URL: "http://r.test/number"}),
	})
	for _, tt := range []struct{ destination, err string }{{"http://a.test/1", ""}, {"http://r.test/number", ""}, {"http://a.test/2", "destination"}} {
		err := w.PauseDestination(t.Context(), acme, wirechief.Lane{Tenant: "acme", Kind: wirechief.KindHTTP, Destination: tt.destination}, true)
		if tt.err != "" {
			wantError(t, err, wirechief.NotFound, "", tt.err)
		} else if err != nil {
			t.Error(err)
		}
	}
	w.inbound(handset, "hello")
	for _, d := range w.deliveries(w.inbox()[0].ID) {
		if (d.Status == wirechief.DeliveryPaused) != (d.Kind == wirechief.KindHTTP) {
			t.Errorf("%s is %s", d.Destination, d.Status)
		}
	}
}

// One shape that fails hinders no other.
func TestAShapeThatIsMissing(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{PutForwards: []wirechief.Forward{{Type: wirechief.KindHTTP, Destination: "http://a.test/1", Enabled: true}}})
	w.inbound(handset, "hello")
	w.toldTo(w.inbox()[0].ID, "webhook http://hooks.test/acme bulkvs inbound")
}

// How a text ended is told to the named webhook, and to the text's own hook or,
// where it has none, to the number's; to no hook where that is not wanted.
func TestReceiptHooks(t *testing.T) {
	w := newWorld(t, shapes)
	w.configure(wirechief.NumberPatch{Receipts: wirechief.Set(wirechief.Hook{URL: "http://r.test/number", Format: wirechief.DialectFoneDynamics})})
	const webhook, number, own = "webhook http://hooks.test/acme bulkvs receipt", "http http://r.test/number fonedynamics receipt", "http http://r.test/own fonedynamics receipt"
	for i, tt := range []struct {
		options *wirechief.MessageOptions
		want    []string
	}{
		{nil, []string{number, webhook}},
		{&wirechief.MessageOptions{Receipt: wirechief.Hook{URL: "http://r.test/own", Method: "GET"}}, []string{own, webhook}},
		{&wirechief.MessageOptions{Receipt: wirechief.Hook{URL: "http://r.test/number"}}, []string{number, webhook}},
		{&wirechief.MessageOptions{NoReceipt: true}, []string{webhook}},
	} {
		r := text("hello")
		r.Options = tt.options
		w.toldTo(w.deliver(r, string(rune('a'+i))), tt.want...)
	}
}

// A name has no number, and its own hook all the same.
func TestAReceiptForAName(t *testing.T) {
	w := newWorld(t, shapes)
	r := text("hello", "+447700900123")
	r.From, r.Options = "ACME Shop 1", &wirechief.MessageOptions{Receipt: wirechief.Hook{URL: "http://r.test/own"}}
	id := w.deliver(r, "c1")
	w.toldTo(id, "http http://r.test/own fonedynamics receipt")
	if m := w.message(id); m.From != "ACME Shop 1" || m.Options.Receipt.URL != "http://r.test/own" {
		t.Errorf("%+v", m)
	}
	r.Options = nil
	w.toldTo(w.deliver(r, "c2"))
}

// A text that is withdrawn has ended too.
func TestAReceiptForWhatIsCanceled(t *testing.T) {
	w := newWorld(t, shapes)
	r := text("hello")
	r.At, r.Options = t0.Add(3600e9), &wirechief.MessageOptions{Receipt: wirechief.Hook{URL: "http://r.test/own"}}
	id := w.accept(r)[0]
	if _, err := w.CancelMessage(t.Context(), acme, id); err != nil {
		t.Fatal(err)
	}
	w.toldTo(id, "http http://r.test/own fonedynamics receipt", "webhook http://hooks.test/acme bulkvs receipt")
}

// Options are judged before anything is kept.
func TestOptionsAreJudged(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Guard = wary{} })
	for _, tt := range []struct {
		field string
		o     wirechief.MessageOptions
	}{
		{"options.external_id", wirechief.MessageOptions{ExternalID: strings.Repeat("x", 256)}},
		{"options.external_id", wirechief.MessageOptions{ExternalID: "a\x00"}},
		{"options.receipt.url", wirechief.MessageOptions{Receipt: wirechief.Hook{URL: "http://forbidden.test/"}}},
		{"options.receipt.url", wirechief.MessageOptions{NoReceipt: true, Receipt: wirechief.Hook{URL: "http://a.test/"}}},
		{"options.receipt.method", wirechief.MessageOptions{Receipt: wirechief.Hook{URL: "http://a.test/", Method: "PUT"}}},
		{"options.reply.url", wirechief.MessageOptions{Reply: wirechief.Hook{URL: "http://forbidden.test/"}}},
		{"options.reply.method", wirechief.MessageOptions{Reply: wirechief.Hook{Method: "get"}}},
		{"options.reply_sms.to", wirechief.MessageOptions{ReplySMS: wirechief.ReplyForward{To: "0310"}}},
		{"options.reply_sms.from", wirechief.MessageOptions{ReplySMS: wirechief.ReplyForward{From: "far too long a name"}}},
		{"options.reply_sms.from", wirechief.MessageOptions{ReplySMS: wirechief.ReplyForward{To: "+13105551277", From: "+13105550100"}}},
		{"options.reply_sms.to", wirechief.MessageOptions{ReplySMS: wirechief.ReplyForward{To: desk}}},
		{"options.reply_mail.to", wirechief.MessageOptions{ReplyMail: wirechief.ReplyForward{To: "nobody"}}},
		{"options.reply_mail.from", wirechief.MessageOptions{ReplyMail: wirechief.ReplyForward{From: "a b@c.test"}}},
	} {
		r := text("hello")
		r.Options = &tt.o
		_, err := w.Send(t.Context(), r)
		rule := wirechief.RuleNone
		if strings.Contains(tt.o.Receipt.URL+tt.o.Reply.URL, "forbidden") {
			rule = wirechief.RuleEgress
		}
		if tt.o.ReplySMS.To == desk {
			rule = wirechief.RuleLoop
		}
		wantError(t, err, wirechief.Invalid, rule, tt.field)
	}
	if n := w.count(); n != 0 {
		t.Errorf("%d messages were kept", n)
	}
}

// wary forbids what is called forbidden.
type wary struct{}

func (wary) Check(_ context.Context, url string) error {
	if strings.Contains(url, "forbidden") {
		return wirechief.Refuse(wirechief.Invalid, wirechief.RuleEgress, "the address is forbidden")
	}
	return nil
}
