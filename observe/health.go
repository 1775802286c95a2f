package observe

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// Health answers whether the process is up and whether it accepts.
type Health struct {
	ready atomic.Bool
	check func(context.Context) error
}

// NewHealth makes a health check that is not ready yet. check says whether the
// store can be written.
func NewHealth(check func(context.Context) error) *Health { return &Health{check: check} }

// SetReady says that the start is complete, or that the stop has begun.
func (h *Health) SetReady(ready bool) { h.ready.Store(ready) }

// Healthz answers 200 as long as the process can answer at all.
func (h *Health) Healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}

// Readyz answers 200 when messages are accepted, else 503 with the reason.
func (h *Health) Readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	reason := ""
	if !h.ready.Load() {
		reason = "starting or stopping"
	} else if err := h.check(ctx); err != nil {
		reason = "the store cannot be written"
	}
	if reason != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, reason)
		return
	}
	fmt.Fprintln(w, "ready")
}
