package gsm_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief/gsm"
)

func texts(f *testing.F, add func(string)) {
	f.Helper()
	for _, s := range []string{
		"", "hello", "€{}^\f", "\x1b", "éΔ", "😀", "a\xff", a(160), a(161), a(152) + "€" + a(152),
		han(66) + "😀" + han(66), a(80) + "’" + a(80), "\x00@",
	} {
		add(s)
	}
}

// FuzzGSM7 encodes, packs, unpacks and decodes: what can be written comes back.
func FuzzGSM7(f *testing.F) {
	texts(f, func(s string) { f.Add(s, uint8(len(s)%7)) })
	f.Fuzz(func(t *testing.T, text string, fill uint8) {
		septets, err := gsm.EncodeGSM7(text)
		if err != nil {
			if len(septets) != 0 {
				t.Errorf("%q was refused but gave % X", text, septets)
			}
			return
		}
		n := int(fill % 7)
		packed := gsm.Pack(septets, n)
		unpacked, err := gsm.Unpack(packed, len(septets), n)
		if err != nil || !bytes.Equal(unpacked, septets) {
			t.Fatalf("% X packed to % X and came back as % X, %v", septets, packed, unpacked, err)
		}
		if got := gsm.DecodeGSM7(unpacked); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	})
}

// FuzzUnpack feeds packed octets of any origin.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte{0xE8, 0x32, 0x9B, 0xFD, 0x06}, 5, 0)
	f.Add([]byte{0xD0, 0x65, 0x36, 0xFB, 0x0D}, 5, 1)
	f.Add([]byte{}, 1, 6)
	f.Add([]byte{}, 0, 1)
	f.Fuzz(func(t *testing.T, octets []byte, n, fill int) {
		septets, err := gsm.Unpack(octets, n, fill)
		if err != nil {
			return
		}
		if len(septets) != n {
			t.Fatalf("%d septets, want %d", len(septets), n)
		}
		if again, err := gsm.Unpack(gsm.Pack(septets, fill), n, fill); err != nil || !bytes.Equal(again, septets) {
			t.Errorf("% X became % X, %v", septets, again, err)
		}
	})
}

// FuzzDecode feeds octets under every data_coding: the text is UTF-8, and where
// the alphabet is known and the text undamaged it can be written again.
func FuzzDecode(f *testing.F) {
	for _, coding := range []byte{0, 1, 2, 3, 4, 5, 8, 0x10, 0x18, 0xC0, 0xE0, 0xF4, 0xFF} {
		f.Add(coding, []byte("hello\x1b\x65"))
		f.Add(coding, []byte{0xD8, 0x3D, 0xDE, 0x00, 0xD8})
	}
	f.Fuzz(func(t *testing.T, coding byte, octets []byte) {
		text, known := gsm.Decode(coding, octets)
		if !utf8.ValidString(text) {
			t.Fatalf("data_coding %02X, % X: %q is not UTF-8", coding, octets, text)
		}
		if n := utf8.RuneCountInString(text); n > len(octets) || n < len(octets)/4 { // 4: a surrogate pair
			t.Errorf("data_coding %02X: %d octets gave %d characters", coding, len(octets), n)
		}
		damaged := bytes.ContainsRune([]byte(text), utf8.RuneError)
		switch {
		case !known, coding == gsm.CodingLatin1, coding == gsm.CodingBinary:
			if back, err := gsm.EncodeLatin1(text); err != nil || !bytes.Equal(back, octets) {
				t.Errorf("data_coding %02X: % X came back as % X, %v", coding, octets, back, err)
			}
		case damaged:
		case coding == gsm.CodingUCS2:
			if back := gsm.EncodeUCS2(text); !bytes.Equal(back, octets) {
				t.Errorf("% X came back as % X", octets, back)
			}
		case coding == gsm.CodingDefault:
			back, err := gsm.EncodeGSM7(text)
			if err != nil || gsm.DecodeGSM7(back) != text {
				t.Errorf("%q cannot be written again: % X, %v", text, back, err)
			}
		}
	})
}

