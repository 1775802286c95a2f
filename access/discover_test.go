package access

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// TestDiscoverOnce: however many begin to sign on, the provider is asked once,
// a failure is remembered for some seconds, and the gate does not wait for an
// answer when it stops.
func TestDiscoverOnce(t *testing.T) {
	var asked atomic.Int32
	arrived, free := make(chan struct{}, 10), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		arrived <- struct{}{}
		select {
		case <-free:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer srv.Close()
	w := newWorld(t, func(o *Options) { o.OIDC = Provider{Issuer: srv.URL, ClientID: "wirechief"} })
	begin := func() error { _, _, err := w.BeginOIDC(t.Context(), "/"); return err }
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := begin(); wirechief.KindOf(err) != wirechief.Unavailable {
				t.Error(err)
			}
		})
	}
	<-arrived
	free <- struct{}{}
	all.Wait()
	if err := begin(); wirechief.KindOf(err) != wirechief.Unavailable || asked.Load() != 1 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
	w.advance(sulk)
	all.Go(func() {
		if err := begin(); wirechief.KindOf(err) != wirechief.Unavailable {
			t.Error(err)
		}
	})
	<-arrived // and no answer comes
	begun := time.Now()
	if err := w.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	all.Wait()
	if took := time.Since(begun); took > providerTime/2 {
		t.Errorf("it waited %v", took)
	}
}
