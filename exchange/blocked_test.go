package exchange_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// Nothing goes to a blocked contact, whoever sends it: not what is sent now, not
// what a bulk send would send, not what waited for its time when it was blocked.
func TestNothingGoesToTheBlocked(t *testing.T) {
	var on atomic.Bool
	w := newWorld(t, func(o *exchange.Options) {
		o.Blocked = func(tenant, peer string) bool { return on.Load() && tenant == "acme" && peer == handset }
	})
	later := text("later")
	later.At = w.clock.Now().Add(time.Hour)
	waits := w.accept(later)[0]
	on.Store(true)

	const why = "+13105551212 is blocked, so an answer would reach nobody; unblock the contact: Contacts, or wirechief contacts unblock +13105551212"
	r := text("now", handset, other)
	r.Excused = true // of a handset's own word, not of a block
	res, err := w.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if to := res.Recipients[0]; to.Kind != wirechief.Forbidden || to.Rule != wirechief.RuleBlocked || to.Refusal != why {
		t.Errorf("%+v", to)
	}
	if to := res.Recipients[1]; to.Refusal != "" {
		t.Errorf("the other recipient: %+v", to)
	}
	w.main.next(t).answer(done("c1"))
	w.expect(res.Recipients[0].Message, wirechief.StatusSuppressed, "suppressed")

	judge, err := w.PreviewSend(t.Context(), text("many"))
	if err != nil {
		t.Fatal(err)
	}
	if p := judge(handset, "many"); p.Rule != wirechief.RuleBlocked || p.Refusal != why {
		t.Errorf("%+v", p)
	}

	w.advance(time.Hour + time.Minute)
	w.eventually("the text that waited to end", func() bool { return w.message(waits).Status == wirechief.StatusSuppressed })
	w.expect(waits, wirechief.StatusSuppressed, "accepted scheduled routed suppressed")
	events := w.message(waits).Events
	if d := events[len(events)-1].Detail; d.Rule != wirechief.RuleBlocked || d.Because != "while it waited: "+why {
		t.Errorf("%+v", d)
	}
	w.main.none(t)

	on.Store(false)
	if res, err := w.Send(t.Context(), text("again")); err != nil || res.Recipients[0].Refusal != "" {
		t.Errorf("%+v, %v", res, err)
	}
	w.main.next(t).answer(done("c2"))
}