// FuzzSplit holds the cutting to its promises for any text and any options.
func FuzzSplit(f *testing.F) {
	texts(f, func(s string) {
		for e := range uint8(3) {
			for c := range uint8(4) {
				f.Add(s, e, c, uint16(0x12A7))
			}
		}
	})
	f.Fuzz(func(t *testing.T, text string, e, c uint8, reference uint16) {
		o := gsm.Options{Encoding: gsm.Encoding(e % 3), Concatenation: gsm.Concatenation(c % 4), Reference: reference}
		segments, err := gsm.Split(text, o)
		if err != nil {
			t.Skip("too long")
		}
		analysis := o.Analyse(text)
		if o.Concatenation != gsm.Payload && analysis.Segments != len(segments) {
			t.Errorf("%d segments, but analysed as %+v", len(segments), analysis)
		}
		if (analysis.Index >= 0) != (analysis.Encoding != o.Encoding) {
			t.Errorf("%v was asked for: %+v", o.Encoding, analysis)
		}
		var joined string
		for i, s := range segments {
			joined += s.Text
			body := s.Payload
			if s.Header > 0 {
				var place gsm.Concat
				if place, body, err = gsm.ParseUDH(s.Payload); err != nil || place != s.Concat {
					t.Errorf("segment %d: the header says %+v, %v; want %+v", i+1, place, err, s.Concat)
				}
			}
			if len(segments) > 1 && (s.Concat.Part != i+1 || s.Concat.Parts != len(segments)) {
				t.Errorf("segment %d of %d is placed %+v", i+1, len(segments), s.Concat)
			}
			decoded, _ := gsm.Decode(s.Encoding.Coding(), body)
			if want := string([]rune(s.Text)); decoded != want { // not UTF-8: U+FFFD
				t.Errorf("segment %d: %q decodes to %q", i+1, s.Text, decoded)
			}
			if o.Concatenation == gsm.Payload {
				continue
			}
			if air := onAir(s, o, len(segments)); air > 140 {
				t.Errorf("segment %d takes %d octets of the radio's 140", i+1, air)
			}
			// Full: the first character of the next would not have fitted.
			if i+1 < len(segments) {
				r, size := utf8.DecodeRuneInString(segments[i+1].Text)
				if r == utf8.RuneError && size == 0 {
					t.Fatalf("segment %d is empty", i+2)
				}
				longer := s
				longer.Payload = append(s.Payload[:len(s.Payload):len(s.Payload)], encode(t, s.Encoding, string(r))...)
				if air := onAir(longer, o, len(segments)); air <= 140 {
					t.Errorf("segment %d had room for %q", i+1, r)
				}
			}
		}
		if joined != text {
			t.Errorf("%q was cut into %q", text, joined)
		}
	})
}

// onAir gives the octets of TP-UD: GSM-7 packed, after the header that the
// segment has or that the SMSC will make of sar.
func onAir(s gsm.Segment, o gsm.Options, segments int) int {
	header, body := s.Payload[:s.Header], s.Payload[s.Header:]
	if segments > 1 && o.Concatenation == gsm.SAR {
		header = make([]byte, 6)
	}
	if s.Encoding == gsm.GSM7 {
		body = gsm.Pack(body, gsm.FillBits(len(header)))
	}
	return len(header) + len(body)
}

func encode(t *testing.T, e gsm.Encoding, text string) []byte {
	t.Helper()
	var (
		out []byte
		err error
	)
	switch e {
	case gsm.GSM7:
		out, err = gsm.EncodeGSM7(text)
	case gsm.Latin1:
		out, err = gsm.EncodeLatin1(text)
	case gsm.UCS2:
		out = gsm.EncodeUCS2(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// FuzzParseUDH feeds headers of any origin, and reads back those it makes of
// what it read.
func FuzzParseUDH(f *testing.F) {
	for _, s := range []string{
		"", "00", "05", "050003A70201 6869", "06080412A70302 6869", "0B0504158115820003A70201 6869", "0100 6869", "050003A70200",
	} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		c, body, err := gsm.ParseUDH(payload)
		if !bytes.HasSuffix(payload, body) {
			t.Fatalf("% X: the body % X is not its end", payload, body)
		}
		if c == (gsm.Concat{}) {
			return
		}
		if err != nil || c.Part < 1 || c.Part > c.Parts || c.Parts > 255 {
			t.Fatalf("% X: %+v, %v", payload, c, err)
		}
		again, rest, err := gsm.ParseUDH(append(c.AppendUDH(nil), body...))
		if again != c || !bytes.Equal(rest, body) || err != nil {
			t.Errorf("%+v, % X came back as %+v, % X, %v", c, body, again, rest, err)
		}
	})
}
