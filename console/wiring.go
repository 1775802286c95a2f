package console

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
)

// wiring is what a number does, as a drawing: what comes in, the number, and
// each destination in the order of evaluation.
type wiring struct {
	Number string
	In     []wireIn
	Out    []wire
	Height int // of the drawing, in its own units
}

// Half is the middle of the drawing.
func (w wiring) Half() int { return w.Height / 2 }

// wireIn is a kind of traffic that may come in.
type wireIn struct {
	Name string
	On   bool
	Y    int
}

// wire is one destination.
type wire struct {
	ID      string // of its element, the same as long as the destination is
	Kind    string
	Icon    string
	Title   string // the destination
	Text    string // how, in words
	On      bool
	State   string // of the last delivery: delivered, pending, exhausted, paused; "": none lately
	Last    *deliveryView
	Edit    string // address of its form; "": it has none
	Forward *wirechief.Forward
	Y       int
}

// Tone is the colour of the wire.
func (w wire) Tone() string {
	if !w.On {
		return "off"
	}
	return toneOf(w.State)
}

// wireGap is the room for one destination.
const wireGap = 84

// recentMost is how far back a wire's last delivery is looked for.
const recentMost = 300

func (c *Console) wiringOf(ctx context.Context, p wirechief.Principal, n *wirechief.Number) (wiring, error) {
	w := wiring{Number: n.Number}
	add := func(o wire) {
		o.ID = fmt.Sprintf("wire-%d", len(w.Out))
		w.Out = append(w.Out, o)
	}
	if hook, err := c.Exchange.Webhook(ctx, p.Tenant, n.Webhook); n.Webhook != "" && err == nil {
		add(wire{Kind: string(wirechief.KindWebhook), Icon: "webhook", Title: hook.URL, Text: "Webhook " + hook.Name, On: true, Edit: "/webhooks/" + pathOf(hook.Name)})
	}
	for i := range n.Forwards {
		f := &n.Forwards[i]
		add(forwardWire(n.Number, f))
	}
	for i := range n.Fallback {
		f := n.Fallback[i]
		o := forwardWire(n.Number, &f)
		o.Text = join(", ", fmt.Sprintf("Fallback %d, after %d failed tries", i+1, cmp.Or(n.FallbackAfter, 3)), o.Text)
		o.Edit, o.Forward = "/numbers/"+n.Number+"#fallback", nil
		add(o)
	}
	for _, r := range []struct {
		name string
		wirechief.Reply
	}{
		{"when nobody is on line", n.Replies.AgentsOffline},
		{"when somebody is on line", n.Replies.AgentsOnline},
		{"after a missed call", n.Replies.MissedCall},
	} {
		if r.Enabled {
			add(wire{Kind: "reply", Icon: "reply", Title: "Automatic reply " + r.name, Text: cut(r.Message, 80), On: true, Edit: "/numbers/" + n.Number + "#replies"})
		}
	}
	for _, k := range n.Replies.Keywords {
		if k.Enabled {
			add(wire{Kind: "reply", Icon: "reply", Title: "Answer to " + strings.Join(k.Words, ", "), Text: cut(k.Message, 80), On: true, Edit: "/numbers/" + n.Number + "#keywords"})
		}
	}
	if n.Capabilities.Voice {
		switch {
		case n.Voice.Route == wirechief.RouteFlow && n.Voice.Flow != "":
			add(wire{Kind: "voice", Icon: "flow", Title: "Flow " + n.Voice.Flow, Text: "Calls go through it", On: n.Enabled.Voice, Edit: "/numbers/" + n.Number + "#voice"})
		case n.Voice.Endpoint != "":
			add(wire{Kind: "voice", Icon: "call", Title: n.Voice.Endpoint, Text: "Calls ring there", On: n.Enabled.Voice, Edit: "/numbers/" + n.Number + "#voice"})
		}
		for _, f := range n.Voice.Forwards {
			add(wire{Kind: "voice", Icon: "call", Title: f.Destination, Text: "Calls are forwarded", On: f.Enabled, Edit: "/numbers/" + n.Number + "#voice"})
		}
		if n.Voice.Failover != "" {
			add(wire{Kind: "voice", Icon: "call", Title: n.Voice.Failover, Text: "Failover of calls", On: true, Edit: "/numbers/" + n.Number + "#voice"})
		}
	}
	ins := []wireIn{{Name: "SMS", On: n.Enabled.SMS}, {Name: "MMS", On: n.Enabled.MMS}, {Name: "Calls", On: n.Enabled.Voice}}
	w.Height = max(wireGap*len(w.Out), 3*64, 192)
	for i := range ins {
		ins[i].Y = w.Height * (2*i + 1) / (2 * len(ins))
	}
	for i := range w.Out {
		w.Out[i].Y = w.Height * (2*i + 1) / (2 * len(w.Out))
	}
	w.In = ins
	if err := c.lightUp(ctx, p, &w); err != nil {
		return w, err
	}
	if !p.May(wirechief.RightNumbers) { // there is nothing to edit, and the addresses of the forms have the destinations
		for i := range w.Out {
			o := &w.Out[i]
			o.Title, o.Edit, o.Forward = shownURL(o.Title), "", nil
		}
	}
	return w, nil
}

