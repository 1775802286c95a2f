package exchange

import "github.com/wirechief/wirechief"

// shelve says whether a number is on offer. One that a carrier of ours has is
// offered again by ourselves; one of a carrier that lists what it sells goes
// back there.
func (x *Exchange) shelve(n *wirechief.Number) {
	if n.State != wirechief.NumberAvailable {
		x.offers.Take(n.Number)
		return
	}
	x.offers.Give(n.Number)
	if !x.lists(n.Carrier) {
		if err := x.offers.Put(offerOf(n)); err != nil {
			x.Log.Warn("a number that is free cannot be offered", "number", n.Number, "error", err)
		}
	}
}

// offerOf gives the terms of a number that was in service here.
func offerOf(n *wirechief.Number) wirechief.Offer {
	return wirechief.Offer{
		Number: n.Number, Carrier: n.Carrier, Type: n.Type, Country: n.Country, Location: n.Location,
		Capabilities: n.Capabilities, Price: n.Price, Address: n.AddressRule,
	}
}
