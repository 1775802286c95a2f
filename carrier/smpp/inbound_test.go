package smpp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/gsm"
)

var (
	handset = pdu.Address{TON: 1, NPI: 1, Addr: "13105551212"}
	ours    = pdu.Address{TON: 1, NPI: 1, Addr: "13109060901"}
)

// tlv writes one optional parameter.
func tlv(tag pdu.Tag, value string) pdu.TLVs { return pdu.TLVs(pdu.AppendTLV(nil, tag, value)) }

func TestTexts(t *testing.T) {
	latin := func(c *Config) { c.Alphabet = gsm.Latin1 }
	ucs2 := func(c *Config) { c.Alphabet = gsm.UCS2 }
	sar := tlv(pdu.TagSARReference, "\x12\x34") + tlv(pdu.TagSARTotal, "\x03") + tlv(pdu.TagSARSequence, "\x02")
	for _, tt := range []struct {
		name string
		cfg  func(*Config)
		m    pdu.Message
		want wirechief.Inbound // From, To and Carrier are filled in
	}{
		{name: "default alphabet", m: pdu.Message{Short: "H\x00\x1b\x65"}, want: wirechief.Inbound{Text: "H@€"}},
		{name: "default means Latin-1 here", cfg: latin, m: pdu.Message{Short: "gr\xfc\xdf@"}, want: wirechief.Inbound{Text: "grüß@"}},
		{name: "default is not UCS-2, whatever is sent", cfg: ucs2, m: pdu.Message{Short: "Hi"}, want: wirechief.Inbound{Text: "Hi"}},
		{name: "ASCII", m: pdu.Message{Coding: 1, Short: "a@b_c"}, want: wirechief.Inbound{Text: "a@b_c", Raw: "data_coding 1"}},
		{name: "Latin-1", m: pdu.Message{Coding: 3, Short: "\xe9\xa4"}, want: wirechief.Inbound{Text: "é¤", Raw: "data_coding 3"}},
		{name: "octets", m: pdu.Message{Coding: 4, Short: "\x01\xfe"}, want: wirechief.Inbound{Text: "\u0001þ", Raw: "data_coding 4"}},
		{name: "UCS-2", m: pdu.Message{Coding: 8, Short: "\x04\x36\xd8\x3d\xde\x00"}, want: wirechief.Inbound{Text: "ж😀", Raw: "data_coding 8"}},
		{name: "flash", m: pdu.Message{Coding: 0x10, Short: "Hi"}, want: wirechief.Inbound{Text: "Hi", Raw: "data_coding 16"}},
		{
			name: "unknown coding", m: pdu.Message{Coding: 6, Short: "\xc0"},
			want: wirechief.Inbound{Text: "À", Raw: "data_coding 6, this data_coding is not known here: each octet is shown as a character"},
		},
		{name: "empty", m: pdu.Message{}, want: wirechief.Inbound{}},
		{name: "message_payload", m: pdu.Message{Optional: tlv(pdu.TagMessagePayload, "Hi there")}, want: wirechief.Inbound{Text: "Hi there"}},
		{
			name: "UDH, 8 bits", m: pdu.Message{ESMClass: 0x40, Short: "\x05\x00\x03\xa7\x02\x01Hi"},
			want: wirechief.Inbound{Text: "Hi", Part: &wirechief.Part{Ref: 0xa7, Total: 2, Seq: 1}, Raw: "data_coding 0, part 1 of 2, reference 167"},
		},
		{
			name: "UDH, 16 bits", m: pdu.Message{ESMClass: 0x40, Coding: 8, Short: "\x06\x08\x04\x12\xa7\x03\x03\x00H"},
			want: wirechief.Inbound{Text: "H", Part: &wirechief.Part{Ref: 0x12a7, Total: 3, Seq: 3}, Raw: "data_coding 8, part 3 of 3, reference 4775"},
		},
		{name: "UDH in message_payload", m: pdu.Message{ESMClass: 0x40, Optional: tlv(pdu.TagMessagePayload, "\x05\x00\x03\xa7\x02\x02Hi")}, want: wirechief.Inbound{
			Text: "Hi", Part: &wirechief.Part{Ref: 0xa7, Total: 2, Seq: 2}, Raw: "data_coding 0, part 2 of 2, reference 167",
		}},
		{name: "one of one", m: pdu.Message{ESMClass: 0x40, Short: "\x05\x00\x03\xa7\x01\x01Hi"}, want: wirechief.Inbound{Text: "Hi"}},
		{name: "header without concatenation", m: pdu.Message{ESMClass: 0x40, Short: "\x06\x05\x04\x15\x81\x15\x81Hi"}, want: wirechief.Inbound{Text: "Hi"}},
		{
			name: "damaged header: the text is kept", m: pdu.Message{ESMClass: 0x40, Short: "Hi"},
			want: wirechief.Inbound{Text: "Hi", Raw: "data_coding 0, user data header: 72 octets announced, 1 left in the message"},
		},
		{name: "SAR", m: pdu.Message{Short: "Hi", Optional: sar}, want: wirechief.Inbound{
			Text: "Hi", Part: &wirechief.Part{Ref: 0x1234, Total: 3, Seq: 2}, Raw: "data_coding 0, part 2 of 3, reference 4660",
		}},
		{name: "SAR beyond its total", m: pdu.Message{Short: "Hi", Optional: tlv(pdu.TagSARReference, "\x12\x34") + tlv(pdu.TagSARTotal, "\x03") + tlv(pdu.TagSARSequence, "\x04")}, want: wirechief.Inbound{Text: "Hi"}},
		{name: "SAR in part", m: pdu.Message{Short: "Hi", Optional: sar[:11]}, want: wirechief.Inbound{Text: "Hi"}},
		{name: "what looks like a receipt", m: pdu.Message{Short: "id:1 stat:DELIVRD err:000"}, want: wirechief.Inbound{Text: "id:1 stat:DELIVRD err:000"}},
		{name: "acknowledged by the handset", m: pdu.Message{ESMClass: 0x10, Short: "1"}, want: wirechief.Inbound{Text: "1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := plain()
			if tt.cfg != nil {
				tt.cfg(&cfg)
			}
			inBubble(t, cfg, &smsc{}, func(r *rig) {
				tt.m.Source, tt.m.Dest = handset, ours
				if status := r.smsc.deliver(r.T, tt.m); status != pdu.OK {
					r.Errorf("answered %s", status)
				}
				want := tt.want
				want.From, want.To, want.Carrier = "+13105551212", "+13109060901", "main"
				if len(r.x.texts) != 1 || len(r.x.receipts) != 0 {
					r.Fatalf("%d texts, %d receipts", len(r.x.texts), len(r.x.receipts))
				}
				if got := r.x.texts[0]; !samePart(got, want) {
					r.Errorf("got  %+v, part %+v\nwant %+v, part %+v", got, got.Part, want, want.Part)
				}
			})
		})
	}
}

