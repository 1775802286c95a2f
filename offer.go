package wirechief

// AddressRequirement says which address the buyer of a number has to show.
type AddressRequirement string

// The requirements (zendesk: address_requirements).
const (
	AddressNone    AddressRequirement = "none"
	AddressAny     AddressRequirement = "any"     // any address
	AddressLocal   AddressRequirement = "local"   // one in the number's country
	AddressForeign AddressRequirement = "foreign" // one in another country
)

// Needed says whether an address has to be shown at all.
func (r AddressRequirement) Needed() bool { return r != "" && r != AddressNone }

// Fits says whether an address in a country (ISO 3166-1 alpha-2, upper case)
// will do for a number of another, or the same.
func (r AddressRequirement) Fits(address, number string) bool {
	switch r {
	case AddressLocal:
		return address == number
	case AddressForeign:
		return address != number
	}
	return true
}

// Offer is a number that can be bought, and on what terms.
type Offer struct {
	Number       string             `json:"number"` // E.164, "+15105550100"
	Carrier      string             `json:"carrier,omitempty"`
	Type         NumberType         `json:"type"`
	Country      string             `json:"country"`            // ISO 3166-1 alpha-2, "US"
	Location     string             `json:"location,omitempty"` // state or town: "CA", "Leeds"
	Capabilities Capabilities       `json:"capabilities"`
	Price        Money              `json:"price"` // a month
	Address      AddressRequirement `json:"address"`
}

// OfferQuery asks for offers. What is empty is not asked about; all that is
// given must hold.
type OfferQuery struct {
	Country      string       // ISO 3166-1 alpha-2, any case
	Types        []NumberType // any of them
	Capabilities Capabilities // all of them
	AreaCode     string       // first digits after the country code: "510"
	Prefix       string       // first digits, country code included: "1510"
	// Contains is a pattern over the digits, country code included: digits,
	// letters for the digits of their key (E.161), * for any one digit, % for any
	// run of digits; + at the start and $ at the end tie it to that end.
	Contains string
	Location string // the same, in any case of letters
	Carrier  string
	Limit    int // 1 to 1000; 0: 50
	Offset   int // how many to leave out first
}
