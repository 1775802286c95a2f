package exchange

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/webhook"
)

// consequences is all that follows from a text that came in. They are part of
// its commit: what is acknowledged to the carrier is also on its way to
// whoever is to have it.
type consequences struct {
	deliveries []*wirechief.Delivery
	events     []wirechief.Event
	entries    []wirechief.Entry
	replied    bool // an automatic reply is among them that counts in the window
	optOuts    []wirechief.OptOut
	undo       func() // forgets what memory noted of it; nil: nothing
	uncount    []func()
}

// revert is for a commit that failed.
func (c *consequences) revert() {
	if c.undo != nil {
		c.undo()
	}
	for _, undo := range c.uncount {
		undo()
	}
}

// commands puts the consequences into the commit of a message that is on disk
// already, but for its events.
func (c *consequences) commands(m *wirechief.Message, now time.Time) []wirechief.Command {
	var out []wirechief.Command
	if len(c.deliveries) > 0 || len(c.optOuts) > 0 {
		out = append(out, wirechief.Accept{Deliveries: c.deliveries, OptOuts: c.optOuts})
	}
	if m.Conversation != 0 && (len(c.entries) > 0 || c.replied) {
		change := wirechief.ChangeConversation{Key: wirechief.ConversationKey{Shard: m.Shard, ID: m.Conversation}, Entries: c.entries}
		if c.replied {
			change.AutoReplyAt = &now
		}
		out = append(out, change)
	}
	return out
}

// arrival says what follows from a text from a handset that is ready to be told
// of: all its pictures are kept or given up. The named webhook of its number
// comes first, then the endpoints of the tenant and the forwards in their order,
// then automatic answers. What
// was asked for with the text that it replies to is in place of what the number
// says of the same kind.
func (x *Exchange) arrival(m *wirechief.Message, now time.Time) (c consequences) {
	n := x.dir.number(m.To)
	if m.Apart || n == nil || n.Tenant != m.Tenant {
		return c
	}
	notice := wirechief.Notice{Event: wirechief.NoticeInbound, At: m.CreatedAt, Message: m}
	if x.Media != nil {
		for _, item := range m.Media {
			if item.Token != "" {
				notice.Media = append(notice.Media, x.Media.Link(item))
			}
		}
	}
	if w := x.dir.webhook(n.Tenant, n.Webhook); w != nil {
		x.tellInto(&c, webhookListener(w), notice, n)
	}
	for _, e := range x.dir.endpointsOf(n.Tenant) {
		if webhook.Wants(e, webhook.Received) {
			x.tellInto(&c, endpointListener(e), notice, n)
		}
	}
	asked := x.replyTo(m)
	if asked.Hook.URL != "" {
		x.tellInto(&c, hookListener(&asked.Hook), notice, n)
	}
	if asked.Mail.To != "" {
		x.mailInto(&c, m, &wirechief.Forward{Type: wirechief.KindEmail, Destination: asked.Mail.To, Sender: asked.Mail.From}, now)
	}
	if asked.SMS.To != "" {
		x.textInto(&c, m, n, &wirechief.Forward{
			Type: wirechief.KindSMS, Destination: asked.SMS.To, Sender: cmp.Or(asked.SMS.From, senderOriginal),
		}, now)
	}
	for i := range n.Forwards {
		f := &n.Forwards[i]
		switch {
		case !f.Enabled:
		case f.Type == wirechief.KindHTTP && asked.Hook.URL == "":
			x.tellInto(&c, forwardListener(f), notice, n)
		case f.Type == wirechief.KindEmail && asked.Mail.To == "":
			x.mailInto(&c, m, f, now)
		case f.Type == wirechief.KindSMS && asked.SMS.To == "":
			x.textInto(&c, m, n, f, now)
		case f.Type == wirechief.KindConsole:
			x.consoleInto(&c, m, f, now)
		}
	}
	x.goneInto(&c, m, n, now)
	x.answerInto(&c, m, n, now)
	return c
}

func (x *Exchange) tellInto(c *consequences, l listener, notice wirechief.Notice, n *wirechief.Number) {
	d, err := x.tell(l, notice, n)
	if err != nil {
		x.unformatted(notice.Message, l, err)
		return
	}
	c.deliveries = append(c.deliveries, d)
}

func (x *Exchange) unformatted(m *wirechief.Message, l listener, err error) {
	x.Log.Error("what a customer is to be told could not be put into its shape", "message", m.ID, "tenant", m.Tenant, "format", l.format, "error", err)
}

func (x *Exchange) mailInto(c *consequences, m *wirechief.Message, f *wirechief.Forward, now time.Time) {
	c.deliveries = append(c.deliveries, x.mailOf(m, f, now))
}

// mailOf plans a mail about a text.
func (x *Exchange) mailOf(m *wirechief.Message, f *wirechief.Forward, now time.Time) *wirechief.Delivery {
	mail := forward.Mail{Message: m.ID, Number: m.To, History: wirechief.HistoryDefault, Timezone: f.Timezone, From: f.Sender}
	if f.History != nil {
		mail.History = *f.History
	}
	return x.planned(m, wirechief.KindEmail, f.Destination, mail, now)
}

