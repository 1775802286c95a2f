package exchange_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// submit sends a text that the carrier takes under the given ids.
func (w *world) submit(words string, ids ...string) int64 {
	w.t.Helper()
	id := w.send(words)
	w.main.next(w.t).answer(done(ids...))
	w.becomes(id, wirechief.StatusSubmitted)
	return id
}

// What one receipt makes of a submitted message, and what the customer is told.
func TestReceipts(t *testing.T) {
	for _, tt := range []struct {
		state  wirechief.ReceiptState
		status wirechief.Status
		events string
		told   []string
	}{
		{wirechief.ReceiptDelivered, wirechief.StatusDelivered, "receipt delivered", []string{`receipt DELIVRD "hello"`}},
		{wirechief.ReceiptUndeliverable, wirechief.StatusFailed, "receipt failed", []string{`receipt UNDELIV "hello"`}},
		{wirechief.ReceiptRejected, wirechief.StatusFailed, "receipt failed", []string{`receipt REJECTD "hello"`}},
		{wirechief.ReceiptDeleted, wirechief.StatusFailed, "receipt failed", []string{`receipt DELETED "hello"`}},
		{wirechief.ReceiptExpired, wirechief.StatusExpired, "receipt expired", []string{`receipt EXPIRED "hello"`}},
		{wirechief.ReceiptUnknown, wirechief.StatusUnknown, "receipt failed", []string{`receipt UNKNOWN "hello"`}},
		{wirechief.ReceiptEnroute, wirechief.StatusSubmitted, "receipt", nil},
		{wirechief.ReceiptAccepted, wirechief.StatusSubmitted, "receipt", nil},
	} {
		t.Run(string(tt.state), func(t *testing.T) {
			w := newWorld(t)
			id := w.submit("hello", "c1")
			w.receipt("c1", tt.state)
			w.expect(id, tt.status, "accepted routed submitted "+tt.events)
			if got := w.engine.about(id); !slices.Equal(got, tt.told) {
				t.Errorf("told %q, want %q", got, tt.told)
			}
		})
	}
}

// A receipt that comes before the answer to the submission waits for it, over
// a restart too; several are applied in the order in which they came.
func TestReceiptsBeforeTheAnswer(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newWorld(t)
		id := w.send("hello")
		first := w.main.next(t)
		w.receipt("c1", wirechief.ReceiptEnroute)
		w.receipt("c1", wirechief.ReceiptDelivered)
		w.expect(id, wirechief.StatusAccepted, "accepted routed")
		want := "accepted routed submitted receipt receipt delivered"
		if restart {
			w.crash()
			first = w.main.next(t)
			want = "accepted routed in_doubt submitted receipt receipt delivered"
		}
		first.answer(done("c1"))
		w.becomes(id, wirechief.StatusDelivered)
		w.expect(id, wirechief.StatusDelivered, want)
		w.told(id, `receipt DELIVRD "hello"`)
		if got, err := w.disk.UnmatchedReceipts(t.Context(), 10); err != nil || len(got) != 0 {
			t.Errorf("still unmatched: %+v, %v", got, err)
		}
	}
}

// Said twice, or otherwise afterwards, a receipt is kept and changes nothing:
// the first final word counts, and the customer hears once.
func TestReceiptsAgain(t *testing.T) {
	w := newWorld(t)
	id := w.submit("hello", "c1")
	for _, s := range []wirechief.ReceiptState{
		wirechief.ReceiptEnroute, wirechief.ReceiptDelivered, wirechief.ReceiptDelivered, wirechief.ReceiptUndeliverable, wirechief.ReceiptEnroute,
	} {
		w.receipt("c1", s)
	}
	m := w.expect(id, wirechief.StatusDelivered, "accepted routed submitted receipt receipt delivered receipt receipt receipt")
	for i, repeat := range map[int]bool{3: false, 4: false, 6: true, 7: true, 8: true} {
		if m.Events[i].Detail.Repeat != repeat {
			t.Errorf("receipt %d is marked %t", i, m.Events[i].Detail.Repeat)
		}
	}
	w.toldOnce(id)
}

// The same receipt over many connections at once ends the message once.
func TestReceiptsAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	id := w.submit("hello", "c1")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := w.Receipt(t.Context(), wirechief.Receipt{Carrier: "main", ID: "c1", State: wirechief.ReceiptDelivered}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.becomes(id, wirechief.StatusDelivered)
	w.toldOnce(id)
}

