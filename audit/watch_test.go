package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/audit"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var t0 = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func now() time.Time { return t0 }

// watched is a real store that is watched.
type watched struct {
	wirechief.Store
	t testing.TB
}

func newWatched(t testing.TB) *watched {
	t.Helper()
	db, err := sqlite.Open(t.Context(), fresh.Dir(t, t.TempDir()), sqlite.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &watched{audit.Watch(db, audit.Options{Now: now, IDs: ident.New(now, 0)}), t}
}

var olga = wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "Olga", Agent: 7, Role: wirechief.RoleOwner, Address: "192.0.2.1"}

// do applies commands as Olga.
func (w *watched) do(commands ...wirechief.Command) {
	w.t.Helper()
	w.as(wirechief.WithPrincipal(w.t.Context(), olga), commands...)
}

func (w *watched) as(ctx context.Context, commands ...wirechief.Command) {
	w.t.Helper()
	results, err := w.Apply(ctx, commands...)
	for _, r := range results {
		err = errors.Join(err, r.Err)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// log gives the entries, the oldest first, a line each.
func (w *watched) log() string {
	w.t.Helper()
	list, err := w.Audit(w.t.Context(), wirechief.AuditFilter{All: true, Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, e := range list {
		line := fmt.Sprintf("%s %s %s by %s", e.Tenant, e.Action, e.Subject, e.Who)
		for _, c := range e.Changes {
			line += fmt.Sprintf("; %s: %s > %s", c.Field, c.Before, c.After)
		}
		lines = append([]string{line}, lines...)
	}
	return strings.Join(lines, "\n")
}

func (w *watched) wants(lines ...string) {
	w.t.Helper()
	if d := cmp.Diff(strings.Join(lines, "\n"), w.log()); d != "" {
		w.t.Error(d)
	}
}

func entity(kind wirechief.EntityKind, key, doc string) wirechief.PutEntity {
	return wirechief.PutEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: kind, Key: key, Doc: []byte(doc)}}
}

func TestEntities(t *testing.T) {
	w := newWatched(t)
	w.do(
		entity("webhook", "Default", `{"name":"Default","url":"https://u:p@hooks.test/a?tok=s3cret#x","dlr":true,"modified_at":"2026-03-02T12:00:00Z"}`),
		entity("webhook", "Default", `{"name":"Default","url":"https://u:q@hooks.test/b","dlr":false,"modified_at":"2026-03-02T12:00:01Z"}`),
	)
	w.do(entity("webhook", "Default", `{"name":"Default","url":"https://u:q@hooks.test/b","dlr":false,"modified_at":"2026-03-02T12:00:02Z"}`))
	drop := wirechief.DropEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: "webhook", Key: "Default"}}
	w.do(drop)
	if results, err := w.Apply(t.Context(), drop); err != nil || wirechief.KindOf(results[0].Err) != wirechief.NotFound {
		t.Errorf("%+v, %v", results, err)
	}
	w.wants(
		"acme webhook.put Default by Olga; dlr:  > true; name:  > Default; url:  > https://***@hooks.test/a?***",
		"acme webhook.put Default by Olga; dlr: true > false; url: https://***@hooks.test/a?*** > https://***@hooks.test/b",
		"acme webhook.delete Default by Olga; name: Default > ; url: https://***@hooks.test/b > ",
	)
}

