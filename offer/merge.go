package offer

import "slices"

// Merge joins two sets of blocks. Of a number that is in both, the new terms
// hold.
func Merge(old, fresh [][]byte) ([][]byte, error) {
	t, err := unpackAll(slices.Concat(old, fresh))
	if err != nil {
		return nil, err
	}
	return t.pack(), nil
}

// Without takes numbers out of blocks. Blocks that have none of them are given
// back as they are, those that have none but them are left out.
func Without(blocks [][]byte, numbers []string) ([][]byte, error) {
	gone := make(map[digits]bool, len(numbers))
	for _, number := range numbers {
		if d, ok := digitsOf(number); ok {
			gone[d] = true
		}
	}
	var left [][]byte
	for _, block := range blocks {
		t := newTable()
		if err := t.read(block); err != nil {
			return nil, err
		}
		n := len(t.rows)
		t.rows = slices.DeleteFunc(t.rows, func(r row) bool { return gone[r.number] })
		if len(t.rows) == n {
			left = append(left, block)
		} else {
			left = append(left, t.pack()...)
		}
	}
	return left, nil
}