// samePart compares texts with their parts by value.
func samePart(a, b wirechief.Inbound) bool {
	if (a.Part == nil) != (b.Part == nil) || a.Part != nil && *a.Part != *b.Part {
		return false
	}
	a.Part, b.Part = nil, nil
	return fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b)
}

func TestReceipts(t *testing.T) {
	const text = "id:0123456789 sub:001 dlvrd:001 submit date:2501020304 done date:2501020305 stat:DELIVRD err:000 Text:Hello"
	submitted, done := time.Date(2025, 1, 2, 3, 4, 0, 0, time.UTC), time.Date(2025, 1, 2, 3, 5, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		form receipt.IDForm
		m    pdu.Message
		want wirechief.Receipt
	}{
		{
			name: "as in the specification", m: pdu.Message{ESMClass: 0x04, Short: text},
			want: wirechief.Receipt{ID: "0123456789", State: "DELIVRD", Code: "000", Submitted: submitted, Done: done, Raw: text},
		},
		{
			name: "hex", form: receipt.HexToDec, m: pdu.Message{ESMClass: 0x04, Short: "id:00FF stat:UNDELIV err:255"},
			want: wirechief.Receipt{ID: "255", State: "UNDELIV", Code: "255", Raw: "id:00FF stat:UNDELIV err:255"},
		},
		{
			name: "underscores are no septets", m: pdu.Message{ESMClass: 0x04, Short: "id:a_b@c stat:DELIVRD"},
			want: wirechief.Receipt{ID: "a_b@c", State: "DELIVRD", Raw: "id:a_b@c stat:DELIVRD"},
		},
		{
			name: "UCS-2", m: pdu.Message{ESMClass: 0x04, Coding: 8, Short: string(gsm.EncodeUCS2("id:7 stat:EXPIRED"))},
			want: wirechief.Receipt{ID: "7", State: "EXPIRED", Raw: "id:7 stat:EXPIRED"},
		},
		{
			name: "parameters only, no esm_class", m: pdu.Message{Optional: tlv(pdu.TagReceiptedMessageID, "abc\x00") + tlv(pdu.TagMessageState, "\x05") + tlv(pdu.TagNetworkErrorCode, "\x03\x00\x22")},
			want: wirechief.Receipt{ID: "abc", State: "UNDELIV", Code: "034", Raw: "receipted_message_id:abc message_state:5 network_error_code:030022"},
		},
		{
			name: "in message_payload, with a header", m: pdu.Message{ESMClass: 0x44, Optional: tlv(pdu.TagMessagePayload, "\x03\x24\x01\x01id:9 stat:REJECTD")},
			want: wirechief.Receipt{ID: "9", State: "REJECTD", Raw: "id:9 stat:REJECTD"},
		},
		{
			name: "intermediate", m: pdu.Message{ESMClass: 0x20, Short: "id:9 stat:ENROUTE"},
			want: wirechief.Receipt{ID: "9", State: "ENROUTE", Raw: "id:9 stat:ENROUTE"},
		},
		{
			name: "intermediate failure settles nothing", m: pdu.Message{ESMClass: 0x20, Short: "id:9 stat:UNDELIV err:001"},
			want: wirechief.Receipt{ID: "9", State: "ENROUTE", Code: "001", Raw: "id:9 stat:UNDELIV err:001"},
		},
		{
			name: "intermediate without a state", m: pdu.Message{ESMClass: 0x20, Short: "id:9"},
			want: wirechief.Receipt{ID: "9", State: "ENROUTE", Raw: "id:9"},
		},
		{
			name: "unreadable", m: pdu.Message{ESMClass: 0x04, Short: "\xff\xfe?"},
			want: wirechief.Receipt{State: "UNKNOWN", Raw: "ÿþ?"},
		},
		{name: "empty", m: pdu.Message{ESMClass: 0x04}, want: wirechief.Receipt{State: "UNKNOWN"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := plain()
			cfg.ReceiptID = tt.form
			inBubble(t, cfg, &smsc{}, func(r *rig) {
				tt.m.Source, tt.m.Dest = handset, ours
				if status := r.smsc.deliver(r.T, tt.m); status != pdu.OK {
					r.Errorf("answered %s", status)
				}
				want := tt.want
				want.Carrier, want.From, want.To, want.At = "main", "+13105551212", "+13109060901", time.Now()
				if len(r.x.receipts) != 1 || r.x.receipts[0] != want {
					r.Errorf("got  %+v\nwant %+v", r.x.receipts, want)
				}
				if !r.link.Status().LastReceipt.Equal(time.Now()) {
					r.Errorf("%+v", r.link.Status())
				}
			})
		})
	}
}

