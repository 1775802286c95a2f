package inbox_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

// titles lists the conversations of a filter by who they are with.
func (w *world) titles(p wirechief.Principal, f inbox.Filter) []string {
	w.t.Helper()
	list := ok[[]inbox.ConversationView](w.t)(w.desk.Conversations(w.t.Context(), p, f))
	out := []string{}
	for i := range list {
		out = append(out, list[i].Title())
	}
	return out
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestViews(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	one, _ := w.arrives("acme", peer, ours, "one")
	two, _ := w.arrives("acme", peer2, ours, "two")
	three, _ := w.arrives("acme", peer2, ours2, "three")
	w.arrives("evil", peer, "+13105550199", "theirs")
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer}}))

	same(t, "all", w.titles(viewer, inbox.Filter{}), []string{peer2, peer2, "Maria"})
	must(t, w.desk.Assign(ctx, ann, one, 11, nil))
	must(t, w.desk.Assign(ctx, ann, two, 12, nil))
	must(t, w.desk.Archive(ctx, ann, three))
	must(t, w.desk.SetLabels(ctx, ann, two, []string{" vip ", "VIP", "late  payer"}))
	same(t, "mine", w.titles(ann, inbox.Filter{View: inbox.ViewMine}), []string{"Maria"})
	same(t, "unassigned", w.titles(ann, inbox.Filter{View: inbox.ViewUnassigned}), []string{})
	same(t, "archived", w.titles(ann, inbox.Filter{View: inbox.ViewArchived}), []string{peer2})
	same(t, "every", w.titles(ann, inbox.Filter{View: inbox.ViewEvery}), []string{peer2, peer2, "Maria"})
	same(t, "by number", w.titles(ann, inbox.Filter{View: inbox.ViewEvery, Number: ours2}), []string{peer2})
	same(t, "by label", w.titles(ann, inbox.Filter{Label: "vip"}), []string{peer2})
	same(t, "unread", ok[inbox.Unread](t)(w.desk.UnreadIn(ctx, ann)), inbox.Unread{All: 2, Mine: 1})

	page := ok[[]inbox.ConversationView](t)(w.desk.Conversations(ctx, ann, inbox.Filter{Limit: 1}))
	same(t, "names", []string{page[0].NumberName, page[0].AssigneeName, fmt.Sprint(page[0].Labels)}, []string{"Front desk", "Olga", "[vip late payer]"})
	same(t, "the next page", w.titles(ann, inbox.Filter{Limit: 1, Before: page[0].Last}), []string{"Maria"})
	contact := ok[[]inbox.ConversationView](t)(w.desk.Conversations(ctx, ann, inbox.Filter{Before: page[0].Last}))[0].Contact
	same(t, "by contact", w.titles(ann, inbox.Filter{Contact: contact}), []string{"Maria"})

	_, err := w.desk.Conversations(ctx, program, inbox.Filter{View: inbox.ViewMine})
	wants(t, "mine of a program", err, wirechief.Invalid, "", "view")
	_, err = w.desk.Conversations(ctx, ann, inbox.Filter{View: "x"})
	wants(t, "unknown view", err, wirechief.Invalid, "", "view")
}

