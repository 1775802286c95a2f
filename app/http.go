package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/dialect/message2give"
	"github.com/wirechief/wirechief/dialect/zendesktalk"
	"github.com/wirechief/wirechief/observe"
	"github.com/wirechief/wirechief/server"
)

// endpoint is a carrier that is told things over HTTP.
type endpoint interface {
	WebhookPath() string // empty: it is told nothing
	Webhook() http.Handler
}

// listen opens the sockets.
func (a *App) listen() error {
	var err error
	h := &a.cfg.HTTP
	if a.public, err = server.Listen(h.Listen, h.TLS.Cert, h.TLS.Key, a.log); err != nil {
		return cannotListen("http.listen", err)
	}
	if a.cfg.Observe.Listen == "" {
		return nil
	}
	if a.private, err = server.Listen(a.cfg.Observe.Listen, "", "", a.log); err != nil {
		return cannotListen("observe.listen", err)
	}
	return nil
}

// mounts says which path belongs to whom on the public listener, and which on
// the private one, where profiles of the running program can be taken too.
func (a *App) mounts(links []carrier.Carrier, v wire.Version) (public, private []server.Mount) {
	health := []server.Mount{
		{Prefix: "/healthz", Handler: http.HandlerFunc(a.health.Healthz)},
		{Prefix: "/readyz", Handler: http.HandlerFunc(a.health.Readyz)},
		{Prefix: "/metrics", Handler: a.metrics.Handler()},
	}
	public = append([]server.Mount{
		{Prefix: bulkvs.Prefix, AnyCase: true, Name: wirechief.DialectBulkVS, Handler: bulkvs.New(a.exchange, bulkvs.Options{Log: a.log})},
		{Prefix: fonedynamics.Prefix, AnyCase: true, Name: wirechief.DialectFoneDynamics, Handler: fonedynamics.New(a.exchange, fonedynamics.Options{Log: a.log})},
		{Prefix: zendesktalk.Prefix, Name: wirechief.DialectZendesk, Handler: zendesktalk.New(a.exchange, zendesktalk.Options{PublicURL: a.cfg.HTTP.PublicURL, Log: a.log})},
		{Prefix: message2give.Prefix, Name: wirechief.DialectMessage2Give, Handler: message2give.New(a.exchange, message2give.Options{Log: a.log})},
		{Prefix: api.Prefix, Name: wirechief.DialectOwn, Handler: api.New(api.Options{
			Core: a.exchange, AdminToken: a.token, Link: a.keeper.Link, Backup: a.backup, Bulk: a.bulk, Desk: a.people.desk, Presence: a.people.presence, Reports: a.reports.Report, Version: v, Log: a.log,
		})},
		{Prefix: "/media", Name: "media", Handler: a.keeper.Handler(a.store)},
		{Prefix: "/", Name: "console", Handler: a.people.console},
	}, health...)
	private = append([]server.Mount{
		{Prefix: "/debug/pprof", Handler: http.HandlerFunc(pprof.Index)},
		{Prefix: "/debug/pprof/profile", Handler: http.HandlerFunc(pprof.Profile)},
		{Prefix: "/debug/pprof/trace", Handler: http.HandlerFunc(pprof.Trace)},
	}, health...)
	for _, c := range links {
		if e, ok := c.(endpoint); ok && e.WebhookPath() != "" {
			public = append(public, server.Mount{Prefix: e.WebhookPath(), Name: "carrier", Handler: e.Webhook()})
		}
	}
	return public, private
}

// warnOfProxy tells the operator of a proxy that nobody has been told of: the
// throttle would count all people as one, and the audit log know one address.
func (a *App) warnOfProxy() {
	h := &a.cfg.HTTP
	if strings.HasPrefix(strings.ToLower(h.PublicURL), "https://") && h.TLS.Cert == "" && len(h.TrustedProxies) == 0 {
		a.log.Warn("http.public_url is https and this serves plain HTTP: name the reverse proxy in http.trusted_proxies, else all people count as one address", "public_url", h.PublicURL)
	}
}

func cannotListen(key string, err error) error {
	return &wirechief.Error{Op: "listen", Kind: wirechief.Invalid, Message: fmt.Sprintf("%s: %v", key, err), Err: err}
}

// carrierGauges is the state of the carriers for metrics.
func (a *App) carrierGauges() []observe.CarrierGauge {
	views := a.exchange.Carriers(context.Background())
	out := make([]observe.CarrierGauge, len(views))
	for i, v := range views {
		out[i] = observe.CarrierGauge{
			Name: v.Name, State: string(v.Status.State), Up: v.Status.State == carrier.Up || v.Status.State == carrier.Degraded,
			Connections: v.Status.Connections, Outstanding: v.Status.Outstanding, Queue: v.Queue, Oldest: v.Oldest, Rate: v.Status.Rate,
		}
	}
	return out
}
