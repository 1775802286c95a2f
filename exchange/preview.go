package exchange

import (
	"context"
	"errors"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/routing"
)

// PreviewSend judges what texts to many would have in common: their sender and
// what the request says beside text and recipients, which are not looked at. The
// error is that of [Exchange.Send], only that caps which let the text go later
// and funds, which nobody knows the need of yet, are no matter here.
//
// What it gives judges one text to one recipient, without the store: some
// microseconds, so that a file of many thousands can be shown before anything is
// sent. It is for one goroutine, and soon: what is configured may change.
func (x *Exchange) PreviewSend(ctx context.Context, r wirechief.SendRequest) (func(to, text string) wirechief.Preview, error) {
	const op = "send.preview"
	now := x.Now()
	probe := r
	probe.To, probe.Text = []string{r.From}, "?"
	if _, err := x.judge(&probe, now); err != nil {
		err.Op = op
		return nil, err
	}
	tenant, sender, refusal := x.judgeSender(&r)
	if refusal != nil {
		refusal.Op = op
		return nil, refusal
	}
	if err := x.judgeRegistration(ctx, &probe, tenant, sender, now); err != nil {
		e, ok := errors.AsType[*wirechief.Error](err)
		if !ok || e.Rule != wirechief.RuleTollFreeCap {
			return nil, err
		}
	}
	mms := len(r.Media) > 0
	one := make([]string, 1) // never the caller's own list
	return func(to, text string) wirechief.Preview {
		one[0] = to
		r.To, r.Text = one, text
		a, refusal := x.judge(&r, now)
		out := wirechief.Preview{Encoding: a.Encoding.String(), Segments: a.Segments}
		if a.Offending != 0 {
			out.Character = string(a.Offending)
		}
		if refusal == nil {
			out.Cost = priceOf(&r, tenant, a)
			choice := x.routes.Choose(routing.Query{From: r.From, To: to, Own: sender.Carrier, MMS: mms}, x.condition)
			refusal = x.judgeRecipient(&r, to, mms, choice)
		}
		if refusal != nil {
			out.Rule, out.Refusal = refusal.Rule, refusal.Message
		}
		return out
	}, nil
}
