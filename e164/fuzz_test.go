package e164_test

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// FuzzParse holds the parsers to what everything behind them relies on: what
// they accept is a number, and parsing it again changes nothing.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"+13109060901", "(310) 906-0901", "3109060901", "+3109060901", "78701", "tel:+1-310-906-0901;ext=5",
		"+44 (0)20 7946 0000", "011442079460000", "1-800-FLOWERS", "３１０９０６０９０１", "+", "", "\xff+1", "1", "11111111111",
	} {
		f.Add(s, "US")
		f.Add(s, "")
	}
	f.Add("020 7946 0000", "GB")
	f.Fuzz(func(t *testing.T, s, region string) {
		if n, err := e164.Parse(s, region); err == nil {
			checkNumber(t, n)
			if again, err := e164.Parse(n, region); again != n || err != nil {
				t.Errorf("Parse(%q) gave %q, and that again %q, %v", s, n, again, err)
			}
		} else if wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("Parse(%q) failed with %v, which is not of kind Invalid", s, err)
		}
		if n, err := e164.ParseNANP(s); err == nil {
			checkNumber(t, n)
			if !e164.IsNANP(n) {
				t.Errorf("ParseNANP(%q) gave %q, which is none", s, n)
			}
			// Both readers agree on what both take.
			if p, err := e164.Parse(s, "US"); err == nil && p != n && len(s) <= len("+1 (310) 906-0901") && !strings.ContainsFunc(s, letterOrForeign) {
				t.Errorf("%q is %q to ParseNANP and %q to Parse", s, n, p)
			}
		}
	})
}

// letterOrForeign finds what ParseNANP drops and a numbering plan may read.
func letterOrForeign(r rune) bool {
	return !strings.ContainsRune("+0123456789 ()-./", r)
}

func checkNumber(t *testing.T, n string) {
	t.Helper()
	if !e164.IsNumber(n) || e164.KindOf(n) != e164.PhoneNumber {
		t.Errorf("%q was accepted, but is not a number", n)
	}
	if c := e164.Country(n); c != "" && len(c) != 2 {
		t.Errorf("Country(%q) = %q", n, c)
	}
	_ = e164.TimeZones(n)
}

// FuzzMask looks for a number that shows through.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"+13109060901", "3109060901", "78701", "Wirechief", "a310906090", "", "+", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		digits := 0
		for _, r := range s {
			if '0' <= r && r <= '9' {
				digits++
			}
		}
		if m := e164.Mask(s); digits > 6 && m == s {
			t.Errorf("Mask(%q) hides nothing", s)
		}
	})
}
