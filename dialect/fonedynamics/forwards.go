package fonedynamics

import (
	"cmp"
	"slices"

	"github.com/wirechief/wirechief"
)

// Words of the exchange for whom a forwarded text is from.
const (
	senderOwn      = "own"
	senderOriginal = "original"
)

// methodPost is how a webhook is called that does not say (docs/dialects/fonedynamics.md).
const methodPost = "POST"

func orPost(method string) string { return cmp.Or(method, methodPost) }

// The vendor has one forward of each kind where a number has many: the first
// enabled one of the kind is the one that is shown, changed and removed here.

// showForwards fills in the forwards of a number.
func showForwards(n *wirechief.Number, out *number) {
	if i := shown(n.Forwards, wirechief.KindSMS); i >= 0 {
		out.SendSMSTo = n.Forwards[i].Destination
		switch sender := n.Forwards[i].Sender; sender {
		case senderOriginal: // is how an empty SendSmsFrom is kept
		case "", senderOwn:
			out.SendSMSFrom = n.Number
		default:
			out.SendSMSFrom = sender
		}
	}
	if i := shown(n.Forwards, wirechief.KindEmail); i >= 0 {
		out.SendEmailTo, out.SendEmailFrom = n.Forwards[i].Destination, n.Forwards[i].Sender
	}
	if i := shown(n.Forwards, wirechief.KindHTTP); i >= 0 {
		out.WebHookURL, out.WebHookMethod = n.Forwards[i].Destination, orPost(n.Forwards[i].Method)
	}
}

// forwards gives the forwards as they will be, and whether they change.
func (s *settings) forwards(n *wirechief.Number) (list []wirechief.Forward, change bool) {
	list = slices.Clone(n.Forwards)
	for _, e := range []edit{
		{s.smsTo, s.smsFrom, wirechief.Forward{Type: wirechief.KindSMS, Sender: senderOriginal}, func(f *wirechief.Forward, from string, given bool) {
			switch {
			case !given:
			case from == "":
				f.Sender = senderOriginal
			case from == n.Number:
				f.Sender = senderOwn
			default:
				f.Sender = from
			}
		}},
		{s.mailTo, s.mailFrom, wirechief.Forward{Type: wirechief.KindEmail}, func(f *wirechief.Forward, from string, given bool) {
			if given {
				f.Sender = from
			}
		}},
		{s.hook, s.hookMethod, wirechief.Forward{Type: wirechief.KindHTTP, Method: methodPost}, func(f *wirechief.Forward, method string, given bool) {
			if given {
				f.Method = orPost(method)
				f.Set = slices.DeleteFunc(slices.Clone(f.Set), func(name string) bool { return name == "method" })
				if method != "" {
					f.Set = append(f.Set, "method")
				}
			}
			f.Format, f.Encoding = wirechief.DialectFoneDynamics, "form" // who writes it says how it is called
		}},
	} {
		if !e.to.IsLeave() || !e.how.IsLeave() {
			list, change = e.apply(list), true
		}
	}
	return list, change
}

// edit is a change of the forward of one kind that is shown.
type edit struct {
	to, how wirechief.Patch[string]
	fresh   wirechief.Forward
	set     func(f *wirechief.Forward, how string, given bool)
}

func (e *edit) apply(list []wirechief.Forward) []wirechief.Forward {
	to, given := e.to.Value()
	at := shown(list, e.fresh.Type)
	switch {
	case given && to == "" && at >= 0:
		return slices.Delete(list, at, at+1)
	case at < 0 && to == "":
		return list
	}
	twin := slices.IndexFunc(list, func(f wirechief.Forward) bool { return f.Type == e.fresh.Type && f.Destination == to })
	switch {
	case at >= 0 && given && twin != at:
		list[at].Destination = to
		if twin >= 0 { // another one to the same destination is one too many
			list = slices.Delete(list, twin, twin+1)
			if twin < at {
				at--
			}
		}
	case at >= 0:
	case twin >= 0:
		at = twin
	default:
		e.fresh.Destination = to
		list, at = append(list, e.fresh), len(list)
	}
	list[at].Enabled = true
	how, given := e.how.Value()
	e.set(&list[at], how, given)
	return list
}

// receipts changes the hook that is told of receipts.
func (s *settings) receipts(old wirechief.Hook) wirechief.Patch[wirechief.Hook] {
	url, given := s.receiptHook.Value()
	method, how := s.receiptMethod.Value()
	switch {
	case given && url == "":
		return wirechief.Clear[wirechief.Hook]()
	case !given && (!how || old.URL == ""):
		return wirechief.Patch[wirechief.Hook]{}
	case !given:
		url = old.URL
	}
	if !how {
		method = old.Method
	}
	return wirechief.Set(wirechief.Hook{URL: url, Method: orPost(method), Format: wirechief.DialectFoneDynamics})
}
