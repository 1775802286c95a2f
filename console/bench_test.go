package console_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store/sqlite"
)

// The inbox that is measured: a hundred thousand messages in ten thousand
// conversations.
const (
	benchThreads  = 10_000
	benchMessages = 100_000
)

// fill writes the messages straight into a store that no program has open.
func fill(b *testing.B, dir string) {
	b.Helper()
	s, err := sqlite.Open(b.Context(), dir, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	words := strings.Fields("hello clinic appointment friday thanks please call back later order delivery invoice open closed address maybe running late tomorrow")
	at := time.Now().Add(-48 * time.Hour)
	var batch []wirechief.Command
	for i := range benchMessages {
		at = at.Add(time.Second)
		peer := fmt.Sprintf("+1415%03d%04d", 200+(i*7919)%benchThreads/100, 1000+(i*7919)%100)
		m := &wirechief.Message{
			MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf("acme"), ID: 1_000_000 + int64(i)*4096}, Tenant: "acme", Ref: fmt.Sprintf("00000000-0000-4000-8000-%012d", i),
			Direction: wirechief.Inward, From: peer, To: "+13109060901", Encoding: "GSM-7", Segments: 1, Carrier: "sim", CreatedAt: at, Status: wirechief.StatusReceived,
			Text:   fmt.Sprintf("%s %s %s number %d", words[i%len(words)], words[(i/7)%len(words)], words[(i/49)%len(words)], i),
			Events: []wirechief.Event{{At: at, Type: wirechief.EventReceived, Detail: wirechief.Detail{Carrier: "sim"}}},
		}
		if i%3 == 2 {
			m.Direction, m.From, m.To, m.Status = wirechief.Outward, m.To, m.From, wirechief.StatusDelivered
			m.Events[0].Type = wirechief.EventDelivered
		}
		if batch = append(batch, wirechief.Accept{Messages: []*wirechief.Message{m}}); len(batch) == 1000 {
			if _, err := s.Apply(b.Context(), batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func benchHouse(b *testing.B) (*house, *browser) {
	dir := b.TempDir()
	fill(b, filepath.Join(dir, "data"))
	h := openHouse(b, dir)
	return h, h.signIn("ann@acme.test", "ann-secret")
}

// percentiles reports the median and the 99th percentile of durations.
func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkInbox measures pages of a large inbox as a client sees them, over
// HTTP on this machine.
func BenchmarkInbox(b *testing.B) {
	h, ann := benchHouse(b)
	defer h.stop()
	open := ann.get("/inbox").all(func(n *node) bool {
		return n.Data == "a" && has(n, "data-row")
	})
	if len(open) == 0 {
		b.Fatal("there is no conversation")
	}
	for _, page := range []struct{ name, path string }{
		{"list", "/inbox"},
		{"unread", "/inbox?unread=1"},
		{"unassigned", "/inbox?view=unassigned"},
		{"number", "/inbox?number=%2B13109060901"},
		{"conversation", attr(open[0], "href")},
		{"messages", "/messages"},
		{"search", "/inbox/search?q=clinic+friday"},
		{"search-rare", "/inbox/search?q=54321"},
		{"number-page", "/numbers/+13109060901"},
		{"reports", "/reports"},
	} {
		b.Run(page.name, func(b *testing.B) {
			var took []time.Duration
			size := 0
			for b.Loop() {
				start := time.Now()
				p := ann.raw(page.path)
				took = append(took, time.Since(start))
				size = max(size, len(p))
			}
			percentiles(b, took)
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}

// raw gets a page without looking at it.
func (b *browser) raw(path string) []byte {
	resp, err := b.client.Get(b.h.URL() + path)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	body := make([]byte, 0, 64<<10)
	buffer := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buffer)
		body = append(body, buffer[:n]...)
		if err != nil {
			break
		}
	}
	if resp.StatusCode != http.StatusOK {
		b.h.t.Fatalf("%s answers %d", path, resp.StatusCode)
	}
	return body
}

// BenchmarkLive measures how long after the carrier was told that a text is
// kept the last of fifty open consoles has it on its screen's wire.
func BenchmarkLive(b *testing.B) {
	h, _ := benchHouse(b)
	defer h.stop()
	const consoles = 50
	ctx, cancel := context.WithCancel(b.Context())
	var ended sync.WaitGroup
	defer ended.Wait()
	defer cancel()
	arrived := make(chan time.Time, consoles*16)
	var ann *browser
	for i := range consoles {
		if i%10 == 0 { // as many pages as one session may have open, and some to spare
			ann = h.signIn("ann@acme.test", "ann-secret")
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL()+"/stream?topics=inbox:all", nil)
		if err != nil {
			b.Fatal(err)
		}
		resp, err := ann.client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK {
			b.Fatalf("console %d: %s", i+1, resp.Status)
		}
		ended.Go(func() {
			defer resp.Body.Close()
			lines := bufio.NewScanner(resp.Body)
			lines.Buffer(nil, 1<<20)
			for lines.Scan() {
				if strings.Contains(lines.Text(), "data-move") {
					arrived <- time.Now()
				}
			}
		})
	}
	var took []time.Duration
	n := 0
	for b.Loop() {
		n++
		h.text(fmt.Sprintf("+1628555%04d", n), "+13109060901", "how long does this take?")
		kept := time.Now()
		last := kept
		for range consoles {
			if at := <-arrived; at.After(last) {
				last = at
			}
		}
		took = append(took, last.Sub(kept))
	}
	percentiles(b, took)
}
