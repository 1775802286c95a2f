package inbox_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

func TestForgetConversation(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "my secret")
	other, _ := w.arrives("acme", peer2, ours, "stays")
	theirs, _ := w.arrives("evil", peer, "+13105550199", "theirs")
	_, err := w.desk.ForgetConversation(ctx, ann, id, false)
	wants(t, "by an agent", err, wirechief.Forbidden, wirechief.RuleRole, "")
	_, err = w.desk.ForgetConversation(ctx, owner, theirs, true)
	wants(t, "another's", err, wirechief.NotFound, wirechief.RuleReference, "conversation")

	f := ok[inbox.Forgotten](t)(w.desk.ForgetConversation(ctx, owner, id, false))
	same(t, "redacted", f, inbox.Forgotten{Messages: 1, Conversations: 1})
	if kinds := w.kinds(id); kinds[0] != wirechief.Redacted || !slices.Contains(kinds, "[redacted Olga]") {
		t.Errorf("thread is %q", kinds)
	}
	if h := ok[inbox.Header](t)(w.desk.Conversation(ctx, owner, id)); h.LastText == "my secret" {
		t.Error("the inbox still shows the text")
	}
	same(t, "the other", w.kinds(other), []string{"stays"})
	f = ok[inbox.Forgotten](t)(w.desk.ForgetConversation(ctx, owner, id, true))
	same(t, "removed", f, inbox.Forgotten{Messages: 1, Conversations: 1})
	_, err = w.desk.Conversation(ctx, owner, id)
	wants(t, "gone", err, wirechief.NotFound, wirechief.RuleReference, "conversation")
}

func TestForgetContact(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	one, _ := w.arrives("acme", peer, ours, "a")
	two, _ := w.arrives("acme", peer2, ours2, "b")
	three, _ := w.arrives("acme", "+14155550113", ours, "c")
	c := ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer, peer2}}))
	ok[wirechief.Contact](t)(w.desk.BlockContact(ctx, ann, c.ID, true))
	blocked := w.message("acme", wirechief.Inward, peer, ours, "spam", wirechief.EventReceived)
	blocked.Apart = true
	w.do(wirechief.Accept{Messages: []*wirechief.Message{blocked}})
	_, err := w.desk.ForgetContact(ctx, mallory, c.ID)
	wants(t, "another's", err, wirechief.NotFound, wirechief.RuleReference, "contact")
	f := ok[inbox.Forgotten](t)(w.desk.ForgetContact(ctx, owner, c.ID))
	same(t, "forgotten", f, inbox.Forgotten{Messages: 3, Conversations: 2})
	for _, id := range []int64{one, two} {
		_, err := w.desk.Conversation(ctx, owner, id)
		wants(t, "conversation", err, wirechief.NotFound, wirechief.RuleReference, "conversation")
	}
	_, err = w.desk.Contact(ctx, owner, c.ID)
	wants(t, "contact", err, wirechief.NotFound, wirechief.RuleReference, "contact")
	_, err = w.store.Message(ctx, blocked.MessageKey)
	wants(t, "what they sent while they were blocked", err, wirechief.NotFound, "", "")
	same(t, "somebody else", w.kinds(three), []string{"c"})
	if w.desk.Blocked("acme", peer) {
		t.Error("blocked without a contact")
	}
}

