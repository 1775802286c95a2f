package offer

import (
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Beginning gives the digits, country code included, with which every North
// American number begins that a query asks for, as "1510" for the area code
// 510: what a carrier can be asked that sells by area. It is "" when the query
// says nothing of them, is about another country, or cannot be met.
func Beginning(q wirechief.OfferQuery) string {
	if q.Country != "" && e164.CallingCode(strings.ToUpper(q.Country)) != "1" {
		return ""
	}
	begin := ""
	narrow := func(to string) bool {
		if len(to) > len(begin) {
			begin, to = to, begin
		}
		return strings.HasPrefix(begin, to)
	}
	if q.AreaCode != "" && !narrow("1"+q.AreaCode) || !narrow(q.Prefix) {
		return ""
	}
	p, err := parsePattern(q.Contains)
	if err != nil {
		return ""
	}
	if p != nil {
		if d, _ := p.prefix(); !narrow(strings.TrimPrefix(d.String(), "+")) {
			return ""
		}
	}
	if !strings.HasPrefix(begin, "1") || strings.Trim(begin, "0123456789") != "" {
		return ""
	}
	return begin
}
