package bulk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
)

// BenchmarkDraft is the preview of the largest file, until it is kept.
func BenchmarkDraft(b *testing.B) {
	h := newHouse(b)
	var file strings.Builder
	file.WriteString("to,name\n")
	for i := range bulk.MaxRows {
		fmt.Fprintf(&file, "+1310%d%06d,No. %d\n", 2+i%8, i, i)
	}
	for b.Loop() {
		d, _, err := h.Draft(b.Context(), ann, bulk.Request{From: desk, Text: "Hi {{name}}, your parcel is here.", File: strings.NewReader(file.String())})
		if err != nil || d.Bad > 0 {
			b.Fatalf("%+v, %v", d, err)
		}
	}
	b.ReportMetric(float64(b.N*bulk.MaxRows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSend is 10,000 rows through exchange, store and simulator.
func BenchmarkSend(b *testing.B) {
	h := newHouse(b)
	const n = 10_000
	took := time.Duration(0)
	for b.Loop() {
		d := h.draft(list(n))
		start := time.Now()
		h.launch(d)
		h.becomes(d.ID, wirechief.BulkDone)
		took += time.Since(start)
	}
	b.ReportMetric(float64(b.N*n)/took.Seconds(), "rows/s")
}

// BenchmarkBeside is a single text while 10,000 rows are being sent.
func BenchmarkBeside(b *testing.B) {
	h := newHouse(b)
	d := h.draft(list(10_000))
	var took []time.Duration
	for b.Loop() {
		if len(took)%1000 == 0 {
			b.StopTimer()
			if len(took) > 0 {
				h.becomes(d.ID, wirechief.BulkDone)
			}
			d = h.draft(list(10_000))
			h.launch(d)
			b.StartTimer()
		}
		start := time.Now()
		_, err := h.Exchange.Send(b.Context(), wirechief.SendRequest{Tenant: "globex", From: "+12125550100", To: []string{"+13105559999"}, Text: "Hi"})
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
