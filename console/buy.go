package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

func buyRoutes() []route {
	right := wirechief.RightNumbers
	return []route{
		{pattern: "GET /buy", right: right, serve: (*Console).showBuy},
		{pattern: "POST /buy/reserve", right: right, serve: (*Console).reserve},
		{pattern: "POST /buy/extend", right: right, serve: (*Console).extendReservation},
		{pattern: "POST /buy/give-up", right: right, serve: (*Console).giveUp},
		{pattern: "POST /buy/order", right: right, serve: (*Console).order},
	}
}

type buyData struct {
	Page
	Query   buyQuery
	Types   []wirechief.NumberType
	Offers  []wirechief.Offer
	Further string
	Basket  []basketEntry
	Total   wirechief.Money // a month, of what is in the basket
	Address []wirechief.Address
}

type buyQuery struct {
	Country, AreaCode, Contains, Location, Type string
	SMS, MMS, Voice                             bool
	Offset                                      int
}

// basketEntry is a reservation.
type basketEntry struct {
	wirechief.Reservation
	Numbers []wirechief.Number
}

const offersPage = 50

func (c *Console) showBuy(v *visit) error {
	page, err := c.buyPage(v)
	if err != nil {
		return err
	}
	return c.renderStatus(v, statusOfTrouble(page.Trouble), "buy", page)
}

func (c *Console) buyPage(v *visit) (*buyData, error) {
	q := buyQuery{
		Country: v.query("country"), AreaCode: v.query("area"), Contains: v.query("contains"), Location: v.query("location"), Type: v.query("type"),
		SMS: v.query("sms") != "", MMS: v.query("mms") != "", Voice: v.query("voice") != "",
	}
	q.Offset, _ = strconv.Atoi(v.query("offset"))
	page := &buyData{Page: Page{Title: "Buy numbers", Section: "buy"}, Query: q, Types: wirechief.NumberTypes()}
	f := wirechief.OfferQuery{
		Country: q.Country, AreaCode: q.AreaCode, Contains: q.Contains, Location: q.Location, Limit: offersPage, Offset: max(q.Offset, 0),
		Capabilities: wirechief.Capabilities{SMS: q.SMS, MMS: q.MMS, Voice: q.Voice},
	}
	if q.Type != "" {
		f.Types = []wirechief.NumberType{wirechief.NumberType(q.Type)}
	}
	found, err := c.Exchange.SearchOffers(v.ctx(), v.p, f)
	if err != nil {
		if wirechief.KindOf(err) != wirechief.Invalid {
			return nil, err
		}
		page.Trouble = troubleOf(err)
	}
	page.Offers = found.Offers
	if found.More {
		u := v.r.URL.Query()
		u.Set("offset", strconv.Itoa(f.Offset+offersPage))
		page.Further = "/buy?" + u.Encode()
	}
	for _, r := range c.Exchange.Reservations(v.ctx(), v.p) {
		entry := basketEntry{Reservation: r}
		for _, number := range r.Numbers {
			if n, err := c.Exchange.NumberAnyState(v.ctx(), v.p, number); err == nil {
				entry.Numbers = append(entry.Numbers, n)
				page.Total += n.Price
			}
		}
		page.Basket = append(page.Basket, entry)
	}
	slices.SortFunc(page.Basket, func(a, b basketEntry) int { return a.Until.Compare(b.Until) })
	page.Address, err = c.Exchange.Addresses().List(v.ctx(), v.p.Tenant)
	return page, err
}

// refuseBuy shows why something could not be had above the search.
func (c *Console) refuseBuy(v *visit, err error) error {
	if k := wirechief.KindOf(err); k == wirechief.Internal {
		return err
	}
	// The search that the visitor came from stays.
	if u, perr := url.Parse(v.value("back")); perr == nil {
		v.r.URL.RawQuery = u.RawQuery
	}
	page, perr := c.buyPage(v)
	if perr != nil {
		return perr
	}
	page.Trouble = troubleOf(err)
	return c.renderStatus(v, page.Trouble.Status, "buy", page)
}

func (c *Console) reserve(v *visit) error {
	r, err := c.Exchange.Reserve(v.ctx(), v.p, v.form["number"])
	if err != nil {
		return c.refuseBuy(v, err)
	}
	v.say(strings.Join(r.Numbers, ", ") + " is held for you.")
	return v.back("/buy")
}

func (c *Console) extendReservation(v *visit) error {
	if _, err := c.Exchange.ExtendReservation(v.ctx(), v.p, v.value("token")); err != nil {
		return c.refuseBuy(v, err)
	}
	v.say("Held for longer.")
	return v.back("/buy")
}

func (c *Console) giveUp(v *visit) error {
	if err := c.Exchange.CancelReservation(v.ctx(), v.p, v.value("token")); err != nil {
		return c.refuseBuy(v, err)
	}
	v.say("Given up.")
	return v.back("/buy")
}

// order buys the numbers of a reservation; those that were had before one is
// refused are had.
func (c *Console) order(v *visit) error {
	address, _ := strconv.ParseInt(v.value("address"), 10, 64)
	var had []string
	for _, number := range v.form["number"] {
		n, err := c.Exchange.Order(v.ctx(), v.p, wirechief.OrderRequest{
			Tenant: v.p.Tenant, Number: number, Token: v.value("token"), Address: address, PickAddress: address == 0, MayOwe: true,
		})
		if err != nil {
			return c.refuseBuy(v, err)
		}
		had = append(had, n.Number)
	}
	if len(had) == 0 {
		return c.refuseBuy(v, wirechief.InvalidField("number", "choose a number first"))
	}
	v.say("Bought: " + strings.Join(had, ", ") + ".")
	if len(had) == 1 {
		return v.to("/numbers/" + had[0])
	}
	return v.to("/numbers")
}
