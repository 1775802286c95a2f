package storetest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func messageTests() []testCase {
	return []testCase{
		{"message/comes back as it went in", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7, func(m *wirechief.Message) {
				m.Also = []string{"+13105550001", "+13105550002"}
				m.Text = "Grüße, \"quoted\" <b>&\u2028\n🚐"
				m.Media = []wirechief.MediaItem{{Source: "https://example.net/a.jpg", Type: "image/jpeg"}, {Token: "tok", Ext: ".png", Size: 12}}
				m.MMS, m.Encoding, m.Segments, m.Hops = true, "UCS-2", 3, 2
				m.Route = []string{"second", "third"}
				m.Queue = wirechief.Queue{Lane: "sim", At: at(time.Hour), Tries: 4}
				m.ValidUntil = at(48 * time.Hour)
				m.Property = "S1"
				m.Options = &wirechief.MessageOptions{
					ExternalID: "täble 7", NoReceipt: true, Receipt: wirechief.Hook{URL: "https://example.net/?a=<b>", Method: "GET", Format: "fonedynamics"},
					Reply: wirechief.Hook{URL: "https://example.net/r"}, ReplySMS: wirechief.ReplyForward{To: "+13105550001", From: "Desk"},
					ReplyMail: wirechief.ReplyForward{To: "a@example.net"},
				}
				m.Record(wirechief.Event{At: t0, Type: wirechief.EventAccepted, Detail: wirechief.Detail{Dialect: "bulkvs"}})
				m.Record(wirechief.Event{At: t0.Add(1), Type: wirechief.EventRouted, Detail: wirechief.Detail{
					Carrier: "sim", Route: []string{"second", "third"}, Because: "the number's own carrier <\"x\"> & more",
					Reason: wirechief.ReasonThrottled, Rule: wirechief.RuleRoute, Code: "0x58", Text: "täxt", State: wirechief.ReceiptEnroute,
					Part: 1, Parts: 3, Missing: []int{2, 3}, Raw: "a\x00b", Repeat: true, Resend: true, NextAt: at(time.Minute), DoneAt: at(time.Hour),
					Delivery: 1<<53 - 2, Kind: "webhook", To: "https://example.net", Status: "pending", Dialect: "wirechief", CarrierIDs: []string{"a", "b\n"},
					Attempt: &wirechief.Attempt{N: 1, At: t0, Class: "2xx", Timing: &wirechief.Timing{DNS: 0.5}, Header: map[string]string{"A": "b"}},
				}})
			})
			bare := &wirechief.Message{MessageKey: key(brand, 8), Tenant: brand, Direction: wirechief.Inward, Status: wirechief.StatusReceived}
			do(t, s, accept(m, bare))
			same(t, "the message", message(t, s, m.MessageKey), m)
			same(t, "the bare message", message(t, s, bare.MessageKey), bare)
		}},
		{"message/unknown is not found", func(t *testing.T, s wirechief.Store) {
			_, err := s.Message(t.Context(), key(acme, 7))
			wantKind(t, err, wirechief.NotFound)
			do(t, s, accept(text(acme, 7)))
			_, err = s.Message(t.Context(), key(brand, 7))
			wantKind(t, err, wirechief.NotFound)
		}},
		{"message/an impossible key is refused", func(t *testing.T, s wirechief.Store) {
			for _, k := range []wirechief.MessageKey{{ID: 0}, {ID: -1}, {ID: 1 << 53}, {Shard: wirechief.Shards, ID: 1}} {
				refuse(t, s, wirechief.Invalid, accept(text(acme, 1, func(m *wirechief.Message) { m.MessageKey = k })))
			}
		}},
		{"record/a text that becomes known later stands everywhere", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7, func(m *wirechief.Message) { m.Text, m.Direction = "", wirechief.Inward })
			do(t, s, accept(m))
			words := "Größe später"
			do(t, s, wirechief.Record{Key: m.MessageKey, Text: &words})
			got := message(t, s, m.MessageKey)
			same(t, "text", got.Text, words)
			same(t, "segments", got.Segments, 1)
			c, err := s.Conversation(t.Context(), wirechief.ConversationKey{Shard: m.Shard, ID: got.Conversation})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "the end of the conversation", c.LastText, words)
		}},
		{"record/a text off the record is kept while it waits, then hashed", func(t *testing.T, s wirechief.Store) {
			const hashed = "sha256:3639efcd08abb273b1619e82e78c29a7df02c1051b1820e99fc395dcaa3326b8" // of "Hi"
			off := func(m *wirechief.Message) {
				m.Text, m.Options = "Hi", &wirechief.MessageOptions{OffTheRecord: true}
				m.Queue = wirechief.Queue{Lane: "sim", At: t0}
			}
			m, lost, kept := text(acme, 7, off), text(acme, 8, off), text(acme, 9, func(m *wirechief.Message) { m.Text = "Hi" })
			suppressed := text(acme, 10, off, func(m *wirechief.Message) { m.Queue, m.Status = wirechief.Queue{}, wirechief.StatusSuppressed })
			do(t, s, accept(m, lost, kept, suppressed))
			texts := func(what string, want ...string) {
				t.Helper()
				for i, m := range []*wirechief.Message{m, lost, kept, suppressed} {
					same(t, what, message(t, s, m.MessageKey).Text, want[i])
				}
			}
			texts("at first", "Hi", "Hi", "Hi", hashed)
			q := wirechief.Queue{Lane: "other", At: at(time.Minute), Tries: 1}
			do(t, s, wirechief.Record{Key: m.MessageKey, Queue: &q, Events: []wirechief.Event{event(wirechief.EventThrottled, wirechief.Detail{Carrier: "sim"})}})
			texts("waiting again", "Hi", "Hi", "Hi", hashed)
			for _, m := range []*wirechief.Message{m, kept} {
				do(t, s, wirechief.Record{Key: m.MessageKey, Queue: &wirechief.Queue{}, Events: []wirechief.Event{
					event(wirechief.EventSubmitted, wirechief.Detail{Carrier: "other", CarrierIDs: []string{"c" + m.Text}}),
				}})
			}
			do(t, s, wirechief.Record{Key: lost.MessageKey, Message: lost, Queue: &wirechief.Queue{}, Events: []wirechief.Event{event(wirechief.EventExpired, wirechief.Detail{})}})
			texts("gone", hashed, hashed, "Hi", hashed)
			do(t, s, wirechief.Record{Key: m.MessageKey, Events: []wirechief.Event{event(wirechief.EventDelivered, wirechief.Detail{})}})
			texts("delivered", hashed, hashed, "Hi", hashed)
		}},
		{"record/appends events, and the status follows them", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7)
			do(t, s, accept(m))
			q := wirechief.Queue{Lane: "other", At: at(time.Minute), Tries: 1}
			r := do(t, s, wirechief.Record{Key: m.MessageKey, Queue: &q, Events: []wirechief.Event{
				event(wirechief.EventThrottled, wirechief.Detail{Carrier: "sim", Code: "ESME_RTHROTTLED"}),
				event(wirechief.EventRouted, wirechief.Detail{Carrier: "other", Route: []string{"third"}}),
			}})[0]
			got := message(t, s, m.MessageKey)
			same(t, "history", types(got.Events), []wirechief.EventType{wirechief.EventAccepted, wirechief.EventThrottled, wirechief.EventRouted})
			if got.Status != wirechief.StatusAccepted || got.Carrier != "other" || got.Route[0] != "third" {
				t.Fatalf("%+v", got)
			}
			same(t, "the queue", got.Queue, q)
			same(t, "the result's queue", r.Message.Queue, q)
			do(t, s, submit(m.MessageKey, "c1"))
			got = message(t, s, m.MessageKey)
			if got.Status != wirechief.StatusSubmitted || got.CarrierIDs[0] != "c1" || got.Queue != (wirechief.Queue{}) {
				t.Fatalf("%+v", got)
			}
		}},
		{"record/without a queue the message stays where it is", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7)
			do(t, s, accept(m), wirechief.Record{Key: m.MessageKey, Events: []wirechief.Event{event(wirechief.EventInDoubt, wirechief.Detail{})}})
			same(t, "the queue", message(t, s, m.MessageKey).Queue, m.Queue)
		}},
		{"record/replaces the media when there are any", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7, func(m *wirechief.Message) { m.Media = []wirechief.MediaItem{{Source: "https://example.net/a.jpg"}} })
			do(t, s, accept(m), wirechief.Record{Key: m.MessageKey})
			same(t, "media", message(t, s, m.MessageKey).Media, m.Media)
			kept := []wirechief.MediaItem{{Token: "tok", Type: "image/jpeg", Ext: ".jpg", Size: 3}}
			do(t, s, wirechief.Record{Key: m.MessageKey, Media: kept})
			same(t, "media", message(t, s, m.MessageKey).Media, kept)
		}},
		{"record/an unknown message is not found", func(t *testing.T, s wirechief.Store) {
			refuse(t, s, wirechief.NotFound, submit(key(acme, 7), "c1"))
		}},
		{"record/only with one of the statuses", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7)
			do(t, s, accept(m), submit(m.MessageKey, "c1"))
			before := message(t, s, m.MessageKey)
			cancel := wirechief.Record{
				Key: m.MessageKey, Events: []wirechief.Event{event(wirechief.EventCanceled, wirechief.Detail{})},
				Only: []wirechief.Status{wirechief.StatusAccepted, wirechief.StatusScheduled},
			}
			refuse(t, s, wirechief.Conflict, cancel)
			same(t, "the message", message(t, s, m.MessageKey), before)
			cancel.Only = append(cancel.Only, wirechief.StatusSubmitted)
			do(t, s, cancel)
			if got := message(t, s, m.MessageKey).Status; got != wirechief.StatusCanceled {
				t.Fatalf("status %s", got)
			}
		}},
		{"record/the status never steps back", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7)
			do(t, s, accept(m),
				wirechief.Record{Key: m.MessageKey, Events: []wirechief.Event{event(wirechief.EventExpired, wirechief.Detail{})}},
				submit(m.MessageKey, "c1"),
				wirechief.Record{Key: m.MessageKey, Events: []wirechief.Event{event(wirechief.EventAccepted, wirechief.Detail{})}})
			got := message(t, s, m.MessageKey)
			if got.Status != wirechief.StatusExpired || len(got.Events) != 4 {
				t.Fatalf("status %s after %v", got.Status, types(got.Events))
			}
		}},
		{"record/with the message brought along it is the same", func(t *testing.T, s wirechief.Store) {
			m, twin := text(acme, 7), text(acme, 8)
			do(t, s, accept(m, twin))
			brought := submit(m.MessageKey, "c1")
			brought.Message = message(t, s, m.MessageKey)
			do(t, s, brought, submit(twin.MessageKey, "c2"))
			same(t, "what the caller holds", brought.Message, m)
			got, other := message(t, s, m.MessageKey), message(t, s, twin.MessageKey)
			got.ID, got.CarrierIDs, got.CreatedAt, got.Events = other.ID, other.CarrierIDs, other.CreatedAt, other.Events
			same(t, "the message", got, other)
		}},
		{"record/a message brought along that is not there leaves nothing behind", func(t *testing.T, s wirechief.Store) {
			ghost := submit(key(acme, 7), "c1")
			ghost.Message = text(acme, 7)
			refuse(t, s, wirechief.NotFound, ghost)
			if r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)})[0]; !r.Parked {
				t.Fatal("the refused command made a carrier's id known")
			}
		}},
		{"record/what the planner wants is in the same commit", func(t *testing.T, s wirechief.Store) {
			m := text(acme, 7)
			do(t, s, accept(m))
			c := submit(m.MessageKey, "c1")
			c.Plan = func(m *wirechief.Message, added []wirechief.Event) []*wirechief.Delivery {
				if m.Status != wirechief.StatusSubmitted || len(added) != 1 || added[0].Type != wirechief.EventSubmitted || m.Text != "hello" {
					t.Errorf("the planner got %+v and %+v", m, added)
				}
				return []*wirechief.Delivery{webhook(acme, 9, m.ID, func(d *wirechief.Delivery) { d.Shard = 0 })}
			}
			r := do(t, s, c)[0]
			if len(r.Deliveries) != 1 || r.Deliveries[0].DeliveryKey != deliveryKey(acme, 9) {
				t.Fatalf("%+v", r.Deliveries)
			}
			same(t, "the delivery", delivery(t, s, deliveryKey(acme, 9)), webhook(acme, 9, 7))
		}},
	}
}

