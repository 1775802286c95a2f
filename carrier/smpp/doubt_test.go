package smpp

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

func TestUnansweredIsInDoubt(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 1
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		y := r.submit("Hi")
		time.Sleep(9 * time.Second)
		if !y.pending() {
			r.Fatal("reported before the response timeout")
		}
		time.Sleep(2 * time.Second)
		r.want(y, wirechief.InDoubt, wirechief.ReasonTimeout)

		// Its place is free again, and an answer that comes late is shown and harms nobody.
		next := r.submit("next")
		d.answer(0, pdu.OK, "late1")
		if !next.pending() {
			r.Error("the late answer was taken for another message's")
		}
		d.answer(0, pdu.OK, "m2")
		r.want(next, wirechief.Done, "", "m2")
		if log := r.log.String(); !strings.Contains(log, "id=late1") || !strings.Contains(log, "message=7") {
			r.Errorf("the late answer is not in the log: %s", log)
		}
	})
}

func TestCut(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 2
	c := &smsc{submitFunc: d.hold}
	var down atomic.Bool
	c.dialFunc = func() error {
		if down.Load() {
			return fmt.Errorf("connection refused")
		}
		return nil
	}
	inBubble(t, cfg, c, func(r *rig) {
		left, both, waits := r.submit("left"), r.submit("left too"), r.submit("waits")
		partly := r.submit(long)
		d.answer(1, pdu.OK, "m9")
		r.want(both, wirechief.Done, "", "m9")
		if d.count() != 2 {
			r.Fatal("the third message did not leave")
		}
		r.x.changes()
		down.Store(true)
		c.peer(0).Close()
		r.want(left, wirechief.InDoubt, wirechief.ReasonDisconnected)
		r.want(waits, wirechief.InDoubt, wirechief.ReasonDisconnected)
		r.want(partly, wirechief.Retry, wirechief.ReasonDisconnected) // never left
		if r.link.Room() != 0 || r.x.changes() == 0 {
			r.Errorf("Room is %d, and Changed should have been called", r.link.Room())
		}
		st := r.link.Status()
		if st.State != carrier.Down || st.Connections != 0 || !strings.Contains(st.LastError, "smsc.example.net:2775 was lost: closed by the peer") {
			r.Errorf("%+v", st)
		}
		r.want(r.submit("not now"), wirechief.Retry, wirechief.ReasonDisconnected)

		down.Store(false)
		time.Sleep(time.Second)
		if st := r.link.Status(); st.State != carrier.Up || st.LastError != "" || r.link.Room() != 2 || r.x.changes() == 0 {
			r.Errorf("%+v", st)
		}
		y := r.submit("again")
		d.answer(d.count()-1, pdu.OK, "m10")
		r.want(y, wirechief.Done, "", "m10")
	})
}

// TestCutMidway: of a message longer than the window some segments had their
// answer, and the rest never left.
func TestCutMidway(t *testing.T) {
	cfg := plain()
	cfg.Window = 1
	d := &desk{}
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		y := r.submit(long)
		d.count()
		d.answer(0, pdu.OK, "p1")
		r.smsc.peer(0).Close()
		r.want(y, wirechief.InDoubt, wirechief.ReasonDisconnected, "p1")
	})
}

// TestForgotten: an SMSC that takes us for unbound is bound anew.
func TestForgotten(t *testing.T) {
	c := &smsc{}
	c.submitFunc = script(c, pdu.InvalidBindStatus)
	inBubble(t, plain(), c, func(r *rig) {
		r.want(r.submit("Hi"), wirechief.Retry, wirechief.ReasonTemporary)
		time.Sleep(time.Second)
		r.want(r.submit("Hi"), wirechief.Done, "", "m1")
		if n := len(c.bound()); n != 2 {
			r.Errorf("bound %d times, want twice", n)
		}
	})
}

func TestStop(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 2
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		mute, slow, waits := r.submit("mute"), r.submit("slow"), r.submit("waits")
		stopped := make(chan error)
		go func() { stopped <- r.link.Stop(context.Background()) }()
		r.want(waits, wirechief.Retry, wirechief.ReasonShutdown)
		r.want(r.submit("late"), wirechief.Retry, wirechief.ReasonShutdown)
		if r.link.Room() != 0 {
			r.Error("there is room in a link that stops")
		}
		d.answer(1, pdu.OK, "s") // it waits a moment for this
		r.want(slow, wirechief.Done, "", "s")
		if err := <-stopped; err != nil {
			r.Error(err)
		}
		r.want(mute, wirechief.InDoubt, wirechief.ReasonDisconnected)
		if st := r.link.Status(); st.State != carrier.Stopped || st.Connections != 0 || st.Outstanding != 0 {
			r.Errorf("%+v", st)
		}
		if err := r.link.Start(r.Context(), r.x); err != nil || r.link.Status().State != carrier.Stopped {
			r.Errorf("a stopped link began again: %v", err)
		}
		if n := len(r.smsc.received()); n != 2 {
			r.Errorf("%d were sent, want 2", n)
		}
		r.stop()
	})
}

