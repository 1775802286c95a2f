package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/wirechief/wirechief"
)

// directory is what is configured, in memory. Values are never changed in
// place: a change puts a new one, so a reader may keep what it got.
type directory struct {
	mu          sync.RWMutex
	tenants     map[string]*wirechief.Tenant
	credentials map[loginKey][]credential
	anyAccount  map[loginKey][]credential      // those with an account, by the key without it
	logins      map[string]map[string]loginKey // by tenant and key of the credential
	numbers     map[string]*wirechief.Number
	byID        map[int64]*wirechief.Number
	byTenant    map[string]*rolls            // "": nobody's
	everyone    rolls                        // of all tenants and of nobody, without circles
	passing     map[string]*wirechief.Number // those whose state passes by itself
	webhooks    map[named]*wirechief.Webhook
	campaigns   map[named]*wirechief.Campaign
	members     map[named]int                 // numbers on an account that are bound to a campaign
	fallbacks   map[string]int                // numbers of a tenant with a fallback chain
	optOuts     map[string][]wirechief.OptOut // by handset
	firsts      map[string]firstProperty      // by tenant
	paused      map[named]*pause              // carriers (tenant "") and destinations
	book        leaseBook
	others      map[shelfKey]map[string][]byte
	roster      roster                           // people, as signing in asks for them
	uses        uses                             // when credentials were last used
	endpoints   map[string][]*wirechief.Endpoint // by tenant; told of all its numbers
	signings    signings                         // what deliveries are signed with
}

type named struct{ tenant, name string }

type shelfKey struct {
	tenant string
	kind   wirechief.EntityKind
}

type credential struct {
	tenant string
	wirechief.Credential
	use *lastUse
}

func newDirectory() *directory {
	return &directory{
		tenants:     make(map[string]*wirechief.Tenant),
		credentials: make(map[loginKey][]credential),
		anyAccount:  make(map[loginKey][]credential),
		logins:      make(map[string]map[string]loginKey),
		numbers:     make(map[string]*wirechief.Number),
		byID:        make(map[int64]*wirechief.Number),
		byTenant:    make(map[string]*rolls),
		everyone:    *newRolls(),
		passing:     make(map[string]*wirechief.Number),
		webhooks:    make(map[named]*wirechief.Webhook),
		campaigns:   make(map[named]*wirechief.Campaign),
		members:     make(map[named]int),
		fallbacks:   make(map[string]int),
		optOuts:     make(map[string][]wirechief.OptOut),
		firsts:      make(map[string]firstProperty),
		paused:      make(map[named]*pause),
		book:        newLeaseBook(),
		others:      make(map[shelfKey]map[string][]byte),
		roster:      newRoster(),
		uses:        make(uses),
		endpoints:   make(map[string][]*wirechief.Endpoint),
		signings:    make(signings),
	}
}

var entityKinds = [...]wirechief.EntityKind{
	wirechief.EntityTenant, wirechief.EntityCredential, wirechief.EntityCampaign, wirechief.EntityWebhook,
	wirechief.EntityProperty, wirechief.EntityAgent, wirechief.EntityGroup, wirechief.EntityBrand,
	wirechief.EntitySchedule, wirechief.EntityAddress, wirechief.EntityFlow, wirechief.EntityGreeting, wirechief.EntityIVR,
	wirechief.EntityLine, wirechief.EntityLogin, wirechief.EntityVoice, wirechief.EntityCallback, wirechief.EntityLease,
	wirechief.EntityPause, wirechief.EntityKeyUse, wirechief.EntityEndpoint, wirechief.EntitySigning,
}

func (d *directory) load(ctx context.Context, s wirechief.Store) error {
	for _, kind := range entityKinds {
		entities, err := s.Entities(ctx, kind)
		if err != nil {
			return err
		}
		for _, e := range entities {
			if err := d.put(e); err != nil {
				return err
			}
		}
	}
	numbers, err := s.Numbers(ctx)
	if err != nil {
		return err
	}
	d.loadNumbers(numbers)
	optOuts, err := s.OptOuts(ctx)
	if err != nil {
		return err
	}
	d.putOptOuts(optOuts)
	return nil
}

