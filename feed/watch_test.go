package feed

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

// answers is a store that gives the results that a test wants.
type answers struct {
	wirechief.Store
	results []wirechief.Result
	err     error
}

func (a *answers) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	if a.results != nil || a.err != nil {
		return a.results, a.err
	}
	return make([]wirechief.Result, len(commands)), nil
}

func (a *answers) Conversation(_ context.Context, key wirechief.ConversationKey) (*wirechief.Conversation, error) {
	if key.ID == 404 {
		return nil, wirechief.Errorf(wirechief.NotFound, "there is no such conversation")
	}
	return &wirechief.Conversation{ConversationKey: key, Tenant: "acme"}, nil
}

// words says what was told, without what every event has.
func words(s *Subscription) (out []string) {
	for len(s.C()) > 0 {
		e := <-s.C()
		w := strings.TrimSpace(fmt.Sprintf("%s %s %s %s", e.Tenant, e.Topic, e.Kind, e.Key))
		if e.ID != 0 {
			w += fmt.Sprintf(" #%d", e.ID)
		}
		if e.Conversation != 0 {
			w += fmt.Sprintf(" in %d", e.Conversation)
		}
		if e.Message != nil {
			w += " " + string(e.Message.Status)
		}
		out = append(out, w)
	}
	return out
}

func message(id, conversation int64, d wirechief.Direction, s wirechief.Status) *wirechief.Message {
	return &wirechief.Message{
		MessageKey: wirechief.MessageKey{ID: id}, Tenant: "acme", Conversation: conversation, Direction: d, Status: s,
	}
}

func delivery(id int64) *wirechief.Delivery {
	return &wirechief.Delivery{DeliveryKey: wirechief.DeliveryKey{ID: id}, Tenant: "acme", Kind: wirechief.KindWebhook}
}

