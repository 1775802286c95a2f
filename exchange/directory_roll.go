package exchange

import (
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// rollPage is how many numbers a page of a roll has at most.
const rollPage = 512

// roll is numbers in an order. It is never changed in place: with and without
// give another one, which shares most of its pages with the one before, so that
// a reader goes through the roll that it got without a lock, for as long as it
// takes.
type roll struct {
	compare func(a, b *wirechief.Number) int
	pages   []*page // none is empty
}

type page struct {
	numbers []*wirechief.Number
	owned   int // how many are on an account
}

func newPage(numbers []*wirechief.Number) *page {
	p := &page{numbers: numbers}
	for _, n := range numbers {
		if n.State.Owned() {
			p.owned++
		}
	}
	return p
}

// filled is a roll of the same order with these numbers; the list is sorted.
func (r roll) filled(numbers []*wirechief.Number) roll {
	slices.SortFunc(numbers, r.compare)
	r.pages = nil
	for some := range slices.Chunk(numbers, rollPage*3/4) {
		r.pages = append(r.pages, newPage(slices.Clone(some)))
	}
	return r
}

// find gives the page where a number is or belongs, and its place there.
func (r roll) find(n *wirechief.Number) (in, at int, found bool) {
	in = sort.Search(len(r.pages), func(i int) bool { return r.compare(r.pages[i].numbers[0], n) > 0 })
	in = max(in-1, 0)
	if in < len(r.pages) {
		at, found = slices.BinarySearchFunc(r.pages[in].numbers, n, r.compare)
	}
	return in, at, found
}

// with is the roll with a number, in place of one that is equal.
func (r roll) with(n *wirechief.Number) roll {
	in, at, found := r.find(n)
	if len(r.pages) == 0 {
		r.pages = []*page{newPage([]*wirechief.Number{n})}
		return r
	}
	var numbers []*wirechief.Number
	if found {
		numbers = slices.Clone(r.pages[in].numbers)
		numbers[at] = n
	} else {
		// A copy of its own: others read the page.
		numbers = slices.Insert(slices.Clip(r.pages[in].numbers), at, n)
	}
	if len(numbers) <= rollPage {
		r.pages = slices.Clone(r.pages)
		r.pages[in] = newPage(numbers)
		return r
	}
	half := len(numbers) / 2
	pages := make([]*page, 0, len(r.pages)+1)
	pages = append(pages, r.pages[:in]...)
	pages = append(pages, newPage(numbers[:half:half]), newPage(numbers[half:]))
	r.pages = append(pages, r.pages[in+1:]...)
	return r
}

// without is the roll without the number that is equal to this one.
func (r roll) without(n *wirechief.Number) roll {
	in, at, found := r.find(n)
	if !found {
		return r
	}
	pages := slices.Clone(r.pages)
	if numbers := slices.Delete(slices.Clone(pages[in].numbers), at, at+1); len(numbers) > 0 {
		pages[in] = newPage(numbers)
	} else {
		pages = slices.Delete(pages, in, in+1)
	}
	r.pages = pages
	return r
}

// changed is the roll after a number became another, nil standing for none.
func (r roll) changed(old, n *wirechief.Number) roll {
	if old != nil && (n == nil || r.compare(old, n) != 0) {
		r = r.without(old)
	}
	if n != nil {
		r = r.with(n)
	}
	return r
}

// all goes through the numbers in their order.
func (r roll) all() iter.Seq[*wirechief.Number] {
	return r.from(func(*wirechief.Number) bool { return true })
}

// from goes through the numbers from the first on of which reached is true, as
// it is of all after it.
func (r roll) from(reached func(*wirechief.Number) bool) iter.Seq[*wirechief.Number] {
	return func(yield func(*wirechief.Number) bool) {
		in := sort.Search(len(r.pages), func(i int) bool { return reached(r.pages[i].numbers[0]) })
		in = max(in-1, 0)
		for i, p := range r.pages[in:] {
			at := 0
			if i == 0 {
				at = sort.Search(len(p.numbers), func(i int) bool { return reached(p.numbers[i]) })
			}
			for _, n := range p.numbers[at:] {
				if !yield(n) {
					return
				}
			}
		}
	}
}

func byDigits(a, b *wirechief.Number) int { return strings.Compare(a.Number, b.Number) }

// byActivation has the newest first.
func byActivation(a, b *wirechief.Number) int {
	if c := b.ActivatedAt.Compare(a.ActivatedAt); c != 0 {
		return c
	}
	if a.ID != b.ID {
		return int(min(max(b.ID-a.ID, -1), 1))
	}
	return byDigits(a, b)
}

// circle is numbers around a circle, each where the lot has put it; with homes
// there is one circle for each home.
type circle struct {
	roll
	home func(*wirechief.Number) string
}

func newCircle(home func(*wirechief.Number) string) circle {
	c := circle{home: home}
	c.compare = func(a, b *wirechief.Number) int {
		if order := c.place(a, home(b), lot(b.Number, "")); order != 0 {
			return order
		}
		return byDigits(a, b)
	}
	return c
}

// place compares where a number is with a place.
func (c circle) place(n *wirechief.Number, home string, at uint64) int {
	if order := strings.Compare(c.home(n), home); order != 0 {
		return order
	}
	switch l := lot(n.Number, ""); {
	case l < at:
		return -1
	case l > at:
		return 1
	}
	return 0
}

// round goes once around the circle of a home, from a place on.
func (c circle) round(home string, start uint64) iter.Seq[*wirechief.Number] {
	return func(yield func(*wirechief.Number) bool) {
		for n := range c.from(func(n *wirechief.Number) bool { return c.place(n, home, start) >= 0 }) {
			if c.home(n) != home {
				break
			}
			if !yield(n) {
				return
			}
		}
		for n := range c.from(func(n *wirechief.Number) bool { return c.place(n, home, 0) >= 0 }) {
			if c.place(n, home, start) >= 0 || !yield(n) {
				return
			}
		}
	}
}

func homeless(*wirechief.Number) string { return "" }

// homeOf is where a number is at home: its country, or the numbering plan of
// North America, whose countries are one to handsets.
func homeOf(n *wirechief.Number) string {
	if e164.IsNANP(n.Number) {
		return "+1"
	}
	return n.Country
}