// By a number a person is forgotten with all their phones, and whoever is no
// contact alone.
func TestForgetPeer(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.arrives("acme", peer, ours, "a")
	w.arrives("acme", peer2, ours2, "b")
	stranger, _ := w.arrives("acme", "+14155550113", ours, "c")
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer, peer2}}))
	_, err := w.desk.ForgetPeer(ctx, owner, "?")
	wants(t, "nobody", err, wirechief.Invalid, "", "peer")
	_, err = w.desk.ForgetPeer(ctx, ann, peer)
	wants(t, "an agent", err, wirechief.Forbidden, wirechief.RuleRole, "")
	same(t, "another tenant's", ok[inbox.Forgotten](t)(w.desk.ForgetPeer(ctx, mallory, peer)), inbox.Forgotten{})
	same(t, "forgotten", ok[inbox.Forgotten](t)(w.desk.ForgetPeer(ctx, owner, peer2)), inbox.Forgotten{Messages: 2, Conversations: 2})
	list := ok[[]*wirechief.Contact](t)(w.desk.Contacts(ctx, owner, wirechief.ContactFilter{}))
	same(t, "contacts", len(list), 0)
	same(t, "somebody else", w.kinds(stranger), []string{"c"})
	same(t, "a stranger", ok[inbox.Forgotten](t)(w.desk.ForgetPeer(ctx, owner, "+14155550113")), inbox.Forgotten{Messages: 1, Conversations: 1})
}

// What a paused destination keeps is said to be left, and nothing says that it
// was redacted; nor does the contact go before it has.
func TestForgetWhatWaits(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	m := w.message("acme", wirechief.Inward, peer, ours, "waits", wirechief.EventReceived)
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: m.Shard, ID: w.ids.Next()}, Tenant: "acme", Message: m.ID, Kind: wirechief.KindHTTP,
		Destination: "http://a.test/", Status: wirechief.DeliveryPaused, CreatedAt: w.clock(),
	}
	w.do(wirechief.Accept{Messages: []*wirechief.Message{m}, Deliveries: []*wirechief.Delivery{d}})
	c := ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer}}))
	f := ok[inbox.Forgotten](t)(w.desk.ForgetConversation(ctx, owner, m.Conversation, false))
	same(t, "redacted", f, inbox.Forgotten{Conversations: 1, Left: true})
	same(t, "thread", w.kinds(m.Conversation), []string{"waits"})
	f = ok[inbox.Forgotten](t)(w.desk.ForgetContact(ctx, owner, c.ID))
	same(t, "forgotten", f, inbox.Forgotten{Conversations: 1, Left: true})
	_, err := w.desk.Contact(ctx, owner, c.ID)
	must(t, err)
	w.do(wirechief.Redeliver{Keys: []wirechief.DeliveryKey{d.DeliveryKey}, Status: wirechief.DeliveryCanceled})
	f = ok[inbox.Forgotten](t)(w.desk.ForgetContact(ctx, owner, c.ID))
	same(t, "and then", f, inbox.Forgotten{Messages: 1, Conversations: 1})
	_, err = w.desk.Contact(ctx, owner, c.ID)
	wants(t, "contact", err, wirechief.NotFound, wirechief.RuleReference, "contact")
}

// A sweep over the real store, and what the audit log says of it.
func TestSweep(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	doc, err := json.Marshal(wirechief.Tenant{ID: "acme", Retention: wirechief.Retention{Texts: 24 * time.Hour, Messages: 48 * time.Hour}})
	must(t, err)
	w.do(wirechief.PutEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: wirechief.EntityTenant, Key: "acme", Doc: doc}})
	id, _ := w.arrives("acme", peer, ours, "oldest")
	w.pass(30 * time.Hour)
	w.arrives("acme", peer, ours, "older")
	w.pass(20 * time.Hour)
	w.arrives("acme", peer, ours, "young")
	w.pass(6 * time.Hour) // 56, 26 and 6 hours old
	must(t, w.desk.Sweep(ctx))
	texts := []string{}
	for _, k := range w.kinds(id) {
		if k[0] != '[' {
			texts = append(texts, k)
		}
	}
	same(t, "texts", texts, []string{wirechief.Redacted, "young"})
	entries := ok[[]wirechief.AuditEntry](t)(w.store.Audit(ctx, wirechief.AuditFilter{Tenant: "acme", Action: "retention"}))
	if len(entries) != 1 || entries[0].Who != "the server" {
		t.Fatalf("entries: %+v", entries)
	}
	same(t, "changes", entries[0].Changes, []wirechief.AuditChange{{Field: "messages", After: "1"}, {Field: "texts", After: "1"}})
}
