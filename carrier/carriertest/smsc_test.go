package carriertest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
	"github.com/wirechief/wirechief/gsm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newSMSC(t *testing.T, b carriertest.Behaviour, change ...func(*carriertest.Options)) *carriertest.SMSC {
	t.Helper()
	opt := carriertest.Options{SystemID: "wirechief", Password: "secret", Redeliver: time.Millisecond, Behaviour: b}
	for _, f := range change {
		f(&opt)
	}
	c, err := carriertest.NewSMSC(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func waitFor(t *testing.T, c *carriertest.SMSC, what string, cond func(carriertest.Stats) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := c.Wait(ctx, cond); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func TestBind(t *testing.T) {
	c := newSMSC(t, carriertest.Behaviour{})
	for _, tt := range []struct {
		name string
		bind pdu.Bind
		want pdu.Status
	}{
		{"right", pdu.Bind{SystemID: "wirechief", Password: "secret"}, pdu.OK},
		{"another name", pdu.Bind{SystemID: "nobody", Password: "secret"}, pdu.InvalidSystemID},
		{"another password", pdu.Bind{SystemID: "wirechief", Password: "secre"}, pdu.InvalidPassword},
	} {
		e := dial(t, c, session.Options{})
		if got, err := e.Session.Bind(t.Context(), pdu.BindTransceiver, &tt.bind); err != nil || got != tt.want {
			t.Errorf("%s: %v (%v), want %v", tt.name, got, err, tt.want)
		}
	}
	c.Behave(func(b *carriertest.Behaviour) { b.Bind = pdu.BindFailed })
	e := dial(t, c, session.Options{})
	if got, err := e.Session.Bind(t.Context(), pdu.BindTransceiver, &pdu.Bind{SystemID: "wirechief", Password: "secret"}); err != nil || got != pdu.BindFailed {
		t.Errorf("told to refuse: %v (%v)", got, err)
	}
	<-e.Done()
	waitFor(t, c, "binds", func(s carriertest.Stats) bool { return s.Binds == 1 && s.BindsRefused == 3 && s.Connections == 1 })

	e = dial(t, c, session.Options{})
	e.submit(t, 0, "not bound")
	if got := e.wait(t, 1); got[0] != "answer 0 ESME_RINVBNDSTS" {
		t.Errorf("without a bind: %q", got)
	}
}

// TestAnswers: what becomes of three submissions, in the order in which it comes.
func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		name string
		b    carriertest.Behaviour
		want string
	}{
		{"well", carriertest.Behaviour{Receipts: carriertest.Receipts{Never: true}}, "answer 0 ESME_ROK,answer 1 ESME_ROK,answer 2 ESME_ROK"},
		{"late", carriertest.Behaviour{AnswerDelay: 20 * time.Millisecond, Receipts: carriertest.Receipts{Never: true}}, "answer 0 ESME_ROK,answer 1 ESME_ROK,answer 2 ESME_ROK"},
		{"out of order", carriertest.Behaviour{OutOfOrder: time.Hour, Receipts: carriertest.Receipts{Never: true}}, ""},
		{"throttled twice", carriertest.Behaviour{Throttle: 2, Receipts: carriertest.Receipts{Never: true}}, "answer 0 ESME_RTHROTTLED,answer 1 ESME_RTHROTTLED,answer 2 ESME_ROK"},
		{"full", carriertest.Behaviour{Throttle: 1, ThrottleStatus: pdu.MessageQueueFull, Receipts: carriertest.Receipts{Never: true}}, "answer 0 ESME_RMSGQFUL,answer 1 ESME_ROK,answer 2 ESME_ROK"},
		{"by rate", carriertest.Behaviour{Rate: 0.001, Receipts: carriertest.Receipts{Never: true}}, "answer 0 ESME_ROK,answer 1 ESME_RTHROTTLED,answer 2 ESME_RTHROTTLED"},
		{"by text", carriertest.Behaviour{Status: func(m *pdu.Message) pdu.Status {
			if m.Short == "text 1" {
				return pdu.InvalidDest
			}
			return pdu.OK
		}, Receipts: carriertest.Receipts{Never: true}}, "answer 0 ESME_ROK,answer 1 ESME_RINVDSTADR,answer 2 ESME_ROK"},
		{"cut before the third answer", carriertest.Behaviour{CutBefore: 3, AnswerDelay: time.Hour}, "cut 0,cut 1,cut 2"},
		{"receipts", carriertest.Behaviour{}, "answer 0 ESME_ROK,deliver,answer 1 ESME_ROK,deliver,answer 2 ESME_ROK,deliver"},
		{"receipts first", carriertest.Behaviour{Receipts: carriertest.Receipts{First: true}}, "deliver,answer 0 ESME_ROK,deliver,answer 1 ESME_ROK,deliver,answer 2 ESME_ROK"},
		{"receipts without answers", carriertest.Behaviour{NoAnswer: true}, "deliver,deliver,deliver"},
		{"receipts twice", carriertest.Behaviour{Receipts: carriertest.Receipts{Copies: 1}}, "answer 0 ESME_ROK,deliver,deliver,answer 1 ESME_ROK,deliver,deliver,answer 2 ESME_ROK,deliver,deliver"},
		{"and intermediate ones", carriertest.Behaviour{Receipts: carriertest.Receipts{Intermediate: wirechief.ReceiptEnroute}}, "answer 0 ESME_ROK,deliver,deliver,answer 1 ESME_ROK,deliver,deliver,answer 2 ESME_ROK,deliver,deliver"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.b.OutOfOrder > 0 { // all within one span, which ends soon
				tt.b.OutOfOrder = 200 * time.Millisecond
				tt.want = "answer 2 ESME_ROK,answer 1 ESME_ROK,answer 0 ESME_ROK"
			}
			c := newSMSC(t, tt.b)
			e := bind(t, c, pdu.BindTransceiver)
			for i, text := range []string{"text 0", "text 1", "text 2"} {
				e.submit(t, i, text)
			}
			got := strings.Join(e.wait(t, strings.Count(tt.want, ",")+1), ",")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCutAfterAnswer(t *testing.T) {
	c := newSMSC(t, carriertest.Behaviour{CutAfter: 1})
	e := bind(t, c, pdu.BindTransceiver)
	e.submit(t, 0, "text")
	<-e.Done()
	if got := e.wait(t, 1); got[0] != "answer 0 ESME_ROK" {
		t.Errorf("got %q", got)
	}
	again := bind(t, c, pdu.BindReceiver)
	if got := again.wait(t, 1); got[0] != "deliver" {
		t.Errorf("the receipt does not come to the next connection: %q", got)
	}
	waitFor(t, c, "receipt kept", func(s carriertest.Stats) bool { return s.ReceiptsKept == 1 && s.Waiting == 0 && s.Connections == 1 })
}

// TestReceiptForms: how receipts may look.
func TestReceiptForms(t *testing.T) {
	const n = 1234567890123
	failed := func(*pdu.Message) (wirechief.ReceiptState, int) { return wirechief.ReceiptUndeliverable, 255 }
	for _, tt := range []struct {
		name     string
		r        carriertest.Receipts
		id       carriertest.IDFormat
		answered string
		prefix   string // of the text
		suffix   string
		handle   string // receipted_message_id
	}{
		{"as specified", carriertest.Receipts{}, nil, "1234567890123", "id:1234567890123 sub:001 dlvrd:001 submit date:", " stat:DELIVRD err:000 text:Hello", "1234567890123"},
		{"failed", carriertest.Receipts{State: failed}, nil, "1234567890123", "id:1234567890123 sub:001 dlvrd:000 submit date:", " stat:UNDELIV err:255 text:Hello", "1234567890123"},
		{"decimal to hex", carriertest.Receipts{ID: carriertest.Decimal}, carriertest.UpperHex, "011F71FB04CB", "id:1234567890123 ", "", "1234567890123"},
		{"hex to padded decimal", carriertest.Receipts{ID: carriertest.PaddedDecimal}, carriertest.Hex, "11f71fb04cb", "id:00000001234567890123 ", "", "00000001234567890123"},
		{"text only", carriertest.Receipts{Form: carriertest.TextOnly}, nil, "1234567890123", "id:", "", ""},
		{"parameters only", carriertest.Receipts{Form: carriertest.TLVsOnly}, nil, "1234567890123", "", "", "1234567890123"},
		{"odd", carriertest.Receipts{Text: carriertest.OddText, State: failed}, nil, "1234567890123", "STAT:undeliv Err:255 mccmnc:26201 Done Date:", "  ID:1234567890123", "1234567890123"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newSMSC(t, carriertest.Behaviour{ID: tt.id, Receipts: tt.r}, func(o *carriertest.Options) { o.FirstID = n })
			e := bind(t, c, pdu.BindTransceiver)
			e.submit(t, 0, "Hello")
			e.wait(t, 2)
			if id := e.id(0); id != tt.answered {
				t.Errorf("answered %q, want %q", id, tt.answered)
			}
			m := e.messages()[0]
			if m.ESMClass != pdu.ESMReceipt || m.Source.Addr != "13105551212" || m.Dest.Addr != "13109060901" {
				t.Errorf("not a receipt on the message: %+v", m)
			}
			if !strings.HasPrefix(m.Short, tt.prefix) || !strings.HasSuffix(m.Short, tt.suffix) || (tt.r.Form == carriertest.TLVsOnly) != (m.Short == "") {
				t.Errorf("text %q, want %s … %s", m.Short, tt.prefix, tt.suffix)
			}
			if id, _ := m.Optional.CString(pdu.TagReceiptedMessageID); id != tt.handle {
				t.Errorf("receipted_message_id %q, want %q", id, tt.handle)
			}
			if state, ok := m.Optional.Int(pdu.TagMessageState); ok != (tt.handle != "") || ok && (state == 5) != (tt.r.State != nil) {
				t.Errorf("message_state %d", state)
			}
		})
	}
}

// A text comes again until it is kept, and says how often it was refused.
func TestDelivery(t *testing.T) {
	c := newSMSC(t, carriertest.Behaviour{})
	d := c.Deliver(pdu.Message{Short: "before anybody is bound"})
	bind(t, c, pdu.BindTransmitter)
	e := bind(t, c, pdu.BindReceiver)
	if status, err := d.Wait(t.Context()); err != nil || status != pdu.OK || len(d.Tries()) != 1 {
		t.Errorf("%v %v %+v", status, err, d.Tries())
	}
	n := 0
	e.answer(func(pdu.Message) pdu.Status {
		if n++; n < 3 {
			return pdu.SystemError
		}
		return pdu.OK
	})
	d = c.Deliver(pdu.Message{Short: "third time lucky"})
	if status, err := d.Wait(t.Context()); err != nil || status != pdu.OK || len(d.Tries()) != 3 || d.Tries()[1].Status != pdu.SystemError {
		t.Errorf("%v %v %+v", status, err, d.Tries())
	}
	e.answer(func(pdu.Message) pdu.Status { return pdu.RejectedByApp })
	d = c.Deliver(pdu.Message{Short: "never"})
	if status, err := d.Wait(t.Context()); err != nil || status != pdu.RejectedByApp || len(d.Tries()) != 1 {
		t.Errorf("%v %v %+v", status, err, d.Tries())
	}
	if s := c.Stats(); s.TextsKept != 2 || s.TextsRefused != 1 || s.Redelivered != 2 || s.Waiting != 0 {
		t.Errorf("%+v", s)
	}
	e.answer(nil)
	stray := c.Stray("no-such-id", "+13105551212", "+13109060901")
	if status, err := stray.Wait(t.Context()); err != nil || status != pdu.OK {
		t.Errorf("%v %v", status, err)
	}
	if m := e.last(); !strings.HasPrefix(m.Short, "id:no-such-id ") || m.Source.Addr != "13105551212" {
		t.Errorf("stray receipt: %+v", m)
	}
}

func TestSilence(t *testing.T) {
	for name, b := range map[string]carriertest.Behaviour{
		"deaf": {Deaf: true}, "mute": {Mute: true}, "ignoring enquiries": {IgnoreEnquiries: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newSMSC(t, carriertest.Behaviour{})
			e := dial(t, c, session.Options{EnquireLink: 10 * time.Millisecond, ResponseTimeout: 50 * time.Millisecond})
			if _, err := e.Session.Bind(t.Context(), pdu.BindTransceiver, &pdu.Bind{SystemID: "wirechief", Password: "secret"}); err != nil {
				t.Fatal(err)
			}
			c.Behave(func(now *carriertest.Behaviour) { *now = b })
			if b.IgnoreEnquiries { // only they are
				e.submit(t, 0, "text")
				e.wait(t, 2)
			}
			<-e.Done()
			if e.Err() != session.ErrSilent {
				t.Errorf("the client ended with %v, want %v", e.Err(), session.ErrSilent)
			}
			c.Behave(func(b *carriertest.Behaviour) { b.Deaf = false }) // who is deaf does not hear it either
			waitFor(t, c, "gone", func(s carriertest.Stats) bool { return s.Connections == 0 })
		})
	}
	c := newSMSC(t, carriertest.Behaviour{Deaf: true})
	e := dial(t, c, session.Options{})
	e.submit(t, 0, "heard later")
	c.Behave(func(b *carriertest.Behaviour) { b.Deaf = false })
	e.wait(t, 1)
}

func TestHangUp(t *testing.T) {
	c := newSMSC(t, carriertest.Behaviour{HangUp: true})
	e := dial(t, c, session.Options{})
	<-e.Done()
	c.Behave(func(b *carriertest.Behaviour) { b.HangUp = false })
	e = bind(t, c, pdu.BindTransceiver)
	if err := c.Unbind(t.Context()); err != nil {
		t.Error(err)
	}
	<-e.Done()
	if e.Err() != session.ErrUnbound {
		t.Errorf("ended with %v, want %v", e.Err(), session.ErrUnbound)
	}
	if s := c.Stats(); s.HungUp != 1 || s.Binds != 1 {
		t.Errorf("%+v", s)
	}
}

// TestTexts writes texts in each way, sends them back as submissions, and finds
// what was written, also with the parts in the wrong order and repeated.
func TestTexts(t *testing.T) {
	long := strings.Repeat("0123456789", 31)
	for _, tt := range []struct {
		name  string
		text  carriertest.Text
		parts int
		code  byte
	}{
		{"short", carriertest.Text{Body: "Hi {€}"}, 1, 0},
		{"ASCII", carriertest.Text{Body: "Hi", Coding: 1}, 1, 1},
		{"Latin-1", carriertest.Text{Body: "Grüße", Coding: 3}, 1, 3},
		{"octets", carriertest.Text{Body: "\u0001þ", Coding: 4}, 1, 4},
		{"UCS-2", carriertest.Text{Body: "Привет 👋", Coding: 8}, 1, 8},
		{"not in the alphabet", carriertest.Text{Body: "Привет"}, 1, 8},
		{"long", carriertest.Text{Body: long}, 3, 0},
		{"long, wide reference", carriertest.Text{Body: long, Concatenation: gsm.UDH16, Reference: 0x1234}, 3, 0},
		{"long, sar", carriertest.Text{Body: long, Concatenation: gsm.SAR, Reference: 0x1234, Coding: 3}, 3, 3},
		{"long, payload", carriertest.Text{Body: long, Concatenation: gsm.Payload}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.text.From, tt.text.To = "+13105551212", "78701"
			parts, err := tt.text.Parts()
			if err != nil || len(parts) != tt.parts || parts[0].Coding != tt.code {
				t.Fatalf("%d parts of coding %d (%v), want %d of %d", len(parts), parts[0].Coding, err, tt.parts, tt.code)
			}
			if to := parts[0].Dest; to.TON != pdu.TONNetworkSpecific || to.Addr != "78701" || parts[0].Source.Addr != "13105551212" {
				t.Errorf("from %+v to %+v", parts[0].Source, to)
			}
			c := newSMSC(t, carriertest.Behaviour{})
			e := bind(t, c, pdu.BindTransceiver)
			slices.Reverse(parts)
			for i := range parts {
				if err := e.Send(pdu.SubmitSM, &parts[i], i, e); err != nil {
					t.Fatal(err)
				}
			}
			e.wait(t, len(parts))
			got := c.Received()
			if len(got) != 1 || got[0].Text != tt.text.Body || len(got[0].Segments) != tt.parts {
				t.Fatalf("received %+v", got)
			}
			if err := e.Send(pdu.SubmitSM, &parts[0], 0, e); err != nil {
				t.Fatal(err)
			}
			waitFor(t, c, "repeated", func(s carriertest.Stats) bool { return s.Repeated == 1 && s.Accepted == len(parts)+1 })
			if status, err := c.Text(t.Context(), tt.text); err != nil || status != pdu.OK || len(e.messages()) != tt.parts {
				t.Errorf("delivered: %v %v, %d parts", status, err, len(e.messages()))
			}
		})
	}
}
