package wirechief_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

var t0 = time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)

// What an event does to the view over the events.
func TestRecord(t *testing.T) {
	event := func(typ wirechief.EventType, d wirechief.Detail) wirechief.Event {
		return wirechief.Event{At: t0, Type: typ, Detail: d}
	}
	none := wirechief.Detail{}
	for _, tt := range []struct {
		name   string
		events []wirechief.Event
		want   wirechief.Status
	}{
		{"accepted", []wirechief.Event{event(wirechief.EventAccepted, none)}, wirechief.StatusAccepted},
		{
			"scheduled, then accepted when its time has come",
			[]wirechief.Event{event(wirechief.EventScheduled, none), event(wirechief.EventAccepted, none)},
			wirechief.StatusAccepted,
		},
		{
			"accepted is not scheduled any more",
			[]wirechief.Event{event(wirechief.EventAccepted, none), event(wirechief.EventScheduled, none)},
			wirechief.StatusAccepted,
		},
		{
			"throttled is still waiting",
			[]wirechief.Event{event(wirechief.EventAccepted, none), event(wirechief.EventThrottled, none), event(wirechief.EventInDoubt, none)},
			wirechief.StatusAccepted,
		},
		{
			"submitted",
			[]wirechief.Event{event(wirechief.EventAccepted, none), event(wirechief.EventSubmitted, none)},
			wirechief.StatusSubmitted,
		},
		{
			"a receipt alone changes nothing",
			[]wirechief.Event{event(wirechief.EventSubmitted, none), event(wirechief.EventReceipt, wirechief.Detail{State: wirechief.ReceiptDelivered})},
			wirechief.StatusSubmitted,
		},
		{
			"the receipt that came before the answer",
			[]wirechief.Event{event(wirechief.EventAccepted, none), event(wirechief.EventDelivered, none), event(wirechief.EventSubmitted, none)},
			wirechief.StatusDelivered,
		},
		{
			"failed",
			[]wirechief.Event{event(wirechief.EventSubmitted, none), event(wirechief.EventFailed, wirechief.Detail{State: wirechief.ReceiptUndeliverable})},
			wirechief.StatusFailed,
		},
		{
			"failed, and nobody knows",
			[]wirechief.Event{event(wirechief.EventSubmitted, none), event(wirechief.EventFailed, wirechief.Detail{State: wirechief.ReceiptUnknown})},
			wirechief.StatusUnknown,
		},
		{
			"given up in doubt",
			[]wirechief.Event{event(wirechief.EventInDoubt, none), wirechief.GivenUpInDoubt(t0, "main")},
			wirechief.StatusUnknown,
		},
		{"expired", []wirechief.Event{event(wirechief.EventAccepted, none), event(wirechief.EventExpired, none)}, wirechief.StatusExpired},
		{"canceled", []wirechief.Event{event(wirechief.EventScheduled, none), event(wirechief.EventCanceled, none)}, wirechief.StatusCanceled},
		{"suppressed", []wirechief.Event{event(wirechief.EventSuppressed, none)}, wirechief.StatusSuppressed},
		{
			"received, and told",
			[]wirechief.Event{event(wirechief.EventReceived, none), event(wirechief.EventForwarded, none), event(wirechief.EventReplied, none)},
			wirechief.StatusReceived,
		},
		{
			"the first end counts",
			[]wirechief.Event{event(wirechief.EventDelivered, none), event(wirechief.EventFailed, none), event(wirechief.EventExpired, none)},
			wirechief.StatusDelivered,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m wirechief.Message
			for _, e := range tt.events {
				m.Record(e)
			}
			if m.Status != tt.want {
				t.Errorf("status %q, want %q", m.Status, tt.want)
			}
			if len(m.Events) != len(tt.events) {
				t.Errorf("%d events are kept of %d", len(m.Events), len(tt.events))
			}
		})
	}
}

