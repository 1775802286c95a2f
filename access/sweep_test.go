package access

import (
	"context"
	"sync"
	"testing"
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
	for name, end := range map[string]func(*world, Session) error{
		"signed out": func(w *world, s Session) error { return w.SignOut(t.Context(), s.Token.Reveal()) },
		"revoked":    func(w *world, s Session) error { return w.Revoke(t.Context(), s.Principal, s.ID) },
	} {
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
		go func() { ended <- end(w, s) }()
		select { // it waits for the sweep, or commits before it
		case err := <-ended:
			ended <- err
		case <-time.After(20 * time.Millisecond):
		}
		close(store.free)
		if err := <-swept; err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		w.start(t)
		if _, err := w.Session(t.Context(), s.Token.Reveal()); wirechief.KindOf(err) != wirechief.Unauthenticated {
			t.Errorf("%s: it lives again: %v", name, err)
		}
	}
}
