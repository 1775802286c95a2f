package gsm

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// EncodeUCS2 writes text as UTF-16 with the high octet first. Characters
// beyond U+FFFF, emoji mostly, become surrogate pairs: strictly UCS-2 (3GPP TS
// 23.038 6.2.3) has none, but handsets that show emoji read them. Octets of
// text that are not UTF-8 become U+FFFD.
func EncodeUCS2(text string) []byte {
	out := make([]byte, 0, 2*len(text))
	for _, r := range text {
		out = appendUCS2(out, r)
	}
	return out
}

func appendUCS2(out []byte, r rune) []byte {
	if r > 0xFFFF {
		high, low := utf16.EncodeRune(r)
		out = append(out, byte(high>>8), byte(high))
		r = low
	}
	return append(out, byte(r>>8), byte(r))
}

// DecodeUCS2 reads UTF-16 with the high octet first. A surrogate without its
// other half and an odd octet at the end become U+FFFD. A byte order mark is a
// character like others: the order is fixed.
func DecodeUCS2(octets []byte) string {
	var b strings.Builder
	b.Grow(len(octets))
	for i := 0; i+1 < len(octets); i += 2 {
		r := rune(octets[i])<<8 | rune(octets[i+1])
		if utf16.IsSurrogate(r) {
			var low rune
			if i+3 < len(octets) {
				low = rune(octets[i+2])<<8 | rune(octets[i+3])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		b.WriteRune(r)
	}
	if len(octets)%2 != 0 {
		b.WriteRune(utf8.RuneError)
	}
	return b.String()
}

// EncodeLatin1 writes text in ISO 8859-1, one octet a character.
func EncodeLatin1(text string) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for i, r := range text {
		if r > 0xFF {
			return nil, unwritable(Latin1, text, i)
		}
		out = append(out, byte(r))
	}
	return out, nil
}

// DecodeLatin1 reads ISO 8859-1. Each octet is the character of its value, so
// [EncodeLatin1] gives the octets back, whatever they were.
func DecodeLatin1(octets []byte) string {
	var b strings.Builder
	b.Grow(len(octets))
	for _, o := range octets {
		b.WriteRune(rune(o))
	}
	return b.String()
}

// decodeASCII reads seven-bit text; other octets become U+FFFD.
func decodeASCII(octets []byte) string {
	var b strings.Builder
	b.Grow(len(octets))
	for _, o := range octets {
		if o >= utf8.RuneSelf {
			b.WriteRune(utf8.RuneError)
			continue
		}
		b.WriteByte(o)
	}
	return b.String()
}
