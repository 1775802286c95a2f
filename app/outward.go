package app

import (
	"context"
	"net"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/forward/console"
	"github.com/wirechief/wirechief/forward/sms"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/media"
	"github.com/wirechief/wirechief/observe"
	"github.com/wirechief/wirechief/webhook"
)

// fetchTimeout bounds the fetching of one picture.
const fetchTimeout = 15 * time.Second

// outward builds what leaves over HTTP where a tenant points: the guard, the
// delivery engine and the keeper of media.
func (a *App) outward(o Options, ids *ident.Source) error {
	var err error
	a.guard, err = egress.New(egress.Options{
		Allow: a.cfg.Egress.Allow, DNS: a.cfg.Egress.DNS, CAFile: a.cfg.Egress.CAFile, Own: a.own,
	})
	if err != nil {
		return &wirechief.Error{Op: "configuration", Kind: wirechief.Invalid, Message: wirechief.MessageOf(err), Err: err}
	}
	web := delivery.NewHTTP(a.guard, o.Version.Version, o.Now)
	web.Signer = signer{a}
	mails, err := a.mailer(o)
	if err != nil {
		return err
	}
	a.engine = delivery.New(delivery.Options{
		Store:    a.watched,
		Senders:  a.senders(o, web, mails),
		Schedule: a.cfg.Delivery.Schedule, Timeout: a.cfg.Delivery.Timeout,
		Follow: func(ctx context.Context, d *wirechief.Delivery, came wirechief.Attempted) ([]wirechief.Command, error) {
			return a.exchange.Follow(ctx, d, came)
		},
		Broken: wasBroken(a.cfg.DataDir),
		Gone:   a.gone, Paused: func(l wirechief.Lane) bool { return a.exchange.DestinationPaused(l) }, Now: o.Now, Log: o.Log, Meter: a.metrics,
	})
	a.keeper, err = media.New(filepath.Join(a.cfg.DataDir, mediaFolder), a.URL(), a.guard.Client(fetchTimeout), ids, o.Now)
	return err
}

// senders are the ways in which things reach customers, by kind of delivery.
func (a *App) senders(o Options, web, mails delivery.Sender) map[wirechief.DeliveryKind]delivery.Sender {
	return map[wirechief.DeliveryKind]delivery.Sender{
		wirechief.KindWebhook: web, wirechief.KindHTTP: web,
		wirechief.KindEmail:   mails,
		wirechief.KindSMS:     sms.New(relay{a}, o.Now),
		wirechief.KindConsole: console.New(o.Now),
	}
}

// relay is the exchange, which is built after the engine.
type relay struct{ a *App }

func (r relay) Relay(ctx context.Context, s wirechief.SendRequest) (wirechief.SendResult, error) {
	return r.a.exchange.Relay(ctx, s)
}

func (r relay) MediaLinks(ctx context.Context, tenant string, tokens []string) []string {
	return r.a.exchange.MediaLinks(ctx, tenant, tokens)
}

// signer is the exchange, likewise.
type signer struct{ a *App }

func (s signer) Sign(d *wirechief.Delivery, at time.Time, body []byte) ([]webhook.Field, []wirechief.Secret) {
	return s.a.exchange.Sign(d, at, body)
}

// gone makes the pause of a destination last that answered 410.
func (a *App) gone(ctx context.Context, lane wirechief.Lane) {
	if err := a.exchange.DestinationGone(ctx, lane); err != nil {
		a.log.WarnContext(ctx, "a destination that is gone is paused until the next start only", "tenant", lane.Tenant, "kind", lane.Kind, "error", err)
	}
}

// own is where we listen: a tenant's webhook must not reach it.
func (a *App) own() []netip.AddrPort {
	out := addrPort(a.public.Addr())
	if a.private != nil {
		out = append(out, addrPort(a.private.Addr())...)
	}
	if a.inbox != nil {
		out = append(out, addrPort(a.inbox.Addr())...)
	}
	return out
}

func addrPort(addr net.Addr) []netip.AddrPort {
	if t, ok := addr.(*net.TCPAddr); ok {
		return []netip.AddrPort{t.AddrPort()}
	}
	return nil
}

// laneGauges is the state of the deliveries for metrics.
func (a *App) laneGauges() []observe.LaneGauge {
	gauges := a.engine.Gauges()
	out := make([]observe.LaneGauge, len(gauges))
	for i, g := range gauges {
		out[i] = observe.LaneGauge(g)
	}
	return out
}
