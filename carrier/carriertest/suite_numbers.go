package carriertest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/offer"
)

// Stock says what a carrier sells that is put through the suite.
type Stock struct {
	// Query finds at least three numbers, of an area code.
	Query wirechief.OfferQuery
	// Unknown is a number that cannot be had; empty: any can.
	Unknown string
}

// source is the carrier as a source of numbers.
func (b *bench) source() carrier.NumberSource {
	b.Helper()
	s, ok := b.Carrier.(carrier.NumberSource)
	if !ok {
		b.Fatal("it has the abilities Search or Order, and is no carrier.NumberSource")
	}
	return s
}

func (b *bench) search(q wirechief.OfferQuery) []wirechief.Offer {
	b.Helper()
	list, err := b.source().SearchNumbers(b.in(deadline), q)
	if err != nil {
		b.Fatalf("%+v: %v", q, err)
	}
	return list
}

// testSearch: offers are whole, in order, no more than asked for, and such as
// were asked for; a question that cannot be asked finds none.
func testSearch(b *bench) {
	b.up()
	q := b.m.Stock.Query
	all := b.search(q)
	if len(all) < 3 {
		b.Fatalf("%+v finds %d offers; the suite needs three", q, len(all))
	}
	for i, o := range all {
		if err := offer.Check(o); err != nil || o.Carrier != b.Name() {
			b.Errorf("offer %+v: %v", o, err)
		}
		if i > 0 && all[i-1].Number >= o.Number {
			b.Errorf("%s comes after %s", o.Number, all[i-1].Number)
		}
	}
	if d := cmp.Diff(all, b.search(q)); d != "" {
		b.Errorf("another search finds others:\n%s", d)
	}
	narrow := q
	narrow.Limit = 2
	if d := cmp.Diff(all[:2], b.search(narrow)); d != "" {
		b.Errorf("limit 2:\n%s", d)
	}
	one := wirechief.OfferQuery{Prefix: strings.TrimPrefix(all[1].Number, "+"), Limit: 1}
	if d := cmp.Diff(all[1:2], b.search(one)); d != "" {
		b.Errorf("a number that is named:\n%s", d)
	}
	one.Carrier = b.Name()
	if got := b.search(one); len(got) != 1 {
		b.Errorf("at this carrier: %v", got)
	}
	for _, none := range []wirechief.OfferQuery{
		{Carrier: "another", AreaCode: q.AreaCode, Prefix: q.Prefix},
		{AreaCode: q.AreaCode, Prefix: q.Prefix, Location: "Nowhere"},
		{AreaCode: q.AreaCode, Prefix: q.Prefix, Capabilities: wirechief.Capabilities{Fax: true}},
		{AreaCode: q.AreaCode, Prefix: q.Prefix, Types: []wirechief.NumberType{wirechief.TypeSharedRate}},
		{AreaCode: q.AreaCode, Prefix: q.Prefix, Contains: "+999"},
		{AreaCode: "110"},
		{Country: "XX", AreaCode: "110"},
		{Contains: "%77%"},
		{},
	} {
		if got := b.search(none); len(got) != 0 {
			b.Errorf("%+v finds %d offers, first %+v", none, len(got), got[0])
		}
	}
}

// testOrder: a number can be ordered again and again by who has it, is on offer
// no more, and can be given back more than once.
func testOrder(b *bench) {
	b.up()
	s, ctx := b.source(), b.in(deadline)
	number := "+13105550100"
	offered := func() bool { return true }
	if b.Abilities().Has(carrier.Search) {
		q := b.m.Stock.Query
		number = b.search(q)[0].Number
		offered = func() bool {
			return slices.ContainsFunc(b.search(q), func(o wirechief.Offer) bool { return o.Number == number })
		}
	}
	for try := range 2 {
		if err := s.OrderNumber(ctx, number); err != nil {
			b.Fatalf("order %d of %s: %v", try+1, number, err)
		}
	}
	if b.Abilities().Has(carrier.Search) && offered() {
		b.Errorf("%s is on offer while it is ours", number)
	}
	for try := range 2 {
		if err := s.ReleaseNumber(ctx, number); err != nil {
			b.Fatalf("release %d of %s: %v", try+1, number, err)
		}
	}
	if !offered() {
		b.Errorf("%s is not on offer again", number)
	}
	if err := s.OrderNumber(ctx, number); err != nil {
		b.Errorf("ordered after it was given back: %v", err)
	}
	if unknown := b.m.Stock.Unknown; unknown != "" {
		if kind := wirechief.KindOf(s.OrderNumber(ctx, unknown)); kind != wirechief.Conflict && kind != wirechief.NotFound {
			b.Errorf("a number that cannot be had: %v", kind)
		}
		if err := s.ReleaseNumber(ctx, unknown); err != nil {
			b.Errorf("a number that is not ours is given back: %v", err)
		}
	}
}

// testNumbersNotRunning: before the start and after the stop nobody knows.
func testNumbersNotRunning(b *bench) {
	s, ctx := b.source(), b.in(deadline)
	const number = "+13105550100"
	check := func(when string) {
		b.Helper()
		for what, err := range map[string]error{"order": s.OrderNumber(ctx, number), "release": s.ReleaseNumber(ctx, number)} {
			if err == nil || wirechief.KindOf(err) != wirechief.Unavailable {
				b.Errorf("%s, %s: %v; want kind Unavailable", what, when, err)
			}
		}
	}
	check("before the start")
	b.up()
	b.stop(ctx)
	check("after the stop")
}

// testNumbersAway: while the peer is away nobody knows; afterwards all is well.
func testNumbersAway(b *bench) {
	b.up()
	q := b.m.Stock.Query
	number := b.search(q)[0].Number
	b.Away(true)
	b.unsure(b.in(deadline), number)
	b.Away(false)
	if err := b.source().OrderNumber(b.in(deadline), number); err != nil {
		b.Errorf("back again: %v", err)
	}
}

// testNumbersRefused: with wrong credentials nobody knows what is ours.
func testNumbersRefused(b *bench) {
	b.up()
	number := b.search(b.m.Stock.Query)[0].Number
	b.Refuse()
	b.unsure(b.in(deadline), number)
}

// testNumbersEnd: a peer that does not answer is waited for until ctx ends, and
// no longer than the link runs.
func testNumbersEnd(b *bench) {
	b.up()
	number := b.search(b.m.Stock.Query)[0].Number
	b.Hold()
	b.unsure(b.in(20*time.Millisecond), number)
	done := make(chan error, 1)
	go func() { done <- b.source().OrderNumber(b.in(deadline), number) }()
	stopping, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	b.stop(stopping)
	select {
	case err := <-done:
		if wirechief.KindOf(err) != wirechief.Unavailable {
			b.Errorf("an order while the link stops: %v", err)
		}
	case <-b.in(deadline).Done():
		b.Error("an order outlives the link")
	}
}

// unsure checks that no method knows, and says so without a secret.
func (b *bench) unsure(ctx context.Context, number string) {
	b.Helper()
	s := b.source()
	_, searched := s.SearchNumbers(ctx, b.m.Stock.Query)
	for what, err := range map[string]error{"search": searched, "order": s.OrderNumber(ctx, number), "release": s.ReleaseNumber(ctx, number)} {
		if err == nil || wirechief.KindOf(err) != wirechief.Unavailable {
			b.Errorf("%s: %v; want kind Unavailable", what, err)
			continue
		}
		for _, secret := range b.m.Secrets {
			if strings.Contains(err.Error(), secret) {
				b.Errorf("%s: the secret %q is in the open: %v", what, secret, err)
			}
		}
	}
}
