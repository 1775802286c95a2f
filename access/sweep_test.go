package access

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
)

// slow is a store that holds the commands of a sweep until it is let go.
type slow struct {
	*world
	once        sync.Once
	asked, free chan struct{}
}

func (s *slow) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	if _, ok := commands[0].(wirechief.PutEntity); ok && len(commands) == 1 {
		s.once.Do(func() { close(s.asked); <-s.free })
	}
	return s.world.Apply(ctx, commands...)
}

// TestEndedSessionStaysEnded: one that is signed out while it is written down
// does not come back by a restart.
func TestEndedSessionStaysEnded(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *world, Session) error{
		"signed out": func(t *testing.T, w *world, s Session) error { return w.SignOut(t.Context(), s.Token.Reveal()) },
		"revoked":    func(t *testing.T, w *world, s Session) error { return w.Revoke(t.Context(), s.Principal, s.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { endWhileSwept(t, end) })
		})
	}
}

func endWhileSwept(t *testing.T, end func(*testing.T, *world, Session) error) {
	w := newWorld(t)
	s := w.mustSignIn(t, ann, password)
	w.advance(time.Minute)
	if _, err := w.Session(t.Context(), s.Token.Reveal()); err != nil { // it is used
		t.Fatal(err)
	}
	store := &slow{world: w, asked: make(chan struct{}), free: make(chan struct{})}
	w.Store = store
	swept, ended := make(chan error, 1), make(chan error, 1)
	go func() { swept <- w.sweep(context.Background()) }()
	<-store.asked
	go func() { ended <- end(t, w, s) }()
	synctest.Wait() // until it waits for the sweep, or has committed before it
	close(store.free)
	if err := <-swept; err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	w.start(t)
	if _, err := w.Session(t.Context(), s.Token.Reveal()); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Errorf("it lives again: %v", err)
	}
}
