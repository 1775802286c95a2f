package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// lending is a tenant with seven numbers that can be leased, and others that cannot.
const lending = `
tenants:
  - id: lender
    campaigns: [{tcr: CW2001, approved: true}, {tcr: CW2002, approved: false}]
    webhooks: [{name: Default, url: "http://hooks.test/lender", dlr: true}]
    properties:
      - {sid: S00000000000000000000000000000001, name: One}
      - {sid: S00000000000000000000000000000002, name: Two}
    numbers:
      - {number: "+13109070901", carrier: main, capabilities: [sms], campaign: CW2001}
      - {number: "+13109070902", carrier: main, capabilities: [sms], campaign: CW2001}
      - {number: "+13109070903", carrier: main, capabilities: [sms], campaign: CW2001}
      - {number: "+13109070904", carrier: main, capabilities: [sms], campaign: CW2001}
      - {number: "+13109070905", carrier: main, capabilities: [sms], campaign: CW2001}
      - {number: "+13109070906", carrier: main, capabilities: [sms], campaign: CW2001, forwards: [{type: http, destination: "http://a.test/", format: fonedynamics}]}
      - {number: "+13109070907", carrier: main, capabilities: [sms], campaign: CW2002}
      - {number: "+13109070908", carrier: main, capabilities: [sms]}
      - {number: "+13109070909", carrier: main, capabilities: [voice], campaign: CW2001}
      - {number: "+18005550200", carrier: main, capabilities: [sms], toll_free_verification: unverified}
      - {number: "+18005550201", carrier: main, capabilities: [sms], toll_free_verification: pending}
      - {number: "+447700900200", carrier: main, capabilities: [sms], property: S00000000000000000000000000000002}
`

func newLender(t testing.TB, change ...func(*exchange.Options)) *world {
	t.Helper()
	w := newWorld(t, append(change, shapes)...)
	w.apply(lending)
	w.main.answers(taken)
	w.spare.answers(taken)
	return w
}

// borrow is a request that names no number.
func borrow(words, to string, hook string) wirechief.SendRequest {
	r := wirechief.SendRequest{Tenant: "lender", Dialect: wirechief.DialectFoneDynamics, To: []string{to}, Text: words}
	if hook != "" {
		r.Options = &wirechief.MessageOptions{Reply: wirechief.Hook{URL: hook}}
	}
	return r
}

// lent sends what must be accepted and gives the number that it was from.
func (w *world) lent(r wirechief.SendRequest) string {
	w.t.Helper()
	res, err := w.Send(w.t.Context(), r)
	if err != nil {
		w.t.Fatalf("Send: %v", err)
	}
	if m := w.message(res.Recipients[0].Message); m.From != res.From {
		w.t.Fatalf("answered %s, sent from %s", res.From, m.From)
	}
	return res.From
}

