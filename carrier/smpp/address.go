package smpp

import (
	"strings"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/e164"
)

// outward writes an address as numbering: international has it. What is none
// of the three shapes is written as the one that it comes closest to: whether
// it will do is for the SMSC to say.
func outward(address string) pdu.Address {
	switch e164.KindOf(address) {
	case e164.ShortCode:
		return pdu.Address{TON: pdu.TONNetworkSpecific, NPI: pdu.NPIUnknown, Addr: address}
	case e164.Alphanumeric:
		return pdu.Address{TON: pdu.TONAlphanumeric, NPI: pdu.NPIUnknown, Addr: address}
	}
	if bare := strings.TrimPrefix(address, "+"); isDigits(bare) {
		return pdu.Address{TON: pdu.TONInternational, NPI: pdu.NPIE164, Addr: bare}
	}
	return pdu.Address{TON: pdu.TONAlphanumeric, NPI: pdu.NPIUnknown, Addr: address}
}

// inward gives an address its normal form. The type of number is believed
// where it says something; where it does not, digits are read as carriers
// mean them: a number of North America with or without its 1, another
// country's number without its "+", or a short code.
func inward(a pdu.Address) string {
	s := strings.TrimSpace(receipt.Characters(a.Addr))
	if a.TON == pdu.TONAlphanumeric && !isDigits(s) {
		return s
	}
	bare := strings.TrimPrefix(s, "+")
	if !isDigits(bare) {
		return s
	}
	full := "+" + bare
	if a.TON == pdu.TONInternational || bare != s {
		for _, prefix := range [...]string{"", "00", "011"} { // some leave the exit code on
			if rest, ok := strings.CutPrefix(bare, prefix); ok && e164.IsNumber("+"+rest) {
				return "+" + rest
			}
		}
	}
	switch {
	case a.TON != pdu.TONInternational && e164.IsNANP("+1"+bare):
		return "+1" + bare
	case e164.IsShortCode(bare): // and shortest numbers without anything that says so
		return bare
	case e164.IsNumber(full):
		return full
	}
	return s
}

// isDigits says whether s is digits only, one at least.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
