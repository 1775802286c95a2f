package exchange

import (
	"context"
	"slices"
	"sync"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

// A number that is free is on offer again on the terms of the source that has
// it. What no source has, such as a number that the state file gave to a tenant
// and that was released, is offered by ourselves as it was, unless it has been
// withdrawn: a source had it and has it no more, or it was said to be absent.

// The sources that the store keeps of numbers that are off the shelf. Of their
// offers only the numbers mean anything.
const (
	withdrawnList = "withdrawn" // what no source has any more, and we do not offer either
	refusedList   = "refused"   // what its carrier has refused for good, until a source names it anew
)

// isOff says whether a source is of numbers that are off the shelf.
func isOff(source string) bool { return source == withdrawnList || source == refusedList }

// storeroom is what is not offered although nobody has it.
type storeroom struct {
	withdrawn, refused *offer.Index
	// mu is held by who puts a number on offer, and whole by who has changed
	// what is withdrawn and then looks at what is on offer.
	mu sync.RWMutex
	// refusing is one carrier's refusal at a time.
	refusing sync.Mutex
}

func newStoreroom() *storeroom { return &storeroom{withdrawn: offer.New(), refused: offer.New()} }

// of gives the index of a source of numbers that are off the shelf.
func (s *storeroom) of(source string) *offer.Index {
	if source == refusedList {
		return s.refused
	}
	return s.withdrawn
}

func (s *storeroom) isWithdrawn(number string) bool {
	_, ok := s.withdrawn.Terms(number)
	return ok
}

func (s *storeroom) isRefused(number string) bool {
	_, ok := s.refused.Terms(number)
	return ok
}

// shelve says whether a number is on offer. One that a carrier of ours has is
// offered again by ourselves; one of a carrier that lists what it sells goes
// back there.
func (x *Exchange) shelve(n *wirechief.Number) {
	x.off.mu.RLock()
	defer x.off.mu.RUnlock()
	if n.State != wirechief.NumberAvailable || x.off.isRefused(n.Number) {
		x.offers.Take(n.Number)
		return
	}
	x.offers.Give(n.Number)
	if !x.ours(n) {
		return
	}
	if err := x.offers.Put(offerOf(n)); err != nil {
		x.Log.Warn("a number that is free cannot be offered", "number", n.Number, "error", err)
	}
}

// ours says whether a number that is free is offered by ourselves when no source has it.
func (x *Exchange) ours(n *wirechief.Number) bool {
	return !x.lists(n.Carrier) && !x.off.isWithdrawn(n.Number) && !x.off.isRefused(n.Number)
}

// refused takes a number off the shelf that its carrier will not sell. It is
// told of a number that is free; the caller does not hold configuring.
func (x *Exchange) refused(ctx context.Context, number string) {
	x.live.forget(number)
	x.configuring.RLock() // a state file writes the same list
	defer x.configuring.RUnlock()
	x.off.refusing.Lock()
	defer x.off.refusing.Unlock()
	if err := x.keepRefused(context.WithoutCancel(ctx), number); err != nil {
		x.Log.WarnContext(ctx, "a number that its carrier refused may be offered again after a restart", "number", number, "error", err)
	}
	x.offers.Take(number)
}

func (x *Exchange) keepRefused(ctx context.Context, number string) error {
	old, err := x.Store.OfferBlocks(ctx, refusedList)
	if err != nil {
		return err
	}
	blocks, err := offer.Pack(slices.Values([]wirechief.Offer{nameOnly(number)}))
	if err != nil {
		return err
	}
	if blocks, err = offer.Merge(old, blocks); err != nil {
		return err
	}
	if err := x.off.refused.Load(refusedList, blocks); err != nil {
		return err
	}
	count, err := countOffers(blocks)
	if err != nil {
		return err
	}
	_, err = x.Store.Apply(ctx, wirechief.PutOffers{OfferSource: wirechief.OfferSource{Name: refusedList, Count: count, Blocks: blocks}})
	return err
}

// nameOnly is an offer of which only the number counts.
func nameOnly(number string) wirechief.Offer {
	return wirechief.Offer{Number: number, Type: wirechief.TypeLocal, Country: "ZZ"}
}

// offerOf gives the terms of a number that was in service here.
func offerOf(n *wirechief.Number) wirechief.Offer {
	return wirechief.Offer{
		Number: n.Number, Carrier: n.Carrier, Type: n.Type, Country: n.Country, Location: n.Location,
		Capabilities: n.Capabilities, Price: n.Price, Address: n.AddressRule,
	}
}

// loadOffers reads the inventories that were applied, and takes out what is sold.
func (x *Exchange) loadOffers(ctx context.Context) error {
	sources, err := x.Store.OfferSources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		blocks, err := x.Store.OfferBlocks(ctx, s.Name)
		if err != nil {
			return err
		}
		index, shelf := x.offers, shelfOf(s.Name)
		if isOff(s.Name) {
			index, shelf = x.off.of(s.Name), s.Name
		}
		if err := index.Load(shelf, blocks); err != nil {
			return err
		}
	}
	var free []wirechief.Offer
	for _, n := range x.dir.numbersOf("") {
		if n.State == wirechief.NumberAvailable && x.ours(n) {
			if o := offerOf(n); offer.Check(o) == nil {
				free = append(free, o) // many at once are cheaper
			}
			continue
		}
		x.shelve(n)
	}
	return x.offers.Put(free...)
}
