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
	sources []string // in the order of their names
	// behind are the entries of numbers that an earlier source offers too, in the
	// order of the sources: they come forward when that one goes.
	behind []entry
}

// dictionary is what is said of numbers, once for all of which it is true.
type dictionary struct {
	kinds   []wirechief.Offer // offers without number and location
	facts   []facts           // the same, as a query compares them
	sources []int             // whose kinds they are
	names   map[string]uint32 // carriers
	sites   []string          // locations
	siteIDs map[string]uint32
	spelled map[string][]uint32 // sites, by their name in small letters
}

// facts is what a query can ask of a kind.
type facts struct {
	carrier      uint32
	country      uint16
	types        uint8 // one bit
	capabilities uint8
}

func newDictionary() dictionary {
	return dictionary{names: make(map[string]uint32), siteIDs: make(map[string]uint32), spelled: make(map[string][]uint32)}
}

// kind adds a kind of offer.
func (d *dictionary) kind(o wirechief.Offer, source int) uint32 {
	carrier, ok := d.names[o.Carrier]
	if !ok {
		carrier = uint32(len(d.names) + 1)
		d.names[o.Carrier] = carrier
	}
	d.kinds = append(d.kinds, o)
	d.sources = append(d.sources, source)
	d.facts = append(d.facts, facts{
		carrier: carrier, country: countryBits(o.Country),
		types: typeBit(o.Type), capabilities: capabilityBits(o.Capabilities),
	})
	return uint32(len(d.kinds) - 1)
}

// site finds a location or adds it.
func (d *dictionary) site(name string) uint32 {
	id, ok := d.siteIDs[name]
	if !ok {
		id = uint32(len(d.sites))
		d.sites = append(d.sites, name)
		d.siteIDs[name] = id
		small := strings.ToLower(name)
		d.spelled[small] = append(d.spelled[small], id)
	}
	return id
}

func countryBits(s string) uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

func typeBit(t wirechief.NumberType) uint8 { return 1 << slices.Index(types[:], t) }

// ranked is an entry of a source.
type ranked struct {
	entry
	source int // less comes first
}

// with makes the base in which a source offers what is in a table; nil: in
// which it is gone.
func (b *base) with(source string, t *table) *base {
	at := slices.Index(b.sources, source)
	n := &base{sources: slices.Clone(b.sources), dict: newDictionary()}
	moved := 0 // how far those behind the source go back
	switch {
	case t == nil && at < 0:
		return b
	case t == nil:
		n.sources = slices.Delete(n.sources, at, at+1)
	case at < 0:
		at, _ = slices.BinarySearch(n.sources, source)
		n.sources = slices.Insert(n.sources, at, source)
		moved = 1
	}
	// What is said of the others' numbers is taken over when one needs it.
	const unknown = ^uint32(0)
	kinds := slices.Repeat([]uint32{unknown}, len(b.dict.kinds))
	sites := slices.Repeat([]uint32{unknown}, len(b.dict.sites))
	take := func(e entry) ranked {
		from := b.dict.sources[e.kind]
		switch {
		case t == nil && from > at:
			from--
		case from >= at:
			from += moved
		}
		if kinds[e.kind] == unknown {
			kinds[e.kind] = n.dict.kind(b.dict.kinds[e.kind], from)
		}
		if sites[e.site] == unknown {
			sites[e.site] = n.dict.site(b.dict.sites[e.site])
		}
		return ranked{entry{e.number, kinds[e.kind], sites[e.site]}, from}
	}
	var fresh []row
	var said []entry // for the table's terms
	if t != nil {
		fresh, said = t.rows, n.dict.say(t.terms, at)
	}
	w := &builder{base: n}
	but := at // those of the source itself are new
	if moved > 0 {
		but = -1 // it has none yet, and its place is another's
	}
	known, behind := b.frontBut(but), b.behindBut(but)
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
			e := said[fresh[0].terms]
			e.number = number
			w.offers = append(w.offers, ranked{e, at})
			fresh = fresh[1:]
		}
		w.add()
	}
	w.flush()
	n.setCodes()
	return n
}

// say adds terms of a source, and gives what then stands for them.
func (d *dictionary) say(terms []wirechief.Offer, source int) []entry {
	said := make([]entry, len(terms))
	kinds := make(map[wirechief.Offer]uint32)
	for i, o := range terms {
		said[i].site = d.site(o.Location)
		o.Location = ""
		kind, ok := kinds[o]
		if !ok {
			kind = d.kind(o, source)
			kinds[o] = kind
		}
		said[i].kind = kind
	}
	return said
}

// builder makes blocks of entries that come in order.
type builder struct {
	*base
	offers  []ranked // of one number
	rows    []entry
	scratch *scratch
}

// add takes the offers of the next number: the first source's are in front.
func (w *builder) add() {
	if len(w.offers) > 1 {
		slices.SortFunc(w.offers, func(a, b ranked) int { return cmp.Compare(a.source, b.source) })
		for _, r := range w.offers[1:] {
			w.behind = append(w.behind, r.entry)
		}
	}
	if w.rows = append(w.rows, w.offers[0].entry); len(w.rows) == blockMost {
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

// cursor goes through entries in order.
type cursor struct {
	next func() (entry, bool)
	now  entry
	ok   bool
}

func newCursor(next func() (entry, bool)) *cursor {
	c := &cursor{next: next}
	c.now, c.ok = next()
	return c
}

// peek is the number of the next entry, after when there is none.
func (c *cursor) peek() digits {
	if !c.ok {
		return after
	}
	return c.now.number
}

func (c *cursor) pop() entry {
	r := c.now
	c.now, c.ok = c.next()
	return r
}

// frontBut goes through the entries in front that are not of a source.
func (b *base) frontBut(source int) *cursor {
	k, i := 0, 0
	return newCursor(func() (entry, bool) {
		for ; k < len(b.blocks); k, i = k+1, 0 {
			for bl := b.blocks[k]; i < len(bl.numbers); {
				e := entry{bl.numbers[i], bl.kinds.at(i), bl.sites.at(i)}
				i++
				if b.dict.sources[e.kind] != source {
					return e, true
				}
			}
		}
		return entry{}, false
	})
}

// behindBut goes through those behind.
func (b *base) behindBut(source int) *cursor {
	i := 0
	return newCursor(func() (entry, bool) {
		for i < len(b.behind) {
			e := b.behind[i]
			i++
			if b.dict.sources[e.kind] != source {
				return e, true
			}
		}
		return entry{}, false
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
	o := b.dict.kinds[bl.kinds.at(i)]
	o.Location = b.dict.sites[bl.sites.at(i)]
	o.Number = bl.numbers[i].String()
	return o
}