// Another tenant's things are as unknown, and roles are kept to.
func TestRights(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "secret")
	c := ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer}}))
	tpl := ok[wirechief.Template](t)(w.desk.PutTemplate(ctx, ann, wirechief.Template{Name: "hi", Text: "Hi"}))
	d := w.desk
	calls := []struct {
		name  string
		right wirechief.Right
		do    func(p wirechief.Principal) error
		field string // of NotFound to a stranger; "": another tenant gets its own, empty, list
	}{
		{"Conversation", wirechief.RightRead, func(p wirechief.Principal) error { _, err := d.Conversation(ctx, p, id); return err }, "conversation"},
		{"Thread", wirechief.RightRead, func(p wirechief.Principal) error { _, err := d.Thread(ctx, p, id, 0, 0); return err }, "conversation"},
		{"Contact", wirechief.RightRead, func(p wirechief.Principal) error { _, err := d.Contact(ctx, p, c.ID); return err }, "contact"},
		{"Template", wirechief.RightRead, func(p wirechief.Principal) error { _, err := d.Template(ctx, p, tpl.ID); return err }, "template"},
		{"Reply", wirechief.RightReply, func(p wirechief.Principal) error {
			_, err := d.Reply(ctx, p, id, inbox.Draft{Text: "hello"})
			return err
		}, "conversation"},
		{"MarkRead", wirechief.RightReply, func(p wirechief.Principal) error { return d.MarkRead(ctx, p, id, 0) }, "conversation"},
		{"MarkUnread", wirechief.RightReply, func(p wirechief.Principal) error { return d.MarkUnread(ctx, p, id) }, "conversation"},
		{"Assign", wirechief.RightReply, func(p wirechief.Principal) error { return d.Assign(ctx, p, id, 0, nil) }, "conversation"},
		{"Archive", wirechief.RightReply, func(p wirechief.Principal) error { return d.Archive(ctx, p, id) }, "conversation"},
		{"Reopen", wirechief.RightReply, func(p wirechief.Principal) error { return d.Reopen(ctx, p, id) }, "conversation"},
		{"SetLabels", wirechief.RightReply, func(p wirechief.Principal) error { return d.SetLabels(ctx, p, id, nil) }, "conversation"},
		{"AddNote", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.AddNote(ctx, p, id, "x"); return err }, "conversation"},
		{"Block", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.Block(ctx, p, id); return err }, "conversation"},
		{"Unblock", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.Unblock(ctx, p, id); return err }, "conversation"},
		{"BlockContact", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.BlockContact(ctx, p, c.ID, false); return err }, "contact"},
		{"PutContact", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.PutContact(ctx, p, c); return err }, "contact"},
		{"Merge", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.Merge(ctx, p, c.ID); return err }, "contact"},
		{"FillTemplate", wirechief.RightReply, func(p wirechief.Principal) error { _, err := d.FillTemplate(ctx, p, tpl.ID, id); return err }, "template"},
		{"EachOf", wirechief.RightExport, func(p wirechief.Principal) error {
			return d.EachOf(ctx, p, id, func(inbox.ConversationView, []inbox.Item) error { return nil })
		}, "conversation"},
		{"ExportContacts", wirechief.RightExport, func(p wirechief.Principal) error {
			return d.ExportContacts(ctx, p, new(strings.Builder), wirechief.ContactFilter{})
		}, ""},
		{"Contacts", wirechief.RightRead, func(p wirechief.Principal) error {
			list, err := d.Contacts(ctx, p, wirechief.ContactFilter{Tenant: "acme"})
			if p.Tenant == "evil" && len(list) > 0 {
				t.Error("Contacts gives another tenant's")
			}
			return err
		}, ""},
		{"Templates", wirechief.RightRead, func(p wirechief.Principal) error {
			list, err := d.Templates(ctx, p)
			if p.Tenant == "evil" && len(list) > 0 {
				t.Error("Templates gives another tenant's")
			}
			return err
		}, ""},
		{"DeleteTemplate", wirechief.RightReply, func(p wirechief.Principal) error { return d.DeleteTemplate(ctx, p, tpl.ID) }, "template"},
		{"DeleteContact", wirechief.RightReply, func(p wirechief.Principal) error { return d.DeleteContact(ctx, p, c.ID) }, "contact"},
	}
	nobody := wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole, Name: "x"}
	for _, call := range calls {
		if call.field != "" {
			wants(t, call.name+" by a stranger", call.do(mallory), wirechief.NotFound, wirechief.RuleReference, call.field)
		} else {
			must(t, call.do(mallory))
		}
		wants(t, call.name+" by nobody", call.do(nobody), wirechief.Forbidden, wirechief.RuleRole, "")
		for _, p := range []wirechief.Principal{viewer, ann} {
			if err := call.do(p); !p.May(call.right) {
				wants(t, call.name+" by "+p.Name, err, wirechief.Forbidden, wirechief.RuleRole, "")
			} else if wirechief.KindOf(err) == wirechief.Forbidden && err != nil {
				t.Errorf("%s by %s: %v", call.name, p.Name, err)
			}
		}
		if err := call.do(program); err != nil && wirechief.KindOf(err) != wirechief.NotFound { // removed by then
			t.Errorf("%s by a program: %v", call.name, err)
		}
	}
	_, err := d.Conversations(ctx, wirechief.Principal{}, inbox.Filter{})
	wants(t, "no tenant", err, wirechief.NotFound, "", "tenant")
	_, err = d.Conversations(ctx, wirechief.Principal{Operator: true}, inbox.Filter{})
	wants(t, "operator without tenant", err, wirechief.Invalid, "", "tenant")
	_, err = d.Conversations(ctx, wirechief.Principal{Operator: true, Tenant: "acme"}, inbox.Filter{})
	must(t, err)
}

