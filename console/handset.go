package console

import (
	"context"
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/feed"
)

func handsetRoutes() []route {
	return []route{
		{pattern: "POST /handset", right: wirechief.RightReply, serve: (*Console).handset},
	}
}

// handsetNumber is the handset that the demo plays.
const handsetNumber = "+13105551212"

// phone is the handset in the corner of the demo.
type phone struct {
	Number string // its own
	Texts  []phoneText
}

type phoneText struct {
	ID   int64
	Own  bool
	With string
	Text string
}

// Phone is the handset in the corner, for templates.
func (p *Page) Phone() (*phone, error) { return p.phone() }

// Lines are the numbers that the handset may text, for templates.
func (p *Page) Lines() []wirechief.Number { return p.lines() }

func (c *Console) phoneOf(ctx context.Context, p wirechief.Principal) (*phone, error) {
	const most = 6
	list, err := c.Exchange.Messages(ctx, p, wirechief.MessageFilter{Tenant: p.Tenant, Number: handsetNumber, Limit: most})
	if err != nil {
		return nil, err
	}
	out := &phone{Number: handsetNumber}
	for _, m := range slices.Backward(list) {
		if m.Direction == wirechief.Outward && m.Status != wirechief.StatusDelivered && m.Status != wirechief.StatusSubmitted {
			continue // it has not arrived
		}
		t := phoneText{ID: m.ID, Own: m.Direction == wirechief.Inward, With: m.From, Text: m.Text}
		if t.Own {
			t.With = m.To
		}
		out.Texts = append(out.Texts, t)
	}
	return out, nil
}

// handset plays a handset that texts one of our numbers.
func (c *Console) handset(v *visit) error {
	if !c.Demo {
		return wirechief.Errorf(wirechief.NotOffered, "handsets are played in the demo only")
	}
	to, text := v.value("line"), v.text("say")
	if !e164.IsNumber(to) || text == "" {
		return wirechief.InvalidField("say", "write a text and choose a number")
	}
	if err := c.Exchange.SimulateText(v.ctx(), v.p, handsetNumber, to, text); err != nil {
		return err
	}
	if v.isFragment() {
		v.w.WriteHeader(204)
		v.done = true
		return nil
	}
	return v.back("/inbox")
}

// liveHandset shows what has reached the handset.
func (c *Console) liveHandset(ctx context.Context, tenant, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Message || e.Message == nil || e.Message.From != handsetNumber && e.Message.To != handsetNumber {
		return nil, nil
	}
	p, err := c.phoneOf(ctx, viewerOf(tenant))
	if err != nil {
		return nil, err
	}
	return c.part("screen", p)
}
