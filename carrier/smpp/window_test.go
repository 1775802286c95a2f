package smpp

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

func TestWindow(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 4
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		if got := r.link.Room(); got != 4 {
			r.Errorf("Room is %d, want 4 messages", got)
		}
		first, second, third := r.submit("one"), r.submit(long), r.submit(long)
		last := r.submit("last")
		if d.count() != 4 {
			r.Fatalf("%d segments are out, want 1 and 3 of a window of 4", d.count())
		}
		if st := r.link.Status(); st.Outstanding != 4 {
			r.Errorf("%d outstanding, want 4 messages", st.Outstanding)
		}
		// The third message waits for three places, and nothing passes it.
		d.answer(0, pdu.OK, "a")
		r.want(first, wirechief.Done, "", "a")
		d.answer(2, pdu.OK, "b3")
		if d.count() != 2 {
			r.Errorf("%d segments are out, want 2", d.count())
		}
		d.answer(1, pdu.OK, "b2")
		if d.count() != 4 || !second.pending() {
			r.Errorf("%d segments are out, want 1 and 3", d.count())
		}
		d.answer(0, pdu.OK, "b1")
		r.want(second, wirechief.Done, "", "b1", "b2", "b3") // by part, whatever the order of the answers
		for d.count() > 0 {
			d.answer(0, pdu.OK, "c")
		}
		r.want(third, wirechief.Done, "", "c", "c", "c")
		r.want(last, wirechief.Done, "", "c")
	})
}

// TestLongerThanTheWindow: a message of more segments than the window goes out
// in order as places come free, with nothing between.
func TestLongerThanTheWindow(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 2
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		short, whole, last := r.submit("short"), r.submit(long), r.submit("last")
		if d.count() != 1 {
			r.Fatalf("%d segments are out, want the short one", d.count())
		}
		d.answer(0, pdu.OK, "s")
		r.want(short, wirechief.Done, "", "s")
		for i, want := range []int{2, 2, 2, 1} { // the last message follows the third segment
			if d.count() != want {
				r.Errorf("after %d answers %d are out, want %d", i, d.count(), want)
			}
			d.answer(0, pdu.OK, fmt.Sprintf("p%d", i+1))
		}
		r.want(whole, wirechief.Done, "", "p1", "p2", "p3")
		r.want(last, wirechief.Done, "", "p4")
		var order []string
		for _, m := range r.smsc.received() {
			order = append(order, m.Short[max(0, len(m.Short)-5):])
		}
		if want := fmt.Sprint([]string{"short", long[148:153], long[301:306], long[345:], "last"}); fmt.Sprint(order) != want {
			r.Errorf("the order was %q", order)
		}
	})
}

// TestRestIsHeldBack: once a segment is refused, the rest does not follow.
func TestRestIsHeldBack(t *testing.T) {
	cfg := plain()
	cfg.Window = 1
	c := &smsc{}
	c.submitFunc = script(c, pdu.OK, pdu.InvalidDest)
	inBubble(t, cfg, c, func(r *rig) {
		o := r.want(r.submit(long), wirechief.Final, wirechief.ReasonDestination, "m1")
		if o.Code != "ESME_RINVDSTADR" || len(r.smsc.received()) != 2 {
			r.Errorf("%+v", o)
		}
		r.want(r.submit("next"), wirechief.Done, "", "m2")
	})
}

func TestOutcomeOfSeveralAnswers(t *testing.T) {
	for _, tt := range []struct {
		answers     []pdu.Status // of the three segments
		disposition wirechief.Disposition
		reason      wirechief.Reason
		ids         []string
	}{
		{[]pdu.Status{pdu.OK, pdu.OK, pdu.OK}, wirechief.Done, "", []string{"m1", "m2", "m3"}},
		{[]pdu.Status{pdu.OK, pdu.Throttled, pdu.OK}, wirechief.Retry, wirechief.ReasonThrottled, []string{"m1", "m2"}},
		{[]pdu.Status{pdu.MessageQueueFull, pdu.OK, pdu.InvalidSource}, wirechief.Final, wirechief.ReasonSource, []string{"m1"}},
		{[]pdu.Status{pdu.InvalidSource, pdu.OK, pdu.Throttled}, wirechief.Final, wirechief.ReasonSource, []string{"m1"}},
		{[]pdu.Status{pdu.SystemError, pdu.SystemError, pdu.SystemError}, wirechief.Retry, wirechief.ReasonTemporary, nil},
	} {
		t.Run(fmt.Sprint(tt.answers), func(t *testing.T) {
			c := &smsc{}
			c.submitFunc = script(c, tt.answers...)
			inBubble(t, plain(), c, func(r *rig) {
				r.want(r.submit(long), tt.disposition, tt.reason, tt.ids...)
			})
		})
	}
}

