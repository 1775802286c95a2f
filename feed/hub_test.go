package feed

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// clock is a time that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// about is an event that names itself.
func about(tenant string, id int64) Event {
	return Event{Tenant: tenant, Topic: Contact, Kind: Changed, ID: id}
}

// waiting takes what waits in a subscription, as words.
func waiting(s *Subscription) string {
	var out []string
	for {
		select {
		case e, ok := <-s.C():
			if !ok {
				return strings.Join(append(out, "closed"), " ")
			}
			out = append(out, fmt.Sprintf("%s%d", e.Topic, e.ID))
		default:
			return strings.Join(out, " ")
		}
	}
}

func (s *Subscription) mustBe(t *testing.T, want string) {
	t.Helper()
	if got := waiting(s); got != want {
		t.Errorf("waiting: %q, want %q", got, want)
	}
}

func TestWhoIsTold(t *testing.T) {
	h := New(Options{})
	acme, other, everybody := h.Subscribe("acme", false, ""), h.Subscribe("other", false, ""), h.Subscribe("", true, "")
	nobody := h.Subscribe("", false, "") // a mistake that must not show what belongs to no tenant
	h.Publish(about("acme", 1), about("other", 2), about("", 3))
	acme.mustBe(t, "contact1")
	other.mustBe(t, "contact2")
	everybody.mustBe(t, "contact1 contact2 contact3")
	nobody.mustBe(t, "")
	acme.Close()
	acme.Close()
	h.Publish(about("acme", 4))
	acme.mustBe(t, "closed")
	everybody.mustBe(t, "contact4")
	h.Close()
	everybody.mustBe(t, "closed")
	h.Subscribe("acme", false, "").mustBe(t, "closed")
}

