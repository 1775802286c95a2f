package exchange

import (
	"maps"
	"slices"

	"github.com/wirechief/wirechief"
)

// rolls are the numbers of a tenant in the orders in which they are asked for.
type rolls struct {
	digits, newest roll
	everywhere     circle // for whom nothing is nearer
	homes          circle
}

func newRolls() *rolls {
	return &rolls{roll{compare: byDigits}, roll{compare: byActivation}, newCircle(homeless), newCircle(homeOf)}
}

// change puts n in the place of old; nil stands for none.
func (r *rolls) change(old, n *wirechief.Number) {
	r.digits = r.digits.changed(old, n)
	r.newest = r.newest.changed(old, n)
	r.everywhere.roll = r.everywhere.changed(old, n)
	r.homes.roll = r.homes.changed(old, n)
}

func (d *directory) putNumber(n *wirechief.Number) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.numbers[n.Number]
	d.note(old, n)
	if old != nil && old.Tenant != n.Tenant {
		d.rollsOf(old.Tenant).change(old, nil)
		d.rollsOf(n.Tenant).change(nil, n)
	} else {
		d.rollsOf(n.Tenant).change(old, n)
	}
	d.everyone.digits = d.everyone.digits.changed(old, n)
	d.everyone.newest = d.everyone.newest.changed(old, n)
}

// loadNumbers takes over the numbers that are in the store, for which there was
// none: all at once, so that each roll is sorted once.
func (d *directory) loadNumbers(list []*wirechief.Number) {
	d.mu.Lock()
	defer d.mu.Unlock()
	of := make(map[string][]*wirechief.Number)
	for _, n := range list {
		d.note(d.numbers[n.Number], n)
		of[n.Tenant] = append(of[n.Tenant], n)
	}
	for tenant, numbers := range of {
		r := d.rollsOf(tenant)
		r.digits, r.newest = r.digits.filled(numbers), r.newest.filled(numbers)
		r.everywhere.roll, r.homes.roll = r.everywhere.filled(numbers), r.homes.filled(numbers)
	}
	all := slices.Clone(list)
	d.everyone.digits, d.everyone.newest = d.everyone.digits.filled(all), d.everyone.newest.filled(all)
}

func (d *directory) rollsOf(tenant string) *rolls {
	r := d.byTenant[tenant]
	if r == nil {
		r = newRolls()
		d.byTenant[tenant] = r
	}
	return r
}

// note takes a number over everywhere but in the rolls.
func (d *directory) note(old, n *wirechief.Number) {
	if old != nil {
		if old.Campaign != "" && old.State.Owned() {
			d.members[named{old.Tenant, old.Campaign}]--
		}
		if len(old.Fallback) > 0 {
			d.fallbacks[old.Tenant]--
		}
		delete(d.byID, old.ID)
		delete(d.passing, old.Number)
	}
	if n.Campaign != "" && n.State.Owned() {
		d.members[named{n.Tenant, n.Campaign}]++
	}
	if len(n.Fallback) > 0 {
		d.fallbacks[n.Tenant]++
	}
	if n.ID != 0 {
		d.byID[n.ID] = n
	}
	switch n.State {
	case wirechief.NumberReserved, wirechief.NumberAging, wirechief.NumberOrdered:
		d.passing[n.Number] = n
	}
	d.numbers[n.Number] = n
}

// fallsBack says whether any number of the tenant has a fallback chain.
func (d *directory) fallsBack(tenant string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.fallbacks[tenant] > 0
}

func (d *directory) number(number string) *wirechief.Number {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.numbers[number]
}

func (d *directory) numberByID(id int64) *wirechief.Number {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.byID[id]
}

// unsettled lists the numbers whose state passes by itself.
func (d *directory) unsettled() []*wirechief.Number {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Collect(maps.Values(d.passing))
}

// rolls gives the numbers of a tenant in their orders, in whatever state; of
// all tenants and of nobody for "", which has no circles.
func (d *directory) rolls(tenant string) rolls {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if tenant == "" {
		return d.everyone
	}
	if r := d.byTenant[tenant]; r != nil {
		return *r
	}
	return rolls{}
}

// numbersOf lists the numbers of a tenant by their digits, in whatever state, of
// all tenants and of nobody for "".
func (d *directory) numbersOf(tenant string) []*wirechief.Number {
	return slices.Collect(d.rolls(tenant).digits.all())
}

// campaignSize counts the numbers of one campaign.
func (d *directory) campaignSize(tenant, tcr string) int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.members[named{tenant, tcr}]
}
