package receipt_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
)

var (
	submitted = time.Date(2025, 1, 2, 3, 4, 0, 0, time.UTC)
	done      = time.Date(2025, 1, 2, 3, 5, 0, 0, time.UTC)
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       receipt.Parsed
	}{
		{
			"as in appendix B", "id:0123456789 sub:001 dlvrd:001 submit date:2501020304 done date:2501020305 stat:DELIVRD err:000 Text:Hello",
			receipt.Parsed{ID: "0123456789", State: "DELIVRD", Code: "000", Submitted: submitted, Done: done},
		},
		{
			"capitals, another order", "STAT:UNDELIV ERR:255 ID:00aF SUBMIT DATE:2501020304 DONE DATE:2501020305",
			receipt.Parsed{ID: "00aF", State: "UNDELIV", Code: "255", Submitted: submitted, Done: done},
		},
		{
			"extra fields", "id:7 sub:001 dlvrd:000 mccmnc:310260 submit date:2501020304 done date:2501020305 stat:EXPIRED err:034 price:0.004 text:",
			receipt.Parsed{ID: "7", State: "EXPIRED", Code: "034", Submitted: submitted, Done: done},
		},
		{"few fields", "id:7 stat:REJECTD", receipt.Parsed{ID: "7", State: "REJECTD"}},
		{"nothing", "", receipt.Parsed{}},
		{"no receipt at all", "Hello, see you at 10:30", receipt.Parsed{}},
		{"id only", "id:7", receipt.Parsed{ID: "7"}},
		{"seconds", "id:7 submit date:250102030400 done date:250102030500 stat:DELIVRD", receipt.Parsed{ID: "7", State: "DELIVRD", Submitted: submitted, Done: done}},
		{"whole years", "id:7 submit date:202501020304 done date:20250102030500 stat:DELIVRD", receipt.Parsed{ID: "7", State: "DELIVRD", Submitted: submitted, Done: done}},
		{"times that are none", "id:7 submit date:2513020304 done date:25-01-02 stat:DELIVRD", receipt.Parsed{ID: "7", State: "DELIVRD"}},
		{"full words", "id:7 stat:DELIVERED", receipt.Parsed{ID: "7", State: "DELIVRD"}},
		{"small words", "id:7 stat:undelivered", receipt.Parsed{ID: "7", State: "UNDELIV"}},
		{"numbers for words", "id:7 stat:2", receipt.Parsed{ID: "7", State: "DELIVRD"}},
		{"a word nobody knows", "id:7 stat:SKIPPED", receipt.Parsed{ID: "7", State: "UNKNOWN"}},
		{"blanks behind colons", "id: 7 sub: 001 stat: DELIVRD err: 000", receipt.Parsed{ID: "7", State: "DELIVRD", Code: "000"}},
		{"an empty field", "id: sub:001 stat: err:000", receipt.Parsed{Code: "000"}},
		{"an empty field before one of two words", "id: submit date:2501020304 stat:DELIVRD", receipt.Parsed{State: "DELIVRD", Submitted: submitted}},
		{"an empty field without a blank", "id:stat:DELIVRD", receipt.Parsed{}},
		{"commas", "id:7,sub:001,stat:DELIVRD,err:000", receipt.Parsed{ID: "7", State: "DELIVRD", Code: "000"}},
		{"lines", "id:7\r\nstat:DELIVRD\r\nerr:000\r\n", receipt.Parsed{ID: "7", State: "DELIVRD", Code: "000"}},
		{"an id with a colon", "id:smsc1:42 stat:DELIVRD", receipt.Parsed{ID: "smsc1:42", State: "DELIVRD"}},
		{"a longer name is another one", "msgid:9 id:7 substat:X stat:DELIVRD", receipt.Parsed{ID: "7", State: "DELIVRD"}},
		{"the text imitates fields", "id:7 stat:UNDELIV err:001 text:id:8 stat:DELIVRD err:000", receipt.Parsed{ID: "7", State: "UNDELIV", Code: "001"}},
		{"fields behind the text", "id:7 text:Hello stat:DELIVRD err:000", receipt.Parsed{ID: "7", State: "DELIVRD", Code: "000"}},
		{"the first of two", "id:7 id:8 stat:DELIVRD", receipt.Parsed{ID: "7", State: "DELIVRD"}},
		{"an UUID", "id:3f2504e0-4f89-11d3-9a0c-0305e82c3301 stat:ACCEPTD", receipt.Parsed{ID: "3f2504e0-4f89-11d3-9a0c-0305e82c3301", State: "ACCEPTD"}},
	} {
		if got := receipt.Parse(tt.text); got != tt.want {
			t.Errorf("%s: %q\ngives %+v\nwant  %+v", tt.name, tt.text, got, tt.want)
		}
	}
}

func TestState(t *testing.T) {
	for word, want := range map[string]wirechief.ReceiptState{
		"": "", "DELIVRD": "DELIVRD", "EXPIRED": "EXPIRED", "DELETED": "DELETED", "UNDELIV": "UNDELIV", "ACCEPTD": "ACCEPTD",
		"UNKNOWN": "UNKNOWN", "REJECTD": "REJECTD", "ENROUTE": "ENROUTE", "BUFFERED": "ENROUTE", "failed": "UNDELIV",
		"1": "ENROUTE", "2": "DELIVRD", "3": "EXPIRED", "4": "DELETED", "5": "UNDELIV", "6": "ACCEPTD", "7": "UNKNOWN", "8": "REJECTD",
		"0": "UNKNOWN", "9": "UNKNOWN", "/": "UNKNOWN", "DELIVRDX": "UNKNOWN",
	} {
		if got := receipt.State(word); got != want {
			t.Errorf("%q is %q, want %q", word, got, want)
		}
	}
}

