package gsm

import (
	"encoding/binary"

	"github.com/wirechief/wirechief"
)

// The information elements understood here (3GPP TS 23.040 9.2.3.24), and the
// octets of a header that holds one of them and nothing else.
const (
	concat8  = 0x00 // 8-bit reference, 9.2.3.24.1
	concat16 = 0x08 // 16-bit reference, 9.2.3.24.8

	udh8Len  = 6
	udh16Len = 7
)

// Concat places a segment in its message. The zero value is that of a message
// that is whole.
type Concat struct {
	Reference uint16 // shared by the segments; the sender counts it up and around
	Wide      bool   // the reference has 16 bits; those of 8 and of 16 are never the same message's
	Part      int    // from 1
	Parts     int    // 2 to 255; a carrier may send 1 of 1
}

// AppendUDH appends the user data header, its length octet first, to b: six
// octets, or seven when the reference is wide.
func (c Concat) AppendUDH(b []byte) []byte {
	if c.Wide {
		b = append(b, udh16Len-1, concat16, 4)
		b = binary.BigEndian.AppendUint16(b, c.Reference)
	} else {
		b = append(b, udh8Len-1, concat8, 3, byte(c.Reference))
	}
	return append(b, byte(c.Parts), byte(c.Part))
}

// ParseUDH takes the user data header off a short message whose esm_class says
// that there is one (SMPP 3.4 5.2.12, bit 6). Body is what follows.
//
// As 3GPP TS 23.040 9.2.3.24 has it, elements not known here are skipped, of
// several concatenation elements the last counts, and one that says part 0,
// or a part beyond the last, is passed over.
//
// A header whose elements do not fill it exactly is refused as a whole. Body is
// then still what follows it, by its length octet, or everything when even that
// points beyond the end; a receiver that must not lose a text shows that.
func ParseUDH(payload []byte) (c Concat, body []byte, err error) {
	if len(payload) == 0 {
		return Concat{}, payload, wirechief.Errorf(wirechief.Invalid, "user data header: announced, but the message is empty")
	}
	n := int(payload[0])
	if n >= len(payload) {
		return Concat{}, payload, wirechief.Errorf(wirechief.Invalid,
			"user data header: %d octets announced, %d left in the message", n, len(payload)-1)
	}
	header, body := payload[1:1+n], payload[1+n:]
	for len(header) > 0 {
		if len(header) < 2 || len(header) < 2+int(header[1]) {
			return Concat{}, body, wirechief.Errorf(wirechief.Invalid, "user data header: the last element is cut off")
		}
		id, data := header[0], header[2:2+int(header[1])]
		header = header[2+len(data):]

		var found Concat
		switch id {
		case concat8:
			if len(data) != 3 {
				return Concat{}, body, wirechief.Errorf(wirechief.Invalid, "user data header: concatenation of %d octets, not 3", len(data))
			}
			found = Concat{Reference: uint16(data[0]), Parts: int(data[1]), Part: int(data[2])}
		case concat16:
			if len(data) != 4 {
				return Concat{}, body, wirechief.Errorf(wirechief.Invalid, "user data header: concatenation of %d octets, not 4", len(data))
			}
			found = Concat{Reference: binary.BigEndian.Uint16(data), Wide: true, Parts: int(data[2]), Part: int(data[3])}
		default:
			continue
		}
		if found.Part > 0 && found.Part <= found.Parts {
			c = found
		}
	}
	return c, body, nil
}
