package app

import (
	"context"
	"errors"

	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/console"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/presence"
)

// people is what is there for people rather than for programs: who may come in,
// who is there, what they do with conversations, and the pages.
type people struct {
	gate     *access.Gate
	presence *presence.Tracker
	desk     *inbox.Desk
	console  *console.Console
}

// newPresence comes before the exchange, which asks it who is there.
func (a *App) newPresence(ids *ident.Source) {
	a.people.presence = presence.New(presence.Options{
		Store: a.store, IDs: ids, Now: a.now, Log: a.log,
		Changed: func(tenant string, agent int64) {
			a.hub.Publish(feed.Event{Tenant: tenant, Topic: feed.Presence, Kind: feed.Changed, ID: agent})
		},
	})
}

// newPeople builds the rest, over the exchange.
func (a *App) newPeople(o Options, ids *ident.Source) error {
	a.people.desk = inbox.New(inbox.Options{
		Store: a.watched, Sender: a.exchange, People: a.exchange.Agents(), Numbers: a.exchange, Ledger: a.exchange, IDs: ids, Now: o.Now, Log: o.Log,
	})
	a.people.gate = access.New(access.Options{
		Store: a.watched, People: a.exchange, Admin: access.Admin{Email: a.cfg.Admin.Email, Password: a.cfg.Admin.Password},
		OIDC: a.provider(), Hashes: a.exchange.Hashes(), IDs: ids, Now: o.Now, Log: o.Log,
	})
	var err error
	a.people.console, err = console.New(console.Options{
		Exchange: a.exchange, Gate: a.people.gate, Desk: a.people.desk, Presence: a.people.presence, Reports: a.reports, Hub: a.hub, Bulk: a.bulk,
		Link: a.keeper.Link, Show: a.shown, Version: o.Version.Version, PublicURL: a.cfg.HTTP.PublicURL, Demo: o.Demo, Now: o.Now, Log: o.Log,
	})
	return err
}

// provider is where people sign on who have an account elsewhere.
func (a *App) provider() access.Provider {
	o := a.cfg.OIDC
	return access.Provider{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Name: o.Name, Unverified: !o.RequireVerifiedEmail,
		RedirectURL: a.URL() + "/signin/oidc/return",
	}
}

// blocked says whether a tenant wants nothing from a peer.
func (a *App) blocked(tenant, peer string) bool { return a.people.desk.Blocked(tenant, peer) }

func (p *people) load(ctx context.Context) error {
	return errors.Join(p.desk.Load(ctx), p.presence.Load(ctx), p.gate.Load(ctx))
}

func (p *people) start(ctx context.Context) error {
	return errors.Join(p.presence.Start(ctx), p.desk.Start(ctx), p.gate.Start(ctx))
}

// stop ends them; what is not there was never built.
func (p *people) stop(ctx context.Context) error {
	var errs []error
	if p.gate != nil {
		errs = append(errs, p.gate.Stop(ctx))
	}
	if p.desk != nil {
		errs = append(errs, p.desk.Stop(ctx))
	}
	if p.presence != nil {
		errs = append(errs, p.presence.Stop(ctx))
	}
	return errors.Join(errs...)
}
