package receipt

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
)

// IDForm is how the ids in a carrier's receipts differ from those in its
// responses to submit_sm. SMPP 3.4 appendix B has ten decimal digits in the
// receipt's text, while many SMSCs answer in hexadecimal.
type IDForm uint8

// The forms, named by what has to be done to the receipt's id.
const (
	Same     IDForm = iota // nothing: both are the same octets
	HexToDec               // receipts have hexadecimal, responses decimal
	DecToHex               // receipts have decimal, responses hexadecimal
)

// String gives the name in the operator's file: same, hex-to-dec or dec-to-hex.
func (f IDForm) String() string {
	switch f {
	case HexToDec:
		return "hex-to-dec"
	case DecToHex:
		return "dec-to-hex"
	}
	return "same"
}

// UnmarshalText reads the names of String.
func (f *IDForm) UnmarshalText(text []byte) error {
	switch string(text) {
	case "same":
		*f = Same
	case "hex-to-dec":
		*f = HexToDec
	case "dec-to-hex":
		*f = DecToHex
	default:
		return wirechief.Errorf(wirechief.Invalid, "%q is not a form of ids: same, hex-to-dec or dec-to-hex", text)
	}
	return nil
}

// MarshalText gives String.
func (f IDForm) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Submitted brings the id of a response into the form that Receipted gives:
// where ids are numbers, zeros in front and the case of hexadecimal digits say
// nothing. An id that is no number is left alone.
func (f IDForm) Submitted(id string) string {
	id = Characters(id)
	switch f {
	case HexToDec:
		return convert(id, 10, 10)
	case DecToHex:
		return convert(id, 16, 16)
	}
	return id
}

// Receipted brings the id of a receipt into the form of the response's.
func (f IDForm) Receipted(id string) string {
	switch f {
	case HexToDec:
		return convert(id, 16, 10)
	case DecToHex:
		return convert(id, 10, 16)
	}
	return id
}

// Characters gives octets that should be ASCII, and mostly are, as the text that
// they are in Latin-1, which is how the text of receipts is read too. So an id
// is the same wherever it came from, and no octet makes it unfit to be stored.
func Characters(octets string) string {
	for i := range len(octets) {
		if octets[i] >= utf8.RuneSelf {
			return gsm.DecodeLatin1([]byte(octets))
		}
	}
	return octets
}

// maxIDLength is what message_id holds (SMPP 3.4 5.2.23); what is longer is
// compared as it is, for converting takes time that grows with the square.
const maxIDLength = 64

// convert writes a number in another base, in lower case and without zeros in
// front. What is no number of the base is given back as it is.
func convert(id string, from, to int) string {
	digits := id
	if from == 16 && len(id) > 2 && strings.EqualFold(id[:2], "0x") {
		digits = id[2:]
	}
	if digits == "" || len(digits) > maxIDLength || !allDigits(digits, from) {
		return id
	}
	if n, err := strconv.ParseUint(digits, from, 64); err == nil {
		return strconv.FormatUint(n, to)
	}
	n, ok := new(big.Int).SetString(digits, from)
	if !ok {
		return id
	}
	return n.Text(to)
}

func allDigits(s string, base int) bool {
	for i := range len(s) {
		c := s[i]
		if '0' <= c && c <= '9' || base == 16 && 'a' <= c|0x20 && c|0x20 <= 'f' {
			continue
		}
		return false
	}
	return true
}
