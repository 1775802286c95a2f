package e164_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, in, region string
		want             string // empty: refused
	}{
		{"normalised", "+13109060901", "", "+13109060901"},
		{"normalised, another country", "+442079460000", "US", "+442079460000"},
		{"shortest", "+6834001", "", "+6834001"},
		{"longest, E.164 6.1", "+491234567890123", "", "+491234567890123"},

		{"North American, ten digits", "3109060901", "US", "+13109060901"},
		{"North American, punctuation", "(310) 906-0901", "US", "+13109060901"},
		{"North American, dots", "1.310.906.0901", "CA", "+13109060901"},
		{"North American, spaced plus", "+1 310 906 0901", "", "+13109060901"},
		{"North American, Jamaica", "876 555 1234", "JM", "+18765551234"},
		{"North American, letters", "1-800-FLOWERS", "US", "+18003569377"},
		{"North American, full-width digits", "３１０９０６０９０１", "US", "+13109060901"},
		{"tel URI, RFC 3966", "tel:+1-310-906-0901", "", "+13109060901"},

		{"trunk prefix", "020 7946 0000", "GB", "+442079460000"},
		{"trunk prefix in brackets", "+44 (0)20 7946 0000", "", "+442079460000"},
		{"zero that is part of the number", "06 698 12345", "IT", "+390669812345"},
		{"international prefix", "011 44 20 7946 0000", "US", "+442079460000"},
		{"Australian mobile", "0491 570 006", "AU", "+61491570006"},
		{"surrounding space", " +44 20 7946 0000 ", "", "+442079460000"},

		{"empty", "", "US", ""},
		{"plus alone", "+", "", ""},
		{"words", "hello", "US", ""},
		{"no region, national form", "3109060901", "", ""},
		{"region that does not exist", "02079460000", "XX", ""},
		{"country code that does not exist, ornamented", "+999 123 45678", "", ""},
		{"country code 0", "+0123456789", "", ""},
		{"without area code", "906-0901", "US", ""},
		{"short code", "78701", "US", ""},
		{"extension", "310-906-0901 x5", "US", ""},
		{"area code begins with 1", "+11109060901", "", ""},
		{"exchange begins with 1", "+1 (310) 106-0901", "US", ""},
		{"North American, a digit too many", "+131090609011", "", ""},
		{"sixteen digits", "+4912345678901234", "", ""},
		{"seventeen digits, ornamented", "+49 30 123456789012345", "", ""},
		{"a letter among digits", "+6141111000a", "", ""},
		{"a letter before digits", "x61400004322", "AU", ""},
		{"two letters among digits", "+614000ab04322", "AU", ""},
		{"a word in the international form", "+1800FLOWERS", "", ""},
		{"two pluses", "++61480000002", "", ""},
		{"a plus within", "61+480000002", "AU", ""},
		{"signs that belong in no number", "+61 480 000 002;", "", ""},
		{"very long", "+44 " + strings.Repeat(" ", 100) + "2079460000", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkParsed(t, tt.in, tt.want, func() (string, error) { return e164.Parse(tt.in, tt.region) })
		})
	}
}

// The rules are those of BulkVS: strip, prefix, require 1[2-9]XX[2-9]XXXXXX.
func TestParseNANP(t *testing.T) {
	tests := []struct {
		name, in string
		want     string // empty: refused
	}{
		{"as the vendor's sample", "13109060901", "+13109060901"},
		{"with plus", "+13109060901", "+13109060901"},
		{"ten digits", "3109060901", "+13109060901"},
		{"punctuation", "1 (310) 906-0901", "+13109060901"},
		{"plus that a form decoder made a space", " 13109060901", "+13109060901"},
		{"plus and punctuation", "+1-310-906-0901", "+13109060901"},
		{"any other character", "tel:1310906x0901!", "+13109060901"},
		{"lowest", "12002000000", "+12002000000"},

		{"empty", "", ""},
		{"plus alone", "+", ""},
		{"nine digits", "310906090", ""},
		{"twelve digits", "131090609011", ""},
		{"eleven digits not beginning with 1", "23109060901", ""},
		{"ten digits beginning with 1", "1310906090", ""},
		{"area code begins with 1", "1109060901", ""},
		{"area code begins with 0", "10109060901", ""},
		{"exchange begins with 0", "3100060901", ""},
		{"exchange begins with 1", "13101060901", ""},
		{"ten digits after a plus: the Netherlands", "+3109060901", ""},
		{"another country", "+442079460000", ""},
		{"short code", "78701", ""},
		{"digits of another script are no digits", "٣١٠٩٠٦٠٩٠١", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkParsed(t, tt.in, tt.want, func() (string, error) { return e164.ParseNANP(tt.in) })
		})
	}
}

