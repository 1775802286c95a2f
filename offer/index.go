package offer

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/wirechief/wirechief"
)

// Index is what is on offer. It is safe for concurrent use: searches and reads
// wait for nothing, changes wait for each other. Make one with [New].
type Index struct {
	now atomic.Pointer[snapshot]

	loading sync.Mutex // the making of a base, which takes a while
	mu      sync.Mutex // what follows, the open bits, and the change of now
	taken   map[digits]struct{}

	matchers sync.Pool // of *matcher
}

// snapshot is what a search reads.
type snapshot struct {
	*base
	singles []*single // in order of their numbers
	codes   []digits  // calling codes, those of the singles too; in order
}

// single is an offer that stands beside the sources: of a number that none of
// them has.
type single struct {
	number digits
	offer  wirechief.Offer
	site   string // its location in small letters
	open   bool
}

// New makes an index that knows nothing.
func New() *Index {
	x := &Index{taken: make(map[digits]struct{})}
	x.now.Store(&snapshot{base: new(base)})
	x.matchers.New = func() any { return new(matcher) }
	return x
}

// Load replaces what is known of a source by the offers in blocks that [Pack]
// made. A number that two sources offer is found once, on the terms of the one
// whose name comes first, in whatever order they are loaded. A damaged block is
// an error, and nothing is changed.
func (x *Index) Load(source string, blocks [][]byte) error {
	t, err := unpackAll(blocks)
	if err != nil {
		return err
	}
	x.change(source, t)
	return nil
}

// Unload forgets a source. Numbers that are taken stay taken.
func (x *Index) Unload(source string) { x.change(source, nil) }

func (x *Index) change(source string, t *table) {
	x.loading.Lock()
	defer x.loading.Unlock()
	b := x.now.Load().with(source, t)
	x.mu.Lock()
	defer x.mu.Unlock()
	for d := range x.taken {
		b.setOpen(d, false)
	}
	// What a source offers now needs no offer beside it.
	x.publish(b, slices.DeleteFunc(slices.Clone(x.now.Load().singles), func(s *single) bool { return b.has(s.number) }))
}

// publish lets searches see a change; mu is held.
func (x *Index) publish(b *base, singles []*single) {
	s := &snapshot{base: b, singles: singles, codes: b.codes}
	for _, one := range singles {
		code := callingCode(one.number)
		if at, found := slices.BinarySearch(s.codes, code); !found {
			s.codes = slices.Insert(slices.Clone(s.codes), at, code)
		}
	}
	x.now.Store(s)
}

// Put puts single offers beside those of the sources, such as numbers that were
// released. A number that a source has, now or later, is on offer on the terms
// of the source, and the single offer is forgotten; of two of one number the
// later one holds. Many at once are cheaper than one by one. If one cannot be
// put ([Check] says why), none is.
func (x *Index) Put(offers ...wirechief.Offer) error {
	fresh := make([]*single, 0, len(offers))
	for _, o := range offers {
		d, terms, err := split(o)
		if err != nil {
			return err
		}
		terms.Number = o.Number
		fresh = append(fresh, &single{number: d, offer: terms, site: strings.ToLower(o.Location)})
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	now := x.now.Load()
	fresh = slices.DeleteFunc(fresh, func(s *single) bool { return now.has(s.number) })
	for _, s := range fresh {
		_, taken := x.taken[s.number]
		s.open = !taken
	}
	// Of two of one number the later one stays: the fresh ones come first, in
	// reverse, and the order is kept.
	slices.Reverse(fresh)
	singles := slices.Concat(fresh, now.singles)
	slices.SortStableFunc(singles, func(a, b *single) int { return cmp.Compare(a.number, b.number) })
	singles = slices.CompactFunc(singles, func(a, b *single) bool { return a.number == b.number })
	x.publish(now.base, singles)
	return nil
}

// Remove takes single offers out again.
func (x *Index) Remove(numbers ...string) {
	gone := make(map[digits]bool, len(numbers))
	for _, number := range numbers {
		if d, ok := digitsOf(number); ok {
			gone[d] = true
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	now := x.now.Load()
	left := slices.DeleteFunc(slices.Clone(now.singles), func(s *single) bool { return gone[s.number] })
	if len(left) < len(now.singles) {
		x.publish(now.base, left)
	}
}

// Take marks a number as not on offer: sold, reserved, in quarantine. It holds
// until [Index.Give], whatever is loaded or put meanwhile, and for numbers that
// nobody offers yet.
func (x *Index) Take(number string) { x.mark(number, true) }

// Give undoes [Index.Take]: the number is on offer if anybody offers it.
func (x *Index) Give(number string) { x.mark(number, false) }

func (x *Index) mark(number string, taken bool) {
	d, ok := digitsOf(number)
	if !ok {
		return // no offer has such a number
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, was := x.taken[d]; was == taken {
		return
	}
	if taken {
		x.taken[d] = struct{}{}
	} else {
		delete(x.taken, d)
	}
	now := x.now.Load()
	at, single := now.singleAt(d)
	if !single {
		now.setOpen(d, !taken)
		return
	}
	one := *now.singles[at]
	one.open = !taken
	singles := slices.Clone(now.singles)
	singles[at] = &one
	x.publish(now.base, singles)
}

// Get gives the terms of a number that is on offer now.
func (x *Index) Get(number string) (wirechief.Offer, bool) {
	o, known, open := x.get(number)
	if !known || !open {
		return wirechief.Offer{}, false
	}
	return o, true
}

// Terms gives the terms of a number, whether it is taken or not.
func (x *Index) Terms(number string) (wirechief.Offer, bool) {
	o, known, _ := x.get(number)
	return o, known
}

func (x *Index) get(number string) (o wirechief.Offer, known, open bool) {
	d, ok := digitsOf(number)
	if !ok {
		return o, false, false
	}
	now := x.now.Load()
	if s := now.single(d); s != nil {
		return s.offer, true, s.open
	}
	b, i, ok := now.find(d)
	if !ok {
		return o, false, false
	}
	return now.offer(b, i), true, b.isOpen(i)
}

// Len is how many numbers are known, taken ones included.
func (x *Index) Len() int {
	now := x.now.Load()
	n := len(now.singles)
	for _, b := range now.blocks {
		n += len(b.numbers)
	}
	return n
}

// Available is how many numbers are on offer now.
func (x *Index) Available() (n int) {
	now := x.now.Load()
	for _, b := range now.blocks {
		n += b.opened()
	}
	for _, s := range now.singles {
		if s.open {
			n++
		}
	}
	return n
}

// Sources is how many sources are loaded.
func (x *Index) Sources() int { return len(x.now.Load().sources) }

// has says whether a source has a number.
func (b *base) has(d digits) bool {
	_, _, ok := b.find(d)
	return ok
}

// setOpen says whether a number of the base is on offer; mu is held.
func (b *base) setOpen(d digits, open bool) {
	if bl, i, ok := b.find(d); ok {
		bl.setOpen(i, open)
	}
}

func (s *snapshot) singleAt(d digits) (int, bool) {
	return slices.BinarySearchFunc(s.singles, d, func(s *single, d digits) int { return cmp.Compare(s.number, d) })
}

func (s *snapshot) single(d digits) *single {
	if at, ok := s.singleAt(d); ok {
		return s.singles[at]
	}
	return nil
}
