package storetest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// tell plans one webhook for each event that ends a message.
func tell(id int64) wirechief.Planner {
	return func(m *wirechief.Message, added []wirechief.Event) (out []*wirechief.Delivery) {
		for _, e := range added {
			if e.Type == wirechief.EventDelivered || e.Type == wirechief.EventFailed {
				out = append(out, webhook(m.Tenant, id, m.ID))
			}
		}
		return out
	}
}

func receiptTests() []testCase {
	return []testCase{
		{"receipt/finds its message and ends it", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "c1"))
			r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered), Plan: tell(9)})[0]
			if r.Parked || r.Message == nil || r.Message.Status != wirechief.StatusDelivered || r.Message.ID != 1 {
				t.Fatalf("%+v", r)
			}
			if len(r.Deliveries) != 1 || r.Deliveries[0].ID != 9 {
				t.Fatalf("deliveries %+v", r.Deliveries)
			}
			got := message(t, s, key(acme, 1))
			same(t, "history", types(got.Events), []wirechief.EventType{
				wirechief.EventAccepted, wirechief.EventSubmitted, wirechief.EventReceipt, wirechief.EventDelivered,
			})
			if d := got.Events[2].Detail; d.Raw != "id:c1" || d.Code != "000" || d.Part != 1 || d.Parts != 1 || !d.DoneAt.Equal(at(50*time.Second)) {
				t.Errorf("the receipt is kept as %+v", d)
			}
			delivery(t, s, deliveryKey(acme, 9))
		}},
		{"receipt/of another carrier matches nothing", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "c1"))
			other := receipt("c1", wirechief.ReceiptDelivered)
			other.Carrier = "other"
			if r := do(t, s, wirechief.Correlate{Receipt: other})[0]; !r.Parked {
				t.Fatalf("%+v", r)
			}
		}},
		{"receipt/said again changes nothing but is kept", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "c1"), wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered), Plan: tell(9)})
			for _, state := range []wirechief.ReceiptState{wirechief.ReceiptDelivered, wirechief.ReceiptUndeliverable} {
				r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", state), Plan: tell(10)})[0]
				if len(r.Deliveries) != 0 || r.Message.Status != wirechief.StatusDelivered {
					t.Fatalf("%+v", r)
				}
			}
			got := message(t, s, key(acme, 1))
			if n := len(got.Events); n != 6 || !got.Events[4].Detail.Repeat || !got.Events[5].Detail.Repeat {
				t.Fatalf("%+v", got.Events)
			}
		}},
		{"receipt/that is not final leaves the message open", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "c1"))
			for range 2 {
				if r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptEnroute)})[0]; r.Message.Status != wirechief.StatusSubmitted {
					t.Fatalf("%+v", r.Message)
				}
			}
			if r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptExpired)})[0]; r.Message.Status != wirechief.StatusExpired {
				t.Fatalf("%+v", r.Message)
			}
		}},
		{"receipt/before the response waits for it", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)))
			r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered), Plan: tell(8)})[0]
			if !r.Parked || r.Message != nil {
				t.Fatalf("%+v", r)
			}
			same(t, "unmatched", must(s.UnmatchedReceipts(t.Context(), 10))(t), []wirechief.Receipt{receipt("c1", wirechief.ReceiptDelivered)})
			c := submit(key(acme, 1), "c1")
			c.Plan = tell(9)
			r = do(t, s, c)[0]
			if r.Message.Status != wirechief.StatusDelivered || len(r.Deliveries) != 1 {
				t.Fatalf("%+v", r)
			}
			same(t, "history", types(message(t, s, key(acme, 1)).Events), []wirechief.EventType{
				wirechief.EventAccepted, wirechief.EventSubmitted, wirechief.EventReceipt, wirechief.EventDelivered,
			})
			same(t, "unmatched", must(s.UnmatchedReceipts(t.Context(), 10))(t), []wirechief.Receipt{})
		}},
		{"receipt/several before the response are applied as they came", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)),
				wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptEnroute)},
				wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptUndeliverable)},
				wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)},
				submit(key(acme, 1), "c1"))
			got := message(t, s, key(acme, 1))
			if got.Status != wirechief.StatusFailed {
				t.Fatalf("status %s: the first final word counts", got.Status)
			}
			if last := got.Events[len(got.Events)-1]; last.Type != wirechief.EventReceipt || !last.Detail.Repeat {
				t.Fatalf("%+v", last)
			}
		}},
		{"receipt/a long text is delivered once every part is", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "p1", "p2", "p3"))
			for i, id := range []string{"p2", "p3", "p1"} {
				r := do(t, s, wirechief.Correlate{Receipt: receipt(id, wirechief.ReceiptDelivered)})[0]
				want := wirechief.StatusSubmitted
				if i == 2 {
					want = wirechief.StatusDelivered
				}
				if r.Message.Status != want {
					t.Fatalf("after %d receipts: %s", i+1, r.Message.Status)
				}
			}
		}},
		{"receipt/a long text has failed as soon as a part has", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), wirechief.Correlate{Receipt: receipt("p2", wirechief.ReceiptUndeliverable)}, submit(key(acme, 1), "p1", "p2"))
			if got := message(t, s, key(acme, 1)).Status; got != wirechief.StatusFailed {
				t.Fatal(got)
			}
			do(t, s, wirechief.Correlate{Receipt: receipt("p1", wirechief.ReceiptDelivered)})
			if got := message(t, s, key(acme, 1)).Status; got != wirechief.StatusFailed {
				t.Fatal(got)
			}
		}},
		{"receipt/an id that is used again belongs to the newest message", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1), text(brand, 2)), submit(key(acme, 1), "c1"), submit(key(brand, 2), "c1"))
			if r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)})[0]; r.Message.ID != 2 {
				t.Fatalf("message %d got it", r.Message.ID)
			}
		}},
		{"receipt/finds what changed since it was submitted", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "c1"), wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptEnroute)})
			kept := []wirechief.MediaItem{{Token: "tok", Type: "image/png"}}
			do(t, s, wirechief.Record{Key: key(acme, 1), Media: kept, Events: []wirechief.Event{event(wirechief.EventForwarded, wirechief.Detail{})}})
			r := do(t, s, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered)})[0]
			same(t, "media", r.Message.Media, kept)
			same(t, "history", types(message(t, s, key(acme, 1)).Events), []wirechief.EventType{
				wirechief.EventAccepted, wirechief.EventSubmitted, wirechief.EventReceipt, wirechief.EventForwarded, wirechief.EventReceipt, wirechief.EventDelivered,
			})
		}},
		{"receipt/of a try before the last one: delivered counts, failed does not", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)), submit(key(acme, 1), "c1"), submit(key(acme, 1), "c2"))
			for _, r := range []struct {
				receipt wirechief.Receipt
				want    wirechief.Status
			}{
				{receipt("c1", wirechief.ReceiptRejected), wirechief.StatusSubmitted},
				{receipt("c1", wirechief.ReceiptRejected), wirechief.StatusSubmitted},
				{receipt("c2", wirechief.ReceiptDelivered), wirechief.StatusDelivered},
			} {
				if got := do(t, s, wirechief.Correlate{Receipt: r.receipt})[0]; got.Message.Status != r.want {
					t.Fatalf("%+v", got.Message)
				}
			}
			do(t, s, accept(text(acme, 2)), submit(key(acme, 2), "d1"), submit(key(acme, 2), "d2"))
			if got := do(t, s, wirechief.Correlate{Receipt: receipt("d1", wirechief.ReceiptDelivered)})[0]; got.Message.Status != wirechief.StatusDelivered {
				t.Fatalf("the handset has it: %+v", got.Message)
			}
		}},
		{"receipt/among neighbours of which one cannot be applied", func(t *testing.T, s wirechief.Store) {
			do(t, s, accept(text(acme, 1)))
			clash := accept(text(acme, 3), text(acme, 1))
			results := try(t, s,
				accept(text(acme, 2)), submit(key(acme, 2), "c2"), wirechief.Correlate{Receipt: receipt("c2", wirechief.ReceiptEnroute)},
				submit(key(acme, 1), "c1"), clash, wirechief.Correlate{Receipt: receipt("c1", wirechief.ReceiptDelivered), Plan: tell(9)},
				wirechief.Correlate{Receipt: receipt("c2", wirechief.ReceiptDelivered), Plan: tell(10)},
			)
			for i, r := range results {
				if (r.Err != nil) != (i == 4) {
					t.Fatalf("command %d: %v", i, r.Err)
				}
			}
			for id, want := range map[int64]int{1: 4, 2: 5} {
				m := message(t, s, key(acme, id))
				if m.Status != wirechief.StatusDelivered || len(m.Events) != want {
					t.Errorf("message %d: %s, %v", id, m.Status, types(m.Events))
				}
			}
			same(t, "deliveries", ids(must(s.Deliveries(t.Context(), wirechief.DeliveryFilter{}))(t), deliveryID), []int64{10, 9})
		}},
		{"receipt/of very many messages", func(t *testing.T, s wirechief.Store) {
			const n = 6000
			var commands []wirechief.Command
			for i := int64(1); i <= n; i++ {
				commands = append(commands, accept(text(acme, i)), submit(key(acme, i), "c"+strconv.FormatInt(i, 10)))
			}
			do(t, s, commands...)
			commands = nil
			for i := int64(1); i <= n; i++ {
				commands = append(commands, wirechief.Correlate{Receipt: receipt("c"+strconv.FormatInt(i, 10), wirechief.ReceiptDelivered)})
			}
			for i, r := range do(t, s, commands...) {
				if r.Message.ID != int64(i+1) || r.Message.Status != wirechief.StatusDelivered {
					t.Fatalf("receipt %d: %+v", i+1, r.Message)
				}
			}
		}},
		{"receipt/the unmatched are listed newest first", func(t *testing.T, s wirechief.Store) {
			for i := range 3 {
				do(t, s, wirechief.Correlate{Receipt: receipt("c"+strconv.Itoa(i), wirechief.ReceiptDelivered)})
			}
			var got []string
			for _, r := range must(s.UnmatchedReceipts(t.Context(), 2))(t) {
				got = append(got, r.ID)
			}
			same(t, "unmatched", got, []string{"c2", "c1"})
		}},
	}
}