// checkParsed compares a result with what is wanted, or, when that is empty,
// looks whether the refusal is fit for the caller and for the log.
func checkParsed(t *testing.T, in, want string, parse func() (string, error)) {
	t.Helper()
	got, err := parse()
	if want != "" {
		if got != want || err != nil {
			t.Fatalf("%q gave %q, %v; want %q", in, got, err, want)
		}
		return
	}
	if err == nil {
		t.Fatalf("%q gave %q; want it refused", in, got)
	}
	if got != "" {
		t.Errorf("%q was refused but gave %q as well", in, got)
	}
	if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Message == "" {
		t.Errorf("%q gave the error %#v; want one of kind Invalid with a message", in, err)
	}
	if len(in) > 4 && strings.Contains(err.Error(), in) {
		t.Errorf("the error %q shows the number", err)
	}
}

func TestKindOf(t *testing.T) {
	tests := []struct {
		address string
		want    e164.Kind
	}{
		{"+13109060901", e164.PhoneNumber},
		{"+442079460000", e164.PhoneNumber},
		{"+6834001", e164.PhoneNumber},
		{"+123456789012345", e164.Unknown}, // fifteen digits, but North American ones have eleven
		{"+683400", e164.Unknown},
		{"+4912345678901234", e164.Unknown},
		{"+1310906090a", e164.Unknown},
		{"13109060901", e164.Unknown}, // not normalised

		{"911", e164.ShortCode},
		{"78701", e164.ShortCode},
		{"262966", e164.ShortCode},
		{"12345678", e164.ShortCode},
		{"12", e164.Unknown},
		{"123456789", e164.Unknown},

		{"A", e164.Alphanumeric},
		{"Wirechief", e164.Alphanumeric},
		{"H&M Co._-.", e164.Alphanumeric},
		{"Taxi 131008", e164.Alphanumeric}, // eleven characters
		{"Taxi 1310088", e164.Unknown},     // twelve
		{"12-34", e164.Unknown},            // no letter
		{"Café", e164.Unknown},
		{"T+Mobile", e164.Unknown},
		{"a@b", e164.Unknown},
		{"", e164.Unknown},
	}
	for _, tt := range tests {
		if got := e164.KindOf(tt.address); got != tt.want {
			t.Errorf("KindOf(%q) = %v, want %v", tt.address, got, tt.want)
		}
	}
}

func TestKindString(t *testing.T) {
	for kind, want := range map[e164.Kind]string{
		e164.Unknown: "unknown", e164.PhoneNumber: "number",
		e164.ShortCode: "short code", e164.Alphanumeric: "alphanumeric",
	} {
		if got := kind.String(); got != want {
			t.Errorf("%d: %q, want %q", kind, got, want)
		}
	}
}

func TestIsTollFree(t *testing.T) {
	for _, code := range []string{"800", "833", "844", "855", "866", "877", "888"} {
		if n := "+1" + code + "5551234"; !e164.IsTollFree(n) {
			t.Errorf("%s is toll-free", n)
		}
	}
	for _, n := range []string{
		"+13109060901", // local
		"+18105551234", // Flint, Michigan
		"+18225551234", // reserved
		"+18805551234", // reserved
		"+18001551234", // not a number
		"18005551234",  // not normalised
		"+611800123456",
		"",
	} {
		if e164.IsTollFree(n) {
			t.Errorf("%q is not toll-free", n)
		}
	}
}