func TestStopInAHurry(t *testing.T) {
	d := &desk{}
	inBubble(t, plain(), &smsc{submitFunc: d.hold}, func(r *rig) {
		y := r.submit("Hi")
		begin := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
		defer cancel()
		if err := r.link.Stop(ctx); err != nil {
			r.Error(err)
		}
		if took := time.Since(begin); took > 200*time.Millisecond {
			r.Errorf("took %v", took)
		}
		r.want(y, wirechief.InDoubt, wirechief.ReasonDisconnected)
	})
}

func TestStopBeforeStart(t *testing.T) {
	l := New("main", plain(), carrier.Services{})
	for range 2 {
		if err := l.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := l.Start(t.Context(), &exchange{}); err != nil {
		t.Error(err)
	}
	var y try
	l.Submit(t.Context(), carrier.Submission{Text: "Hi"}, y.report)
	if len(y.got) != 1 || y.got[0].Disposition != wirechief.Retry || y.got[0].Reason != wirechief.ReasonShutdown {
		t.Errorf("%+v", y.got)
	}
	if l.Status().State != carrier.Stopped || l.Room() != 0 {
		t.Errorf("%+v", l.Status())
	}
}

// TestNeverLeft: what the connection had not taken when it was cut is not in
// doubt, unless the rest of the message is there.
func TestNeverLeft(t *testing.T) {
	cfg := plain()
	cfg.Window = 2
	for _, stopping := range []bool{false, true} {
		c := &smsc{}
		inBubble(t, cfg, c, func(r *rig) {
			awake := make(chan struct{})
			c.submitFunc = func(*session.Session, pdu.Header, pdu.Message) { <-awake } // reads no further
			left := r.submit("left")
			left.pending()
			unread := r.submit("unread")
			unread.pending()
			reason := wirechief.ReasonDisconnected
			if stopping {
				reason = wirechief.ReasonShutdown
				ctx, cancel := context.WithCancel(r.Context())
				cancel()
				if err := r.link.Stop(ctx); err != nil {
					r.Error(err)
				}
			} else {
				c.peer(0).Close()
			}
			r.want(left, wirechief.InDoubt, wirechief.ReasonDisconnected)
			r.want(unread, wirechief.Retry, reason)
			close(awake)
		})
	}
}

func TestRestNeverLeft(t *testing.T) {
	cfg := plain()
	cfg.Window = 2
	c := &smsc{}
	inBubble(t, cfg, c, func(r *rig) {
		awake := make(chan struct{})
		n := 0
		c.submitFunc = func(s *session.Session, h pdu.Header, _ pdu.Message) {
			s.Reply(h, pdu.OK, c.id())
			if n++; n == 2 {
				<-awake // reads no further
			}
		}
		y := r.submit(long)
		y.pending()
		c.peer(0).Close()
		r.want(y, wirechief.InDoubt, wirechief.ReasonDisconnected, "m1", "m2")
		close(awake)
	})
}

// TestBoundWhileStopping: a connection that comes up then is not used.
func TestBoundWhileStopping(t *testing.T) {
	cfg := plain()
	cfg.Connections = 2
	d := &desk{}
	var binds atomic.Int32
	c := &smsc{submitFunc: d.hold, bindFunc: func(pdu.Header, pdu.Bind) pdu.Status {
		if binds.Add(1) == 2 {
			time.Sleep(time.Second)
		}
		return pdu.OK
	}}
	inBubble(t, cfg, c, func(r *rig) {
		y := r.submit("Hi") // keeps the link from stopping at once
		y.pending()
		r.stop()
		r.want(y, wirechief.InDoubt, wirechief.ReasonDisconnected)
		if n := len(c.bound()); n != 2 {
			r.Errorf("%d binds", n)
		}
		if st := r.link.Status(); st.State != carrier.Stopped || st.Connections != 0 {
			r.Errorf("%+v", st)
		}
	})
}