func TestReply(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "hello?")
	at := w.clock().Add(time.Hour)
	res := ok[wirechief.SendResult](t)(w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "yes", At: at, Key: "k", Media: []string{"https://x.example/a.png"}}))
	if len(res.Recipients) != 1 || res.Recipients[0].Message == 0 {
		t.Errorf("result is %+v", res)
	}
	r := w.sent[0]
	if r.Fingerprint == ([32]byte{}) {
		t.Error("a request with a key has no fingerprint")
	}
	r.Fingerprint = [32]byte{}
	same(t, "request", r, wirechief.SendRequest{
		Tenant: "acme", Dialect: wirechief.DialectConsole, From: ours, To: []string{peer}, Text: "yes", Media: []string{"https://x.example/a.png"},
		At: at, Key: "k", Agent: "Ann", Whole: true,
	})
	if h := ok[inbox.Header](t)(w.desk.Conversation(ctx, ann, id)); h.Unread != 0 {
		t.Errorf("%d texts are unread after the answer", h.Unread)
	}
	ok[wirechief.SendResult](t)(w.desk.Reply(ctx, program, id, inbox.Draft{Text: "from a program"}))
	if got := w.sent[1]; got.Agent != "" || got.Dialect != wirechief.DialectOwn {
		t.Errorf("a program's request has agent %q and dialect %q", got.Agent, got.Dialect)
	}

	// A refused answer says which rule and how it is lifted, and reads nothing.
	w.arrives("acme", peer, ours, "STOP")
	w.refuse = wirechief.SendRecipient{Kind: wirechief.Forbidden, Rule: wirechief.RuleOptOut, Refusal: "they opted out; it takes a START"}
	w.optOuts[peer] = wirechief.OptOut{Handset: peer, Word: "STOP", Out: true}
	_, err := w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "but", Key: wirechief.OwnKey + "delivery-7"})
	if wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a key of our own is taken from outside: %v", err)
	}
	res, err = w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "but"})
	wants(t, "opted out", err, wirechief.Forbidden, wirechief.RuleOptOut, "")
	if wirechief.MessageOf(err) != "they opted out; it takes a START" || len(res.Recipients) != 1 {
		t.Errorf("refusal: %v, %+v", err, res)
	}
	h := ok[inbox.Header](t)(w.desk.Conversation(ctx, ann, id))
	if h.Unread != 1 || h.OptedOut == nil || h.OptedOut.Word != "STOP" {
		t.Errorf("header is %+v", h)
	}
	w.fail = wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "the balance is below 0.01")
	_, err = w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "but"})
	wants(t, "no money", err, wirechief.Forbidden, wirechief.RuleFunds, "")
	if got := wirechief.MessageOf(err); !strings.Contains(got, "have the balance raised") {
		t.Errorf("the refusal does not say how it is lifted: %s", got)
	}
	name, _ := w.arrives("acme", "MyBank", ours, "your code is 1234")
	_, err = w.desk.Reply(ctx, ann, name, inbox.Draft{Text: "thanks"})
	wants(t, "to a name", err, wirechief.Invalid, wirechief.RuleRecipient, "to")
	w.fail = errors.New("broken")
	if _, err = w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "but"}); err == nil {
		t.Error("an error is swallowed")
	}
}