func TestCountry(t *testing.T) {
	tests := []struct{ number, want string }{
		{"+13109060901", "US"},
		{"+14165550123", "CA"},
		{"+18765551234", "JM"},
		{"+17875551234", "PR"},
		{"+18005551234", "US"}, // shared by the whole plan
		{"+19995551234", "US"}, // no such area code
		{"+442079460000", "GB"},
		{"+447700900123", "GB"}, // reserved for films
		{"+61491570006", "AU"},
		{"+77011234567", "KZ"}, // country code 7 with Russia
		{"+80012345678", ""},   // international freephone
		{"+99912345678", ""},   // no such code
		{"78701", ""},
		{"Wirechief", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := e164.Country(tt.number); got != tt.want {
			t.Errorf("Country(%q) = %q, want %q", tt.number, got, tt.want)
		}
	}
}

func TestTimeZones(t *testing.T) {
	tests := []struct {
		number string
		want   []string
	}{
		{"+13109060901", []string{"America/Los_Angeles"}},
		{"+14165550123", []string{"America/Toronto"}},
		{"+442079460000", []string{"Europe/London"}},
		{"+99912345678", nil},
		{"13109060901", nil},
		{"78701", nil},
		{"", nil},
	}
	for _, tt := range tests {
		if got := e164.TimeZones(tt.number); !slices.Equal(got, tt.want) {
			t.Errorf("TimeZones(%q) = %v, want %v", tt.number, got, tt.want)
		}
	}
	if all := e164.TimeZones("+18005551234"); len(all) < 10 {
		t.Errorf("a toll-free number may be anywhere in the plan, not only in %v", all)
	}
}

// What a caller does to the answer must not change the next one.
func TestTimeZonesAreTheCallers(t *testing.T) {
	e164.TimeZones("+13109060901")[0] = "Mars/Olympus"
	if got := e164.TimeZones("+13109060901")[0]; got != "America/Los_Angeles" {
		t.Errorf("the table now says %s", got)
	}
}

func TestMask(t *testing.T) {
	tests := []struct{ address, want string }{
		{"+13109060901", "+1310***0901"},
		{"13109060901", "1310***0901"},
		{"+442079460000", "+4420***0000"},
		{"3109060901", "31***01"},
		{"+6834001", "+68***01"},
		{"12345678", "12***78"}, // as long as a number
		{"78701", "78701"},
		{"Wirechief", "Wirechief"},
		{"Taxi 131008", "Taxi 131008"},
		{"a3109060901", "***"}, // a number in disguise
		{"(310) 906-0901", "***"},
		{"jane@example.com", "***"},
		{"+12", "***"},
		{"+", "***"},
		{"", "***"},
	}
	for _, tt := range tests {
		if got := e164.Mask(tt.address); got != tt.want {
			t.Errorf("Mask(%q) = %q, want %q", tt.address, got, tt.want)
		}
	}
}

// The fast paths allocate the result and nothing else.
func TestAllocations(t *testing.T) {
	tests := []struct {
		name string
		max  float64
		f    func()
	}{
		{"Parse, normalised", 0, func() { _, _ = e164.Parse("+442079460000", "US") }},
		{"Parse, ten digits", 1, func() { _, _ = e164.Parse("(310) 906-0901", "US") }},
		{"ParseNANP, normalised", 0, func() { _, _ = e164.ParseNANP("+13109060901") }},
		{"ParseNANP, ten digits", 1, func() { _, _ = e164.ParseNANP("3109060901") }},
		{"KindOf", 0, func() { _ = e164.KindOf("Wirechief") }},
		{"Mask", 1, func() { _ = e164.Mask("+13109060901") }},
	}
	for _, tt := range tests {
		if got := testing.AllocsPerRun(100, tt.f); got > tt.max {
			t.Errorf("%s: %v allocations, want at most %v", tt.name, got, tt.max)
		}
	}
}

func TestInPlan(t *testing.T) {
	for number, want := range map[string]bool{
		"+61400000000": true, "+61280000001": true, "+12125551234": true, "+13105550199": true,
		"+3105550199": false, // (310) 555-0199, read as a number of the Netherlands
		"+2125551234": false, // (212) 555-1234, of Morocco
		"+1":          false, "": false,
	} {
		if got := e164.InPlan(number); got != want {
			t.Errorf("InPlan(%q) = %v", number, got)
		}
	}
}