// told has what is told of each command.
var told = []struct {
	command wirechief.Command
	result  wirechief.Result
	want    []string
}{
	{
		wirechief.Accept{Messages: []*wirechief.Message{message(1, 10, wirechief.Inward, wirechief.StatusReceived)}},
		wirechief.Result{Deliveries: []*wirechief.Delivery{delivery(5)}},
		[]string{"acme message in #1 in 10 received", "acme conversation changed #10 in 10", "acme delivery planned #5"},
	},
	{
		wirechief.Accept{Messages: []*wirechief.Message{
			message(2, 10, wirechief.Outward, wirechief.StatusAccepted), message(3, 10, wirechief.Outward, wirechief.StatusAccepted),
			message(4, 11, wirechief.Outward, wirechief.StatusSuppressed),
		}, Entries: []wirechief.Entry{{Kind: wirechief.EntryAutoReply}, {Kind: wirechief.EntryOptOut}}},
		wirechief.Result{},
		[]string{
			"acme message out #2 in 10 accepted", "acme conversation changed #10 in 10", "acme message out #3 in 10 accepted",
			"acme message out #4 in 11 suppressed", "acme conversation changed #11 in 11", "acme conversation entry #10 in 10",
		},
	},
	{
		wirechief.Accept{
			Messages: []*wirechief.Message{func() *wirechief.Message {
				m := message(5, 0, wirechief.Inward, wirechief.StatusReceived)
				m.Apart = true
				return m
			}()},
			OptOuts:  []wirechief.OptOut{{Tenant: "acme", Number: "+13109060901", Handset: "+14155551212", Out: true}},
			Entities: []wirechief.Entity{{Tenant: "acme", Kind: wirechief.EntityLease, Key: "x"}},
		},
		wirechief.Result{},
		[]string{"acme opt_out changed +13109060901 +14155551212", "acme entity changed lease x"},
	},
	{
		wirechief.Accept{Deliveries: []*wirechief.Delivery{delivery(6)}, Entries: []wirechief.Entry{{Conversation: 12, Kind: wirechief.EntryForwardFailed}}},
		wirechief.Result{},
		[]string{"acme conversation entry #12 in 12"},
	},
	{wirechief.Accept{Entries: []wirechief.Entry{{Conversation: 12}}}, wirechief.Result{}, nil},
	{
		wirechief.Record{},
		wirechief.Result{Message: message(6, 10, wirechief.Outward, wirechief.StatusSubmitted)},
		[]string{"acme message status #6 in 10 submitted"},
	},
	{
		wirechief.Record{Message: message(6, 10, wirechief.Outward, wirechief.StatusAccepted)},
		wirechief.Result{},
		[]string{"acme message status #6 in 10 accepted"},
	},
	{wirechief.Record{Message: message(6, 0, wirechief.Inward, wirechief.StatusReceived)}, wirechief.Result{}, nil},
	{
		wirechief.Correlate{},
		wirechief.Result{Message: message(7, 10, wirechief.Outward, wirechief.StatusDelivered), Deliveries: []*wirechief.Delivery{delivery(7)}},
		[]string{"acme message status #7 in 10 delivered", "acme delivery planned #7"},
	},
	{wirechief.Correlate{}, wirechief.Result{Parked: true}, nil},
	{wirechief.SetInFlight{}, wirechief.Result{}, nil},
	{wirechief.PutPart{}, wirechief.Result{}, nil},
	{wirechief.Attempted{Delivery: delivery(8)}, wirechief.Result{}, []string{"acme delivery tried #8"}},
	{wirechief.Attempted{}, wirechief.Result{}, nil},
	{wirechief.Redeliver{Filter: wirechief.DeliveryFilter{Tenant: "acme"}}, wirechief.Result{Count: 3}, []string{"acme delivery again"}},
	{wirechief.Redeliver{Filter: wirechief.DeliveryFilter{Tenant: "acme"}}, wirechief.Result{}, nil},
	{wirechief.PutEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: wirechief.EntityWebhook, Key: "Default"}}, wirechief.Result{}, []string{"acme entity changed webhook Default"}},
	{wirechief.PutEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: wirechief.EntitySession, Key: "hash"}}, wirechief.Result{}, nil},
	{wirechief.PutEntity{Entity: wirechief.Entity{Kind: wirechief.EntityPause, Key: "sim"}}, wirechief.Result{}, []string{"carrier changed sim"}},
	{wirechief.DropEntity{Entity: wirechief.Entity{Tenant: "acme", Kind: wirechief.EntityAgent, Key: "9"}}, wirechief.Result{}, []string{"acme entity dropped agent 9"}},
	{wirechief.PutNumber{Number: &wirechief.Number{Tenant: "acme", Number: "+13109060901"}}, wirechief.Result{}, []string{"acme number changed +13109060901"}},
	{wirechief.PutOffers{}, wirechief.Result{}, nil},
	{wirechief.DropOffers{}, wirechief.Result{}, nil},
	{wirechief.SetBalance{Tenant: "acme"}, wirechief.Result{}, []string{"acme entity changed balance"}},
	{wirechief.PutMedia{}, wirechief.Result{}, nil},
	{wirechief.Purge{}, wirechief.Result{}, nil},
	{wirechief.ChangeConversation{Key: wirechief.ConversationKey{ID: 13}}, wirechief.Result{}, []string{"acme conversation changed #13 in 13"}},
	{
		wirechief.ChangeConversation{Key: wirechief.ConversationKey{ID: 13}, Entries: make([]wirechief.Entry, 2)},
		wirechief.Result{},
		[]string{"acme conversation changed #13 in 13", "acme conversation entry #13 in 13"},
	},
	{wirechief.ChangeConversation{Key: wirechief.ConversationKey{ID: 404}}, wirechief.Result{}, nil},
	{wirechief.PutContact{Contact: &wirechief.Contact{Tenant: "acme", ID: 14}}, wirechief.Result{}, []string{"acme contact changed #14"}},
	{wirechief.DropContact{Tenant: "acme", ID: 14}, wirechief.Result{}, []string{"acme contact dropped #14"}},
	{wirechief.PutOptOuts{OptOuts: []wirechief.OptOut{{Tenant: "acme", Handset: "+1"}, {Tenant: "acme", Handset: "+2"}}}, wirechief.Result{}, []string{"acme opt_out changed"}},
	{wirechief.PutAudit{}, wirechief.Result{}, nil},
	{wirechief.PutBulk{Bulk: &wirechief.Bulk{Tenant: "acme", ID: 15}}, wirechief.Result{}, []string{"acme bulk changed #15"}},
	{wirechief.AddTallies{}, wirechief.Result{}, nil},
	{wirechief.Forget{Tenant: "acme", Conversation: 16}, wirechief.Result{}, []string{"acme conversation changed #16 in 16"}},
	{wirechief.Forget{Tenant: "acme"}, wirechief.Result{Count: 2}, []string{"acme reload"}},
	{wirechief.Forget{Tenant: "acme"}, wirechief.Result{}, nil},
	{
		wirechief.Audited{Command: wirechief.PutContact{Contact: &wirechief.Contact{Tenant: "acme", ID: 17}}},
		wirechief.Result{},
		[]string{"acme contact changed #17"},
	},
}

