package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

const quiet = `tenants: [{id: acme, quiet_hours: "21:00-08:00"}]`

// night is how long after the tests begin (04:00 in Los Angeles) texts to
// handsets there may go out.
const night = 4 * time.Hour

// In quiet hours texts are delayed and not refused, by the handset's clock, and
// are valid from then on.
func TestQuietHoursDelay(t *testing.T) {
	w := newWorld(t)
	w.apply(quiet)
	r := text("hello", handset, "+442079460000")
	r.From, r.Validity = desk, time.Hour
	ids := w.accept(r)
	w.settle()
	m := w.message(ids[0])
	e := m.Events[1]
	if history(m) != "accepted scheduled routed" || !e.Detail.NextAt.Equal(t0.Add(night)) || e.Detail.Because != "quiet hours 21:00-08:00 in America/Los_Angeles" {
		t.Fatalf("%s: %+v", history(m), e.Detail)
	}
	if m.Status != wirechief.StatusScheduled || !m.ValidUntil.Equal(t0.Add(night+time.Hour)) || !m.Queue.At.Equal(t0.Add(night)) {
		t.Errorf("%s, valid until %s, waits until %s", m.Status, m.ValidUntil, m.Queue.At)
	}
	if s := w.main.next(t); s.To != "+442079460000" { // it is noon in London
		t.Errorf("%s is woken", s.To)
	}
	w.main.none(t)
	w.advance(night)
	if s := w.main.next(t); s.To != handset {
		t.Errorf("%s", s.To)
	}
}

// A time that the request names is moved on when it lies in quiet hours.
func TestQuietHoursMoveWhatIsScheduled(t *testing.T) {
	w := newWorld(t)
	w.apply(`tenants: [{id: acme, sending_window: "mon-fri 09:00-17:00", time_zone: America/New_York}]`)
	for _, tt := range []struct {
		to       string
		at, want time.Duration
		because  string
	}{
		{handset, 0, 5 * time.Hour, "outside of the sending window mon-fri 09:00-17:00 in America/Los_Angeles"},
		{handset, 6 * time.Hour, 6 * time.Hour, ""},
		{handset, 13 * time.Hour, 29 * time.Hour, "outside of the sending window mon-fri 09:00-17:00 in America/Los_Angeles"},
		{"78701", 0, 2 * time.Hour, "outside of the sending window mon-fri 09:00-17:00 in America/New_York"}, // a short code is nowhere
	} {
		r := text("hello", tt.to)
		r.At = t0.Add(tt.at)
		res, err := w.Send(t.Context(), r)
		if err != nil || res.Recipients[0].Refusal != "" && tt.to != "78701" {
			t.Fatal(res, err)
		}
		if res.Recipients[0].Refusal != "" {
			continue // there is no route to short codes here
		}
		m := w.message(res.Recipients[0].Message)
		if e := m.Events[1]; !e.Detail.NextAt.Equal(t0.Add(tt.want)) || e.Detail.Because != tt.because {
			t.Errorf("%s at %s: %+v", tt.to, tt.at, e.Detail)
		}
	}
}

// What has waited in a lane into quiet hours is judged again, and goes on
// waiting; what is worthless by then expires.
func TestQuietHoursHoldInTheLane(t *testing.T) {
	w := newWorld(t)
	w.apply(`tenants: [{id: acme, quiet_hours: "05:00-06:00"}]`) // in Los Angeles it is 04:00
	w.main.setRoom(0)
	w.spare.setRoom(0)
	id := w.accept(text("hello"))[0]
	r := text("short lived")
	r.Validity = 90 * time.Minute
	brief := w.accept(r)[0]
	w.settle()
	w.advance(time.Hour + time.Minute)
	w.main.setRoom(100)
	w.settle()
	w.main.none(t)
	m := w.message(id)
	e := m.Events[len(m.Events)-1]
	if history(m) != "accepted routed scheduled" || e.Detail.Because != "quiet hours 05:00-06:00 in America/Los_Angeles" || !e.Detail.NextAt.Equal(t0.Add(2*time.Hour)) {
		t.Fatalf("%s: %+v", history(m), e.Detail)
	}
	w.advance(time.Hour)
	w.becomes(brief, wirechief.StatusExpired)
	if s := w.main.next(t); s.Message != id {
		t.Errorf("%+v", s)
	}
}

// An automatic text to who has just written is an answer; later, to others and
// from people it is not. An answer to a word goes out at any time.
func TestAnswersInQuietHours(t *testing.T) {
	w := newWorld(t)
	w.apply(quiet)
	waits := func(change func(*wirechief.SendRequest)) bool {
		t.Helper()
		r := text("answer")
		change(&r)
		m := w.message(w.accept(r)[0])
		return m.Queue.At.After(w.clock.Now())
	}
	because := func(r *wirechief.SendRequest) { r.Because = "automatic reply: agents offline" }
	excused := func(r *wirechief.SendRequest) { r.Excused = true }
	person := func(r *wirechief.SendRequest) { r.Agent = "Ada" }
	if !waits(because) || !waits(person) || waits(excused) {
		t.Error("nobody has written")
	}
	w.inbound(handset, "Is it ready?")
	if waits(because) || !waits(person) || waits(excused) {
		t.Error("the handset has just written")
	}
	if !waits(func(r *wirechief.SendRequest) { because(r); r.To = []string{other} }) {
		t.Error("another handset has written")
	}
	if !waits(func(r *wirechief.SendRequest) { because(r); r.From = "+13109060902" }) {
		t.Error("it has written to another number")
	}
	w.advance(11 * time.Minute)
	if !waits(because) || !waits(person) || waits(excused) {
		t.Error("the handset has written long ago")
	}
}

// What confirms an opt-out goes to who has opted out, though the lane judges
// it once more; nothing else does.
func TestExcusedTexts(t *testing.T) {
	w := newWorld(t)
	w.inbound(handset, "STOP")
	r := text("You get no more.")
	r.Excused, r.Because = true, "the word STOP"
	id := w.accept(r)[0]
	if s := w.main.next(t); s.Message != id {
		t.Errorf("%+v", s)
	}
	if m := w.message(id); m.Events[0].Detail.Because != "the word STOP" {
		t.Errorf("%+v", m.Events[0])
	}
	w.inboundTo(desk, other, "STOP")
	if !w.blocked(desk) {
		t.Error("not blocked")
	}
}
