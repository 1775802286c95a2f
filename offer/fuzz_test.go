package offer_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

// FuzzPattern asks the index and a regular expression.
func FuzzPattern(f *testing.F) {
	var offers []wirechief.Offer
	for _, n := range listed {
		offers = append(offers, local(n))
	}
	x := indexOf(f, offers...)
	for _, s := range []string{"", "+1", "5*5%0", "FLOWERS$", "+$", "%%", "+%$", "0%0%0", "é", "1+", "+1510555****$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := x.Search(wirechief.OfferQuery{Contains: s})
		if err != nil {
			if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Field != "contains" {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		expression := expressionOf(s)
		want := slices.DeleteFunc(slices.Clone(listed), func(n string) bool { return !expression.MatchString(n[1:]) })
		if got := numbersOf(r.Offers); !slices.Equal(got, want) {
			t.Errorf("%q gave %v, want %v", s, got, want)
		}
		// A single offer is compared by another piece of code.
		y := offer.New()
		if err := y.Put(offers...); err != nil {
			t.Fatal(err)
		}
		if got := search(t, y, wirechief.OfferQuery{Contains: s}); !slices.Equal(got, want) {
			t.Errorf("%q gave %v of single offers, want %v", s, got, want)
		}
	})
}

// FuzzUnpack reads blocks whose checksum is right and whose content is not.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("WCO\x01\x00\x00\x00\x00"))
	f.Add([]byte("WCO\x02\x00\x00\x00\x00\x00"))
	f.Add(packed(f, local("+15105550100"))[0])
	f.Add(packed(f, local("+15105550100"), local("+442079460000"), local("+6834001"))[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		b = sealed(b)
		var offers []wirechief.Offer
		var failed error
		for o, err := range offer.Unpack(b) {
			if failed != nil {
				t.Fatal("there is more after an error")
			}
			if failed = err; err == nil {
				offers = append(offers, o)
			}
		}
		x := offer.New()
		err := x.Load("block", [][]byte{b})
		if failed != nil {
			if wirechief.KindOf(failed) != wirechief.Internal {
				t.Fatalf("%v is not of kind Internal", failed)
			}
			return
		}
		if err != nil || x.Len() != len(offers) {
			t.Fatalf("%d offers were unpacked, %d loaded: %v", len(offers), x.Len(), err)
		}
		if again := unpacked(t, packed(t, offers...)); !cmp.Equal(offers, again) {
			t.Fatalf("%v became %v", offers, again)
		}
	})
}
