package fonedynamics

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// Prefix is where the API lives, in any case of letters.
const Prefix = "/v2"

// Core is what the dialect needs of the exchange.
type Core interface {
	Authenticate(ctx context.Context, l exchange.Login) (wirechief.Principal, error)
	Tenant(ctx context.Context, id string) (wirechief.Tenant, error)
	HashPassword(ctx context.Context, password wirechief.Secret) (string, error)

	Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	FindNumbers(ctx context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int)
	ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error)
	SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error)
	Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error)
	Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)

	Addresses() exchange.Shelf[wirechief.Address]
	Flows() exchange.Shelf[wirechief.Flow]
	OnlineLogins() exchange.Shelf[wirechief.OnlineLogin]
	Properties() exchange.Shelf[wirechief.Property]

	messageCore
}

// Options are what a deployment chooses.
type Options struct {
	Log *slog.Logger    // nil: nothing is logged
	Now wirechief.Clock // nil: the machine's
}

// call is one request that has been let in.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	p    wirechief.Principal
	in   params
	body []byte // as it came; valid until the handler returns
}

// ctx is the request's.
func (c *call) ctx() context.Context { return c.r.Context() }

// account is the AccountSid: the name of the credential.
func (c *call) account() string { return c.p.Name }

// handler serves a call, or says why not.
type handler func(s *server, c *call) error

type server struct {
	core    Core
	log     *slog.Logger
	now     wirechief.Clock
	table   *dialect.Paths[handler]
	buffers sync.Pool // of *bytes.Buffer: request bodies
}

// New makes the handler of everything under [Prefix].
func New(core Core, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &server{
		core: core, log: o.Log, now: o.Now,
		table:   dialect.NewPaths(Prefix, true, routes()),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

func routes() []dialect.Route[handler] {
	return slices.Concat(numberRoutes(), accountRoutes(), messageRoutes())
}

// ServeHTTP finds the route, lets the client in and reads the parameters, in
// this order: 404 and 405, 401, then 400.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, values, allowed := s.table.Find(r.Method, r.URL.EscapedPath())
	switch {
	case route != nil:
	case len(allowed) > 0:
		s.refuseMethod(w, allowed)
		return
	default:
		s.refusePath(w)
		return
	}
	p, err := s.authenticate(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	buf := s.buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= 2*dialect.MaxBody { // a large batch does not keep its memory for good
			s.buffers.Put(buf)
		}
	}()
	most := int64(dialect.MaxBody)
	if route.Path == batchPath {
		most = maxBatch
	}
	if err := dialect.ReadBodyOf(w, r, buf, most); err != nil {
		s.refuse(w, r, err)
		return
	}
	c := call{w: w, r: dialect.Known(r, p), p: p, body: buf.Bytes()}
	if c.in, err = readParams(r, c.body); err != nil {
		s.refuse(w, r, err)
		return
	}
	c.in.addPath(route.Path, values)
	if err := route.Handle(s, &c); err != nil {
		s.refuse(w, r, err)
	}
}

// fonedynamics: every call, Authorization: Basic, with the AccountSid and its token.
func (s *server) authenticate(r *http.Request) (wirechief.Principal, error) {
	if scheme, rest := dialect.SplitAuthorization(r.Header.Get("Authorization")); scheme == "basic" {
		if user, password, ok := dialect.DecodeBasic(rest); ok {
			return s.core.Authenticate(r.Context(), exchange.Login{Dialect: wirechief.DialectFoneDynamics, Name: user, Secret: password, Address: dialect.Address(r)})
		}
	}
	return wirechief.Principal{}, wirechief.Errorf(wirechief.Unauthenticated, "the credentials are missing or wrong")
}

// answer writes what a call that succeeded gives back: always 200.
func (s *server) answer(c *call, v any) error {
	s.write(c.w, http.StatusOK, v)
	return nil
}

func (s *server) write(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // only strings, bools, numbers and lists of them: cannot fail
		s.log.Error("an answer could not be written", "error", err)
	}
	body := bytes.TrimRight(buf.Bytes(), "\n")
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // an error means that the client has gone
}
