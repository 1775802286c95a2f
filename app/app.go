package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/audit"
	"github.com/wirechief/wirechief/bulk"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/forward/email"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/media"
	"github.com/wirechief/wirechief/observe"
	"github.com/wirechief/wirechief/report"
	"github.com/wirechief/wirechief/server"
	"github.com/wirechief/wirechief/store/sqlite"
)

// mediaFolder is where the files of messages are, below the data folder.
const mediaFolder = "media"

// requestsEnd is how long requests under way may take once we stop.
const requestsEnd = 10 * time.Second

// Options is what the program brings beside the configuration.
type Options struct {
	Log     *slog.Logger
	Now     wirechief.Clock // nil: the machine's
	Version wire.Version
	Demo    bool // shows the handset of the simulator in the console
}

// App is the whole program. Make it with [New].
type App struct {
	cfg      *config.Config
	log      *slog.Logger
	now      wirechief.Clock
	ran      bool // the mark of this run is in the data folder
	token    wirechief.Secret
	metrics  *observe.Metrics
	health   *observe.Health
	store    *sqlite.Store
	watched  wirechief.Store // the same, and what it commits is told to hub and reports
	hub      *feed.Hub
	reports  *report.Collector
	guard    *egress.Guard
	keeper   *media.Keeper
	engine   *delivery.Engine
	exchange *exchange.Exchange
	bulk     *bulk.Office
	people   people
	public   *server.Listener
	private  *server.Listener // metrics and health; nil when there is none
	inbox    *email.Inbox     // of answers by mail; nil when there is none
	handlers struct{ public, private http.Handler }
	started  time.Time

	once    sync.Once
	cancel  context.CancelFunc // ends the sweeper
	swept   chan struct{}
	stopErr error
}

// New opens the store and the sockets, and joins the parts. Nothing is served,
// sent or delivered before Start.
func New(ctx context.Context, cfg *config.Config, o Options) (_ *App, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{cfg: cfg, log: o.Log, now: o.Now, metrics: observe.NewMetrics(), swept: make(chan struct{}), started: o.Now()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close(ctx))
		}
	}()
	links, err := carriers(cfg, carrier.Services{Log: o.Log, Now: o.Now})
	if err != nil {
		return nil, err
	}
	if err := a.listen(); err != nil {
		return nil, err
	}
	a.store, err = sqlite.Open(ctx, cfg.DataDir, sqlite.Options{Log: o.Log, Now: o.Now, OnCommit: a.metrics.Committed})
	if err != nil {
		return nil, err
	}
	last, err := a.store.LastID(ctx)
	if err != nil {
		return nil, err
	}
	ids := ident.New(o.Now, last)
	a.hub = feed.New(feed.Options{Now: o.Now})
	a.reports = report.New(report.Options{Store: a.store, Now: o.Now, Log: o.Log})
	// The audit log is next to the store: what is told to the live parts is the
	// change itself.
	audited := audit.Watch(a.store, audit.Options{Now: o.Now, IDs: ids})
	a.watched = feed.Watch(audited, a.hub, a.reports.Tap, func(commands []wirechief.Command, results []wirechief.Result) {
		a.people.presence.Committed(commands, results)
	})
	if a.token, err = token(cfg); err != nil {
		return nil, err
	}
	if err := a.outward(o, ids); err != nil {
		return nil, err
	}
	a.newPresence(ids)
	a.exchange = exchange.New(exchange.Options{
		Store: a.watched, Carriers: links, Routes: routes(cfg), IDs: ids, Deliver: a.engine,
		Formats: formats(func(tenant string) string { return a.exchange.Workspace(tenant) }, a.keeper.Link),
		Guard:   a.guard, Media: a.keeper, Audio: a.keeper, Speech: cfg.Speech.SynthesisURL != "", Now: o.Now, Log: o.Log, Meter: a.metrics,
		Validity: cfg.Messages.Validity, Join: cfg.Messages.Join,
		Reservation: cfg.Numbers.Reservation, Aging: cfg.Numbers.Aging,
		Presence: a.people.presence, Blocked: a.blocked,
	})
	a.bulk = bulk.New(bulk.Options{Store: a.watched, Sender: a.exchange, Judge: a.exchange, IDs: ids, Now: o.Now, Log: o.Log})
	if err := a.newPeople(o, ids); err != nil {
		return nil, err
	}
	a.health = observe.NewHealth(a.store.Check)
	a.metrics.Collect(o.Now, a.carrierGauges, a.laneGauges)
	public, private := a.mounts(links, o.Version)
	a.handlers.public = server.Behind(cfg.HTTP.Proxies(), server.NewRouter(public, a.metrics, o.Log))
	a.warnOfProxy()
	a.handlers.private = server.NewRouter(private, nil, o.Log)
	return a, nil
}

