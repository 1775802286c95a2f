package wirechief

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsMailAddress says whether s is a mail address that a server of the world's
// mail takes: RFC 5321 4.1.2, as dot-string and domain name, in ASCII but for the domain.
// Quoted local parts and addresses of machines ("[192.0.2.1]") are not taken.
func IsMailAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 || !strings.Contains(domain, ".") || !utf8.ValidString(s) {
		return false
	}
	for _, atom := range strings.Split(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)) // RFC 5322 3.2.3
		}) {
			return false
		}
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || strings.ContainsFunc(label, func(r rune) bool {
			return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		}) {
			return false
		}
	}
	return true
}
