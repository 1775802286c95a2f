package console

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/bulk"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/presence"
	"github.com/wirechief/wirechief/report"
)

// Options is what the console is built from. All but Demo, Now and Log are needed.
type Options struct {
	Exchange *exchange.Exchange
	Gate     *access.Gate
	Desk     *inbox.Desk
	Presence *presence.Tracker
	Bulk     *bulk.Office
	Reports  *report.Collector
	Hub      *feed.Hub
	Link     func(wirechief.MediaItem) wirechief.MediaLink // where a picture is
	// Show gives a number as each of the APIs would; nil: that is not shown.
	Show    func(ctx context.Context, p wirechief.Principal, number string) []Shown
	Version string
	// PublicURL is how the outside reaches us, for examples and cookies.
	PublicURL string
	// Demo shows the handset of the simulator.
	Demo bool
	Now  wirechief.Clock
	Log  *slog.Logger
}

// Console serves the pages. Make it with [New].
type Console struct {
	Options
	mux       *http.ServeMux
	origin    *http.CrossOriginProtection
	templates *template.Template
	static    *assets
	renders   renders
	streams   streams
	refusals  refusals

	// Streams end when the server does, else it would wait for them.
	closing chan struct{}
	close   sync.Once
}

// New builds the console. A template that does not parse is a defect, and said
// at once.
func New(o Options) (*Console, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Console{Options: o, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection(), closing: make(chan struct{})}
	var err error
	if c.static, err = newAssets(); err != nil {
		return nil, err
	}
	if c.templates, err = c.parse(); err != nil {
		return nil, err
	}
	for _, rt := range routes() {
		c.mux.Handle(rt.pattern, c.handle(rt))
	}
	c.mux.Handle("GET /static/", c.static)
	return c, nil
}

// ServeHTTP implements [http.Handler].
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	c.mux.ServeHTTP(w, r)
}

// policy lets nothing in but our own files; what a text says is never run.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Close ends the live streams, so that the server can stop.
func (c *Console) Close() { c.close.Do(func() { close(c.closing) }) }

// secure says whether cookies may only travel over TLS.
func (c *Console) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(c.PublicURL, "https://")
}

// statusOf is the HTTP status of a page that shows an error.
func statusOf(err error) int {
	switch wirechief.KindOf(err) {
	case wirechief.Invalid:
		return http.StatusUnprocessableEntity
	case wirechief.Unauthenticated:
		return http.StatusUnauthorized
	case wirechief.Forbidden:
		return http.StatusForbidden
	case wirechief.NotFound:
		return http.StatusNotFound
	case wirechief.Conflict, wirechief.Consent:
		return http.StatusConflict
	case wirechief.NotOffered:
		return http.StatusNotImplemented
	case wirechief.Exhausted:
		return http.StatusTooManyRequests
	case wirechief.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fieldOf is the field that an error is about.
func fieldOf(err error) string {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e.Field
	}
	return ""
}
