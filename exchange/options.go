package exchange

import (
	"context"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// judgeOptions looks at what a request asks for beside the text. URLs are
// asked of the guard each time: each text may bring its own.
func (x *Exchange) judgeOptions(ctx context.Context, r *wirechief.SendRequest) *wirechief.Error {
	o := r.Options
	if o == nil {
		return nil
	}
	if err := judgeText("options.external_id", o.ExternalID, maxReference); err != nil {
		return err
	}
	if o.NoReceipt && o.Receipt.URL != "" {
		return wrongSetting("options.receipt.url", "nobody is told of a receipt that is not wanted")
	}
	for _, h := range []struct {
		field string
		wirechief.Hook
	}{{"options.receipt", o.Receipt}, {"options.reply", o.Reply}} {
		if err := judgeText(h.field+".url", h.URL, 2048); err != nil {
			return err
		}
		if err := x.judgeHook(ctx, nil, h.field, h.Hook, false); err != nil {
			return err
		}
	}
	switch to, from := o.ReplySMS.To, o.ReplySMS.From; {
	case to != "" && !e164.IsNumber(to):
		return wrongSetting("options.reply_sms.to", "%q is not a number such as +13105550100", to)
	case from != "" && !e164.IsNumber(from) && !isName(from):
		return wrongSetting("options.reply_sms.from", "%q is neither a number such as +13105550100 nor a name", from)
	case to != "" && to == r.From:
		err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleLoop, "%s would forward to itself", to)
		err.Field = "options.reply_sms.to"
		return err
	case e164.IsNumber(from):
		// As for the forwards of a number: the answer would come from elsewhere.
		if n := x.dir.number(from); n == nil || n.Tenant != r.Tenant || n.State != wirechief.NumberInService {
			return wrongSetting("options.reply_sms.from", "%s is not a number of yours; name one, or a name where names are taken", from)
		}
	}
	switch to, from := o.ReplyMail.To, o.ReplyMail.From; {
	case to != "" && !wirechief.IsMailAddress(to):
		return wrongSetting("options.reply_mail.to", "%q is not a mail address", to)
	case from != "" && !wirechief.IsMailAddress(from):
		return wrongSetting("options.reply_mail.from", "%q is not a mail address", from)
	}
	return nil
}
