package offer

import (
	"iter"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// generateMost is how many numbers are made up at once at most.
const generateMost = 10_000_000

// Generate makes up numbers of a country (ISO 3166-1 alpha-2, capitals), the
// same at every call, spread evenly over area codes: the first of each, the
// second of each, and so on, so that a larger count adds to a smaller one.
// Numbers that are set aside for fiction come first, as 555-01XX in North
// America; the rest have the shape of numbers there, and may be somebody's.
//
// In North America at least one area code has to be given. Elsewhere an area
// code is whatever comes after the country code, without a leading 0 that is
// dialled only at home, and it may be left out where numbers have none.
func Generate(country string, areaCodes []string, count int) (iter.Seq[string], error) {
	if !isCountry(country) {
		return nil, wirechief.InvalidField("country", "%q is not a country; give two capital letters, as US", clip(country))
	}
	if count < 0 || count > generateMost {
		return nil, wirechief.InvalidField("count", "0 to %d numbers can be made up at once", generateMost)
	}
	if len(areaCodes) == 0 {
		areaCodes = []string{""}
	}
	areas := make([]area, len(areaCodes))
	for i, code := range areaCodes {
		a, err := areaOf(country, code)
		if err != nil {
			return nil, err
		}
		// The first areas have one more when it does not come out even.
		if most := int64((count + len(areas) - 1 - i) / len(areas)); most > a.room() {
			return nil, wirechief.InvalidField("count", "area code %s of %s has no more than %d numbers, not %d; give more area codes or a smaller count", code, country, a.room(), most)
		}
		for _, other := range areaCodes[:i] {
			if strings.HasPrefix(code, other) || strings.HasPrefix(other, code) {
				return nil, wirechief.InvalidField("area_codes", "area codes %s and %s have numbers in common", other, code)
			}
		}
		areas[i] = a
	}
	return func(yield func(string) bool) {
		for i := range count {
			if !yield(areas[i%len(areas)].number(int64(i / len(areas)))) {
				return
			}
		}
	}, nil
}

// area is the numbers that begin alike, in the order in which they are made up.
type area struct {
	prefix  string // country and area code, with the plus
	fiction string // what comes next in numbers that are set aside for fiction
	made    int64  // how many of them there are
	// ordinary gives the rest of the other numbers, and there are free of them.
	ordinary func(i int64) string
	free     int64
}

func (a area) room() int64 { return a.made + a.free }

// stride is a prime that shares no factor with the size of any area, so that
// its multiples come to each number once, far from the one before.
const stride int64 = 2_654_435_761

func (a area) number(i int64) string {
	if i < a.made {
		return a.prefix + a.fiction + decimal(i, len(decimal(a.made-1, 1)))
	}
	return a.prefix + a.ordinary((i-a.made)*stride%a.free)
}

// decimal writes a number with at least so many digits.
func decimal(v int64, width int) string {
	var b [20]byte
	i := len(b)
	for v > 0 || len(b)-i < width {
		i--
		b[i] = byte('0' + v%10)
		v /= 10
	}
	return string(b[i:])
}

// areaOf finds out about an area code.
func areaOf(country, code string) (area, error) {
	if !areDigits(code) {
		return area{}, wirechief.InvalidField("area_codes", "%q is not an area code; give digits, without the country code", clip(code))
	}
	if slices.Contains(northAmerica[:], country) {
		return northAmerican(country, code)
	}
	prefix, n, err := planOf(country, code)
	if err != nil {
		return area{}, err
	}
	a := area{prefix: prefix}
	low := 2 * pow10(n-1) // a first digit of 0 or 1 is for operators and services in most plans
	all := pow10(n) - low
	skip := pow10(n) // where fiction begins
	for _, f := range fictions {
		if rest, ok := strings.CutPrefix(f, prefix); ok && len(rest) < n {
			a.fiction, a.made = rest, pow10(n-len(rest))
			switch first := int64(pack(rest).value()) * a.made; {
			case rest == "":
				all = 0
			case first >= low:
				skip, all = first, all-a.made
			}
			break
		}
	}
	a.free = all
	a.ordinary = func(i int64) string {
		if i += low; i >= skip {
			i += a.made
		}
		return decimal(i, n)
	}
	return a, nil
}

func pow10(n int) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}

// northAmerican is an area code of the North American Numbering Plan: NXX, N
// from 2 to 9. Exchanges are NXX too, but not N11, which are services, and not
// 555, of which 0100 to 0199 are set aside for fiction (NANPA, 555 line numbers).
func northAmerican(country, code string) (area, error) {
	sample := "+1" + code + "2342345"
	if len(code) != 3 || code[1:] == "11" || !e164.IsNANP(sample) {
		return area{}, wirechief.InvalidField("area_codes", "%q is not an area code of %s; they have three digits, as 510", clip(code), country)
	}
	if is := e164.Country(sample); is != country && !e164.IsTollFree(sample) {
		return area{}, wirechief.InvalidField("area_codes", "area code %s is one of %s, not of %s", code, is, country)
	}
	var exchanges []string
	for x := int64(200); x < 1000; x++ {
		if x%100 != 11 && x != 555 {
			exchanges = append(exchanges, decimal(x, 3))
		}
	}
	return area{
		prefix: "+1" + code, fiction: "55501", made: 100,
		ordinary: func(i int64) string { return exchanges[i/10_000] + decimal(i%10_000, 4) },
		free:     int64(len(exchanges)) * 10_000,
	}, nil
}