func listingTests() []testCase {
	return []testCase{
		{"listing/filters", func(t *testing.T, s wirechief.Store) {
			in := func(m *wirechief.Message) {
				m.Direction, m.From, m.To, m.Queue = wirechief.Inward, m.To, m.From, wirechief.Queue{}
				m.Record(event(wirechief.EventReceived, wirechief.Detail{}))
			}
			do(t, s, accept(
				text(acme, 1), text(brand, 2), text(acme, 3, in),
				text(acme, 4, func(m *wirechief.Message) { m.To, m.Ref = "+13105559999", "other" }),
				text("third", 5), text(brand, 6, in),
			), submit(key(brand, 2), "c2"))
			for _, c := range []struct {
				name string
				f    wirechief.MessageFilter
				want []int64
			}{
				{"everything, newest first over all tenants", wirechief.MessageFilter{}, []int64{6, 5, 4, 3, 2, 1}},
				{"a tenant", wirechief.MessageFilter{Tenant: acme}, []int64{4, 3, 1}},
				{"a tenant without any", wirechief.MessageFilter{Tenant: "nobody"}, nil},
				{"direction", wirechief.MessageFilter{Direction: wirechief.Inward}, []int64{6, 3}},
				{"status", wirechief.MessageFilter{Status: wirechief.StatusSubmitted}, []int64{2}},
				{"either end", wirechief.MessageFilter{Number: "+13105551212"}, []int64{6, 5, 3, 2, 1}},
				{"either end of a tenant", wirechief.MessageFilter{Tenant: acme, Number: "+13105559999"}, []int64{4}},
				{"reference", wirechief.MessageFilter{Ref: "other"}, []int64{4}},
				{"limit", wirechief.MessageFilter{Limit: 2}, []int64{6, 5}},
				{"before", wirechief.MessageFilter{Before: 5, Limit: 2}, []int64{4, 3}},
				{"after, oldest first", wirechief.MessageFilter{After: 1, Limit: 3}, []int64{2, 3, 4}},
				{"one by its id", wirechief.MessageFilter{After: 3, Before: 5}, []int64{4}},
				{"all at once", wirechief.MessageFilter{Tenant: brand, Direction: wirechief.Outward, Status: wirechief.StatusSubmitted, Before: 6}, []int64{2}},
			} {
				same(t, c.name, ids(must(s.Messages(t.Context(), c.f))(t), messageID), c.want)
			}
		}},
		{"listing/by time, project and statuses, in pages", func(t *testing.T, s wirechief.Store) {
			var all []*wirechief.Message
			for i := range int64(60) { // an hour apart, three texts each hour, one of another tenant
				all = append(all, text([]string{acme, acme, brand}[i%3], i+1, func(m *wirechief.Message) {
					m.CreatedAt = at(time.Duration(i/3) * time.Hour)
					m.Property = []string{"", "S1"}[i%2]
				}))
			}
			do(t, s, accept(all...), submit(key(acme, 1), "c1"), wirechief.Record{Key: key(acme, 2), Events: []wirechief.Event{event(wirechief.EventCanceled, wirechief.Detail{})}})
			for _, c := range []struct {
				name string
				f    wirechief.MessageFilter
				want []int64
			}{
				{"from and to", wirechief.MessageFilter{Tenant: acme, CreatedFrom: at(2 * time.Hour), CreatedTo: at(4 * time.Hour)}, []int64{11, 10, 8, 7}},
				{"oldest first", wirechief.MessageFilter{Tenant: acme, CreatedFrom: at(2 * time.Hour), CreatedTo: at(4 * time.Hour), Oldest: true}, []int64{7, 8, 10, 11}},
				{"a page", wirechief.MessageFilter{Tenant: acme, CreatedFrom: at(2 * time.Hour), Oldest: true, Skip: 1, Limit: 2}, []int64{8, 10}},
				{"past the last page", wirechief.MessageFilter{Tenant: acme, Skip: 40}, nil},
				{"over all tenants", wirechief.MessageFilter{CreatedFrom: at(19 * time.Hour), Skip: 1}, []int64{59, 58}},
				{"from the last hour on", wirechief.MessageFilter{Tenant: acme, CreatedFrom: at(19 * time.Hour)}, []int64{59, 58}},
				{"up to the first hour", wirechief.MessageFilter{Tenant: acme, CreatedTo: at(time.Hour)}, []int64{2, 1}},
				{"nothing then", wirechief.MessageFilter{Tenant: acme, CreatedFrom: at(-time.Hour), CreatedTo: t0}, nil},
				{"nothing yet", wirechief.MessageFilter{Tenant: acme, CreatedFrom: at(1000 * time.Hour)}, nil},
				{"nobody's", wirechief.MessageFilter{Tenant: "nobody", CreatedFrom: t0, CreatedTo: at(time.Hour)}, nil},
				{"a project", wirechief.MessageFilter{Tenant: acme, Properties: []string{"S1"}, CreatedTo: at(3 * time.Hour)}, []int64{8, 4, 2}},
				{"no project or one", wirechief.MessageFilter{Tenant: acme, Properties: []string{"", "S1"}, CreatedTo: at(time.Hour)}, []int64{2, 1}},
				{"no project", wirechief.MessageFilter{Tenant: acme, Properties: []string{""}, CreatedTo: at(2 * time.Hour)}, []int64{5, 1}},
				{"statuses", wirechief.MessageFilter{Statuses: []wirechief.Status{wirechief.StatusCanceled, wirechief.StatusSubmitted}}, []int64{2, 1}},
			} {
				same(t, c.name, ids(must(s.Messages(t.Context(), c.f))(t), messageID), c.want)
			}
		}},
		{"listing/fifty unless told, a thousand at most", func(t *testing.T, s wirechief.Store) {
			var all []*wirechief.Message
			for i := range int64(1100) {
				all = append(all, text(acme, i+1))
			}
			do(t, s, accept(all...))
			for limit, want := range map[int]int{0: 50, 7: 7, 1000: 1000, 5000: 1000} {
				if got := len(must(s.Messages(t.Context(), wirechief.MessageFilter{Limit: limit}))(t)); got != want {
					t.Errorf("limit %d gave %d, want %d", limit, got, want)
				}
			}
		}},
		{"listing/counts what a number sent", func(t *testing.T, s wirechief.Store) {
			suppressed := func(m *wirechief.Message) { m.Record(event(wirechief.EventSuppressed, wirechief.Detail{})) }
			since := func(d time.Duration) func(*wirechief.Message) {
				return func(m *wirechief.Message) { m.CreatedAt = at(d) }
			}
			do(t, s, accept(
				text(acme, 1, since(-time.Hour)), text(acme, 2, since(0)), text(acme, 3, since(0), suppressed),
				text(acme, 4, func(m *wirechief.Message) { m.From = "+13109060902" }), text(brand, 5),
				text(acme, 6, func(m *wirechief.Message) { m.Direction = wirechief.Inward }),
			))
			tollFree := func(m *wirechief.Message) { m.From = "+18005550100" }
			do(t, s, accept(text(acme, 11, since(-time.Hour), tollFree), text(acme, 12, since(0), tollFree), text(acme, 13, since(0), tollFree, suppressed), text(brand, 14, tollFree)))
			for _, from := range []string{"+13109060901", "+18005550100"} {
				for since, want := range map[time.Duration]int{-2 * time.Hour: 2, -time.Hour: 2, -time.Minute: 1, time.Minute: 0} {
					if got := must(s.CountSent(t.Context(), acme, from, at(since)))(t); got != want {
						t.Errorf("%s since %s: %d, want %d", from, since, got, want)
					}
				}
			}
		}},
	}
}

