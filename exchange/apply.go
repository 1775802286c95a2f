package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// Apply brings what is configured to the state in the file: what exists is
// updated, what is missing is created, what the file does not name is left
// alone, and only what says absent: true is removed. All of it is kept in one
// commit or nothing is. With dryRun nothing changes and the answer is the same.
//
// What can only be judged against what is configured already (a number's
// carrier, webhook and campaign, URLs, owners) is judged here; the first
// mistake ends the call with an error that names the thing.
func (x *Exchange) Apply(ctx context.Context, f *state.File, dryRun bool) ([]state.Change, error) {
	x.configuring.Lock()
	defer x.configuring.Unlock()
	a := &application{
		x: x, ctx: ctx, now: x.Now().UTC().Truncate(time.Second),
		tenants: make(map[string]*wirechief.Tenant), webhooks: make(map[named]*wirechief.Webhook),
		campaigns: make(map[named]*wirechief.Campaign), numbers: make(map[string]*wirechief.Number),
		documents: make(map[namedKind][]byte), addresses: make(map[named]string),
		users: make(map[loginKey]string), dropped: make(map[string]bool),
	}
	if err := a.file(f); err != nil {
		err.Op = "apply"
		return nil, err
	}
	if dryRun || len(a.commands) == 0 {
		return a.changes, nil
	}
	results, err := x.Store.Apply(ctx, a.commands...)
	if err != nil {
		return nil, err
	}
	for _, c := range a.changes {
		x.Log.InfoContext(ctx, "configured", "action", c.Action, "kind", c.Kind, "tenant", c.Tenant, "key", c.Key)
	}
	for i, r := range results {
		// Everything was judged before; what the store refuses all the same is
		// told, and what it kept is taken over.
		if r.Err != nil && err == nil {
			err = r.Err
		}
		if r.Err == nil && a.after[i] != nil {
			if aerr := a.after[i](); aerr != nil && err == nil {
				err = aerr
			}
		}
	}
	return a.changes, err
}

// application is one Apply between judging and committing. The maps hold what
// it has changed so far, nil for what it removes, so that later entries of the
// file are judged against what will be.
type application struct {
	x   *Exchange
	ctx context.Context
	now time.Time

	changes  []state.Change
	commands []wirechief.Command
	after    []func() error // one a command, run when it is on disk; nil: nothing to do

	tenants   map[string]*wirechief.Tenant
	webhooks  map[named]*wirechief.Webhook
	campaigns map[named]*wirechief.Campaign
	numbers   map[string]*wirechief.Number
	balances  map[string]wirechief.Money
	documents map[namedKind][]byte
	addresses map[named]string    // the key of each address of the file, by its name
	users     map[loginKey]string // whose each user of the file is
	dropped   map[string]bool     // credentials that go, by tenant and key
}

type namedKind struct {
	tenant string
	kind   wirechief.EntityKind
	key    string
}

func (a *application) file(f *state.File) *wirechief.Error {
	for i := range f.Tenants {
		if err := a.tenant(&f.Tenants[i]); err != nil {
			if err.Message != "" {
				err.Message = "tenant " + f.Tenants[i].ID + ": " + err.Message
			}
			return err
		}
	}
	if err := a.campaignSizes(); err != nil {
		return err
	}
	return a.offers(f)
}

// add notes a command and what follows it.
func (a *application) add(c wirechief.Command, after func() error) {
	a.commands = append(a.commands, c)
	a.after = append(a.after, after)
}

// note puts a change on the list.
func (a *application) note(action, kind, tenant, key, detail string) {
	a.changes = append(a.changes, state.Change{Action: action, Kind: kind, Tenant: tenant, Key: key, Detail: detail})
}

// put stores an entity if it differs from old, the document that is kept now
// (nil: none), and notes what changed. It says whether it does differ.
func (a *application) put(kind wirechief.EntityKind, tenant, key string, old, v any) (bool, *wirechief.Error) {
	doc, err := json.Marshal(v)
	if err != nil {
		return false, &wirechief.Error{Kind: wirechief.Internal, Err: err}
	}
	before, err := document(old)
	if err != nil {
		return false, &wirechief.Error{Kind: wirechief.Internal, Err: err}
	}
	if bytes.Equal(before, doc) {
		return false, nil
	}
	a.documents[namedKind{tenant, kind, key}] = doc
	action := "create"
	if before != nil {
		action = "update"
	}
	a.note(action, string(kind), tenant, key, differences(before, doc))
	e := wirechief.Entity{Tenant: tenant, Kind: kind, Key: key, Doc: doc}
	a.add(wirechief.PutEntity{Entity: e}, func() error { return a.x.dir.put(e) })
	return true, nil
}

// drop removes an entity that is there.
func (a *application) drop(kind wirechief.EntityKind, tenant, key string) {
	a.note("delete", string(kind), tenant, key, "")
	a.dropSilently(kind, tenant, key)
}

func (a *application) dropSilently(kind wirechief.EntityKind, tenant, key string) {
	a.documents[namedKind{tenant, kind, key}] = nil
	e := wirechief.Entity{Tenant: tenant, Kind: kind, Key: key}
	a.add(wirechief.DropEntity{Entity: e}, func() error { a.x.dir.drop(e); return nil })
}

// document is the JSON form of what is kept, nil for nothing.
func document(v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []byte:
		return v, nil
	}
	return json.Marshal(v)
}

// differences names the top-level keys in which two documents differ, with
// their values where these are short and nobody's secret.
func differences(before, after []byte) string {
	var old, now map[string]json.RawMessage
	if json.Unmarshal(after, &now) != nil || before != nil && json.Unmarshal(before, &old) != nil || before == nil {
		return ""
	}
	var b bytes.Buffer
	for _, key := range sortedKeys(now, old) {
		if bytes.Equal(old[key], now[key]) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(key)
		if value := now[key]; len(value) <= 60 && !isSecretKey(key) {
			fmt.Fprintf(&b, "=%s", orNone(value))
		}
	}
	return b.String()
}

func isSecretKey(key string) bool { return key == "salt" || key == "hash" || key == "password" }

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "none"
	}
	return string(raw)
}
