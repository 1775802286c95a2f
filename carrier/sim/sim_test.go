package sim_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ carrier.Carrier = (*sim.Carrier)(nil)

// exchange is a handler that remembers what it was brought.
type exchange struct {
	receiptFunc func(wirechief.Receipt) error

	mu       sync.Mutex
	receipts []wirechief.Receipt
	texts    []wirechief.Inbound
	changed  int
}

func (x *exchange) Inbound(_ context.Context, in wirechief.Inbound) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.texts = append(x.texts, in)
	return nil
}

func (x *exchange) Receipt(_ context.Context, r wirechief.Receipt) error {
	if x.receiptFunc != nil {
		if err := x.receiptFunc(r); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.receipts = append(x.receipts, r)
	return nil
}

func (x *exchange) Changed(string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed++
}

func (x *exchange) got() []wirechief.Receipt {
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]wirechief.Receipt(nil), x.receipts...)
}

func submit(t *testing.T, c *sim.Carrier, message int64, to string) wirechief.Outcome {
	t.Helper()
	var out []wirechief.Outcome
	c.Submit(t.Context(), carrier.Submission{Message: message, From: "+13109060901", To: to, Text: "Hi", Receipt: true},
		func(o wirechief.Outcome) { out = append(out, o) })
	if len(out) != 1 {
		t.Fatalf("reported %d times, want once", len(out))
	}
	return out[0]
}

func start(t *testing.T, x *exchange) *sim.Carrier {
	t.Helper()
	c := sim.New("sim", sim.Defaults(), carrier.Services{})
	if err := c.Start(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestLastDigits is the table of docs/operating.md, "The simulator carrier".
func TestLastDigits(t *testing.T) {
	for _, tt := range []struct {
		to    string
		after time.Duration // 0: no receipt
		state wirechief.ReceiptState
		code  string
	}{
		{"+13105550001", time.Nanosecond, wirechief.ReceiptDelivered, "000"},
		{"+13105550002", 200 * time.Millisecond, wirechief.ReceiptUndeliverable, "255"},
		{"+13105550003", 200 * time.Millisecond, wirechief.ReceiptRejected, "008"},
		{"+13105550004", 200 * time.Millisecond, wirechief.ReceiptExpired, "034"},
		{"+13105550005", 0, "", ""},
		{"+13105550006", 200 * time.Millisecond, wirechief.ReceiptDelivered, "000"},
		{"+13105550007", 10 * time.Second, wirechief.ReceiptDelivered, "000"},
		{"+13105551212", 200 * time.Millisecond, wirechief.ReceiptDelivered, "000"},
		{"787", 200 * time.Millisecond, wirechief.ReceiptDelivered, "000"},
	} {
		t.Run(tt.to, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var x exchange
				c := start(t, &x)
				begin := time.Now()
				o := submit(t, c, 7, tt.to)
				for n := 0; o.Disposition == wirechief.Retry && n < 2; n++ {
					if o.Reason != wirechief.ReasonThrottled {
						t.Fatalf("retry because of %q, want throttled", o.Reason)
					}
					if tt.to != "+13105550006" {
						t.Fatal("throttled; only 0006 is")
					}
					o = submit(t, c, 7, tt.to)
				}
				if o.Disposition != wirechief.Done || len(o.IDs) != 1 || o.IDs[0] == "" {
					t.Fatalf("outcome = %+v, want done with one id", o)
				}
				if tt.after == 0 {
					time.Sleep(24 * time.Hour) // of the bubble's clock
					if got := x.got(); len(got) != 0 {
						t.Fatalf("receipts = %+v, want none ever", got)
					}
					return
				}
				if tt.after > time.Nanosecond {
					time.Sleep(tt.after - time.Nanosecond)
					if got := x.got(); len(got) != 0 {
						t.Fatalf("a receipt after %v, want %v", time.Since(begin), tt.after)
					}
				}
				time.Sleep(time.Nanosecond)
				got := x.got()
				if len(got) != 1 {
					t.Fatalf("%d receipts after %v, want 1", len(got), tt.after)
				}
				r := got[0]
				if r.State != tt.state || r.Code != tt.code || r.ID != o.IDs[0] || r.Carrier != "sim" {
					t.Errorf("receipt = %+v, want %s %s for %s", r, tt.state, tt.code, o.IDs[0])
				}
				if r.From != tt.to || r.To != "+13109060901" {
					t.Errorf("receipt from %s to %s: a receipt comes from the handset", r.From, r.To)
				}
				if !r.Submitted.Equal(begin) || r.Done.IsZero() || r.At.IsZero() {
					t.Errorf("times %v %v %v are wrong", r.Submitted, r.Done, r.At)
				}
			})
		})
	}
}

// 0006 puts each message off twice, not the destination.
func TestThrottlesEachMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, &exchange{})
		for message := range int64(3) {
			var got []wirechief.Disposition
			for range 3 {
				got = append(got, submit(t, c, message, "+13105550006").Disposition)
			}
			if want := "[retry retry done]"; fmt.Sprint(got) != want {
				t.Errorf("message %d: %v, want %v", message, got, want)
			}
		}
	})
}

func TestIDsDifferBetweenRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := make(map[string]bool)
		for range 3 {
			c := start(t, &exchange{})
			for range 100 {
				id := submit(t, c, 1, "+13105551212").IDs[0]
				if seen[id] {
					t.Fatalf("id %s twice", id)
				}
				seen[id] = true
			}
			time.Sleep(time.Millisecond)
		}
	})
}

func TestReceiptComesAgainUntilTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		x := exchange{receiptFunc: func(wirechief.Receipt) error {
			if tries++; tries < 3 {
				return errors.New("disk full")
			}
			return nil
		}}
		c := start(t, &x)
		submit(t, c, 1, "+13105550001")
		time.Sleep(3 * time.Second)
		if got := x.got(); len(got) != 1 || tries != 3 {
			t.Errorf("%d receipts after %d tries, want 1 after 3", len(got), tries)
		}
		if c.Status().LastReceipt.IsZero() {
			t.Error("the status knows of no receipt")
		}
	})
}

func TestStopHandsOverWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var x exchange
		c := start(t, &x)
		for i := range int64(1000) {
			submit(t, c, i, "+13105550007")
		}
		begin := time.Now()
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(x.got()); n != 1000 || time.Since(begin) != 0 {
			t.Errorf("%d receipts in %v, want 1000 at once", n, time.Since(begin))
		}
	})
}

func TestStopEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		x := exchange{receiptFunc: func(wirechief.Receipt) error { <-release; return nil }}
		c := sim.New("sim", sim.Defaults(), carrier.Services{})
		if err := c.Start(t.Context(), &x); err != nil {
			t.Fatal(err)
		}
		submit(t, c, 1, "+13105550007")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { <-ctx.Done(); close(release) }() // a handler heeds its context
		if err := c.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Stop = %v, want the context's end", err)
		}
	})
}

func TestLifecycle(t *testing.T) {
	var x exchange
	c := sim.New("sim", sim.Defaults(), carrier.Services{})
	if c.Room() != 0 || c.Status().State != carrier.Stopped {
		t.Errorf("before Start: room %d, %s", c.Room(), c.Status().State)
	}
	if o := submit(t, c, 1, "+13105551212"); o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonShutdown {
		t.Errorf("before Start: %+v, want retry, shutdown", o)
	}
	if err := c.Text(t.Context(), "+13105551212", "+13109060901", "Hi"); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Errorf("a text before Start: %v, want unavailable", err)
	}
	for range 2 {
		if err := c.Start(t.Context(), &x); err != nil {
			t.Fatal(err)
		}
	}
	if st := c.Status(); c.Room() != 256 || st.State != carrier.Up || st.Connections != 1 || x.changed != 1 {
		t.Errorf("running: room %d, %+v, changed %d times", c.Room(), st, x.changed)
	}
	if err := c.Text(t.Context(), "+13105551212", "+13109060901", "Hi"); err != nil || len(x.texts) != 1 {
		t.Errorf("a text: %v, %d brought", err, len(x.texts))
	} else if in := x.texts[0]; in.Carrier != "sim" || in.From != "+13105551212" || in.To != "+13109060901" || in.Text != "Hi" {
		t.Errorf("brought %+v", in)
	}
	for range 2 {
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if c.Room() != 0 || c.Status().State != carrier.Stopped {
		t.Errorf("after Stop: room %d, %s", c.Room(), c.Status().State)
	}
	if c.Start(t.Context(), &x); c.Room() != 0 {
		t.Error("a stopped simulator started again")
	}
}

func TestCanceledSubmission(t *testing.T) {
	c := start(t, &exchange{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var got wirechief.Outcome
	c.Submit(ctx, carrier.Submission{To: "+13105551212"}, func(o wirechief.Outcome) { got = o })
	if got.Disposition != wirechief.Retry || got.Reason != wirechief.ReasonShutdown {
		t.Errorf("%+v, want retry, shutdown", got)
	}
}

func TestConfig(t *testing.T) {
	if err := sim.Defaults().Validate(); err != nil {
		t.Error(err)
	}
	for _, bad := range []sim.Config{{}, {Room: 1, ReceiptDelay: -1}, {Room: 100_001}} {
		if wirechief.KindOf(bad.Validate()) != wirechief.Invalid {
			t.Errorf("%+v passed", bad)
		}
	}
}

func BenchmarkSubmit(b *testing.B) {
	c := sim.New("sim", sim.Config{Room: 256}, carrier.Services{})
	if err := c.Start(b.Context(), &exchange{}); err != nil {
		b.Fatal(err)
	}
	s := carrier.Submission{From: "+13109060901", To: "+13105551212", Text: "Hi", Receipt: true}
	b.ReportAllocs()
	for b.Loop() {
		c.Submit(b.Context(), s, func(wirechief.Outcome) {})
	}
	if err := c.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
}
