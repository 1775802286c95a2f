package exchange

import (
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
	numbers     map[string]*wirechief.Number
	webhooks    map[named]*wirechief.Webhook
	campaigns   map[named]*wirechief.Campaign
	members     map[named]int // numbers bound to a campaign
	optOuts     map[pair]wirechief.OptOut
	paused      map[named]bool // carriers (tenant "") and destinations
	others      map[otherKey][]byte
}

type named struct{ tenant, name string }

type pair struct{ number, handset string }

type otherKey struct {
	tenant string
	kind   wirechief.EntityKind
	key    string
}

type credential struct {
	tenant string
	wirechief.Credential
}

func newDirectory() *directory {
	return &directory{
		tenants:     make(map[string]*wirechief.Tenant),
		credentials: make(map[loginKey][]credential),
		numbers:     make(map[string]*wirechief.Number),
		webhooks:    make(map[named]*wirechief.Webhook),
		campaigns:   make(map[named]*wirechief.Campaign),
		members:     make(map[named]int),
		optOuts:     make(map[pair]wirechief.OptOut),
		paused:      make(map[named]bool),
		others:      make(map[otherKey][]byte),
	}
}

var entityKinds = [...]wirechief.EntityKind{
	wirechief.EntityTenant, wirechief.EntityCredential, wirechief.EntityCampaign, wirechief.EntityWebhook,
	wirechief.EntityProperty, wirechief.EntityAgent, wirechief.EntityGroup, wirechief.EntityBrand,
	wirechief.EntitySchedule, wirechief.EntityAddress, wirechief.EntityFlow, wirechief.EntityPause,
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
	for _, n := range numbers {
		d.putNumber(n)
	}
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
			k := keyOf(c)
			d.credentials[k] = append(d.credentials[k], credential{e.Tenant, c})
		}
	case wirechief.EntityPause:
		d.paused[key] = true
	default:
		d.others[otherKey{e.Tenant, e.Kind, e.Key}] = e.Doc
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
	default:
		delete(d.others, otherKey{e.Tenant, e.Kind, e.Key})
	}
}

func (d *directory) dropCredential(tenant, key string) {
	for k, list := range d.credentials {
		list = slices.DeleteFunc(list, func(c credential) bool {
			return c.tenant == tenant && credentialKey(c.Credential) == key
		})
		if len(list) == 0 {
			delete(d.credentials, k)
		} else {
			d.credentials[k] = list
		}
	}
}

func (d *directory) putNumber(n *wirechief.Number) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old := d.numbers[n.Number]; old != nil && old.Campaign != "" {
		d.members[named{old.Tenant, old.Campaign}]--
	}
	if n.Campaign != "" {
		d.members[named{n.Tenant, n.Campaign}]++
	}
	d.numbers[n.Number] = n
}

func (d *directory) putOptOuts(list []wirechief.OptOut) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range list {
		if o.Out {
			d.optOuts[pair{o.Number, o.Handset}] = o
		} else {
			delete(d.optOuts, pair{o.Number, o.Handset})
		}
	}
}

func (d *directory) optedOut(number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	o, ok := d.optOuts[pair{number, handset}]
	return o, ok
}

func (d *directory) tenant(id string) *wirechief.Tenant {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.tenants[id]
}

func (d *directory) number(number string) *wirechief.Number {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.numbers[number]
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
	return d.paused[named{tenant, key}]
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

// numbersOf lists the numbers of a tenant, of all tenants for "".
func (d *directory) numbersOf(tenant string) []*wirechief.Number {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []*wirechief.Number
	for _, n := range d.numbers {
		if tenant == "" || n.Tenant == tenant {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *wirechief.Number) int { return strings.Compare(a.Number, b.Number) })
	return out
}

// usersOf lists the credentials of one user, of whatever tenant.
func (d *directory) usersOf(user loginKey) []credential {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.credentials[user])
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
	return d.others[otherKey{tenant, kind, key}]
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
	for k := range d.others {
		add(k.tenant, k.kind, k.key)
	}
	slices.SortFunc(out, func(a, b wirechief.Entity) int {
		return strings.Compare(string(a.Kind)+"\x00"+a.Key, string(b.Kind)+"\x00"+b.Key)
	})
	return out
}

// campaignMembers counts the numbers of every campaign.
func (d *directory) campaignMembers() map[named]int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return maps.Clone(d.members)
}