// Start begins everything, the inside first. When it returns nil, the server
// is ready.
func (a *App) Start(ctx context.Context) error {
	if err := a.reports.Start(ctx); err != nil {
		return err
	}
	if err := a.exchange.Load(ctx); err != nil {
		return err
	}
	if err := a.people.load(ctx); err != nil {
		return err
	}
	if err := a.applyState(ctx); err != nil {
		return err
	}
	if err := a.running(); err != nil {
		return err
	}
	if err := a.engine.Start(ctx); err != nil {
		return err
	}
	if err := a.people.start(ctx); err != nil {
		return err
	}
	if err := a.exchange.Start(ctx); err != nil {
		return err
	}
	if err := a.bulk.Start(ctx); err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	go a.sweep(run)
	a.public.Start(a.handlers.public)
	if a.private != nil {
		a.private.Start(a.handlers.private)
	}
	if a.inbox != nil {
		a.inbox.Start()
	}
	a.health.SetReady(true)
	a.log.InfoContext(ctx, "ready", "url", a.URL(), "observe", a.observeAddress(), "data", a.cfg.DataDir,
		"carriers", len(a.cfg.Carriers), "took", a.now().Sub(a.started).Round(time.Millisecond))
	return nil
}

func (a *App) applyState(ctx context.Context) error {
	f, err := readState(a.cfg)
	if f == nil || err != nil {
		return err
	}
	ctx = wirechief.WithPrincipal(ctx, wirechief.Principal{Operator: true, Name: "state file"})
	changes, err := a.exchange.ApplyAtStart(ctx, f)
	if err != nil {
		return &wirechief.Error{Op: "state", Kind: wirechief.KindOf(err), Message: a.cfg.State + ": " + wirechief.MessageOf(err), Err: errors.Unwrap(err)}
	}
	if len(changes) > 0 {
		a.log.InfoContext(ctx, "the state file is applied", "file", a.cfg.State, "changes", len(changes))
	}
	return nil
}

// Stop takes no new work, lets what is under way end, and closes the store.
// What ctx does not leave time for is kept all the same: it is in the store.
func (a *App) Stop(ctx context.Context) error {
	a.once.Do(func() { a.stopErr = a.close(ctx) })
	return a.stopErr
}

func (a *App) close(ctx context.Context) error {
	var errs []error
	if a.health != nil {
		a.health.SetReady(false)
	}
	if a.hub != nil {
		a.hub.Close() // open streams end
	}
	if a.people.console != nil {
		a.people.console.Close()
	}
	if a.public != nil {
		// A client that is slow, or wants to be, must not use up the time of what
		// is on its way to carriers and customers.
		some, cancel := context.WithTimeout(ctx, requestsEnd)
		if err := a.public.Stop(some); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
		cancel()
	}
	if a.inbox != nil {
		some, cancel := context.WithTimeout(ctx, requestsEnd)
		if err := a.inbox.Stop(some); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
		cancel()
	}
	if a.bulk != nil {
		errs = append(errs, a.bulk.Stop(ctx))
	}
	if a.exchange != nil {
		errs = append(errs, a.exchange.Stop(ctx))
	}
	if a.engine != nil {
		err := a.engine.Stop(ctx)
		a.rested(ctx, err)
		errs = append(errs, err)
	}
	errs = append(errs, a.people.stop(ctx))
	if a.cancel != nil {
		a.cancel()
		<-a.swept
	}
	if a.private != nil {
		errs = append(errs, a.private.Stop(ctx))
	}
	if a.reports != nil {
		errs = append(errs, a.reports.Stop(ctx))
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}

// Failed tells, once, that the disk failed to keep what was written. Nothing is
// accepted any more; the program should end.
func (a *App) Failed() <-chan error { return a.store.Failed() }

// URL is where the server is reached: the configured address, or that of the listener.
func (a *App) URL() string {
	if a.cfg.HTTP.PublicURL != "" {
		return strings.TrimRight(a.cfg.HTTP.PublicURL, "/")
	}
	scheme := "http://"
	if a.cfg.HTTP.TLS.Cert != "" {
		scheme = "https://"
	}
	address := a.public.Addr().String()
	// Where it listens on everything, this machine reaches it by its own name.
	if t, ok := a.public.Addr().(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		address = net.JoinHostPort("127.0.0.1", strconv.Itoa(t.Port))
	}
	return scheme + address
}

// Address is where the server listens.
func (a *App) Address() net.Addr { return a.public.Addr() }

// Token is the operator's.
func (a *App) Token() wirechief.Secret { return a.token }

func (a *App) observeAddress() string {
	if a.private == nil {
		return "none"
	}
	return a.private.Addr().String()
}

// sweep removes media files whose links have ended, once an hour.
func (a *App) sweep(ctx context.Context) {
	defer close(a.swept)
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := a.keeper.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "old media could not be removed; trying again in an hour", "folder", filepath.Join(a.cfg.DataDir, mediaFolder), "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
