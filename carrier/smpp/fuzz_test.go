package smpp

import (
	"context"
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/gsm"
)

// FuzzDataCoding brings a deliver_sm of any content: it becomes one text or one
// receipt, and whatever it becomes can be stored and shown.
func FuzzDataCoding(f *testing.F) {
	for _, coding := range []byte{0, 1, 2, 3, 4, 5, 8, 0x10, 0x18, 0xC0, 0xE0, 0xF4, 0xFF} {
		f.Add(coding, byte(0), "13105551212", []byte("hello\x1b\x65"), []byte(nil))
		f.Add(coding, byte(0x40), "Wirechief", []byte("\x05\x00\x03\xa7\x02\x01\xD8\x3D\xDE\x00\xD8"), []byte(nil))
	}
	f.Add(byte(0), byte(0x04), "78701", []byte("id:7 stat:DELIVRD err:000"), []byte("\x00\x1e\x00\x027\x00\x04\x27\x00\x01\x02"))
	f.Add(byte(8), byte(0x20), "+", []byte{}, []byte("\x04\x24\x00\x02\x00H"))
	f.Add(byte(0), byte(0), "\xff", []byte("part"), []byte("\x02\x0c\x00\x02\x12\x34\x02\x0e\x00\x01\x03\x02\x0f\x00\x01\x02"))
	f.Add(byte(0), byte(0x44), "0", []byte("\x06\x08\x04\x12\xa7\x03"), []byte("\x00\x1e\x00\x01\xe9"))
	links := []*Link{}
	for _, alphabet := range []gsm.Encoding{gsm.GSM7, gsm.Latin1, gsm.UCS2} {
		cfg := plain()
		cfg.Alphabet = alphabet
		links = append(links, New("main", cfg, carrier.Services{}))
	}
	f.Fuzz(func(t *testing.T, coding, class byte, from string, octets, tlvs []byte) {
		// Through the codec, as from a peer.
		b := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &pdu.Message{
			Source: pdu.Address{TON: class & 7, Addr: from}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "13109060901"},
			ESMClass: class, Coding: coding, Short: string(octets), Optional: pdu.TLVs(tlvs),
		})
		m, err := pdu.ParseMessage(pdu.DeliverSM, b[pdu.HeaderLength:])
		if err != nil {
			return
		}
		for _, l := range links {
			x := &exchange{}
			if err := l.handOver(context.Background(), x, &m); err != nil {
				t.Fatal(err)
			}
			if len(x.texts)+len(x.receipts) != 1 {
				t.Fatalf("%d texts, %d receipts", len(x.texts), len(x.receipts))
			}
			for _, in := range x.texts {
				if in.To != "+13109060901" || !utf8.ValidString(in.From+in.Text+in.Raw) {
					t.Errorf("%+v", in)
				}
				if p := in.Part; p != nil && (p.Total < 2 || p.Total > 255 || p.Seq < 1 || p.Seq > p.Total || p.Ref < 0 || p.Ref > 0xFFFF) {
					t.Errorf("part %+v", p)
				}
			}
			for _, r := range x.receipts {
				if !utf8.ValidString(r.ID+r.From+r.Code+r.Raw) || r.State == "" {
					t.Errorf("%+v", r)
				}
				if class&pdu.ESMTypeMask == pdu.ESMIntermediate && r.State.IsFinal() && r.State != wirechief.ReceiptDelivered {
					t.Errorf("an intermediate receipt settles %s", r.State)
				}
			}
		}
	})
}
