package gsm_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
)

// The default alphabet in the order of its septets, copied from the table of
// 3GPP TS 23.038 6.2.1 row by row; the escape, 1B, stands apart.
const (
	before1B = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ"
	after1B  = "ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

func TestDefaultAlphabet(t *testing.T) {
	var want []byte
	for s := range byte(0x80) {
		if s != 0x1B {
			want = append(want, s)
		}
	}
	text := before1B + after1B
	got, err := gsm.EncodeGSM7(text)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("encoded:\n% X, %v\nwant:\n% X", got, err, want)
	}
	if got := gsm.DecodeGSM7(want); got != text {
		t.Errorf("decoded:\n%q\nwant:\n%q", got, text)
	}
}

// Only the characters of the two tables are written, and each in one way.
func TestAlphabetIsClosed(t *testing.T) {
	const extension = "\f^{}\\[~]|€"
	for r := range rune(0x11000) {
		_, err := gsm.EncodeGSM7(string(r))
		if want := strings.ContainsRune(before1B+after1B+extension, r); (err == nil) != want {
			t.Errorf("%U: error %v, but in the alphabet is %v", r, err, want)
		}
	}
}

func TestEncodeGSM7(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // hexadecimal; empty with text: refused
	}{
		{"empty", "", ""},
		{"letters", "hello", "68656C6C6F"},
		{"zero is a character", "@", "00"},
		{"not as in ASCII", "$_@", "021100"},
		{"euro", "€", "1B65"},
		{"braces", "{}", "1B281B29"},
		{"the other extensions", "^\\[~]|", "1B141B2F1B3C1B3D1B3E1B40"},
		{"form feed", "\f", "1B0A"},
		{"line", "a\r\nb", "610D0A62"},
		{"Greek", "ΔΩ", "1015"},
		{"small c with cedilla is not in it", "ç", ""},
		{"backtick", "`", ""},
		{"tab", "\t", ""},
		{"escape", "\x1b", ""},
		{"curly apostrophe is not made straight", "it’s", ""},
		{"emoji", "😀", ""},
		{"not UTF-8", "a\xff", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := gsm.EncodeGSM7(tt.text)
			checkEncoded(t, tt.text, tt.want, got, err)
		})
	}
}

// checkEncoded compares octets, or looks whether a refusal keeps the text to itself.
func checkEncoded(t *testing.T, text, want string, got []byte, err error) {
	t.Helper()
	if want == "" && text != "" {
		if wirechief.KindOf(err) != wirechief.Invalid || got != nil {
			t.Errorf("gave % X, %v; want an error of kind Invalid", got, err)
		}
		if err != nil && len(text) > 3 && strings.Contains(err.Error(), text) {
			t.Errorf("the error %q shows the text", err)
		}
		return
	}
	if err != nil || !strings.EqualFold(hex.EncodeToString(got), want) {
		t.Errorf("gave %X, %v; want %s", got, err, want)
	}
}

func TestEncodeErrorNamesTheCharacter(t *testing.T) {
	_, err := gsm.EncodeGSM7("€é’")
	if err == nil || err.Error() != "GSM-7 cannot write U+2019, character 3 of the text" {
		t.Errorf("the error is %v", err)
	}
	_, err = gsm.EncodeLatin1("é€")
	if err == nil || err.Error() != "Latin-1 cannot write U+20AC, character 2 of the text" {
		t.Errorf("the error is %v", err)
	}
}

// What a peer sends need not be what we would have sent.
func TestDecodeGSM7(t *testing.T) {
	tests := []struct{ name, septets, want string }{
		{"empty", "", ""},
		{"letters", "68656C6C6F", "hello"},
		{"euro", "1B65", "€"},
		{"form feed", "1B0A", "\f"},
		{"unknown extension: main table", "1B61", "a"},
		{"carriage return after an escape", "1B0D", "\r"},
		{"two escapes: one space", "1B1B41", " A"},
		{"escape at the end: a space", "411B", "A "},
		{"eighth bit", "41E942", "A\uFFFDB"},
		{"eighth bit and no other", "80", "\uFFFD"},
		{"eighth bit after an escape", "1BE942", "\uFFFDB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := gsm.DecodeGSM7(unhex(t, tt.septets)); got != tt.want {
				t.Errorf("%s gave %q, want %q", tt.septets, got, tt.want)
			}
		})
	}
}

func TestPack(t *testing.T) {
	tests := []struct {
		name, septets string
		fill          int
		want          string
	}{
		{"empty", "", 0, ""},
		{"nothing after a header", "", 1, ""},
		{"one", "61", 0, "61"},
		{"hello", "68656C6C6F", 0, "E8329BFD06"}, // as in every GSM primer: "hello"
		{"hellohello", "68656C6C6F68656C6C6F", 0, "E8329BFD4697D9EC37"},
		{"eight septets, seven octets", "3132333435363738", 0, "31D98C56B3DD70"},
		{"seven septets leave seven bits", "31323334353637", 0, "31D98C56B3DD00"},
		{"after a header of 6 octets", "68656C6C6F", 1, "D0653 6FB0D"},
		{"the eighth bit is dropped", "E8", 0, "68"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			septets, want := unhex(t, tt.septets), unhex(t, tt.want)
			if got := gsm.Pack(septets, tt.fill); !bytes.Equal(got, want) {
				t.Fatalf("packed % X, want % X", got, want)
			}
			for i := range septets {
				septets[i] &= 0x7F
			}
			if got, err := gsm.Unpack(want, len(septets), tt.fill); err != nil || !bytes.Equal(got, septets) {
				t.Errorf("unpacked % X, %v; want % X", got, err, septets)
			}
		})
	}
}

func TestUnpackRefuses(t *testing.T) {
	for _, tt := range []struct {
		name            string
		octets, n, fill int
	}{
		{"more septets than there are", 7, 9, 0},
		{"more than the fill leaves", 7, 8, 1},
		{"so many that the bits cannot be counted", 7, math.MaxInt, 0},
		{"a negative number", 7, -1, 0},
		{"a negative fill", 7, 1, -1},
		{"too large a fill", 7, 1, 7},
	} {
		if got, err := gsm.Unpack(make([]byte, tt.octets), tt.n, tt.fill); wirechief.KindOf(err) != wirechief.Invalid || err == nil {
			t.Errorf("%s: % X, %v", tt.name, got, err)
		}
	}
}

func TestFillBits(t *testing.T) {
	for header, want := range map[int]int{0: 0, 6: 1, 7: 0, 5: 2, 12: 2} {
		if got := gsm.FillBits(header); got != want {
			t.Errorf("FillBits(%d) = %d, want %d", header, got, want)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
