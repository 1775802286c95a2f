package crosstalk

import (
	"strings"
	"testing"
)

// How each API buys what is on sale and lets go of it again. {TOKEN} is that of
// Zendesk's search, {ID} the id there.
var trades = []struct{ dialect, buy, release string }{
	{fone, `POST /v2/Properties/SACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA/Numbers {"Number":"+{N}"}`, `DELETE /v2/Numbers/{N}`},
	{zendesk, `POST /api/v2/channels/voice/phone_numbers {"phone_number":{"token":"{TOKEN}"}}`, `DELETE /api/v2/channels/voice/phone_numbers/{ID}`},
	{bulk, `POST /api/v1.0/orderTn {"TN":"{N}"}`, `DELETE /api/v1.0/tnRecord?Number={N}`},
	{own, `POST /wirechief/v1/numbers {"number":"+{N}"}`, `DELETE /wirechief/v1/numbers/%2B{N}`},
}

func TestBoughtThroughOneItIsThereInAll(t *testing.T) {
	for _, from := range trades {
		for _, to := range trades {
			t.Run("bought through "+from.dialect+", released through "+to.dialect, func(t *testing.T) {
				h := newHouse(t)
				fill := func(request string) string {
					token := at(h.must("acme", "GET /api/v2/channels/voice/phone_numbers/search?country=US&contains=15105550100"), "phone_numbers/0/token")
					return strings.NewReplacer("{N}", digits(onSale), "{TOKEN}", token, "{ID}", h.zendeskID("acme", onSale)).Replace(request)
				}
				h.must("acme", fill(from.buy))
				for _, dialect := range []string{m2g, fone, zendesk, bulk, own} {
					if body := h.read(dialect, "acme", onSale); !strings.Contains(body, digits(onSale)) && dialect != m2g {
						t.Errorf("%s shows %s", dialect, body)
					}
				}
				if list := h.must("acme", "GET /2019-01-23/organisations/self/msns"); at(list, "status") != "Found 2 MSNs" {
					t.Errorf("message2give lists %s", list)
				}
				h.must("acme", fill(to.release))
				for _, request := range []string{
					"GET /2019-01-23/organisations/self/msns/" + digits(onSale), "GET /v2/Numbers/" + digits(onSale),
					"GET /api/v1.0/tnRecord?Number=" + digits(onSale), "PATCH /wirechief/v1/numbers/%2B" + digits(onSale) + ` {"name":"x"}`,
				} {
					if status, body := h.do("acme", request); status < 400 {
						t.Errorf("released, and %s: %d %s", request, status, body)
					}
				}
				if id := h.zendeskID("acme", onSale); id != "" {
					t.Errorf("released, and zendesk lists it as %s", id)
				}
			})
		}
	}
}

// An address is one thing in Fone Dynamics, in Zendesk Talk and here.
func TestAddressesAreOneList(t *testing.T) {
	h := newHouse(t)
	sid := at(h.must("acme", `POST /v2/Accounts/AACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA/Addresses {"Friendly":"Depot","Line1":"2 Dock Rd","City":"Oakland","Region":"CA","PostalCode":"94607","CountryCode":"US"}`), "AddressSid")
	if sid == "" {
		t.Fatal("no AddressSid")
	}
	for request, path := range map[string]string{
		"GET /api/v2/channels/voice/addresses": "addresses/0/name", // the newest first
		"GET /wirechief/v1/addresses":          "1/name",
		"GET /v2/Addresses/" + sid:             "Friendly",
	} {
		if got := at(h.must("acme", request), path); got != "Depot" {
			t.Errorf("%s shows %q at %s", request, got, path)
		}
	}
	id := at(h.must("acme", "GET /api/v2/channels/voice/addresses"), "addresses/0/id")
	h.must("acme", "DELETE /api/v2/channels/voice/addresses/"+id)
	if status, body := h.do("acme", "GET /v2/Addresses/"+sid); status < 400 {
		t.Errorf("deleted there, and here: %d %s", status, body)
	}
}
