package exchange

import "github.com/wirechief/wirechief"

// OptedOut says whether a handset gets no texts from a number of the tenant,
// and which entry of the ledger says so. It is quick.
func (x *Exchange) OptedOut(tenant, number, handset string) (wirechief.OptOut, bool) {
	if n := x.dir.number(number); n == nil || n.Tenant != tenant {
		return wirechief.OptOut{}, false
	}
	return x.dir.optedOut(number, handset)
}