func (x *Exchange) consoleInto(c *consequences, m *wirechief.Message, f *wirechief.Forward, now time.Time) {
	c.deliveries = append(c.deliveries, x.planned(m, wirechief.KindConsole, f.Destination, forward.Console{Message: m.ID, Channel: f.Destination}, now))
}

// textInto plans a text about a text, unless it would go round in a circle.
func (x *Exchange) textInto(c *consequences, m *wirechief.Message, n *wirechief.Number, f *wirechief.Forward, now time.Time) {
	because, undo := x.goesRound(m, f.Destination, now)
	if because != "" {
		c.events = append(c.events, wirechief.Event{At: now, Type: wirechief.EventSuppressed, Detail: wirechief.Detail{
			Rule: wirechief.RuleLoop, Kind: string(wirechief.KindSMS), To: f.Destination, Because: because,
		}})
		if f.Destination == m.From {
			return // whoever the forward is for has the text: nothing has failed
		}
		c.entries = append(c.entries, wirechief.Entry{
			ID: x.IDs.Next(), Kind: wirechief.EntryForwardFailed, Text: "sms to " + f.Destination + ": " + because, Message: m.ID, At: now,
		})
		return
	}
	c.uncount = append(c.uncount, undo)
	c.deliveries = append(c.deliveries, x.textOf(m, n, f, now))
}

// Senders of a forwarded text.
const (
	senderOwn      = "own"
	senderOriginal = "original"
)

// textOf plans a text about a text: what came in between prefix and suffix, with
// the pictures.
func (x *Exchange) textOf(m *wirechief.Message, n *wirechief.Number, f *wirechief.Forward, now time.Time) *wirechief.Delivery {
	from, as := x.senderOf(m, n, f)
	text := forward.Text{
		Message: m.ID, From: from, As: as, Text: f.Prefix + inert(withLost(m)) + f.Suffix, Hops: m.Hops + 1,
		Because: fmt.Sprintf("forward of message %d", m.ID), Until: now.Add(x.Validity).Unix(),
	}
	if whole, fits := gsm.Fit(f.Prefix, inert(withLost(m)), f.Suffix, wirechief.MaxSegments); !fits {
		text.Text = whole
		text.Because += ", shortened: with what is put around it, it has more segments than are sent"
	}
	for _, item := range m.Media {
		if item.Token != "" && isPicture(m, item) {
			text.Media = append(text.Media, item.Token)
		}
	}
	return x.planned(m, wirechief.KindSMS, f.Destination, text, now)
}

// inert makes a text fit to be sent: what handsets bring may hold anything.
func inert(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// isPicture says whether a file goes along when its message is forwarded: not
// the layout of an MMS, and not a copy of its text.
func isPicture(m *wirechief.Message, item wirechief.MediaItem) bool {
	return !strings.HasPrefix(item.Type, "application/smil") && !(m.Text != "" && strings.HasPrefix(item.Type, "text/plain"))
}

// senderOf is whom a forwarded text is from, and whom it is to look as if it
// were from. Who sent it stays its sender where the carrier lets us say so;
// everywhere else, and whenever nothing that we may send from is named, it is
// our number: the answer has to come back to us (docs/dialects/message2give.md).
func (x *Exchange) senderOf(m *wirechief.Message, n *wirechief.Number, f *wirechief.Forward) (from, as string) {
	switch sender := f.Sender; {
	case sender == "" || sender == senderOwn:
	case sender == senderOriginal:
		if x.takesAnySender(n, f.Destination) {
			return n.Number, m.From
		}
	case e164.IsNumber(sender):
		if own := x.dir.number(sender); own != nil && own.Tenant == n.Tenant && own.State == wirechief.NumberInService && sender != f.Destination {
			return sender, ""
		}
	case isName(sender) && !takesNoNames([]string{f.Destination}):
		return sender, ""
	}
	return n.Number, ""
}

// takesAnySender says whether a carrier to a destination lets texts be from
// whomever they are from.
func (x *Exchange) takesAnySender(n *wirechief.Number, to string) bool {
	choice := x.routes.Choose(routing.Query{From: n.Number, To: to, Own: n.Carrier}, x.condition)
	return len(x.takingAnySender(choice.Carriers)) > 0
}

// takingAnySender gives those carriers that let texts be from anybody.
func (x *Exchange) takingAnySender(names []string) (out []string) {
	for _, name := range names {
		if x.lanes[name].abilities.Has(carrier.AnySender) {
			out = append(out, name)
		}
	}
	return out
}

// planned makes a delivery of a kind that is not an HTTP request. Its body is
// what its sender composes from.
func (x *Exchange) planned(m *wirechief.Message, kind wirechief.DeliveryKind, to string, body any, now time.Time) *wirechief.Delivery {
	doc, err := json.Marshal(body)
	if err != nil {
		panic(err) // a type of package forward, of texts and numbers
	}
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: m.Shard, ID: x.IDs.Next()},
		Tenant:      m.Tenant, Message: m.ID, Kind: kind, Destination: to, Profile: string(kind), Event: wirechief.NoticeInbound,
		ContentType: "application/json", Body: doc, Status: wirechief.DeliveryPending, CreatedAt: now, NextAt: now.Truncate(time.Microsecond),
	}
	if x.DestinationPaused(d.Lane()) {
		d.Status = wirechief.DeliveryPaused
	}
	return d
}
