package gsm_test

import (
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief/gsm"
)

// A text that was cut anywhere between two octets-pairs is whole again.
func TestHalvesMeetAgain(t *testing.T) {
	const text = "日本😀語👍🏽!"
	octets := gsm.EncodeUCS2(text)
	for cut := 0; cut <= len(octets); cut += 2 {
		a, _ := gsm.DecodePart(gsm.CodingUCS2, octets[:cut])
		b, _ := gsm.DecodePart(gsm.CodingUCS2, octets[cut:])
		if got := gsm.JoinHalves(a + b); got != text {
			t.Errorf("cut at %d it is %q", cut, got)
		}
	}
}

func TestHalvesAlone(t *testing.T) {
	high, _ := gsm.DecodePart(gsm.CodingUCS2, []byte{0, 'a', 0xD8, 0x3D})
	low, _ := gsm.DecodePart(gsm.CodingUCS2, []byte{0xDE, 0x00, 0, 'b'})
	for in, want := range map[string]string{
		high: "a\uFFFD", low: "\uFFFDb", low + high: "\uFFFDba\uFFFD", high + "[…]" + low: "a\uFFFD[…]\uFFFDb", "\xff": "\uFFFD", "": "", "ä€😀": "ä€😀",
	} {
		if got := gsm.JoinHalves(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
	// Other codings have no halves.
	if got, _ := gsm.DecodePart(gsm.CodingLatin1, []byte{0xD8, 0x3D}); got != "Ø=" {
		t.Errorf("Latin-1 becomes %q", got)
	}
}

func FuzzJoinHalves(f *testing.F) {
	f.Add("a\xed\xa0\xbd", "\xed\xb8\x80b")
	f.Fuzz(func(t *testing.T, a, b string) {
		got := gsm.JoinHalves(a + b)
		if !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
		if again := gsm.JoinHalves(got); again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
	})
}
