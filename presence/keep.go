package presence

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// Action is what transitions are called in the audit log.
const Action = "presence.changed"

// How long the tracker waits before it asks a store again that took nothing.
const (
	againFirst = 250 * time.Millisecond
	againMost  = 30 * time.Second
)

// batch is how many transitions are kept in one commit at most.
const batch = 256

// transition is one step of a person.
type transition struct {
	key
	name          string
	before, after State
	because       string
	at            time.Time
}

// enqueue adds a transition to what has to be kept. It waits for nothing.
func (t *Tracker) enqueue(tr transition) {
	if place, ok := t.waiting[tr.key]; ok && len(t.queue) >= queueMost && place > t.taken {
		q := &t.queue[place-t.taken-1]
		q.after, q.because, q.at = tr.after, tr.because, tr.at
		t.merged++
		return
	}
	t.queue = append(t.queue, tr)
	t.waiting[tr.key] = t.taken + len(t.queue)
	wake(t.full)
}

// keep writes transitions to the store, in order, until the last is there.
func (t *Tracker) keep(ctx context.Context) {
	again := againFirst
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		commands := t.front()
		if len(commands) == 0 {
			select {
			case <-t.full:
				continue
			case <-t.closing:
				if t.front() == nil {
					return
				}
				continue
			}
		}
		results, err := t.store.Apply(ctx, commands...)
		if err == nil {
			for i := range results {
				if e := results[i].Err; e != nil {
					t.log.ErrorContext(ctx, "a change of who is there was refused by the store, and is lost", "error", e)
				}
			}
			t.shift(ctx, len(commands))
			again = againFirst
			continue
		}
		if ctx.Err() != nil {
			return
		}
		t.log.WarnContext(ctx, "changes of who is there cannot be kept just now; trying again", "after", again, "error", err)
		timer.Reset(again)
		again = min(2*again, againMost)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// front gives the first transitions as commands; they stay in the queue until
// shift. What is in the front is not drawn together with anything any more.
func (t *Tracker) front() []wirechief.Command {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(t.queue), batch)
	if n == 0 {
		return nil
	}
	commands := make([]wirechief.Command, n)
	for i := range n {
		tr := &t.queue[i]
		if t.waiting[tr.key] == t.taken+i+1 {
			delete(t.waiting, tr.key)
		}
		e := tr.entry()
		e.ID = t.ids.Next() // a new one for each try, for the one before may be in use
		commands[i] = wirechief.PutAudit{AuditEntry: e}
	}
	return commands
}

// shift takes what is kept from the queue.
func (t *Tracker) shift(ctx context.Context, n int) {
	t.mu.Lock()
	merged := t.merged
	t.merged = 0
	t.queue = append(t.queue[:0], t.queue[n:]...)
	t.taken += n
	t.mu.Unlock()
	if merged > 0 {
		t.log.WarnContext(ctx, "the store was away for so long that changes of who is there were drawn together", "changes", merged)
	}
}

func (tr *transition) entry() wirechief.AuditEntry {
	e := wirechief.AuditEntry{
		Tenant: tr.tenant, At: tr.at.UTC(), Who: tr.name, Agent: tr.agent,
		Action: Action, Subject: strconv.FormatInt(tr.agent, 10),
		Changes: []wirechief.AuditChange{
			{Field: "state", Before: quoted(string(tr.before)), After: quoted(string(tr.after))},
			{Field: "because", After: quoted(tr.because)},
		},
	}
	switch tr.because {
	case becauseConnected, becauseLeft, becauseTouched:
		e.Via = wirechief.DialectConsole
	case becauseIdle, becauseRestart, becauseRemoved:
		e.Who = "the server"
	}
	return e
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
