package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/wirechief/wirechief/api/wire"
)

// OfferQuery asks for numbers to buy. All that is given must hold.
type OfferQuery struct {
	Tenant       string   // for the operator: for whom the tokens are
	Country      string   // ISO 3166-1 alpha-2, any case
	Types        []string // any of them
	Capabilities []string // all of them
	AreaCode     string   // first digits after the country code
	Prefix       string   // first digits, country code included
	Contains     string   // a pattern, as in the OpenAPI document
	Location     string
	Carrier      string
	Limit        int // 1 to 1000; 0: 50
	Offset       int
}

// Search finds numbers to buy.
func (c *Client) Search(ctx context.Context, q OfferQuery) (wire.Offers, error) {
	return fetch[wire.Offers](ctx, c, http.MethodGet, "/offers", call{query: values(
		"tenant", q.Tenant, "country", q.Country, "type", strings.Join(q.Types, ","), "capabilities", strings.Join(q.Capabilities, ","),
		"area_code", q.AreaCode, "prefix", q.Prefix, "contains", q.Contains, "location", q.Location, "carrier", q.Carrier,
		"limit", number(int64(q.Limit)), "offset", number(int64(q.Offset)),
	)})
}

// Reserve holds numbers for a time: all of them or none. The operator has to
// name the tenant; for a tenant it may be empty. So it is for all that follows.
func (c *Client) Reserve(ctx context.Context, tenant string, numbers ...string) (wire.Reservation, error) {
	return fetch[wire.Reservation](ctx, c, http.MethodPost, "/reservations", call{query: values("tenant", tenant), body: wire.Reserve{Numbers: numbers}})
}

// Reservations lists what is held, the first to run out first; for the
// operator, with tenant empty, for all.
func (c *Client) Reservations(ctx context.Context, tenant string) ([]wire.Reservation, error) {
	return fetch[[]wire.Reservation](ctx, c, http.MethodGet, "/reservations", call{query: values("tenant", tenant)})
}

// Reservation says what a token holds.
func (c *Client) Reservation(ctx context.Context, tenant, token string) (wire.Reservation, error) {
	return fetch[wire.Reservation](ctx, c, http.MethodGet, "/reservations/"+url.PathEscape(token), call{query: values("tenant", tenant)})
}

// ExtendReservation holds the numbers as long as if they were reserved now.
func (c *Client) ExtendReservation(ctx context.Context, tenant, token string) (wire.Reservation, error) {
	return fetch[wire.Reservation](ctx, c, http.MethodPost, "/reservations/"+url.PathEscape(token)+"/extend", call{query: values("tenant", tenant)})
}

// CancelReservation gives up the numbers that are named, or all.
func (c *Client) CancelReservation(ctx context.Context, tenant, token string, numbers ...string) error {
	query := values("tenant", tenant, "number", strings.Join(numbers, ","))
	return c.do(ctx, http.MethodDelete, "/reservations/"+url.PathEscape(token), call{query: query})
}

// Order buys a number.
func (c *Client) Order(ctx context.Context, tenant string, o wire.Order) (wire.Number, error) {
	return fetch[wire.Number](ctx, c, http.MethodPost, "/numbers", call{query: values("tenant", tenant), body: o})
}
