package zendesktalk

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// phoneNumberRoutes are the calls of phone numbers.
func phoneNumberRoutes() []dialect.Route[handler] {
	return []dialect.Route[handler]{
		{Method: http.MethodGet, Path: "/phone_numbers", Handle: (*server).listPhoneNumbers, Cite: "zendesktalk: GET /phone_numbers"},
		{Method: http.MethodPost, Path: "/phone_numbers", Handle: (*server).createPhoneNumber, Cite: "zendesktalk: POST /phone_numbers"},
		{Method: http.MethodGet, Path: "/phone_numbers/search", Handle: (*server).searchPhoneNumbers, Cite: "zendesktalk: GET /phone_numbers/search"},
		{Method: http.MethodGet, Path: "/phone_numbers/{id}", Handle: (*server).showPhoneNumber, Cite: "zendesktalk: GET /phone_numbers/{phone_number_id}"},
		{Method: http.MethodPut, Path: "/phone_numbers/{id}", Handle: (*server).updatePhoneNumber, Cite: "zendesktalk: PUT /phone_numbers/{phone_number_id}"},
		{Method: http.MethodDelete, Path: "/phone_numbers/{id}", Handle: (*server).deletePhoneNumber, Cite: "zendesktalk: DELETE /phone_numbers/{phone_number_id}"},
	}
}

// listPhoneNumbers gives those on the account, newest first. It includes
// nothing (zendesktalk: GET /phone_numbers, minimal_mode, response 200,
// phone_numbers).
func (s *server) listPhoneNumbers(c *call) error {
	var custom map[int64]wirechief.Greeting
	from := func(offset, limit int) ([]wirechief.Number, int, error) {
		list, total := s.core.FindNumbers(c.r.Context(), c.p, wirechief.NumberFilter{Newest: true, Offset: offset, Limit: limit})
		if !slices.ContainsFunc(list, func(n wirechief.Number) bool { return len(n.Voice.Greetings) > 0 }) {
			return list, total, nil
		}
		var err error
		custom, err = s.customGreetings(c.r.Context(), c.p.Tenant)
		return list, total, err
	}
	row := func(n *wirechief.Number) any { return phoneNumberOf(n, chosen(n, custom)) }
	if minimal, _, err := c.flag("minimal_mode"); err == nil && minimal { // any other value: off
		row = func(n *wirechief.Number) any { return minimalOf(n) }
	}
	return writeList(s, c, "phone_numbers", from, numberKey, row)
}

func numberKey(n *wirechief.Number) string { return strconv.FormatInt(n.ID, 10) }

// customGreetings gives the tenant's own greetings by id.
func (s *server) customGreetings(ctx context.Context, tenant string) (map[int64]wirechief.Greeting, error) {
	list, err := s.core.Greetings().List(ctx, tenant)
	out := make(map[int64]wirechief.Greeting, len(list))
	for _, g := range list {
		out[g.ID] = g
	}
	return out, err
}

// chosen gives the greetings that a number has, in its order.
func chosen(n *wirechief.Number, custom map[int64]wirechief.Greeting) (out []wirechief.Greeting) {
	for _, id := range n.Voice.Greetings {
		if g, ok := custom[id]; ok {
			out = append(out, g)
		}
	}
	return out
}

// searchPhoneNumbers gives up to 30 offers (zendesktalk: GET
// /phone_numbers/search, response 200, phone_numbers). Nothing is held by it.
func (s *server) searchPhoneNumbers(c *call) error {
	q, ok, err := searchOf(c)
	if err != nil {
		return err
	}
	var offers []wirechief.Offer
	if ok {
		page, err := s.core.SearchOffers(c.r.Context(), c.p, q)
		// A pattern that the core cannot read fits nothing.
		if err != nil && wirechief.KindOf(err) != wirechief.Invalid {
			return err
		}
		offers = page.Offers
	}
	return writeList(s, c, "phone_numbers", all(offers), func(o *wirechief.Offer) string { return o.Number },
		func(o *wirechief.Offer) any { return availableOf(o, s.core.Quote(c.p.Tenant, o.Number)) })
}

// writePhoneNumber answers with a number and what is included (zendesktalk: GET
// /phone_numbers/{phone_number_id}, response 200, phone_number; zendesktalk: PUT
// /phone_numbers/{phone_number_id}, response 200, phone_number; zendesktalk: POST
// /phone_numbers, response 200, phone_number).
func (s *server) writePhoneNumber(c *call, n *wirechief.Number, in include) error {
	var custom map[int64]wirechief.Greeting
	if len(n.Voice.Greetings) > 0 {
		var err error
		if custom, err = s.customGreetings(c.r.Context(), c.p.Tenant); err != nil {
			return err
		}
	}
	row := phoneNumberOf(n, chosen(n, custom))
	if err := in.add(s, c, n, &row); err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "phone_number", row)
	return nil
}

