package offer_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
)

func packed(t testing.TB, offers ...wirechief.Offer) [][]byte {
	t.Helper()
	blocks, err := offer.Pack(slices.Values(offers))
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

func unpacked(t testing.TB, blocks [][]byte) (offers []wirechief.Offer) {
	t.Helper()
	for _, block := range blocks {
		for o, err := range offer.Unpack(block) {
			if err != nil {
				t.Fatal(err)
			}
			offers = append(offers, o)
		}
	}
	return offers
}

func TestPackAndUnpack(t *testing.T) {
	offers := randomOffers(rand.New(rand.NewPCG(3, 4)), 5000)
	shuffled := slices.Clone(offers)
	rand.New(rand.NewPCG(5, 6)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	blocks := packed(t, shuffled...)
	if d := cmp.Diff(offers, unpacked(t, blocks)); d != "" {
		t.Errorf("(-packed +unpacked):\n%s", d)
	}
	if again := packed(t, offers...); !cmp.Equal(blocks, again) {
		t.Error("the same offers make other blocks when they come in another order")
	}
	if blocks := packed(t); blocks != nil {
		t.Errorf("no offers made %v", blocks)
	}
}

// Terms that are all different fill a block sooner than numbers do.
func TestBlocksStaySmall(t *testing.T) {
	made, err := offer.Generate("US", []string{"510"}, 8000)
	if err != nil {
		t.Fatal(err)
	}
	var offers []wirechief.Offer
	for n := range made {
		o := local(n)
		o.Location = strings.Repeat("x", 240) + n
		offers = append(offers, o)
	}
	blocks := packed(t, offers...)
	for _, b := range blocks {
		if len(b) > 512<<10 {
			t.Errorf("a block has %d octets", len(b))
		}
	}
	if got := unpacked(t, blocks); len(got) != len(offers) || len(blocks) < 4 {
		t.Errorf("%d offers in %d blocks", len(got), len(blocks))
	}
	x := offer.New()
	if err := x.Load("list", blocks); err != nil || x.Len() != len(offers) {
		t.Errorf("%d loaded, %v", x.Len(), err)
	}
	got := search(t, x, wirechief.OfferQuery{Location: strings.ToUpper(offers[77].Location)})
	if !slices.Equal(got, []string{offers[77].Number}) {
		t.Errorf("the place of one number gave %v", got)
	}
}

// What is said of a number last holds, and nothing said of the address is none.
func TestPackTakesTheLast(t *testing.T) {
	first, last := local("+15105550100"), local("+15105550100")
	last.Price, last.Address = 7, ""
	want := last
	want.Address = wirechief.AddressNone
	got := unpacked(t, packed(t, first, local("+15105550101"), last))
	if d := cmp.Diff([]wirechief.Offer{want, local("+15105550101")}, got); d != "" {
		t.Error(d)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		field  string
		change func(*wirechief.Offer)
	}{
		{"number", func(o *wirechief.Offer) { o.Number = "15105550100" }},
		{"number", func(o *wirechief.Offer) { o.Number = "+1510555010" }},
		{"country", func(o *wirechief.Offer) { o.Country = "us" }},
		{"country", func(o *wirechief.Offer) { o.Country = "" }},
		{"type", func(o *wirechief.Offer) { o.Type = "" }},
		{"type", func(o *wirechief.Offer) { o.Type = wirechief.NumberType(strings.Repeat("x", 1000)) }},
		{"address", func(o *wirechief.Offer) { o.Address = "some" }},
		{"carrier", func(o *wirechief.Offer) { o.Carrier = strings.Repeat("x", 256) }},
		{"location", func(o *wirechief.Offer) { o.Location = "\xff" }},
		{"price", func(o *wirechief.Offer) { o.Price = -1 }},
	}
	x := offer.New()
	for _, tt := range tests {
		o := local("+15105550100")
		tt.change(&o)
		_, packErr := offer.Pack(slices.Values([]wirechief.Offer{local("+15105550101"), o}))
		for _, err := range []error{offer.Check(o), packErr, x.Put(local("+15105550101"), o)} {
			if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Field != tt.field || len(e.Message) > 200 {
				t.Errorf("%+v: %v, want an error about %s", o, err, tt.field)
			}
		}
	}
	if x.Len() != 0 {
		t.Error("an offer was put though one beside it cannot be")
	}
}

func TestMerge(t *testing.T) {
	cheap := local("+15105550101")
	cheap.Price = 5
	old := packed(t, local("+15105550100"), local("+15105550101"))
	got, err := offer.Merge(old, packed(t, cheap, local("+12405550100")))
	if err != nil {
		t.Fatal(err)
	}
	want := []wirechief.Offer{local("+12405550100"), local("+15105550100"), cheap}
	if d := cmp.Diff(want, unpacked(t, got)); d != "" {
		t.Error(d)
	}
	if _, err := offer.Merge(old, [][]byte{[]byte("WCO")}); wirechief.KindOf(err) != wirechief.Internal || err == nil {
		t.Errorf("merging with a damaged block gave %v", err)
	}
}

func TestWithout(t *testing.T) {
	blocks := slices.Concat(packed(t, local("+12405550100")), packed(t, local("+15105550100"), local("+15105550101")), packed(t, local("+18005551234")))
	got, err := offer.Without(blocks, []string{"+15105550100", "+18005551234", "+15559999999", "nonsense"})
	if err != nil {
		t.Fatal(err)
	}
	want := []wirechief.Offer{local("+12405550100"), local("+15105550101")}
	if d := cmp.Diff(want, unpacked(t, got)); d != "" {
		t.Error(d)
	}
	if &got[0][0] != &blocks[0][0] {
		t.Error("a block that stays as it is was written anew")
	}
	if _, err := offer.Without([][]byte{nil}, nil); err == nil {
		t.Error("a damaged block was taken")
	}
}

// Each octet counts: whichever is changed, and wherever a block is cut, it is
// refused, and the index stays as it was.
func TestDamage(t *testing.T) {
	x := indexOf(t, local("+15105550100"))
	block := packed(t, local("+15105550101"), local("+442079460000"), local("+442079460001"))[0]
	refused := func(b []byte) {
		t.Helper()
		if err := x.Load("list", [][]byte{block, b}); err == nil || wirechief.KindOf(err) != wirechief.Internal {
			t.Errorf("%x gave %v", b, err)
		}
		var last error
		for _, err := range offer.Unpack(b) {
			last = err
		}
		if last == nil {
			t.Errorf("%x was unpacked", b)
		}
	}
	for i := range block {
		refused(block[:i])
		b := slices.Clone(block)
		b[i] ^= 0x10
		refused(b)
		if i >= 8 {
			// With the checksum put right the reader itself has to see it, or
			// what it reads has to be offers.
			_ = x.Load("other", [][]byte{sealed(b)})
			for o, err := range offer.Unpack(sealed(b)) {
				if err == nil && offer.Check(o) != nil {
					t.Errorf("octet %d: unpacked %+v", i, o)
				}
			}
		}
	}
	if _, ok := x.Get("+15105550100"); !ok {
		t.Error("a source is gone, though its next form was refused")
	}
}

// sealed puts the checksum right.
func sealed(b []byte) []byte {
	b = slices.Clone(b)
	if len(b) >= 8 {
		binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], crc32.MakeTable(crc32.Castagnoli)))
	}
	return b
}
