package gsm

import (
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// maxParts is what the octet of the number of parts can say, in a header
// (3GPP TS 23.040 9.2.3.24.1) and in sar_total_segments (SMPP 3.4 5.3.2.23).
const maxParts = 255

// Segment is one short message of a text.
type Segment struct {
	Text     string   // its part of the text
	Encoding Encoding // that of all segments of the text

	// Payload is what goes into short_message: the header, where there is one,
	// and the text. GSM-7 is unpacked, so with a header it may have 159 octets.
	Payload []byte

	// Header is the number of octets of the user data header that Payload
	// begins with; where it is not 0, esm_class needs bit 6 (SMPP 3.4 5.2.12).
	Header int

	// Concat is the place among the segments, for the header and for the sar_*
	// parameters. It is zero when there is one segment only.
	Concat Concat
}

// Split cuts a text into segments, each filled as far as it goes, and encodes
// them. A text that fits one has no header; an empty one is an empty segment.
// It fails, with the rule that the text is too long, when 255 segments do not
// suffice.
func Split(text string, o Options) ([]Segment, error) {
	a := o.measure(text)
	if a.Segments > maxParts {
		return nil, wirechief.Refuse(wirechief.Invalid, wirechief.RuleTooLong,
			"the text needs %d segments; a message has at most %d", a.Segments, maxParts)
	}
	header := 0
	if a.Segments > 1 {
		switch o.Concatenation {
		case UDH8:
			header = udh8Len
		case UDH16:
			header = udh16Len
		}
	}
	width := 1
	if a.Encoding == UCS2 {
		width = 2
	}
	var (
		segments = make([]Segment, 0, a.Segments)
		buf      = make([]byte, 0, a.Segments*header+a.Units*width) // of all payloads
		rest     = text
	)
	for part := 1; part <= a.Segments; part++ {
		s := Segment{Encoding: a.Encoding, Header: header}
		start := len(buf)
		if a.Segments > 1 {
			s.Concat = Concat{Reference: o.Reference, Wide: o.Concatenation != UDH8, Part: part, Parts: a.Segments}
			if !s.Concat.Wide {
				s.Concat.Reference &= 0xFF
			}
			if header > 0 {
				buf = s.Concat.AppendUDH(buf)
			}
		}
		var n int
		buf, n = fill(buf, rest, a.Encoding, a.PerSegment)
		s.Text, rest = rest[:n], rest[n:]
		s.Payload = buf[start:len(buf):len(buf)]
		segments = append(segments, s)
	}
	return segments, nil
}

// fill encodes as much of text as fits the room, in units, and gives the octets
// of text that it used.
func fill(buf []byte, text string, e Encoding, room int) ([]byte, int) {
	i := 0
	for i < len(text) {
		if e == GSM7 { // a run of characters of one octet and one septet
			for i < len(text) && room > 0 && text[i] < utf8.RuneSelf && latin[text[i]]&inBasic != 0 {
				buf = append(buf, byte(latin[text[i]]&0x7F))
				room--
				i++
			}
			if i == len(text) {
				break
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		n := e.units(r)
		if n > room {
			break
		}
		buf = e.append(buf, r)
		room -= n
		i += size
	}
	return buf, i
}
