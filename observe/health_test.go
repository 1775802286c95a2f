package observe_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/observe"
)

func get(h http.HandlerFunc) (int, string) {
	w := httptest.NewRecorder()
	h(w, httptest.NewRequest("GET", "/", nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestHealth(t *testing.T) {
	var trouble error
	checks := 0
	h := observe.NewHealth(func(ctx context.Context) error {
		checks++
		if _, limited := ctx.Deadline(); !limited {
			t.Error("a store that hangs would hang the check")
		}
		return trouble
	})
	for _, step := range []struct {
		name   string
		do     func()
		status int
		says   string
		checks int // of the store, so far
	}{
		{"while it starts", func() {}, 503, "starting or stopping", 0},
		{"ready", func() { h.SetReady(true) }, 200, "ready", 1},
		{"the disk is full", func() { trouble = errors.New("no space left on /srv/secret") }, 503, "the store cannot be written", 2},
		{"there is room again", func() { trouble = nil }, 200, "ready", 3},
		{"while it stops", func() { h.SetReady(false) }, 503, "starting or stopping", 3},
	} {
		step.do()
		if status, says := get(h.Readyz); status != step.status || says != step.says {
			t.Errorf("%s: /readyz is %d %q, want %d %q", step.name, status, says, step.status, step.says)
		}
		if checks != step.checks {
			t.Errorf("%s: the store was asked %d times, want %d", step.name, checks, step.checks)
		}
		if status, says := get(h.Healthz); status != 200 || says != "ok" {
			t.Errorf("%s: /healthz is %d %q; the process is up", step.name, status, says)
		}
	}
}
