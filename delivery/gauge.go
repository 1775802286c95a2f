package delivery

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Gauge is the state of the deliveries of one kind at an instant.
type Gauge struct {
	Kind    string
	Lanes   int       // destinations with something pending
	Open    int       // circuit breakers open
	Pending int       // deliveries that wait or are under way
	Oldest  time.Time // when the oldest of them was made, about; zero: there is none
}

// Gauges gives the state of each kind that has lanes.
func (e *Engine) Gauges() []Gauge {
	e.mu.Lock()
	defer e.mu.Unlock()
	kinds := make(map[string]*Gauge)
	for key, l := range e.lanes {
		g := kinds[string(key.Kind)]
		if g == nil {
			g = &Gauge{Kind: string(key.Kind)}
			kinds[string(key.Kind)] = g
		}
		if l.breaker.open {
			g.Open++
		}
		if l.pending == 0 && len(l.front.waiting) == 0 && len(l.unsettled) == 0 {
			continue
		}
		g.Lanes++
		g.Pending += max(l.pending, len(l.front.waiting)+len(l.unsettled))
		older := func(at time.Time) {
			if !at.IsZero() && (g.Oldest.IsZero() || at.Before(g.Oldest)) {
				g.Oldest = at
			}
		}
		older(l.diskOldest)
		for _, en := range l.front.waiting {
			older(en.d.CreatedAt)
		}
		for _, f := range l.unsettled {
			older(f.e.d.CreatedAt)
		}
	}
	out := make([]Gauge, 0, len(kinds))
	for _, g := range slices.SortedFunc(maps.Values(kinds), func(a, b *Gauge) int { return cmp.Compare(a.Kind, b.Kind) }) {
		out = append(out, *g)
	}
	return out
}
