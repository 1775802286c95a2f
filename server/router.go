package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Mount is a handler and the paths that are its own.
type Mount struct {
	// Prefix is "/api/v1.0", which has itself and everything below it, or a
	// whole path as "/healthz".
	Prefix string
	// AnyCase says that the case of letters in the prefix does not matter.
	AnyCase bool
	// Name counts its requests in metrics; empty: they are not counted.
	Name    string
	Handler http.Handler
}

// Meter counts requests.
type Meter interface {
	Served(api string, code int, took time.Duration)
}

// Router sends each request to the mount with the longest prefix.
type Router struct {
	mounts []Mount
	meter  Meter
	log    *slog.Logger
}

// NewRouter joins the mounts. meter may be nil.
func NewRouter(mounts []Mount, meter Meter, log *slog.Logger) *Router {
	sorted := slices.Clone(mounts)
	slices.SortStableFunc(sorted, func(a, b Mount) int { return len(b.Prefix) - len(a.Prefix) })
	return &Router{sorted, meter, log}
}

// ServeHTTP implements [http.Handler].
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := rt.find(r.URL.Path)
	if m == nil {
		http.NotFound(w, r)
		return
	}
	rec := &recorder{ResponseWriter: w}
	start := time.Now()
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { // a handler's way to cut a broken answer off
				panic(v)
			}
			rt.log.ErrorContext(r.Context(), "a request made a handler panic", "api", m.Name, "method", r.Method, "panic", v, "stack", string(debug.Stack()))
			if rec.code == 0 {
				http.Error(rec, "an internal error occurred; it has been logged", http.StatusInternalServerError)
			}
		}
		if rt.meter != nil && m.Name != "" {
			rt.meter.Served(m.Name, rec.status(), time.Since(start))
		}
	}()
	m.Handler.ServeHTTP(rec, r)
}

func (rt *Router) find(path string) *Mount {
	for i := range rt.mounts {
		m := &rt.mounts[i]
		if m.Prefix == "/" {
			return m
		}
		if len(path) < len(m.Prefix) || len(path) > len(m.Prefix) && path[len(m.Prefix)] != '/' {
			continue
		}
		head := path[:len(m.Prefix)]
		if head == m.Prefix || m.AnyCase && strings.EqualFold(head, m.Prefix) {
			return m
		}
	}
	return nil
}

// recorder remembers the status for metrics.
type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 && code >= 200 { // 1xx come before the answer
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) status() int {
	if r.code == 0 {
		return http.StatusOK
	}
	return r.code
}
