package carriertest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// Member is what a carrier tells about itself to be judged.
type Member struct {
	// New makes a carrier and the peer that it is to talk to. Neither does
	// anything yet; the suite starts and stops the carrier, and closes the peer
	// afterwards. Room is best small, for the suite fills it.
	New func(t *testing.T, s carrier.Services) (carrier.Carrier, *Peer)
	// Wire is false for a carrier that reaches nothing, of which a peer can see
	// nothing and which nothing can happen to.
	Wire bool
	// Secrets are what the carrier was configured with and must not show.
	Secrets []string
	// Stock is what a carrier with the ability Search sells.
	Stock Stock
}

// Peer is the far side of a carrier's wire. It takes what it is given, brings a
// receipt for each submission, and brings again what is not kept.
type Peer struct {
	// Text plays a handset, and returns when the text was kept or refused for good.
	Text func(ctx context.Context, from, to, text string) (kept bool, err error)
	// Close ends it.
	Close func()

	// The rest is needed with Member.Wire only.

	// Taken gives the texts of the submissions that have reached it.
	Taken func() []string
	// Kept is how many texts and receipts the carrier has acknowledged.
	Kept func() int
	// Hold lets it take submissions and not answer them.
	Hold func()
	// Away makes it unreachable, or reachable again.
	Away func(away bool)
	// Refuse makes it refuse our credentials.
	Refuse func()
}

// Run puts a carrier through the suite, as far as its abilities go.
func Run(t *testing.T, m Member) {
	c, peer := m.New(t, carrier.Services{})
	abilities := c.Abilities()
	peer.Close()
	for _, c := range []struct {
		name  string
		needs carrier.Abilities
		wire  bool
		test  func(*bench)
	}{
		{"Described", 0, false, testDescribed},
		{"Lifecycle", 0, false, testLifecycle},
		{"StopBeforeStart", 0, false, testStopBeforeStart},
		{"StopAmidSubmissions", 0, false, testStopAmidSubmissions},
		{"StopTellsWhatLeft", 0, true, testStopTellsWhatLeft},
		{"Carries", 0, false, testCarries},
		{"EndedContext", 0, false, testEndedContext},
		{"Away", 0, true, testAway},
		{"Receipts", carrier.Receipts, false, testReceipts},
		{"ReceiptsComeAgain", carrier.Receipts, false, testReceiptsComeAgain},
		{"Texts", carrier.Inbound, false, testTexts},
		{"TextsAreRefused", carrier.Inbound, true, testTextsAreRefused},
		{"KeptThenAcknowledged", carrier.Receipts | carrier.Inbound, true, testKeptThenAcknowledged},
		{"Secrets", 0, true, testSecrets},
		{"Search", carrier.Search, false, testSearch},
		{"Order", carrier.Order, false, testOrder},
		{"NumbersNotRunning", carrier.Order, false, testNumbersNotRunning},
		{"NumbersAway", carrier.Search | carrier.Order, true, testNumbersAway},
		{"NumbersRefused", carrier.Search | carrier.Order, true, testNumbersRefused},
		{"NumbersEnd", carrier.Search | carrier.Order, true, testNumbersEnd},
	} {
		if !abilities.Has(c.needs) || c.wire && !m.Wire {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			b := &bench{T: t, m: m, reports: make(map[int64][]wirechief.Outcome)}
			b.Carrier, b.Peer = m.New(t, carrier.Services{
				Log: slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: time.Now,
			})
			defer func() {
				b.stop(b.in(5 * time.Second))
				b.Peer.Close()
				b.once()
				b.hidden()
				goleak.VerifyNone(t, before)
			}()
			c.test(b)
		})
	}
}

const (
	ours    = "+13109060901"
	handset = "+13105551212"
	// deadline is how long anything may take that the suite waits for.
	deadline = 10 * time.Second
)

// bench is one carrier under test.
type bench struct {
	*testing.T
	m Member
	carrier.Carrier
	*Peer
	h   Handler
	log buffer

	mu      sync.Mutex
	last    int64
	reports map[int64][]wirechief.Outcome
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *bench) start() {
	b.Helper()
	if err := b.Start(b.Context(), &b.h); err != nil {
		b.Fatalf("Start: %v", err)
	}
}

// up starts the carrier and waits for it to have all the room that it will
// have. One that connects with the first message has that from the start.
func (b *bench) up() {
	b.Helper()
	b.start()
	b.eventually("room", func() bool {
		st := b.Status()
		return b.Room() > 0 && (st.Connections == 0 || st.Connections == st.Wanted)
	})
}

func (b *bench) stop(ctx context.Context) {
	b.Helper()
	done := make(chan error, 1)
	go func() { done <- b.Stop(ctx) }()
	select {
	case err := <-done:
		if err != nil && ctx.Err() == nil {
			b.Errorf("Stop: %v", err)
		}
	case <-time.After(deadline):
		b.Fatal("Stop does not return")
	}
}

// in gives a context for what must happen soon.
func (b *bench) in(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	b.Cleanup(cancel)
	return ctx
}

// eventually waits for what the carrier does by itself.
func (b *bench) eventually(what string, cond func() bool) {
	b.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	ctx := b.in(deadline)
	for !cond() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			b.Fatalf("no %s; status %+v, room %d, taken %d\n%s", what, b.Status(), b.Room(), b.taken(), b.log.String())
		}
	}
}

func (b *bench) taken() int {
	if !b.m.Wire {
		return 0
	}
	return len(b.Taken())
}

// submit submits a text that no other submission has, and gives its id.
func (b *bench) submit(ctx context.Context) int64 {
	b.mu.Lock()
	b.last++
	id := b.last
	b.mu.Unlock()
	b.Submit(ctx, carrier.Submission{Message: id, From: ours, To: handset, Text: textOf(id), Receipt: true}, func(o wirechief.Outcome) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.reports[id] = append(b.reports[id], o)
	})
	return id
}

func textOf(id int64) string { return fmt.Sprintf("conformance %d", id) }

// reported says whether a submission has been reported.
func (b *bench) reported(id int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.reports[id]) > 0
}

// outcome waits for the report on a submission.
func (b *bench) outcome(id int64) wirechief.Outcome {
	b.Helper()
	b.eventually(fmt.Sprintf("report on submission %d", id), func() bool { return b.reported(id) })
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reports[id][0]
}

// once checks that everything was reported once, now that the carrier has stopped.
func (b *bench) once() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := int64(1); id <= b.last; id++ {
		if n := len(b.reports[id]); n != 1 {
			b.Errorf("submission %d was reported %d times, want once: %+v", id, n, b.reports[id])
		}
	}
}

// came says whether a submission reached the peer.
func (b *bench) came(id int64) bool { return slices.Contains(b.Taken(), textOf(id)) }
