package gsm

import (
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// escape leads a septet of the extension table (3GPP TS 23.038 6.2.1.1).
const escape = 0x1B

// basic is the default alphabet (3GPP TS 23.038 6.2.1), by septet. The place of
// the escape holds a space, which is how one that escapes nothing is shown
// (6.2.1 note 1).
var basic = [128]rune{
	'@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
	'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É',
	' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
	'¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
}

// extension gives the character of a septet after an escape (3GPP TS 23.038
// 6.2.1.1), 0 when the table has none.
func extension(septet byte) rune {
	switch septet {
	case 0x0A:
		return '\f' // page break
	case 0x14:
		return '^'
	case 0x1B:
		return ' ' // kept for yet another table; until there is one, a space
	case 0x28:
		return '{'
	case 0x29:
		return '}'
	case 0x2F:
		return '\\'
	case 0x3C:
		return '['
	case 0x3D:
		return '~'
	case 0x3E:
		return ']'
	case 0x40:
		return '|'
	case 0x65:
		return '€'
	}
	return 0
}

// code is how the default alphabet writes a character: the septet in the low
// seven bits and one of the flags; 0 when it has no way.
type code uint16

const (
	inBasic     code = 0x100 // one septet
	inExtension code = 0x200 // an escape before it
)

// units is the number of septets.
func (c code) units() int { return int(c >> 8) }

// latin is the reverse of both tables for the first 256 characters.
var latin = [256]code{
	//lint:ignore SA4016 the septet of @ is zero, and the rows of the table are alike
	'@': inBasic | 0x00, '£': inBasic | 0x01, '$': inBasic | 0x02, '¥': inBasic | 0x03,
	'è': inBasic | 0x04, 'é': inBasic | 0x05, 'ù': inBasic | 0x06, 'ì': inBasic | 0x07,
	'ò': inBasic | 0x08, 'Ç': inBasic | 0x09, '\n': inBasic | 0x0A, 'Ø': inBasic | 0x0B,
	'ø': inBasic | 0x0C, '\r': inBasic | 0x0D, 'Å': inBasic | 0x0E, 'å': inBasic | 0x0F,
	'_': inBasic | 0x11, 'Æ': inBasic | 0x1C, 'æ': inBasic | 0x1D, 'ß': inBasic | 0x1E,
	'É': inBasic | 0x1F,

	' ': inBasic | 0x20, '!': inBasic | 0x21, '"': inBasic | 0x22, '#': inBasic | 0x23,
	'¤': inBasic | 0x24, '%': inBasic | 0x25, '&': inBasic | 0x26, '\'': inBasic | 0x27,
	'(': inBasic | 0x28, ')': inBasic | 0x29, '*': inBasic | 0x2A, '+': inBasic | 0x2B,
	',': inBasic | 0x2C, '-': inBasic | 0x2D, '.': inBasic | 0x2E, '/': inBasic | 0x2F,
	'0': inBasic | 0x30, '1': inBasic | 0x31, '2': inBasic | 0x32, '3': inBasic | 0x33,
	'4': inBasic | 0x34, '5': inBasic | 0x35, '6': inBasic | 0x36, '7': inBasic | 0x37,
	'8': inBasic | 0x38, '9': inBasic | 0x39, ':': inBasic | 0x3A, ';': inBasic | 0x3B,
	'<': inBasic | 0x3C, '=': inBasic | 0x3D, '>': inBasic | 0x3E, '?': inBasic | 0x3F,

	'¡': inBasic | 0x40, 'A': inBasic | 0x41, 'B': inBasic | 0x42, 'C': inBasic | 0x43,
	'D': inBasic | 0x44, 'E': inBasic | 0x45, 'F': inBasic | 0x46, 'G': inBasic | 0x47,
	'H': inBasic | 0x48, 'I': inBasic | 0x49, 'J': inBasic | 0x4A, 'K': inBasic | 0x4B,
	'L': inBasic | 0x4C, 'M': inBasic | 0x4D, 'N': inBasic | 0x4E, 'O': inBasic | 0x4F,
	'P': inBasic | 0x50, 'Q': inBasic | 0x51, 'R': inBasic | 0x52, 'S': inBasic | 0x53,
	'T': inBasic | 0x54, 'U': inBasic | 0x55, 'V': inBasic | 0x56, 'W': inBasic | 0x57,
	'X': inBasic | 0x58, 'Y': inBasic | 0x59, 'Z': inBasic | 0x5A, 'Ä': inBasic | 0x5B,
	'Ö': inBasic | 0x5C, 'Ñ': inBasic | 0x5D, 'Ü': inBasic | 0x5E, '§': inBasic | 0x5F,

	'¿': inBasic | 0x60, 'a': inBasic | 0x61, 'b': inBasic | 0x62, 'c': inBasic | 0x63,
	'd': inBasic | 0x64, 'e': inBasic | 0x65, 'f': inBasic | 0x66, 'g': inBasic | 0x67,
	'h': inBasic | 0x68, 'i': inBasic | 0x69, 'j': inBasic | 0x6A, 'k': inBasic | 0x6B,
	'l': inBasic | 0x6C, 'm': inBasic | 0x6D, 'n': inBasic | 0x6E, 'o': inBasic | 0x6F,
	'p': inBasic | 0x70, 'q': inBasic | 0x71, 'r': inBasic | 0x72, 's': inBasic | 0x73,
	't': inBasic | 0x74, 'u': inBasic | 0x75, 'v': inBasic | 0x76, 'w': inBasic | 0x77,
	'x': inBasic | 0x78, 'y': inBasic | 0x79, 'z': inBasic | 0x7A, 'ä': inBasic | 0x7B,
	'ö': inBasic | 0x7C, 'ñ': inBasic | 0x7D, 'ü': inBasic | 0x7E, 'à': inBasic | 0x7F,

	'\f': inExtension | 0x0A, '^': inExtension | 0x14, '{': inExtension | 0x28,
	'}': inExtension | 0x29, '\\': inExtension | 0x2F, '[': inExtension | 0x3C,
	'~': inExtension | 0x3D, ']': inExtension | 0x3E, '|': inExtension | 0x40,
}

// codeOf gives the code of any character.
func codeOf(r rune) code {
	if uint32(r) < uint32(len(latin)) {
		return latin[r]
	}
	switch r {
	case 'Δ':
		return inBasic | 0x10
	case 'Φ':
		return inBasic | 0x12
	case 'Γ':
		return inBasic | 0x13
	case 'Λ':
		return inBasic | 0x14
	case 'Ω':
		return inBasic | 0x15
	case 'Π':
		return inBasic | 0x16
	case 'Ψ':
		return inBasic | 0x17
	case 'Σ':
		return inBasic | 0x18
	case 'Θ':
		return inBasic | 0x19
	case 'Ξ':
		return inBasic | 0x1A
	case '€':
		return inExtension | 0x65
	}
	return 0
}

// EncodeGSM7 writes text in the default alphabet, unpacked: one octet for each
// septet, with an escape before those of the extension table. That is how SMPP
// carries data_coding 0; see [Pack] for the radio's form.
func EncodeGSM7(text string) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for i, r := range text {
		c := codeOf(r)
		if c == 0 {
			return nil, unwritable(GSM7, text, i)
		}
		out = appendCode(out, c)
	}
	return out, nil
}

