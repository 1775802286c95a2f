package exchange

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/access"
	"github.com/wirechief/wirechief/state"
)

// people applies what is kept as documents: who works for a tenant, how they
// are organised, and what calls go through. A document has the keys of the
// state file; those that the file does not name keep their value.
func (a *application) people(s *state.Tenant) *wirechief.Error {
	p := documents{a: a, tenant: s.ID}
	for i := range s.Properties {
		v := &s.Properties[i]
		p.put(wirechief.EntityProperty, v.SID, v.Absent, fields{"sid": v.SID}.opt("name", v.Name))
	}
	for i := range s.Brands {
		v := &s.Brands[i]
		p.put(wirechief.EntityBrand, id(v.ID), v.Absent, fields{"id": v.ID}.opt("name", v.Name))
	}
	for i := range s.Agents {
		p.agent(&s.Agents[i])
	}
	for i := range s.Groups {
		v := &s.Groups[i]
		f := fields{"id": v.ID}.opt("name", v.Name)
		if v.Agents != nil {
			f["agents"] = v.Agents
		}
		p.put(wirechief.EntityGroup, id(v.ID), v.Absent, f)
	}
	for i := range s.Schedules {
		v := &s.Schedules[i]
		f := fields{"id": v.ID}.opt("name", v.Name).opt("time_zone", v.TimeZone)
		if v.Intervals != nil {
			intervals := make([]fields, len(v.Intervals))
			for i, iv := range v.Intervals {
				intervals[i] = fields{"start_time": iv.StartTime, "end_time": iv.EndTime}
			}
			f["intervals"] = intervals
		}
		if v.Holidays != nil {
			days := make([]wirechief.Holiday, len(v.Holidays))
			for i, h := range v.Holidays {
				days[i] = wirechief.Holiday(h)
			}
			f["holidays"] = days
		}
		p.put(wirechief.EntitySchedule, id(v.ID), v.Absent, f)
	}
	for i := range s.Addresses {
		v := &s.Addresses[i]
		key := p.a.addressKey(p.tenant, v.Name)
		f := fields{"name": v.Name}.opt("street", v.Street).opt("city", v.City).
			opt("province", v.Province).opt("zip", v.Zip).opt("country", v.Country)
		if key == "" && !v.Absent {
			fresh := p.a.x.IDs.Next()
			key, f["id"] = id(fresh), fresh
		}
		if !v.Absent {
			p.a.addresses[named{p.tenant, v.Name}] = key
		}
		p.put(wirechief.EntityAddress, key, v.Absent, f)
	}
	for i := range s.Flows {
		v := &s.Flows[i]
		f := fields{"id": v.ID}.opt("name", v.Name).opt("start", v.Start)
		if v.Nodes != nil {
			f["nodes"] = v.Nodes
		}
		p.put(wirechief.EntityFlow, v.ID, v.Absent, f)
	}
	return p.err
}

// documents applies documents of one tenant and keeps the first error.
type documents struct {
	a      *application
	tenant string
	err    *wirechief.Error
}

// fields are the keys that the file names.
type fields map[string]any