// TestThroughput counts in segments, long messages whole.
func TestThroughput(t *testing.T) {
	cfg := plain()
	cfg.Throughput = 10
	inBubble(t, cfg, &smsc{}, func(r *rig) {
		begin := time.Now()
		var tries []*try
		for range 5 {
			tries = append(tries, r.submit(long), r.submit("short"))
		}
		time.Sleep(time.Minute)
		for _, y := range tries {
			if o := y.outcome(r); o.Disposition != wirechief.Done {
				r.Errorf("%+v", o)
			}
		}
		c := r.smsc
		c.received()
		if len(c.at) != 20 {
			r.Fatalf("%d segments", len(c.at))
		}
		// 20 segments; the last is the twentieth, and the first needs no time.
		if took := c.at[19].Sub(begin); took < 1800*time.Millisecond || took > 2*time.Second {
			r.Errorf("20 segments at 10/s took %v", took)
		}
		if got := r.link.Status().Rate; got != 10 {
			r.Errorf("the rate is %v", got)
		}
	})
}

func TestThrottled(t *testing.T) {
	cfg := plain()
	cfg.Throughput = 100
	c := &smsc{}
	c.submitFunc = script(c, pdu.Throttled)
	inBubble(t, cfg, c, func(r *rig) {
		r.x.changes()
		o := r.want(r.submit("Hi"), wirechief.Retry, wirechief.ReasonThrottled)
		if o.Code != "ESME_RTHROTTLED" {
			r.Errorf("%+v", o)
		}
		st := r.link.Status()
		if st.Rate != 50 || st.State != carrier.Degraded || !strings.Contains(st.LastError, "ESME_RTHROTTLED") || r.x.changes() == 0 {
			r.Errorf("after the refusal: %+v", st)
		}
		if r.link.Room() != 64 {
			r.Errorf("Room is %d: the link is slow, not away", r.link.Room())
		}
		time.Sleep(10 * time.Second)
		if st := r.link.Status(); st.Rate <= 50 || st.Rate >= 100 {
			r.Errorf("the rate does not creep up: %+v", st)
		}
		r.x.changes()
		time.Sleep(2 * time.Minute)
		if n := r.x.changes(); n == 0 {
			r.Error("nobody was told that the usual pace is back")
		}
		if st := r.link.Status(); st.Rate != 100 || st.State != carrier.Up || st.LastError != "" {
			r.Errorf("%+v", st)
		}
	})
}

func TestContextEnds(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 1
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		ctx, cancel := context.WithCancel(r.Context())
		left, waits, ended := &try{}, &try{}, &try{}
		s := carrier.Submission{From: "78701", To: "+13105551212", Text: "Hi"}
		r.link.Submit(ctx, s, left.report)
		r.link.Submit(ctx, s, waits.report)
		other := r.submit("other")
		if !left.pending() || !waits.pending() {
			r.Fatal("reported early")
		}
		cancel()
		r.want(waits, wirechief.Retry, wirechief.ReasonShutdown)
		r.link.Submit(ctx, s, ended.report)
		r.want(ended, wirechief.Retry, wirechief.ReasonShutdown)
		if !left.pending() {
			r.Error("what has left has to wait for its answer")
		}
		d.answer(0, pdu.OK, "a")
		r.want(left, wirechief.Done, "", "a")
		d.answer(0, pdu.OK, "b")
		r.want(other, wirechief.Done, "", "b")
		if n := len(r.smsc.received()); n != 2 {
			r.Errorf("%d were sent, want 2", n)
		}
	})
}

// TestValidity: what is worthless by now is not sent.
func TestValidity(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 1
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		first := r.submit("first")
		s := carrier.Submission{From: "78701", To: "+13105551212", Text: "Hi", Validity: time.Now().Add(time.Second)}
		waits := r.submission(s)
		time.Sleep(2 * time.Second)
		d.answer(0, pdu.OK, "a")
		r.want(first, wirechief.Done, "", "a")
		r.want(waits, wirechief.Retry, wirechief.ReasonTimeout)
		r.want(r.submission(s), wirechief.Retry, wirechief.ReasonTimeout)
		if n := len(r.smsc.received()); n != 1 {
			r.Errorf("%d were sent, want 1", n)
		}
	})
}

func TestSeveralConnections(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Connections, cfg.Window = 2, 3
	c := &smsc{submitFunc: d.hold}
	inBubble(t, cfg, c, func(r *rig) {
		if r.link.Room() != 6 || r.link.Status().Connections != 2 {
			r.Fatalf("Room %d, %+v", r.link.Room(), r.link.Status())
		}
		one, two := r.submit(long), r.submit(long)
		if d.count() != 6 || c.peer(0).Free() != 2000 {
			r.Fatalf("%d are out", d.count())
		}
		third := r.submit("third")
		c.peer(1).Close() // the second message is lost with it
		r.want(two, wirechief.InDoubt, wirechief.ReasonDisconnected)
		if !one.pending() || !third.pending() {
			r.Error("the other connection goes on")
		}
		if st := r.link.Status(); st.State != carrier.Degraded || st.Connections != 1 || r.link.Room() != 3 {
			r.Errorf("Room %d, %+v", r.link.Room(), st)
		}
		time.Sleep(time.Second) // the second connection is back
		if st := r.link.Status(); st.State != carrier.Up || d.count() != 7 {
			r.Errorf("%+v, %d out", st, d.count())
		}
	})
}
