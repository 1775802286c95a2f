package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
)

// Shop is the part of the exchange about numbers on offer.
type Shop interface {
	SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error)
	Quote(tenant, number string) string
	Reserve(ctx context.Context, p wirechief.Principal, numbers []string) (wirechief.Reservation, error)
	Reservations(ctx context.Context, p wirechief.Principal) []wirechief.Reservation
	ExtendReservation(ctx context.Context, p wirechief.Principal, token string) (wirechief.Reservation, error)
	CancelReservation(ctx context.Context, p wirechief.Principal, token string, numbers ...string) error
	Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error)
}

// shop adds the operations by which numbers are found, held and bought.
func (a *api) shop() {
	made := func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }
	register(a, a.op(scopeRead, "search-offers", http.MethodGet, "/offers", "Find numbers to buy",
		about("All that is given must hold. What is found may be gone a moment later: only a reservation or an order says who gets it.")), a.searchOffers)
	register(a, a.op(scopeManage, "reserve-numbers", http.MethodPost, "/reservations", "Hold numbers for a time: all of them or none", made), a.reserve)
	register(a, a.op(scopeRead, "list-reservations", http.MethodGet, "/reservations", "List what is held, the first to run out first"), a.listReservations)
	register(a, a.op(scopeRead, "get-reservation", http.MethodGet, "/reservations/{token}", "Show what a reservation holds"), a.getReservation)
	register(a, a.op(scopeManage, "extend-reservation", http.MethodPost, "/reservations/{token}/extend", "Hold numbers as long as if they were reserved now"), a.extendReservation)
	register(a, a.op(scopeManage, "cancel-reservation", http.MethodDelete, "/reservations/{token}", "Give up what is held: some of it, or all"), a.cancelReservation)
	register(a, a.op(scopeManage, "order-number", http.MethodPost, "/numbers", "Buy a number",
		about("It is yours when this answers: in service, pending while it owes an address, or ordered while its carrier has not said."), made), a.order)
}

type offersInput struct {
	Tenant       string   `query:"tenant" maxLength:"63" doc:"For the operator: for whom the tokens are; else there are none"`
	Country      string   `query:"country" maxLength:"2" doc:"ISO 3166-1 alpha-2, any case" example:"US"`
	Type         []string `query:"type,explode" doc:"Any of local, toll-free, mobile, national, shared-rate; repeated or as a list with commas" example:"local"`
	Capabilities []string `query:"capabilities,explode" doc:"All of voice, sms, mms, fax; repeated or as a list with commas" example:"voice,sms"`
	AreaCode     string   `query:"area_code" maxLength:"8" doc:"First digits after the country code" example:"510"`
	Prefix       string   `query:"prefix" maxLength:"16" doc:"First digits, country code included" example:"1510"`
	Contains     string   `query:"contains" maxLength:"64" doc:"Digits; letters for the digits of their key; * for any one digit, % for any run of digits; + at the start and $ at the end tie it to that end" example:"pizza"`
	Location     string   `query:"location" maxLength:"64" doc:"State or town, any case" example:"CA"`
	Carrier      string   `query:"carrier" maxLength:"64"`
	Limit        int      `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Offset       int      `query:"offset" minimum:"0" maximum:"100000000" doc:"How many to leave out first"`
}

type offersOutput struct{ Body wire.Offers }

func (a *api) searchOffers(ctx context.Context, in *offersInput) (*offersOutput, error) {
	p := who(ctx)
	tenant, err := tenantOf(p, in.Tenant)
	if err != nil {
		return nil, err
	}
	if !p.Operator {
		tenant = p.Tenant
	}
	q := wirechief.OfferQuery{
		Country: in.Country, AreaCode: in.AreaCode, Location: in.Location, Carrier: in.Carrier, Limit: in.Limit, Offset: in.Offset,
		// A plus sign that was not escaped arrives as a space.
		Prefix: strings.TrimPrefix(inQuery(in.Prefix), "+"), Contains: in.Contains,
	}
	if rest, ok := strings.CutPrefix(q.Contains, " "); ok {
		q.Contains = "+" + rest
	}
	if q.Types, err = words("type", in.Type, wirechief.NumberTypes()); err != nil {
		return nil, err
	}
	if q.Capabilities, err = readCapabilities("capabilities", in.Capabilities); err != nil {
		return nil, err
	}
	page, err := a.Core.SearchOffers(ctx, p, q)
	if err != nil {
		return nil, err
	}
	out := &offersOutput{wire.Offers{Offers: make([]wire.Offer, len(page.Offers)), More: page.More}}
	for i, o := range page.Offers {
		out.Body.Offers[i] = wire.Offer{
			Number: o.Number, Type: string(o.Type), Country: o.Country, Location: o.Location, Capabilities: capabilities(o.Capabilities),
			Price: o.Price.String(), Address: string(o.Address), Carrier: o.Carrier,
		}
		if tenant != "" {
			out.Body.Offers[i].Token = a.Core.Quote(tenant, o.Number)
		}
	}
	return out, nil
}

func newReservation(r *wirechief.Reservation) wire.Reservation {
	return wire.Reservation{Token: r.Token, Tenant: r.Tenant, Numbers: orNone(r.Numbers), Until: r.Until.UTC()}
}

type reserveInput struct {
	InTenant
	Body wire.Reserve
}

type reservationOutput struct{ Body wire.Reservation }

func answerReservation(r wirechief.Reservation, err error) (*reservationOutput, error) {
	if err != nil {
		return nil, err
	}
	return &reservationOutput{newReservation(&r)}, nil
}

func (a *api) reserve(ctx context.Context, in *reserveInput) (*reservationOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	numbers := make([]string, len(in.Body.Numbers))
	for i, s := range in.Body.Numbers {
		if numbers[i], err = readNumber(item("numbers", i), s); err != nil {
			return nil, err
		}
	}
	r, err := a.Core.Reserve(ctx, p, numbers)
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == "number" {
		named := *e
		named.Field = "numbers"
		err = &named
	}
	return answerReservation(r, err)
}

type reservationsInput struct {
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
}

type reservationsOutput struct {
	Body []wire.Reservation `nullable:"false"`
}

func (a *api) listReservations(ctx context.Context, in *reservationsInput) (*reservationsOutput, error) {
	p, err := actingOn(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list := a.Core.Reservations(ctx, p)
	out := &reservationsOutput{make([]wire.Reservation, len(list))}
	for i := range list {
		out.Body[i] = newReservation(&list[i])
	}
	return out, nil
}

// OnReservation names a reservation in a path.
type OnReservation struct {
	Token  string `path:"token" maxLength:"64"`
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator: whose reservation it has to be"`
}

