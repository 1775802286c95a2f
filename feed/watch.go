package feed

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Tap is called after each commit with what was applied and what came of it,
// on the way of the result to the caller: it must be quick, and keep nothing of
// either. A command whose result has an error has changed nothing.
type Tap func(commands []wirechief.Command, results []wirechief.Result)

// Watch gives a store that tells the hub and the taps what it has committed.
// Reads, and everything else, are those of the store.
func Watch(s wirechief.Store, h *Hub, taps ...func(commands []wirechief.Command, results []wirechief.Result)) wirechief.Store {
	w := &watched{Store: s, hub: h}
	for _, t := range taps {
		w.taps = append(w.taps, t)
	}
	return w
}

type watched struct {
	wirechief.Store
	hub  *Hub
	taps []Tap
}

// Apply implements [wirechief.Store].
func (w *watched) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	results, err := w.Store.Apply(ctx, commands...)
	if err != nil || len(results) != len(commands) {
		return results, err
	}
	for _, tap := range w.taps {
		tap(commands, results)
	}
	if w.hub.Awake() {
		var few [8]Event // mostly there are no more, and it costs nothing to list them
		t := teller{ctx: ctx, s: w.Store, events: few[:0]}
		for i, c := range commands {
			if results[i].Err == nil {
				t.tell(c, &results[i])
			}
		}
		w.hub.Publish(t.events...)
	}
	return results, err
}
