package smpp

import (
	"math"
	"time"
)

// pacer decides when a message may leave: a token bucket in segments, whose
// rate is the configured one until the peer says that it is too much. Then the
// rate is halved, and creeps up again while the peer is content: additive
// increase, multiplicative decrease. It is pure: every call has the time.
type pacer struct {
	limit float64 // configured segments a second, 0: none

	rate    float64   // allowed now, 0: no limit
	tokens  float64   // negative after a message of many segments
	filled  time.Time // when tokens was right
	step    float64   // what the rate grows by in a second
	goal    float64   // the rate at which a slowed link is free again
	slowed  bool
	halved  time.Time // when the rate was halved last
	crept   time.Time // until when growth has been added
	content int       // segments taken by the peer since counted
	counted time.Time
	usual   float64 // segments a second that the peer took lately
}

const (
	// One window's worth of refusals says the same thing many times: after a
	// halving, further ones are not heard for this long.
	halvingPause = 500 * time.Millisecond
	lowestRate   = 1.0
	// What may leave at once after a pause. Little, for carriers count in short
	// spans, but no less than the timer's precision costs.
	burstTime = 20 * time.Millisecond
	measure   = time.Second
)

// newPacer begins with the configured rate, 0 for none.
func newPacer(limit float64, now time.Time) pacer {
	p := pacer{limit: limit, rate: limit, filled: now, counted: now}
	p.tokens = p.burst()
	return p
}

func (p *pacer) burst() float64 { return max(1, p.rate*burstTime.Seconds()) }

// take asks to let n segments leave. 0 grants it; else it is how long to wait
// before asking again. A message of many segments leaves as soon as one could,
// and those after it wait for all of it.
func (p *pacer) take(now time.Time, n int) time.Duration {
	p.creep(now)
	if p.rate == 0 {
		return 0
	}
	if d := now.Sub(p.filled); d > 0 {
		p.tokens = min(p.burst(), p.tokens+p.rate*d.Seconds())
		p.filled = now
	}
	if lack := 1 - p.tokens; lack > 1e-9 {
		return time.Duration(math.Ceil(lack / p.rate * float64(time.Second)))
	}
	p.tokens -= float64(n)
	return 0
}

// taken counts segments that the peer took.
func (p *pacer) taken(now time.Time, n int) {
	p.content += n
	if d := now.Sub(p.counted); d >= measure {
		p.usual = float64(p.content) / d.Seconds()
		p.content, p.counted = 0, now
	}
}

// refused halves the rate. It says whether the rate has changed.
func (p *pacer) refused(now time.Time) bool {
	p.creep(now)
	if p.slowed && now.Sub(p.halved) < halvingPause {
		return false
	}
	from := p.rate
	if from == 0 { // no limit so far: begin from what really went through
		from = max(p.usual, float64(p.content)/max(now.Sub(p.counted), 100*time.Millisecond).Seconds())
	}
	if !p.slowed {
		p.goal = p.limit
		if p.limit == 0 {
			p.goal = 2 * max(from, 2*lowestRate)
		}
		p.step = max(lowestRate, p.goal/60) // back within a minute or two
	}
	p.slowed = true
	p.rate = max(lowestRate, from/2)
	if p.limit > 0 {
		p.rate = min(p.rate, p.limit)
	}
	p.tokens = min(p.tokens, 0)
	p.filled, p.halved, p.crept = now, now, now
	return true
}

// creep adds what the rate has grown since it was last looked at.
func (p *pacer) creep(now time.Time) {
	if !p.slowed {
		return
	}
	d := now.Sub(p.crept)
	if d <= 0 {
		return
	}
	p.crept = now
	p.rate += p.step * d.Seconds()
	if p.rate >= p.goal {
		p.rate, p.slowed = p.limit, false
		p.tokens = min(p.tokens, p.burst())
	}
}
