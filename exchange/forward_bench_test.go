package exchange_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/dialect/message2give"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
)

// BenchmarkForwards measures texts that come in for a number with ten HTTP
// forwards, each to a destination of its own, until all ten have answered: the
// real store on disk, the real engine, servers in this process. An operation is
// a text.
//
//	go test -run '^$' -bench Forwards -benchtime 3000x -count 5 ./exchange
func BenchmarkForwards(b *testing.B) {
	const destinations = 10
	var answered atomic.Int64
	all := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
		if answered.Add(1) == int64(b.N)*destinations {
			close(all)
		}
	})
	forwards := ""
	for range destinations {
		s := httptest.NewServer(handler)
		defer s.Close()
		forwards += fmt.Sprintf("          - {type: http, destination: %q, encoding: json, format: message2give}\n", s.URL+"/in")
	}
	store, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	guard, err := egress.New(egress.Options{Allow: []string{"127.0.0.1/32"}})
	if err != nil {
		b.Fatal(err)
	}
	var x *exchange.Exchange
	engine := delivery.New(delivery.Options{
		Store: store, Senders: map[wirechief.DeliveryKind]delivery.Sender{wirechief.KindHTTP: delivery.NewHTTP(guard, "bench", nil)},
		Follow: func(ctx context.Context, d *wirechief.Delivery, came wirechief.Attempted) ([]wirechief.Command, error) {
			return x.Follow(ctx, d, came)
		},
	})
	x = exchange.New(exchange.Options{
		Store: store, Carriers: []carrier.Carrier{newMirror(100, 0)}, IDs: ident.New(time.Now, 0), Deliver: engine, Log: slog.New(slog.DiscardHandler),
		Formats: map[string]wirechief.Formatter{wirechief.DialectMessage2Give: message2give.Formatter{Workspace: func(string) string { return "4711" }}},
	})
	f, err := state.Parse("state.yaml", []byte("tenants:\n  - id: acme\n    numbers:\n      - number: \"+13109060901\"\n        carrier: main\n        forwards:\n"+forwards))
	if err != nil {
		b.Fatal(err)
	}
	if err := x.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := x.Apply(b.Context(), f, false); err != nil {
		b.Fatal(err)
	}
	if err := engine.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := x.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	began := cpu()
	var next atomic.Int64
	var bringers sync.WaitGroup
	for range 64 {
		bringers.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				if err := x.Inbound(b.Context(), wirechief.Inbound{
					Carrier: "main", From: fmt.Sprintf("+1310555%04d", n%10_000), To: desk, Text: "Is your table for eight still free?",
				}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	bringers.Wait()
	acknowledged := b.Elapsed()
	<-all
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
	b.ReportMetric(float64(b.N*destinations)/b.Elapsed().Seconds(), "forwards/s")
	b.ReportMetric(float64(b.N)/acknowledged.Seconds(), "acknowledged/s")
	b.ReportMetric(float64(cpu()-began)/float64(b.N)/1000, "cpu-µs/text")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := x.Stop(ctx); err != nil {
		b.Error(err)
	}
	if err := engine.Stop(ctx); err != nil {
		b.Error(err)
	}
	if err := store.Close(); err != nil {
		b.Error(err)
	}
}
