package offer

import (
	"encoding/binary"
	"iter"

	"github.com/wirechief/wirechief"
)

// Unpack goes through the offers of a block in the order of their digits. A
// damaged block, or one of another version, ends with an error of kind Internal.
func Unpack(block []byte) iter.Seq2[wirechief.Offer, error] {
	return func(yield func(wirechief.Offer, error) bool) {
		r, err := open(block)
		if err != nil {
			yield(wirechief.Offer{}, err)
			return
		}
		for r.left > 0 {
			d, terms, err := r.next()
			if err != nil {
				yield(wirechief.Offer{}, err)
				return
			}
			o := r.dict[terms]
			if o.Number = d.String(); Check(o) != nil {
				yield(wirechief.Offer{}, damaged("an offer that nobody can have made"))
				return
			}
			if !yield(o, nil) {
				return
			}
		}
		if err := r.end(); err != nil {
			yield(wirechief.Offer{}, err)
		}
	}
}

// unpackAll reads blocks into one table, in order.
func unpackAll(blocks [][]byte) (*table, error) {
	t := newTable()
	for _, block := range blocks {
		if err := t.read(block); err != nil {
			return nil, err
		}
	}
	t.sort()
	return t, nil
}

// read adds what is in a block.
func (t *table) read(block []byte) error {
	r, err := open(block)
	if err != nil {
		return err
	}
	if free := cap(t.rows) - len(t.rows); free < r.left {
		grown := make([]row, len(t.rows), max(2*cap(t.rows), len(t.rows)+r.left))
		copy(grown, t.rows)
		t.rows = grown
	}
	ids := make([]uint32, len(r.dict))
	for i, terms := range r.dict {
		ids[i] = t.id(terms)
	}
	for r.left > 0 {
		d, terms, err := r.next()
		if err != nil {
			return err
		}
		t.add(d, ids[terms])
	}
	return r.end()
}

// reader reads one block.
type reader struct {
	left           int // offers yet to come
	dict           []wirechief.Offer
	places, terms  runReader
	numbers        []byte
	before         int64
	last           digits
	floor, ceiling int64 // of the present number of digits
	digits         uint64
}

func damaged(what string) error {
	return &wirechief.Error{
		Op: "offers", Kind: wirechief.Internal,
		Message: "a block of offers is damaged (" + what + "); bring its source in again",
	}
}

// open checks a block as a whole and reads its dictionary.
func open(block []byte) (*reader, error) {
	if len(block) < header || string(block[:3]) != magic[:3] {
		return nil, damaged("it does not begin like one")
	}
	if block[3] != magic[3] {
		return nil, &wirechief.Error{Op: "offers", Kind: wirechief.Internal, Message: "a block of offers was written by another version of Wirechief; bring its source in again"}
	}
	b := block[header:]
	if binary.LittleEndian.Uint32(block[len(magic):]) != sum(b) {
		return nil, damaged("its checksum is wrong")
	}
	n, b, ok := uvarint(b)
	if !ok || n > uint64(len(b)) { // a number takes an octet at least
		return nil, damaged("its count")
	}
	r := &reader{left: int(n)}
	var columns [4][]byte
	for i := range columns {
		var size uint64
		if size, b, ok = uvarint(b); !ok || size > uint64(len(b)) {
			return nil, damaged("its columns")
		}
		columns[i], b = b[:size], b[size:]
	}
	if len(b) > 0 {
		return nil, damaged("its end")
	}
	r.places.in, r.terms.in, r.numbers = columns[1], columns[2], columns[3]
	for b := columns[0]; len(b) > 0; {
		var terms wirechief.Offer
		if terms, b, ok = readTerms(b); !ok {
			return nil, damaged("its dictionary")
		}
		r.dict = append(r.dict, terms)
	}
	return r, nil
}

// next gives a number and its terms' place in the dictionary.
func (r *reader) next() (digits, uint64, error) {
	n, ok := r.places.next()
	terms, ok2 := r.terms.next()
	delta, size := binary.Varint(r.numbers)
	if !ok || !ok2 || size <= 0 || terms >= uint64(len(r.dict)) {
		return 0, 0, damaged("its numbers end early")
	}
	if n != r.digits {
		if n < 7 || n > places { // the shortest number has seven digits, see e164
			return 0, 0, damaged("a number of no such length")
		}
		r.digits, r.floor = n, 1
		for range n - 1 {
			r.floor *= 10
		}
		r.ceiling = 10 * r.floor
	}
	v := r.before + delta // before is no less than 0, so what overflows is negative
	if v < r.floor || v >= r.ceiling {
		return 0, 0, damaged("a number out of range")
	}
	d := fromValue(uint64(v), int(n))
	if d <= r.last {
		return 0, 0, damaged("its numbers are out of order")
	}
	r.numbers, r.before, r.last = r.numbers[size:], v, d
	r.left--
	return d, terms, nil
}

// end looks for what is there and was not told.
func (r *reader) end() error {
	if len(r.numbers) > 0 || !r.places.done() || !r.terms.done() {
		return damaged("more in its columns than it says")
	}
	return nil
}

func readTerms(b []byte) (t wirechief.Offer, rest []byte, ok bool) {
	if t.Carrier, b, ok = readString(b); !ok {
		return t, nil, false
	}
	if t.Location, b, ok = readString(b); !ok || len(b) < 5 {
		return t, nil, false
	}
	t.Country = string(b[:2])
	if int(b[2]) >= len(types) || int(b[3]) >= len(addresses) || b[4] > voice|sms|mms|fax {
		return t, nil, false
	}
	t.Type, t.Address, t.Capabilities = types[b[2]], addresses[b[3]], capabilities(b[4])
	price, b, ok := uvarint(b[5:])
	t.Price = wirechief.Money(price)
	return t, b, ok && checkTerms(t) == nil
}

func readString(b []byte) (s string, rest []byte, ok bool) {
	n, b, ok := uvarint(b)
	if !ok || n > uint64(len(b)) {
		return "", nil, false
	}
	return string(b[:n]), b[n:], true
}

func uvarint(b []byte) (v uint64, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}

// runReader reads what runs wrote.
type runReader struct {
	in    []byte
	value uint64
	n     uint64
}

func (r *runReader) next() (uint64, bool) {
	if r.n == 0 {
		var ok bool
		if r.value, r.in, ok = uvarint(r.in); !ok {
			return 0, false
		}
		if r.n, r.in, ok = uvarint(r.in); !ok || r.n == 0 {
			return 0, false
		}
	}
	r.n--
	return r.value, true
}

func (r *runReader) done() bool { return r.n == 0 && len(r.in) == 0 }