func TestStartConversation(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _, err := w.desk.StartConversation(ctx, ann, ours, "(415) 555-0111", inbox.Draft{Text: "hi"})
	must(t, err)
	h := ok[inbox.Header](t)(w.desk.Conversation(ctx, ann, id))
	same(t, "ends", []string{h.Number, h.Peer}, []string{ours, peer})
	between := ok[inbox.Header](t)(w.desk.ConversationBetween(ctx, ann, ours, peer))
	same(t, "found again", between.ID, id)
	_, _, err = w.desk.StartConversation(ctx, ann, "+13105550199", peer, inbox.Draft{Text: "hi"})
	wants(t, "from another's number", err, wirechief.Invalid, wirechief.RuleSender, "from")
	for _, to := range []string{"", "Bank", "12", "+1415555011"} {
		_, _, err = w.desk.StartConversation(ctx, ann, ours, to, inbox.Draft{Text: "hi"})
		wants(t, "to "+to, err, wirechief.Invalid, wirechief.RuleRecipient, "to")
	}
	w.refuse = wirechief.SendRecipient{Kind: wirechief.Forbidden, Rule: wirechief.RuleCampaign, Refusal: "no campaign"}
	id, _, err = w.desk.StartConversation(ctx, ann, ours, "87654", inbox.Draft{Text: "hi"})
	wants(t, "refused", err, wirechief.Forbidden, wirechief.RuleCampaign, "")
	if id == 0 {
		t.Error("the conversation that proves the refusal is not named")
	}
}

func TestReadAndUnread(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, first := w.arrives("acme", peer, ours, "one")
	w.arrives("acme", peer, ours, "two")
	unread := func() int { return ok[inbox.Header](t)(w.desk.Conversation(ctx, ann, id)).Unread }
	must(t, w.desk.MarkRead(ctx, ann, id, first))
	same(t, "after one", unread(), 1)
	must(t, w.desk.MarkRead(ctx, ann, id, 0))
	same(t, "after all", unread(), 0)
	must(t, w.desk.MarkRead(ctx, ann, id, first)) // what was read stays read
	same(t, "going back", unread(), 0)
	ok[wirechief.SendResult](t)(w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "answer"}))
	must(t, w.desk.MarkUnread(ctx, ann, id))
	same(t, "unread again", unread(), 1)
	must(t, w.desk.MarkUnread(ctx, ann, id))
	same(t, "twice", unread(), 1)
	out, _, err := w.desk.StartConversation(ctx, ann, ours, peer2, inbox.Draft{Text: "hi"})
	must(t, err)
	wants(t, "nothing came in", w.desk.MarkUnread(ctx, ann, out), wirechief.Conflict, wirechief.RuleState, "conversation")
}

func TestAssign(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "help")
	nobody := int64(0)
	// Two take it at once: one gets it, the other learns who.
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i, p := range []wirechief.Principal{ann, owner} {
		both.Go(func() { errs[i] = w.desk.Assign(ctx, p, id, p.Agent, &nobody) })
	}
	both.Wait()
	lost := errors.Join(errs...)
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("both: %v", errs)
	}
	for i, winner := range []string{"Ann", "Olga"} {
		if errs[i] == nil && !strings.Contains(lost.Error(), winner+" has it now") {
			t.Errorf("%s has it, and the other hears: %v", winner, lost)
		}
	}
	if errs[0] == nil {
		lost = errs[1]
	} else {
		lost = errs[0]
	}
	wants(t, "second", lost, wirechief.Conflict, wirechief.RuleRevision, "assignee")
	must(t, w.desk.Assign(ctx, owner, id, 0, nil))
	must(t, w.desk.Assign(ctx, owner, id, 0, nil)) // no entry for nothing
	wants(t, "a stranger", w.desk.Assign(ctx, ann, id, 66, nil), wirechief.Invalid, wirechief.RuleReference, "assignee")
	wants(t, "a viewer", w.desk.Assign(ctx, ann, id, 13, nil), wirechief.Invalid, wirechief.RuleReference, "assignee")
	same(t, "entries", len(w.kinds(id)), 3) // the text, assigned, assigned to nobody
}

