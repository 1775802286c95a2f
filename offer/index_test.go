package offer_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

// A number that is taken stays so, whatever becomes of its offer.
func TestTakeHolds(t *testing.T) {
	const number = "+15105550100"
	x := offer.New()
	on := func(want bool, when string) {
		t.Helper()
		_, got := x.Get(number)
		if found := len(search(t, x, wirechief.OfferQuery{})) == 1; got != want || found != want || x.Available() == 1 != want {
			t.Errorf("%s: on offer %v, found %v, %d available; want %v", when, got, found, x.Available(), want)
		}
	}
	x.Take(number)
	on(false, "taken, nobody offers it")
	load(t, x, "list", []wirechief.Offer{local(number)})
	on(false, "taken before its source was loaded")
	if err := x.Put(local(number)); err != nil {
		t.Fatal(err)
	}
	on(false, "put while taken")
	x.Take(number)
	x.Give(number)
	on(true, "given back")
	x.Take(number)
	x.Remove(number)
	on(false, "taken, no longer put")
	x.Give(number)
	on(true, "given back to its source")
	x.Give(number)
	x.Take("no number")
	x.Give("no number")
	x.Remove("no number")
	on(true, "as before")
	x.Unload("list")
	on(false, "nobody offers it")
	if x.Len() != 0 || x.Sources() != 0 {
		t.Errorf("%d numbers of %d sources are left", x.Len(), x.Sources())
	}
}

// A number of two sources has the terms of the one whose name comes first, in
// whatever order they come, and those of the other when that one goes or does
// not offer it any longer.
func TestTwoSources(t *testing.T) {
	const number = "+15105550100"
	by := func(carrier string) []wirechief.Offer {
		o := local(number)
		o.Carrier = carrier
		return []wirechief.Offer{o}
	}
	x := offer.New()
	carrier := func(want string) {
		t.Helper()
		if o, _ := x.Get(number); o.Carrier != want || x.Len() != min(len(want), 1) {
			t.Errorf("the carrier of the one number of %d is %q, want %q", x.Len(), o.Carrier, want)
		}
	}
	load(t, x, "first", by("a"))
	load(t, x, "second", by("b"))
	carrier("a")
	load(t, x, "first", by("c"))
	carrier("c")
	load(t, x, "first", nil)
	carrier("b")
	load(t, x, "first", by("a"))
	carrier("a")
	x.Unload("first")
	carrier("b")
	load(t, x, "first", by("a"))
	carrier("a")
	load(t, x, "a third", by("d"))
	carrier("d")
	x.Unload("a third")
	carrier("a")
	x.Unload("second")
	x.Unload("second")
	carrier("a")
	x.Unload("first")
	carrier("")
}

// A number that stands beside the sources is found on its own terms, until a
// source has it: whatever becomes of that one, it does not come back by itself.
func TestASourceWinsOverASingleOffer(t *testing.T) {
	const number = "+15105550100"
	by := func(carrier string) []wirechief.Offer {
		o := local(number)
		o.Carrier = carrier
		return []wirechief.Offer{o}
	}
	x := offer.New()
	carrier := func(want string) {
		t.Helper()
		o, _ := x.Get(number)
		r, err := x.Search(wirechief.OfferQuery{})
		if err != nil || o.Carrier != want || x.Len() != min(len(want), 1) || len(r.Offers) != x.Len() || len(want) > 0 && r.Offers[0] != o {
			t.Errorf("the carrier of the one number of %d is %q, want %q; found: %v, %v", x.Len(), o.Carrier, want, r.Offers, err)
		}
	}
	put := func(carrier string) {
		t.Helper()
		if err := x.Put(by(carrier)...); err != nil {
			t.Fatal(err)
		}
	}
	put("a")
	carrier("a")
	put("b")
	carrier("b")
	load(t, x, "list", by("c"))
	carrier("c")
	put("d")
	carrier("c")
	x.Take(number)
	if o, known := x.Terms(number); !known || o.Carrier != "c" {
		t.Errorf("taken: %v, %v", o, known)
	}
	load(t, x, "list", by("e"))
	x.Give(number)
	carrier("e")
	x.Remove(number)
	carrier("e")
	x.Unload("list")
	carrier("")
	put("f")
	carrier("f")
	x.Remove(number)
	carrier("")
}

// Searches go on while everything changes, and a number that is always on
// offer is always found, and always once.
func TestConcurrentUse(t *testing.T) {
	numbers := generated(t, "US", []string{"510", "240"}, 20_000)
	var some, all []wirechief.Offer
	for i, n := range numbers {
		all = append(all, local(n))
		if i%2 == 0 {
			some = append(some, local(n))
		}
	}
	few, many := packed(t, some...), packed(t, all...)
	steady, busy := numbers[0], numbers[2]
	x := offer.New()
	if err := x.Load("list", few); err != nil {
		t.Fatal(err)
	}
	var changes, reads sync.WaitGroup
	ended := make(chan struct{})
	change := func(f func(i int)) {
		changes.Go(func() {
			for i := range 40 {
				f(i)
			}
		})
	}
	change(func(i int) {
		if err := x.Load("list", [][][]byte{few, many}[i%2]); err != nil {
			t.Error(err)
		}
	})
	change(func(i int) {
		if err := x.Load("more", few); err != nil {
			t.Error(err)
		}
		x.Unload("more")
	})
	change(func(int) {
		for _, n := range numbers[4:400] {
			x.Take(n)
		}
		for _, n := range numbers[4:400] {
			x.Give(n)
		}
	})
	change(func(int) {
		if err := x.Put(local(busy)); err != nil {
			t.Error(err)
		}
		x.Take(busy)
		x.Give(busy)
		x.Remove(busy)
	})
	for range 2 {
		reads.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				r, err := x.Search(wirechief.OfferQuery{Contains: "55501", AreaCode: "510", Limit: 1000})
				if err != nil {
					t.Error(err)
					return
				}
				found := numbersOf(r.Offers)
				if !slices.Contains(found, steady) || !slices.IsSorted(found) || len(slices.Compact(slices.Clone(found))) != len(found) {
					t.Errorf("%s is missing, or a number comes twice, or out of order: %v", steady, found)
					return
				}
				if _, ok := x.Terms(busy); !ok {
					t.Errorf("%s is not known for a moment", busy)
					return
				}
				x.Len()
				x.Available()
			}
		})
	}
	changes.Wait()
	close(ended)
	reads.Wait()
	if got := x.Available(); got != x.Len() {
		t.Errorf("%d of %d are on offer in the end", got, x.Len())
	}
}
