package access

import (
	"context"

	"github.com/wirechief/wirechief"
)

// How much hashing goes on at once: each takes 64 MiB.
const (
	hashesAtOnce  = 2
	hashesQueued  = 64 // who may wait to come in
	changesQueued = 16 // who may wait to set a password; fewer, so that they keep nobody out
)

// Hashes bounds the hashing of passwords of a whole installation: there is one,
// and whoever computes a hash holds a place of it. Make it with [NewHashes].
type Hashes struct {
	places  chan struct{} // who computes a hash holds one
	waiting chan struct{} // who waits for that
	changes chan struct{} // who waits or computes to set a password
}

// NewHashes has all its places free.
func NewHashes() *Hashes {
	return &Hashes{
		places: make(chan struct{}, hashesAtOnce), waiting: make(chan struct{}, hashesQueued), changes: make(chan struct{}, changesQueued),
	}
}

func crowded(message string) error {
	return &wirechief.Error{Op: "password", Kind: wirechief.Exhausted, Rule: wirechief.RuleRate, Message: message}
}

// Hash gives the PHC string of a password that somebody is to have, when there
// is a place to compute it: kind Exhausted (RuleRate) when too many wait.
func (h *Hashes) Hash(ctx context.Context, password wirechief.Secret) (string, error) {
	select {
	case h.changes <- struct{}{}:
		defer func() { <-h.changes }()
	default:
		return "", crowded("many passwords are set just now; try again in a moment")
	}
	done, err := h.Wait(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return HashPassword(password), nil
}

// Enter takes a place for somebody who wants to come in; done gives it back.
// Kind Exhausted (RuleRate) when too many wait.
func (h *Hashes) Enter(ctx context.Context) (done func(), err error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, crowded("many people sign in just now; try again in a moment")
	}
	return h.Wait(ctx)
}

// Wait takes a place however many wait: for who comes one at a time.
func (h *Hashes) Wait(ctx context.Context) (done func(), err error) {
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places }, nil
	case <-ctx.Done():
		return nil, &wirechief.Error{Op: "password", Kind: wirechief.Unavailable, Message: "it was given up while others were served", Err: ctx.Err()}
	}
}