func TestMerge(t *testing.T) {
	tlv := func(tag pdu.Tag, value string) pdu.TLVs { return pdu.TLVs(pdu.AppendTLV(nil, tag, value)) }
	id, delivered, code := tlv(pdu.TagReceiptedMessageID, "tlv-id\x00"), tlv(pdu.TagMessageState, "\x02"), tlv(pdu.TagNetworkErrorCode, "\x03\x00\x22")
	for _, tt := range []struct {
		name string
		text string
		tlvs pdu.TLVs
		form receipt.IDForm
		want receipt.Parsed
	}{
		{"none", "id:7 stat:UNDELIV err:001", "", receipt.Same, receipt.Parsed{ID: "7", State: "UNDELIV", Code: "001"}},
		{"no text", "", id + delivered + code, receipt.Same, receipt.Parsed{ID: "tlv-id", State: "DELIVRD", Code: "034"}},
		{"the parameter's id counts", "id:7 stat:UNDELIV err:001", id, receipt.Same, receipt.Parsed{ID: "tlv-id", State: "UNDELIV", Code: "001"}},
		{"but not where ids are converted", "id:7 stat:UNDELIV", id, receipt.HexToDec, receipt.Parsed{ID: "7", State: "UNDELIV"}},
		{"unless there is no other", "stat:UNDELIV", id, receipt.HexToDec, receipt.Parsed{ID: "tlv-id", State: "UNDELIV"}},
		{"the text's state counts", "id:7 stat:UNDELIV", delivered, receipt.Same, receipt.Parsed{ID: "7", State: "UNDELIV"}},
		{"unless nobody knows it", "id:7 stat:OK", delivered, receipt.Same, receipt.Parsed{ID: "7", State: "DELIVRD"}},
		{"the text's code counts", "id:7 err:001", code, receipt.Same, receipt.Parsed{ID: "7", Code: "001"}},
		{"unless it is none", "id:7 err:000", code, receipt.Same, receipt.Parsed{ID: "7", Code: "034"}},
		{"no code in either", "id:7 err:000", tlv(pdu.TagNetworkErrorCode, "\x03\x00\x00"), receipt.Same, receipt.Parsed{ID: "7", Code: "000"}},
		{"a long code", "id:7", tlv(pdu.TagNetworkErrorCode, "\x03\xff\xff"), receipt.Same, receipt.Parsed{ID: "7", Code: "65535"}},
		{
			"parameters that make no sense", "id:7", tlv(pdu.TagReceiptedMessageID, "\x00") + tlv(pdu.TagMessageState, "\x63") + tlv(pdu.TagNetworkErrorCode, "\x03"),
			receipt.Same,
			receipt.Parsed{ID: "7"},
		},
	} {
		if got := receipt.Parse(tt.text).Merge(tt.tlvs, tt.form); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestIDForms: whatever zeros and capitals, both sides come to the same.
func TestIDForms(t *testing.T) {
	for _, tt := range []struct {
		form                 receipt.IDForm
		submitted, receipted string
		want                 string
	}{
		{receipt.Same, "00Ab", "00Ab", "00Ab"},
		{receipt.HexToDec, "255", "FF", "255"},
		{receipt.HexToDec, "0000000255", "00ff", "255"},
		{receipt.HexToDec, "255", "0xFF", "255"},
		{receipt.HexToDec, "18446744073709551616", "10000000000000000", "18446744073709551616"}, // beyond 64 bits
		{receipt.DecToHex, "FF", "255", "ff"},
		{receipt.DecToHex, "0x00fF", "0000255", "ff"},
		{receipt.DecToHex, "abc-def", "abc-def", "abc-def"}, // no number
		{receipt.HexToDec, "", "", ""},
		{receipt.HexToDec, "0", "000", "0"},
		{receipt.DecToHex, "\xe9", "é", "é"}, // the receipt's text has been read already
	} {
		if s, r := tt.form.Submitted(tt.submitted), tt.form.Receipted(tt.receipted); s != tt.want || r != tt.want {
			t.Errorf("%s: %q of the response becomes %q, %q of the receipt %q; want %q", tt.form, tt.submitted, s, tt.receipted, r, tt.want)
		}
	}
	for _, f := range []receipt.IDForm{receipt.Same, receipt.HexToDec, receipt.DecToHex} {
		text, err := f.MarshalText()
		var back receipt.IDForm
		if err != nil || back.UnmarshalText(text) != nil || back != f {
			t.Errorf("%s came back as %s", text, back)
		}
	}
	var f receipt.IDForm
	if err := f.UnmarshalText([]byte("octal")); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("octal: %v", err)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		receipt.Parse("id:0123456789 sub:001 dlvrd:001 submit date:2501020304 done date:2501020305 stat:DELIVRD err:000 Text:Hello")
	}
}
