package offer

import "slices"

// column says something of each number of a block that is true of many.
type column struct {
	values []uint32 // of a dictionary, those in use here
	small  []uint8  // for each number, its place in values; nil when these are too many, or only one
	large  []uint16 // the same
}

// newColumn takes what is said of n numbers; local is memory to work with.
func newColumn(n int, said func(i int) uint32, local map[uint32]uint16) column {
	clear(local)
	c := column{large: make([]uint16, n)}
	for i := range n {
		v := said(i)
		if i > 0 && v == c.values[c.large[i-1]] {
			c.large[i] = c.large[i-1]
			continue
		}
		id, ok := local[v]
		if !ok {
			id = uint16(len(c.values))
			c.values = append(c.values, v)
			local[v] = id
		}
		c.large[i] = id
	}
	c.values = slices.Clip(c.values)
	if len(c.values) > 256 {
		return c
	}
	if len(c.values) > 1 {
		c.small = make([]uint8, n)
		for i, id := range c.large {
			c.small[i] = uint8(id)
		}
	}
	c.large = nil
	return c
}

// local is the place in values of what is said of a number.
func (c *column) local(i int) int {
	switch {
	case c.small != nil:
		return int(c.small[i])
	case c.large != nil:
		return int(c.large[i])
	}
	return 0
}

// at is what is said of a number.
func (c *column) at(i int) uint32 { return c.values[c.local(i)] }

// chosen is which values of a column are accepted.
type chosen struct {
	bit       []uint64 // for each value, 1 or 0
	some, all bool
}

// every accepts all that there is.
func (c *chosen) every() { c.some, c.all = true, true }

// each asks about every value.
func (c *chosen) each(col *column, accepts func(uint32) bool) {
	c.bit, c.some, c.all = c.bit[:0], false, true
	for _, v := range col.values {
		bit := uint64(0)
		if accepts(v) {
			bit, c.some = 1, true
		} else {
			c.all = false
		}
		c.bit = append(c.bit, bit)
	}
}

// only accepts some values.
func (c *chosen) only(col *column, values []uint32) {
	n := 0
	c.bit = append(c.bit[:0], make([]uint64, len(col.values))...)
	for _, v := range values {
		if at := slices.Index(col.values, v); at >= 0 {
			c.bit[at] = 1
			n++
		}
	}
	c.some, c.all = n > 0, n == len(col.values)
}
