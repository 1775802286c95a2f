package exchange

import (
	"bytes"
	"maps"
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

// leave notes the numbers of a source that goes which somebody has or has had:
// when they are given up, nobody offers them any more.
func (s *shelving) leave(source string) *wirechief.Error {
	blocks, err := s.a.x.Store.OfferBlocks(s.a.ctx, source)
	if err != nil {
		return storeError(err)
	}
	err = eachOffer(blocks, func(number string) {
		if s.a.number(number) != nil {
			s.left[number] = true
		}
	})
	if err != nil {
		return storeError(err)
	}
	return nil
}

func eachOffer(blocks [][]byte, do func(number string)) error {
	for _, b := range blocks {
		for o, err := range offer.Unpack(b) {
			if err != nil {
				return err
			}
			do(o.Number)
		}
	}
	return nil
}

// putAway writes down what is off the shelf after this file: what sources
// had that are gone and no other has, and what is absent, less what is offered
// again.
func (s *shelving) putAway() *wirechief.Error {
	if len(s.gone) == 0 && len(s.left) == 0 && len(s.again) == 0 {
		return nil
	}
	if len(s.left) > 0 {
		if err := s.keepElsewhere(); err != nil {
			return err
		}
	}
	away := slices.Collect(maps.Keys(s.left))
	for number := range s.gone {
		away = append(away, number)
	}
	back := slices.Collect(maps.Keys(s.again))
	if err := s.putOff(withdrawnList, away, back); err != nil {
		return err
	}
	if err := s.putOff(refusedList, nil, back); err != nil {
		return err
	}
	s.a.finally(func() {
		x := s.a.x
		x.off.mu.Lock() // what was put on offer meanwhile comes off again
		x.offers.Remove(away...)
		x.off.mu.Unlock()
		for _, number := range back {
			if n := x.dir.number(number); n != nil {
				x.shelve(n)
			}
		}
	})
	return nil
}

// finally adds to what is done when all is on disk.
func (a *application) finally(do func()) {
	if len(a.after) == 0 {
		return
	}
	last := &a.after[len(a.after)-1]
	before := *last
	*last = func() (err error) {
		if before != nil {
			err = before()
		}
		do()
		return err
	}
}

// keepElsewhere takes the numbers out of those left that another source has.
func (s *shelving) keepElsewhere() *wirechief.Error {
	names := slices.Collect(maps.Keys(s.blocks))
	for name := range s.kept {
		if _, ok := s.blocks[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		blocks, ok := s.blocks[name]
		if !ok {
			var err error
			if blocks, err = s.a.x.Store.OfferBlocks(s.a.ctx, name); err != nil {
				return storeError(err)
			}
		}
		if err := eachOffer(blocks, func(number string) { delete(s.left, number) }); err != nil {
			return storeError(err)
		}
	}
	return nil
}

// putOff changes a list of what is off the shelf.
func (s *shelving) putOff(list string, away, back []string) *wirechief.Error {
	x := s.a.x
	old, err := x.Store.OfferBlocks(s.a.ctx, list)
	if err != nil {
		return storeError(err)
	}
	blocks, err := offer.Pack(func(yield func(wirechief.Offer) bool) {
		for _, number := range away {
			if !yield(nameOnly(number)) {
				return
			}
		}
	})
	if err == nil {
		blocks, err = offer.Merge(old, blocks)
	}
	if err == nil {
		blocks, err = offer.Without(blocks, back)
	}
	if err != nil {
		return storeError(err)
	}
	if slices.EqualFunc(old, blocks, bytes.Equal) {
		return nil
	}
	count, err := countOffers(blocks)
	if err != nil {
		return storeError(err)
	}
	o := wirechief.OfferSource{Name: list, Count: count, Blocks: blocks}
	s.a.add(wirechief.PutOffers{OfferSource: o}, func() error { return x.off.of(list).Load(list, blocks) })
	return nil
}