// kinds lists what is in a thread.
func (w *world) kinds(id int64) []string {
	w.t.Helper()
	page := ok[inbox.Page](w.t)(w.desk.Thread(w.t.Context(), owner, id, 0, 200))
	out := []string{}
	for _, i := range page.Items {
		if i.Message != nil {
			out = append(out, i.Message.Text)
		} else {
			out = append(out, strings.TrimSpace(fmt.Sprintf("[%s %s] %s", i.Entry.Kind, i.Entry.Who, i.Entry.Text)))
		}
	}
	return out
}

func TestThread(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "m0")
	want := []string{"m0"}
	for i := 1; i < 40; i++ {
		w.pass(time.Second)
		if i%3 == 0 {
			text := fmt.Sprint("m", i)
			w.arrives("acme", peer, ours, text)
			want = append(want, text)
			continue
		}
		text := fmt.Sprint("n", i)
		ok[wirechief.Entry](t)(w.desk.AddNote(ctx, ann, id, text))
		want = append(want, "[note Ann] "+text)
	}
	same(t, "whole", w.kinds(id), want)
	for _, limit := range []int{1, 2, 3, 7, 50} {
		got, n := []string{}, 0
		for before := int64(0); ; {
			page := ok[inbox.Page](t)(w.desk.Thread(ctx, ann, id, before, limit))
			texts := []string{}
			for _, i := range page.Items {
				if i.Message != nil {
					texts = append(texts, i.Message.Text)
				} else {
					texts = append(texts, "[note Ann] "+i.Entry.Text)
				}
			}
			if len(texts) > limit {
				t.Errorf("a page of %d has %d items", limit, len(texts))
			}
			got = append(texts, got...)
			if before = page.Before; before == 0 || n > 100 {
				break
			}
			n++
		}
		same(t, fmt.Sprint("pages of ", limit), got, want)
	}
	for _, bad := range []string{"", "  ", strings.Repeat("x", wirechief.NoteMost+1), "a\x00b", "\xff"} {
		_, err := w.desk.AddNote(ctx, ann, id, bad)
		wants(t, "note", err, wirechief.Invalid, "", "text")
	}
	ok[wirechief.Entry](t)(w.desk.AddNote(ctx, ann, id, strings.Repeat("é", wirechief.NoteMost)))
}

func TestArchive(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "one")
	must(t, w.desk.Archive(ctx, ann, id))
	must(t, w.desk.Archive(ctx, ann, id))
	must(t, w.desk.Reopen(ctx, ann, id))
	must(t, w.desk.Archive(ctx, ann, id))
	w.arrives("acme", peer, ours, "two")
	same(t, "thread", w.kinds(id), []string{"one", "[archived Ann]", "[reopened Ann]", "[archived Ann]", "two", "[reopened ]"})
	many := []string{}
	for i := range inbox.LabelsMost + 1 {
		many = append(many, fmt.Sprint(i))
	}
	for _, bad := range [][]string{{"a,b"}, {"a;b"}, {strings.Repeat("x", 51)}, {"a\x01"}, many} {
		wants(t, "labels", w.desk.SetLabels(ctx, ann, id, bad), wirechief.Invalid, "", "labels")
	}
}

func TestEach(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for i := range 5 {
		id, _ := w.arrives("acme", fmt.Sprint("+1415555020", i), ours, fmt.Sprint("hello ", i))
		w.pass(time.Second)
		ok[wirechief.Entry](t)(w.desk.AddNote(ctx, ann, id, "noted"))
	}
	got := []string{}
	must(t, w.desk.Each(ctx, owner, inbox.Filter{View: inbox.ViewEvery}, func(v inbox.ConversationView, items []inbox.Item) error {
		if len(got) == 0 {
			w.arrives("acme", "+14155550200", ours, "moves up")
		}
		got = append(got, fmt.Sprint(v.Peer, " ", len(items)))
		return nil
	}))
	same(t, "each", got, []string{"+14155550204 2", "+14155550203 2", "+14155550202 2", "+14155550201 2", "+14155550200 3"})
	stop := errors.New("enough")
	if err := w.desk.Each(ctx, owner, inbox.Filter{}, func(inbox.ConversationView, []inbox.Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
