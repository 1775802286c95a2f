package exchange

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// A request that names no number leases one: of the numbers that could send
// the text, one that the handset knows from no other conversation (fonedynamics:
// Send SMS, From). The same handset gets the same number again, for as long as
// it is to do the same with replies. See [wirechief.Lease].

// tie is what a request binds its recipient to, and the locks that keep others
// from doing the same meanwhile. nil: nothing.
type tie struct {
	lease  *wirechief.Lease
	unlock func()
}

// isName says whether a sender is a name: up to 11 letters, digits and spaces
// (fonedynamics: Send SMS, From).
func isName(from string) bool {
	return e164.IsAlphanumeric(from) && !strings.ContainsAny(from, "&-_.")
}

// untied says whether the request needs nothing of all this, as nearly all do.
func untied(r *wirechief.SendRequest) bool {
	return r.Options == nil && r.From != "" && r.From[0] == '+'
}

// tie finds the sender of a request that names none, and says where replies to
// it go. Unless it fails, unlock has to be called once the request is committed.
func (x *Exchange) tie(ctx context.Context, r *wirechief.SendRequest, now time.Time) (*tie, *wirechief.Error) {
	if err := x.judgeOptions(ctx, r); err != nil {
		return nil, err
	}
	replies := r.Options.Replies()
	leased := r.From == "" || isName(r.From) && takesNoNames(r.To)
	if !leased && (replies == wirechief.ReplyOptions{} || isName(r.From)) {
		return &tie{unlock: func() {}}, nil // nobody replies to a name
	}
	if len(r.To) > 1 {
		return nil, wirechief.InvalidField("to", "one recipient is taken where the sender is leased or replies go elsewhere")
	}
	handset := r.To[0]
	x.lending.RLock()
	unlock := x.leasing.lock(r.Tenant + " " + handset)
	t := &tie{unlock: func() { unlock(); x.lending.RUnlock() }}
	t.lease = &wirechief.Lease{Number: r.From, Handset: handset, Named: true, Replies: replies, Until: now.Add(wirechief.LeaseLife)}
	if leased {
		l, err := x.lend(r, now)
		if err != nil {
			t.unlock()
			return nil, err
		}
		*t.lease = *l
		r.From = l.Number
	} else if old := x.dir.lease(r.Tenant, r.From, handset); old != nil && old.Until.After(now) {
		t.lease.Named = old.Named
	}
	return t, nil
}

// takesNoNames says whether a recipient is where names are no senders: the
// numbering plan of North America.
func takesNoNames(to []string) bool {
	for _, number := range to {
		if e164.IsNANP(number) || e164.IsShortCode(number) {
			return true
		}
	}
	return false
}

// keep adds the lease to the commit of its message, unless the message is
// suppressed.
func (t *tie) keep(tenant string, accept *wirechief.Accept) error {
	m := accept.Messages[0]
	if t.lease == nil || m.Status == wirechief.StatusSuppressed {
		return nil
	}
	t.lease.Message = m.ID
	doc, err := json.Marshal(t.lease)
	if err != nil {
		return err
	}
	accept.Entities = []wirechief.Entity{{Tenant: tenant, Kind: wirechief.EntityLease, Key: t.lease.Key(), Doc: doc}}
	return nil
}

// lend gives the lease under which a text is sent: one that there is, or a new one.
func (x *Exchange) lend(r *wirechief.SendRequest, now time.Time) (*wirechief.Lease, *wirechief.Error) {
	tenant := x.dir.tenant(r.Tenant)
	if tenant == nil || !tenant.Messaging {
		return nil, wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMessaging, "the messaging service is not enabled for this account")
	}
	handset, replies, until := r.To[0], r.Options.Replies(), now.Add(wirechief.LeaseLife)
	pool := pool{x: x, r: r, tenant: tenant, first: x.firstIfNeeded(r)}
	live := x.dir.leasesOf(r.Tenant, handset, now)
	counted := 0
	for _, l := range live {
		if !l.Named && pool.stands(x.dir.number(l.Number)) { // a lease of a number that is gone keeps no other away
			counted++
		}
		if !l.Named && l.Replies == replies && pool.has(x.dir.number(l.Number)) {
			return &wirechief.Lease{Number: l.Number, Handset: handset, Replies: replies, Until: until}, nil
		}
	}
	free, some := pool.pick(handset, live)
	switch {
	case some == "":
		return nil, refuseFrom(wirechief.NotFound, wirechief.RuleSender, "none of your numbers in service can send to %s; name a sender, or have a number enabled and registered", handset)
	case free != "" && counted < wirechief.LeasesMost:
		return &wirechief.Lease{Number: free, Handset: handset, Replies: replies, Until: until}, nil
	case replies == wirechief.ReplyOptions{}:
		// It wants nothing of replies, so it may share what there is.
		for _, l := range live {
			if pool.has(x.dir.number(l.Number)) {
				return &wirechief.Lease{Number: l.Number, Handset: handset, Named: l.Named, Replies: l.Replies, Until: until}, nil
			}
		}
	}
	err := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleLease,
		"%s has %d leased senders already, and no further number is free for it; they last 30 days", handset, counted)
	err.Field = "from"
	return nil, err
}

