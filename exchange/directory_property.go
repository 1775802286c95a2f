package exchange

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// firstProperty is the property that a tenant had first. It is asked for with
// every text, so it is kept and not looked for among them all.
type firstProperty struct {
	key       string
	createdAt time.Time
}

// before says whether a property came before another: of those of the same
// second the one with the lesser key.
func (p firstProperty) before(o firstProperty) bool {
	return cmp.Or(p.createdAt.Compare(o.createdAt), cmp.Compare(len(p.key), len(o.key)), strings.Compare(p.key, o.key)) < 0
}

// firstProperty gives the property that a tenant had first, "" when it has none.
func (d *directory) firstProperty(tenant string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.firsts[tenant].key
}

// propertyCame notes a property that is new or has changed; d is locked.
func (d *directory) propertyCame(e wirechief.Entity) {
	var p wirechief.Property
	if json.Unmarshal(e.Doc, &p) != nil {
		return
	}
	came := firstProperty{e.Key, p.CreatedAt}
	first, some := d.firsts[e.Tenant]
	switch {
	case !some || came.before(first):
		d.firsts[e.Tenant] = came
	case first.key == e.Key: // it may not be the first any more
		d.propertyWent(e)
	}
}

// propertyWent looks for the first again when it was this one; d is locked.
func (d *directory) propertyWent(e wirechief.Entity) {
	if d.firsts[e.Tenant].key != e.Key {
		return
	}
	delete(d.firsts, e.Tenant)
	for key, doc := range d.others[shelfKey{e.Tenant, e.Kind}] {
		var p wirechief.Property
		if json.Unmarshal(doc, &p) != nil {
			continue
		}
		o := firstProperty{key, p.CreatedAt}
		if first, some := d.firsts[e.Tenant]; !some || o.before(first) {
			d.firsts[e.Tenant] = o
		}
	}
}
