package exchange

import (
	"cmp"

	"github.com/wirechief/wirechief"
)

// accountOf gives what a tenant is called in an API: the account of its
// credential there, else the name; of several the first in the alphabet, ""
// without any. What was looked up is kept until a credential changes.
func (d *directory) accountOf(tenant, dialect string) string {
	key := named{tenant, dialect}
	d.mu.RLock()
	account, known := d.accounts[key]
	d.mu.RUnlock()
	if known {
		return account
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	account = ""
	for k, list := range d.credentials {
		if k.dialect != dialect {
			continue
		}
		for _, c := range list {
			if name := cmp.Or(c.Account, c.Name); c.tenant == tenant && (account == "" || name < account) {
				account = name
			}
		}
	}
	d.accounts[key] = account
	return account
}

// propertyOf gives the project that a message belongs to: its own, or the
// tenant's first when that is none or has gone.
func (x *Exchange) propertyOf(m *wirechief.Message) string {
	if m.Property != "" && x.dir.other(m.Tenant, wirechief.EntityProperty, m.Property) != nil {
		return m.Property
	}
	return x.firstProperty(m.Tenant)
}