// leases counts the leases on disk.
func (w *world) leases() int {
	w.t.Helper()
	list, err := w.disk.Entities(w.t.Context(), wirechief.EntityLease)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

// Who wants nothing of replies talks to a handset from one number, over a
// restart too, and also after the lease has run out.
func TestALeaseSticks(t *testing.T) {
	w := newLender(t)
	from := w.lent(borrow("one", handset, ""))
	for i := range 3 {
		if again := w.lent(borrow("again", handset, "")); again != from {
			t.Fatalf("text %d came from %s, not from %s", i, again, from)
		}
		w.advance(20 * 24 * time.Hour) // each text counts from anew
	}
	if n := w.leases(); n != 1 {
		t.Errorf("%d leases", n)
	}
	w.restart()
	w.main.answers(taken)
	if again := w.lent(borrow("again", handset, "")); again != from {
		t.Errorf("after the restart from %s, not from %s", again, from)
	}
	w.advance(wirechief.LeaseLife + time.Second)
	if again := w.lent(borrow("again", handset, "")); again != from {
		t.Errorf("after it ran out from %s, not from %s", again, from)
	}
	senders := map[string]bool{}
	for i := range 40 {
		senders[w.lent(borrow("hi", fmt.Sprintf("+1310555%04d", i+100), ""))] = true
	}
	if len(senders) < 4 {
		t.Errorf("40 handsets are spread over %d of 6 numbers", len(senders))
	}
}

// A handset has five leases at most; each is of another number and tells
// replies to where its text said.
func TestFiveLeases(t *testing.T) {
	w := newLender(t)
	senders := make(map[string]string) // by hook
	for i := range wirechief.LeasesMost {
		hook := fmt.Sprintf("http://reply.test/%d", i)
		senders[hook] = w.lent(borrow("hello", handset, hook))
	}
	for hook, from := range senders {
		if again := w.lent(borrow("again", handset, hook)); again != from {
			t.Errorf("%s: %s, then %s", hook, from, again)
		}
		w.inboundTo(from, handset, "yes "+hook)
	}
	_, err := w.Send(t.Context(), borrow("sixth", handset, "http://reply.test/6"))
	wantError(t, err, wirechief.Forbidden, wirechief.RuleLease, "from")
	// Another handset has its own five, and who wants nothing of replies can share.
	w.lent(borrow("hello", other, "http://reply.test/6"))
	w.lent(borrow("plain", handset, ""))
	used := make(map[string]bool)
	for _, m := range w.inbox() {
		hook := m.Text[len("yes "):]
		w.toldTo(m.ID, "http "+hook+" fonedynamics inbound")
		used[m.To] = true
	}
	if len(used) != wirechief.LeasesMost {
		t.Errorf("%d numbers", len(used))
	}
	// The same number may be another handset's lease, with other hooks.
	w.advance(wirechief.LeaseLife)
	w.lent(borrow("seventh", handset, "http://reply.test/6"))
}

// When every number is leased to a handset, who wants replies elsewhere is refused.
func TestNoNumberIsFree(t *testing.T) {
	w := newLender(t)
	two := borrow("hello", "+447700900123", "http://reply.test/1")
	two.Property = "S00000000000000000000000000000002"
	if from := w.lent(two); from != "+447700900200" {
		t.Fatalf("from %s", from)
	}
	two.Options = &wirechief.MessageOptions{Reply: wirechief.Hook{URL: "http://reply.test/2"}}
	_, err := w.Send(t.Context(), two)
	wantError(t, err, wirechief.Forbidden, wirechief.RuleLease, "from")
	two.Options = nil
	if from := w.lent(two); from != "+447700900200" {
		t.Errorf("from %s", from)
	}
	// The first property has the numbers that name none.
	one := borrow("hello", "+447700900124", "")
	one.Property = "S00000000000000000000000000000001"
	if from := w.lent(one); from == "+447700900200" {
		t.Error("the number is another property's")
	}
	one.Property = "S00000000000000000000000000000003"
	_, err = w.Send(t.Context(), one)
	wantError(t, err, wirechief.NotFound, wirechief.RuleSender, "from")
}

// Only numbers that could send are lent, and of those first the ones of the
// handset's country.
func TestWhatIsLent(t *testing.T) {
	w := newLender(t)
	can := []string{"+13109070901", "+13109070902", "+13109070903", "+13109070904", "+13109070905", "+13109070906"}
	for i := range 30 {
		if from := w.lent(borrow("hi", fmt.Sprintf("+1310555%04d", i+100), "")); !slices.Contains(can, from) {
			t.Fatalf("lent %s", from)
		}
	}
	w.apply(`
tenants:
  - id: lender
    campaigns: [{tcr: CW2001, approved: false}, {tcr: CW2002, approved: false}]
`)
	_, err := w.Send(t.Context(), func() wirechief.SendRequest {
		r := borrow("hi", handset, "")
		r.Property = "S00000000000000000000000000000001"
		return r
	}())
	wantError(t, err, wirechief.NotFound, wirechief.RuleSender, "from")
	r := borrow("hi", handset, "")
	r.Tenant = "nobody"
	_, err = w.Send(t.Context(), r)
	wantError(t, err, wirechief.Forbidden, wirechief.RuleMessaging, "")
	many := borrow("hi", handset, "")
	many.To = append(many.To, other)
	_, err = w.Send(t.Context(), many)
	wantError(t, err, wirechief.Invalid, "", "to")
}

// A lease whose number can send no more is replaced.
func TestALeaseOfANumberThatHasGone(t *testing.T) {
	w := newLender(t)
	from := w.lent(borrow("one", handset, ""))
	lender := wirechief.Principal{Tenant: "lender", Name: "lender"}
	if _, err := w.ConfigureNumber(t.Context(), lender, from, func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{SMS: wirechief.Set(false)}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if again := w.lent(borrow("two", handset, "")); again == from {
		t.Error("it still sends")
	}
}

// A new number is no way around a STOP.
func TestALeaseHonoursSTOP(t *testing.T) {
	w := newLender(t)
	w.inboundTo("+13109070903", handset, "STOP")
	res, err := w.Send(t.Context(), borrow("hi", handset, ""))
	if err != nil || res.Recipients[0].Rule != wirechief.RuleOptOut {
		t.Fatalf("%+v %v", res, err)
	}
	if n := w.leases(); n != 0 {
		t.Errorf("%d leases for what was not sent", n)
	}
}

// A name is replaced by a leased number where names are no senders.
func TestNamesAsSenders(t *testing.T) {
	w := newLender(t)
	for _, tt := range []struct {
		from, to, want string
		err            wirechief.Rule
	}{
		{"ACME Shop 1", "+447700900123", "ACME Shop 1", ""},
		{"A", "+447700900123", "A", ""},
		{"ACME Shop 12", "+447700900123", "", wirechief.RuleSender}, // twelve characters
		{"12345", "+447700900123", "", wirechief.RuleSender},        // no letter
		{"A&B", "+447700900123", "", wirechief.RuleSender},
		{"Äcme", "+447700900123", "", wirechief.RuleSender},
	} {
		r := borrow("hi", tt.to, "")
		r.From = tt.from
		if tt.err != "" {
			_, err := w.Send(t.Context(), r)
			wantError(t, err, wirechief.NotFound, tt.err, "from")
		} else if got := w.lent(r); got != tt.want {
			t.Errorf("%q: from %q", tt.from, got)
		}
	}
	r := borrow("hi", handset, "")
	plain := w.lent(r)
	r.From = "ACME Shop 1"
	if got := w.lent(r); got != plain {
		t.Errorf("from %q, not from %q", got, plain)
	}
}

// A reply to a number that was named goes where its text said, too.
func TestReplyToANamedNumber(t *testing.T) {
	w := newLender(t)
	const number = "+13109070906"
	w.inboundTo(number, handset, "before")
	r := borrow("hi", handset, "http://reply.test/1")
	r.From = number
	w.lent(r)
	w.inboundTo(number, handset, "reply")
	w.inboundTo(number, other, "another's")
	w.advance(wirechief.LeaseLife)
	w.inboundTo(number, handset, "late")
	want := map[string]string{"reply": "http http://reply.test/1 fonedynamics inbound"}
	for _, m := range w.inbox() {
		to := want[m.Text]
		if to == "" {
			to = "http http://a.test/ fonedynamics inbound"
		}
		w.toldTo(m.ID, to)
	}
	// It does not count as leased.
	for i := range wirechief.LeasesMost {
		if from := w.lent(borrow("hi", handset, fmt.Sprintf("http://reply.test/%d", i+10))); i == 0 && from == "" {
			t.Error("no sender")
		}
	}
}

// What the commit refuses leaves no lease behind; a repeat under its key gets
// the first answer and takes none.
func TestALeaseIsCommittedWithItsText(t *testing.T) {
	w := newLender(t)
	w.disk.fail(errors.New("the disk is full"))
	if _, err := w.Send(t.Context(), borrow("hi", handset, "http://reply.test/1")); err == nil {
		t.Fatal("it was accepted")
	}
	w.disk.fail(nil)
	if n := w.leases(); n != 0 {
		t.Errorf("%d leases", n)
	}
	r := borrow("hi", handset, "http://reply.test/1")
	r.Key, r.Fingerprint = "k", [32]byte{1}
	first := w.lent(r)
	r.Options = &wirechief.MessageOptions{Reply: wirechief.Hook{URL: "http://reply.test/2"}}
	if again := w.lent(r); again != first {
		t.Errorf("from %s, then from %s", first, again)
	}
	if n := w.leases(); n != 1 {
		t.Errorf("%d leases", n)
	}
	w.crash()
	w.main.answers(taken)
	w.inboundTo(first, handset, "reply")
	w.toldTo(w.inbox()[0].ID, "http http://reply.test/1 fonedynamics inbound")
}

// Many at once do not lease more than five, nor one number twice.
func TestManyLeaseAtOnce(t *testing.T) {
	w := newLender(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	from := make(map[string]string) // hook by number
	refused := 0
	for i := range 40 {
		all.Go(func() {
			hook := fmt.Sprintf("http://reply.test/%d", i%10)
			res, err := w.Send(t.Context(), borrow("hi", handset, hook))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused++
				return
			}
			if known, ok := from[res.From]; ok && known != hook {
				t.Errorf("%s is leased for %s and for %s", res.From, known, hook)
			}
			from[res.From] = hook
		})
	}
	all.Wait()
	if len(from) != wirechief.LeasesMost || refused != 20 {
		t.Errorf("%d numbers, %d refused", len(from), refused)
	}
}

// What has run out is removed, and what has not stays.
func TestLeasesArePurged(t *testing.T) {
	w := newLender(t)
	for i := range 450 { // more than two slices
		w.lent(borrow("hi", fmt.Sprintf("+1310555%04d", i+100), ""))
	}
	w.advance(wirechief.LeaseLife - time.Hour)
	late := w.lent(borrow("hi", handset, ""))
	w.advance(2 * time.Hour)
	if err := w.PurgeLeases(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.leases(); n != 1 {
		t.Errorf("%d leases", n)
	}
	if again := w.lent(borrow("hi", handset, "")); again != late {
		t.Errorf("from %s, not from %s", again, late)
	}
	if err := w.PurgeLeases(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The lease of a number that was released keeps no other number away.
func TestLeasesOfReleasedNumbers(t *testing.T) {
	w := newLender(t)
	for i := range wirechief.LeasesMost {
		from := w.lent(borrow("hi", handset, fmt.Sprintf("http://reply.test/%d", i)))
		if i == 0 {
			if _, err := w.Release(t.Context(), wirechief.Principal{Tenant: "lender"}, from); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.lent(borrow("hi", handset, "http://reply.test/another"))
	_, err := w.Send(t.Context(), borrow("hi", handset, "http://reply.test/one too many"))
	wantError(t, err, wirechief.Forbidden, wirechief.RuleLease, "from")
}