func forwardWire(number string, f *wirechief.Forward) wire {
	w := wire{
		Kind: string(f.Type), Title: f.Destination, On: f.Enabled, Forward: f,
		Edit: "/numbers/" + number + "?edit=" + pathOf(string(f.Type)+" "+f.Destination) + "#forward",
	}
	switch f.Type {
	case wirechief.KindHTTP:
		w.Icon, w.Text = "web", join(", ", cmp.Or(f.Method, "POST"), cmp.Or(f.Encoding, "form"), "as "+dialectName(cmp.Or(f.Format, wirechief.DialectMessage2Give)))
	case wirechief.KindEmail:
		history := wirechief.HistoryDefault
		if f.History != nil {
			history = *f.History
		}
		w.Icon, w.Text = "mail", fmt.Sprintf("Mail, with %s before it, %s", plural(history, "message", "messages"), cmp.Or(f.Timezone, "UTC"))
	case wirechief.KindSMS:
		w.Icon, w.Text = "handset", join(", ", "Text", quotedIf("before it ", f.Prefix), quotedIf("after it ", f.Suffix))
	case wirechief.KindConsole:
		w.Icon, w.Text = "inbox", "The inbox of this console"
	}
	return w
}

func quotedIf(before, s string) string {
	if s == "" {
		return ""
	}
	return before + strconv.Quote(s)
}

// cut shortens a text for a line.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// lightUp gives each wire its last delivery, as far as it is not long ago.
func (c *Console) lightUp(ctx context.Context, p wirechief.Principal, w *wiring) error {
	if !slices.ContainsFunc(w.Out, func(o wire) bool { return o.Kind != "voice" }) {
		return nil
	}
	list, err := c.Exchange.Deliveries(ctx, p, wirechief.DeliveryFilter{Tenant: p.Tenant, Limit: recentMost})
	if err != nil {
		return err
	}
	for i := range w.Out {
		o := &w.Out[i]
		for _, d := range list {
			if string(d.Kind) == o.Kind && d.Destination == o.Title {
				view := viewOfDelivery(deliveryFor(p, d))
				o.Last, o.State = &view, view.State()
				break
			}
		}
		if o.On && o.Kind != "voice" && o.Kind != "reply" &&
			c.Exchange.DestinationPaused(wirechief.Lane{Tenant: p.Tenant, Kind: wirechief.DeliveryKind(o.Kind), Destination: o.Title}) {
			o.State = "paused"
		}
	}
	return nil
}

// liveWires lights the wires of a number as deliveries are tried.
func (c *Console) liveWires(ctx context.Context, tenant, number string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Delivery && (e.Topic != feed.Number || e.Key != number) {
		return nil, nil
	}
	p := watcherIn(ctx, tenant)
	n, err := c.Exchange.Number(ctx, p, number)
	if err != nil {
		return nil, err
	}
	w, err := c.wiringOf(ctx, p, &n)
	if err != nil {
		return nil, err
	}
	return c.part("wiring", w)
}

// hours reads a number of hours, as "12" or "0.5"; empty is 0.
func hours(s, field string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	h, err := strconv.ParseFloat(s, 64)
	if err != nil || h < 0 || h > 1e6 {
		return 0, wirechief.InvalidField(field, "%q is not a number of hours", s)
	}
	return time.Duration(h * float64(time.Hour)), nil
}

// Shown is a number as one of the APIs gives it.
type Shown struct{ ID, Name, Call, JSON string }

func (c *Console) shownAs(v *visit, n *wirechief.Number) []Shown {
	if c.Show == nil {
		return nil
	}
	list := c.Show(v.ctx(), v.p, n.Number)
	if !v.may(wirechief.RightNumbers) {
		for i := range list {
			list[i].JSON = shownURLs(list[i].JSON)
		}
	}
	return list
}
