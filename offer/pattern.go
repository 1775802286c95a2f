package offer

import (
	"strings"

	"github.com/wirechief/wirechief"
)

// patternMost is how long a pattern may be, in characters: a number has fifteen
// digits, and there may be a run before and after each.
const patternMost = 32

// piecesMost bounds the parts of a pattern: each is tried at every place of
// every number that has those before it.
const piecesMost = 4

// anyDigit stands in a piece for any one digit.
const anyDigit = 10

// keys are the digits of the letters a to z on a telephone (ITU-T E.161).
const keys = "22233344455566677778889999"

// pattern is what a number has to look like: pieces in this order, with any run
// of digits between them, and at an end that is not tied.
type pattern struct {
	pieces     [][]uint8 // digits and anyDigit; an untied piece is never empty
	start, end bool      // the first piece begins, the last ends, the number
}

// parsePattern reads the pattern of an OfferQuery. It is nil when every number
// fits.
func parsePattern(s string) (*pattern, error) {
	if len(s) > patternMost {
		return nil, wirechief.InvalidField("contains", "a pattern has at most %d characters", patternMost)
	}
	s, start := strings.CutPrefix(s, "+")
	s, end := strings.CutSuffix(s, "$")
	var atoms []uint8 // also run
	const run = 11
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			atoms = append(atoms, c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			atoms = append(atoms, keys[c|0x20-'a']-'0')
		case c == '*':
			atoms = append(atoms, anyDigit)
		case c == '%':
			atoms = append(atoms, run)
		case c == '+':
			return nil, wirechief.InvalidField("contains", "a + in a pattern stands at its start")
		case c == '$':
			return nil, wirechief.InvalidField("contains", "a $ in a pattern stands at its end")
		default:
			return nil, wirechief.InvalidField("contains", "a pattern is made of digits, letters, * for one digit, %% for any run, + at the start and $ at the end")
		}
	}
	p := &pattern{start: start, end: end}
	if n := len(atoms); n > 0 {
		p.start = start && atoms[0] != run
		p.end = end && atoms[n-1] != run
	}
	var piece []uint8
	for _, a := range atoms {
		if a != run {
			piece = append(piece, a)
		} else if piece != nil {
			p.pieces, piece = append(p.pieces, piece), nil
		}
	}
	if piece != nil {
		p.pieces = append(p.pieces, piece)
	}
	if len(p.pieces) > piecesMost {
		return nil, wirechief.InvalidField("contains", "a pattern has at most %d parts with %% between them", piecesMost)
	}
	if len(p.pieces) == 0 {
		if len(atoms) == 0 && start && end {
			return &pattern{pieces: [][]uint8{{}}, start: true, end: true}, nil // the number without digits
		}
		return nil, nil
	}
	return p, nil
}

// least is how many digits a number needs to fit.
func (p *pattern) least() int {
	n := 0
	for _, piece := range p.pieces {
		n += len(piece)
	}
	return n
}

// prefix gives the digits with which every number that fits begins, and
// whether to begin with them is all that is asked.
func (p *pattern) prefix() (d digits, all bool) {
	if !p.start {
		return 0, false
	}
	for i, a := range p.pieces[0] {
		if a == anyDigit || i == places {
			return d, false
		}
		d |= digits(a+1) << shift(i)
	}
	return d, len(p.pieces) == 1 && !p.end
}

// fits says whether one number does. The leftmost place that a piece can take
// leaves the most for the pieces after it.
func (p *pattern) fits(d digits) bool {
	from, n := 0, d.len()
	for i, piece := range p.pieces {
		last := n - len(piece) // where it may begin at the latest
		switch {
		case i == len(p.pieces)-1 && p.end:
			if i == 0 && p.start && last != 0 || last < from {
				return false
			}
			return d.has(piece, last)
		case i == 0 && p.start:
			last = min(last, 0)
		}
		for from <= last && !d.has(piece, from) {
			from++
		}
		if from > last {
			return false
		}
		from += len(piece)
	}
	return true
}

// has says whether the piece stands at a place.
func (d digits) has(piece []uint8, place int) bool {
	for i, a := range piece {
		if x := d.at(place + i); x < 0 || a != anyDigit && x != int(a) {
			return false
		}
	}
	return true
}
