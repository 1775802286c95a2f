package offer

import (
	"math/bits"

	"github.com/wirechief/wirechief"
)

// Result is a page of offers.
type Result struct {
	Offers []wirechief.Offer // in the order of their digits
	More   bool              // there are offers after these
	// Skipped is how many of those that match come before these: the query's
	// Offset, or less when there are not so many.
	Skipped int
}

// Search gives the offers that meet a query, a page of them. A query that
// cannot be understood is an error of kind Invalid that names the field:
// limit, offset, country, type, area_code, prefix or contains.
func (x *Index) Search(q wirechief.OfferQuery) (Result, error) {
	c, err := compile(q)
	if err != nil {
		return Result{}, err
	}
	now := x.now.Load()
	c.know(&now.dict)
	if len(now.singles) == 0 && c.asksInVain(&now.dict) {
		return Result{}, nil
	}
	m := x.matchers.Get().(*matcher)
	defer x.matchers.Put(m)
	w := walk{snapshot: now, query: c, matcher: m, skip: c.Offset}
	for _, s := range c.spans(now.codes) {
		if !w.through(s) {
			break
		}
	}
	return Result{Offers: w.offers, More: w.more, Skipped: c.Offset - w.skip}, nil
}

// walk goes through a snapshot until the page is full and it is known whether
// there is more.
type walk struct {
	*snapshot
	*query
	*matcher
	skip   int // matches to leave out yet
	offers []wirechief.Offer
	more   bool
	extras []*single // that match, of the stretch of a block
}

// through walks through a span. It is false when nothing more has to be seen.
// A stretch begins with the first number of a block, the first one with zero,
// and ends before the next: its singles stand among the block's numbers.
func (w *walk) through(s span) bool {
	for k := max(w.blockOf(s.from), 0); ; k++ {
		stretch := span{0, after}
		if k > 0 {
			stretch.from = w.starts[k]
		}
		last := k+1 >= len(w.starts)
		if !last {
			stretch.to = w.starts[k+1]
		}
		if stretch.from >= s.to {
			return true
		}
		if stretch = stretch.and(s); !stretch.empty() && !w.stretch(k, stretch) {
			return false
		}
		if last {
			return true
		}
	}
}

// stretch walks through what lies in one block's stretch.
func (w *walk) stretch(k int, s span) bool {
	w.collect(s)
	if k >= len(w.blocks) {
		return w.merge(nil)
	}
	b := w.blocks[k]
	i, _ := b.find(s.from)
	j, _ := b.find(s.to)
	if i >= j {
		return w.merge(nil)
	}
	w.match(b, &w.dict, w.query, i, j)
	n := len(w.extras)
	for _, x := range w.found[i/64 : (j+63)/64] {
		n += bits.OnesCount64(x)
	}
	if n <= w.skip {
		w.skip -= n
		return true
	}
	return w.merge(b)
}

// collect finds the single offers of a stretch that match.
func (w *walk) collect(s span) {
	w.extras = w.extras[:0]
	if len(w.singles) == 0 {
		return
	}
	from, _ := w.singleAt(s.from)
	for _, one := range w.singles[from:] {
		if one.number >= s.to {
			break
		}
		if w.acceptsSingle(one) {
			w.extras = append(w.extras, one)
		}
	}
}

// merge brings the matches of a block and the singles among them to the page.
func (w *walk) merge(b *block) bool {
	extras := w.extras
	if b != nil {
		for at, x := range w.found {
			if n := bits.OnesCount64(x); len(extras) == 0 && n <= w.skip {
				w.skip -= n
				continue
			}
			for ; x != 0; x &= x - 1 {
				i := at*64 + bits.TrailingZeros64(x)
				for len(extras) > 0 && extras[0].number < b.numbers[i] {
					if !w.bring(extras[0], nil, 0) {
						return false
					}
					extras = extras[1:]
				}
				if !w.bring(nil, b, i) {
					return false
				}
			}
		}
	}
	for _, one := range extras {
		if !w.bring(one, nil, 0) {
			return false
		}
	}
	return true
}

// bring takes the next match, a single offer or what is at a place of a block.
// It is false when the page was full before.
func (w *walk) bring(one *single, b *block, i int) bool {
	if w.skip > 0 {
		w.skip--
		return true
	}
	if len(w.offers) == w.Limit {
		w.more = true
		return false
	}
	if w.offers == nil {
		w.offers = make([]wirechief.Offer, 0, min(w.Limit, limitDefault))
	}
	if one != nil {
		w.offers = append(w.offers, one.offer)
	} else {
		w.offers = append(w.offers, w.offer(b, i))
	}
	return true
}
