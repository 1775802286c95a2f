package smpp

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/carrier/smpp/session"
	"github.com/wirechief/wirechief/gsm"
)

// Bind implements [session.Handler]: it is not for the SMSC to bind.
func (w *wire) Bind(s *session.Session, h pdu.Header, _ pdu.Bind) {
	s.ReplyBind(h, pdu.InvalidBindStatus, "")
}

// Message implements [session.Handler]. It runs on the goroutine that reads,
// so it only finds somebody to do the work.
func (w *wire) Message(s *session.Session, h pdu.Header, m pdu.Message) {
	if h.Command == pdu.SubmitSM { // SMPP 3.4 2.3: for ESMEs to send
		s.Reply(h, pdu.InvalidBindStatus, "")
		return
	}
	if status := w.l.inbound.add(&delivery{s, h, m}); status != pdu.OK {
		s.Reply(h, status, "")
	}
}

// bring hands a delivery over and answers it then.
func (l *Link) bring(d *delivery) {
	err := l.handOver(l.ctx, l.h, &d.m) // neither changes once there is a connection
	status := answerTo(err)
	d.s.Reply(d.h, status, "")
	if err != nil {
		l.complain(status, err)
	}
}

// complain logs that something was not taken, at most once a second: when the
// disk is full, every delivery meets the same.
func (l *Link) complain(status pdu.Status, err error) {
	now := time.Now().UnixNano()
	last := l.complained.Load()
	if now-last < int64(time.Second) || !l.complained.CompareAndSwap(last, now) {
		return
	}
	l.log.Warn("what the carrier brought was not taken", "answered", status.String(), "error", wirechief.MessageOf(err))
}

// handOver tells receipts from texts and brings either to the handler.
func (l *Link) handOver(ctx context.Context, h carrier.Handler, m *pdu.Message) error {
	if !isReceipt(m) {
		return h.Inbound(ctx, l.text(m))
	}
	r := l.receipt(m)
	err := h.Receipt(ctx, r)
	if err == nil {
		l.lastReceipt.Store(r.At.UnixNano())
	}
	return err
}

// isReceipt goes by the type in esm_class (SMPP 3.4 5.2.12), and for SMSCs that
// leave it out by receipted_message_id, which stands in receipts only. The
// words of a text never make it a receipt: a handset could write them.
func isReceipt(m *pdu.Message) bool {
	switch m.ESMClass & pdu.ESMTypeMask {
	case pdu.ESMReceipt, pdu.ESMIntermediate:
		return true
	}
	_, ok := m.Optional.Get(pdu.TagReceiptedMessageID)
	return ok
}

// receipt reads a receipt. Whatever its data_coding says, but for UCS-2, its
// text is ASCII as in SMPP 3.4 appendix B: septets would turn an underscore of
// an id into something else.
func (l *Link) receipt(m *pdu.Message) wirechief.Receipt {
	octets := []byte(m.Octets())
	if m.ESMClass&pdu.ESMHeader != 0 {
		if _, body, err := gsm.ParseUDH(octets); err == nil {
			octets = body
		}
	}
	text := ""
	if m.Coding == gsm.CodingUCS2 {
		text = gsm.DecodeUCS2(octets)
	} else {
		text = receipt.Characters(string(octets))
	}
	p := receipt.Parse(text).Merge(m.Optional, l.cfg.ReceiptID)
	r := wirechief.Receipt{
		Carrier: l.name, ID: l.cfg.ReceiptID.Receipted(p.ID), State: p.State, Code: p.Code,
		From: inward(m.Source), To: inward(m.Dest),
		Submitted: p.Submitted, Done: p.Done, Raw: text, At: l.now(),
	}
	if strings.TrimSpace(text) == "" {
		r.Raw = parameters(m.Optional)
	}
	switch intermediate := m.ESMClass&pdu.ESMTypeMask == pdu.ESMIntermediate; {
	case intermediate && r.State != wirechief.ReceiptDelivered && r.State.IsFinal(), intermediate && r.State == "":
		r.State = wirechief.ReceiptEnroute // it says itself that more will follow
	case r.State == "":
		r.State = wirechief.ReceiptUnknown
	}
	return r
}

// parameters writes down what a receipt without a text says, for the timeline.
func parameters(t pdu.TLVs) string {
	var b strings.Builder
	if id, ok := t.CString(pdu.TagReceiptedMessageID); ok {
		fmt.Fprintf(&b, "receipted_message_id:%s ", receipt.Characters(id))
	}
	if n, ok := t.Int(pdu.TagMessageState); ok {
		fmt.Fprintf(&b, "message_state:%d ", n)
	}
	if v, ok := t.Get(pdu.TagNetworkErrorCode); ok {
		fmt.Fprintf(&b, "network_error_code:%x ", v)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// text reads a text, or a part of one.
func (l *Link) text(m *pdu.Message) wirechief.Inbound {
	in := wirechief.Inbound{Carrier: l.name, From: inward(m.Source), To: inward(m.Dest)}
	octets := []byte(m.Octets())
	var notes []string
	if m.ESMClass&pdu.ESMHeader != 0 {
		place, body, err := gsm.ParseUDH(octets)
		if err != nil {
			notes = append(notes, wirechief.MessageOf(err))
		}
		octets = body
		if place.Parts > 1 {
			in.Part = &wirechief.Part{Ref: int(place.Reference), Total: place.Parts, Seq: place.Part}
		}
	}
	if in.Part == nil {
		in.Part = sar(m.Optional)
	}
	coding := m.Coding
	if coding == gsm.CodingDefault && l.cfg.Alphabet == gsm.Latin1 {
		coding = gsm.CodingLatin1
	}
	decode := gsm.Decode
	if in.Part != nil {
		decode = gsm.DecodePart
	}
	text, known := decode(coding, octets)
	if !known {
		notes = append(notes, "this data_coding is not known here: each octet is shown as a character")
	}
	in.Text = text
	if m.Coding != gsm.CodingDefault || in.Part != nil || notes != nil {
		in.Raw = details(m, in.Part, notes)
	}
	return in
}

// sar places a part by the sar_* parameters (SMPP 3.4 5.3.2.22 to .24); nil
// when they do not all make sense.
func sar(t pdu.TLVs) *wirechief.Part {
	if t == "" {
		return nil
	}
	ref, ok1 := t.Int(pdu.TagSARReference)
	total, ok2 := t.Int(pdu.TagSARTotal)
	seq, ok3 := t.Int(pdu.TagSARSequence)
	if !ok1 || !ok2 || !ok3 || total < 2 || total > 255 || seq < 1 || seq > total {
		return nil
	}
	return &wirechief.Part{Ref: ref & 0xFFFF, Total: total, Seq: seq}
}

// details is what the timeline shows of the PDU.
func details(m *pdu.Message, part *wirechief.Part, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "data_coding %d", m.Coding)
	if part != nil {
		fmt.Fprintf(&b, ", part %d of %d, reference %d", part.Seq, part.Total, part.Ref)
	}
	for _, n := range notes {
		b.WriteString(", " + n)
	}
	return b.String()
}
