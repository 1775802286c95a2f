package e164

import (
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// The answers of the tables that mean that there is none.
const (
	nowhere     = "001" // not of a country: freephone +800, satellites, …
	unknownZone = "Etc/Unknown"
)

// Country gives the country of a normalised number, ISO 3166-1 alpha-2, and ""
// for anything else and for numbers that belong to no country, as +800.
//
// Where countries share a calling code the range of the number decides; in a
// range that the plan does not list (numbers of films, of tests) and in one
// shared by all (North American toll-free) it is the main country of the code.
//
// It parses the number with the plan: some twenty microseconds, so ask once a
// message, not once a log line.
func Country(number string) string {
	n := parsed(number)
	if n == nil {
		return ""
	}
	region := phonenumbers.GetRegionCodeForNumber(n)
	if region == "" || region == phonenumbers.UNKNOWN_REGION {
		region = phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	}
	if region == nowhere || region == phonenumbers.UNKNOWN_REGION {
		return ""
	}
	return region
}

// TimeZones gives the IANA names of the zones in which a normalised number may
// be, nil when nothing is known. Most landlines have one; North American
// toll-free numbers have all of the plan, and of some large countries the
// tables know only the zone of the capital or the largest city for mobiles.
func TimeZones(number string) []string {
	if !IsNumber(number) {
		return nil
	}
	zones, err := phonenumbers.GetTimezonesForPrefix(number)
	if err != nil || len(zones) == 0 || zones[0] == unknownZone {
		return nil
	}
	return slices.Clone(zones) // the table's own
}

// parsed gives a normalised number in the form the tables take, nil if it is
// not one.
func parsed(number string) *phonenumbers.PhoneNumber {
	if !IsNumber(number) {
		return nil
	}
	n, err := phonenumbers.Parse(number, "")
	if err != nil {
		return nil
	}
	return n
}
