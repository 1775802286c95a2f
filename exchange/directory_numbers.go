package exchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

func (d *directory) putNumber(n *wirechief.Number) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old := d.numbers[n.Number]; old != nil {
		if old.Campaign != "" && old.State.Owned() {
			d.members[named{old.Tenant, old.Campaign}]--
		}
		delete(d.byTenant[old.Tenant], old.Number)
		delete(d.byID, old.ID)
		delete(d.passing, old.Number)
	}
	if n.Campaign != "" && n.State.Owned() {
		d.members[named{n.Tenant, n.Campaign}]++
	}
	if d.byTenant[n.Tenant] == nil {
		d.byTenant[n.Tenant] = make(map[string]*wirechief.Number)
	}
	d.byTenant[n.Tenant][n.Number] = n
	if n.ID != 0 {
		d.byID[n.ID] = n
	}
	switch n.State {
	case wirechief.NumberReserved, wirechief.NumberAging, wirechief.NumberOrdered:
		d.passing[n.Number] = n
	}
	d.numbers[n.Number] = n
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

// numbersOf lists the numbers of a tenant in whatever state, of all tenants
// and of nobody for "".
func (d *directory) numbersOf(tenant string) []*wirechief.Number {
	d.mu.RLock()
	of := d.numbers
	if tenant != "" {
		of = d.byTenant[tenant]
	}
	out := slices.Collect(maps.Values(of))
	d.mu.RUnlock()
	slices.SortFunc(out, func(a, b *wirechief.Number) int { return strings.Compare(a.Number, b.Number) })
	return out
}

// campaignMembers counts the numbers of every campaign.
func (d *directory) campaignMembers() map[named]int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return maps.Clone(d.members)
}
