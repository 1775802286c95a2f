package exchange

import "github.com/wirechief/wirechief"

// HoldMost is how many numbers a tenant has reserved at once at most, in all of
// its reservations: they cost nothing and can be extended, so that without it
// one tenant could keep the whole inventory from the others.
const HoldMost = 1000

// mayHold says whether a tenant may have numbers reserved beside those that it
// has already. Carriers are asked about one number of a request at most, for an
// answer may take seconds; the others have to be known here, as those are that
// a search has found. The caller lets a tenant reserve one request at a time,
// or two could pass side by side.
func (x *Exchange) mayHold(tenant string, numbers []string) *wirechief.Error {
	now, held := x.Now(), len(numbers)
	for _, n := range x.dir.unsettled() {
		if n.State == wirechief.NumberReserved && n.Tenant == tenant && !over(n, now) {
			held++
		}
	}
	if held > HoldMost {
		err := wirechief.Refuse(wirechief.Exhausted, "", "at most %d numbers can be reserved at once; order some of them or give some up", HoldMost)
		err.Field = "numbers"
		return err
	}
	asks := 0
	for _, number := range numbers {
		if n := x.dir.number(number); n != nil && n.State != wirechief.NumberAvailable && !over(n, now) || x.told(number) {
			continue
		}
		if asks++; asks > 1 {
			err := taken(number)
			err.Field = "numbers"
			return err
		}
	}
	return nil
}

// told says whether the terms of a number can be had without asking anybody.
func (x *Exchange) told(number string) bool {
	if _, ok := x.offers.Get(number); ok {
		return true
	}
	_, ok := x.live.get(number, x.Now())
	return ok
}