func TestRecordFollowsTheCarrier(t *testing.T) {
	var m wirechief.Message
	for _, e := range []wirechief.Event{
		{Type: wirechief.EventAccepted},
		{Type: wirechief.EventRouted, Detail: wirechief.Detail{Carrier: "main", Route: []string{"upstream"}}},
		{Type: wirechief.EventThrottled, Detail: wirechief.Detail{Carrier: "main"}},
		{Type: wirechief.EventRouted, Detail: wirechief.Detail{Carrier: "upstream"}},
	} {
		m.Record(e)
	}
	if m.Carrier != "upstream" || len(m.Route) != 0 || m.CarrierIDs != nil {
		t.Errorf("carrier %q, route %q, ids %q", m.Carrier, m.Route, m.CarrierIDs)
	}
	m.Record(wirechief.Event{Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Carrier: "upstream", CarrierIDs: []string{"a", "b"}}})
	if m.Carrier != "upstream" || !cmp.Equal(m.CarrierIDs, []string{"a", "b"}) {
		t.Errorf("carrier %q, ids %q", m.Carrier, m.CarrierIDs)
	}
}

// Whatever happens to a message in whatever order, its status never steps back
// and, once final, stays.
func TestStatusNeverStepsBack(t *testing.T) {
	order := map[wirechief.Status]int{wirechief.StatusScheduled: 1, wirechief.StatusAccepted: 2, wirechief.StatusSubmitted: 3}
	types := []wirechief.EventType{
		wirechief.EventAccepted, wirechief.EventScheduled, wirechief.EventRouted, wirechief.EventSubmitted, wirechief.EventThrottled,
		wirechief.EventInDoubt, wirechief.EventReceipt, wirechief.EventDelivered, wirechief.EventFailed, wirechief.EventExpired,
		wirechief.EventCanceled, wirechief.EventReceived, wirechief.EventForwarded, wirechief.EventReplied, wirechief.EventSuppressed,
	}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		var m wirechief.Message
		for range 12 {
			before := m.Status
			e := wirechief.Event{Type: types[r.IntN(len(types))]}
			m.Record(e)
			switch {
			case before != "" && before.IsFinal() && m.Status != before:
				t.Fatalf("seed %d: %s made %s of %s", seed, e.Type, m.Status, before)
			case !m.Status.IsFinal() && order[m.Status] < order[before]:
				t.Fatalf("seed %d: %s took %s back to %s", seed, e.Type, before, m.Status)
			}
		}
	}
}

// submitted is a message of so many segments that a carrier has taken; their
// ids are 1, 2, and so on.
func submitted(segments int) *wirechief.Message {
	var ids []string
	for i := range segments {
		ids = append(ids, fmt.Sprint(i+1))
	}
	m := new(wirechief.Message)
	m.Record(wirechief.Event{At: t0, Type: wirechief.EventAccepted})
	m.Record(wirechief.Event{At: t0, Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Carrier: "main", CarrierIDs: ids}})
	return m
}

// receive applies a receipt as a store does, and describes the events it caused.
func receive(m *wirechief.Message, id string, state wirechief.ReceiptState) (caused string) {
	for _, e := range m.Receive(wirechief.Receipt{Carrier: "main", ID: id, State: state, At: t0.Add(time.Minute)}) {
		m.Record(e)
		caused += string(e.Type)
		if e.Type == wirechief.EventReceipt {
			caused += fmt.Sprintf(" %d/%d", e.Detail.Part, e.Detail.Parts)
		}
		if e.Detail.Repeat {
			caused += " repeat"
		}
		caused += "; "
	}
	return caused
}