// TestAnswers: what the handler says decides what the carrier hears.
func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want pdu.Status
	}{
		{nil, pdu.OK},
		{wirechief.Errorf(wirechief.NotFound, "nobody"), pdu.RejectedByApp},
		{wirechief.Errorf(wirechief.Unavailable, "full"), pdu.TemporaryAppError},
		{wirechief.Errorf(wirechief.Exhausted, "full"), pdu.TemporaryAppError},
		{errors.New("boom"), pdu.SystemError},
	} {
		inBubble(t, plain(), &smsc{}, func(r *rig) {
			r.x.inboundFunc = func(context.Context, wirechief.Inbound) error { return tt.err }
			r.x.receiptFunc = func(context.Context, wirechief.Receipt) error { return tt.err }
			for _, m := range []pdu.Message{{Short: "Hi"}, {Short: "id:1", ESMClass: 4}} {
				m.Source, m.Dest = handset, ours
				if got := r.smsc.deliver(r.T, m); got != tt.want {
					r.Errorf("%v is answered %s, want %s", tt.err, got, tt.want)
				}
			}
			if tt.err != nil && !strings.Contains(r.log.String(), "was not taken") {
				r.Errorf("not in the log: %s", r.log)
			}
		})
	}
}

func TestDataSM(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		m := pdu.Message{Source: handset, Dest: ours, Optional: tlv(pdu.TagMessagePayload, "Hi")}
		if err := c.peer(0).Send(pdu.DataSM, &m, 0, c); err != nil {
			r.Fatal(err)
		}
		if a := c.answered(); len(a) != 1 || a[0].Status != pdu.OK || len(r.x.texts) != 1 || r.x.texts[0].Text != "Hi" {
			r.Errorf("%+v, %+v", a, r.x.texts)
		}
	})
}

