package offer_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

func TestBeginning(t *testing.T) {
	for _, tt := range []struct {
		q    wirechief.OfferQuery
		want string
	}{
		{wirechief.OfferQuery{}, ""},
		{wirechief.OfferQuery{AreaCode: "510"}, "1510"},
		{wirechief.OfferQuery{Country: "us", AreaCode: "510"}, "1510"},
		{wirechief.OfferQuery{Country: "CA", AreaCode: "416"}, "1416"},
		{wirechief.OfferQuery{Country: "GB", AreaCode: "20"}, ""},
		{wirechief.OfferQuery{Country: "XX", AreaCode: "510"}, ""},
		{wirechief.OfferQuery{Prefix: "1510555"}, "1510555"},
		{wirechief.OfferQuery{Prefix: "4420"}, ""},
		{wirechief.OfferQuery{Prefix: "15a"}, ""},
		{wirechief.OfferQuery{AreaCode: "510", Prefix: "1"}, "1510"},
		{wirechief.OfferQuery{AreaCode: "510", Prefix: "1510555"}, "1510555"},
		{wirechief.OfferQuery{AreaCode: "510", Prefix: "1212"}, ""},
		{wirechief.OfferQuery{Contains: "+1510*55%"}, "1510"},
		{wirechief.OfferQuery{Contains: "+1800FLOWERS"}, "18003569377"},
		{wirechief.OfferQuery{Contains: "1510"}, ""},
		{wirechief.OfferQuery{Contains: "1510$"}, ""},
		{wirechief.OfferQuery{Contains: "+1%", AreaCode: "212"}, "1212"},
		{wirechief.OfferQuery{Contains: "+1510", AreaCode: "212"}, ""},
		{wirechief.OfferQuery{Contains: "!", AreaCode: "212"}, ""},
		{wirechief.OfferQuery{Contains: "+$", AreaCode: "212"}, "1212"},
	} {
		if got := offer.Beginning(tt.q); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.q, got, tt.want)
		}
	}
}
