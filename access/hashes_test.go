package access

import (
	"context"
	"testing"

	"github.com/wirechief/wirechief"
)

// TestHashesAtOnce: no more than two at a time, and not too many who wait.
func TestHashesAtOnce(t *testing.T) {
	h := NewHashes()
	var done []func()
	for range hashesAtOnce {
		d, err := h.Enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Enter(ctx); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Error(err)
	}
	if _, err := h.Hash(ctx, "a password"); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Error(err)
	}
	for range hashesQueued {
		h.waiting <- struct{}{}
	}
	if _, err := h.Enter(t.Context()); wirechief.KindOf(err) != wirechief.Exhausted {
		t.Error(err)
	}
	for range changesQueued {
		h.changes <- struct{}{}
	}
	if _, err := h.Hash(t.Context(), "a password"); wirechief.KindOf(err) != wirechief.Exhausted {
		t.Error(err)
	}
	for range hashesQueued {
		<-h.waiting
	}
	for range changesQueued {
		<-h.changes
	}
	for _, d := range done {
		d()
	}
	if phc, err := h.Hash(t.Context(), "a password"); err != nil || !PasswordMatches(phc, "a password") {
		t.Error(phc, err)
	}
	if len(h.places)+len(h.waiting)+len(h.changes) != 0 {
		t.Error("places were not given back")
	}
}

// TestGateSharesHashes: signing in holds a place of the installation's.
func TestGateSharesHashes(t *testing.T) {
	h := NewHashes()
	w := newWorld(t, func(o *Options) { o.Hashes = h })
	for range hashesAtOnce {
		h.places <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.SignIn(ctx, Attempt{Email: ann, Password: password, Address: desk}); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Error(err)
	}
}