func appendCode(out []byte, c code) []byte {
	if c&inExtension != 0 {
		out = append(out, escape)
	}
	return append(out, byte(c&0x7F))
}

// DecodeGSM7 reads unpacked septets. As 3GPP TS 23.038 6.2.1.1 has it, an
// escape before a septet that the extension table lacks is passed over and the
// septet read from the main table; one that ends the text is a space. An octet
// with the eighth bit set is no septet and becomes U+FFFD: which alphabet the
// peer had in mind is for its configuration to say.
func DecodeGSM7(septets []byte) string {
	var b strings.Builder
	b.Grow(len(septets))
	for i := 0; i < len(septets); i++ {
		s := septets[i]
		if s == escape && i+1 < len(septets) {
			i++
			s = septets[i]
			if r := extension(s); r != 0 {
				b.WriteRune(r)
				continue
			}
		}
		if s >= 0x80 {
			b.WriteRune(utf8.RuneError)
			continue
		}
		b.WriteRune(basic[s])
	}
	return b.String()
}

// unwritable refuses the character at an octet offset of text. The message
// gives character and place, not the text, for it may be logged.
func unwritable(e Encoding, text string, at int) error {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return wirechief.InvalidField("text", "%s cannot write %U, character %d of the text",
		e, r, utf8.RuneCountInString(text[:at])+1)
}
