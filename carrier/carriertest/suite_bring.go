package carriertest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// testReceipts: each receipt names a submission by an id that its outcome has.
func testReceipts(b *bench) {
	b.up()
	const total = 20
	ids := make(map[string]bool)
	for range total {
		for _, id := range b.outcome(b.submit(b.Context())).IDs {
			ids[id] = true
		}
	}
	b.brought("receipts", func() bool { return len(b.h.Receipts()) >= total })
	for _, r := range b.h.Receipts() {
		if !ids[r.ID] {
			b.Errorf("a receipt for %q, which no submission has", r.ID)
		}
		delete(ids, r.ID)
		if r.Carrier != b.Name() || r.State != wirechief.ReceiptDelivered || r.At.IsZero() {
			b.Errorf("%+v; want carrier %s, DELIVRD, and the time", r, b.Name())
		}
	}
	b.eventually("time of the last receipt in the status", func() bool { return !b.Status().LastReceipt.IsZero() })
	b.acknowledged(total)
}

// testReceiptsComeAgain: what the handler cannot keep is not acknowledged.
func testReceiptsComeAgain(b *bench) {
	var mu sync.Mutex
	seen := make(map[string]bool)
	b.h.ReceiptFunc = func(r wirechief.Receipt) error {
		mu.Lock()
		defer mu.Unlock()
		if seen[r.ID] {
			return nil
		}
		seen[r.ID] = true
		return wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "the disk is full")
	}
	b.up()
	const total = 5
	for range total {
		b.submit(b.Context())
	}
	b.brought("receipts, each at the second try", func() bool { return len(b.h.Receipts()) == total })
	if n := b.h.Refusals(); n != total {
		b.Errorf("%d refusals, want %d", n, total)
	}
	b.acknowledged(total)
}

func testTexts(b *bench) {
	b.up()
	for _, text := range []string{"Hi", "Grüße, 1+1=2 & 100%", "€{[~]}", "Привет 👋", "line\nbreak"} {
		kept, err := b.Text(b.in(deadline), handset, ours, text)
		if err != nil || !kept {
			b.Fatalf("%q: kept %v, %v", text, kept, err)
		}
		texts := b.h.Texts()
		in := texts[len(texts)-1]
		if in.Text != text || in.From != handset || in.To != ours || in.Carrier != b.Name() {
			b.Errorf("%q from %s to %s arrives as %+v", text, handset, ours, in)
		}
	}
	b.acknowledged(5)
}

// testTextsAreRefused: for a number that nobody has a text is refused for good;
// when it cannot be kept it comes again.
func testTextsAreRefused(b *bench) {
	type trouble struct {
		name  string
		err   error
		fails int32 // the first so many times
		kept  bool
		calls atomic.Int32
	}
	var now atomic.Pointer[trouble]
	b.h.InboundFunc = func(wirechief.Inbound) error {
		if t := now.Load(); t.calls.Add(1) <= t.fails {
			return t.err
		}
		return nil
	}
	b.up()
	for _, t := range []*trouble{
		{name: "no such number", err: wirechief.Errorf(wirechief.NotFound, "no such number"), fails: 1000},
		{name: "disk full", err: wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "the disk is full"), fails: 2, kept: true},
		{name: "another error", err: errors.New("a defect"), fails: 2, kept: true},
	} {
		now.Store(t)
		kept, err := b.Text(b.in(deadline), handset, ours, t.name)
		if err != nil || kept != t.kept {
			b.Errorf("%s: kept %v, %v; want %v", t.name, kept, err, t.kept)
		}
		if n := t.calls.Load(); t.kept && n != t.fails+1 || !t.kept && n != 1 {
			b.Errorf("%s: the handler was asked %d times", t.name, n)
		}
	}
	b.acknowledged(2)
}

// testKeptThenAcknowledged lets the handler wait. Meanwhile the link goes on
// reading, as a submission that is answered shows, and has acknowledged nothing.
func testKeptThenAcknowledged(b *bench) {
	release := make(chan struct{})
	wait := func() error { <-release; return nil }
	b.h.InboundFunc = func(wirechief.Inbound) error { return wait() }
	b.h.ReceiptFunc = func(wirechief.Receipt) error { return wait() }
	b.up()
	var handsets sync.WaitGroup
	const total = 3
	for i := range total {
		handsets.Go(func() {
			if kept, err := b.Text(b.in(deadline), handset, ours, fmt.Sprint("text ", i)); err != nil || !kept {
				b.Errorf("kept %v, %v", kept, err)
			}
		})
	}
	for range 20 {
		if o := b.outcome(b.submit(b.Context())); o.Disposition != wirechief.Done {
			b.Errorf("while the handler waits: %+v, want done", o)
		}
	}
	if n := b.Kept(); n != 0 {
		b.Errorf("%d acknowledged before they were kept", n)
	}
	close(release)
	handsets.Wait()
	b.brought("receipts", func() bool { return len(b.h.Receipts()) == 20 })
	b.acknowledged(total + 20)
}

// brought waits for what the peer brings.
func (b *bench) brought(what string, cond func() bool) {
	b.Helper()
	if err := b.h.Wait(b.in(deadline), cond); err != nil {
		b.Fatalf("no %s: %v\n%s", what, err, b.log.String())
	}
}

// acknowledged waits for n acknowledgements, and no more.
func (b *bench) acknowledged(n int) {
	b.Helper()
	if !b.m.Wire {
		return
	}
	b.eventually("acknowledgements", func() bool { return b.Kept() >= n })
	if kept := b.Kept(); kept != n {
		b.Errorf("%d acknowledged, want %d", kept, n)
	}
}

// testSecrets makes all the trouble that there is; hidden then looks.
func testSecrets(b *bench) {
	b.h.InboundFunc = func(wirechief.Inbound) error { return errors.New("a defect") }
	b.h.ReceiptFunc = func(wirechief.Receipt) error { return errors.New("a defect") }
	b.Refuse()
	b.start()
	b.submit(b.Context())
	b.eventually("sign that we are refused", func() bool {
		st := b.Status()
		return st.State == carrier.Refused && st.LastError != ""
	})
	if st := b.Status(); strings.Contains(st.LastError, "\n") {
		b.Errorf("not a line for a person: %q", st.LastError)
	}
	b.Away(true)
	b.submit(b.Context())
	b.hidden()
	b.stop(b.in(time.Second))
}

// hidden searches all that the carrier says of itself for its secrets.
func (b *bench) hidden() {
	b.Helper()
	b.mu.Lock()
	shown := fmt.Sprintf("%s\n%+v\n%+v", b.log.String(), b.Status(), b.reports)
	b.mu.Unlock()
	for _, secret := range b.m.Secrets {
		if strings.Contains(shown, secret) {
			b.Errorf("the secret %q is in the open:\n%s", secret, shown)
		}
	}
}
