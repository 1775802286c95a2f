package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// leaseBook is the leases in memory, by tenant, number and handset, and of each
// handset its numbers. The lock of the directory holds for it.
type leaseBook struct {
	leases map[leaseKey]*wirechief.Lease
	of     map[named][]string // by tenant and handset
}

type leaseKey struct{ tenant, number, handset string }

func newLeaseBook() leaseBook {
	return leaseBook{leases: make(map[leaseKey]*wirechief.Lease), of: make(map[named][]string)}
}

func (b *leaseBook) put(tenant string, doc []byte) error {
	l := new(wirechief.Lease)
	if err := json.Unmarshal(doc, l); err != nil {
		return err
	}
	key := leaseKey{tenant, l.Number, l.Handset}
	if b.leases[key] == nil {
		handset := named{tenant, l.Handset}
		b.of[handset] = append(slices.Clip(b.of[handset]), l.Number)
	}
	b.leases[key] = l
	return nil
}

// drop forgets the lease of the key of an entity.
func (b *leaseBook) drop(tenant, key string) {
	number, handset, _ := strings.Cut(key, " ")
	delete(b.leases, leaseKey{tenant, number, handset})
	of := named{tenant, handset}
	if rest := slices.DeleteFunc(slices.Clone(b.of[of]), func(n string) bool { return n == number }); len(rest) > 0 {
		b.of[of] = rest
	} else {
		delete(b.of, of)
	}
}

// lease gives the lease of a handset for a number, run out or not.
func (d *directory) lease(tenant, number, handset string) *wirechief.Lease {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.book.leases[leaseKey{tenant, number, handset}]
}

// leasesOf lists the leases of a handset that have not run out, the one used
// last at the front.
func (d *directory) leasesOf(tenant, handset string, now time.Time) []*wirechief.Lease {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []*wirechief.Lease
	for _, number := range d.book.of[named{tenant, handset}] {
		if l := d.book.leases[leaseKey{tenant, number, handset}]; l.Until.After(now) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *wirechief.Lease) int {
		if c := b.Until.Compare(a.Until); c != 0 {
			return c
		}
		return strings.Compare(a.Number, b.Number)
	})
	return out
}

// replyTo gives what becomes of a text from a handset that replies to one of
// ours; the zero value when it is no such reply, or nothing was said about it.
func (x *Exchange) replyTo(m *wirechief.Message) wirechief.ReplyOptions {
	if l := x.dir.lease(m.Tenant, m.To, m.From); l != nil && l.Until.After(m.CreatedAt) {
		return l.Replies
	}
	return wirechief.ReplyOptions{}
}

// purgeSlice is how many leases are removed in one commit, which keeps those
// who want one waiting.
const purgeSlice = 200

// purgeLeases removes the leases that have run out.
func (x *Exchange) purgeLeases(ctx context.Context) error {
	for {
		n, err := x.purgeSomeLeases(ctx)
		if n < purgeSlice || err != nil {
			return err
		}
	}
}

func (x *Exchange) purgeSomeLeases(ctx context.Context) (int, error) {
	x.lending.Lock()
	defer x.lending.Unlock()
	now := x.Now()
	var commands []wirechief.Command
	x.dir.mu.RLock()
	for key, l := range x.dir.book.leases {
		if l.Until.After(now) {
			continue
		}
		commands = append(commands, wirechief.DropEntity{Entity: wirechief.Entity{Tenant: key.tenant, Kind: wirechief.EntityLease, Key: l.Key()}})
		if len(commands) == purgeSlice {
			break
		}
	}
	x.dir.mu.RUnlock()
	if len(commands) == 0 {
		return 0, nil
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err != nil {
		return 0, err
	}
	for i, c := range commands {
		if err := results[i].Err; err != nil && wirechief.KindOf(err) != wirechief.NotFound {
			return 0, err
		}
		x.dir.drop(c.(wirechief.DropEntity).Entity)
	}
	return len(commands), nil
}
