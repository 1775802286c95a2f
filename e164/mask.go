package e164

// Mask gives the form of an address that may stand in a log: enough to tell
// two numbers of a support case apart, too little to call one.
//
//	+13109060901   +1310***0901
//	+6834001       +68***01       shorter numbers show less
//	78701          78701          short codes are public
//	Wirechief      Wirechief      so are names of senders
//	anything else  ***
//
// At least three digits of a number are hidden, and the stars do not tell how
// many. It uses no tables.
func Mask(address string) string {
	const stars = "***"
	rest := address
	if rest != "" && rest[0] == '+' {
		rest = rest[1:]
	}
	n := len(address)
	switch {
	case len(rest) < minDigits && rest == address && IsShortCode(address):
		return address
	case digits(rest) && len(rest) >= 11:
		return address[:n-len(rest)+4] + stars + address[n-4:]
	case digits(rest) && len(rest) >= minDigits:
		return address[:n-len(rest)+2] + stars + address[n-2:]
	case IsAlphanumeric(address) && countDigits(address) < minDigits:
		return address
	default:
		return stars
	}
}

// countDigits counts the digits of s. A "name" with as many as a number has
// may be a number with something before it.
func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}
