package offer

import (
	"math/bits"

	"github.com/wirechief/wirechief/e164"
)

// places is the most digits of a number, E.164 6.1.
const places = 15

// digits is a number, or the first digits of some, four bits a digit from the
// top: 0 where there is no digit, the digit plus one where there is. So their
// order is that of the strings of digits, and the low four bits are free.
type digits uint64

// after is beyond all numbers.
const after = ^digits(0)

// digitsOf packs a normalised number, "+15105550100".
func digitsOf(number string) (digits, bool) {
	if !e164.IsNumber(number) {
		return 0, false
	}
	return pack(number[1:]), true
}

// pack packs at most fifteen ASCII digits.
func pack(s string) digits {
	var d digits
	for i := range len(s) {
		d |= digits(s[i]-'0'+1) << shift(i)
	}
	return d
}

// fromValue packs the digits of a decimal of n places.
func fromValue(v uint64, n int) digits {
	var d digits
	for i := n - 1; i >= 0; i-- {
		rest := v / 10
		d |= digits(v-rest*10+1) << shift(i)
		v = rest
	}
	return d
}

// value is the decimal.
func (d digits) value() uint64 {
	v := uint64(0)
	for d != 0 {
		v = v*10 + uint64(d>>60) - 1
		d <<= 4
	}
	return v
}

// len is how many digits there are, 0 to 15.
func (d digits) len() int { return (67 - bits.TrailingZeros64(uint64(d))) / 4 }

// at is the digit at a place, -1 where there is none.
func (d digits) at(place int) int { return int(d>>shift(place)&15) - 1 }

// String is the number in international form.
func (d digits) String() string {
	var b [1 + places]byte
	b[0] = '+'
	n := 1
	for ; d != 0; d <<= 4 {
		b[n] = '0' + byte(d>>60) - 1
		n++
	}
	return string(b[:n])
}

// shift is where the digit of a place stands.
func shift(place int) int { return 60 - 4*place }

// span is the numbers from one on and before another.
type span struct{ from, to digits }

// spanOf is the numbers that begin with some digits.
func spanOf(prefix digits) span {
	if prefix == 0 {
		return span{0, after}
	}
	return span{prefix, prefix + 1<<shift(prefix.len()-1)}
}

// and is what two spans share; it is empty when they are apart.
func (s span) and(o span) span { return span{max(s.from, o.from), min(s.to, o.to)} }

func (s span) empty() bool { return s.from >= s.to }

// callingCode gives the country calling code with which a number begins. ITU-T
// E.164 assigns 1 and 7, the codes of two digits that are listed here, and for
// the rest three digits.
func callingCode(d digits) digits {
	n := 3
	switch first, second := d.at(0), d.at(1); {
	case first == 1, first == 7:
		n = 1
	case first == 2 && (second == 0 || second == 7),
		first == 3 && second != 5 && second != 7 && second != 8,
		first == 4 && second != 2,
		first == 5 && second != 0 && second != 9,
		first == 6 && second <= 6,
		first == 8 && (second == 1 || second == 2 || second == 4 || second == 6),
		first == 9 && second != 6 && second != 7 && second != 9:
		n = 2
	}
	return d &^ (1<<shift(n-1) - 1)
}

// join puts further digits after some; what does not fit any number is refused.
func (d digits) join(more string) (digits, bool) {
	n := d.len()
	if n+len(more) > places {
		return 0, false
	}
	return d | pack(more)>>(4*n), true
}