func TestReceive(t *testing.T) {
	type step struct {
		id    string
		state wirechief.ReceiptState
		want  string
	}
	for _, tt := range []struct {
		name     string
		segments int
		steps    []step
		status   wirechief.Status
	}{
		{"delivered", 1, []step{{"1", wirechief.ReceiptDelivered, "receipt 1/1; delivered; "}}, wirechief.StatusDelivered},
		{"undeliverable", 1, []step{{"1", wirechief.ReceiptUndeliverable, "receipt 1/1; failed; "}}, wirechief.StatusFailed},
		{"rejected", 1, []step{{"1", wirechief.ReceiptRejected, "receipt 1/1; failed; "}}, wirechief.StatusFailed},
		{"deleted", 1, []step{{"1", wirechief.ReceiptDeleted, "receipt 1/1; failed; "}}, wirechief.StatusFailed},
		{"expired", 1, []step{{"1", wirechief.ReceiptExpired, "receipt 1/1; expired; "}}, wirechief.StatusExpired},
		{"unknown", 1, []step{{"1", wirechief.ReceiptUnknown, "receipt 1/1; failed; "}}, wirechief.StatusUnknown},
		{"a state that nobody knows", 1, []step{{"1", "LOST", "receipt 1/1; failed; "}}, wirechief.StatusFailed},
		{"no state at all", 1, []step{{"1", "", "receipt 1/1; "}}, wirechief.StatusSubmitted},
		{
			"on its way, then there", 1,
			[]step{
				{"1", wirechief.ReceiptEnroute, "receipt 1/1; "},
				{"1", wirechief.ReceiptAccepted, "receipt 1/1; "},
				{"1", wirechief.ReceiptDelivered, "receipt 1/1; delivered; "},
			},
			wirechief.StatusDelivered,
		},
		{
			"twice", 1,
			[]step{
				{"1", wirechief.ReceiptDelivered, "receipt 1/1; delivered; "},
				{"1", wirechief.ReceiptDelivered, "receipt 1/1 repeat; "},
			},
			wirechief.StatusDelivered,
		},
		{
			"twice, and not of one mind: the first final word counts", 1,
			[]step{
				{"1", wirechief.ReceiptUndeliverable, "receipt 1/1; failed; "},
				{"1", wirechief.ReceiptDelivered, "receipt 1/1 repeat; "},
			},
			wirechief.StatusFailed,
		},
		{
			"on its way, after it was there", 1,
			[]step{
				{"1", wirechief.ReceiptDelivered, "receipt 1/1; delivered; "},
				{"1", wirechief.ReceiptEnroute, "receipt 1/1 repeat; "},
			},
			wirechief.StatusDelivered,
		},
		{
			"a long text is there when all of it is", 3,
			[]step{
				{"3", wirechief.ReceiptDelivered, "receipt 3/3; "},
				{"1", wirechief.ReceiptDelivered, "receipt 1/3; "},
				{"1", wirechief.ReceiptDelivered, "receipt 1/3 repeat; "},
				{"2", wirechief.ReceiptDelivered, "receipt 2/3; delivered; "},
			},
			wirechief.StatusDelivered,
		},
		{
			"a long text has failed as soon as a segment has", 3,
			[]step{
				{"1", wirechief.ReceiptDelivered, "receipt 1/3; "},
				{"2", wirechief.ReceiptUndeliverable, "receipt 2/3; failed; "},
				{"3", wirechief.ReceiptDelivered, "receipt 3/3; "},
			},
			wirechief.StatusFailed,
		},
		{
			"two segments that fail end it once", 2,
			[]step{
				{"1", wirechief.ReceiptExpired, "receipt 1/2; expired; "},
				{"2", wirechief.ReceiptUndeliverable, "receipt 2/2; "},
			},
			wirechief.StatusExpired,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := submitted(tt.segments)
			for i, s := range tt.steps {
				if got := receive(m, s.id, s.state); got != s.want {
					t.Errorf("receipt %d, %s of %s, causes %q, want %q", i+1, s.state, s.id, got, s.want)
				}
			}
			if m.Status != tt.status {
				t.Errorf("status %q, want %q", m.Status, tt.status)
			}
		})
	}
}

