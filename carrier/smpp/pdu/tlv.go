package pdu

import (
	"encoding/binary"
	"iter"
)

// Tag names an optional parameter (SMPP 3.4 5.3.2).
type Tag uint16

// The tags with a meaning here.
const (
	TagReceiptedMessageID Tag = 0x001E // 5.3.2.12: the SMSC's id, a C-octet string
	TagUserMessageRef     Tag = 0x0204 // 5.3.2.17: the ESME's reference, two octets
	TagSourcePort         Tag = 0x020A // 5.3.2.20
	TagDestPort           Tag = 0x020B // 5.3.2.21
	TagSARReference       Tag = 0x020C // 5.3.2.22: two octets, shared by the segments
	TagSARTotal           Tag = 0x020E // 5.3.2.23: one octet, 1 to 255
	TagSARSequence        Tag = 0x020F // 5.3.2.24: one octet, from 1
	TagSCInterfaceVersion Tag = 0x0210 // 5.3.2.25: in a bind response
	TagNetworkErrorCode   Tag = 0x0423 // 5.3.2.31: network type, then two octets of code
	TagMessagePayload     Tag = 0x0424 // 5.3.2.32: the text instead of short_message
	TagMessageState       Tag = 0x0427 // 5.3.2.35: one octet, see 5.2.28
)

// TLVs is a sequence of optional parameters as on the wire: tag, length and
// value one after the other (SMPP 3.4 3.2.4.1). The zero value has none. Those
// that a Parse function returns are well-formed.
type TLVs string

// All gives tag and value of each, in the order of the wire.
func (t TLVs) All() iter.Seq2[Tag, string] {
	return func(yield func(Tag, string) bool) {
		for s := string(t); len(s) >= 4; {
			n := int(s[2])<<8 | int(s[3])
			if len(s) < 4+n || !yield(Tag(s[0])<<8|Tag(s[1]), s[4:4+n]) {
				return
			}
			s = s[4+n:]
		}
	}
}

// Get gives the value of the first parameter with the tag.
func (t TLVs) Get(tag Tag) (value string, ok bool) {
	for found, v := range t.All() {
		if found == tag {
			return v, true
		}
	}
	return "", false
}

// Int reads a parameter that is an integer of one to four octets.
func (t TLVs) Int(tag Tag) (n int, ok bool) {
	v, ok := t.Get(tag)
	if !ok || len(v) == 0 || len(v) > 4 {
		return 0, false
	}
	for i := range len(v) {
		n = n<<8 | int(v[i])
	}
	return n, true
}

// CString reads a parameter that is a C-octet string. The NUL at its end is
// left out by some peers.
func (t TLVs) CString(tag Tag) (s string, ok bool) {
	v, ok := t.Get(tag)
	for i := range len(v) {
		if v[i] == 0 {
			return v[:i], ok
		}
	}
	return v, ok
}

// AppendTLV adds one parameter to b. A value has 65,535 octets at most; what
// is beyond them is cut off.
func AppendTLV[T string | []byte](b []byte, tag Tag, value T) []byte {
	value = value[:min(len(value), 0xFFFF)]
	b = binary.BigEndian.AppendUint16(b, uint16(tag))
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// check says whether all octets belong to whole parameters.
func (t TLVs) check() error {
	s := string(t)
	for len(s) > 0 {
		if len(s) < 4 {
			return malformed(InvalidOptionalStream, "%d octets after the last optional parameter", len(s))
		}
		n := int(s[2])<<8 | int(s[3])
		if len(s) < 4+n {
			return malformed(InvalidOptionalLength, "optional parameter %#04x claims %d octets of %d",
				int(s[0])<<8|int(s[1]), n, len(s)-4)
		}
		s = s[4+n:]
	}
	return nil
}
