package offer

import (
	"encoding/binary"
	"hash/crc32"
	"iter"
	"slices"

	"github.com/wirechief/wirechief"
)

// A block on disk. Integers without a width are unsigned varints.
//
//	"WCO" and the version, 4 octets
//	CRC-32C of what follows, 4 octets, little end first
//	how many offers
//	four columns, each with its length in octets before it:
//	  dictionary   terms: carrier, location (length, octets), country (2 octets),
//	               type, address, capabilities (an octet each), price (millionths)
//	  places       runs: digits in a number, how many numbers
//	  terms        runs: place in the dictionary, how many numbers
//	  numbers      the difference of each to the one before, zigzag
//
// The numbers of a block are in the order of their digits, each once. So are
// the blocks that Pack makes.
const (
	magic   = "WCO\x01"
	header  = len(magic) + 4
	packed  = 480 << 10 // octets at which a block is closed
	numbers = 1 << 18   // numbers at which it is
)

// Pack makes blocks of offers, which may come in any order; of two offers of
// one number the later one holds. Offers that [Check] refuses are an error.
func Pack(offers iter.Seq[wirechief.Offer]) ([][]byte, error) {
	t := newTable()
	var last wirechief.Offer // terms, as they came in
	var id uint32
	for o := range offers {
		same := o
		same.Number = ""
		if len(t.terms) > 0 && same == last {
			if d, ok := digitsOf(o.Number); ok {
				t.add(d, id)
				continue
			}
		}
		d, terms, err := split(o)
		if err != nil {
			return nil, err
		}
		last, id = same, t.id(terms)
		t.add(d, id)
	}
	t.sort()
	return t.pack(), nil
}

// pack makes blocks of a table that is in order.
func (t *table) pack() [][]byte {
	var blocks [][]byte
	var p packer
	for _, r := range t.rows {
		if p.full() {
			blocks = append(blocks, p.close())
		}
		p.add(r, t.terms)
	}
	if p.n > 0 {
		blocks = append(blocks, p.close())
	}
	return blocks
}

// packer writes one block after the other.
type packer struct {
	n              int
	ids            map[uint32]uint64 // of a table's terms, their place in this dictionary
	dict, numbers  []byte
	places, terms  runs
	before         int64
	lastTerms      uint32
	lastTermsPlace uint64
}

func (p *packer) full() bool {
	return p.n == numbers || len(p.dict)+len(p.places.out)+len(p.terms.out)+len(p.numbers) >= packed
}

func (p *packer) add(r row, terms []wirechief.Offer) {
	if p.n == 0 || r.terms != p.lastTerms {
		if p.ids == nil {
			p.ids = make(map[uint32]uint64)
		}
		id, ok := p.ids[r.terms]
		if !ok {
			id = uint64(len(p.ids))
			p.ids[r.terms] = id
			p.dict = appendTerms(p.dict, terms[r.terms])
		}
		p.lastTerms, p.lastTermsPlace = r.terms, id
	}
	p.terms.add(p.lastTermsPlace)
	p.places.add(uint64(r.number.len()))
	v := int64(r.number.value())
	p.numbers = binary.AppendVarint(p.numbers, v-p.before)
	p.before = v
	p.n++
}

// close gives the block and begins the next.
func (p *packer) close() []byte {
	b := make([]byte, header, header+len(p.dict)+len(p.places.out)+len(p.terms.out)+len(p.numbers)+64)
	copy(b, magic)
	b = binary.AppendUvarint(b, uint64(p.n))
	for _, column := range [][]byte{p.dict, p.places.close(), p.terms.close(), p.numbers} {
		b = binary.AppendUvarint(b, uint64(len(column)))
		b = append(b, column...)
	}
	binary.LittleEndian.PutUint32(b[len(magic):], sum(b[header:]))
	*p = packer{}
	return b
}

func sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func appendTerms(b []byte, t wirechief.Offer) []byte {
	for _, s := range [...]string{t.Carrier, t.Location} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = append(b, t.Country...)
	b = append(b, byte(slices.Index(types[:], t.Type)), byte(slices.Index(addresses[:], t.Address)), capabilityBits(t.Capabilities))
	return binary.AppendUvarint(b, uint64(t.Price))
}

// runs writes a column in which neighbours are often alike.
type runs struct {
	out   []byte
	value uint64
	n     uint64
}

func (r *runs) add(v uint64) {
	if r.n > 0 && v == r.value {
		r.n++
		return
	}
	r.close()
	r.value, r.n = v, 1
}

// close ends the last run and gives the column.
func (r *runs) close() []byte {
	if r.n > 0 {
		r.out = binary.AppendUvarint(r.out, r.value)
		r.out = binary.AppendUvarint(r.out, r.n)
		r.n = 0
	}
	return r.out
}
