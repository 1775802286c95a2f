package exchange

import (
	"context"

	"github.com/wirechief/wirechief"
)

// TestSender is whom a test text is from: a name, so that nothing answers it by
// itself, and everybody sees what it is.
const TestSender = "Wirechief"

// TestNumber sends a marked text down the wires of a number, as if a handset
// had sent it: it is kept, forwarded and told like any other, but for that it is
// no unread one of the inbox.
func (x *Exchange) TestNumber(ctx context.Context, p wirechief.Principal, number string) error {
	n, err := x.Number(ctx, p, number)
	if err != nil {
		return err
	}
	switch {
	case n.State != wirechief.NumberInService:
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleState, "%s is %s; only a number in service has wires to test", n.Number, n.State)
	case !n.Enabled.SMS:
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleCapability, "texts are switched off for %s", n.Number)
	}
	now := x.Now().UTC()
	if err := x.Inbound(ctx, wirechief.Inbound{
		Carrier: n.Carrier, From: TestSender, To: n.Number, At: now,
		Text: "Test of the wires of " + n.Number + " at " + now.Format("15:04:05 UTC"), Raw: "a test, asked for by " + x.by(p),
	}); err != nil {
		return err
	}
	return x.readTest(ctx, &n)
}

// readTest marks the test texts of a number as read: nobody waits for an answer,
// and whoever asked for the test knows of it.
func (x *Exchange) readTest(ctx context.Context, n *wirechief.Number) error {
	c, err := x.Store.ConversationBetween(ctx, n.Tenant, n.Number, TestSender)
	if wirechief.KindOf(err) == wirechief.NotFound {
		return nil // the sender of tests is blocked, so there is none
	}
	if err != nil {
		return err
	}
	results, err := x.Store.Apply(ctx, wirechief.ChangeConversation{Key: c.ConversationKey, Read: &c.Last})
	if err == nil {
		err = results[0].Err
	}
	return err
}

// TestWebhook tells a named webhook of a text that nobody sent, and gives the
// delivery, which is kept, tried and shown like any other.
func (x *Exchange) TestWebhook(ctx context.Context, p wirechief.Principal, name string) (*wirechief.Delivery, error) {
	w, err := x.Webhook(ctx, p.Tenant, name)
	if err != nil {
		return nil, err
	}
	to := "+13105550100" // of those that nobody has (NANP 555-01XX)
	x.EachNumber(ctx, p, wirechief.NumberFilter{Tenant: p.Tenant, Webhook: name}, func(n *wirechief.Number) bool {
		to = n.Number
		return false
	})
	m := x.sample(p.Tenant, to, "Test of the webhook "+name+" at ")
	return x.tryOut(ctx, webhookListener(&w), wirechief.Notice{Event: wirechief.NoticeInbound, At: m.CreatedAt, Message: m})
}

// sample is a text that nobody sent; the time of the day ends it.
func (x *Exchange) sample(tenant, to, text string) *wirechief.Message {
	now := x.Now().UTC()
	return &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf(tenant)}, Tenant: tenant, Ref: x.IDs.UUID(), Direction: wirechief.Inward,
		From: TestSender, To: to, Text: text + now.Format("15:04:05 UTC"),
		Encoding: "GSM-7", Segments: 1, Status: wirechief.StatusReceived, CreatedAt: now,
	}
}

// tryOut tells a listener of what is only a test.
func (x *Exchange) tryOut(ctx context.Context, l listener, n wirechief.Notice) (*wirechief.Delivery, error) {
	d, err := x.tell(l, n, nil)
	if err != nil {
		return nil, err
	}
	d.Event = "test"
	results, err := x.Store.Apply(ctx, wirechief.Accept{Deliveries: []*wirechief.Delivery{d}})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		return nil, err
	}
	x.Deliver.Add(d)
	return d, nil
}
