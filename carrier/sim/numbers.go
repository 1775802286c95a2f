package sim

import (
	"context"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/offer"
)

var _ carrier.NumberSource = (*Carrier)(nil)

// price is what a made-up number costs a month.
const price wirechief.Money = 1_000_000

// SearchNumbers implements [carrier.NumberSource]: numbers of the area code
// that the query names, by itself or as the first digits, less those ordered in
// this run. In North America it is one of the country asked for, or of the one
// that it belongs to; elsewhere the country has to be named.
func (c *Carrier) SearchNumbers(_ context.Context, q wirechief.OfferQuery) ([]wirechief.Offer, error) {
	country, area := areaOf(q)
	if c.cfg.Inventory == 0 || area == "" || q.Carrier != "" && q.Carrier != c.name {
		return nil, nil
	}
	numbers, err := offer.Generate(country, []string{area}, c.cfg.Inventory)
	if err != nil {
		return nil, nil // there is no such area code: nothing to sell there
	}
	var offers []wirechief.Offer
	c.mu.Lock()
	for number := range numbers {
		if !c.sold[number] {
			offers = append(offers, c.offer(number, country))
		}
	}
	c.mu.Unlock()
	found := offer.New()
	if err := found.Put(offers...); err != nil {
		return nil, err
	}
	result, err := found.Search(q)
	return result.Offers, err
}

// areaOf gives the area code that a query names, and its country.
func areaOf(q wirechief.OfferQuery) (country, area string) {
	country = strings.ToUpper(q.Country)
	if begin := offer.Beginning(q); len(begin) >= 4 {
		if country == "" {
			country = e164.Country("+" + begin[:4] + "2342345")
		}
		if country == "" { // toll-free codes are nobody's
			country = "US"
		}
		return country, begin[1:4]
	}
	if e164.CallingCode(country) == "1" {
		return country, ""
	}
	return country, q.AreaCode
}

func (c *Carrier) offer(number, country string) wirechief.Offer {
	o := wirechief.Offer{
		Number: number, Carrier: c.name, Type: wirechief.TypeLocal, Country: country, Price: price, Address: wirechief.AddressNone,
		Capabilities: wirechief.Capabilities{Voice: true, SMS: true, MMS: true},
	}
	if e164.IsTollFree(number) {
		o.Type = wirechief.TypeTollFree
	}
	return o
}

// OrderNumber implements [carrier.NumberSource]. Any number can be had, made up
// or offered by the state file.
func (c *Carrier) OrderNumber(_ context.Context, number string) error { return c.sell(number, true) }

// ReleaseNumber implements [carrier.NumberSource].
func (c *Carrier) ReleaseNumber(_ context.Context, number string) error { return c.sell(number, false) }

func (c *Carrier) sell(number string, sold bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.h == nil {
		return &wirechief.Error{Op: "carrier.numbers", Kind: wirechief.Unavailable, Message: "the simulator " + c.name + " is not running"}
	}
	if sold && c.cfg.Inventory > 0 {
		c.sold[number] = true
	} else {
		delete(c.sold, number)
	}
	return nil
}
