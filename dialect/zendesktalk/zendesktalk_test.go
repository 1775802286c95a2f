package zendesktalk_test

import (
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/dialect/zendesktalk"
	"github.com/wirechief/wirechief/test/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestWire plays testdata: every documented call, every refusal, and every
// shape of request that real clients send. The state is every number that
// anybody has, as the core has it. A header Advance lets time pass before the
// request.
func TestWire(t *testing.T) {
	dialecttest.Archives(t, "testdata/*_*.txt", func(t *testing.T, given string) dialecttest.Subject {
		w, core := newCore(t, given)
		h := newServer(w, core)
		return dialecttest.Subject{
			Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if d, err := time.ParseDuration(r.Header.Get("Advance")); err == nil {
					w.Advance(d)
				}
				h.ServeHTTP(rw, r)
			}),
			State: func() string { return stateOf(t, w) },
		}
	})
}

func newServer(w *world.World, core zendesktalk.Core) http.Handler {
	return zendesktalk.New(core, zendesktalk.Options{Now: w.Clock.Now})
}

func stateOf(t *testing.T, w *world.World) string {
	out := "no number is anybody's\n"
	list, _ := w.FindNumbers(t.Context(), wirechief.Principal{Operator: true}, wirechief.NumberFilter{States: []wirechief.NumberState{
		wirechief.NumberReserved, wirechief.NumberOrdered, wirechief.NumberPending, wirechief.NumberInService, wirechief.NumberAging,
	}})
	for i, n := range list {
		if i == 0 {
			out = ""
		}
		out += w.Dump(n.Number)
	}
	return out
}
