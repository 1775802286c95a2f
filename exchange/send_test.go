package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
)

// rule is one reason to refuse a whole request. The rules stand in the order in
// which they are judged (docs/dialects/bulkvs.md): properties, sender,
// service and funds, registration, what no recipient can have, the queue.
type rule struct {
	name  string
	spoil func(r *wirechief.SendRequest) // breaks the rule
	given func(w *world)                 // what has to be so before
	kind  wirechief.Kind
	rule  wirechief.Rule
	field string
}

func rules() []rule {
	from := func(number string) func(*wirechief.SendRequest) {
		return func(r *wirechief.SendRequest) { r.From = number }
	}
	return []rule{
		{"a key that is too long", func(r *wirechief.SendRequest) { r.Key = strings.Repeat("é", 256) }, nil, wirechief.Invalid, "", "key"},
		{"no recipient", func(r *wirechief.SendRequest) { r.To = nil }, nil, wirechief.Invalid, "", "to"},
		{"too many recipients", func(r *wirechief.SendRequest) { r.To = numbers(exchange.MaxRecipients + 1) }, nil, wirechief.Invalid, "", "to"},
		{"neither text nor media", func(r *wirechief.SendRequest) { r.Text = "" }, nil, wirechief.Invalid, "", "text"},
		{"a NUL", func(r *wirechief.SendRequest) { r.Text = "a\x00b" }, nil, wirechief.Invalid, "", "text"},
		{"invalid UTF-8", func(r *wirechief.SendRequest) { r.Text = "a\xffb" }, nil, wirechief.Invalid, "", "text"},
		{"too many media", func(r *wirechief.SendRequest) {
			r.Media = slices.Repeat([]string{"http://a.test/1.png"}, exchange.MaxMedia+1)
		}, nil, wirechief.Invalid, "", "media"},
		{"a long text beside media", func(r *wirechief.SendRequest) {
			r.Media, r.Text = []string{"http://a.test/1.png"}, strings.Repeat("é", exchange.MaxMMSText+1)
		}, nil, wirechief.Invalid, wirechief.RuleTooLong, "text"},
		{"a negative validity", func(r *wirechief.SendRequest) { r.Validity = -1 }, nil, wirechief.Invalid, "", "validity"},
		{"more than a year ahead", func(r *wirechief.SendRequest) { r.At = t0.Add(367 * 24 * time.Hour) }, nil, wirechief.Invalid, "", "at"},
		{"eleven segments of GSM-7", func(r *wirechief.SendRequest) { r.Text = strings.Repeat("a", 1531) }, nil, wirechief.Invalid, wirechief.RuleTooLong, "text"},
		{"eleven segments of UCS-2", func(r *wirechief.SendRequest) { r.Text = strings.Repeat("ж", 671) }, nil, wirechief.Invalid, wirechief.RuleTooLong, "text"},

		{"an unknown tenant", func(r *wirechief.SendRequest) { r.Tenant = "nobody" }, nil, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"an unknown number", from("+13105550000"), nil, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"another tenant's number", from("+12125550100"), nil, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"a number that was released", nil, func(w *world) {
			w.apply(`tenants: [{id: acme, numbers: [{number: "+13109060901", absent: true}]}]`)
		}, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"a number without SMS", from("+13109060903"), nil, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"a number without MMS", func(r *wirechief.SendRequest) {
			r.From, r.Media = "+13109060902", []string{"http://a.test/1.png"}
		}, nil, wirechief.NotFound, wirechief.RuleSender, "from"},

		{
			"messaging switched off", nil, func(w *world) { w.apply(`tenants: [{id: acme, messaging: false}]`) },
			wirechief.Forbidden, wirechief.RuleMessaging, "",
		},
		{
			"no money", nil, func(w *world) {
				w.apply(`tenants: [{id: acme, balance: "0.003", rates: {sms_segment: "0.004", mms: "0.02"}}]`)
			},
			wirechief.Forbidden, wirechief.RuleFunds, "",
		},

		{"a toll-free number without verification", from("+18005550101"), nil, wirechief.Conflict, wirechief.RuleTollFree, "from"},
		{"a toll-free number whose verification was rejected", from("+18005550102"), nil, wirechief.Conflict, wirechief.RuleTollFree, "from"},
		{"a long code without a campaign", from("+13109060904"), nil, wirechief.Conflict, wirechief.RuleCampaign, "from"},
		{"a campaign that is not approved", from("+13109060905"), nil, wirechief.Conflict, wirechief.RuleCampaign, "from"},

		{"media that no carrier can take", func(r *wirechief.SendRequest) { r.Media = []string{"http://a.test/1.png"} }, func(w *world) {
			w.change = append(w.change, textsOnly)
			w.restart()
		}, wirechief.Forbidden, wirechief.RuleMediaCarrier, ""},
		{"a queue that is full", nil, func(w *world) {
			w.main.setRoom(0)
			w.spare.setRoom(0)
			for range 3 {
				w.send("waits")
			}
		}, wirechief.Exhausted, wirechief.RuleBacklog, ""},
	}
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("+1310555%04d", i)
	}
	return out
}