func neighbourTests() []testCase {
	return []testCase{
		{"neighbours/a command that cannot be applied hurts no other", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), wirechief.SetBalance{Tenant: acme, Balance: 100})
			clash := wirechief.Accept{
				Messages: []*wirechief.Message{text(acme, 3), text(acme, 1)}, Deliveries: []*wirechief.Delivery{webhook(acme, 33, 3)},
				Answer: &wirechief.Answer{Tenant: acme, Key: "k", Body: []byte("x"), At: t0}, Debit: &wirechief.Debit{Tenant: acme, Amount: 40},
				OptOuts: []wirechief.OptOut{{Tenant: acme, Number: "+13109060901", Handset: "+13105551212", Out: true, At: t0}},
			}
			results := try(t, s,
				accept(text(acme, 2)), clash, submit(key(acme, 99), "x"), submit(key(acme, 2), "c2"), accept(text(acme, 4)),
				wirechief.DropEntity{Entity: wirechief.Entity{Tenant: acme, Kind: wirechief.EntityWebhook, Key: "no"}},
				wirechief.Correlate{Receipt: receipt("c2", wirechief.ReceiptDelivered)},
			)
			for i, want := range []wirechief.Kind{0, wirechief.Conflict, wirechief.NotFound, 0, 0, wirechief.NotFound, 0} {
				if want == 0 && results[i].Err != nil {
					t.Errorf("command %d was refused: %v", i, results[i].Err)
				}
				if want != 0 {
					wantKind(t, results[i].Err, want)
				}
			}
			same(t, "messages", ids(must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), messageID), []int64{4, 2, 1})
			if got := message(t, s, key(acme, 2)).Status; got != wirechief.StatusDelivered {
				t.Errorf("message 2 is %s", got)
			}
			if _, err := s.Delivery(t.Context(), deliveryKey(acme, 33)); wirechief.KindOf(err) != wirechief.NotFound {
				t.Errorf("a delivery of the refused command was kept: %v", err)
			}
			if a := must(s.Answer(t.Context(), acme, "k"))(t); a != nil {
				t.Error("the answer of the refused command was kept")
			}
			if b := must(s.Balances(t.Context()))(t)[acme]; b != 100 {
				t.Errorf("the refused command took money: %d left", b)
			}
			same(t, "opt-outs", must(s.OptOuts(t.Context()))(t), []wirechief.OptOut{})
		}},
		{"neighbours/commands of one call are applied in order", func(t *testing.T, s wirechief.Store) {
			results := do(t, s,
				accept(text(acme, 1)), submit(key(acme, 1), "c1"),
				wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptEnroute)},
				wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)},
				wirechief.Record{Key: key(acme, 1), Only: []wirechief.Status{wirechief.StatusDelivered}},
			)
			if results[3].Message.Status != wirechief.StatusDelivered {
				t.Fatalf("%+v", results[3].Message)
			}
			same(t, "history", types(message(t, s, key(acme, 1)).Events), []wirechief.EventType{
				wirechief.EventAccepted, wirechief.EventSubmitted, wirechief.EventReceipt, wirechief.EventReceipt, wirechief.EventDelivered,
			})
		}},
		{"neighbours/nothing to do is nothing", func(t *testing.T, s wirechief.Store) {
			if results, err := s.Apply(t.Context()); err != nil || len(results) != 0 {
				t.Fatal(results, err)
			}
		}},
	}
}
