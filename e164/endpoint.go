package e164

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// IsEndpoint says whether s is where a call can go: a normalised number or a
// SIP URI, "sip:user@host" (RFC 3261 19.1).
func IsEndpoint(s string) bool {
	if IsNumber(s) {
		return true
	}
	scheme, rest, ok := strings.Cut(s, ":")
	if scheme = strings.ToLower(scheme); !ok || scheme != "sip" && scheme != "sips" {
		return false
	}
	user, host, ok := strings.Cut(rest, "@")
	if !ok {
		user, host = "x", rest // a URI without a user names a host
	}
	return user != "" && host != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>"\^{}|`, r) })
}

// IsCountry says whether s is a country of the numbering plans, ISO 3166-1
// alpha-2 in capitals.
func IsCountry(s string) bool {
	return len(s) == 2 && phonenumbers.GetCountryCodeForRegion(s) != 0
}

// CallingCode gives the digits after the + that numbers of a country begin
// with, "" when there is no such country.
func CallingCode(country string) string {
	code := phonenumbers.GetCountryCodeForRegion(country)
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}

// Display writes a normalised number as people of its country read it abroad:
// "+1 (205) 953-0000", "+353 76 680 0000" (zendesk: display_number). What is
// no number comes back as it is.
func Display(number string) string {
	n := parsed(number)
	if n == nil {
		return number
	}
	if IsNANP(number) {
		return "+1 (" + number[2:5] + ") " + number[5:8] + "-" + number[8:]
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
