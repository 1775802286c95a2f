package offer

import (
	"math/bits"
	"slices"
	"sync/atomic"
)

// blockMost is how many numbers a block has: so many that the walk over the
// blocks is short, so few that the bitsets of one are at home in the cache.
const blockMost = 32768

// plane has a bit for each number of a block.
type plane [blockMost / 64]uint64

// block is a piece of the index: numbers in order, and what is asked of them,
// in columns. Only open changes, word by word.
type block struct {
	numbers []digits
	// digit has for a place and a digit the numbers that have it there. It is
	// nil where none has, and everyone where all have.
	digit [places][10]*plane
	// reach has for a place the numbers that have a digit there, as digit does.
	reach [places + 1]*plane
	kinds column // of the dictionary
	sites column
	open  plane // those on offer: not taken
}

// everyone stands for a plane of ones.
var everyone = new(plane)

// entry is a number of the base, and what the dictionary says of it.
type entry struct {
	number     digits
	kind, site uint32
}

// scratch is what building blocks needs again and again.
type scratch struct {
	digit [places][10]plane
	local map[uint32]uint16
}

func newBlock(rows []entry, s *scratch) *block {
	b := &block{numbers: make([]digits, len(rows))}
	var count [places][10]int
	for place := range s.digit {
		clear(s.digit[place][:])
	}
	for i, r := range rows {
		b.numbers[i] = r.number
		b.open[i/64] |= 1 << (i % 64)
		for d, place := r.number, 0; d != 0; d, place = d<<4, place+1 {
			x := d>>60 - 1
			s.digit[place][x][i/64] |= 1 << (i % 64)
			count[place][x]++
		}
	}
	for place := range count {
		have, all := 0, plane{}
		for x, n := range count[place] {
			have += n
			b.digit[place][x] = keep(&s.digit[place][x], n, len(rows))
			if n > 0 && n < len(rows) {
				for w := range all {
					all[w] |= s.digit[place][x][w]
				}
			}
		}
		b.reach[place] = keep(&all, have, len(rows))
	}
	b.kinds = newColumn(len(rows), func(i int) uint32 { return rows[i].kind }, s.local)
	b.sites = newColumn(len(rows), func(i int) uint32 { return rows[i].site }, s.local)
	return b
}

// keep makes a plane of its own of one that has n of all numbers.
func keep(p *plane, n, all int) *plane {
	switch n {
	case 0:
		return nil
	case all:
		return everyone
	}
	c := *p
	return &c
}

// find gives the place of a number.
func (b *block) find(d digits) (int, bool) { return slices.BinarySearch(b.numbers, d) }

func (b *block) isOpen(i int) bool {
	return atomic.LoadUint64(&b.open[i/64])&(1<<(i%64)) != 0
}

// setOpen says whether a number is on offer. Searches may be reading.
func (b *block) setOpen(i int, open bool) {
	if open {
		atomic.OrUint64(&b.open[i/64], 1<<(i%64))
	} else {
		atomic.AndUint64(&b.open[i/64], ^uint64(1<<(i%64)))
	}
}

// opened is how many are on offer.
func (b *block) opened() (n int) {
	for w := range b.open {
		n += bits.OnesCount64(atomic.LoadUint64(&b.open[w]))
	}
	return n
}
