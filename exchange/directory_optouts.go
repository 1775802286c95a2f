package exchange

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// putOptOuts takes over changes of the ledger: what is in memory is what the
// store keeps, an entry a tenant, number and handset.
func (d *directory) putOptOuts(list []wirechief.OptOut) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range list {
		of := slices.DeleteFunc(d.optOuts[o.Handset], func(was wirechief.OptOut) bool {
			return o.Out && was.Number == o.Number && was.Tenant == o.Tenant
		})
		if o.Out {
			of = append(of, o)
		} else {
			of = takeBack(of, &o)
		}
		if d.optOuts[o.Handset] = of; len(of) == 0 {
			delete(d.optOuts, o.Handset)
		}
	}
}

// takeBack removes of the entries of a handset what one with Out false names
// ([wirechief.OptOut]).
func takeBack(of []wirechief.OptOut, o *wirechief.OptOut) []wirechief.OptOut {
	both := o.Word == "" && o.By == "" || o.Number == ""
	for i := range of {
		was := &of[i]
		if was.Number != o.Number {
			continue
		}
		if (o.Word != "" || both) && o.Number != "" {
			was.Word = ""
		}
		if (o.By != "" || both) && was.Tenant == o.Tenant {
			was.By, was.Reason = "", ""
		}
	}
	return slices.DeleteFunc(of, func(was wirechief.OptOut) bool {
		return was.Number == o.Number && was.Word == "" && was.By == "" && (was.Tenant == o.Tenant || o.Word != "" || both)
	})
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
// number, or what the tenant wants of the number, comes before what the tenant
// wants of all its numbers.
func entryFor(of []wirechief.OptOut, tenant, number string) (wirechief.OptOut, bool) {
	if number != "" {
		if o, ok := entryOf(of, tenant, number, true); ok {
			return o, true
		}
	}
	if tenant == "" {
		return wirechief.OptOut{}, false
	}
	return entryOf(of, tenant, "", false)
}

// entryOf is what stands between a number ("": all) of a tenant and a handset, as
// that tenant may see it: its own entry, with words the handset's own one whoever
// had the number then, and nothing that people of another tenant entered.
func entryOf(of []wirechief.OptOut, tenant, number string, words bool) (entry wirechief.OptOut, any bool) {
	var said *wirechief.OptOut
	for i := range of {
		o := &of[i]
		if o.Number != number {
			continue
		}
		if o.Tenant == tenant {
			entry, any = *o, true
		}
		if saidStop(*o) && (said == nil || o.At.Before(said.At)) {
			said = o
		}
	}
	switch {
	case number == "" || words && any && saidStop(entry):
	case !words && any && entry.By == "":
		return wirechief.OptOut{}, false
	case !words:
		entry.Word = ""
	case said != nil && !any:
		return wirechief.OptOut{Tenant: tenant, Number: number, Handset: said.Handset, Out: true, Word: said.Word, At: said.At}, true
	case said != nil:
		entry.Word, entry.At = said.Word, said.At
	}
	return entry, any
}

// pair is the entry of the ledger for just one number, as whoever has it sees it,
// and one handset.
func (d *directory) pair(n *wirechief.Number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return entryOf(d.optOuts[handset], n.Tenant, n.Number, true)
}

// listed is the entry for one number of a tenant, or with "" for all, and one
// handset.
func (d *directory) listed(tenant, number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	of := d.optOuts[handset]
	return entryOf(of, tenant, number, d.hears(tenant, number, of))
}

// hears says whether what handsets say to a number is on the list of a tenant:
// of whoever has the number now, or of whom it was said to when nobody has. The
// caller holds the lock.
func (d *directory) hears(tenant, number string, of []wirechief.OptOut) bool {
	if n := d.numbers[number]; n != nil && n.Tenant != "" {
		return n.Tenant == tenant
	}
	return slices.ContainsFunc(of, func(o wirechief.OptOut) bool { return o.Number == number && o.Tenant == tenant && saidStop(o) })
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
		for i := range of {
			number := of[i].Number
			if slices.ContainsFunc(of[:i], func(o wirechief.OptOut) bool { return o.Number == number }) {
				continue // another tenant's entry of the same number
			}
			if o, ok := entryOf(of, tenant, number, d.hears(tenant, number, of)); ok {
				out = append(out, o)
			}
		}
	}
	d.mu.RUnlock()
	slices.SortFunc(out, func(a, b wirechief.OptOut) int {
		return cmp.Or(strings.Compare(a.Handset, b.Handset), strings.Compare(a.Number, b.Number))
	})
	return out
}
