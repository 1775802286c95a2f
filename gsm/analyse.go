package gsm

import "unicode/utf8"

// Options say how a carrier wants its text. The zero value is the usual way:
// the GSM alphabet where it suffices and headers with 8-bit references.
type Options struct {
	// Encoding is tried first; a text that it cannot write is UCS-2.
	Encoding Encoding

	Concatenation Concatenation

	// Reference is shared by the segments of one message and should differ from
	// that of others to the same handset in the last days. Of UDH8 the low
	// eight bits are used. A message of one segment has none.
	Reference uint16
}

// Analysis is what a text costs, as shown before it is sent.
type Analysis struct {
	Encoding   Encoding
	Segments   int // 1 at least: an empty text is a message too
	Units      int // septets, octets or 16-bit words, by encoding, of the text as a whole
	PerSegment int // units that a segment holds, given the number of segments
	Left       int // units free in the last segment

	// Offending is the first character that keeps the text from the encoding
	// asked for, and Index the place of its first octet; 0 and -1 when there
	// is none. Octets that are not UTF-8 count as U+FFFD.
	Offending rune
	Index     int
}

// Analyse counts for the zero [Options], that is for the handset of a carrier
// without wishes of its own.
func Analyse(text string) Analysis { return Options{}.Analyse(text) }

// Analyse counts the segments that [Split] would make. With [Payload], where it
// makes none, those count that the SMSC has to make, with 8-bit references.
func (o Options) Analyse(text string) Analysis {
	if o.Concatenation == Payload {
		o.Concatenation = UDH8
	}
	return o.measure(text)
}

// measure finds the encoding and counts.
func (o Options) measure(text string) Analysis {
	a, ok := count(text, o.Encoding, o.Concatenation)
	if !ok {
		r, at := a.Offending, a.Index
		a, _ = count(text, UCS2, o.Concatenation)
		a.Offending, a.Index = r, at
	}
	return a
}

// count fills segments one after the other. It is false, with the character
// and its place, when the encoding cannot write the text.
func count(text string, e Encoding, c Concatenation) (Analysis, bool) {
	total, bad := cost(text, e)
	if bad >= 0 {
		r, _ := utf8.DecodeRuneInString(text[bad:])
		return Analysis{Offending: r, Index: bad}, false
	}
	a := Analysis{Encoding: e, Segments: 1, Units: total, Index: -1}
	single, part := limits(e, c)
	if total <= single {
		a.PerSegment, a.Left = single, single-total
		return a, true
	}
	a.PerSegment, a.Left = part, part
	for _, r := range text {
		n := e.units(r)
		if n > a.Left { // a pair moves on whole
			a.Segments++
			a.Left = part
		}
		a.Left -= n
	}
	return a, true
}

// cost gives the units of a text, and the place of the first character that
// the encoding cannot write, -1 when there is none.
func cost(text string, e Encoding) (units, bad int) {
	for i := 0; i < len(text); {
		if o := text[i]; o < utf8.RuneSelf { // most are; this is every message's first stop
			n := 1
			if e == GSM7 {
				n = latin[o].units()
			}
			if n == 0 {
				return units, i
			}
			units += n
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		n := e.units(r)
		if n == 0 {
			return units, i
		}
		units += n
		i += size
	}
	return units, -1
}
