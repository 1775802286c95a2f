package offer

import (
	"math/bits"
	"sync/atomic"
)

// matcher finds the numbers of a block that a query means. Its memory is used
// from block to block, and by the next search.
type matcher struct {
	found plane
	base  plane // of the numbers that may be found, the first guess
	tmp   plane
	// ends has for each place the numbers in which the pieces up to here can
	// end there or before; next is that with one piece more.
	ends, next   [places + 1]*plane
	room         [2][places + 1]plane
	kinds, sites chosen // of the block
}

// match sets found to the numbers from i on and before j that are on offer and
// meet the query.
func (m *matcher) match(b *block, d *dictionary, q *query, i, j int) {
	clear(m.found[:])
	lo, hi := i/64, (j+63)/64
	if m.choose(b, d, q); !m.kinds.some || !m.sites.some {
		return
	}
	left := uint64(0)
	for w := lo; w < hi; w++ {
		m.base[w] = atomic.LoadUint64(&b.open[w])
	}
	m.base[lo] &= ^uint64(0) << (i % 64)
	if j%64 != 0 {
		m.base[hi-1] &= 1<<(j%64) - 1
	}
	for w := lo; w < hi; w++ {
		left |= m.base[w]
	}
	if left == 0 {
		return
	}
	if q.pattern == nil {
		copy(m.found[lo:hi], m.base[lo:hi])
	} else {
		m.look(b, q.pattern, lo, hi)
	}
	m.sift(&b.sites, &m.sites, lo, hi)
	m.sift(&b.kinds, &m.kinds, lo, hi)
}

// look sets found to the numbers of base that fit the pattern, among the words
// from lo on and before hi.
func (m *matcher) look(b *block, p *pattern, lo, hi int) {
	longest := places
	for longest > 0 && b.reach[longest-1] == nil {
		longest--
	}
	if p.least() > longest {
		return
	}
	for place := range m.ends {
		m.ends[place] = &m.base
	}
	from := 0 // the least place at which the next piece can begin
	for i, piece := range p.pieces {
		first, last := from, longest-len(piece)
		if i == 0 && p.start {
			last = min(last, 0)
		}
		if i == len(p.pieces)-1 {
			for a := first; a <= last; a++ {
				if m.stand(b, piece, a, p.end, m.ends[a], lo, hi) {
					for w, x := range m.tmp[lo:hi] {
						m.found[lo+w] |= x
					}
				}
			}
			return
		}
		clear(m.next[:])
		var before *plane
		for a := first; a <= last; a++ {
			end := a + len(piece)
			if m.ends[a] == nil || !m.stand(b, piece, a, false, m.ends[a], lo, hi) {
				m.next[end] = before
				continue
			}
			into := &m.room[i%2][end]
			copy(into[lo:hi], m.tmp[lo:hi])
			if before != nil {
				for w, x := range before[lo:hi] {
					into[lo+w] |= x
				}
			}
			m.next[end], before = into, into
		}
		// An end that the loop did not come to is that of the last before it.
		for end := last + len(piece) + 1; end <= longest; end++ {
			m.next[end] = before
		}
		m.ends, from = m.next, from+len(piece)
		if before == nil {
			return
		}
	}
}

// stand sets tmp to the numbers of those given in which the piece stands at a
// place, and is the end of the number if it has to be. It says whether there
// are any.
func (m *matcher) stand(b *block, piece []uint8, place int, end bool, of *plane, lo, hi int) bool {
	if of == nil {
		return false
	}
	var and [places + 1]*plane
	n := 0
	for i, a := range piece {
		p := b.reach[place+i]
		if a != anyDigit {
			p = b.digit[place+i][a]
		}
		switch p {
		case nil:
			return false
		case everyone:
		default:
			and[n] = p
			n++
		}
	}
	var not *plane
	if end {
		if not = b.reach[place+len(piece)]; not == everyone {
			return false // all go on
		}
	}
	return m.and(of, and[:n], not, lo, hi)
}

// and sets tmp to what is in all planes and not in the last one, two at a time.
func (m *matcher) and(of *plane, planes []*plane, not *plane, lo, hi int) bool {
	t, f := m.tmp[lo:hi], of[lo:hi]
	f = f[:len(t)]
	left := uint64(0)
	if not != nil {
		x := not[lo:hi]
		x = x[:len(t)]
		for w := range t {
			t[w] = f[w] &^ x[w]
			left |= t[w]
		}
	} else {
		for w := range t {
			t[w] = f[w]
			left |= t[w]
		}
	}
	for left != 0 && len(planes) > 0 {
		x := planes[0][lo:hi]
		y := planes[len(planes)-1][lo:hi]
		x, y = x[:len(t)], y[:len(t)]
		left = 0
		for w := range t {
			v := t[w] & x[w] & y[w]
			t[w] = v
			left |= v
		}
		planes = planes[1:]
		if len(planes) > 0 {
			planes = planes[:len(planes)-1]
		}
	}
	return left != 0
}

// choose asks the query about what is said in a block.
func (m *matcher) choose(b *block, d *dictionary, q *query) {
	if q.chooses {
		m.kinds.each(&b.kinds, func(kind uint32) bool { return q.accepts(&d.facts[kind]) })
	} else {
		m.kinds.every()
	}
	if q.Location != "" {
		m.sites.only(&b.sites, q.sites)
	} else {
		m.sites.every()
	}
}

// sift leaves of found the numbers of which something accepted is said. Where
// they are few it looks at each, where they are many at all of a word: that
// needs no branches.
func (m *matcher) sift(c *column, by *chosen, lo, hi int) {
	if by.all {
		return
	}
	for w := lo; w < hi; w++ {
		x := m.found[w]
		if from := w * 64; bits.OnesCount64(x) > 8 {
			if c.small != nil {
				x &= accepted(by.bit, c.small[from:min(from+64, len(c.small))])
			} else {
				x &= accepted(by.bit, c.large[from:min(from+64, len(c.large))])
			}
		} else {
			for left := x; left != 0; left &= left - 1 {
				i := bits.TrailingZeros64(left)
				x &^= (1 - by.bit[c.local(from+i)]) << i
			}
		}
		m.found[w] = x
	}
}

// accepted gives a bit for each number of which something accepted is said.
func accepted[T uint8 | uint16](bit []uint64, said []T) (x uint64) {
	for i, id := range said {
		x |= bit[id] << (i & 63)
	}
	return x
}
