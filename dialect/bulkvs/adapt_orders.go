package bulkvs

import (
	"net/url"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// readSearch reads a search (bulkvs: GET /orderTn, Npa, Nxx, Lca, Limit,
// response 400). There is no table of local calling areas, so that Lca changes
// nothing.
func readSearch(query url.Values) (q wirechief.OfferQuery, limit int, err error) {
	npa, err := readCode("Npa", query.Get("Npa"))
	if err != nil {
		return q, 0, err
	}
	if npa == "" {
		return q, 0, wirechief.InvalidField("Npa", "an area code is needed")
	}
	nxx, err := readCode("Nxx", query.Get("Nxx"))
	if err != nil {
		return q, 0, err
	}
	limit, err = readLimit(query.Get("Limit"), defaultRows, maxRows)
	return wirechief.OfferQuery{Prefix: "1" + npa + nxx}, limit, err
}

// offerRowOf shows what a number costs this tenant: its own rate, where it has
// one.
func offerRowOf(o wirechief.Offer, t wirechief.Tenant) offerRow {
	price := o.Price
	if t.Metered && t.Rates.NumberMonth != 0 {
		price = t.Rates.NumberMonth
	}
	center, state := place(o.Location)
	return offerRow{bare(o.Number), center, state, tier, noCharge, price.String(), noCharge}
}

// order is what POST /orderTn asks for.
type order struct {
	number   string
	settings wirechief.NumberPatch
}

// readOrder reads the body of a purchase (bulkvs: POST /orderTn, TN, Lidb,
// Portout Pin, Trunk Group, Sms, Mms, ReferenceID, Webhook, response 400). An
// empty Webhook is none. The order is given with an error, too, as far as it was read.
func readOrder(body []byte) (o order, err error) {
	properties, err := dialect.ParseObject(body)
	if err != nil {
		return o, err
	}
	var tn dialect.Value
	several := false
	p := &o.settings
	for name, v := range properties {
		switch name {
		case "TN":
			tn = v
		case "Tns": // docs/dialects/bulkvs.md: made up by a client
			several = true
		case "Webhook":
			if err == nil {
				err = patchWord(&p.Webhook, v, "webhook")
			}
		default:
			if err == nil {
				err = readLine(p, name, v)
			}
		}
	}
	if tn.Absent() && several {
		return o, wirechief.Errorf(wirechief.NotFound, "a purchase is of one number, TN")
	}
	s, terr := tn.Text()
	if terr != nil {
		return o, wrong("number", "a string", terr)
	}
	number, nerr := readNumber("number", s)
	if nerr != nil {
		return o, nerr
	}
	o.number = number
	return o, err
}

// orderedOf shows a number that was bought just now.
func orderedOf(n wirechief.Number) ordered {
	r := recordOf(n)
	return ordered{
		r.TN, r.Status, r.LIDB, r.PortoutPIN, r.ReferenceID, r.Routing.orderedRouting,
		orderedMessaging{r.Messaging.SMS, r.Messaging.MMS},
		r.Details,
	}
}
