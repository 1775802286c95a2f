package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"github.com/wirechief/wirechief"
)

// adopt gives ids to what an earlier version kept without: numbers, and
// addresses that were known by their name only.
func (x *Exchange) adopt(ctx context.Context) error {
	var commands []wirechief.Command
	var after []func() error
	for _, n := range x.dir.numbersOf("") {
		if n.ID != 0 || !n.State.Owned() {
			continue
		}
		named := *n
		named.ID = x.IDs.Next()
		commands = append(commands, wirechief.PutNumber{Number: &named})
		after = append(after, func() error { x.dir.putNumber(&named); return nil })
	}
	x.dir.mu.RLock()
	var old []wirechief.Entity
	for k, shelf := range x.dir.others {
		for key, doc := range shelf {
			var a wirechief.Address
			if k.kind == wirechief.EntityAddress && json.Unmarshal(doc, &a) == nil && a.ID == 0 {
				old = append(old, wirechief.Entity{Tenant: k.tenant, Kind: k.kind, Key: key, Doc: doc})
			}
		}
	}
	x.dir.mu.RUnlock()
	for _, e := range old {
		var a wirechief.Address
		if err := json.Unmarshal(e.Doc, &a); err != nil {
			return err
		}
		a.ID, a.Name = x.IDs.Next(), e.Key
		doc, err := json.Marshal(a)
		if err != nil {
			return err
		}
		now := wirechief.Entity{Tenant: e.Tenant, Kind: e.Kind, Key: id10(a.ID), Doc: doc}
		commands = append(commands, wirechief.DropEntity{Entity: e}, wirechief.PutEntity{Entity: now})
		after = append(after, func() error { x.dir.drop(e); return nil }, func() error { return x.dir.put(now) })
	}
	if len(commands) == 0 {
		return nil
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err != nil {
			return r.Err
		}
		if err := after[i](); err != nil {
			return err
		}
	}
	return nil
}

// digest is 32 octets made of a tenant and an id.
func digest(tenant string, id int64) []byte {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], uint64(id))
	sum := sha256.Sum256(append(key[:], tenant...))
	return sum[:]
}
