package exchange

import (
	"cmp"

	"github.com/wirechief/wirechief"
)

// calledIn gives what a tenant is called in an API: the account of its
// credential there, else the name; of several the first in the alphabet, ""
// without any.
func (d *directory) calledIn(tenant, dialect string) (account string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, k := range d.logins[tenant] {
		if name := cmp.Or(k.account, k.name); k.dialect == dialect && (account == "" || name < account) {
			account = name
		}
	}
	return account
}

// CalledIn is what a tenant is called in an API: the account or name of its
// credential there, the first of several; "" when it has none.
func (x *Exchange) CalledIn(tenant, dialect string) string { return x.dir.calledIn(tenant, dialect) }

// propertyOf gives the project that a message belongs to: its own, or the
// tenant's first when that is none or has gone.
func (x *Exchange) propertyOf(m *wirechief.Message) string {
	if m.Property != "" && x.dir.other(m.Tenant, wirechief.EntityProperty, m.Property) != nil {
		return m.Property
	}
	return x.firstProperty(m.Tenant)
}