// pool is the numbers that could send a text.
type pool struct {
	x      *Exchange
	r      *wirechief.SendRequest
	tenant *wirechief.Tenant
	first  string // the tenant's first property, where that matters
}

// firstIfNeeded gives the tenant's first property when the request names one.
func (x *Exchange) firstIfNeeded(r *wirechief.SendRequest) string {
	if r.Property == "" {
		return ""
	}
	return x.firstProperty(r.Tenant)
}

// has says whether the number could send the text: it stands, is enabled and
// of the property.
func (p *pool) has(n *wirechief.Number) bool {
	switch {
	case !p.stands(n) || n.Number == p.r.To[0]:
		return false
	case len(p.r.Media) > 0 && !n.Enabled.MMS, len(p.r.Media) == 0 && !n.Enabled.SMS:
		return false
	}
	return p.r.Property == "" || n.Property == p.r.Property || n.Property == "" && (p.first == p.r.Property || p.first == "")
}

// stands says whether the number could send any text: it is the tenant's, in
// service and registered.
func (p *pool) stands(n *wirechief.Number) bool {
	switch {
	case n == nil || n.Tenant != p.r.Tenant || n.State != wirechief.NumberInService || !n.Enabled.SMS && !n.Enabled.MMS:
		return false
	case e164.IsTollFree(n.Number):
		return n.TollFree == wirechief.Verified
	case !p.tenant.RequireCampaign || !e164.IsNANP(n.Number):
		return true
	}
	c := p.x.dir.campaign(p.r.Tenant, n.Campaign)
	return c != nil && c.Approved && !c.Suspended
}

// shortlist is among how many numbers a handset draws: so many that each number
// gets its share, and so few that a tenant may have 100,000.
const shortlist = 64

// pick gives the number for a new lease, "" when all are leased to the handset
// already, and any number that could send. Numbers of the handset's country
// come first; among equals the handset decides, so that it mostly gets the same
// one again after its lease has run out: it draws among those that follow its
// own place on the circle of numbers. A number that the handset
// does not want to hear from comes before all others: a new number is no way
// around that.
func (p *pool) pick(handset string, live []*wirechief.Lease) (free, some string) {
	var best uint64
	drawn := 0
	draw := func(n *wirechief.Number) (enough bool) {
		if !p.has(n) {
			return false
		}
		some = n.Number
		if leasedIn(live, n.Number) {
			return false
		}
		if l := lot(n.Number, handset); free == "" || l > best {
			free, best = n.Number, l
		}
		drawn++
		return drawn == shortlist
	}
	for _, number := range p.x.dir.unheard(handset) {
		draw(p.x.dir.number(number))
	}
	if free != "" {
		return free, some
	}
	home, start, of := e164.Country(handset), lot(handset, ""), p.x.dir.rolls(p.r.Tenant)
	if e164.IsNANP(handset) {
		home = "+1"
	}
	if home != "" {
		for n := range of.homes.round(home, start) {
			if draw(n) {
				break
			}
		}
	}
	if free != "" {
		return free, some
	}
	for n := range of.everywhere.round("", start) {
		if draw(n) {
			break
		}
	}
	return free, some
}

// lot is drawn between numbers: for each handset another one has the highest.
func lot(number, handset string) uint64 {
	const basis, prime = 14695981039346656037, 1099511628211 // FNV-1a of 64 bits
	n := uint64(basis)
	for _, s := range [...]string{number, handset} {
		for i := range len(s) {
			n = (n ^ uint64(s[i])) * prime
		}
	}
	// FNV leaves alike what begins alike; two rounds of multiplying mix it.
	n = (n ^ n>>33) * 0xff51afd7ed558ccd
	n = (n ^ n>>33) * 0xc4ceb9fe1a85ec53
	return n ^ n>>33
}

func leasedIn(live []*wirechief.Lease, number string) bool {
	for _, l := range live {
		if l.Number == number {
			return true
		}
	}
	return false
}
