package inbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

func TestPutContact(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{
		Name: "  Maria ", Phones: []string{"+1 (415) 555-0111", peer, "87654", "BANK", " "}, Email: "maria@x.example",
		Notes: "a\r\nb", Labels: []string{"vip", "VIP"}, Blocked: true, BlockedBy: "forged",
	}))
	same(t, "put", c, wirechief.Contact{
		ID: c.ID, Tenant: "acme", Name: "Maria", Phones: []string{peer, "87654", "BANK"}, Email: "maria@x.example", Notes: "a\nb",
		Labels: []string{"vip"}, CreatedAt: w.clock(), UpdatedAt: w.clock(),
	})
	w.pass(time.Hour)
	c.Name = "Maria Z"
	changed := ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, c))
	if !changed.CreatedAt.Equal(c.CreatedAt) || !changed.UpdatedAt.Equal(w.clock()) {
		t.Errorf("times are %v and %v", changed.CreatedAt, changed.UpdatedAt)
	}
	kept := ok[*wirechief.Contact](t)(w.desk.Contact(ctx, viewer, c.ID))
	same(t, "kept", *kept, changed)

	for field, bad := range map[string]wirechief.Contact{
		"phones":    {Name: "x"},
		"name":      {Name: strings.Repeat("x", 101), Phones: []string{peer2}},
		"company":   {Company: "a\nb", Phones: []string{peer2}},
		"email":     {Email: "nobody", Phones: []string{peer2}},
		"notes":     {Notes: strings.Repeat("x", 4001), Phones: []string{peer2}},
		"labels":    {Labels: []string{"a;b"}, Phones: []string{peer2}},
		"reference": {Reference: strings.Repeat("x", 201), Phones: []string{peer2}},
	} {
		_, err := w.desk.PutContact(ctx, ann, bad)
		wants(t, field, err, wirechief.Invalid, "", field)
	}
	for _, phone := range []string{"310 555 0100", "+1415555", "+14155550111;ext=5", "\xff", "hello world, long"} {
		_, err := w.desk.PutContact(ctx, ann, wirechief.Contact{Phones: []string{phone}})
		wants(t, "phone "+phone, err, wirechief.Invalid, "", "phones")
	}
	_, err := w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Other", Phones: []string{peer2, peer}})
	wants(t, "taken", err, wirechief.Conflict, wirechief.RuleTaken, "phones")
	if !strings.Contains(wirechief.MessageOf(err), "Maria Z") {
		t.Errorf("the refusal does not say whose phone it is: %v", err)
	}
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, mallory, wirechief.Contact{Name: "Other", Phones: []string{peer}})) // of another tenant
	_, err = w.desk.PutContact(ctx, ann, wirechief.Contact{ID: 4711, Phones: []string{peer2}})
	wants(t, "unknown", err, wirechief.NotFound, wirechief.RuleReference, "contact")
}

func TestBlock(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "buy now")
	if w.desk.Blocked("acme", peer) {
		t.Error("blocked before anybody did")
	}
	c := ok[wirechief.Contact](t)(w.desk.Block(ctx, ann, id))
	if !c.Blocked || c.BlockedBy != "Ann" || !c.BlockedAt.Equal(w.clock()) || !slices.Equal(c.Phones, []string{peer}) {
		t.Errorf("contact is %+v", c)
	}
	ok[wirechief.Contact](t)(w.desk.Block(ctx, ann, id)) // no second entry
	same(t, "thread", w.kinds(id), []string{"buy now", "[blocked Ann]"})
	check := func(what string, want map[string]bool) {
		t.Helper()
		for _, d := range []*inbox.Desk{w.desk, w.open()} { // also after a restart
			for peer, blocked := range want {
				if d.Blocked("acme", peer) != blocked {
					t.Errorf("%s: Blocked(%s) is %t", what, peer, !blocked)
				}
			}
			if d.Blocked("evil", peer) {
				t.Errorf("%s: blocked for another tenant", what)
			}
		}
	}
	check("blocked", map[string]bool{peer: true, peer2: false})
	_, err := w.desk.Reply(ctx, ann, id, inbox.Draft{Text: "hi"})
	wants(t, "answer to a blocked contact", err, wirechief.Forbidden, wirechief.RuleBlocked, "to")
	if h := ok[inbox.Header](t)(w.desk.Conversation(ctx, ann, id)); !h.Blocked {
		t.Error("the conversation does not say that the contact is blocked")
	}

	c.Phones = []string{peer2}
	c = ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, c))
	check("another phone", map[string]bool{peer: false, peer2: true})
	other := ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer}, Notes: "n"}))
	merged := ok[wirechief.Contact](t)(w.desk.Merge(ctx, ann, other.ID, c.ID, other.ID, c.ID))
	if !merged.Blocked || merged.Name != "Maria" || len(merged.Phones) != 2 {
		t.Errorf("merged: %+v", merged)
	}
	check("merged", map[string]bool{peer: true, peer2: true})
	_, err = w.desk.Contact(ctx, ann, c.ID)
	wants(t, "the other of the merge", err, wirechief.NotFound, wirechief.RuleReference, "contact")
	ok[wirechief.Contact](t)(w.desk.Unblock(ctx, owner, id))
	check("unblocked", map[string]bool{peer: false, peer2: false})
	ok[wirechief.Contact](t)(w.desk.BlockContact(ctx, ann, merged.ID, true))
	must(t, w.desk.DeleteContact(ctx, ann, merged.ID))
	check("deleted", map[string]bool{peer: false, peer2: false})

	ok[wirechief.Contact](t)(w.desk.BlockPeer(ctx, ann, "SPAMMER", true)) // no conversation
	check("a name", map[string]bool{"SPAMMER": true})
	_, err = w.desk.BlockPeer(ctx, ann, "?", true)
	wants(t, "nobody", err, wirechief.Invalid, "", "peer")
	ok[wirechief.Contact](t)(w.desk.BlockPeer(ctx, ann, peer, false)) // was not
	same(t, "thread", w.kinds(id), []string{"buy now", "[blocked Ann]", "[unblocked Olga]", "[blocked Ann]"})
}

