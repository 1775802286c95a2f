package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/wirechief/wirechief"
)

// Run puts a store through the suite. open gives a new, empty store that is
// closed when the test ends; it has to take [Now] for its clock. reopen closes
// the store and opens what it kept, as after a restart of the program; nil for
// a store that keeps nothing.
func Run(t *testing.T, open func(t *testing.T) wirechief.Store, reopen func(t *testing.T, s wirechief.Store) wirechief.Store) {
	for _, group := range [][]testCase{
		messageTests(), listingTests(), neighbourTests(), acceptTests(), receiptTests(), queueTests(),
		deliveryTests(), redeliverTests(), directoryTests(), purgeTests(), crowdTests(),
		conversationTests(), inboxTests(), contactTests(), auditTests(), bulkTests(), tallyTests(), searchTests(), retentionTests(), forgetTests(),
	} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
		}
	}
	if reopen != nil {
		for _, c := range restartTests() {
			t.Run(c.name, func(t *testing.T) {
				s := open(t)
				c.test(t, s, func() wirechief.Store { return reopen(t, s) })
			})
		}
	}
}

type testCase struct {
	name string
	test func(t *testing.T, s wirechief.Store)
}

// Now is the clock of the suite: it stands still.
func Now() time.Time { return t0 }

// t0 is when everything in the suite happens. Stores keep microseconds.
var t0 = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func at(d time.Duration) time.Time { return t0.Add(d) }

// The tenants of the suite, with shards that differ.
const (
	acme  = "acme"
	brand = "brand"
)

func key(tenant string, id int64) wirechief.MessageKey {
	return wirechief.MessageKey{Shard: wirechief.ShardOf(tenant), ID: id}
}

func deliveryKey(tenant string, id int64) wirechief.DeliveryKey {
	return wirechief.DeliveryKey(key(tenant, id))
}

// text is an accepted message that waits for carrier "sim".
func text(tenant string, id int64, change ...func(*wirechief.Message)) *wirechief.Message {
	m := &wirechief.Message{
		MessageKey: key(tenant, id), Tenant: tenant, Ref: "6f0c1d7e-0000-4000-8000-000000000001",
		Direction: wirechief.Outward, From: "+13109060901", To: "+13105551212", Text: "hello", Encoding: "GSM-7", Segments: 1,
		CreatedAt: at(time.Duration(id)), Dialect: wirechief.DialectBulkVS, Queue: wirechief.Queue{Lane: "sim", At: t0},
	}
	m.CreatedAt = m.CreatedAt.Truncate(time.Microsecond)
	for _, f := range change {
		f(m)
	}
	if len(m.Events) == 0 {
		m.Record(wirechief.Event{At: m.CreatedAt, Type: wirechief.EventAccepted})
	}
	return m
}

// webhook is a pending delivery about a message.
func webhook(tenant string, id, message int64, change ...func(*wirechief.Delivery)) *wirechief.Delivery {
	d := &wirechief.Delivery{
		DeliveryKey: deliveryKey(tenant, id), Tenant: tenant, Message: message, Kind: wirechief.KindWebhook,
		Destination: "https://hooks.example.net/in", Profile: "bulkvs", Event: wirechief.NoticeReceipt, Method: "POST",
		ContentType: "application/json", Body: []byte(`{"ok":true}`), Status: wirechief.DeliveryPending, CreatedAt: t0, NextAt: t0,
	}
	for _, f := range change {
		f(d)
	}
	return d
}

func accept(messages ...*wirechief.Message) wirechief.Accept {
	return wirechief.Accept{Messages: messages}
}

func deliveries(list ...*wirechief.Delivery) wirechief.Accept {
	return wirechief.Accept{Deliveries: list}
}

func event(kind wirechief.EventType, detail wirechief.Detail) wirechief.Event {
	return wirechief.Event{At: at(time.Second), Type: kind, Detail: detail}
}

func submitted(ids ...string) wirechief.Event {
	return event(wirechief.EventSubmitted, wirechief.Detail{Carrier: "sim", CarrierIDs: ids})
}

// submit is a Record that takes a message out of its queue.
func submit(k wirechief.MessageKey, ids ...string) wirechief.Record {
	return wirechief.Record{Key: k, Events: []wirechief.Event{submitted(ids...)}, Queue: &wirechief.Queue{}}
}

func receipt(id string, state wirechief.ReceiptState) wirechief.Receipt {
	return wirechief.Receipt{Carrier: "sim", ID: id, State: state, Code: "000", Raw: "id:" + id, At: at(time.Minute), Done: at(50 * time.Second)}
}

// do applies commands that must all be applied.
func do(t *testing.T, s wirechief.Store, commands ...wirechief.Command) []wirechief.Result {
	t.Helper()
	results := try(t, s, commands...)
	for i, r := range results {
		if r.Err != nil {
			t.Fatalf("command %d (%T): %v", i, commands[i], r.Err)
		}
	}
	return results
}

// try applies commands that may be refused.
func try(t *testing.T, s wirechief.Store, commands ...wirechief.Command) []wirechief.Result {
	t.Helper()
	results, err := s.Apply(t.Context(), commands...)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	if len(results) != len(commands) {
		t.Fatalf("%d results for %d commands", len(results), len(commands))
	}
	return results
}

// refuse applies a command that must be refused, for that kind of reason.
func refuse(t *testing.T, s wirechief.Store, kind wirechief.Kind, command wirechief.Command) wirechief.Result {
	t.Helper()
	r := try(t, s, command)[0]
	if r.Err == nil {
		t.Fatalf("%T was applied, not refused as %s", command, kind)
	}
	wantKind(t, r.Err, kind)
	return r
}

func wantKind(t *testing.T, err error, kind wirechief.Kind) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want kind %s", kind)
	}
	if got := wirechief.KindOf(err); got != kind {
		t.Fatalf("error of kind %s, want %s: %v", got, kind, err)
	}
}

// message reads one that must be there.
func message(t *testing.T, s wirechief.Store, k wirechief.MessageKey) *wirechief.Message {
	t.Helper()
	m, err := s.Message(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func delivery(t *testing.T, s wirechief.Store, k wirechief.DeliveryKey) *wirechief.Delivery {
	t.Helper()
	d, err := s.Delivery(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// must takes the result of a reader.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// same compares; nil and empty are the same.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s differs (-want +got):\n%s", what, diff)
	}
}

// types lists the types of events, as "accepted submitted receipt delivered".
func types(events []wirechief.Event) []wirechief.EventType {
	var out []wirechief.EventType
	for _, e := range events {
		out = append(out, e.Type)
	}
	return out
}

func ids[T any](list []T, id func(T) int64) []int64 {
	var out []int64
	for _, v := range list {
		out = append(out, id(v))
	}
	return out
}

func messageID(m *wirechief.Message) int64   { return m.ID }
func deliveryID(d *wirechief.Delivery) int64 { return d.ID }