func TestWhatIsTold(t *testing.T) {
	for _, c := range told {
		t.Run(reflect.TypeOf(c.command).Name(), func(t *testing.T) {
			h := New(Options{})
			s := h.Subscribe("", true, "")
			defer s.Close()
			tapped := 0
			w := Watch(&answers{results: []wirechief.Result{c.result}}, h, func(commands []wirechief.Command, results []wirechief.Result) {
				tapped += len(commands) + len(results)
			})
			if _, err := w.Apply(t.Context(), c.command); err != nil || tapped != 2 {
				t.Fatal(err, tapped)
			}
			if d := cmp.Diff(c.want, words(s)); d != "" {
				t.Error("-want +got:\n" + d)
			}
		})
	}
}

// What was not applied is not told; its neighbours are.
func TestOnlyWhatWasApplied(t *testing.T) {
	h := New(Options{})
	s := h.Subscribe("acme", false, "")
	store := &answers{results: []wirechief.Result{{Err: errors.New("taken")}, {}}}
	w := Watch(store, h)
	commands := []wirechief.Command{
		wirechief.PutContact{Contact: &wirechief.Contact{Tenant: "acme", ID: 1}},
		wirechief.PutContact{Contact: &wirechief.Contact{Tenant: "acme", ID: 2}},
	}
	if _, err := w.Apply(t.Context(), commands...); err != nil {
		t.Fatal(err)
	}
	s.mustBe(t, "contact2")
	store.results, store.err = nil, errors.New("the disk is full")
	if _, err := w.Apply(t.Context(), commands...); err == nil {
		t.Fatal("no error")
	}
	s.mustBe(t, "")
}

// A message that is told goes its own way: who gets it sees it as it was
// committed, whatever becomes of it.
func TestMessagesAreCopies(t *testing.T) {
	h := New(Options{})
	s := h.Subscribe("acme", false, "")
	m := message(1, 10, wirechief.Outward, wirechief.StatusAccepted)
	m.Events = make([]wirechief.Event, 1, 8)
	if _, err := Watch(&answers{}, h).Apply(t.Context(), wirechief.Accept{Messages: []*wirechief.Message{m}}); err != nil {
		t.Fatal(err)
	}
	m.Record(wirechief.Event{Type: wirechief.EventSubmitted})
	e := <-s.C()
	if e.Message.Status != wirechief.StatusAccepted || len(e.Message.Events) != 1 || cap(e.Message.Events) != 1 {
		t.Errorf("it was told as %s with %d events", e.Message.Status, len(e.Message.Events))
	}
}