func BenchmarkBlocked(b *testing.B) {
	d := inbox.New(inbox.Options{})
	for b.Loop() {
		d.Blocked("acme", peer)
	}
}

// everything is all contacts of acme, without what a file does not hold.
func (w *world) everything(p wirechief.Principal) []wirechief.Contact {
	w.t.Helper()
	out := []wirechief.Contact{}
	for _, c := range ok[[]*wirechief.Contact](w.t)(w.desk.Contacts(w.t.Context(), p, wirechief.ContactFilter{Limit: 10000})) {
		c.ID, c.Tenant, c.CreatedAt, c.UpdatedAt, c.BlockedAt, c.BlockedBy = 0, "", time.Time{}, time.Time{}, time.Time{}, ""
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b wirechief.Contact) int { return strings.Compare(a.Phones[0], b.Phones[0]) })
	return out
}

func TestRoundTrip(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, c := range []wirechief.Contact{
		{Name: `=HYPERLINK("http://x";"y")`, Phones: []string{peer, peer2, "87654"}, Notes: "two\nlines, \"quoted\"; and more"},
		{Name: "'Tis", Company: "@company", Phones: []string{"+4420" + "79460958"}, Labels: []string{"=label", "b c"}, Reference: "-17"},
		{Name: "'=odd", Email: "+x@y.example", Phones: []string{"-PROMO"}},
		{Name: "\u202eevil <script>", Phones: []string{"BANK"}},
	} {
		ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, c))
	}
	ok[wirechief.Contact](t)(w.desk.BlockPeer(ctx, ann, "BANK", true))
	before := w.everything(ann)
	var file strings.Builder
	must(t, w.desk.ExportContacts(ctx, owner, &file, wirechief.ContactFilter{}))
	if !strings.HasPrefix(file.String(), "name,phones,email,company,notes,labels,reference,blocked\n") {
		t.Errorf("file:\n%s", file.String())
	}
	for _, line := range strings.Split(file.String(), "\n") {
		for _, cell := range strings.Split(line, ",") {
			if cell = strings.TrimPrefix(cell, `"`); cell != "" && strings.ContainsAny(cell[:1], "=+-@") && strings.Trim(cell[1:], "0123456789") != "" {
				t.Errorf("a cell is a formula: %s", line)
			}
		}
	}
	res := ok[inbox.ImportResult](t)(w.desk.ImportContacts(ctx, ann, strings.NewReader(file.String()), inbox.ImportOptions{}))
	same(t, "again", res, inbox.ImportResult{Applied: true, Rows: 4, Unchanged: 4})
	other := mallory
	res = ok[inbox.ImportResult](t)(w.desk.ImportContacts(ctx, other, strings.NewReader(file.String()), inbox.ImportOptions{}))
	same(t, "elsewhere", res, inbox.ImportResult{Applied: true, Rows: 4, Created: 4})
	if diff := cmp.Diff(before, w.everything(other), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what came back (-want +got):\n%s", diff)
	}
	if !w.desk.Blocked("evil", "BANK") {
		t.Error("an imported block does not block")
	}
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{
		Name: "Maria", Company: "Acme", Phones: []string{peer}, Reference: "r1", Labels: []string{"vip"},
	}))
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Joe", Phones: []string{peer2}}))
	file := "\ufeffFull Name;Mobile;E-Mail;Birthday;External ID;Phone\r\n" + // 1
		"Maria Z;;;1.1.;r1;+14155550113\r\n" + // by reference: another phone, a new name
		"Joe;415-555-0112;;;;\r\n" + // nothing new
		"New;+14155550114;new@x.example;;;\r\n" +
		"Bad;+1415;;;;\r\n" +
		"Worse;+14155550115;nobody;;;\r\n" +
		";;;;;\r\n" + // spreadsheets do that
		"Twice;+14155550114;;;;\r\n" +
		"Two;+14155550112;;;r1;\r\n" +
		"Long;+14155550116;;;;;;;\r\n" +
		"Nobody;;;;;\r\n"
	bad := []inbox.BadRow{
		{Row: 4, Line: 5, Field: "phones", Message: `"+1415": not a telephone number: too short for its country`},
		{Row: 5, Line: 6, Field: "email", Message: `"nobody" is not a mail address`},
		{Row: 7, Line: 8, Field: "phones", Message: "row 3 is the same contact"},
		{Row: 8, Line: 9, Field: "phones", Message: "+14155550112 is in row 2, too"},
		{Row: 9, Line: 10, Field: "row", Message: "it has 9 cells, the heading 6; is there a comma in a cell without quotes?"},
		{Row: 10, Line: 11, Field: "phones", Message: "a contact needs a phone: that is what texts come from"},
	}
	before := w.everything(ann)
	for _, o := range []inbox.ImportOptions{{Region: "US", DryRun: true}, {Region: "US"}, {Region: "US", DryRun: true, SkipBad: true}} {
		res := ok[inbox.ImportResult](t)(w.desk.ImportContacts(ctx, ann, strings.NewReader(file), o))
		same(t, fmt.Sprintf("%+v", o), res, inbox.ImportResult{Rows: 9, Created: 1, Updated: 1, Unchanged: 1, Bad: bad, Ignored: []string{"Birthday"}})
		same(t, "nothing has changed", w.everything(ann), before)
	}
	res := ok[inbox.ImportResult](t)(w.desk.ImportContacts(ctx, ann, strings.NewReader(file), inbox.ImportOptions{Region: "US", SkipBad: true}))
	same(t, "skip bad", res, inbox.ImportResult{Applied: true, Rows: 9, Created: 1, Updated: 1, Unchanged: 1, Bad: bad, Ignored: []string{"Birthday"}})
	after := w.everything(ann)
	same(t, "contacts", []string{after[0].Name, after[0].Company, fmt.Sprint(after[0].Phones), after[2].Name},
		[]string{"Maria Z", "Acme", fmt.Sprint([]string{peer, "+14155550113"}), "New"})

	for what, file := range map[string]string{
		"empty": "", "no heading": "+14155550111\n", "no phones": "name,email\nx,y\n", "not UTF-8": "name,phone\n\xff,+14155550111\n",
	} {
		_, err := w.desk.ImportContacts(ctx, ann, strings.NewReader(file), inbox.ImportOptions{})
		if e := wirechief.KindOf(err); err == nil || e != wirechief.Invalid {
			t.Errorf("%s: got %v", what, err)
		}
	}
	res = ok[inbox.ImportResult](t)(w.desk.ImportContacts(ctx, ann, strings.NewReader("phone,name\n+14155550188,a\"b\n+14155550189,ok\n"), inbox.ImportOptions{}))
	if len(res.Bad) != 1 || res.Bad[0].Row != 1 || res.Bad[0].Line != 2 || res.Bad[0].Field != "row" || res.Applied {
		t.Errorf("quotes: %+v", res)
	}
}