func TestWho(t *testing.T) {
	w := newWatched(t)
	for i, p := range []*wirechief.Principal{
		nil,
		{Operator: true, Name: "state file"},
		{Tenant: "acme", Dialect: wirechief.DialectBulkVS, Name: "acme"},
		{Tenant: "acme", Dialect: wirechief.DialectOwn, Name: "0123456789abcdef"},
		{Tenant: "acme", Dialect: wirechief.DialectOwn, Name: "Warehouse"},
		{Tenant: "acme", Dialect: wirechief.DialectZendesk},
	} {
		ctx := t.Context()
		if p != nil {
			ctx = wirechief.WithPrincipal(ctx, *p)
		}
		w.as(ctx, entity("brand", "1", fmt.Sprintf(`{"id":1,"name":"%d"}`, i+1)))
	}
	w.wants(
		"acme brand.put 1 by the server; id:  > 1; name:  > 1",
		"acme brand.put 1 by state file; name: 1 > 2", "acme brand.put 1 by acme; name: 2 > 3",
		"acme brand.put 1 by a token; name: 3 > 4", "acme brand.put 1 by Warehouse; name: 4 > 5", "acme brand.put 1 by zendesk; name: 5 > 6",
	)
	w.do(entity("brand", "2", `{"id":2}`))
	list, err := w.Audit(t.Context(), wirechief.AuditFilter{Tenant: "acme", Subject: "2"})
	want := []wirechief.AuditEntry{{
		ID: list[0].ID, Tenant: "acme", At: t0, Who: "Olga", Agent: 7, Via: "console", Address: "192.0.2.1", Action: "brand.put", Subject: "2",
		Changes: []wirechief.AuditChange{{Field: "id", After: "2"}},
	}}
	if d := cmp.Diff(want, list); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestSecrets(t *testing.T) {
	w := newWatched(t)
	w.do(
		entity("agent", "1", `{"id":1,"email":"ann@acme.test","password":"$argon2id$s3cret"}`),
		entity("agent", "1", `{"id":1,"email":"ann@acme.test","password":"$argon2id$s3cret2","role":"admin"}`),
		entity("credential", "wirechief////0123/4567", `{"dialect":"wirechief","name":"0123456789abcdef","salt":"czNjcmV0","hash":"czNjcmV0","label":"CRM","hint":"abcd"}`),
		entity("credential", "bulkvs///acme/4567", `{"dialect":"bulkvs","name":"acme","salt":"czNjcmV0","hash":"czNjcmV0"}`),
		entity("flow", "1", `{"id":"1","nodes":{"a":{"say":"x","auth":{"token":"s3cret"}}},"list":[{"password":"s3cret","n":9007199254740993}]}`),
		entity("flow", "1", `{"id":"1","nodes":{"a":{"auth":{"token":"s3cret2"},"say":"x"}},"list":[{"n":9007199254740993,"password":"s3cret2"}]}`),
	)
	number := wirechief.Number{Number: "+13109060901", Tenant: "acme", Rev: 1, State: wirechief.NumberInService}
	number.Line.PortOutPIN = "s3cret"
	w.do(wirechief.PutNumber{Number: &number})
	next := number
	next.Rev, next.Line.PortOutPIN = 2, "s3cret2"
	w.do(wirechief.PutNumber{Number: &next})
	w.wants(
		"acme agent.put 1 by Olga; email:  > ann@acme.test; id:  > 1; password:  > (changed)",
		"acme agent.put 1 by Olga; password:  > (changed); role:  > admin",
		"acme credential.put wirechief CRM by Olga; dialect:  > wirechief; hash:  > (changed); hint:  > abcd; label:  > CRM; salt:  > (changed)",
		"acme credential.put bulkvs acme by Olga; dialect:  > bulkvs; hash:  > (changed); name:  > acme; salt:  > (changed)",
		`acme flow.put 1 by Olga; id:  > 1; list:  > [{"n":9007199254740993,"password":"(changed)"}]; nodes.a.auth.token:  > (changed); nodes.a.say:  > x`,
		"acme flow.put 1 by Olga; list:  > (changed); nodes.a.auth.token:  > (changed)",
		"acme number.change +13109060901 by Olga; state:  > in_service",
		"acme number.change +13109060901 by Olga; line.port_out_pin:  > (changed)",
	)
}

// TestNothing: what nobody configures leaves nothing.
func TestNothing(t *testing.T) {
	w := newWatched(t)
	w.do(entity("agent", "1", `{"id":1,"state":"away"}`))
	before := w.log()
	w.do(
		entity("agent", "1", `{"id":1,"state":"online","state_at":"2026-03-02T12:00:00Z","presence":{"day":"2026-03-02","online":5}}`),
		entity("agent", "1", `{"id": 1, "state":"online"}`),
		entity(wirechief.EntityLease, "x", `{}`), entity(wirechief.EntitySession, "x", `{}`), entity(wirechief.EntitySecret, "x", `"y"`),
		entity(wirechief.EntityKeyUse, "x", `{"at":"2026-03-02T12:00:00Z"}`),
		wirechief.DropEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: wirechief.EntityLease, Key: "x"}},
		wirechief.PutOptOuts{}, wirechief.SetInFlight{Carrier: "main"},
	)
	w.wants(before)
}

