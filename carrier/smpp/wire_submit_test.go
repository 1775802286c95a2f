package smpp_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/gsm"
)

// TestWireThrottledIsKept: too much is not a failure. The link slows down, says so,
// and the message goes through later.
func TestWireThrottledIsKept(t *testing.T) {
	for status, reason := range map[pdu.Status]wirechief.Reason{
		pdu.Throttled: wirechief.ReasonThrottled, pdu.MessageQueueFull: wirechief.ReasonQueueFull,
	} {
		t.Run(status.String(), func(t *testing.T) {
			t.Parallel()
			w := wire(t, carriertest.Behaviour{Throttle: 2, ThrottleStatus: status}, nil).up()
			for range 2 {
				if o := w.submit("again").want(wirechief.Retry, reason); o.Code != status.String() {
					t.Errorf("code %q", o.Code)
				}
			}
			st := w.link.Status()
			if st.State != carrier.Degraded || st.Rate <= 0 || !strings.Contains(st.LastError, status.String()) {
				t.Errorf("slowed down: %+v", st)
			}
			w.submit("again").want(wirechief.Done, "")
			if s := w.smsc.Stats(); s.Throttled != 2 || s.Accepted != 1 || s.Binds != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestWireFindsThePace: against a carrier that takes so many a second, what is
// offered without pause all gets through, and the refusals stay few.
func TestWireFindsThePace(t *testing.T) {
	w := wire(t, carriertest.Behaviour{Rate: 400, Receipts: carriertest.Receipts{Never: true}}, nil).up()
	const n = 400
	var crowd sync.WaitGroup
	for i := range 8 {
		crowd.Go(func() {
			for j := range n / 8 {
				for {
					o := w.submit(fmt.Sprint(i, " ", j)).outcome()
					if o.Disposition == wirechief.Done {
						break
					}
					if o.Reason != wirechief.ReasonThrottled {
						t.Errorf("%+v", o)
						return
					}
				}
			}
		})
	}
	crowd.Wait()
	if s := w.smsc.Stats(); s.Accepted != n || s.Repeated != 0 || s.Throttled > n {
		t.Errorf("%d taken, %d refused", s.Accepted, s.Throttled)
	}
}

// TestWireEveryStatus: each code of the specification ends the message in one way,
// and none ends the connection but the one that says that we are not bound.
func TestWireEveryStatus(t *testing.T) {
	retry := map[pdu.Status]bool{
		pdu.Throttled: true, pdu.MessageQueueFull: true, pdu.SystemError: true, pdu.TemporaryAppError: true, pdu.UnknownError: true,
		pdu.InvalidBindStatus: true, pdu.AlreadyBound: true, pdu.BindFailed: true,
		pdu.InvalidPassword: true, pdu.InvalidSystemID: true, pdu.InvalidSystemType: true,
	}
	for status := range pdu.Statuses() {
		if status == pdu.OK || status == pdu.InvalidBindStatus {
			continue
		}
		t.Run(status.String(), func(t *testing.T) {
			w := wire(t, carriertest.Behaviour{Status: func(*pdu.Message) pdu.Status { return status }}, nil).up()
			want := wirechief.Final
			if retry[status] {
				want = wirechief.Retry
			}
			o := w.submit("text").outcome()
			if o.Disposition != want || o.Reason == "" || o.Code != status.String() || len(o.IDs) != 0 {
				t.Errorf("%+v, want %s with a reason and code %s", o, want, status)
			}
			w.smsc.Behave(func(b *carriertest.Behaviour) { b.Status = nil })
			w.submit("next").want(wirechief.Done, "")
			if s := w.smsc.Stats(); s.Binds != 1 {
				t.Errorf("%d binds, want 1", s.Binds)
			}
		})
	}
}

// TestWireForgottenByThePeer: one that says that we are not bound is bound anew.
func TestWireForgottenByThePeer(t *testing.T) {
	w := wire(t, carriertest.Behaviour{Status: func(*pdu.Message) pdu.Status { return pdu.InvalidBindStatus }}, nil).up()
	w.submit("text").want(wirechief.Retry, wirechief.ReasonTemporary)
	w.smsc.Behave(func(b *carriertest.Behaviour) { b.Status = nil })
	w.counts("second bind", func(s carriertest.Stats) bool { return s.Binds == 2 })
	w.up().submit("text").want(wirechief.Done, "")
}

// TestWireCutIsInDoubt: what left is in doubt, at most the window; what did not is
// to be tried again.
func TestWireCutIsInDoubt(t *testing.T) {
	const window = 10
	w := wire(t, carriertest.Behaviour{NoAnswer: true, CutBefore: window, Receipts: carriertest.Receipts{Never: true}},
		func(c *smpp.Config) { c.Window = window }).up()
	var all []submission
	for _, text := range texts(3 * window) {
		all = append(all, w.submit(text))
	}
	doubts := 0
	for i, s := range all {
		switch o := s.outcome(); {
		case o.Disposition == wirechief.InDoubt && o.Reason == wirechief.ReasonDisconnected:
			doubts++
		case o.Disposition == wirechief.Retry && o.Reason == wirechief.ReasonDisconnected:
			if i < window {
				t.Errorf("%s left: %+v", s.text, o)
			}
		default:
			t.Errorf("%s: %+v", s.text, o)
		}
	}
	if doubts != window {
		t.Errorf("%d in doubt, want the window of %d", doubts, window)
	}
	if n := w.smsc.Stats().Submits; n != window {
		t.Errorf("%d left, want %d", n, window)
	}
}

// TestWireEverythingArrives plays the exchange: it submits up to Room, and submits
// again what ended in Retry or in doubt, while the peer misbehaves in turns. All
// arrives, and what arrives twice was in doubt.
func TestWireEverythingArrives(t *testing.T) {
	const total, window = 3000, 50
	w := wire(t, carriertest.Behaviour{Receipts: carriertest.Receipts{Never: true}}, func(c *smpp.Config) {
		c.Window, c.Connections, c.ResponseTimeout, c.EnquireLink = window, 2, 200*time.Millisecond, 0
	}).up()
	troubles := []func(*carriertest.Behaviour){
		func(b *carriertest.Behaviour) { b.CutBefore = 40 },
		func(b *carriertest.Behaviour) { b.CutAfter = 70 },
		func(b *carriertest.Behaviour) { b.Throttle = 3 },
		func(b *carriertest.Behaviour) { b.OutOfOrder = 5 * time.Millisecond },
		func(b *carriertest.Behaviour) { b.OutOfOrder, b.AnswerDelay = 0, time.Millisecond },
		func(b *carriertest.Behaviour) { b.CutBefore, b.AnswerDelay = 90, 0 },
	}
	type report struct {
		text string
		o    wirechief.Outcome
	}
	reports := make(chan report, total)
	queue := texts(total)
	doubts, open, done, next := 0, 0, 0, 0
	kick := time.NewTicker(5 * time.Millisecond) // Room may have come back
	defer kick.Stop()
	limit := time.After(60 * time.Second)
	for done < total {
		for len(queue) > 0 && open < w.link.Room() {
			text := queue[0]
			queue = queue[1:]
			open++
			w.link.Submit(t.Context(), carrier.Submission{Message: int64(next), From: "+13109060901", To: "+13105551212", Text: text},
				func(o wirechief.Outcome) { reports <- report{text, o} })
			if next++; next%400 == 0 && next/400 <= len(troubles) {
				w.smsc.Behave(troubles[next/400-1])
			}
		}
		select {
		case r := <-reports:
			open--
			switch r.o.Disposition {
			case wirechief.Done:
				done++
			case wirechief.InDoubt:
				doubts++
				queue = append(queue, r.text)
			case wirechief.Retry:
				queue = append(queue, r.text)
			default:
				t.Fatalf("%s: %+v", r.text, r.o)
			}
		case <-kick.C:
		case <-limit:
			t.Fatalf("%d of %d after a minute; %+v; %+v", done, total, w.link.Status(), w.smsc.Stats())
		}
	}
	arrived := make(map[string]int)
	for _, s := range w.smsc.Submits() {
		if s.Status == pdu.OK {
			arrived[s.Text()]++
		}
	}
	if len(arrived) != total {
		t.Errorf("%d arrived, want %d", len(arrived), total)
	}
	s := w.smsc.Stats()
	if s.Repeated > doubts || doubts > 3*window {
		t.Errorf("%d came twice, %d were in doubt after three cuts with a window of %d", s.Repeated, doubts, window)
	}
	if doubts == 0 || s.Binds < 4 || s.Throttled == 0 {
		t.Errorf("the peer did not misbehave: %d in doubt, %+v", doubts, s)
	}
}

// TestWireTextsArrive: every alphabet and way of concatenation, and what arrives is
// what was written; the segments of a text in order on one connection.
func TestWireTextsArrive(t *testing.T) {
	long := strings.Repeat("Zażółć gęślą jaźń 👋 ", 20)
	samples := []string{
		"", "Hi", "€{[~]}|\\^", "Grüße", "👋", strings.Repeat("a", 160), strings.Repeat("a", 161), strings.Repeat("a", 152) + "€€",
		strings.Repeat("ü", 141), strings.Repeat("я", 66) + "👋👋", long,
	}
	for _, alphabet := range []gsm.Encoding{gsm.GSM7, gsm.Latin1, gsm.UCS2} {
		for _, way := range []gsm.Concatenation{gsm.UDH8, gsm.UDH16, gsm.SAR, gsm.Payload} {
			t.Run(fmt.Sprint(alphabet, " ", way), func(t *testing.T) {
				w := wire(t, carriertest.Behaviour{}, func(c *smpp.Config) {
					c.Alphabet, c.Concatenation, c.Connections, c.Window = alphabet, way, 3, 20
				}).up()
				var all []submission
				for _, text := range samples {
					all = append(all, w.submit(text))
				}
				segments := make(map[string]int)
				for _, s := range all {
					segments[s.text] = len(s.want(wirechief.Done, "").IDs)
				}
				received := w.smsc.Received()
				if len(received) != len(samples) {
					t.Errorf("%d texts arrived, want %d", len(received), len(samples))
				}
				for _, r := range received {
					n, ok := segments[r.Text]
					if !ok || n != len(r.Segments) {
						t.Errorf("%.20q arrived in %d segments; %d reported", r.Text, len(r.Segments), n)
					}
					for i, s := range r.Segments {
						if s.Connection != r.Segments[0].Connection || s.Concat().Parts > 0 && s.Concat().Part != i+1 {
							t.Errorf("%.20q: segment %d came as number %d over connection %d", r.Text, s.Concat().Part, i+1, s.Connection)
						}
						if len(s.Message.Short) > 160 {
							t.Errorf("%d octets in short_message", len(s.Message.Short))
						}
					}
				}
			})
		}
	}
}

// TestWireThroughputInSegments: never faster than configured, and a long text
// counts as what it is.
func TestWireThroughputInSegments(t *testing.T) {
	const rate = 400
	w := wire(t, carriertest.Behaviour{}, func(c *smpp.Config) { c.Throughput = rate }).up()
	began := time.Now()
	var all []submission
	for i := range 20 {
		all = append(all, w.submit(fmt.Sprint(i, strings.Repeat(" long", 80)))) // three segments
	}
	for _, s := range all {
		s.want(wirechief.Done, "")
	}
	// The last text may leave as soon as one segment of it could, and a few
	// segments at once in the beginning.
	const owed = 60 - 3 - rate/50
	if d := time.Since(began); d < owed*time.Second/rate {
		t.Errorf("60 segments within %v; at %d a second", d, rate)
	}
	if n := w.smsc.Stats().Accepted; n != 60 {
		t.Errorf("%d segments, want 60", n)
	}
}
