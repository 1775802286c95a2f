package state

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// OfferColumns are the columns that a CSV file of offers can have, in any
// order; number is needed.
func OfferColumns() []string {
	return []string{"number", "type", "location", "capabilities", "price", "address", "country", "absent"}
}

// OfferRow is one offer of a source. Absent ones are taken off the shelf.
type OfferRow struct {
	wirechief.Offer
	Absent bool
}

// Source names what an entry that stands for many offers reads them from, ""
// for one with a number: entries of the same name are the same source, whatever
// else they say. It is kept with what was read.
func (o *Offer) Source() string {
	switch g := o.Generate; {
	case g != nil:
		return fmt.Sprintf("generate:%s:%s:%s", strings.ToUpper(g.Country), strings.Join(g.AreaCodes, ","), o.Carrier)
	case o.CSV != "":
		return "csv:" + o.CSV
	}
	return ""
}

// One gives the offer of an entry with a number.
func (o *Offer) One() OfferRow {
	row := OfferRow{o.terms(), o.Absent}
	row.Number = o.Number
	(&completion{}).complete(&row.Offer)
	return row
}

// terms are what an entry says of each of its offers.
func (o *Offer) terms() wirechief.Offer {
	t := wirechief.Offer{
		Carrier: o.Carrier, Type: o.Type, Country: strings.ToUpper(o.Country), Location: o.Location,
		Capabilities: wirechief.CapabilitiesOf(o.Capabilities), Address: wirechief.AddressRequirement(o.Address),
	}
	if o.Capabilities == nil {
		t.Capabilities = wirechief.Capabilities{Voice: true, SMS: true}
	}
	if o.Price != nil {
		t.Price = *o.Price
	}
	return t
}

// completion fills in what an offer leaves open. Countries are found by the
// first digits of a number, which is looked up once: the plan is slow to ask.
type completion struct{ countries map[string]string }

func (c *completion) complete(o *wirechief.Offer) {
	if o.Country == "" {
		// In North America the area code tells, elsewhere seven digits do.
		prefix := o.Number[:min(len(o.Number), 8)]
		if e164.IsNANP(o.Number) {
			prefix = o.Number[:5]
		}
		country, ok := c.countries[prefix]
		if !ok {
			country = e164.Country(o.Number)
			if c.countries == nil {
				c.countries = make(map[string]string)
			}
			c.countries[prefix] = country
		}
		o.Country = country
	}
	if o.Type == "" {
		o.Type = wirechief.TypeLocal
		if e164.IsTollFree(o.Number) {
			o.Type = wirechief.TypeTollFree
		}
	}
	if o.Address == "" {
		o.Address = wirechief.AddressNone
	}
}

// Made completes offers of numbers that were made up for an entry.
func (o *Offer) Made(numbers iter.Seq[string]) iter.Seq[wirechief.Offer] {
	return func(yield func(wirechief.Offer) bool) {
		var c completion
		t := o.terms()
		if t.Country == "" && o.Generate != nil {
			t.Country = strings.ToUpper(o.Generate.Country)
		}
		for number := range numbers {
			row := t
			row.Number = number
			c.complete(&row)
			if !yield(row) {
				return
			}
		}
	}
}

// ReadCSV reads the offers of an entry with a file: a header row with names of
// [OfferColumns], then a row an offer. What a row leaves empty the entry says.
// A mistake is an error that names the file and the line, and ends the reading.
func (o *Offer) ReadCSV(r io.Reader) iter.Seq2[OfferRow, error] {
	return func(yield func(OfferRow, error) bool) {
		in := csv.NewReader(r)
		in.ReuseRecord = true
		in.FieldsPerRecord = 0
		fail := func(format string, args ...any) {
			line, _ := in.FieldPos(0)
			yield(OfferRow{}, refused(fmt.Errorf("%s line %d: %s", o.CSV, line, fmt.Sprintf(format, args...))))
		}
		header, err := in.Read()
		if err != nil {
			yield(OfferRow{}, refused(fmt.Errorf("%s: a header row is needed, with the column number: %w", o.CSV, err)))
			return
		}
		columns := make([]string, len(header))
		for i, name := range header {
			columns[i] = strings.ToLower(strings.Trim(name, " \ufeff"))
			if !slices.Contains(OfferColumns(), columns[i]) || slices.Index(columns, columns[i]) != i {
				fail("%q is no column, or there twice; there are %s", name, strings.Join(OfferColumns(), ", "))
				return
			}
		}
		if !slices.Contains(columns, "number") {
			fail("the column number is missing")
			return
		}
		var c completion
		defaults := OfferRow{Offer: o.terms()}
		for {
			record, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(OfferRow{}, refused(fmt.Errorf("%s: %w", o.CSV, err)))
				return
			}
			row := defaults
			for i, value := range record {
				if err := row.set(columns[i], strings.TrimSpace(value)); err != nil {
					fail("%s: %v", columns[i], err)
					return
				}
			}
			if row.Number == "" {
				fail("number: it is needed")
				return
			}
			c.complete(&row.Offer)
			if !yield(row, nil) {
				return
			}
		}
	}
}

// set takes the value of a column.
func (row *OfferRow) set(column, value string) error {
	if value == "" {
		return nil
	}
	switch column {
	case "number":
		if e164.IsNumber(value) {
			row.Number = strings.Clone(value)
			return nil
		}
		n, err := e164.Parse(value, "")
		if err != nil {
			return fmt.Errorf("%q: %s", value, wirechief.MessageOf(err))
		}
		row.Number = n
	case "type":
		i := slices.Index(wirechief.NumberTypes(), wirechief.NumberType(value))
		if i < 0 {
			return fmt.Errorf("%q is not a type: local, toll-free, mobile, national or shared-rate", value)
		}
		row.Type = wirechief.NumberTypes()[i]
	case "location":
		row.Location = strings.Clone(value)
	case "capabilities":
		list := strings.Split(value, "|")
		for _, c := range list {
			if !slices.Contains([]string{"voice", "sms", "mms", "fax"}, c) {
				return fmt.Errorf("%q is not a capability: voice, sms, mms and fax, joined by |", c)
			}
		}
		row.Capabilities = wirechief.CapabilitiesOf(list)
	case "price":
		price, err := wirechief.ParseMoney(value)
		if err != nil || price < 0 {
			return fmt.Errorf("%q is not a price such as 1.00", value)
		}
		row.Price = price
	case "address":
		need := wirechief.AddressRequirement(value)
		if !slices.Contains(addressRules(), need) {
			return fmt.Errorf("%q is not an address requirement: none, any, local or foreign", value)
		}
		row.Address = addressRules()[slices.Index(addressRules(), need)]
	case "country":
		if !e164.IsCountry(strings.ToUpper(value)) {
			return fmt.Errorf("%q is not a country of two letters, such as US", value)
		}
		row.Country = strings.ToUpper(value)
	case "absent":
		if value != "true" && value != "false" {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		row.Absent = value == "true"
	}
	return nil
}

func addressRules() []wirechief.AddressRequirement {
	return []wirechief.AddressRequirement{wirechief.AddressNone, wirechief.AddressAny, wirechief.AddressLocal, wirechief.AddressForeign}
}
