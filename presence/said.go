package presence

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// How far back, and through how many pages, Load looks for who was there when
// the program ended.
const (
	lookBack  = 7 * 24 * time.Hour
	lookPages = 20
	pageSize  = 1000
)

// Load reads what agents say and, from the audit log, who was there when the
// program last ended: they have the grace to come back. It comes before Start.
func (t *Tracker) Load(ctx context.Context) error {
	agents, err := t.store.Entities(ctx, wirechief.EntityAgent)
	if err != nil {
		return err
	}
	last, err := t.lastStates(ctx)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, e := range agents {
		k, a, ok := t.read(e)
		if !ok {
			continue
		}
		p := t.person(k)
		p.known, p.agent = true, a
		if was, found := last[k]; found && was != p.state {
			// The log says so, and the chain goes on from there.
			p.state = was
			if was == Online && answers(p) {
				t.count(k.tenant, 1)
			}
			p.leftAt, p.touchedAt, p.restarted = now, now, true
		}
		t.settle(k, p, now, "")
	}
	return nil
}

// lastStates gives the state into which everybody went last.
func (t *Tracker) lastStates(ctx context.Context) (map[key]State, error) {
	last := make(map[key]State)
	f := wirechief.AuditFilter{All: true, Action: Action, From: t.now().Add(-lookBack), Limit: pageSize}
	for range lookPages {
		entries, err := t.store.Audit(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			e := &entries[i]
			k := key{e.Tenant, e.Agent}
			if _, newer := last[k]; newer || len(e.Changes) == 0 {
				continue
			}
			var s State
			if json.Unmarshal([]byte(e.Changes[0].After), &s) == nil {
				last[k] = s
			}
		}
		if len(entries) < pageSize {
			break
		}
		f.Before = entries[len(entries)-1].ID
	}
	return last, nil
}

func (t *Tracker) read(e wirechief.Entity) (k key, a wirechief.Agent, ok bool) {
	if err := json.Unmarshal(e.Doc, &a); err != nil {
		t.log.Error("an agent cannot be read; it counts as offline", "tenant", e.Tenant, "agent", e.Key, "error", err)
		return k, a, false
	}
	a.Password = "" // nothing here needs it
	return key{e.Tenant, a.ID}, a, true
}

// Committed learns from commands that were applied what agents now say. The
// results are those of the commands.
func (t *Tracker) Committed(commands []wirechief.Command, results []wirechief.Result) {
	for i, c := range commands {
		if i < len(results) && results[i].Err != nil {
			continue
		}
		if a, ok := c.(wirechief.Audited); ok {
			c = a.Command
		}
		switch c := c.(type) {
		case wirechief.PutEntity:
			if c.Kind == wirechief.EntityAgent {
				t.put(c.Entity)
			}
		case wirechief.DropEntity:
			if c.Kind == wirechief.EntityAgent {
				t.drop(c.Entity)
			}
		}
	}
}

func (t *Tracker) put(e wirechief.Entity) {
	k, a, ok := t.read(e)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.person(k)
	// Role and Via decide with State who counts: the count is taken anew.
	if answers(p) && p.state == Online {
		t.count(k.tenant, -1)
	}
	p.known, p.agent = true, a
	if answers(p) && p.state == Online {
		t.count(k.tenant, 1)
	}
	t.settle(k, p, t.now(), becauseSaid)
}

func (t *Tracker) drop(e wirechief.Entity) {
	id, err := strconv.ParseInt(e.Key, 10, 64)
	if err != nil {
		return
	}
	k := key{e.Tenant, id}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.people[k]
	if p == nil {
		return
	}
	p.known = false
	t.settle(k, p, t.now(), becauseRemoved)
	t.forget(k, p)
}
