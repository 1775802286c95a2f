package exchange

import (
	"context"
	"fmt"

	"github.com/wirechief/wirechief"
)

// Tenant gives an account as it is set up.
func (x *Exchange) Tenant(_ context.Context, id string) (wirechief.Tenant, error) {
	if t := x.dir.tenant(id); t != nil {
		return *t, nil
	}
	return wirechief.Tenant{}, noTenant("tenant")
}

// Balance is what a metered tenant has left; 0 for one that is not metered.
func (x *Exchange) Balance(ctx context.Context, tenant string) (wirechief.Money, error) {
	if x.dir.tenant(tenant) == nil {
		return 0, noTenant("balance")
	}
	balances, err := x.Store.Balances(ctx)
	return balances[tenant], err
}

// OfferedExchange is an exchange of the North American plan that has numbers
// on offer.
type OfferedExchange struct {
	NPA, NXX string
	Location string // of its first number on offer
}

// OfferedExchanges lists the exchanges of an area code that have numbers on
// offer, of all area codes when it is "". Carriers that have to be asked are not.
func (x *Exchange) OfferedExchanges(ctx context.Context, npa string) ([]OfferedExchange, error) {
	out := []OfferedExchange{}
	first := func(prefix string) (o wirechief.Offer, ok bool) {
		found, err := x.offers.Search(wirechief.OfferQuery{Prefix: prefix, Limit: 1})
		if err != nil || len(found.Offers) == 0 {
			return o, false
		}
		return found.Offers[0], true
	}
	for area := 200; area <= 999; area++ {
		code := fmt.Sprint(area)
		if npa != "" && npa != code {
			continue
		}
		if _, ok := first("1" + code); !ok {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for office := 200; office <= 999; office++ {
			nxx := fmt.Sprint(office)
			if o, ok := first("1" + code + nxx); ok {
				out = append(out, OfferedExchange{code, nxx, o.Location})
			}
		}
	}
	return out, nil
}
