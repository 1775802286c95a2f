package kannel_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/gsm"
)

// Kannel's values of %d: what a receipt is about.
const (
	delivered = "1"  // to the phone
	failed    = "2"  // not delivered to the phone
	accepted  = "8"  // by the SMSC: submit_sm_resp
	rejected  = "16" // by the SMSC
)

// call waits for the next call of the kind.
func (g *gateway) call(kind string) url.Values {
	g.Helper()
	select {
	case c := <-g.calls:
		if c.Get("") != kind {
			g.Fatalf("%v was called, want %s", c, kind)
		}
		return c
	case <-time.After(deadline):
		g.Fatalf("%s was not called; %+v", kind, g.smsc.Stats())
	}
	return nil
}

// receipts waits for n receipts on a text, and gives their values in order.
func (g *gateway) receipts(name string, n int) string {
	g.Helper()
	var values []string
	for range n {
		c := g.call("receipt")
		if c.Get("name") != name {
			g.Errorf("a receipt on %q, want %q", c.Get("name"), name)
		}
		values = append(values, c.Get("status"))
	}
	slices.Sort(values) // smsbox calls side by side
	return strings.Join(values, " ")
}

// received gives the last text that the SMSC got.
func (g *gateway) received() carriertest.Received {
	g.Helper()
	all := g.smsc.Received()
	if len(all) == 0 {
		g.Fatal("nothing was received")
	}
	return all[len(all)-1]
}

// TestKannel: texts out with receipts, and texts in.
func TestKannel(t *testing.T) {
	g := start(t, "0x00", carriertest.Behaviour{Receipts: carriertest.Receipts{Delay: 50 * time.Millisecond}})
	long := strings.Repeat("All work and no play makes Jack a dull boy. ", 8)
	for _, tt := range []struct {
		name, text string
		more       []string
		segments   int
	}{
		{"short", "Hello from Kannel", nil, 1},
		{"GSM alphabet", "Grüße {[€]} @£$ Δ", nil, 1},
		{"UCS-2", "Привет, мир", []string{"coding", "2"}, 1},
		{"long", long, nil, 3},
	} {
		if !t.Run("out/"+tt.name, func(t *testing.T) {
			g.T = t
			g.submit(tt.name, "13105551212", tt.text, tt.more...)
			if got := g.receipts(tt.name, 2); got != delivered+" "+accepted {
				t.Errorf("receipts %s", got)
			}
			r := g.received()
			if strings.TrimRight(r.Text, " ") != strings.TrimRight(tt.text, " ") || len(r.Segments) != tt.segments {
				t.Errorf("%q arrived in %d segments, want %q in %d", r.Text, len(r.Segments), tt.text, tt.segments)
			}
			if r.From != "13109060901" || r.To != "13105551212" {
				t.Errorf("from %s to %s", r.From, r.To)
			}
		}) {
			return
		}
	}
	for _, tt := range []struct {
		name string
		text carriertest.Text
		back bool // the parts come in the wrong order
	}{
		{"short", carriertest.Text{Body: "Hello Kannel"}, false},
		{"GSM alphabet", carriertest.Text{Body: "Grüße {[€]} @£$ Δ"}, false},
		{"UCS-2", carriertest.Text{Body: "Привет, мир", Coding: gsm.CodingUCS2}, false},
		{"long", carriertest.Text{Body: long, Reference: 1}, false},
		{"long, with a wide reference, backwards", carriertest.Text{Body: long, Concatenation: gsm.UDH16, Reference: 0x0102}, true},
	} {
		if !t.Run("in/"+tt.name, func(t *testing.T) {
			g.T = t
			tt.text.From, tt.text.To = "+13105551212", "+13109060901"
			parts, err := tt.text.Parts()
			if err != nil {
				t.Fatal(err)
			}
			if tt.back {
				slices.Reverse(parts)
			}
			for _, m := range parts {
				if status, err := g.smsc.Deliver(m).Wait(t.Context()); err != nil || status != pdu.OK {
					t.Fatalf("%s, %v", status, err)
				}
			}
			c := g.call("inbound")
			got := c.Get("text")
			if strings.HasPrefix(c.Get("charset"), "UTF-16") {
				got = gsm.DecodeUCS2([]byte(got))
			}
			if strings.TrimSpace(got) != strings.TrimSpace(tt.text.Body) {
				t.Errorf("%q (%s) arrived, want %q", got, c.Get("charset"), tt.text.Body)
			}
			if !strings.HasSuffix(c.Get("from"), "13105551212") || !strings.HasSuffix(c.Get("to"), "13109060901") {
				t.Errorf("from %s to %s", c.Get("from"), c.Get("to"))
			}
		}) {
			return
		}
	}
	if !t.Run("after a cut", func(t *testing.T) {
		g.T = t
		g.smsc.Cut()
		g.counts("second bind", func(s carriertest.Stats) bool { return s.Binds == 2 })
		g.submit("cut", "13105551212", "Hello again")
		if got := g.receipts("cut", 2); got != delivered+" "+accepted {
			t.Errorf("receipts %s", got)
		}
	}) {
		return
	}
	g.T = t
	g.counts("end of all deliveries", func(s carriertest.Stats) bool { return s.Waiting == 0 })
	// Of a long text Kannel asks for one receipt.
	if s := g.smsc.Stats(); s.Refused != 0 || s.Repeated != 0 || s.Redelivered != 0 || s.TextsKept != 9 || s.ReceiptsKept != 5 {
		t.Errorf("%+v", s)
	}
}

// TestOutcomes: what Kannel makes of receipts and refusals of ours.
func TestOutcomes(t *testing.T) {
	g := start(t, "0x01", carriertest.Behaviour{
		ID: carriertest.Hex, // which Kannel is told by msg-id-type
		Status: func(m *pdu.Message) pdu.Status {
			if strings.HasSuffix(m.Dest.Addr, "1") {
				return pdu.InvalidDest
			}
			return pdu.OK
		},
		Receipts: carriertest.Receipts{
			ID: carriertest.Decimal,
			State: func(m *pdu.Message) (wirechief.ReceiptState, int) {
				if strings.HasSuffix(m.Dest.Addr, "2") {
					return wirechief.ReceiptUndeliverable, 255
				}
				return wirechief.ReceiptDelivered, 0
			},
		},
	})
	for _, tt := range []struct {
		name, to string
		want     []string
		change   func(*carriertest.Behaviour)
	}{
		{"delivered, ids hexadecimal and decimal", "13105551210", []string{delivered, accepted}, nil},
		{"undelivered", "13105551212", []string{failed, accepted}, nil},
		{"refused", "13105551211", []string{rejected}, nil},
		{"throttled first", "13105551210", []string{delivered, accepted}, func(b *carriertest.Behaviour) { b.Throttle = 1 }},
		{"answered late", "13105551210", []string{delivered, accepted}, func(b *carriertest.Behaviour) { b.AnswerDelay = 300 * time.Millisecond }},
	} {
		if !t.Run(tt.name, func(t *testing.T) {
			g.T = t
			if tt.change != nil {
				g.smsc.Behave(tt.change)
			}
			g.submit(tt.name, tt.to, "Hello")
			slices.Sort(tt.want)
			if got, want := g.receipts(tt.name, len(tt.want)), strings.Join(tt.want, " "); got != want {
				t.Errorf("receipts %s, want %s", got, want)
			}
		}) {
			return
		}
	}
}