func (a *api) getReservation(ctx context.Context, in *OnReservation) (*reservationOutput, error) {
	p, err := actingOn(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	for _, r := range a.Core.Reservations(ctx, p) {
		if r.Token == in.Token {
			return answerReservation(r, nil)
		}
	}
	return nil, &wirechief.Error{
		Op: "reservation", Kind: wirechief.NotFound, Rule: wirechief.RuleToken, Field: "token",
		Message: "there is no such reservation, or it has run out or been used",
	}
}

func (a *api) extendReservation(ctx context.Context, in *OnReservation) (*reservationOutput, error) {
	p, err := actingOn(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return answerReservation(a.Core.ExtendReservation(ctx, p, in.Token))
}

type cancelReservationInput struct {
	OnReservation
	Number []string `query:"number,explode" doc:"Only these; repeated or as a list with commas" example:"+15105550100"`
}

func (a *api) cancelReservation(ctx context.Context, in *cancelReservationInput) (*struct{}, error) {
	p, err := actingOn(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for _, list := range in.Number {
		for s := range strings.SplitSeq(list, ",") {
			number, err := readNumber("number", inQuery(s))
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, number)
		}
	}
	return nil, a.Core.CancelReservation(ctx, p, in.Token, numbers...)
}

type orderInput struct {
	InTenant
	Body wire.Order
}

func (a *api) order(ctx context.Context, in *orderInput) (*numberOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	r := wirechief.OrderRequest{Tenant: p.Tenant, Token: b.Token, Address: b.Address, PickAddress: b.Address == 0, Property: b.Property, MayOwe: b.MayOwe}
	if b.Number != "" {
		if r.Number, err = readNumber("number", b.Number); err != nil {
			return nil, err
		}
	}
	if r.Settings, err = readPatch(&wirechief.Number{}, b.Settings); err != nil {
		return nil, under("settings", err)
	}
	n, err := a.Core.Order(ctx, p, r)
	if err != nil {
		return nil, ofOrder(inSettings(err))
	}
	return answerNumber(n, nil)
}

// ofOrder says of what is at fault in an order whether it is among its settings.
func ofOrder(err error) error {
	e, ok := errors.AsType[*wirechief.Error](err)
	if ok && e.Field == "" && e.Rule == wirechief.RuleAlreadyOwned {
		return under("number", err)
	}
	if !ok || e.Field == "" || slices.Contains([]string{"number", "token", "address", "property", "tenant"}, e.Field) {
		return err
	}
	return under("settings", err)
}
