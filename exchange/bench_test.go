package exchange_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
)

// BenchmarkLife measures whole lives of messages: accepted, claimed, submitted,
// receipt matched, customer's webhook planned; over the real store on disk, with
// 64 senders and a carrier that answers at once and sends its receipts over 64
// goroutines. Senders do not wait for the end of their messages.
//
//	go test -run '^$' -bench Life -benchtime 20000x -count 5 ./exchange
func BenchmarkLife(b *testing.B) {
	for _, window := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("window=%d", window), func(b *testing.B) { benchLife(b, window, 0) })
	}
	// A slow carrier keeps its window full, and all of it is named on disk by
	// every round of the lane.
	b.Run("window=1000,slow", func(b *testing.B) { benchLife(b, 1000, 50*time.Millisecond) })
}

func benchLife(b *testing.B, window int, slow time.Duration) {
	commits := new(atomic.Int64)
	s, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Options{OnCommit: func(int, time.Duration) { commits.Add(1) }})
	if err != nil {
		b.Fatal(err)
	}
	link := newMirror(window, slow)
	told := &counter{want: int64(b.N), reached: make(chan struct{})}
	x := exchange.New(exchange.Options{
		Store: s, Carriers: []carrier.Carrier{link}, IDs: ident.New(time.Now, 0), Deliver: told, Log: slog.New(slog.DiscardHandler),
		Formats: map[string]wirechief.Formatter{wirechief.DialectBulkVS: bulkvs.Formatter{}},
	})
	f, err := state.Parse("state.yaml", []byte(`
tenants:
  - id: acme
    campaigns: [{tcr: CW1549, approved: true}]
    webhooks: [{name: Default, url: "http://hooks.test/acme", dlr: true}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [sms, mms], campaign: CW1549, webhook: Default}]
`))
	if err != nil {
		b.Fatal(err)
	}
	if err := x.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := x.Apply(b.Context(), f, false); err != nil {
		b.Fatal(err)
	}
	if err := x.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	commits.Store(0)
	began := cpu()
	var next atomic.Int64
	var senders sync.WaitGroup
	for range 64 {
		senders.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				r := wirechief.SendRequest{
					Tenant: "acme", Dialect: wirechief.DialectBulkVS, From: desk, To: []string{"+1310555" + fmt.Sprintf("%04d", n%10_000)},
					Text: "Your table is booked for eight o'clock. Reply STOP to end.",
				}
				if _, err := x.Send(b.Context(), r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	senders.Wait()
	accepted := b.Elapsed()
	<-told.reached
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lives/s")
	b.ReportMetric(float64(b.N)/accepted.Seconds(), "accepted/s")
	b.ReportMetric(float64(cpu()-began)/float64(b.N)/1000, "cpu-µs/life")
	b.ReportMetric(float64(commits.Load())/float64(b.N)*1000, "commits/1000")
	if err := x.Stop(context.Background()); err != nil {
		b.Error(err)
	}
	if err := s.Close(); err != nil {
		b.Error(err)
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// mirror is a carrier that takes everything, at once or after a while, and
// sends its receipt.
type mirror struct {
	window   int
	slow     time.Duration
	h        carrier.Handler
	ids      atomic.Int64
	receipts chan *wirechief.Receipt
	bringers sync.WaitGroup
}

func newMirror(window int, slow time.Duration) *mirror {
	return &mirror{window: window, slow: slow, receipts: make(chan *wirechief.Receipt, 1_000_000)}
}

func (*mirror) Name() string                 { return "main" }
func (*mirror) Type() string                 { return "mirror" }
func (*mirror) Abilities() carrier.Abilities { return carrier.SMS | carrier.Receipts }
func (*mirror) Status() carrier.Status       { return carrier.Status{State: carrier.Up} }
func (m *mirror) Room() int                  { return m.window }

func (m *mirror) Start(_ context.Context, h carrier.Handler) error {
	m.h = h
	for range 64 {
		m.bringers.Go(func() {
			for r := range m.receipts {
				if err := h.Receipt(context.Background(), *r); err != nil {
					panic(err)
				}
			}
		})
	}
	return nil
}

func (m *mirror) Stop(context.Context) error {
	close(m.receipts)
	m.bringers.Wait()
	return nil
}

func (m *mirror) Submit(_ context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	if m.slow > 0 {
		time.AfterFunc(m.slow, func() { m.answer(s, report) })
		return
	}
	m.answer(s, report)
}

func (m *mirror) answer(s carrier.Submission, report func(wirechief.Outcome)) {
	id := strconv.FormatInt(m.ids.Add(1), 10)
	report(wirechief.Outcome{Disposition: wirechief.Done, IDs: []string{id}})
	m.receipts <- &wirechief.Receipt{
		Carrier: "main", ID: id, State: wirechief.ReceiptDelivered, Code: "000", From: s.To, To: s.From,
		Raw: "id:" + id + " sub:001 dlvrd:001 submit date:2511241510 done date:2511241510 stat:DELIVRD err:000 text:Your table",
	}
}

// counter is a delivery engine that counts up to what is wanted.
type counter struct {
	n       atomic.Int64
	want    int64
	reached chan struct{}
}

func (c *counter) Add(list ...*wirechief.Delivery) {
	if c.n.Add(int64(len(list))) == c.want && len(list) > 0 {
		close(c.reached)
	}
}
func (*counter) Pause(wirechief.Lane, bool) {}
func (*counter) Wake()                      {}