func TestOthers(t *testing.T) {
	w := newWatched(t)
	number := wirechief.Number{Number: "+13109060901", Tenant: "acme", Rev: 1, State: wirechief.NumberInService, Name: "Desk"}
	second := number
	second.Rev, second.Name, second.Forwards = 2, "Front", []wirechief.Forward{{Type: "email", Destination: "desk@acme.test", Enabled: true}}
	w.do(wirechief.PutNumber{Number: &number}, wirechief.PutNumber{Number: &second})
	stale := number
	stale.Name = "Too late"
	if results, err := w.Apply(t.Context(), wirechief.PutNumber{Number: &stale}); err != nil || wirechief.KindOf(results[0].Err) != wirechief.Conflict {
		t.Errorf("%+v, %v", results, err)
	}
	contact := wirechief.Contact{ID: 5, Tenant: "acme", Name: "Cay", Phones: []string{"+13105551212"}, CreatedAt: t0}
	blocked := contact
	blocked.Blocked, blocked.UpdatedAt = true, t0
	w.do(
		wirechief.SetBalance{Tenant: "acme", Balance: 1_000_000}, wirechief.SetBalance{Tenant: "acme", Balance: 1_000_000},
		wirechief.SetBalance{Tenant: "acme", Balance: 2_500_000},
		wirechief.PutContact{Contact: &contact}, wirechief.PutContact{Contact: &blocked}, wirechief.DropContact{Tenant: "acme", ID: 5},
		wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{{Tenant: "acme", Handset: "+13105551212", Out: true, Reason: "asked", By: "Olga", At: t0}}},
		wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{
			{Tenant: "acme", Handset: "+13105551213", Out: true, At: t0}, {Tenant: "acme", Handset: "+13105551212", At: t0},
		}},
	)
	w.wants(
		"acme number.change +13109060901 by Olga; state:  > in_service",
		`acme number.change +13109060901 by Olga; forwards:  > [{"destination":"desk@acme.test","enabled":true,"type":"email"}]; name: Desk > Front`,
		"acme balance.set acme by Olga; balance:  > 1.00",
		"acme balance.set acme by Olga; balance: 1.00 > 2.50",
		`acme contact.put 5 by Olga; created_at:  > 2026-03-02T12:00:00Z; id:  > 5; name:  > Cay; phones:  > ["+13105551212"]`,
		"acme contact.put 5 by Olga; blocked:  > true",
		`acme contact.delete 5 by Olga; blocked: true > ; created_at: 2026-03-02T12:00:00Z > ; id: 5 > ; name: Cay > ; phones: ["+13105551212"] > `,
		"acme optout.put +13105551212 by Olga; out:  > true; reason:  > asked",
		"acme optout.put 2 handsets by Olga; out:  > 1; in:  > 1",
	)
}

func TestBulk(t *testing.T) {
	w := newWatched(t)
	b := wirechief.Bulk{ID: 9, Tenant: "acme", Name: "Spring", From: "+13109060901", Text: "Hi", State: wirechief.BulkDraft, By: "Olga", CreatedAt: t0, Rows: 2}
	running, sent := b, b
	running.State, running.StartedAt = wirechief.BulkRunning, t0
	sent.State, sent.StartedAt, sent.Sent = wirechief.BulkRunning, t0, 1
	w.do(wirechief.PutBulk{Bulk: &b}, wirechief.PutBulk{Bulk: &running})
	w.as(t.Context(), wirechief.PutBulk{Bulk: &sent})
	if got := strings.Split(w.log(), "\n"); len(got) != 2 || got[1] != "acme bulk.put 9 by Olga; state: draft > running" {
		t.Errorf("%q", got)
	}
}

func TestConversation(t *testing.T) {
	w := newWatched(t)
	m := wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf("acme"), ID: 11}, Tenant: "acme", Direction: wirechief.Inward, From: "+13105551212", To: "+13109060901",
		Text: "Hi", Status: wirechief.StatusReceived, CreatedAt: t0,
	}
	w.do(wirechief.Accept{Messages: []*wirechief.Message{&m}})
	c, err := w.ConversationBetween(t.Context(), "acme", "+13109060901", "+13105551212")
	if err != nil {
		t.Fatal(err)
	}
	w.do(
		wirechief.ChangeConversation{Key: c.ConversationKey, Read: new(int64(11))},
		wirechief.ChangeConversation{Key: c.ConversationKey, Assignee: new(int64(7)), Archived: new(false), Labels: &[]string{"vip"}},
		wirechief.ChangeConversation{Key: c.ConversationKey, Archived: new(true)},
	)
	w.wants(
		"acme conversation.change +13109060901 +13105551212 by Olga; assignee: 0 > 7; labels:  > vip",
		"acme conversation.change +13109060901 +13105551212 by Olga; archived: false > true",
	)
}

