package smpp_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/gsm"
)

// TestWireReceiptsInEveryForm: however a carrier writes receipts, each names the
// message as its outcome did.
func TestWireReceiptsInEveryForm(t *testing.T) {
	type receipts = carriertest.Receipts
	failed := func(*pdu.Message) (wirechief.ReceiptState, int) { return wirechief.ReceiptUndeliverable, 255 }
	for _, tt := range []struct {
		name  string
		r     receipts
		id    carriertest.IDFormat // of answers
		form  receipt.IDForm
		state wirechief.ReceiptState
		code  string
	}{
		{"as specified", receipts{}, nil, receipt.Same, wirechief.ReceiptDelivered, "000"},
		{"failed", receipts{State: failed}, nil, receipt.Same, wirechief.ReceiptUndeliverable, "255"},
		{"before the answer", receipts{First: true}, nil, receipt.Same, wirechief.ReceiptDelivered, "000"},
		{"much later", receipts{Delay: 100 * time.Millisecond}, nil, receipt.Same, wirechief.ReceiptDelivered, "000"},
		{"text only", receipts{Form: carriertest.TextOnly}, nil, receipt.Same, wirechief.ReceiptDelivered, "000"},
		{"parameters only", receipts{Form: carriertest.TLVsOnly, State: failed}, nil, receipt.Same, wirechief.ReceiptUndeliverable, "255"},
		{"odd spelling", receipts{Text: carriertest.OddText, Form: carriertest.TextOnly, State: failed}, nil, receipt.Same, wirechief.ReceiptUndeliverable, "255"},
		{"hexadecimal answers, decimal receipts", receipts{ID: carriertest.Decimal}, carriertest.Hex, receipt.DecToHex, wirechief.ReceiptDelivered, "000"},
		{"in capitals, zeros in front of both", receipts{ID: carriertest.PaddedDecimal}, carriertest.UpperHex, receipt.DecToHex, wirechief.ReceiptDelivered, "000"},
		{"the same as text only", receipts{ID: carriertest.PaddedDecimal, Form: carriertest.TextOnly}, carriertest.UpperHex, receipt.DecToHex, wirechief.ReceiptDelivered, "000"},
		{"the same as parameters only", receipts{ID: carriertest.PaddedDecimal, Form: carriertest.TLVsOnly}, carriertest.UpperHex, receipt.DecToHex, wirechief.ReceiptDelivered, ""},
		{"decimal answers, hexadecimal receipts", receipts{ID: carriertest.UpperHex}, carriertest.Decimal, receipt.HexToDec, wirechief.ReceiptDelivered, "000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := wire(t, carriertest.Behaviour{ID: tt.id, Receipts: tt.r}, func(c *smpp.Config) { c.ReceiptID = tt.form }).up()
			o := w.submit("Hello").want(wirechief.Done, "")
			w.counts("receipt kept", func(s carriertest.Stats) bool { return s.ReceiptsKept == 1 })
			r := w.h.Receipts()[0]
			if len(o.IDs) != 1 || r.ID != o.IDs[0] || r.State != tt.state || r.Code != tt.code {
				t.Errorf("%+v, want id %v, %s, code %q", r, o.IDs, tt.state, tt.code)
			}
			if r.From != "+13105551212" || r.To != "+13109060901" || r.Raw == "" {
				t.Errorf("%+v", r)
			}
			if tt.r.Form != carriertest.TLVsOnly && time.Since(r.Done).Abs() > 2*time.Minute {
				t.Errorf("done %v", r.Done)
			}
		})
	}
}

// TestWireRepeatedAndStrayReceipts: all of them are brought, and acknowledged; what
// they mean is for the exchange to say.
func TestWireRepeatedAndStrayReceipts(t *testing.T) {
	w := wire(t, carriertest.Behaviour{Receipts: carriertest.Receipts{Copies: 2, Intermediate: wirechief.ReceiptEnroute}}, nil).up()
	o := w.submit("Hello").want(wirechief.Done, "")
	w.counts("receipts", func(s carriertest.Stats) bool { return s.ReceiptsKept == 4 })
	var states []string
	for _, r := range w.h.Receipts() {
		if r.ID != o.IDs[0] {
			t.Errorf("%+v, want id %s", r, o.IDs[0])
		}
		states = append(states, string(r.State))
	}
	slices.Sort(states) // they are handed over side by side
	if got := strings.Join(states, " "); got != "DELIVRD DELIVRD DELIVRD ENROUTE" {
		t.Errorf("states %s", got)
	}
	if status, err := w.smsc.Stray("no-such-id", "+13105551212", "+13109060901").Wait(t.Context()); err != nil || status != pdu.OK {
		t.Errorf("stray receipt: %s, %v", status, err)
	}
	receipts := w.h.Receipts()
	if r := receipts[len(receipts)-1]; r.ID != "no-such-id" || r.State != wirechief.ReceiptDelivered {
		t.Errorf("stray receipt: %+v", r)
	}
}

