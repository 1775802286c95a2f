package offer_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/offer"
)

const millions = 2_000_000

// inventory is two million offers: nine tenths North American in all area codes
// that the United States and Canada have, toll-free ones, and British ones.
func inventory(b *testing.B) iter.Seq[wirechief.Offer] {
	b.Helper()
	var us, canada []string
	for code := 201; code < 990; code++ {
		area := fmt.Sprint(code)
		sample := "+1" + area + "2342345"
		if area[1:] == "11" || e164.IsTollFree(sample) || len(e164.TimeZones(sample)) != 1 {
			continue
		}
		switch e164.Country(sample) {
		case "US":
			us = append(us, area)
		case "CA":
			canada = append(canada, area)
		}
	}
	states := []string{"CA", "NY", "TX", "FL", "IL", "WA", "Oakland, CA", "Leeds", "ON", "QC", "OH", "PA", "GA", "NC", "MI"}
	r := rand.New(rand.NewPCG(1, 1))
	return func(yield func(wirechief.Offer) bool) {
		for _, p := range []struct {
			country string
			areas   []string
			kind    wirechief.NumberType
			count   int
		}{
			{"US", us, wirechief.TypeLocal, millions * 7 / 10},
			{"CA", canada, wirechief.TypeLocal, millions / 10},
			{"US", []string{"800", "833", "888"}, wirechief.TypeTollFree, millions / 10},
			{"GB", []string{"20", "113", "161", "7700"}, wirechief.TypeMobile, millions / 10},
		} {
			made, err := offer.Generate(p.country, p.areas, p.count)
			if err != nil {
				b.Fatal(err)
			}
			for n := range made {
				o := wirechief.Offer{
					Number: n, Type: p.kind, Country: p.country, Address: wirechief.AddressNone,
					Carrier: "main", Location: states[int(n[3]*7+n[4])%len(states)], Price: 1_000_000,
					Capabilities: wirechief.Capabilities{Voice: true, SMS: r.IntN(10) > 0, MMS: r.IntN(3) > 0},
				}
				if r.IntN(4) == 0 {
					o.Carrier, o.Price = "second", 2_500_000
				}
				if !yield(o) {
					return
				}
			}
		}
	}
}

func inventoryBlocks(b *testing.B) [][]byte {
	b.Helper()
	start := time.Now()
	blocks, err := offer.Pack(inventory(b))
	if err != nil {
		b.Fatal(err)
	}
	size, most := 0, 0
	for _, block := range blocks {
		size += len(block)
		most = max(most, len(block))
	}
	b.Logf("packed in %v: %d blocks, %.1f MB, the largest %d kB", time.Since(start).Round(time.Millisecond), len(blocks), float64(size)/1e6, most>>10)
	return blocks
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// mix is what people ask, and what is worst to answer.
func mix() []wirechief.OfferQuery {
	sms := wirechief.Capabilities{SMS: true}
	all := wirechief.Capabilities{Voice: true, SMS: true, MMS: true}
	local := []wirechief.NumberType{wirechief.TypeLocal}
	return []wirechief.OfferQuery{
		{},
		{Country: "US", AreaCode: "510", Limit: 10},
		{Country: "US", Types: local, Capabilities: sms},
		{Country: "us", Contains: "555"},
		{Contains: "2020"},
		{Contains: "CABS", Country: "US", Types: local},
		{Contains: "0000$"},
		{Contains: "777", AreaCode: "212", Capabilities: all},
		{Country: "CA", Location: "leeds", Capabilities: all},
		{Contains: "FLOWERS"},
		{Contains: "12345678901"}, // nowhere
		{Contains: "0123456789"},  // nowhere
		{Contains: "777777777"},   // hardly anywhere
		{Contains: "7*7*7*7*7"},   // rare
		{Contains: "99%88%77%66"}, // rare, many ways to stand
		{Contains: "1%23%4%5%"},   // runs, as many as there may be
		{Contains: "%9%9%9%9%"},
		{Contains: "5%5", Offset: 100_000, Limit: 100},
		{Offset: 1_900_000, Limit: 1000},
		{Capabilities: all, Carrier: "second", Offset: 500_000},
		{Capabilities: all, Location: "OH", Contains: "42", Offset: 300_000},
		{Country: "GB", Contains: "+4420%00$", Limit: 1000},
		{Location: "nowhere at all"},
		{Country: "FR"},
		{Types: []wirechief.NumberType{wirechief.TypeNational}, Contains: "1"},
		{Prefix: "1800", Contains: "GOLD$"},
		{AreaCode: "7700", Country: "GB", Contains: "999"},
	}
}

// go test -run '^$' -bench Search ./offer
func BenchmarkSearch(b *testing.B) {
	x := benchIndex(b)
	queries := mix()
	b.Run("mix", func(b *testing.B) { measure(b, x, queries) })
	if testing.Short() {
		return
	}
	for _, q := range queries {
		b.Run(fmt.Sprintf("%+v", q), func(b *testing.B) { measure(b, x, []wirechief.OfferQuery{q}) })
	}
	x.Take("+15105550100") // x is alive until here
}

func benchIndex(b *testing.B) *offer.Index {
	b.Helper()
	blocks := inventoryBlocks(b)
	before := heap()
	x := offer.New()
	start := time.Now()
	if err := x.Load("bench", blocks); err != nil {
		b.Fatal(err)
	}
	loaded := time.Since(start)
	b.Logf("%d offers loaded in %v, index of %.1f MB", x.Len(), loaded.Round(time.Millisecond), float64(heap()-before)/1e6)
	return x
}

// measure asks the queries in turn and reports how long they take.
func measure(b *testing.B, x *offer.Index, queries []wirechief.OfferQuery) {
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1<<16)
	i := 0
	for b.Loop() {
		start := time.Now()
		if _, err := x.Search(queries[i%len(queries)]); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
}

func BenchmarkLoad(b *testing.B) {
	blocks := inventoryBlocks(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := offer.New().Load("bench", blocks); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(millions*float64(b.N)/b.Elapsed().Seconds(), "offers/s")
}

func BenchmarkTake(b *testing.B) {
	x := benchIndex(b)
	numbers := make([]string, 0, 1000)
	for o := range inventory(b) {
		if numbers = append(numbers, o.Number); len(numbers) == cap(numbers) {
			break
		}
	}
	i := 0
	for b.Loop() {
		x.Take(numbers[i%1000])
		x.Give(numbers[i%1000])
		i++
	}
}
