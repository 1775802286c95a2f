package presence_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/presence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a store that keeps agents and the audit log.
type memory struct {
	mu     sync.Mutex
	agents map[string]wirechief.Entity // by tenant and key
	log    []wirechief.AuditEntry
	broken bool // takes nothing
}

func newMemory(agents ...wirechief.Agent) *memory {
	s := &memory{agents: make(map[string]wirechief.Entity)}
	for _, a := range agents {
		e := entity("acme", a)
		s.agents[e.Tenant+" "+e.Key] = e
	}
	return s
}

func entity(tenant string, a wirechief.Agent) wirechief.Entity {
	doc, _ := json.Marshal(a)
	return wirechief.Entity{Tenant: tenant, Kind: wirechief.EntityAgent, Key: strconv.FormatInt(a.ID, 10), Doc: doc}
}

func (s *memory) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return nil, errors.New("no disk")
	}
	for _, c := range commands {
		e := c.(wirechief.PutAudit).AuditEntry
		s.log = append(s.log, e)
	}
	return make([]wirechief.Result, len(commands)), nil
}

func (s *memory) Entities(context.Context, wirechief.EntityKind) ([]wirechief.Entity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []wirechief.Entity
	for _, e := range s.agents {
		out = append(out, e)
	}
	return out, nil
}

func (s *memory) Audit(_ context.Context, f wirechief.AuditFilter) ([]wirechief.AuditEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []wirechief.AuditEntry
	for _, e := range slices.Backward(s.log) {
		if (f.Before == 0 || e.ID < f.Before) && !e.At.Before(f.From) && len(out) < f.Limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *memory) fail(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

// steps lists the transitions that are kept of an agent, as "offline>online: why".
func (s *memory) steps(t *testing.T, agent int64) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, e := range s.log {
		if e.Agent != agent {
			continue
		}
		if e.Action != presence.Action || e.Subject != strconv.FormatInt(agent, 10) || e.Tenant != "acme" || e.Who == "" || len(e.Changes) != 2 {
			t.Errorf("odd entry: %+v", e)
		}
		text := func(doc string) (s string) {
			if err := json.Unmarshal([]byte(doc), &s); err != nil {
				t.Error(err)
			}
			return s
		}
		out = append(out, text(e.Changes[0].Before)+">"+text(e.Changes[0].After)+": "+text(e.Changes[1].After))
	}
	return out
}
