package gsm

// The values of data_coding (SMPP 3.4 5.2.19) that name an alphabet of ours.
const (
	CodingDefault byte = 0x00 // the carrier's own; we take it for the GSM default alphabet
	CodingASCII   byte = 0x01 // IA5, ANSI X3.4
	CodingBinary2 byte = 0x02 // octets of no alphabet
	CodingLatin1  byte = 0x03 // ISO 8859-1
	CodingBinary  byte = 0x04 // octets of no alphabet
	CodingUCS2    byte = 0x08 // ISO 10646
)

// Decode reads the text of a short message by its data_coding. The user data
// header must be off already, see [ParseUDH]; septets are unpacked.
//
// Octets of no alphabet, and those of a coding not known here, become the
// characters U+0000 to U+00FF of their values, so that nothing is lost:
// [EncodeLatin1] gives them back. Known is false for the latter, JIS and
// Cyrillic among them, and the text is then best shown with a warning.
//
// Beside the values of SMPP, those that SMSCs pass through from the radio are
// read: general and class groups, as used for flash messages, and the message
// waiting groups (3GPP TS 23.038 4).
func Decode(coding byte, octets []byte) (text string, known bool) {
	switch coding {
	case CodingDefault:
		return DecodeGSM7(octets), true
	case CodingASCII:
		return decodeASCII(octets), true
	case CodingBinary2, CodingBinary, CodingLatin1:
		return DecodeLatin1(octets), true
	case CodingUCS2:
		return DecodeUCS2(octets), true
	}
	switch coding >> 4 {
	case 0x1: // general group, uncompressed, with a class; bits 3 and 2 are the alphabet
		switch coding >> 2 & 3 {
		case 0:
			return DecodeGSM7(octets), true
		case 1:
			return DecodeLatin1(octets), true
		case 2:
			return DecodeUCS2(octets), true
		}
	case 0xC, 0xD: // message waiting: discard, store
		return DecodeGSM7(octets), true
	case 0xE: // message waiting: store, UCS-2
		return DecodeUCS2(octets), true
	case 0xF: // data coding and class; bit 2 is the alphabet
		if coding&0x04 != 0 {
			return DecodeLatin1(octets), true
		}
		return DecodeGSM7(octets), true
	}
	return DecodeLatin1(octets), false
}
