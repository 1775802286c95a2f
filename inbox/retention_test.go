package inbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

// shelf is a store of tenants that says what was to be forgotten.
type shelf struct {
	inbox.Store
	tenants []wirechief.Tenant

	mu     sync.Mutex
	said   []string
	broken string // the tenant whose commands fail
}

func (s *shelf) Entities(_ context.Context, kind wirechief.EntityKind) ([]wirechief.Entity, error) {
	var out []wirechief.Entity
	if kind == wirechief.EntityTenant {
		for _, t := range s.tenants {
			doc, _ := json.Marshal(t)
			out = append(out, wirechief.Entity{Kind: kind, Key: t.ID, Doc: doc})
		}
	}
	return out, nil
}

func (s *shelf) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := wirechief.PrincipalIn(ctx)
	results := make([]wirechief.Result, len(commands))
	for i, c := range commands {
		switch c := c.(type) {
		case wirechief.Forget:
			if c.Tenant == s.broken {
				return nil, errors.New("no disk")
			}
			results[i].Count = 3
			if c.MediaOnly && c.Tenant == "media" {
				results[i].Left = 2
			}
			s.said = append(s.said, fmt.Sprintf("principal=%t: forget %s before %s remove=%t media=%t", known, c.Tenant, c.Before.Format(time.DateOnly), c.Remove, c.MediaOnly))
		case wirechief.Purge:
			s.said = append(s.said, fmt.Sprintf("tallies before %s, by the hour %s", c.Minutes.Format(time.DateOnly), c.Hours.Format(time.DateOnly)))
		case wirechief.PutAudit:
			s.said = append(s.said, fmt.Sprintf("%s: %s %s %v", c.Who, c.Action, c.Tenant, c.Changes))
		}
	}
	return results, nil
}

func (s *shelf) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.said
	s.said = nil
	return out
}

func TestRetention(t *testing.T) {
	const day = 24 * time.Hour
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{broken: "broken", tenants: []wirechief.Tenant{
			{ID: "broken", Retention: wirechief.Retention{Texts: day}},
			{ID: "keeps"},
			{ID: "all", Retention: wirechief.Retention{Texts: 10 * day, Media: 5 * day, Messages: 100 * day}},
			{ID: "media", Retention: wirechief.Retention{Media: 5 * day}},
		}}
		d := inbox.New(inbox.Options{Store: s, IDs: count{new(int64)}})
		must(t, d.Start(t.Context()))
		must(t, d.Start(t.Context()))
		time.Sleep(59 * time.Second)
		synctest.Wait()
		same(t, "before the first minute is over", s.take(), nil)
		at := time.Now().UTC().Add(time.Second)
		before := func(days int) string { return at.AddDate(0, 0, -days).Format(time.DateOnly) }
		time.Sleep(time.Second)
		synctest.Wait()
		want := []string{
			"tallies before " + before(60) + ", by the hour " + before(3*366),
			"principal=false: forget all before " + before(100) + " remove=true media=false",
			"principal=false: forget all before " + before(10) + " remove=false media=false",
			"principal=false: forget all before " + before(5) + " remove=false media=true",
			"the server: retention.swept all [{messages  3} {texts  3} {media  3}]",
			"principal=false: forget media before " + before(5) + " remove=false media=true",
			"the server: retention.swept media [{media  3} {media left, for they wait  2}]",
		}
		same(t, "first sweep", s.take(), want)
		time.Sleep(23 * time.Hour)
		synctest.Wait()
		same(t, "not yet a day", s.take(), nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		same(t, "a day later", len(s.take()), len(want))
		if err := d.Sweep(t.Context()); err == nil {
			t.Error("a tenant that cannot be swept is passed over in silence")
		}
		must(t, d.Stop(t.Context()))
		must(t, d.Stop(t.Context()))
		must(t, d.Start(t.Context())) // not after it was stopped
	})
}
