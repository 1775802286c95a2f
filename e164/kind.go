package e164

// Digits of a whole international number. The upper limit is E.164 6.1. E.164
// names no lower one; the shortest in use are the seven of Niue, +683 4XXX.
const (
	minDigits = 7
	maxDigits = 15
)

// Kind is the shape of an address.
type Kind uint8

// The kinds.
const (
	Unknown      Kind = iota // none of the others
	PhoneNumber              // "+" and digits, see [IsNumber]
	ShortCode                // see [IsShortCode]
	Alphanumeric             // see [IsAlphanumeric]
)

// String names the kind as it is written in logs.
func (k Kind) String() string {
	switch k {
	case PhoneNumber:
		return "number"
	case ShortCode:
		return "short code"
	case Alphanumeric:
		return "alphanumeric"
	default:
		return "unknown"
	}
}

// KindOf tells the shape of a normalised address. A number that has not been
// through [Parse], as "13109060901", is Unknown.
func KindOf(address string) Kind {
	switch {
	case IsNumber(address):
		return PhoneNumber
	case IsShortCode(address):
		return ShortCode
	case IsAlphanumeric(address):
		return Alphanumeric
	default:
		return Unknown
	}
}

// IsNumber reports whether s is a normalised telephone number: "+", a digit
// from 1 to 9 (none of the assigned country codes of E.164 begins with 0) and 6 to
// 14 more. A number of country code 1 must satisfy [IsNANP].
func IsNumber(s string) bool {
	if len(s) < 1+minDigits || len(s) > 1+maxDigits || s[0] != '+' || s[1] == '0' || !digits(s[1:]) {
		return false
	}
	return s[1] != '1' || nanp(s[1:])
}

// IsNANP reports whether s is a normalised number of the North American
// Numbering Plan, +1 NXX NXX XXXX with N from 2 to 9: the United States,
// Canada, Bermuda and much of the Caribbean.
func IsNANP(s string) bool {
	return len(s) == 12 && s[0] == '+' && nanp(s[1:])
}

// IsTollFree reports whether s is a normalised toll-free number of the North
// American Numbering Plan. Toll-free numbers of other countries are not known
// here: the rules that ask (verification, STOP handled by the network) are
// North American ones.
func IsTollFree(s string) bool {
	if !IsNANP(s) {
		return false
	}
	// The codes in service; 822 and 880-887, 889 are set aside (NANPA).
	switch s[2:5] {
	case "800", "833", "844", "855", "866", "877", "888":
		return true
	}
	return false
}

// IsShortCode reports whether s is 3 to 8 digits. North American codes have 5
// or 6 (bulkvs: messageSend, To); other countries use 3 to 8. Nothing tells a
// long code of a small country written without its prefix from a short code.
func IsShortCode(s string) bool {
	return len(s) >= 3 && len(s) <= 8 && digits(s)
}

// IsAlphanumeric reports whether s can stand as the name of a sender: 1 to 11
// of the letters A-Z and a-z, digits, space and & - _ . with a letter among
// them, so that it cannot pass for a number. Eleven characters are what the
// address field of a handset holds (3GPP TS 23.040 9.1.2.5); further letters
// of the GSM alphabet would fit it, but on the way there the address is ASCII
// (SMPP 3.4 5.2.8) and carriers garble them.
func IsAlphanumeric(s string) bool {
	if len(s) < 1 || len(s) > 11 {
		return false
	}
	letter := false
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letter = true
		case isDigit(c), c == ' ', c == '&', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return letter
}

// nanp reports whether s is 1[2-9]XX[2-9]XXXXXX.
func nanp(s string) bool {
	return len(s) == 11 && s[0] == '1' && s[1] >= '2' && s[4] >= '2' && digits(s)
}

// digits reports whether s holds ASCII digits only.
func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
