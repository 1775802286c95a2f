package exchange

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Bounds of what is forwarded, for circles that pass through numbers elsewhere:
// nothing that comes back from there says how often it was forwarded.
const (
	// circleTime is how far back forwards are counted.
	circleTime = 10 * time.Minute
	// circleSame is how often in that time one text of one sender is forwarded
	// to one destination: a device that reports once a minute passes.
	circleSame = 10
	// circleShort is the same for what people say again and again: a picture
	// without words, "ok". What goes in a circle is there within minutes.
	circleShort = 60
	// circleAnswers is how many texts in that time are forwarded to a destination
	// that come from another destination of the number: people who talk to each
	// other over a number pass, two machines that answer each other do not.
	circleAnswers = 20
	circlesMost   = 100_000
)

// goesRound says why a text is not forwarded from a number of ours to another
// number, "" when it is; then it counts as forwarded, until undo.
func (x *Exchange) goesRound(m *wirechief.Message, to string, now time.Time) (because string, undo func()) {
	switch {
	case m.Hops >= MaxHops:
		return fmt.Sprintf("the text has been forwarded %d times already and goes in a circle; break the circle of forwards", m.Hops), nil
	case to == m.To:
		return "the number would forward to itself", nil
	case to == m.From:
		return "the text comes from there: nothing is forwarded to whoever sent it", nil
	}
	return x.circles.claim(m.To, m.From, to, m.Text, now)
}

// circles counts what was forwarded lately. It is memory: a restart lets a
// circle go round as often once more.
type circles struct {
	mu      sync.Mutex
	counts  map[loopKey][]time.Time
	reached map[[2]string]time.Time // by number and destination: the last forward
}

// loopKey is what is counted: forwards from a number to a destination, of one text
// of one sender, or of all that come from other destinations of the number.
type loopKey struct {
	number, to, from string
	text             [sha256.Size]byte
}

func (c *circles) claim(number, from, to, text string, now time.Time) (because string, undo func()) {
	same, answers := loopKey{number, to, from, sha256.Sum256([]byte(alike(text)))}, loopKey{number: number, to: to}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts, c.reached = make(map[loopKey][]time.Time), make(map[[2]string]time.Time)
	}
	most := circleSame
	if len(alike(text)) < sentLong {
		most = circleShort
	}
	if c.within(same, now) >= most {
		return fmt.Sprintf("this text of %s has been forwarded there %d times in %d minutes: it goes in a circle, or something repeats it",
			from, most, int(circleTime.Minutes())), nil
	}
	keys := []loopKey{same}
	if last, is := c.reached[[2]string{number, from}]; is && last.Add(circleTime).After(now) {
		if c.within(answers, now) >= circleAnswers {
			return fmt.Sprintf("%d texts of numbers that %s forwards to have been forwarded there in %d minutes: they answer each other",
				circleAnswers, number, int(circleTime.Minutes())), nil
		}
		keys = append(keys, answers)
	}
	c.makeRoom(now)
	for _, key := range keys {
		c.counts[key] = append(c.counts[key], now)
	}
	c.reached[[2]string{number, to}] = now
	return "", func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, key := range keys {
			if i := slices.Index(c.counts[key], now); i >= 0 {
				c.counts[key] = slices.Delete(c.counts[key], i, i+1)
			}
		}
	}
}

// within counts what was in the time, and forgets what was before.
func (c *circles) within(key loopKey, now time.Time) int {
	list, is := c.counts[key]
	if !is {
		return 0
	}
	list = slices.DeleteFunc(list, func(at time.Time) bool { return !at.Add(circleTime).After(now) })
	c.counts[key] = list
	return len(list)
}

// makeRoom forgets what counts no more, and everything rather than grow for ever.
func (c *circles) makeRoom(now time.Time) {
	if len(c.counts) < circlesMost && len(c.reached) < circlesMost {
		return
	}
	for key, list := range c.counts {
		if len(list) == 0 || !list[len(list)-1].Add(circleTime).After(now) {
			delete(c.counts, key)
		}
	}
	for key, at := range c.reached {
		if !at.Add(circleTime).After(now) {
			delete(c.reached, key)
		}
	}
	if len(c.counts) >= circlesMost || len(c.reached) >= circlesMost {
		clear(c.counts)
		clear(c.reached)
	}
}