// A long text is delivered once each of its segments is, and has failed as soon
// as one has; either way the customer hears once.
func TestReceiptsOfSegments(t *testing.T) {
	const d, u = wirechief.ReceiptDelivered, wirechief.ReceiptUndeliverable
	for _, tt := range []struct {
		name   string
		states []wirechief.ReceiptState // of segments 2, 1, 3
		status []wirechief.Status
	}{
		{"all delivered", []wirechief.ReceiptState{d, d, d}, []wirechief.Status{wirechief.StatusSubmitted, wirechief.StatusSubmitted, wirechief.StatusDelivered}},
		{"one failed", []wirechief.ReceiptState{d, u, d}, []wirechief.Status{wirechief.StatusSubmitted, wirechief.StatusFailed, wirechief.StatusFailed}},
		{"the last failed", []wirechief.ReceiptState{d, d, u}, []wirechief.Status{wirechief.StatusSubmitted, wirechief.StatusSubmitted, wirechief.StatusFailed}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			id := w.submit("a long one", "p1", "p2", "p3")
			for i, part := range []string{"p2", "p1", "p3"} {
				w.receipt(part, tt.states[i])
				if m := w.message(id); m.Status != tt.status[i] {
					t.Fatalf("after %s: %s, want %s", part, m.Status, tt.status[i])
				}
			}
			w.toldOnce(id)
			m := w.message(id)
			if d := m.Events[3].Detail; d.Part != 2 || d.Parts != 3 {
				t.Errorf("the receipt of p2 is kept as %+v", d)
			}
		})
	}
}

// What matches nothing is kept and listed for a month. Ids are compared as they
// are: reading them as hex or decimal is the carrier's setting.
func TestReceiptsThatMatchNothing(t *testing.T) {
	w := newWorld(t)
	id := w.submit("hello", "1A2B")
	for _, strange := range []string{"1a2b", "6699", "nonsense"} {
		w.receipt(strange, wirechief.ReceiptDelivered)
	}
	other := wirechief.Receipt{Carrier: "spare", ID: "1A2B", State: wirechief.ReceiptDelivered, Raw: "id:1A2B stat:DELIVRD"}
	if err := w.Receipt(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	w.expect(id, wirechief.StatusSubmitted, "accepted routed submitted")
	got, err := w.disk.UnmatchedReceipts(t.Context(), 10)
	if err != nil || len(got) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].Carrier != "spare" || got[0].Raw != other.Raw || !got[0].At.Equal(t0) {
		t.Errorf("kept as %+v", got[0])
	}
	w.receipt("1A2B", wirechief.ReceiptDelivered)
	w.becomes(id, wirechief.StatusDelivered)
	w.advance(31 * 24 * time.Hour)
	w.restart() // what is old is removed at start, and once an hour
	w.eventually("the old receipts to go", func() bool {
		got, err := w.disk.UnmatchedReceipts(t.Context(), 10)
		return err == nil && len(got) == 0
	})
}

// The timeline shows a receipt as it came, with the carrier's own time.
func TestWhatIsKeptOfAReceipt(t *testing.T) {
	w := newWorld(t)
	id := w.submit("hello", "c1")
	r := wirechief.Receipt{
		Carrier: "main", ID: "c1", State: wirechief.ReceiptUndeliverable, Code: "255", From: handset, To: desk,
		Done: t0.Add(-time.Second), At: t0.Add(time.Second), Raw: "id:c1 stat:UNDELIV err:255",
	}
	if err := w.Receipt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	m := w.message(id)
	for _, e := range m.Events[3:] {
		if d := e.Detail; !e.At.Equal(r.At) || d.Carrier != "main" || d.Code != "255" || d.State != r.State || !d.DoneAt.Equal(r.Done) {
			t.Errorf("kept as %+v", e)
		}
	}
	if raw := m.Events[3].Detail.Raw; raw != r.Raw {
		t.Errorf("raw %q", raw)
	}
	if v := w.Carriers(t.Context())[0]; !v.LastReceipt.Equal(r.At) || v.Submitted != 1 || v.Failed != 0 {
		t.Errorf("the carrier is shown as %+v", v)
	}
}
