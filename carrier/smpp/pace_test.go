package smpp

import (
	"math"
	"testing"
	"time"
)

var epoch = time.Unix(1_700_000_000, 0)

// drive asks the pacer whenever it says that one should, for so long, and
// gives how many segments left.
func drive(p *pacer, from time.Time, d time.Duration, n int) (left int) {
	for now := from; now.Before(from.Add(d)); {
		if wait := p.take(now, n); wait > 0 {
			now = now.Add(wait)
			continue
		}
		left += n
	}
	return left
}

func TestPacerKeepsTheRate(t *testing.T) {
	for _, rate := range []float64{0.5, 1, 7, 30, 1000, 20_000} {
		for _, n := range []int{1, 3, 40} {
			p := newPacer(rate, epoch)
			const d = 100 * time.Second
			got := float64(drive(&p, epoch, d, n))
			if want := rate * d.Seconds(); math.Abs(got-want) > float64(n)+p.burst() {
				t.Errorf("%v a second, %d at a time: %v left in %v, want %v", rate, n, got, d, want)
			}
		}
	}
}

// TestPacerDoesNotSave: a pause earns no more than a little burst.
func TestPacerDoesNotSave(t *testing.T) {
	p := newPacer(100, epoch)
	if got := drive(&p, epoch.Add(time.Hour), 10*time.Millisecond, 1); got > 3 {
		t.Errorf("%d left within 10 ms after a pause", got)
	}
}

func TestPacerWithoutLimit(t *testing.T) {
	p := newPacer(0, epoch)
	for range 100_000 {
		if wait := p.take(epoch, 10); wait != 0 {
			t.Fatalf("wait %v", wait)
		}
	}
}

func TestPacerHalvesAndCreepsUp(t *testing.T) {
	p := newPacer(100, epoch)
	now := epoch
	if !p.refused(now) || p.rate != 50 {
		t.Errorf("the rate is %v after a refusal, want 50", p.rate)
	}
	for range 60 { // the rest of the window says the same
		if p.refused(now.Add(100 * time.Millisecond)) {
			t.Error("halved again by the same window")
		}
	}
	now = now.Add(time.Second)
	if !p.refused(now) || p.rate < 25 || p.rate > 27 {
		t.Errorf("the rate is %v after another refusal", p.rate)
	}
	last := p.rate
	for range 40 {
		now = now.Add(time.Second)
		p.creep(now)
		if p.rate <= last {
			t.Fatalf("the rate is %v, was %v", p.rate, last)
		}
		last = p.rate
	}
	now = now.Add(time.Minute)
	if p.creep(now); p.rate != 100 || p.slowed {
		t.Errorf("the rate is %v", p.rate)
	}
	for range 100 {
		now = now.Add(time.Second)
		p.refused(now)
	}
	if p.rate < lowestRate {
		t.Errorf("the rate is %v", p.rate)
	}
}

// TestPacerWithoutLimitSlowsDown: it begins from what really went through.
func TestPacerWithoutLimitSlowsDown(t *testing.T) {
	p := newPacer(0, epoch)
	now := epoch
	for range 5000 { // 1,000 a second
		now = now.Add(time.Millisecond)
		p.taken(now, 1)
	}
	if !p.refused(now) || p.rate < 400 || p.rate > 600 {
		t.Errorf("the rate is %v, want half of 1,000", p.rate)
	}
	if p.creep(now.Add(time.Hour)); p.rate != 0 || p.slowed {
		t.Errorf("the rate is %v, want none", p.rate)
	}
	fresh := newPacer(0, epoch)
	if !fresh.refused(epoch) || fresh.rate < lowestRate {
		t.Errorf("the rate is %v", fresh.rate)
	}
}
