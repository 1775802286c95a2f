package offer

import (
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// northAmerica is the countries of the North American Numbering Plan (NANPA).
var northAmerica = [...]string{
	"AG", "AI", "AS", "BB", "BM", "BS", "CA", "DM", "DO", "GD", "GU", "JM", "KN",
	"KY", "LC", "MP", "MS", "PR", "SX", "TC", "TT", "US", "VC", "VG", "VI",
}

// fictions are ranges outside of North America that are set aside for films and
// plays: what begins like this. Source: Ofcom, "Telephone numbers for use in TV
// and radio drama programmes".
var fictions = [...]string{
	"+441134960", "+441144960", "+441154960", "+441164960", "+441174960", "+441184960",
	"+441214960", "+441314960", "+441414960", "+441514960", "+441614960", "+441914980",
	"+442079460", "+442920180", "+441632960", "+447700900", "+448081570", "+443069990",
}

// usual is how many digits follow the country code where the plan allows
// several lengths and the longest is not the usual one.
var usual = map[string]int{
	"AU": 9, "BE": 9, "CH": 9, "CZ": 9, "DK": 8, "ES": 9, "FI": 9, "FR": 9, "HK": 8, "IE": 9, "IL": 9,
	"NL": 9, "NO": 8, "NZ": 9, "PL": 9, "PT": 9, "SE": 9, "SG": 8, "ZA": 9,
}

// lengthMost is the longest that is taken where usual has nothing: longer ones
// are extensions of large companies, or machines.
const lengthMost = 10

// planOf gives the beginning of the numbers in an area of a country, and how
// many digits follow it, as e164 reads that country's numbers.
func planOf(country, code string) (prefix string, n int, err error) {
	length := 0
	for l := len(code) + 1; l <= places; l++ {
		national := code + strings.Repeat("5", l-len(code))
		number, err := e164.Parse(national, country)
		if err != nil {
			continue
		}
		head, ok := strings.CutSuffix(number, national)
		if !ok && code != "" && code[0] == '0' {
			length = 0 // the 0 is dialled at home only
			break
		}
		if !ok || head == "+" {
			continue
		}
		if l == usual[country] || length == 0 || l <= lengthMost {
			prefix, length = head+code, l
		}
		if l == usual[country] {
			break
		}
	}
	if length == 0 {
		return "", 0, wirechief.InvalidField("area_codes", "no numbers can be made up for area code %q of %s: no number there begins like that (give it without a leading 0)", clip(code), country)
	}
	return prefix, length - len(code), nil
}
