package e164

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"github.com/wirechief/wirechief"
)

// longest is the longest input looked at, in octets: a number with every
// ornament people put on one is far shorter.
const longest = 64

// Parse reads a telephone number as people write it and gives it as "+" and
// digits. Region is the country, ISO 3166-1 alpha-2 in capitals, in which a
// number without "+" is read; when it is empty only the international form is
// taken.
//
// "+" and digits alone is taken at its word: the shape is checked, see
// [IsNumber], and the string returned as it is. Other forms go through the
// numbering plan of the country, which drops trunk prefixes ("+44 (0)20 …"),
// reads international prefixes ("011 44 …") and letters ("1-800-FLOWERS"), and
// refuses impossible lengths. A number with an extension is refused, for a
// message cannot be sent to one.
func Parse(s, region string) (string, error) {
	if IsNumber(s) {
		return s, nil
	}
	if region == "US" || region == "CA" || strings.HasPrefix(s, "+1") {
		if n, ok := scanNANP(s, true); ok {
			return n, nil
		}
	}
	if len(s) > longest {
		return "", wirechief.Errorf(wirechief.Invalid, "not a telephone number: longer than %d characters", longest)
	}
	n, err := phonenumbers.Parse(s, region)
	if err != nil || !plain(s, region) {
		message := "not a telephone number"
		if region == "" {
			message += " in international form, as +12025550123"
		}
		return "", &wirechief.Error{Kind: wirechief.Invalid, Message: message, Err: err}
	}
	if n.GetExtension() != "" {
		return "", wirechief.Errorf(wirechief.Invalid, "a telephone number with an extension cannot be used")
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return "", wirechief.Errorf(wirechief.Invalid, "not a telephone number: too short for its country")
	case phonenumbers.TOO_LONG:
		return "", wirechief.Errorf(wirechief.Invalid, "not a telephone number: too long for its country")
	case phonenumbers.INVALID_COUNTRY_CODE:
		return "", wirechief.Errorf(wirechief.Invalid, "not a telephone number: no country has this code")
	default:
		return "", wirechief.Errorf(wirechief.Invalid, "not a telephone number: wrong length for its country")
	}
	out := phonenumbers.Format(n, phonenumbers.E164)
	if !IsNumber(out) {
		return "", wirechief.Errorf(wirechief.Invalid, "not a telephone number")
	}
	return out, nil
}

// plain says whether s has only what people write in numbers. The numbering
// plan would drop what it does not know, and a slip of the pen would become
// somebody else's number. Letters are digits in a word of three at least, and
// only in a country's own form.
func plain(s, region string) bool {
	s = strings.TrimSpace(strings.TrimPrefix(s, "tel:"))
	letters, longest := 0, 0
	for i, r := range s {
		if 'a' <= r|0x20 && r|0x20 <= 'z' {
			letters++
			longest = max(longest, letters)
			continue
		}
		if letters > 0 && letters < 3 {
			return false
		}
		letters = 0
		switch {
		case unicode.IsDigit(r), strings.ContainsRune(" \t-.()/\u00a0\u2010\u2011\u2012\u2013", r):
		case r == '+' || r == '\uff0b': // full-width, beside full-width digits
			if strings.Trim(s[:i], "(") != "" {
				return false
			}
		default:
			return false
		}
	}
	return letters == 0 && longest == 0 || region != "" && longest >= 3 && (letters == 0 || letters >= 3)
}

// ParseNANP reads a North American number as leniently as BulkVS does: every
// character but the digits and a leading "+" is dropped, "1" is put before ten
// digits, and what is left must be 1[2-9]XX[2-9]XXXXXX (bulkvs: messageSend,
// From and To). After a leading "+" the country code has to be there: ten
// digits then belong to another country and are refused.
func ParseNANP(s string) (string, error) {
	if IsNANP(s) {
		return s, nil
	}
	if n, ok := scanNANP(s, false); ok {
		return n, nil
	}
	return "", wirechief.Errorf(wirechief.Invalid,
		"not a North American telephone number: 10 digits, or 11 beginning with 1, whose area code and exchange begin with 2 to 9")
}

// scanNANP gives the North American number in s and reports whether there is
// one. Strict refuses any character but digits, a leading "+" and ordinary
// punctuation, so that what it accepts no numbering plan reads in another way;
// otherwise they are dropped.
func scanNANP(s string, strict bool) (string, bool) {
	s = strings.TrimLeft(s, " \t\r\n")
	s, international := strings.CutPrefix(s, "+")
	var buf [13]byte // room for "+1" before ten digits, or "+" before eleven
	n := 2
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			if n == len(buf) {
				return "", false
			}
			buf[n] = c
			n++
		case !strict, c == ' ', c == '-', c == '.', c == '(', c == ')', c == '/':
		default:
			return "", false
		}
	}
	number := buf[1:n]
	if n == 12 && !international {
		number = buf[:n]
		number[1] = '1'
	}
	number[0] = '+'
	if !nanp(string(number[1:])) {
		return "", false
	}
	return string(number), true
}
