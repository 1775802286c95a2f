package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/presence"
)

// What people do, through the program as it is joined: a text arrives and is
// answered by itself while nobody is there, and by a person; a block keeps the
// next one out; who came and went is in the audit log, also after a restart.
func TestPeople(t *testing.T) {
	const number, handset = "+13109060901", "+14155550111"
	cfg := minimal(t)
	cfg.State = filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(cfg.State, []byte(`
tenants:
  - id: acme
    messaging: true
    agreement: true
    require_campaign: false
    agents: [{id: 7, name: Ann, email: ann@acme.test, role: agent}]
    numbers:
      - number: "+13109060901"
        carrier: sim
        capabilities: [sms]
        enabled: [sms]
        replies: {agents_offline: {enabled: true, message: We are closed.}, window: 1h}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ann := wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Ann", Agent: 7, Role: wirechief.RoleAgent}
	run := func(do func(a *App)) {
		t.Helper()
		a, err := New(ctx, cfg, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := a.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}()
		if err := a.Start(ctx); err != nil {
			t.Fatal(err)
		}
		do(a)
	}
	texts := func(a *App, id int64) (out []string) {
		t.Helper()
		page, err := a.people.desk.Thread(ctx, ann, id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if i.Message != nil {
				out = append(out, i.Message.Text)
			} else {
				out = append(out, string(i.Entry.Kind))
			}
		}
		return out
	}
	text := func(a *App, s string) {
		t.Helper()
		if err := a.exchange.SimulateText(ctx, wirechief.Principal{Operator: true}, handset, number, s); err != nil {
			t.Fatal(err)
		}
	}
	run(func(a *App) {
		live := a.hub.Subscribe("acme", false, "")
		defer live.Close()
		text(a, "anybody there?")
		for { // the answer goes out by itself
			e, err := live.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if e.Topic == feed.Message && e.Kind == feed.Out {
				break
			}
		}
		list, err := a.people.desk.Conversations(ctx, ann, inbox.Filter{})
		if err != nil || len(list) != 1 || list[0].Unread != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		id := list[0].ID
		if got := texts(a, id); !slices.Contains(got, "We are closed.") {
			t.Errorf("nobody is there, and the thread is %q", got)
		}
		if a.people.presence.Online("acme") {
			t.Error("somebody is there before they came")
		}
		defer a.people.presence.Connect("acme", 7)()
		if !a.people.presence.Online("acme") {
			t.Error("nobody is there after they came")
		}
		if _, err := a.people.desk.Reply(ctx, ann, id, inbox.Draft{Text: "here I am"}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.people.desk.Block(ctx, ann, id); err != nil {
			t.Fatal(err)
		}
		before := texts(a, id)
		text(a, "spam")
		if got := texts(a, id); !slices.Equal(got, before) || before[len(before)-1] != "blocked" {
			t.Errorf("after a block the thread goes from %q to %q", before, got)
		}
	})
	run(func(a *App) {
		if !a.people.desk.Blocked("acme", handset) {
			t.Error("a restart lifts the block")
		}
		if !a.people.presence.Online("acme") {
			t.Error("a restart sends people away")
		}
		entries, err := a.store.Audit(ctx, wirechief.AuditFilter{Tenant: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		said := []string{}
		for _, e := range slices.Backward(entries) {
			if e.Action == presence.Action || strings.HasPrefix(e.Action, "contact") {
				said = append(said, fmt.Sprint(e.Action, " by ", e.Who, " ", e.Via))
			}
		}
		want := []string{"presence.changed by Ann console", "contact.put by Ann console"}
		slices.Sort(said)
		slices.Sort(want)
		if !slices.Equal(said, want) {
			t.Errorf("the audit log says %q, want %q", said, want)
		}
	})
}
