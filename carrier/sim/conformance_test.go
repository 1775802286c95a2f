package sim_test

import (
	"context"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/sim"
)

func TestConformance(t *testing.T) {
	for name, inventory := range map[string]int{"with an inventory": 20, "without": 0} {
		t.Run(name, func(t *testing.T) { conforms(t, inventory) })
	}
}

func conforms(t *testing.T, inventory int) {
	carriertest.Run(t, carriertest.Member{
		Stock: carriertest.Stock{Query: wirechief.OfferQuery{AreaCode: "510"}},
		New: func(_ *testing.T, s carrier.Services) (carrier.Carrier, *carriertest.Peer) {
			c := sim.New("sim", sim.Config{Room: 8, ReceiptDelay: time.Millisecond, Inventory: inventory}, s)
			return c, &carriertest.Peer{
				Text: func(ctx context.Context, from, to, text string) (bool, error) {
					err := c.Text(ctx, from, to, text)
					if wirechief.KindOf(err) == wirechief.NotFound {
						return false, nil
					}
					return err == nil, err
				},
				Close: func() {},
			}
		},
	})
}
