package bulk

import (
	"strings"
	"unicode"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// number reads the recipient of a row: a number with its country code, with or
// without "+". Spaces and the punctuation that people put into numbers are
// dropped, and so is what spreadsheets put around to keep a number from
// becoming an amount. The country is not guessed: the same ten digits are a
// number of California and one of the Netherlands.
func number(cell string) (string, error) {
	s := strings.TrimSpace(cell)
	if inner, ok := strings.CutPrefix(s, `="`); ok {
		s = strings.TrimSpace(strings.TrimSuffix(inner, `"`))
	}
	s = strings.TrimSpace(strings.TrimPrefix(s, "'"))
	switch {
	case s == "":
		return "", wirechief.Errorf(wirechief.Invalid, "there is no number")
	case strings.ContainsFunc(s, unicode.IsLetter):
		if amount(s) {
			return "", wirechief.Errorf(wirechief.Invalid, "%s: a spreadsheet made an amount of the number; make the column text and save again", short(s))
		}
		return "", wirechief.Errorf(wirechief.Invalid, "%s has letters and is no number", short(s))
	case strings.HasPrefix(s, "00"):
		return "", wirechief.Errorf(wirechief.Invalid, "%s: write + instead of 00 before the country code", short(s))
	case strings.HasPrefix(s, "0"):
		return "", wirechief.Errorf(wirechief.Invalid, "%s has no country code: write it as +12025550123", short(s))
	}
	if s = strings.TrimLeft(s, "( "); !strings.HasPrefix(s, "+") {
		// Ten digits are more often a North American number without its 1 than the
		// number of another country without its +.
		if d := digits(s); e164.IsNANP("+1" + d) {
			return "", wirechief.Errorf(wirechief.Invalid, "%s has no country code: write +1%s, or +%s if it is meant so", short(s), d, d)
		}
		s = "+" + s
	}
	n, err := e164.Parse(s, "")
	if err != nil {
		return "", wirechief.Errorf(wirechief.Invalid, "%s is %s", short(strings.TrimSpace(cell)), wirechief.MessageOf(err))
	}
	return n, nil
}

// digits gives those of a cell.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// amount says whether a spreadsheet wrote a number as 1.31E+10.
func amount(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E")
	return ok && mantissa != "" && exponent != "" &&
		strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "+0123456789") == ""
}
