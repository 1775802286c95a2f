package offer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// base is what the sources offer together. It is made anew when a source
// changes; of what it holds only the open bits of blocks change.
type base struct {
	blocks  []*block
	starts  []digits // the first number of each block
	codes   []digits // the calling codes of its numbers, in order
	dict    dictionary
	sources []string // in the order in which they were first loaded
	// behind are the rows of numbers that an earlier source offers too, in the
	// order of the sources: they come forward when that one goes.
	behind []row
}

// dictionary is the terms that numbers have, each with its source.
type dictionary struct {
	terms   []wirechief.Offer // without numbers
	facts   []facts           // the same, as a query compares them
	sources []int             // whose they are
	names   map[string]uint32 // carriers and, in small letters, locations
}

// facts is what a query can ask of terms.
type facts struct {
	carrier, location uint32 // names; 0: none
	country           uint16
	types             uint8 // one bit
	capabilities      uint8
}

func (d *dictionary) add(terms wirechief.Offer, source int) uint32 {
	d.terms = append(d.terms, terms)
	d.sources = append(d.sources, source)
	d.facts = append(d.facts, facts{
		carrier: d.name(terms.Carrier), location: d.name(strings.ToLower(terms.Location)),
		country: countryBits(terms.Country), types: typeBit(terms.Type), capabilities: capabilityBits(terms.Capabilities),
	})
	return uint32(len(d.terms) - 1)
}

func (d *dictionary) name(s string) uint32 {
	if s == "" {
		return 0
	}
	id, ok := d.names[s]
	if !ok {
		id = uint32(len(d.names) + 1)
		d.names[s] = id
	}
	return id
}

func countryBits(s string) uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

func typeBit(t wirechief.NumberType) uint8 { return 1 << slices.Index(types[:], t) }

// ranked is a row of a source.
type ranked struct {
	row
	source int // less comes first
}

// with makes the base in which a source offers what is in a table; nil: in
// which it is gone.
func (b *base) with(source string, t *table) *base {
	at := slices.Index(b.sources, source)
	n := &base{sources: slices.Clone(b.sources), dict: dictionary{names: make(map[string]uint32)}}
	switch {
	case t == nil && at < 0:
		return b
	case t == nil:
		n.sources = slices.Delete(n.sources, at, at+1)
	case at < 0:
		at = len(n.sources)
		n.sources = append(n.sources, source)
	}
	// The terms of the other sources are taken over when a row needs them.
	const unknown = ^uint32(0)
	renamed := slices.Repeat([]uint32{unknown}, len(b.dict.terms))
	take := func(r row) ranked {
		from := b.dict.sources[r.terms]
		if t == nil && from > at {
			from--
		}
		if renamed[r.terms] == unknown {
			renamed[r.terms] = n.dict.add(b.dict.terms[r.terms], from)
		}
		return ranked{row{number: r.number, terms: renamed[r.terms]}, from}
	}
	var fresh []row
	if t != nil {
		fresh = t.rows
		for _, terms := range t.terms {
			n.dict.add(terms, at)
		}
	}
	w := &builder{base: n}
	known, behind := b.rowsBut(at), b.behindBut(at)
	for {
		// The next number in any of the three, and everyone who offers it.
		k, h := known.peek(), behind.peek()
		f := after
		if len(fresh) > 0 {
			f = fresh[0].number
		}
		number := min(k, h, f)
		if number == after {
			break
		}
		w.offers = w.offers[:0]
		if k == number {
			w.offers = append(w.offers, take(known.pop()))
		}
		for behind.peek() == number {
			w.offers = append(w.offers, take(behind.pop()))
		}
		if f == number {
			w.offers = append(w.offers, ranked{fresh[0], at})
			fresh = fresh[1:]
		}
		w.add()
	}
	w.flush()
	n.setCodes()
	return n
}

// builder makes blocks of rows that come in order.
type builder struct {
	*base
	offers  []ranked // of one number
	rows    []row
	scratch *scratch
}

// add takes the offers of the next number: the first source's are in front.
func (w *builder) add() {
	if len(w.offers) > 1 {
		slices.SortFunc(w.offers, func(a, b ranked) int { return cmp.Compare(a.source, b.source) })
		for _, r := range w.offers[1:] {
			w.behind = append(w.behind, r.row)
		}
	}
	if w.rows = append(w.rows, w.offers[0].row); len(w.rows) == blockMost {
		w.flush()
	}
}

func (w *builder) flush() {
	if len(w.rows) == 0 {
		return
	}
	if w.scratch == nil {
		w.scratch = &scratch{local: make(map[uint32]uint16)}
	}
	w.starts = append(w.starts, w.rows[0].number)
	w.blocks = append(w.blocks, newBlock(w.rows, w.scratch))
	w.rows = w.rows[:0]
}

// cursor goes through rows in order.
type cursor struct {
	next func() (row, bool)
	row  row
	ok   bool
}

func newCursor(next func() (row, bool)) *cursor {
	c := &cursor{next: next}
	c.row, c.ok = next()
	return c
}

// peek is the number of the next row, after when there is none.
func (c *cursor) peek() digits {
	if !c.ok {
		return after
	}
	return c.row.number
}

func (c *cursor) pop() row {
	r := c.row
	c.row, c.ok = c.next()
	return r
}

// rowsBut goes through the rows in front that are not of a source.
func (b *base) rowsBut(source int) *cursor {
	k, i := 0, 0
	return newCursor(func() (row, bool) {
		for ; k < len(b.blocks); k, i = k+1, 0 {
			for bl := b.blocks[k]; i < len(bl.numbers); {
				r := row{number: bl.numbers[i], terms: bl.termsOf(i)}
				i++
				if b.dict.sources[r.terms] != source {
					return r, true
				}
			}
		}
		return row{}, false
	})
}

// behindBut goes through those behind.
func (b *base) behindBut(source int) *cursor {
	i := 0
	return newCursor(func() (row, bool) {
		for i < len(b.behind) {
			r := b.behind[i]
			i++
			if b.dict.sources[r.terms] != source {
				return r, true
			}
		}
		return row{}, false
	})
}

// setCodes finds the calling codes, jumping from one to the next.
func (b *base) setCodes() {
	for from := digits(0); ; {
		d, ok := b.next(from)
		if !ok {
			return
		}
		code := callingCode(d)
		b.codes = append(b.codes, code)
		from = spanOf(code).to
	}
}

// next is the first number from some on.
func (b *base) next(from digits) (digits, bool) {
	k := b.blockOf(from)
	if k >= 0 {
		if i, _ := b.blocks[k].find(from); i < len(b.blocks[k].numbers) {
			return b.blocks[k].numbers[i], true
		}
	}
	if k+1 < len(b.starts) {
		return b.starts[k+1], true
	}
	return 0, false
}

// blockOf is the block in which a number is if it is in any, -1 when it is
// before all of them.
func (b *base) blockOf(d digits) int {
	k, found := slices.BinarySearch(b.starts, d)
	if !found {
		k--
	}
	return k
}

// find gives the block of a number and its place there.
func (b *base) find(d digits) (*block, int, bool) {
	k := b.blockOf(d)
	if k < 0 {
		return nil, 0, false
	}
	i, ok := b.blocks[k].find(d)
	return b.blocks[k], i, ok
}

// offer is the offer at a place of a block.
func (b *base) offer(bl *block, i int) wirechief.Offer {
	o := b.dict.terms[bl.termsOf(i)]
	o.Number = bl.numbers[i].String()
	return o
}