// put takes over an entity that is in the store.
func (d *directory) put(e wirechief.Entity) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := named{e.Tenant, e.Key}
	var err error
	switch e.Kind {
	case wirechief.EntityTenant:
		err = decodeInto(d.tenants, e.Tenant, e.Doc)
	case wirechief.EntityWebhook:
		err = decodeInto(d.webhooks, key, e.Doc)
	case wirechief.EntityCampaign:
		err = decodeInto(d.campaigns, key, e.Doc)
	case wirechief.EntityCredential:
		var c wirechief.Credential
		if err = json.Unmarshal(e.Doc, &c); err == nil {
			d.dropCredential(e.Tenant, e.Key)
			d.putCredential(e.Tenant, e.Key, c)
		}
	case wirechief.EntityPause:
		err = decodeInto(d.paused, key, e.Doc)
	case wirechief.EntityLease:
		err = d.book.put(e.Tenant, e.Doc)
	case wirechief.EntityKeyUse:
		err = d.uses.load(key, e.Doc)
	default:
		shelf := d.others[shelfKey{e.Tenant, e.Kind}]
		if shelf == nil {
			shelf = make(map[string][]byte)
			d.others[shelfKey{e.Tenant, e.Kind}] = shelf
		}
		shelf[e.Key] = e.Doc
		switch e.Kind {
		case wirechief.EntityProperty:
			d.propertyCame(e)
		case wirechief.EntityAgent:
			err = d.roster.put(key, e.Doc)
		case wirechief.EntityEndpoint:
			err = d.endpointCame(e)
		case wirechief.EntitySigning:
			err = d.signings.put(e.Tenant, e.Doc)
		}
	}
	if err != nil {
		return fmt.Errorf("the stored %s %q of tenant %q cannot be read: %w", e.Kind, e.Key, e.Tenant, err)
	}
	return nil
}

func decodeInto[K comparable, V any](m map[K]*V, key K, doc []byte) error {
	v := new(V)
	if err := json.Unmarshal(doc, v); err != nil {
		return err
	}
	m[key] = v
	return nil
}

// drop forgets an entity that is not in the store any more.
func (d *directory) drop(e wirechief.Entity) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := named{e.Tenant, e.Key}
	switch e.Kind {
	case wirechief.EntityTenant:
		delete(d.tenants, e.Tenant)
	case wirechief.EntityWebhook:
		delete(d.webhooks, key)
	case wirechief.EntityCampaign:
		delete(d.campaigns, key)
	case wirechief.EntityCredential:
		d.dropCredential(e.Tenant, e.Key)
	case wirechief.EntityPause:
		delete(d.paused, key)
	case wirechief.EntityLease:
		d.book.drop(e.Tenant, e.Key)
	default:
		delete(d.others[shelfKey{e.Tenant, e.Kind}], e.Key)
		switch e.Kind {
		case wirechief.EntityProperty:
			d.propertyWent(e)
		case wirechief.EntityAgent:
			d.roster.drop(key)
		case wirechief.EntityEndpoint:
			d.endpointWent(e)
		case wirechief.EntitySigning:
			d.signings.drop(e.Tenant, e.Key)
		}
	}
}

func (d *directory) putCredential(tenant, key string, c wirechief.Credential) {
	k := keyOf(c)
	if d.logins[tenant] == nil {
		d.logins[tenant] = make(map[string]loginKey)
	}
	d.logins[tenant][key] = k
	kept := credential{tenant, c, d.uses.of(named{tenant, key})}
	d.credentials[k] = append(d.credentials[k], kept)
	if k.account != "" {
		d.anyAccount[k.anyAccount()] = append(d.anyAccount[k.anyAccount()], kept)
	}
}

func (d *directory) dropCredential(tenant, key string) {
	k, ok := d.logins[tenant][key]
	if !ok {
		return
	}
	if delete(d.logins[tenant], key); len(d.logins[tenant]) == 0 {
		delete(d.logins, tenant)
	}
	without := func(m map[loginKey][]credential, k loginKey) {
		// A copy, for a login may be going through the list.
		m[k] = slices.DeleteFunc(slices.Clone(m[k]), func(c credential) bool {
			return c.tenant == tenant && credentialKey(c.Credential) == key
		})
		if len(m[k]) == 0 {
			delete(m, k)
		}
	}
	without(d.credentials, k)
	without(d.anyAccount, k.anyAccount())
}

func (d *directory) tenant(id string) *wirechief.Tenant {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.tenants[id]
}

// tenantIDs lists the tenants, in no order.
func (d *directory) tenantIDs() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Collect(maps.Keys(d.tenants))
}