func TestNext(t *testing.T) {
	h := New(Options{})
	s := h.Subscribe("acme", false, "")
	h.Publish(about("acme", 7))
	if e, err := s.Next(t.Context()); err != nil || e.ID != 7 || e.At.IsZero() || !strings.HasSuffix(e.EventID(), "-1") {
		t.Errorf("%+v %v", e, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx); err != context.Canceled {
		t.Error(err)
	}
	s.Close()
	if _, err := s.Next(t.Context()); err != ErrClosed {
		t.Error(err)
	}
}

func TestReconnecting(t *testing.T) {
	c := newClock()
	h := New(Options{Now: c.now, Ring: 8})
	position := h.Position()
	h.Publish(about("acme", 1), about("other", 2), about("acme", 3))
	s := h.Subscribe("acme", false, position)
	s.mustBe(t, "contact1 contact3") // while it read what it shows
	h.Publish(about("acme", 4))
	e := <-s.C()
	s.Close()
	h.Publish(about("acme", 5), about("other", 6))
	s = h.Subscribe("acme", false, e.EventID())
	s.mustBe(t, "contact5")
	if s.Missed() {
		t.Error("it missed something")
	}
	s.Close()
	for id := range int64(6) {
		h.Publish(about("acme", 10+id))
	}
	// The ring reaches back to the event after 4, and no further.
	h.Subscribe("acme", false, e.EventID()).mustBe(t, "contact5 contact10 contact11 contact12 contact13 contact14 contact15")
	h.Publish(about("other", 16))
	late := h.Subscribe("acme", false, e.EventID())
	if !late.Missed() || late.Missed() {
		t.Error("it is not told, once, that it missed something")
	}
	late.mustBe(t, "reload0")
	for _, id := range []string{"nonsense", "", e.epoch + "-x", "0123456789ab-3", e.epoch + "-999"} {
		want := "reload0"
		if id == "" {
			want = ""
		}
		h.Subscribe("acme", false, id).mustBe(t, want)
	}
	// An event of the stream may be the reload itself.
	h.Subscribe("acme", false, eventID(h.epoch, h.seq)).mustBe(t, "")
}

// A quiet subscriber in a busy house knows where it stands.
func TestPositionOfASubscription(t *testing.T) {
	h := New(Options{Ring: 4})
	s := h.Subscribe("acme", false, "")
	h.Publish(about("acme", 1))
	if s.Position() != "" {
		t.Error("it has not seen what waits for it")
	}
	waiting(s)
	for id := range int64(20) {
		h.Publish(about("other", id))
	}
	p := s.Position()
	s.Close()
	h.Publish(about("acme", 2))
	h.Subscribe("acme", false, p).mustBe(t, "contact2")
}

func TestFallingAsleep(t *testing.T) {
	c := newClock()
	h := New(Options{Now: c.now})
	if h.Awake() {
		t.Error("awake, and nobody ever listened")
	}
	h.Publish(about("acme", 1))
	s := h.Subscribe("acme", false, "")
	h.Publish(about("acme", 2))
	e := <-s.C()
	s.Close()
	c.advance(linger - time.Second)
	h.Publish(about("acme", 3))
	h.Subscribe("acme", false, e.EventID()).Close()
	c.advance(linger)
	if h.Awake() || h.ring != nil {
		t.Error("awake, and nobody has listened for a while")
	}
	h.Publish(about("acme", 4))
	s = h.Subscribe("acme", false, e.EventID())
	s.mustBe(t, "reload0")
	h.Publish(about("acme", 5))
	s.mustBe(t, "contact5")
}

func TestWhoIsSlow(t *testing.T) {
	h := New(Options{})
	slow, quick := h.Subscribe("acme", false, ""), h.Subscribe("acme", false, "")
	seen := 0
	for id := range int64(QueueMost + 10) {
		h.Publish(about("acme", id))
		<-quick.C()
		seen++
	}
	if seen != QueueMost+10 || quick.Missed() {
		t.Error("the quick one suffers for the slow one")
	}
	if !slow.Missed() {
		t.Error("it does not know that it missed something")
	}
	slow.mustBe(t, "reload0 contact257 contact258 contact259 contact260 contact261 contact262 contact263 contact264 contact265")
}

// What has ended is never told to be under way again.
func TestOvertaken(t *testing.T) {
	h := New(Options{Ring: 4})
	s := h.Subscribe("acme", false, "")
	status := func(id int64, st wirechief.Status) Event {
		return Event{Tenant: "acme", Topic: Message, Kind: Status, ID: id, Message: &wirechief.Message{Status: st}}
	}
	h.Publish(status(1, wirechief.StatusAccepted), status(1, wirechief.StatusDelivered), status(1, wirechief.StatusSubmitted), status(1, wirechief.StatusDelivered))
	s.mustBe(t, "message1 message1 message1")
	h.Publish(about("acme", 2), about("acme", 3), about("acme", 4), about("acme", 5))
	if len(h.ended) != 0 {
		t.Errorf("%d messages are remembered beyond the ring", len(h.ended))
	}
}

// Events come in order, each once, to whoever comes and goes while many tell.
func TestManyAtOnce(t *testing.T) {
	h := New(Options{})
	h.Position()                // somebody is about to come
	const tellers, each = 4, 60 // fewer than a queue holds
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			last, count := eventID(h.epoch, 0), 0
			for count < tellers*each {
				s := h.Subscribe("acme", false, last)
				for range 7 {
					e, err := s.Next(t.Context())
					if err != nil {
						return
					}
					if e.Topic == Reload {
						t.Error("a quick one missed something")
						s.Close()
						return
					}
					if count++; e.Seq != int64(count) {
						t.Errorf("event %d comes as number %d", e.Seq, count)
						s.Close()
						return
					}
					if last = e.EventID(); count == tellers*each {
						break
					}
				}
				s.Close()
			}
		})
	}
	for n := range tellers {
		wg.Go(func() {
			for id := range int64(each) {
				h.Publish(about("acme", int64(n)*each+id))
			}
		})
	}
	wg.Wait()
}