// A large file is taken over in several commits.
func TestImportMany(t *testing.T) {
	w := newWorld(t)
	var file strings.Builder
	file.WriteString("name,phone\n")
	for i := range 1234 {
		fmt.Fprintf(&file, "c%d,+1415556%04d\n", i, i)
	}
	res := ok[inbox.ImportResult](t)(w.desk.ImportContacts(t.Context(), ann, strings.NewReader(file.String()), inbox.ImportOptions{}))
	same(t, "result", res, inbox.ImportResult{Applied: true, Rows: 1234, Created: 1234})
	same(t, "contacts", len(w.everything(ann)), 1234)
}

func FuzzImport(f *testing.F) {
	for _, s := range []string{"phone,name\n+14155550111,x\n", "phones;labels\n'+14155550111; +14155550112;\"a\n", "\ufeffphone\tblocked\n+1\tyes\n", "phone\n\"\n", ""} {
		f.Add(s)
	}
	w := &world{t: nil, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	d := inbox.New(inbox.Options{Store: nothing{}, IDs: count{new(int64)}, Now: w.clock})
	f.Fuzz(func(t *testing.T, s string) {
		res, err := d.ImportContacts(t.Context(), ann, strings.NewReader(s), inbox.ImportOptions{Region: "US", SkipBad: true})
		if err != nil {
			if wirechief.KindOf(err) != wirechief.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		if res.Rows != res.Created+res.Updated+res.Unchanged+len(res.Bad) {
			t.Errorf("%d rows, and %+v", res.Rows, res)
		}
	})
}