// TestNotForUs: what only we may ask is refused.
func TestNotForUs(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		m := pdu.Message{Source: handset, Dest: ours, Short: "Hi"}
		if err := c.peer(0).Send(pdu.SubmitSM, &m, 0, c); err != nil {
			r.Fatal(err)
		}
		if a := c.answered(); len(a) != 1 || a[0].Status != pdu.InvalidBindStatus || len(r.x.texts) != 0 {
			r.Errorf("%+v, %+v", a, r.x.texts)
		}
	})
}

// TestKeptThenAcknowledged: no answer before the handler returns, while reading
// goes on; up to 1,000 wait, and the next is asked to come later.
func TestKeptThenAcknowledged(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		disk := make(chan struct{})
		var waiting atomic.Int32
		r.x.inboundFunc = func(context.Context, wirechief.Inbound) error {
			waiting.Add(1)
			<-disk
			return nil
		}
		send := func() {
			m := pdu.Message{Source: handset, Dest: ours, Short: "Hi"}
			if err := c.peer(0).Send(pdu.DeliverSM, &m, 0, c); err != nil {
				r.Fatal(err)
			}
		}
		for range 1000 {
			send()
		}
		if a := c.answered(); waiting.Load() != 1000 || len(a) != 0 {
			r.Fatalf("%d wait for the disk, %d answered", waiting.Load(), len(a))
		}
		r.want(r.submit("meanwhile"), wirechief.Done, "", "m1")
		send()
		if a := c.answered(); len(a) != 1 || a[0].Status != pdu.Throttled {
			r.Errorf("the 1,001st was answered %+v", a)
		}
		close(disk)
		if a := c.answered(); len(a) != 1001 || a[1000].Status != pdu.OK {
			r.Errorf("%d answered", len(a))
		}
		time.Sleep(10 * time.Second)
		p := r.link.inbound
		p.mu.Lock()
		if p.workers != 0 {
			r.Errorf("%d workers stay without work", p.workers)
		}
		p.mu.Unlock()
		send()
		if len(c.answered()) != 1002 {
			r.Error("nobody is left to take another")
		}
	})
}

// TestStopWaitsForTheDisk: what has been taken is answered before the link
// goes, and what comes then is asked to come again.
func TestStopWaitsForTheDisk(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		disk := make(chan struct{})
		r.x.inboundFunc = func(context.Context, wirechief.Inbound) error { <-disk; return nil }
		m := pdu.Message{Source: handset, Dest: ours, Short: "Hi"}
		send := func() {
			if err := c.peer(0).Send(pdu.DeliverSM, &m, 0, c); err != nil {
				r.Fatal(err)
			}
		}
		send()
		synctest.Wait()
		var stopping sync.WaitGroup
		stopping.Go(r.stop)
		synctest.Wait()
		send()
		if a := c.answered(); len(a) != 1 || a[0].Status != pdu.TemporaryAppError {
			r.Errorf("while stopping: %+v", a)
		}
		close(disk)
		stopping.Wait()
		if a := c.answered(); len(a) != 2 || a[1].Status != pdu.OK {
			r.Errorf("after the commit: %+v", a)
		}
	})
}

// TestStopDoesNotWaitForEver: the handler's context ends.
func TestStopDoesNotWaitForEver(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		r.x.inboundFunc = func(ctx context.Context, _ wirechief.Inbound) error {
			<-ctx.Done()
			return ctx.Err()
		}
		m := pdu.Message{Source: handset, Dest: ours, Short: "Hi"}
		if err := c.peer(0).Send(pdu.DeliverSM, &m, 0, c); err != nil {
			r.Fatal(err)
		}
		synctest.Wait()
		begin := time.Now()
		r.stop()
		if took := time.Since(begin); took > 4*time.Second {
			r.Errorf("took %v", took)
		}
		if a := c.answered(); len(a) != 1 || a[0].Status == pdu.OK {
			r.Errorf("%+v", a)
		}
	})
}

// TestPool has many taken and run while the pool is closed.
func TestPool(t *testing.T) {
	var ran, taken atomic.Int32
	p := newPool(8, func(*delivery) { ran.Add(1) })
	var crowd sync.WaitGroup
	for range 4 {
		crowd.Go(func() {
			for {
				switch p.add(&delivery{}) {
				case pdu.OK:
					taken.Add(1)
				case pdu.TemporaryAppError:
					return
				}
			}
		})
	}
	for ran.Load() < 10_000 {
		runtime.Gosched()
	}
	p.close(t.Context())
	crowd.Wait()
	p.wait()
	if ran.Load() != taken.Load() || p.workers != 0 || p.busy != 0 {
		t.Errorf("%d taken, %d run, %d workers left", taken.Load(), ran.Load(), p.workers)
	}
}
