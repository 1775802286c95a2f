package feed

import (
	"fmt"
	"sync"
	"testing"

	"github.com/wirechief/wirechief"
)

// BenchmarkWatch measures what watching adds to a message that is accepted,
// submitted and delivered, over a store that does nothing; the subscribers are
// all of the message's tenant and read as fast as they can.
//
//	go test -run '^$' -bench Watch ./feed
func BenchmarkWatch(b *testing.B) {
	m := message(1, 10, wirechief.Outward, wirechief.StatusAccepted)
	m.Events = make([]wirechief.Event, 1)
	taken := message(1, 10, wirechief.Outward, wirechief.StatusSubmitted)
	store := &answers{results: []wirechief.Result{{Message: taken}}}
	accept := []wirechief.Command{wirechief.Accept{Messages: []*wirechief.Message{m}}}
	record := []wirechief.Command{wirechief.Record{Message: m}}
	correlate := []wirechief.Command{wirechief.Correlate{}}
	for _, subscribers := range []int{-1, 0, 1, 50} {
		name := fmt.Sprintf("subscribers=%d", subscribers)
		if subscribers < 0 {
			name = "unwatched"
		}
		b.Run(name, func(b *testing.B) {
			h := New(Options{})
			var w wirechief.Store = store
			if subscribers >= 0 {
				w = Watch(store, h)
			}
			var wg sync.WaitGroup
			for range subscribers {
				s := h.Subscribe("acme", false, "")
				wg.Go(func() {
					for range s.C() {
					}
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, commands := range [][]wirechief.Command{accept, record, correlate} {
					if _, err := w.Apply(b.Context(), commands...); err != nil {
						b.Fatal(err)
					}
				}
			}
			h.Close()
			wg.Wait()
		})
	}
}
