package exchange

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// putOptOuts takes over changes of the ledger. A number and a handset are in it
// once, whosever the number was when the handset said so; a tenant and a handset
// once for all numbers of the tenant.
func (d *directory) putOptOuts(list []wirechief.OptOut) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range list {
		of := slices.DeleteFunc(d.optOuts[o.Handset], func(was wirechief.OptOut) bool {
			return was.Number == o.Number && (o.Number != "" || was.Tenant == o.Tenant)
		})
		if o.Out {
			of = append(of, o)
		}
		if d.optOuts[o.Handset] = of; len(of) == 0 {
			delete(d.optOuts, o.Handset)
		}
	}
}

// optedOut says whether a handset gets no texts from a number of ours: it said
// so, or whoever has the number now put it on the suppression list.
func (d *directory) optedOut(number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	tenant := ""
	if n := d.numbers[number]; n != nil {
		tenant = n.Tenant
	}
	return entryFor(d.optOuts[handset], tenant, number)
}

// unwanted is the entry of the ledger that keeps texts of a tenant from a
// sender, which may be a name, from a handset.
func (d *directory) unwanted(tenant, sender, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return entryFor(d.optOuts[handset], tenant, sender)
}

// entryFor chooses among the entries of a handset: what it said itself to the
// number comes first, then the suppression list of the tenant.
func entryFor(of []wirechief.OptOut, tenant, number string) (found wirechief.OptOut, any bool) {
	for _, o := range of {
		switch {
		case o.Number == number && number != "":
			return o, true
		case o.Number == "" && o.Tenant == tenant && tenant != "":
			found, any = o, true
		}
	}
	return found, any
}

// pair is the entry of the ledger for just one number and one handset.
func (d *directory) pair(number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, o := range d.optOuts[handset] {
		if o.Number == number {
			return o, true
		}
	}
	return wirechief.OptOut{}, false
}

// listed is the entry for one number of a tenant, or with "" for all, and one
// handset.
func (d *directory) listed(tenant, number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, o := range d.optOuts[handset] {
		if o.Number == number && d.keeps(tenant, o) {
			return o, true
		}
	}
	return wirechief.OptOut{}, false
}

// keeps says whether an entry is on the list of a tenant: whoever has the number
// now, or had it when nobody has. The caller holds the lock.
func (d *directory) keeps(tenant string, o wirechief.OptOut) bool {
	if n := d.numbers[o.Number]; n != nil && n.Tenant != "" {
		return n.Tenant == tenant
	}
	return o.Tenant == tenant
}

// unheard lists the numbers that a handset does not want to hear from.
func (d *directory) unheard(handset string) []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []string
	for _, o := range d.optOuts[handset] {
		if o.Number != "" {
			out = append(out, o.Number)
		}
	}
	return out
}

// ledgerOf gives the entries of a tenant, by handset and then number.
func (d *directory) ledgerOf(tenant string) []wirechief.OptOut {
	d.mu.RLock()
	var out []wirechief.OptOut
	for _, of := range d.optOuts {
		for _, o := range of {
			if d.keeps(tenant, o) {
				out = append(out, o)
			}
		}
	}
	d.mu.RUnlock()
	slices.SortFunc(out, func(a, b wirechief.OptOut) int {
		if c := strings.Compare(a.Handset, b.Handset); c != 0 {
			return c
		}
		return strings.Compare(a.Number, b.Number)
	})
	return out
}
