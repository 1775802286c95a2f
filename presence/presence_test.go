package presence_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/presence"
)

var (
	ann      = wirechief.Agent{ID: 1, Name: "Ann", Role: "agent", State: "online"}
	bob      = wirechief.Agent{ID: 2, Name: "Bob", Role: "agent", State: "online", Via: "phone"}
	eve      = wirechief.Agent{ID: 3, Name: "Eve", Role: "viewer", State: "online"}
	newcomer = wirechief.Agent{ID: 4, Email: "new@acme.example", Role: "owner"}
)

// running starts a tracker within a bubble.
func running(t *testing.T, s *memory, o presence.Options) *presence.Tracker {
	t.Helper()
	o.Store, o.IDs = s, ident.New(time.Now, 0)
	tr := presence.New(o)
	if err := tr.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := tr.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tr
}

func stopped(t *testing.T, tr *presence.Tracker) {
	t.Helper()
	if err := tr.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func wantSteps(t *testing.T, s *memory, agent int64, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(append([]string{}, want...), s.steps(t, agent)); diff != "" {
		t.Errorf("agent %d: kept transitions (-want +got):\n%s", agent, diff)
	}
}

func wantOnline(t *testing.T, tr *presence.Tracker, want bool) {
	t.Helper()
	if got := tr.Online("acme"); got != want {
		t.Errorf("Online is %t, want %t", got, want)
	}
}

func TestConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemory(ann)
		told := 0
		tr := running(t, s, presence.Options{Changed: func(tenant string, agent int64) {
			if told++; tenant != "acme" || agent != 1 {
				t.Errorf("told of %s %d", tenant, agent)
			}
		}})
		defer stopped(t, tr)
		wantOnline(t, tr, false) // says so, but no console is open

		one := tr.Connect("acme", 1)
		two := tr.Connect("acme", 1)
		wantOnline(t, tr, true)
		if tr.Online("other") {
			t.Error("another tenant has our agents")
		}
		one()
		one() // counts once
		time.Sleep(time.Minute)
		wantOnline(t, tr, true)
		two()
		time.Sleep(29 * time.Second)
		wantOnline(t, tr, true)
		three := tr.Connect("acme", 1) // loaded anew
		time.Sleep(time.Minute)
		wantOnline(t, tr, true)
		wantSteps(t, s, 1, "offline>online: console opened")
		three()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		wantOnline(t, tr, false)
		wantSteps(t, s, 1, "offline>online: console opened", "online>offline: console closed")
		if told != 2 {
			t.Errorf("told of %d transitions", told)
		}
	})
}

func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemory(ann)
		tr := running(t, s, presence.Options{})
		defer stopped(t, tr)
		leave := tr.Connect("acme", 1)
		time.Sleep(9 * time.Minute)
		tr.Touch("acme", 1)
		time.Sleep(9 * time.Minute)
		synctest.Wait()
		wantOnline(t, tr, true)
		time.Sleep(time.Minute)
		synctest.Wait()
		wantOnline(t, tr, false)
		if st, _ := tr.Of("acme", 1); st.State != presence.Away || st.Open != 1 || st.Said != "online" {
			t.Errorf("status is %+v", st)
		}
		tr.Touch("acme", 1)
		wantOnline(t, tr, true)
		leave()
		time.Sleep(time.Hour)
		tr.Touch("acme", 1) // no console is open: it changes nothing
		tr.Touch("acme", 99)
		wantSteps(t, s, 1, "offline>online: console opened", "online>away: idle", "away>online: active again", "online>offline: console closed")
	})
}

func TestSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemory(ann, bob, eve, newcomer)
		tr := running(t, s, presence.Options{})
		defer stopped(t, tr)
		wantOnline(t, tr, true) // Bob is reached by phone
		say := func(a wirechief.Agent, state string) {
			a.State = state
			tr.Committed([]wirechief.Command{wirechief.PutEntity{Entity: entity("acme", a)}}, make([]wirechief.Result, 1))
		}
		say(bob, "transfers_only")
		wantOnline(t, tr, false)

		defer tr.Connect("acme", 3)()
		wantOnline(t, tr, false) // Eve only looks
		leave := tr.Connect("acme", 4)
		wantOnline(t, tr, true) // who never said anything is as the console says
		leave()
		time.Sleep(time.Minute)
		defer tr.Connect("acme", 1)()
		wantOnline(t, tr, true)
		say(ann, "away")
		wantOnline(t, tr, false)
		say(ann, "offline")
		viewer := ann
		viewer.Role = "viewer"
		say(viewer, "online")
		wantOnline(t, tr, false)
		say(ann, "online")
		wantOnline(t, tr, true)
		say(viewer, "online") // the role alone changes: nobody is left who answers
		wantOnline(t, tr, false)

		// A refused command changes nothing; one with an audit entry does.
		refused := wirechief.Errorf(wirechief.Conflict, "no")
		tr.Committed([]wirechief.Command{wirechief.PutEntity{Entity: entity("acme", ann)}}, []wirechief.Result{{Err: refused}})
		wantOnline(t, tr, false)
		tr.Committed([]wirechief.Command{wirechief.Audited{Command: wirechief.PutEntity{Entity: entity("acme", ann)}}}, make([]wirechief.Result, 1))
		wantOnline(t, tr, true)
		tr.Committed([]wirechief.Command{wirechief.DropEntity{Entity: entity("acme", ann)}}, make([]wirechief.Result, 1))
		wantOnline(t, tr, false)
		if _, ok := tr.Of("acme", 1); ok {
			t.Error("a removed agent is there")
		}
		names := []string{}
		for _, st := range tr.List("acme") {
			names = append(names, fmt.Sprint(st.Name, " ", st.State, " ", st.Answers))
		}
		if diff := cmp.Diff([]string{"Bob transfers_only true", "Eve online false", "new@acme.example offline true"}, names); diff != "" {
			t.Errorf("list (-want +got):\n%s", diff)
		}
		wantSteps(t, s, 2, "offline>online: said so", "online>transfers_only: said so")
		wantSteps(t, s, 1, "offline>online: console opened", "online>away: said so", "away>offline: said so", "offline>online: said so", "online>offline: removed")
	})
}

func TestRestart(t *testing.T) {
	for _, back := range []bool{true, false} {
		t.Run(fmt.Sprint("back=", back), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newMemory(ann)
				tr := running(t, s, presence.Options{})
				leave := tr.Connect("acme", 1)
				leave()
				stopped(t, tr)
				time.Sleep(5 * time.Minute)

				tr = running(t, s, presence.Options{})
				defer stopped(t, tr)
				wantOnline(t, tr, true) // has the grace to come back
				time.Sleep(20 * time.Second)
				if back {
					defer tr.Connect("acme", 1)()
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				wantOnline(t, tr, back)
				if back {
					wantSteps(t, s, 1, "offline>online: console opened")
				} else {
					wantSteps(t, s, 1, "offline>online: console opened", "online>offline: gone after a restart")
				}
			})
		})
	}
}

// A store that takes nothing for a while makes nobody wait and loses nothing;
// beyond the bound the chain of a person stays whole.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemory(ann)
		tr := running(t, s, presence.Options{Grace: -1})
		defer stopped(t, tr)
		s.fail(true)
		for range 3000 {
			tr.Connect("acme", 1)()
		}
		before := time.Now()
		synctest.Wait()
		if time.Since(before) != 0 {
			t.Error("somebody waited")
		}
		s.fail(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		steps := s.steps(t, 1)
		if len(steps) < 4096 || len(steps) > 6000 {
			t.Fatalf("%d transitions are kept", len(steps))
		}
		last := "offline"
		for i, step := range steps {
			var from, to string
			for j := range step {
				if step[j] == '>' {
					from = step[:j]
					to = step[j+1:]
				}
			}
			if from != last {
				t.Fatalf("step %d, %s, does not follow on %s", i, step, last)
			}
			for j := range to {
				if to[j] == ':' {
					last = to[:j]
					break
				}
			}
		}
		if last != "offline" {
			t.Errorf("the last state kept is %s", last)
		}
	})
}

// What Stop has no time to keep it owns up to.
func TestStopWithoutStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemory(ann)
		tr := running(t, s, presence.Options{})
		s.fail(true)
		tr.Connect("acme", 1)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := tr.Stop(ctx); wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("Stop gives %v", err)
		}
		if err := tr.Stop(ctx); wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("a second Stop gives %v", err)
		}
	})
	s := newMemory()
	tr := presence.New(presence.Options{Store: s})
	stopped(t, tr) // before it was started
	if err := tr.Start(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := newMemory(ann)
	tr := running(t, s, presence.Options{Grace: time.Nanosecond})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				leave := tr.Connect("acme", 1)
				tr.Touch("acme", 1)
				tr.Online("acme")
				tr.List("acme")
				leave()
			}
		})
	}
	all.Wait()
	stopped(t, tr)
	if st, _ := tr.Of("acme", 1); st.Open != 0 {
		t.Errorf("%d consoles are open", st.Open)
	}
}

func BenchmarkOnline(b *testing.B) {
	s := newMemory(ann)
	tr := presence.New(presence.Options{Store: s})
	if err := tr.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	tr.Connect("acme", 1)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			tr.Online("acme")
		}
	})
}
