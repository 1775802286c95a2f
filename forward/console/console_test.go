package console_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/console"
)

func delivery(t *testing.T, body any) *wirechief.Delivery {
	t.Helper()
	doc, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return &wirechief.Delivery{Tenant: "acme", Kind: wirechief.KindConsole, Destination: "Chat", Body: doc}
}

func TestSend(t *testing.T) {
	s := console.New(nil)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx    context.Context
		body   any
		left   wirechief.Disposition
		reason wirechief.Reason
		class  string
	}{
		"a text":   {t.Context(), forward.Console{Message: 1, Channel: "Chat"}, wirechief.Done, wirechief.ReasonNone, "2xx"},
		"nothing":  {t.Context(), forward.Console{}, wirechief.Final, wirechief.ReasonContent, "content"},
		"no JSON":  {t.Context(), 1, wirechief.Final, wirechief.ReasonContent, "content"},
		"shutdown": {over, forward.Console{Message: 1}, wirechief.Retry, wirechief.ReasonShutdown, ""},
	} {
		a, o := s.Send(tt.ctx, delivery(t, tt.body), time.Second)
		if o.Disposition != tt.left || o.Reason != tt.reason || (a == nil) != (tt.class == "") || a != nil && (a.Class != tt.class || a.At.IsZero() || a.N != 0) {
			t.Errorf("%s: %+v %+v", name, a, o)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s, n := console.New(nil), atomic.Int64{}
	var all sync.WaitGroup
	for i := range int64(100) {
		d := delivery(t, forward.Console{Message: i + 1})
		all.Go(func() {
			if _, o := s.Send(t.Context(), d, time.Second); o.Disposition == wirechief.Done {
				n.Add(1)
			}
		})
	}
	all.Wait()
	if n.Load() != 100 {
		t.Errorf("%d of 100", n.Load())
	}
}
