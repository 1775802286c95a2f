package exchange

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
)

// lastUse is when a credential let somebody in last. It is noted at each
// request, so it costs an atomic load, and a store once a second.
type lastUse struct {
	seconds   atomic.Int64              // since 1970; 0: never
	kept      atomic.Int64              // of that, what is in the store
	addresses [4]atomic.Pointer[origin] // where that was, the last few
	next      atomic.Uint32             // of them, to be replaced
}

// origin is an address, and the form of it in which guesses are counted, too:
// who changes addresses within a net of IPv6 is still known there.
type origin struct{ address, key string }

// noteFrom notes where it was used; mostly that is known.
func (u *lastUse) noteFrom(address string) {
	if address != "" && !u.from(address) {
		u.addresses[u.next.Add(1)%uint32(len(u.addresses))].Store(&origin{address, access.AddressKey(address)})
	}
}

// from says whether it was used from there lately.
func (u *lastUse) from(address string) bool {
	if u == nil {
		return false
	}
	for i := range u.addresses {
		if was := u.addresses[i].Load(); was != nil && was.address == address {
			return true
		}
	}
	key := access.AddressKey(address)
	for i := range u.addresses {
		if was := u.addresses[i].Load(); was != nil && was.key == key {
			return true
		}
	}
	return false
}

func (u *lastUse) note(now time.Time) {
	if s := now.Unix(); u.seconds.Load() < s {
		u.seconds.Store(s)
	}
}

// at is when that was; a nil one never was.
func (u *lastUse) at() time.Time {
	if u == nil || u.seconds.Load() == 0 {
		return time.Time{}
	}
	return time.Unix(u.seconds.Load(), 0).UTC()
}

// uses are those of all credentials, by tenant and key, under the lock of the
// directory. One outlives a change of its credential.
type uses map[named]*lastUse

// of gives that of a credential, a fresh one at first.
func (u uses) of(key named) *lastUse {
	use := u[key]
	if use == nil {
		use = new(lastUse)
		u[key] = use
	}
	return use
}

// load takes over what is in the store.
func (u uses) load(key named, doc []byte) error {
	var d useDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return err
	}
	use := u.of(key)
	use.kept.Store(d.At.Unix())
	use.note(d.At)
	return nil
}

// usesEvery is how often uses are written down.
const usesEvery = time.Minute

// noteUses writes down when credentials were used, once a minute and at the end.
func (x *Exchange) noteUses(ctx context.Context) {
	tick := time.NewTicker(usesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastMoment)
			defer cancel()
			if err := x.flushUses(last); err != nil {
				x.Log.Warn("when keys were last used could not be written down", "error", err)
			}
			return
		case <-tick.C:
			if err := x.flushUses(ctx); err != nil && ctx.Err() == nil {
				x.Log.WarnContext(ctx, "when keys were last used could not be written down; trying again in a minute", "error", err)
			}
		}
	}
}

// usesAtOnce is how many uses go to the store in one commit.
const usesAtOnce = 1000

// flushUses writes down what has changed, and removes what is of credentials
// that are gone.
func (x *Exchange) flushUses(ctx context.Context) error {
	for {
		commands, done, err := x.unkeptUses()
		if err != nil {
			return err
		}
		if len(commands) > 0 {
			if _, err := x.Store.Apply(ctx, commands...); err != nil {
				return err
			}
		}
		done()
		if len(commands) < usesAtOnce {
			return nil
		}
	}
}

func (x *Exchange) unkeptUses() (commands []wirechief.Command, done func(), err error) {
	type kept struct {
		*lastUse
		seconds int64
	}
	var changed []kept
	var gone []named
	d := x.dir
	d.mu.RLock()
	defer d.mu.RUnlock()
	for key, use := range d.uses {
		if len(commands) == usesAtOnce {
			break
		}
		seconds := use.seconds.Load()
		switch _, exists := d.logins[key.tenant][key.name]; {
		case !exists && use.kept.Load() != 0:
			commands = append(commands, wirechief.DropEntity{Entity: wirechief.Entity{Tenant: key.tenant, Kind: wirechief.EntityKeyUse, Key: key.name}})
			gone = append(gone, key)
		case !exists:
			gone = append(gone, key)
		case seconds != use.kept.Load():
			c, err := (useDoc{time.Unix(seconds, 0).UTC()}).command(key)
			if err != nil {
				return nil, nil, err
			}
			commands = append(commands, c)
			changed = append(changed, kept{use, seconds})
		}
	}
	return commands, func() {
		for _, k := range changed {
			k.kept.Store(k.seconds)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, key := range gone {
			if _, exists := d.logins[key.tenant][key.name]; !exists {
				delete(d.uses, key)
			}
		}
	}, nil
}
