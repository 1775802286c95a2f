package sim_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/sim"
)

func selling(t *testing.T, inventory int) *sim.Carrier {
	t.Helper()
	cfg := sim.Defaults()
	cfg.Inventory = inventory
	c := sim.New("sim", cfg, carrier.Services{})
	if err := c.Start(t.Context(), &carriertest.Handler{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestInventory: numbers are made up where a search names an area code, at
// every run the same, and of the country that it is in.
func TestInventory(t *testing.T) {
	const some = 5
	for _, tt := range []struct {
		name  string
		q     wirechief.OfferQuery
		found int
		first string
		in    string
	}{
		{"area code", wirechief.OfferQuery{AreaCode: "510"}, some, "+15105550100", "US"},
		{"prefix", wirechief.OfferQuery{Prefix: "1510"}, some, "+15105550100", "US"},
		{"pattern", wirechief.OfferQuery{Contains: "+1510"}, some, "+15105550100", "US"},
		{"the number itself", wirechief.OfferQuery{Prefix: "15105550103"}, 1, "+15105550103", "US"},
		{"an end", wirechief.OfferQuery{AreaCode: "510", Contains: "4$"}, 1, "+15105550104", "US"},
		{"Canada", wirechief.OfferQuery{AreaCode: "416"}, some, "+14165550100", "CA"},
		{"toll-free", wirechief.OfferQuery{AreaCode: "888", Types: []wirechief.NumberType{wirechief.TypeTollFree}}, some, "+18885550100", "US"},
		{"Britain", wirechief.OfferQuery{Country: "gb", AreaCode: "20"}, some, "", "GB"},
		{"an area code of another country", wirechief.OfferQuery{Country: "US", AreaCode: "416"}, 0, "", ""},
		{"no area code", wirechief.OfferQuery{Country: "US"}, 0, "", ""},
		{"no such area code", wirechief.OfferQuery{AreaCode: "911"}, 0, "", ""},
		{"a limit", wirechief.OfferQuery{AreaCode: "510", Limit: 2}, 2, "+15105550100", "US"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := selling(t, some).SearchNumbers(t.Context(), tt.q)
			if err != nil || len(got) != tt.found {
				t.Fatalf("%d offers, %v; want %d", len(got), err, tt.found)
			}
			for _, o := range got {
				if o.Country != tt.in || o.Carrier != "sim" || o.Price <= 0 {
					t.Errorf("%+v", o)
				}
			}
			if len(got) > 0 && tt.first != "" && got[0].Number != tt.first {
				t.Errorf("the first is %s", got[0].Number)
			}
			again, err := selling(t, some).SearchNumbers(t.Context(), tt.q)
			if d := cmp.Diff(got, again); d != "" || err != nil {
				t.Errorf("another run has others: %v\n%s", err, d)
			}
		})
	}
}

// TestNoInventory: without one it lists nothing and confirms whatever is ordered.
func TestNoInventory(t *testing.T) {
	c := selling(t, 0)
	if c.Abilities().Has(carrier.Search) || !c.Abilities().Has(carrier.Order) {
		t.Errorf("abilities %v", c.Abilities())
	}
	if got, err := c.SearchNumbers(t.Context(), wirechief.OfferQuery{AreaCode: "510"}); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
	for _, number := range []string{"+15105550100", "+442079460000"} {
		if err := c.OrderNumber(t.Context(), number); err != nil {
			t.Error(err)
		}
	}
}

func TestInventoryOutOfRange(t *testing.T) {
	for _, n := range []int{-1, 10_001} {
		cfg := sim.Defaults()
		cfg.Inventory = n
		if err := cfg.Validate(); wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("%d: %v", n, err)
		}
	}
}