func (s *server) showPhoneNumber(c *call) error {
	n, err := s.numberOf(c)
	if err != nil {
		return err
	}
	return s.writePhoneNumber(c, &n, readInclude(c))
}

// numberOf gives the number that the path names (zendesktalk: GET
// /phone_numbers/{phone_number_id}, phone_number_id; zendesktalk: PUT
// /phone_numbers/{phone_number_id}, phone_number_id; zendesktalk: DELETE
// /phone_numbers/{phone_number_id}, phone_number_id).
func (s *server) numberOf(c *call) (wirechief.Number, error) {
	id, err := c.id(0)
	if err != nil {
		return wirechief.Number{}, err
	}
	return s.core.NumberByID(c.r.Context(), c.p, id)
}

// createPhoneNumber buys the number that a token stands for (zendesktalk: POST
// /phone_numbers, phone_number, token, address_sid; zendesktalk: phone number,
// token). Clients send address_sid
// beside the record, as documented, or in it. The answer is 200, not 201, and
// has no Location: zdesk would take that for the answer.
func (s *server) createPhoneNumber(c *call) error {
	record, body, err := c.wrapped("phone_number")
	if err != nil {
		return err
	}
	in := readInclude(c)
	ch, err := readChange(record, in.settings)
	if err != nil {
		return err
	}
	var token wirechief.Patch[string]
	if err := record.text("token", false, &token); err != nil {
		return err
	}
	order := wirechief.OrderRequest{Tenant: c.p.Tenant, Defaults: atPurchase, Settings: ch.on(&wirechief.Number{})}
	if order.Token, _ = token.Value(); order.Token == "" {
		return blank("token")
	}
	if order.Address, err = addressOf(c.p.Tenant, body, record); err != nil {
		return err
	}
	n, err := s.core.Order(c.r.Context(), c.p, order)
	if err != nil {
		return s.refused(c, &order.Settings, err)
	}
	return s.writePhoneNumber(c, &n, in)
}

// atPurchase are the settings of a new number that says nothing else.
func atPurchase(n wirechief.Number) (p wirechief.NumberPatch) {
	p.SMS, p.Transcription = wirechief.Set(false), wirechief.Set(true)
	if !mayCallOut(&n) {
		p.Calls.Outbound = wirechief.Set(false)
	}
	return p
}

// addressOf gives the id of the address that address_sid names, 0 for none.
func addressOf(tenant string, places ...object) (id int64, _ error) {
	var found string
	for _, o := range places {
		var sid wirechief.Patch[string]
		if err := o.text("address_sid", false, &sid); err != nil {
			return 0, err
		}
		switch v, _ := sid.Value(); {
		case v == "":
		case found != "" && found != v:
			return 0, wirechief.InvalidField("address_sid", "there are two, and they differ")
		default:
			found = v
		}
	}
	if found == "" {
		return 0, nil
	}
	id, ok := addressID(tenant, found)
	if !ok {
		return 0, wirechief.InvalidField("address_sid", "there is no address of this provider_reference")
	}
	return id, nil
}

// updatePhoneNumber changes what the record names (zendesktalk: PUT
// /phone_numbers/{phone_number_id}, phone_number).
func (s *server) updatePhoneNumber(c *call) error {
	n, err := s.numberOf(c)
	if err != nil {
		return err
	}
	record, _, err := c.wrapped("phone_number")
	if err != nil {
		return err
	}
	in := readInclude(c)
	ch, err := readChange(record, in.settings)
	if err != nil {
		return err
	}
	n, err = s.core.ConfigureNumber(c.r.Context(), c.p, n.Number, func(n wirechief.Number) (wirechief.NumberPatch, error) { return ch.on(&n), nil })
	if err != nil {
		return s.refused(c, &ch.patch, err)
	}
	return s.writePhoneNumber(c, &n, in)
}

// deletePhoneNumber gives a number back (zendesktalk: DELETE
// /phone_numbers/{phone_number_id}, response 204, response 422).
func (s *server) deletePhoneNumber(c *call) error {
	n, err := s.numberOf(c)
	if err != nil {
		return err
	}
	if _, err := s.core.Release(c.r.Context(), c.p, n.Number); err != nil {
		return err
	}
	c.gone()
	return nil
}