// opt sets a key that is named.
func (f fields) opt(key string, value *string) fields {
	if value != nil {
		f[key] = *value
	}
	return f
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

func (p *documents) put(kind wirechief.EntityKind, key string, absent bool, named fields) {
	if p.err != nil {
		return
	}
	old := p.a.x.dir.other(p.tenant, kind, key)
	if absent {
		if old != nil {
			p.a.drop(kind, p.tenant, key)
		}
		return
	}
	merged := make(fields)
	if old != nil {
		if err := json.Unmarshal(old, &merged); err != nil {
			p.err = &wirechief.Error{Kind: wirechief.Internal, Err: err}
			return
		}
		before, err := json.Marshal(merged) // the same order and form of numbers as below
		if err != nil {
			p.err = &wirechief.Error{Kind: wirechief.Internal, Err: err}
			return
		}
		old = before
	}
	maps.Copy(merged, named)
	if old == nil {
		if key == "" {
			return
		}
		merged["created_at"] = p.a.now
		if kind == wirechief.EntityAgent || kind == wirechief.EntityFlow {
			delete(merged, "created_at") // they have none
		}
		p.stamp(kind, merged)
		_, p.err = p.a.put(kind, p.tenant, key, nil, merged)
		return
	}
	if doc, err := json.Marshal(merged); err == nil && !bytes.Equal(doc, old) {
		p.stamp(kind, merged)
	}
	_, p.err = p.a.put(kind, p.tenant, key, old, merged)
}

// inUse refuses to remove what a number on the account still refers to, and to
// move an address to where a number in service cannot have it. It looks at what
// will be: a file may take the thing off its numbers as well.
func (a *application) inUse(f *state.File) *wirechief.Error {
	touched := make(map[string]bool)
	for key, doc := range a.documents {
		if doc == nil || key.kind == wirechief.EntityAddress {
			touched[key.tenant] = true
		}
	}
	for i := range f.Tenants {
		tenant := f.Tenants[i].ID
		if !touched[tenant] || f.Tenants[i].Absent {
			continue
		}
		for _, n := range a.x.dir.numbersOf(tenant) {
			if n = a.number(n.Number); n.Tenant != tenant || !n.State.Owned() {
				continue
			}
			if err := a.keepsItsThings(n); err != nil {
				err.Message = "tenant " + tenant + ": " + err.Message
				return err
			}
		}
	}
	return nil
}

func (a *application) keepsItsThings(n *wirechief.Number) *wirechief.Error {
	for _, ref := range references(n) {
		doc, changed := a.documents[namedKind{n.Tenant, ref.kind, ref.key}]
		if changed && doc == nil {
			err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleInUse, "the %s %s cannot be removed: number %s uses it (%s); take it off there first", word(ref.kind), ref.key, n.Number, ref.field)
			err.Field = string(ref.kind)
			return err
		}
		if changed && ref.kind == wirechief.EntityAddress && n.State == wirechief.NumberInService && a.x.owesAddress(a, n) {
			err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleInUse, "the address %s cannot be changed so: number %s needs one that is %s", ref.key, n.Number, n.AddressRule)
			err.Field = string(ref.kind)
			return err
		}
	}
	return nil
}

// stamp notes when a thing was changed, where that is kept.
func (p *documents) stamp(kind wirechief.EntityKind, f fields) {
	switch kind {
	case wirechief.EntityGroup, wirechief.EntityBrand, wirechief.EntitySchedule:
		f["updated_at"] = p.a.now
	case wirechief.EntityFlow:
		revision, _ := f["revision"].(float64) // JSON's
		f["updated_at"], f["revision"] = p.a.now, revision+1
	}
}

// addressName is the name in the document of an address.
func addressName(doc []byte) string {
	var a wirechief.Address
	if err := json.Unmarshal(doc, &a); err != nil {
		return "" // no address has the empty name in a file
	}
	return a.Name
}

// agent keeps the hash of a password, and the one it has while it is right.
func (p *documents) agent(v *state.Agent) {
	f := fields{"id": v.ID}.opt("email", v.Email).opt("name", v.Name).opt("role", v.Role).opt("phone", v.Phone)
	if v.Password != "" && !v.Absent {
		var kept struct{ Password string }
		if old := p.a.x.dir.other(p.tenant, wirechief.EntityAgent, id(v.ID)); old != nil {
			_ = json.Unmarshal(old, &kept) // what cannot be read is replaced
		}
		// One file is applied at a time, so it holds one place at most.
		if done, err := p.a.x.hashes.Wait(p.a.ctx); err == nil {
			if !access.PasswordMatches(kept.Password, v.Password) {
				kept.Password = access.HashPassword(v.Password)
			}
			done()
		} // else who asked is gone, and nothing will be applied
		f["password"] = kept.Password
	}
	p.put(wirechief.EntityAgent, id(v.ID), v.Absent, f)
}