func queueTests() []testCase {
	return []testCase{
		{"queue/in order of the instant, then the id", func(t *testing.T, s wirechief.Store) {
			wait := func(lane string, d time.Duration) func(*wirechief.Message) {
				return func(m *wirechief.Message) { m.Queue = wirechief.Queue{Lane: lane, At: at(d)} }
			}
			do(t, s, accept(
				text(acme, 1, wait("sim", time.Hour)), text(brand, 2, wait("sim", 0)), text(acme, 3, wait("sim", time.Minute)),
				text(acme, 4, wait("other", 0)), text(acme, 5, wait("sim", time.Minute)), text(acme, 6, wait("", 0)),
				text(acme, 7, wait(wirechief.LaneMedia, 0)),
			))
			queued := func(lane string, limit int) []int64 {
				return ids(must(s.Queued(t.Context(), lane, limit))(t), messageID)
			}
			same(t, "queue", queued("sim", 10), []int64{2, 3, 5, 1})
			same(t, "head", queued("sim", 2), []int64{2, 3})
			same(t, "media", queued(wirechief.LaneMedia, 10), []int64{7})
			same(t, "nowhere", queued("", 10), []int64(nil))
			same(t, "a message of it", must(s.Queued(t.Context(), "other", 1))(t)[0], message(t, s, key(acme, 4)))
			same(t, "depths", must(s.QueueDepths(t.Context()))(t), map[string]wirechief.Depth{
				"sim":               {Count: 4, Oldest: message(t, s, key(acme, 1)).CreatedAt},
				"other":             {Count: 1, Oldest: message(t, s, key(acme, 4)).CreatedAt},
				wirechief.LaneMedia: {Count: 1, Oldest: message(t, s, key(acme, 7)).CreatedAt},
			})
			scheduled := func(after time.Duration) []wirechief.Scheduled {
				list := must(s.Scheduled(t.Context(), at(after)))(t)
				slices.SortFunc(list, func(a, b wirechief.Scheduled) int {
					return cmp.Or(strings.Compare(a.Lane, b.Lane), a.Minute.Compare(b.Minute))
				})
				return list
			}
			later := []wirechief.Scheduled{
				{Lane: "sim", Tenant: acme, Minute: at(time.Minute).Truncate(time.Minute), Count: 2},
				{Lane: "sim", Tenant: acme, Minute: at(time.Hour).Truncate(time.Minute), Count: 1},
			}
			same(t, "scheduled", scheduled(0), later)
			same(t, "scheduled later", scheduled(time.Minute), later[1:])
			do(t, s, submit(key(brand, 2), "c2"), wirechief.Record{Key: key(acme, 3), Queue: &wirechief.Queue{Lane: "other", At: at(-time.Hour)}})
			same(t, "queue", queued("sim", 10), []int64{5, 1})
			same(t, "other queue", queued("other", 10), []int64{3, 4})
		}},
		{"in flight/the last word of each carrier", func(t *testing.T, s wirechief.Store) {
			same(t, "at first", must(s.InFlight(t.Context()))(t), map[string][]wirechief.MessageKey{})
			a, b := key(acme, 1<<53-2), key(brand, 2)
			do(t, s,
				wirechief.SetInFlight{Carrier: "sim", Messages: []wirechief.MessageKey{a}},
				wirechief.SetInFlight{Carrier: "other", Messages: []wirechief.MessageKey{b}},
				wirechief.SetInFlight{Carrier: "sim", Messages: []wirechief.MessageKey{a, b}})
			same(t, "in flight", must(s.InFlight(t.Context()))(t), map[string][]wirechief.MessageKey{"sim": {a, b}, "other": {b}})
			do(t, s, wirechief.SetInFlight{Carrier: "sim"})
			got := must(s.InFlight(t.Context()))(t)
			if len(got["sim"]) != 0 || len(got["other"]) != 1 {
				t.Fatalf("%v", got)
			}
		}},
	}
}
