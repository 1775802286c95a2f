package gsm

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// DecodePart is [Decode] for a part of a long text. Senders cut UCS-2 after 67
// units without looking, through the middle of an emoji at times. A half of a
// surrogate pair at either end of the part is kept in the form that UTF-8 would
// give it, which is no valid UTF-8, until [JoinHalves] has the other.
func DecodePart(coding byte, octets []byte) (text string, known bool) {
	text, known = Decode(coding, octets)
	if n := len(octets); isUCS2(coding) && n >= 2 && n%2 == 0 {
		if low := rune(octets[0])<<8 | rune(octets[1]); isLow(low) {
			text = half(low) + strings.TrimPrefix(text, "\uFFFD")
		}
		if high := rune(octets[n-2])<<8 | rune(octets[n-1]); isHigh(high) {
			text = strings.TrimSuffix(text, "\uFFFD") + half(high)
		}
	}
	return text, known
}

// JoinHalves puts the halves together that parts of a text have left, and gives
// text in UTF-8: a half without the other becomes U+FFFD.
func JoinHalves(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for len(text) > 0 {
		if high, ok := halfOf(text); ok && isHigh(high) {
			if low, ok := halfOf(text[3:]); ok && isLow(low) {
				b.WriteRune(utf16.DecodeRune(high, low))
				text = text[6:]
				continue
			}
		}
		if _, ok := halfOf(text); ok {
			b.WriteRune(utf8.RuneError)
			text = text[3:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		b.WriteRune(r)
		text = text[n:]
	}
	return b.String()
}

func isHigh(r rune) bool { return r >= 0xD800 && r < 0xDC00 }
func isLow(r rune) bool  { return r >= 0xDC00 && r < 0xE000 }

// half writes a surrogate as UTF-8 would: 1110xxxx 10xxxxxx 10xxxxxx.
func half(r rune) string {
	return string([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F})
}

// halfOf reads a surrogate at the beginning of text.
func halfOf(text string) (rune, bool) {
	if len(text) < 3 || text[0] != 0xED || text[1] < 0xA0 || text[1] > 0xBF || text[2]&0xC0 != 0x80 {
		return 0, false
	}
	return 0xD000 | rune(text[1]&0x3F)<<6 | rune(text[2]&0x3F), true
}

// isUCS2 says whether a data_coding means UCS-2, in whatever group.
func isUCS2(coding byte) bool {
	return coding == CodingUCS2 || coding>>4 == 0x1 && coding>>2&3 == 2 || coding>>4 == 0xE
}
