package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// Apply brings what is configured to the state in the file: what exists is
// updated, what is missing is created, what the file does not name is left
// alone, and only what says absent: true is removed. All of it is judged before
// anything is kept, and kept in one commit; only numbers that somebody reserves,
// releases or sweeps at that very moment are judged and kept once more. With
// dryRun nothing changes and the answer is the same.
//
// What can only be judged against what is configured already (a number's
// carrier, webhook and campaign, URLs, owners) is judged here; the first
// mistake ends the call with an error that names the thing.
func (x *Exchange) Apply(ctx context.Context, f *state.File, dryRun bool) ([]state.Change, error) {
	return x.applyFile(ctx, f, dryRun, false)
}

// ApplyAtStart is Apply of the file that is applied at each start. What
// customers have done since the last one does not keep us from starting:
// numbers that a tenant of the file cannot have any more are logged and skipped
// (docs/adr/0012).
func (x *Exchange) ApplyAtStart(ctx context.Context, f *state.File) ([]state.Change, error) {
	return x.applyFile(ctx, f, false, true)
}

func (x *Exchange) applyFile(ctx context.Context, f *state.File, dryRun, starting bool) ([]state.Change, error) {
	for _, key := range f.Weak() {
		x.Log.WarnContext(ctx, "a secret of the state file is short enough to be guessed; choose a longer one at random", "file", f.Name, "key", key, "least", state.SecretLeast)
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	var changes []state.Change
	crowded := false
	for try := range applyTries {
		a := x.application(ctx, f.Name)
		a.starting, a.again, a.crowded = starting, try > 0, crowded
		err := a.file(f)
		if err != nil && err.Rule == wirechief.RuleCampaignFull && starting && !crowded {
			// The numbers that are one too many are found by counting as they come.
			crowded = true
			a = x.application(ctx, f.Name)
			a.starting, a.again, a.crowded = starting, try > 0, crowded
			err = a.file(f)
		}
		if err != nil {
			err.Op = "apply"
			return changes, err
		}
		if dryRun {
			return a.changes, nil
		}
		overtaken, failed := a.commit()
		changes = append(changes, a.changes...)
		if failed != nil || !overtaken {
			return changes, failed
		}
	}
	return changes, &wirechief.Error{
		Op: "apply", Kind: wirechief.Conflict, Rule: wirechief.RuleRevision,
		Message: "numbers of the file are being changed all the time; apply it again",
	}
}

// applyTries bounds how often a file is judged anew because numbers in it were
// changed between judging and committing.
const applyTries = 10

func (x *Exchange) application(ctx context.Context, file string) *application {
	return &application{
		x: x, ctx: ctx, name: file, now: x.Now().UTC().Truncate(time.Second),
		tenants: make(map[string]*wirechief.Tenant), webhooks: make(map[named]*wirechief.Webhook),
		campaigns: make(map[named]*wirechief.Campaign), numbers: make(map[string]*wirechief.Number),
		documents: make(map[namedKind][]byte), addresses: make(map[named]string),
		users: make(map[loginKey]string), dropped: make(map[string]bool), joined: make(map[named]int),
	}
}

// commit keeps what was judged and takes it over. It says whether somebody was
// faster with a number: that one is off the list of changes, and has to be
// judged anew.
func (a *application) commit() (overtaken bool, err error) {
	if len(a.commands) == 0 {
		return false, nil
	}
	results, err := a.x.Store.Apply(a.ctx, a.commands...)
	if err != nil {
		a.changes = nil
		return false, err
	}
	lost := make(map[string]bool)
	for i, r := range results {
		put, ofNumber := a.commands[i].(wirechief.PutNumber)
		if ofNumber { // the last step counts: somebody else may have made the one before
			lost[put.Number.Number] = wirechief.KindOf(r.Err) == wirechief.Conflict
		}
		switch {
		case r.Err == nil && a.after[i] != nil:
			err = errors.Join(err, a.after[i]())
		case r.Err != nil && !(ofNumber && lost[put.Number.Number]): // everything was judged before
			err = errors.Join(err, r.Err)
		}
		overtaken = overtaken || ofNumber && r.Err != nil
	}
	a.changes = slices.DeleteFunc(a.changes, func(c state.Change) bool { return c.Kind == "number" && lost[c.Key] })
	for _, c := range a.changes {
		a.x.Log.InfoContext(a.ctx, "configured", "action", c.Action, "kind", c.Kind, "tenant", c.Tenant, "key", c.Key)
	}
	return overtaken, err
}

// application is one Apply between judging and committing. The maps hold what
// it has changed so far, nil for what it removes, so that later entries of the
// file are judged against what will be.
type application struct {
	x    *Exchange
	ctx  context.Context
	now  time.Time
	name string // of the file

	starting bool // what was done by others since is skipped, not refused
	again    bool // all but some numbers is on disk already
	crowded  bool // while starting: a campaign is full, so that each number is counted as it comes

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
	joined    map[named]int       // how many numbers more each campaign will have
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
	if err := a.inUse(f); err != nil {
		return err
	}
	if err := a.flows(f); err != nil {
		return err
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
// their values where these are short and cannot hold a secret: who may read
// events and logs is not always who may read the settings.
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
		switch value := now[key]; {
		case len(value) == 0 && string(old[key]) == "true": // a switch is off when it is left out
			b.WriteString("=false")
		case len(value) <= 60 && isPlain(key, value):
			fmt.Fprintf(&b, "=%s", orNone(value))
		}
	}
	return b.String()
}

// isPlain says whether a value may be shown. Switches, counts and times are;
// words are unless they may be a secret or an address with one in it; of what
// has parts only those without words are.
func isPlain(key string, value json.RawMessage) bool {
	switch key {
	case "salt", "hash", "password", "secret", "token", "reservation", "url", "notes", "line", "receipts", "forwards", "voice", "replies":
		return false
	}
	var v any
	if json.Unmarshal(value, &v) != nil {
		return len(value) == 0
	}
	_, word := v.(string)
	return word || !hasWords(v)
}

func hasWords(v any) bool {
	switch v := v.(type) {
	case string:
		return true
	case []any:
		return slices.ContainsFunc(v, hasWords)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), hasWords)
	}
	return false
}

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "none"
	}
	return string(raw)
}