// The receipt is kept as it came, and the end says where it is from.
func TestReceiveKeepsWhatTheCarrierSaid(t *testing.T) {
	m := submitted(1)
	r := wirechief.Receipt{
		Carrier: "main", ID: "1", State: wirechief.ReceiptUndeliverable, Code: "255", Raw: "id:1 stat:UNDELIV err:255",
		Done: t0.Add(time.Second), At: t0.Add(time.Minute),
	}
	want := []wirechief.Event{
		{At: r.At, Type: wirechief.EventReceipt, Detail: wirechief.Detail{
			Carrier: "main", CarrierIDs: []string{"1"}, State: wirechief.ReceiptUndeliverable, Code: "255",
			Part: 1, Parts: 1, Raw: r.Raw, DoneAt: r.Done,
		}},
		{At: r.At, Type: wirechief.EventFailed, Detail: wirechief.Detail{
			Carrier: "main", State: wirechief.ReceiptUndeliverable, Code: "255", DoneAt: r.Done,
		}},
	}
	if diff := cmp.Diff(want, m.Receive(r)); diff != "" {
		t.Error(diff)
	}
	if m.Status != wirechief.StatusSubmitted || len(m.Events) != 2 {
		t.Error("Receive changed the message; only Record may")
	}
}

// Receipts of a message that we ended ourselves are kept and change nothing.
func TestReceiveAfterTheEnd(t *testing.T) {
	m := submitted(1)
	m.Record(wirechief.GivenUpInDoubt(t0, "main"))
	if got := receive(m, "1", wirechief.ReceiptDelivered); got != "receipt 1/1; " {
		t.Errorf("a receipt after the end causes %q", got)
	}
	if m.Status != wirechief.StatusUnknown {
		t.Errorf("status %q", m.Status)
	}
}

// In whatever order receipts come, and however often, there is one end.
func TestOneEnd(t *testing.T) {
	states := []wirechief.ReceiptState{
		wirechief.ReceiptEnroute, wirechief.ReceiptAccepted, wirechief.ReceiptDelivered, wirechief.ReceiptUndeliverable, wirechief.ReceiptExpired,
	}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		m := submitted(1 + r.IntN(4))
		for range 12 {
			receive(m, fmt.Sprint(1+r.IntN(4)), states[r.IntN(len(states))])
		}
		ends := 0
		for _, e := range m.Events {
			switch e.Type {
			case wirechief.EventDelivered, wirechief.EventFailed, wirechief.EventExpired:
				ends++
			}
		}
		if ends > 1 || (ends == 1) != m.Status.IsFinal() {
			t.Fatalf("seed %d: %d ends, and the status is %s", seed, ends, m.Status)
		}
	}
}

// What becomes of a copy says nothing bad of the message: its receipts end it
// only by having been delivered.
func TestReceiptsOfACopy(t *testing.T) {
	for _, c := range []struct {
		name     string
		receipts []wirechief.Receipt
		want     wirechief.Status
	}{
		{"the first is delivered", []wirechief.Receipt{{ID: "a", State: wirechief.ReceiptDelivered}}, wirechief.StatusDelivered},
		{"the copy is refused as one", []wirechief.Receipt{{ID: "b", State: wirechief.ReceiptRejected}}, wirechief.StatusSubmitted},
		{"and then the first is delivered", []wirechief.Receipt{{ID: "b", State: wirechief.ReceiptRejected}, {ID: "a", State: wirechief.ReceiptDelivered}}, wirechief.StatusDelivered},
		{"the copy is delivered", []wirechief.Receipt{{ID: "b", State: wirechief.ReceiptDelivered}}, wirechief.StatusDelivered},
		{"the first has failed", []wirechief.Receipt{{ID: "a", State: wirechief.ReceiptUndeliverable}}, wirechief.StatusFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &wirechief.Message{}
			m.Record(wirechief.Event{Type: wirechief.EventAccepted})
			m.Record(wirechief.Event{Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Carrier: "main", CarrierIDs: []string{"a"}}})
			m.Record(wirechief.Event{Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Carrier: "main", CarrierIDs: []string{"b"}, Resend: true}})
			for _, r := range c.receipts {
				for _, e := range m.Receive(r) {
					m.Record(e)
				}
			}
			if m.Status != c.want {
				t.Errorf("it is %s", m.Status)
			}
		})
	}
}