// nowhere is a store that takes everything.
type nowhere struct {
	wirechief.Store
	results []wirechief.Result
	last    []wirechief.Command
}

func (n *nowhere) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	n.last = commands
	return n.results, nil
}

// TestForget: what people have removed is noted, and what the rules of a
// tenant do is not.
func TestForget(t *testing.T) {
	s := &nowhere{}
	w := audit.Watch(s, audit.Options{Now: now, IDs: ident.New(now, 0)})
	for want, f := range map[string]wirechief.Forget{
		"messages.remove before 2026-03-02T12:00:00Z":             {Tenant: "acme", Before: t0, Remove: true},
		"messages.redact conversation 4":                          {Tenant: "acme", Before: t0, Conversation: 4},
		"messages.remove peer +13105551212":                       {Tenant: "acme", Peer: "+13105551212", Remove: true},
		"messages.redact before 2026-03-02T12:00:00Z, files only": {Tenant: "acme", Before: t0, MediaOnly: true},
	} {
		if _, err := w.Apply(wirechief.WithPrincipal(t.Context(), olga), f); err != nil {
			t.Fatal(err)
		}
		a, ok := s.last[0].(wirechief.Audited)
		if got := a.Entry.Action + " " + a.Entry.Subject; !ok || got != want || a.Entry.Tenant != "acme" || a.Entry.Who != "Olga" {
			t.Errorf("%+v, want %s", s.last[0], want)
		}
		if _, err := w.Apply(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.last[0].(wirechief.Forget); !ok {
			t.Errorf("by the server: %+v", s.last[0])
		}
	}
}

// TestMessagesPass: the way of messages costs no allocation.
func TestMessagesPass(t *testing.T) {
	w := audit.Watch(&nowhere{results: make([]wirechief.Result, 4)}, audit.Options{Now: now, IDs: ident.New(now, 0)})
	ctx := wirechief.WithPrincipal(t.Context(), olga)
	commands := messageCommands()
	if n := testing.AllocsPerRun(100, func() { w.Apply(ctx, commands...) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func messageCommands() []wirechief.Command {
	return []wirechief.Command{
		wirechief.Accept{Messages: []*wirechief.Message{{}}},
		wirechief.Record{},
		wirechief.Correlate{},
		wirechief.Attempted{},
		wirechief.SetInFlight{},
		wirechief.PutPart{},
		wirechief.Redeliver{},
		wirechief.PutMedia{},
		wirechief.Purge{},
		wirechief.AddTallies{},
		wirechief.PutEntity{Entity: wirechief.Entity{Kind: wirechief.EntityLease}},
	}
}

func BenchmarkMessagesPass(b *testing.B) {
	w := audit.Watch(&nowhere{}, audit.Options{Now: now, IDs: ident.New(now, 0)})
	commands := messageCommands()
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		w.Apply(ctx, commands...)
	}
}

// BenchmarkNumberChange is one change of a number over a real store.
func BenchmarkNumberChange(b *testing.B) {
	w := newWatched(b)
	n := wirechief.Number{Number: "+13109060901", Tenant: "acme", Rev: 1, State: wirechief.NumberInService}
	w.do(wirechief.PutNumber{Number: &n})
	for i := 0; b.Loop(); i++ {
		next := n
		next.Rev, next.Name = n.Rev+1, fmt.Sprint(i)
		w.do(wirechief.PutNumber{Number: &next})
		n = next
	}
}

func FuzzDocuments(f *testing.F) {
	for _, seed := range [][2]string{{`{}`, `{"a":{"b":[{"password":"x"}]}}`}, {`{"a":1}`, `"x"`}, {`{"secret":{"a":1}}`, `{"secret":[1]}`}} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, before, after []byte) {
		if !json.Valid(before) || !json.Valid(after) {
			return
		}
		s := &remembers{doc: before}
		w := audit.Watch(s, audit.Options{Now: now, IDs: ident.New(now, 0)})
		if _, err := w.Apply(t.Context(), entity("flow", "1", string(after))); err != nil {
			t.Fatal(err)
		}
	})
}

// remembers is a store with one entity.
type remembers struct {
	wirechief.Store
	doc []byte
}

func (r *remembers) Entity(context.Context, string, wirechief.EntityKind, string) (*wirechief.Entity, error) {
	return &wirechief.Entity{Doc: r.doc}, nil
}

func (r *remembers) Apply(_ context.Context, c ...wirechief.Command) ([]wirechief.Result, error) {
	return make([]wirechief.Result, len(c)), nil
}
