package zendesktalk

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// Prefix is where the API lives.
const Prefix = "/api/v2/channels/voice"

// Core is what the dialect needs of the exchange.
type Core interface {
	Authenticate(ctx context.Context, l exchange.Login) (wirechief.Principal, error)

	NumberByID(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Number, error)
	FindNumbers(ctx context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int)
	EachNumber(ctx context.Context, p wirechief.Principal, f wirechief.NumberFilter, do func(*wirechief.Number) bool)
	ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error)
	SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error)
	Quote(tenant, number string) string
	Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error)
	Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)

	Addresses() exchange.Shelf[wirechief.Address]
	Agents() exchange.Shelf[wirechief.Agent]
	Brands() exchange.Shelf[wirechief.Brand]
	Groups() exchange.Shelf[wirechief.Group]
	Schedules() exchange.Shelf[wirechief.Schedule]
	Greetings() exchange.Shelf[wirechief.Greeting]
	IVRs() exchange.Shelf[wirechief.IVR]
	DigitalLines() exchange.Shelf[wirechief.DigitalLine]
	AccountVoice() exchange.Shelf[wirechief.AccountVoice]
	CallbackRequests() exchange.Shelf[wirechief.CallbackRequest]

	PutGreetingAudio(ctx context.Context, p wirechief.Principal, key, name string, r io.Reader) (wirechief.Greeting, error)
	GreetingAudio(ctx context.Context, tenant, key string) (wirechief.Greeting, io.ReadSeekCloser, error)
}

// Options are what a deployment chooses.
type Options struct {
	// PublicURL is how the outside reaches us. Links begin with it when it is
	// https and the request came without TLS, through a proxy that is; else
	// they begin with what the client used.
	PublicURL string
	PerMinute int              // requests of one tenant; 0: [DefaultPerMinute]
	Now       func() time.Time // nil: the machine's
	Log       *slog.Logger     // nil: nothing is logged
}

// call is one request that has been let in.
type call struct {
	w      http.ResponseWriter
	r      *http.Request
	p      wirechief.Principal // p.Tenant is whose things it is about
	params []string            // of the path, in order
	query  url.Values
	body   []byte // of POST and PUT, but not of an upload; valid until the handler returns
}

// handler serves a call, or says why not. Errors of the core go through
// [renamed] first, so that they name the vendor's properties.
type handler func(s *server, c *call) error

type server struct {
	core    Core
	log     *slog.Logger
	now     func() time.Time
	public  *url.URL // nil: none that links begin with
	limit   *limiter
	exports *limiter // of incremental exports
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
		core: core, log: o.Log, now: o.Now, public: secureURL(o.PublicURL), limit: newLimiter(o.PerMinute),
		exports: newLimiter(exportsPerMinute),
		table:   dialect.NewPaths(Prefix, false, slices.Concat(phoneNumberRoutes(), resourceRoutes())),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

// ServeHTTP finds the route (zendesktalk: every call, .json), lets the client in,
// counts the request and reads the body, in this order: 404 and 405 before 401,
// 401 before 400.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Zendesk-API-Version", "v2")
	route, params, allowed := s.table.Find(r.Method, strings.TrimSuffix(r.URL.EscapedPath(), ".json"))
	switch {
	case route != nil:
	case len(allowed) > 0:
		refuseMethod(w, allowed)
		return
	default:
		refuseEndpoint(w)
		return
	}
	login, ok := readLogin(r.Header)
	if !ok {
		refuseLogin(w, login.Scheme)
		return
	}
	login.Address = dialect.Address(r)
	p, err := s.core.Authenticate(r.Context(), login)
	if wirechief.KindOf(err) == wirechief.Unauthenticated {
		refuseLogin(w, login.Scheme)
		return
	}
	if err == nil {
		err = s.count(w, p.Tenant)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	c := call{w: w, r: dialect.Known(r, p), p: p, params: params}
	if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		s.refuse(w, r, wirechief.Errorf(wirechief.Invalid, "the query is malformed"))
		return
	}
	// GET and DELETE come with a content type and without a body: none is read.
	if (r.Method == http.MethodPost || r.Method == http.MethodPut) && !isUpload(r) {
		buf := s.buffers.Get().(*bytes.Buffer)
		defer s.buffers.Put(buf)
		if err := dialect.ReadBody(w, r, buf); err != nil {
			s.refuse(w, r, err)
			return
		}
		c.body = buf.Bytes()
	}
	if err := route.Handle(s, &c); err != nil {
		s.refuse(w, r, err)
	}
}

// count counts a request and says so in the headers (zendesktalk: every call,
// X-Rate-Limit, X-Rate-Limit-Remaining, ratelimit-limit, ratelimit-remaining,
// ratelimit-reset).
func (s *server) count(w http.ResponseWriter, tenant string) error {
	limit, left, reset, ok := s.limit.take(tenant, s.now())
	h := w.Header()
	for _, f := range []struct {
		name  string
		value int
	}{
		{"X-Rate-Limit", limit},
		{"X-Rate-Limit-Remaining", left},
		{"Ratelimit-Limit", limit},
		{"Ratelimit-Remaining", left},
		{"Ratelimit-Reset", reset},
	} {
		h.Set(f.name, strconv.Itoa(f.value))
	}
	if ok {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(reset))
	return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleRate, "%d requests a minute have been made; wait %d seconds", limit, reset)
}

// id gives a parameter of the path as an id. What is no id is of nothing.
func (c *call) id(i int) (int64, error) {
	id, err := strconv.ParseInt(c.params[i], 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != c.params[i] {
		return 0, wirechief.Errorf(wirechief.NotFound, "there is nothing of the id %q", c.params[i])
	}
	return id, nil
}

// flag reads a boolean of the query as clients write it. An absent or empty one
// is not set.
func (c *call) flag(name string) (value, set bool, _ error) {
	switch v := c.query.Get(name); v {
	case "":
		return false, false, nil
	case "true", "True", "1":
		return true, true, nil
	case "false", "False", "0":
		return false, true, nil
	default:
		return false, false, wirechief.Errorf(wirechief.Invalid, "%s: %q is neither true nor false", name, v)
	}
}