func smallBacklog(o *exchange.Options) { o.Backlog = 3 }

// textsOnly takes the pictures from all carriers.
func textsOnly(o *exchange.Options) {
	for _, c := range o.Carriers {
		c.(*wire).able = carrier.SMS
	}
}

// Every rule that refuses a whole request: its kind, its name, and what it is
// about. Nothing of a refused request is kept.
func TestWhatIsRefused(t *testing.T) {
	for _, tt := range rules() {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, smallBacklog)
			if tt.given != nil {
				tt.given(w)
			}
			before := w.count()
			r := text("hello")
			if tt.spoil != nil {
				tt.spoil(&r)
			}
			_, err := w.Send(t.Context(), r)
			wantError(t, err, tt.kind, tt.rule, tt.field)
			if e, _ := errors.AsType[*wirechief.Error](err); e.Op != "send" && e.Kind != wirechief.Unavailable {
				t.Errorf("the operation is called %q", e.Op)
			}
			if after := w.count(); after != before {
				t.Errorf("%d messages were kept", after-before)
			}
		})
	}
}

// count is how many messages there are on disk.
func (w *world) count() int {
	w.t.Helper()
	list, err := w.Messages(w.t.Context(), operator, wirechief.MessageFilter{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

// A request that breaks two rules is refused by the one that comes first.
func TestTheOrderOfTheRules(t *testing.T) {
	all := rules()
	byName := func(name string) rule {
		i := slices.IndexFunc(all, func(r rule) bool { return r.name == name })
		if i < 0 {
			t.Fatalf("there is no rule %q", name)
		}
		return all[i]
	}
	for _, pair := range [][2]string{
		{"no recipient", "an unknown number"},
		{"a NUL", "an unknown number"},
		{"eleven segments of GSM-7", "another tenant's number"},
		{"an unknown number", "messaging switched off"},
		{"a number without SMS", "messaging switched off"},
		{"messaging switched off", "no money"},
		{"messaging switched off", "a long code without a campaign"},
		{"messaging switched off", "a toll-free number without verification"},
		{"no money", "a toll-free number without verification"},
		{"no money", "a long code without a campaign"},
		{"no money", "a campaign that is not approved"},
		{"a long code without a campaign", "a queue that is full"},
	} {
		t.Run(pair[0]+", then "+pair[1], func(t *testing.T) {
			w := newWorld(t, smallBacklog)
			r := text("hello")
			first, second := byName(pair[0]), byName(pair[1])
			for _, b := range []rule{second, first} { // the first has the last word where both set a property
				if b.given != nil {
					b.given(w)
				}
				if b.spoil != nil {
					b.spoil(&r)
				}
			}
			_, err := w.Send(t.Context(), r)
			wantError(t, err, first.kind, first.rule, first.field)
		})
	}
}

// What only just passes.
func TestWhatIsAccepted(t *testing.T) {
	for _, tt := range []struct {
		name     string
		change   func(r *wirechief.SendRequest)
		encoding string
		segments int
	}{
		{"a plain text", func(*wirechief.SendRequest) {}, "GSM-7", 1},
		{"ten segments of GSM-7", func(r *wirechief.SendRequest) { r.Text = strings.Repeat("a", 1530) }, "GSM-7", 10},
		{"ten segments of UCS-2", func(r *wirechief.SendRequest) { r.Text = strings.Repeat("ж", 670) }, "UCS-2", 10},
		{"pictures without a text", func(r *wirechief.SendRequest) {
			r.Text, r.Media = "", slices.Repeat([]string{"http://a.test/1.png"}, exchange.MaxMedia)
		}, "GSM-7", 1},
		{"a long text beside a picture is one message", func(r *wirechief.SendRequest) {
			r.Text, r.Media = strings.Repeat("é", exchange.MaxMMSText), []string{"http://a.test/1.png"}
		}, "GSM-7", 1},
		{"a verified toll-free number needs no campaign", func(r *wirechief.SendRequest) { r.From = "+18005550100" }, "GSM-7", 1},
		{"nor does one abroad", func(r *wirechief.SendRequest) { r.From, r.To = "+447700900100", []string{"+447700900999"} }, "GSM-7", 1},
		{"nor a tenant that says so", func(r *wirechief.SendRequest) { r.Tenant, r.From = "globex", "+12125550100" }, "GSM-7", 1},
		{"a time in the past is now", func(r *wirechief.SendRequest) { r.At = t0.Add(-time.Hour) }, "GSM-7", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			r := text("hello")
			tt.change(&r)
			res, err := w.Send(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if res.Encoding != tt.encoding || res.Segments != tt.segments || res.From != r.From || res.MMS != (len(r.Media) > 0) || res.Ref == "" {
				t.Errorf("answer %+v", res)
			}
			m := w.message(res.Recipients[0].Message)
			if m.Status != wirechief.StatusAccepted || m.Segments != tt.segments || m.Text != r.Text || m.Tenant != r.Tenant {
				t.Errorf("message %+v", m)
			}
		})
	}
}

// Each recipient has a message of its own, in the order of the request. One
// that cannot be sent to has a message too, suppressed, and does not hurt others.
func TestFanOut(t *testing.T) {
	w := newWorld(t)
	w.inbound(other, "STOP")
	res, err := w.Send(t.Context(), text("hello", handset, other, desk, "72345", handset))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		to   string
		kind wirechief.Kind
		rule wirechief.Rule
	}{
		{handset, 0, ""},
		{other, wirechief.Forbidden, wirechief.RuleOptOut},
		{desk, wirechief.Invalid, wirechief.RuleRecipient},
		{"72345", 0, ""},
	} // and the handset that was named twice is there once
	if len(res.Recipients) != len(want) {
		t.Fatalf("%d recipients, want %d: %+v", len(res.Recipients), len(want), res.Recipients)
	}
	for i, r := range res.Recipients {
		if r.To != want[i].to || r.Kind != want[i].kind || r.Rule != want[i].rule || (r.Refusal == "") != (r.Rule == "") {
			t.Errorf("recipient %d: %+v, want %+v", i, r, want[i])
		}
		m := w.message(r.Message)
		if m.Ref != res.Ref || m.To != r.To {
			t.Errorf("message %+v", m)
		}
		if r.Rule != "" {
			w.expect(m.ID, wirechief.StatusSuppressed, "suppressed")
			if m.Events[0].Detail.Rule != r.Rule || m.Queue.Lane != "" {
				t.Errorf("suppressed as %+v", m)
			}
		}
	}
}

// A number that is on no carrier goes where the routes lead, and nowhere else.
func TestNoRoute(t *testing.T) {
	w := newWorld(t)
	r := text("hello", handset, "+4930123456")
	r.From = "+13109060906"
	res, err := w.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Recipients; got[0].Rule != "" || got[1].Rule != wirechief.RuleRoute || got[1].Kind != wirechief.NotOffered {
		t.Errorf("%+v", got)
	}
	r.To = r.To[1:]
	if res, err = w.Send(t.Context(), r); err != nil || res.Recipients[0].Rule != wirechief.RuleRoute {
		t.Errorf("it alone: %+v, %v", res, err)
	}
}

// A short code takes no pictures, whatever the carrier can do.
func TestNoPicturesToShortCodes(t *testing.T) {
	w := newWorld(t)
	r := text("look", handset, "72345")
	r.Media = []string{"http://a.test/1.png"}
	res, err := w.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if res.Recipients[0].Rule != "" || res.Recipients[1].Rule != wirechief.RuleRecipient {
		t.Errorf("%+v", res.Recipients)
	}
}

// Send answers only what is on disk: while the disk takes nothing it refuses
// with Unavailable, and works again by itself.
func TestSendWithoutADisk(t *testing.T) {
	w := newWorld(t)
	w.disk.fail(errors.New("no space left on device"))
	_, err := w.Send(t.Context(), text("lost"))
	wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
	r := text("lost with a key")
	r.Key = "k"
	_, err = w.Send(t.Context(), r)
	wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
	w.disk.fail(nil)
	if n := w.count(); n != 0 {
		t.Fatalf("%d messages were kept", n)
	}
	if res, err := w.Send(t.Context(), r); err != nil || res.Repeated {
		t.Fatalf("the refusal used the key up: %+v, %v", res, err)
	}
	if got := w.main.next(t).Text; got != "lost with a key" {
		t.Errorf("submitted %q", got)
	}
}

// A caller who gives up before the commit has nothing sent in his name.
func TestSendByACallerWhoIsGone(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Send(ctx, text("hello")); err != nil {
		wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
		if n := w.count(); n != 0 {
			t.Errorf("%d messages were kept", n)
		}
	}
}
