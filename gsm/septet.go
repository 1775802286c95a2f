package gsm

import "github.com/wirechief/wirechief"

// Pack writes unpacked septets as the radio carries them, eight in seven
// octets, the first in the lowest bits (3GPP TS 23.038 6.1.2.1.1). Fill is the
// number of zero bits, 0 to 6, that come first, so that septets after a user
// data header begin on a septet boundary; see [FillBits]. Only the low seven
// bits of each septet are used.
//
// The length in septets travels beside the octets (TP-UDL), because seven free
// bits at the end read as "@".
func Pack(septets []byte, fill int) []byte {
	out := make([]byte, 0, (fill+7*len(septets)+7)/8)
	var acc uint16 // bits not written yet, the oldest lowest
	bits := fill
	for _, s := range septets {
		acc |= uint16(s&0x7F) << bits
		bits += 7
		for bits >= 8 {
			out = append(out, byte(acc))
			acc >>= 8
			bits -= 8
		}
	}
	if bits > 0 && len(septets) > 0 {
		out = append(out, byte(acc))
	}
	return out
}

// Unpack reads n septets from packed octets, after fill bits. It fails when
// there are fewer; none can be read from nothing, whatever the fill, for a
// message may be a header only.
func Unpack(octets []byte, n, fill int) ([]byte, error) {
	if n < 0 || fill < 0 || fill > 6 || n > (8*len(octets)-fill)/7 {
		return nil, wirechief.Errorf(wirechief.Invalid, "%d octets do not hold %d septets after %d bits", len(octets), n, fill)
	}
	out := make([]byte, n)
	for i := range out {
		at := fill + 7*i
		s := uint16(octets[at/8]) >> (at % 8)
		if at%8 > 1 { // it runs into the next octet
			s |= uint16(octets[at/8+1]) << (8 - at%8)
		}
		out[i] = byte(s & 0x7F)
	}
	return out, nil
}

// FillBits gives the bits between a user data header of so many octets, the
// length octet among them, and the first septet (3GPP TS 23.040 9.2.3.24).
func FillBits(header int) int { return (7 - header*8%7) % 7 }