// TestWireReceiptsOutliveTheConnection: after a cut they come over the next one.
func TestWireReceiptsOutliveTheConnection(t *testing.T) {
	w := wire(t, carriertest.Behaviour{CutBefore: 5, Receipts: carriertest.Receipts{Delay: 20 * time.Millisecond}}, nil).up()
	for _, text := range texts(5) {
		w.submit(text)
	}
	w.counts("receipts", func(s carriertest.Stats) bool { return s.ReceiptsKept == 5 && s.Binds == 2 })
}

// TestWireEveryCoding: texts in each data_coding and each way of concatenation; the
// parts arrive as parts, in any order and as often as they come.
func TestWireEveryCoding(t *testing.T) {
	for coding, body := range map[byte]string{0: "GSM €{} ", 1: "ASCII [] ", 3: "Größe × ", 4: "\u00ff\u0001þ ", 8: "Привет 👋 "} {
		for _, way := range []gsm.Concatenation{gsm.UDH8, gsm.UDH16, gsm.SAR, gsm.Payload} {
			t.Run(fmt.Sprintf("%d %s", coding, way), func(t *testing.T) {
				w := wire(t, carriertest.Behaviour{}, nil).up()
				text := carriertest.Text{
					From: "+13105551212", To: "+13109060901", Body: strings.Repeat(body, 40),
					Coding: coding, Concatenation: way, Reference: 0x0142,
				}
				parts, err := text.Parts()
				if err != nil {
					t.Fatal(err)
				}
				if parts[0].Coding != coding {
					t.Fatalf("the SMSC writes coding %d", parts[0].Coding)
				}
				slices.Reverse(parts)
				for _, m := range append(parts, parts[0]) {
					if status, err := w.smsc.Deliver(m).Wait(t.Context()); err != nil || status != pdu.OK {
						t.Fatalf("%s, %v", status, err)
					}
				}
				got := w.h.Texts()
				if len(got) != len(parts)+1 || got[len(parts)].Text != got[0].Text {
					t.Fatalf("%d parts arrived, want %d and the first again", len(got), len(parts))
				}
				got = got[:len(parts)]
				slices.Reverse(got)
				var whole strings.Builder
				for i, in := range got {
					whole.WriteString(in.Text)
					if in.From != text.From || in.To != text.To || in.Carrier != "main" {
						t.Errorf("%+v", in)
					}
					want := wirechief.Part{Ref: 0x0142, Total: len(parts), Seq: i + 1}
					if way == gsm.UDH8 {
						want.Ref = 0x42
					}
					if len(parts) > 1 && (in.Part == nil || *in.Part != want) {
						t.Errorf("part %+v, want %+v", in.Part, want)
					}
				}
				if whole.String() != text.Body {
					t.Errorf("%q arrived, want %q", whole.String(), text.Body)
				}
			})
		}
	}
}

// TestWireAnswersToDeliveries: what the handler says decides the answer.
func TestWireAnswersToDeliveries(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want pdu.Status
	}{
		"no number of ours": {wirechief.Errorf(wirechief.NotFound, "no"), pdu.RejectedByApp},
		"cannot be kept":    {wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "no"), pdu.TemporaryAppError},
		"a defect":          {errors.New("no"), pdu.SystemError},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0 // one at a time, for nothing else is under way
			w := wire(t, carriertest.Behaviour{}, nil, func(w *wired) {
				w.h.InboundFunc = func(wirechief.Inbound) error {
					if calls++; calls == 1 {
						return tt.err
					}
					return nil
				}
			}).up()
			d := w.smsc.Deliver(pdu.Message{Short: "Hi"})
			if err := d.WaitTries(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if try := d.Tries()[0]; try.Status != tt.want || try.Err != nil {
				t.Errorf("answered %+v, want %s", try, tt.want)
			}
		})
	}
}

// TestWireFloodOfDeliveries: while the disk stands still, reading goes on, a
// thousand wait for it, and those beyond are told to come again.
func TestWireFloodOfDeliveries(t *testing.T) {
	release := make(chan struct{})
	w := wire(t, carriertest.Behaviour{Receipts: carriertest.Receipts{Never: true}}, nil, func(w *wired) {
		w.h.InboundFunc = func(wirechief.Inbound) error { <-release; return nil }
	}).up()
	const n = 1200
	for i := range n {
		w.smsc.Deliver(pdu.Message{Short: fmt.Sprint("text ", i)})
	}
	w.counts("throttling", func(s carriertest.Stats) bool { return s.Redelivered >= n-1000 })
	w.submit("meanwhile").want(wirechief.Done, "")
	if s := w.smsc.Stats(); s.TextsKept != 0 {
		t.Errorf("%d acknowledged while nothing was kept", s.TextsKept)
	}
	close(release)
	w.counts("all texts", func(s carriertest.Stats) bool { return s.TextsKept == n && s.Waiting == 0 })
	if got := len(w.h.Texts()); got != n || w.smsc.Stats().TextsRefused != 0 {
		t.Errorf("%d texts, want %d; %+v", got, n, w.smsc.Stats())
	}
}
