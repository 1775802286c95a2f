package audit

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Options is what a watch is built from. Both are needed.
type Options struct {
	Now wirechief.Clock
	IDs wirechief.IDs
}

// Watch gives a store that keeps an audit log of what goes through it. Its
// reads are those of s.
func Watch(s wirechief.Store, o Options) wirechief.Store { return &watched{s, o} }

type watched struct {
	wirechief.Store
	Options
}

// Apply implements [wirechief.Store].
func (w *watched) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	first := firstOf(commands)
	if first < 0 {
		return w.Store.Apply(ctx, commands...)
	}
	b := batch{ctx: ctx, w: w, now: w.Now().UTC(), pending: make(map[any]any)}
	b.p, b.known = wirechief.PrincipalIn(ctx)
	out := make([]wirechief.Command, len(commands)) // the caller's list stays as it is
	copy(out, commands)
	for i := first; i < len(out); i++ {
		c, err := b.look(out[i])
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return w.Store.Apply(ctx, out...)
}

// firstOf finds the first command that is looked at, -1 when none is. It is
// all that a message costs.
func firstOf(commands []wirechief.Command) int {
	for i := range commands {
		if isWatched(commands[i]) {
			return i
		}
	}
	return -1
}

func isWatched(c wirechief.Command) bool {
	switch c := c.(type) {
	case wirechief.PutEntity:
		return !unwatched(c.Kind)
	case wirechief.DropEntity:
		return !unwatched(c.Kind)
	case wirechief.PutNumber, wirechief.SetBalance, wirechief.PutContact, wirechief.DropContact, wirechief.PutOptOuts,
		wirechief.PutBulk, wirechief.ChangeConversation, wirechief.Forget:
		return true
	}
	return false
}

// unwatched are kinds that nobody configures.
func unwatched(kind wirechief.EntityKind) bool {
	switch kind {
	case wirechief.EntityLease, wirechief.EntitySession, wirechief.EntitySecret, wirechief.EntityKeyUse, wirechief.EntityCallback:
		return true
	}
	return false
}