func (d *directory) webhook(tenant, name string) *wirechief.Webhook {
	if name == "" {
		return nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.webhooks[named{tenant, name}]
}

func (d *directory) campaign(tenant, tcr string) *wirechief.Campaign {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.campaigns[named{tenant, tcr}]
}

func (d *directory) isPaused(tenant, key string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, is := d.paused[named{tenant, key}]
	return is
}

// pausedDestinations lists the lanes of deliveries that are paused.
func (d *directory) pausedDestinations() []wirechief.Lane {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []wirechief.Lane
	for k := range d.paused {
		if kind, destination, ok := strings.Cut(k.name, " "); ok && k.tenant != "" {
			out = append(out, wirechief.Lane{Tenant: k.tenant, Kind: wirechief.DeliveryKind(kind), Destination: destination})
		}
	}
	return out
}

// usersOf lists the credentials of one user, of whatever tenant.
func (d *directory) usersOf(user loginKey) []credential {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.credentials[user])
}

// logged lists the credentials that a login may mean.
func (d *directory) logged(k loginKey) []credential {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if k.account == "" && k.dialect == wirechief.DialectMessage2Give {
		return d.anyAccount[k]
	}
	return d.credentials[k]
}

// accountOf is the first account that a tenant's credentials of a dialect name.
func (d *directory) accountOf(tenant, dialect string) (account string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, k := range d.logins[tenant] {
		if k.dialect == dialect && k.account != "" && (account == "" || k.account < account) {
			account = k.account
		}
	}
	return account
}

// credentialsOf lists the credentials of one user, those of the tenant only.
func (d *directory) credentialsOf(tenant string, user loginKey) []credential {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []credential
	for _, c := range d.credentials[user] {
		if c.tenant == tenant {
			out = append(out, c)
		}
	}
	return out
}

// other gives what is kept as a document only, nil when there is none.
func (d *directory) other(tenant string, kind wirechief.EntityKind, key string) []byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.others[shelfKey{tenant, kind}][key]
}

// count says how many documents of a kind a tenant has.
func (d *directory) count(tenant string, kind wirechief.EntityKind) int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.others[shelfKey{tenant, kind}])
}

// documents lists what is kept as documents of one kind, in order of the
// length of the key, then the key: numbers in their order.
func (d *directory) documents(tenant string, kind wirechief.EntityKind) []wirechief.Entity {
	d.mu.RLock()
	shelf := d.others[shelfKey{tenant, kind}]
	out := make([]wirechief.Entity, 0, len(shelf))
	for key, doc := range shelf {
		out = append(out, wirechief.Entity{Tenant: tenant, Kind: kind, Key: key, Doc: doc})
	}
	d.mu.RUnlock()
	slices.SortFunc(out, func(a, b wirechief.Entity) int {
		return cmp.Or(cmp.Compare(len(a.Key), len(b.Key)), strings.Compare(a.Key, b.Key))
	})
	return out
}

// all gives the documents of one kind, of all tenants.
func (d *directory) all(kind wirechief.EntityKind) [][]byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out [][]byte
	for k, shelf := range d.others {
		if k.kind == kind {
			out = slices.AppendSeq(out, maps.Values(shelf))
		}
	}
	return out
}

// entitiesOf names everything configured under a tenant but the tenant itself.
func (d *directory) entitiesOf(tenant string) []wirechief.Entity {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []wirechief.Entity
	add := func(of string, kind wirechief.EntityKind, key string) {
		if of == tenant {
			out = append(out, wirechief.Entity{Tenant: tenant, Kind: kind, Key: key})
		}
	}
	for _, list := range d.credentials {
		for _, c := range list {
			add(c.tenant, wirechief.EntityCredential, credentialKey(c.Credential))
		}
	}
	for k := range d.webhooks {
		add(k.tenant, wirechief.EntityWebhook, k.name)
	}
	for k := range d.campaigns {
		add(k.tenant, wirechief.EntityCampaign, k.name)
	}
	for k := range d.paused {
		add(k.tenant, wirechief.EntityPause, k.name)
	}
	for k, l := range d.book.leases {
		add(k.tenant, wirechief.EntityLease, l.Key())
	}
	for k, shelf := range d.others {
		for key := range shelf {
			add(k.tenant, k.kind, key)
		}
	}
	slices.SortFunc(out, func(a, b wirechief.Entity) int {
		return strings.Compare(string(a.Kind)+"\x00"+a.Key, string(b.Kind)+"\x00"+b.Key)
	})
	return out
}
