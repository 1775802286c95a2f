package zendesktalk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// addressNames turns the domain's names into the vendor's.
var addressNames = map[string]string{"country": "country_code"}

func addressKey(a *wirechief.Address) string { return strconv.FormatInt(a.ID, 10) }

func addressRowOf(tenant string, a *wirechief.Address) addressRow {
	return addressRow{
		City: a.City, CountryCode: a.Country, ID: a.ID, Name: a.Name, ProviderReference: providerReference(tenant, a.ID),
		Province: a.Province, State: orNull(a.State), Street: a.Street, Zip: a.Zip,
	}
}

// listAddresses gives them newest first (zendesktalk: GET /addresses, response
// 200, addresses, next_page, previous_page, count).
func (s *server) listAddresses(c *call) error {
	list, err := s.core.Addresses().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	return writeList(s, c, "addresses", all(list), addressKey, func(a *wirechief.Address) any { return addressRowOf(c.p.Tenant, a) })
}

// showAddress gives one (zendesktalk: GET /addresses/{address_id}, response 200, address).
func (s *server) showAddress(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	a, err := s.core.Addresses().Get(c.r.Context(), c.p.Tenant, strconv.FormatInt(id, 10))
	if err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "address", addressRowOf(c.p.Tenant, &a))
	return nil
}

// createAddress makes one (zendesktalk: POST /addresses, response 201, address).
func (s *server) createAddress(c *call) error { return s.putAddress(c, http.StatusCreated, "") }

// updateAddress changes what is sent of one (zendesktalk: PUT
// /addresses/{address_id}, response 200, address).
func (s *server) updateAddress(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	return s.putAddress(c, http.StatusOK, strconv.FormatInt(id, 10))
}

func (s *server) putAddress(c *call, status int, key string) error {
	record, _, err := c.wrapped("address")
	if err != nil {
		return err
	}
	change, err := readAddress(record, key == "")
	if err != nil {
		return err
	}
	a, err := s.core.Addresses().Put(c.r.Context(), c.p, key, change)
	if err != nil {
		return renamed(err, addressNames)
	}
	c.writeOne(status, "address", addressRowOf(c.p.Tenant, &a))
	return nil
}

// readAddress reads what is to become of an address. All but its state is
// mandatory; one that another API made may lack something as long as that is not
// touched (zendesktalk: POST /addresses, city, country_code, name, province,
// state, street, zip; zendesktalk: PUT /addresses/{address_id}, city,
// country_code, name, province, state, street, zip).
func readAddress(record object, fresh bool) (change func(*wirechief.Address) error, _ error) {
	var city, country, name, province, state, street, zip wirechief.Patch[string]
	if err := errors.Join( // null is not taken for absent: what is mandatory cannot be emptied
		record.text("city", true, &city),
		record.text("country_code", true, &country),
		record.text("name", true, &name),
		record.text("province", true, &province),
		record.text("state", true, &state),
		record.text("street", true, &street),
		record.text("zip", true, &zip),
	); err != nil {
		return nil, err
	}
	return func(a *wirechief.Address) error {
		city.Apply(&a.City)
		country.Apply(&a.Country)
		name.Apply(&a.Name)
		province.Apply(&a.Province)
		state.Apply(&a.State)
		street.Apply(&a.Street)
		zip.Apply(&a.Zip)
		a.Country = strings.ToUpper(a.Country)
		var lacks []error
		for _, p := range []struct {
			name, value string
			change      wirechief.Patch[string]
		}{
			{"city", a.City, city},
			{"country_code", a.Country, country},
			{"name", a.Name, name},
			{"province", a.Province, province},
			{"street", a.Street, street},
			{"zip", a.Zip, zip},
		} {
			if (fresh || !p.change.IsLeave()) && strings.TrimSpace(p.value) == "" {
				lacks = append(lacks, blank(p.name))
			}
		}
		return errors.Join(lacks...)
	}, nil
}

// deleteAddress removes one that no number uses (zendesktalk: DELETE
// /addresses/{address_id}, response 204).
func (s *server) deleteAddress(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	if err := s.core.Addresses().Delete(c.r.Context(), c.p, strconv.FormatInt(id, 10)); err != nil {
		return err
	}
	c.gone()
	return nil
}
