package receipt_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
)

// FuzzReceipt reads any text and any parameters: what comes out was in there,
// and can be stored.
func FuzzReceipt(f *testing.F) {
	for _, text := range []string{
		"id:IIIIIIIIII sub:SSS dlvrd:DDD submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DDDDDDD err:E Text:", // appendix B
		"id:0123456789 sub:001 dlvrd:001 submit date:2501020304 done date:202501020305 stat:DELIVRD err:000 Text:Hello",
		"STAT:2 ERR: ID:0x00aF,text:id:8", "id: submit date:9999999999", "::::", "id:\xff", "",
	} {
		f.Add(text, []byte("\x00\x1e\x00\x020\x00\x04\x27\x00\x01\x02\x04\x23\x00\x03\x03\x00\x22"), uint8(len(text)))
	}
	f.Add("", []byte("\x00\x1e\x00\x01\xe9"), uint8(2))
	f.Fuzz(func(t *testing.T, octets string, tlvs []byte, form uint8) {
		idForm := receipt.IDForm(form % 3)
		text := receipt.Characters(octets)
		if !utf8.ValidString(text) {
			t.Fatalf("%q is no text", text)
		}
		p := receipt.Parse(text)
		for _, field := range []string{p.ID, p.Code} {
			if !strings.Contains(text, field) || strings.ContainsAny(field, " \t\r\n,;|") {
				t.Errorf("%q: a field is %q", text, field)
			}
		}
		for _, at := range []time.Time{p.Submitted, p.Done} {
			if y := at.Year(); !at.IsZero() && (y < 0 || y > 9999) {
				t.Errorf("%q: %v", text, at)
			}
		}
		p = p.Merge(pdu.TLVs(tlvs), idForm)
		switch p.State {
		case "", wirechief.ReceiptDelivered, wirechief.ReceiptUndeliverable, wirechief.ReceiptExpired, wirechief.ReceiptDeleted,
			wirechief.ReceiptAccepted, wirechief.ReceiptUnknown, wirechief.ReceiptRejected, wirechief.ReceiptEnroute:
		default:
			t.Errorf("%q: state %q", text, p.State)
		}
		id := idForm.Receipted(p.ID)
		if !utf8.ValidString(id) || !utf8.ValidString(p.Code) {
			t.Errorf("id %q, code %q", id, p.Code)
		}
		if s := idForm.Submitted(octets); receipt.Characters(s) == s && idForm.Submitted(s) != s {
			t.Errorf("%q becomes %q and then %q", octets, s, idForm.Submitted(s))
		}
	})
}
