package gsm

import (
	"math"

	"github.com/wirechief/wirechief"
)

// Encoding is how the characters of a message are written.
type Encoding uint8

// The encodings.
const (
	GSM7   Encoding = iota // default alphabet and its extension table
	Latin1                 // ISO 8859-1, where a carrier wants it
	UCS2                   // UTF-16, for everything else
)

// String gives the name that people and records know: "GSM-7", "Latin-1" or
// "UCS-2".
func (e Encoding) String() string {
	switch e {
	case Latin1:
		return "Latin-1"
	case UCS2:
		return "UCS-2"
	default:
		return "GSM-7"
	}
}

// UnmarshalText reads the names of the operator's file, gsm7, latin1 and ucs2,
// and those of String.
func (e *Encoding) UnmarshalText(text []byte) error {
	switch string(text) {
	case "gsm7", "GSM-7":
		*e = GSM7
	case "latin1", "Latin-1":
		*e = Latin1
	case "ucs2", "UCS-2":
		*e = UCS2
	default:
		return wirechief.Errorf(wirechief.Invalid, "%q is not an alphabet: gsm7, latin1 or ucs2", text)
	}
	return nil
}

// MarshalText gives the name of the operator's file.
func (e Encoding) MarshalText() ([]byte, error) {
	switch e {
	case Latin1:
		return []byte("latin1"), nil
	case UCS2:
		return []byte("ucs2"), nil
	default:
		return []byte("gsm7"), nil
	}
}

// Coding is the data_coding that announces the encoding (SMPP 3.4 5.2.19).
func (e Encoding) Coding() byte {
	switch e {
	case Latin1:
		return CodingLatin1
	case UCS2:
		return CodingUCS2
	default:
		return CodingDefault
	}
}

// units is what a character costs: septets of GSM-7, octets of Latin-1, 16-bit
// words of UCS-2. It is 0 when the encoding cannot write it.
func (e Encoding) units(r rune) int {
	switch e {
	case Latin1:
		if r <= 0xFF {
			return 1
		}
		return 0
	case UCS2:
		if r > 0xFFFF {
			return 2
		}
		return 1
	default:
		return codeOf(r).units()
	}
}

// append writes a character that units has a price for.
func (e Encoding) append(out []byte, r rune) []byte {
	switch e {
	case Latin1:
		return append(out, byte(r))
	case UCS2:
		return appendUCS2(out, r)
	default:
		return appendCode(out, codeOf(r))
	}
}

// Concatenation is how the segments of a long message are told to belong
// together.
type Concatenation uint8

// The ways.
const (
	UDH8    Concatenation = iota // user data header with an 8-bit reference
	UDH16                        // user data header with a 16-bit reference
	SAR                          // sar_* parameters of SMPP; the SMSC makes the header
	Payload                      // not cut at all: the SMSC gets message_payload and cuts
)

// String gives the name in the operator's file: udh8, udh16, sar or payload.
func (c Concatenation) String() string {
	switch c {
	case UDH16:
		return "udh16"
	case SAR:
		return "sar"
	case Payload:
		return "payload"
	default:
		return "udh8"
	}
}

// UnmarshalText reads the names of String.
func (c *Concatenation) UnmarshalText(text []byte) error {
	switch string(text) {
	case "udh8":
		*c = UDH8
	case "udh16":
		*c = UDH16
	case "sar":
		*c = SAR
	case "payload":
		*c = Payload
	default:
		return wirechief.Errorf(wirechief.Invalid, "%q is not a way of concatenation: udh8, udh16, sar or payload", text)
	}
	return nil
}

// MarshalText gives String.
func (c Concatenation) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// octets is what a short message carries, header and text together (TP-UD,
// 3GPP TS 23.040 9.2.3.24).
const octets = 140

// limits gives the units that a message of one segment holds, and each segment
// of a longer one. The header takes its octets from the text, rounded up to
// whole units: 3GPP TS 23.040 9.2.3.24.1 and .8.
//
//	          one  udh8  udh16  sar
//	GSM-7     160   153    152  153
//	Latin-1   140   134    133  134
//	UCS-2      70    67     66   67
//
// With sar the short message has no header and could be filled, but the radio
// needs one: the SMSC adds it, and the text must leave it room.
func limits(e Encoding, c Concatenation) (single, part int) {
	header := udh8Len
	switch c {
	case UDH16:
		header = udh16Len
	case Payload:
		return math.MaxInt, math.MaxInt
	}
	switch e {
	case Latin1:
		return octets, octets - header
	case UCS2:
		return octets / 2, (octets - header) / 2
	default:
		return octets * 8 / 7, (octets - header) * 8 / 7
	}
}
