package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func entity(tenant string, kind wirechief.EntityKind, key, doc string) wirechief.Entity {
	return wirechief.Entity{Tenant: tenant, Kind: kind, Key: key, Doc: []byte(doc)}
}

func directoryTests() []testCase {
	return []testCase{
		{"entity/put, replace, drop", func(t *testing.T, s wirechief.Store) {
			a, b := entity(acme, wirechief.EntityWebhook, "a", `{"url":"1"}`), entity(acme, wirechief.EntityWebhook, "b", `{}`)
			theirs, other := entity(brand, wirechief.EntityWebhook, "a", `{"url":"2"}`), entity(acme, wirechief.EntityCampaign, "a", `{}`)
			carrier := entity("", wirechief.EntityPause, "sim", `{}`)
			do(t, s, wirechief.PutEntity{Entity: b}, wirechief.PutEntity{Entity: a}, wirechief.PutEntity{Entity: theirs}, wirechief.PutEntity{Entity: other}, wirechief.PutEntity{Entity: carrier})
			same(t, "webhooks", must(s.Entities(t.Context(), wirechief.EntityWebhook))(t), []wirechief.Entity{a, b, theirs})
			same(t, "pauses", must(s.Entities(t.Context(), wirechief.EntityPause))(t), []wirechief.Entity{carrier})
			same(t, "groups", must(s.Entities(t.Context(), wirechief.EntityGroup))(t), []wirechief.Entity{})
			a.Doc = []byte(`{"url":"3"}`)
			do(t, s, wirechief.PutEntity{Entity: a}, wirechief.DropEntity{Entity: b})
			same(t, "webhooks", must(s.Entities(t.Context(), wirechief.EntityWebhook))(t), []wirechief.Entity{a, theirs})
			refuse(t, s, wirechief.NotFound, wirechief.DropEntity{Entity: b})
		}},
		{"number/put, and not another tenant's", func(t *testing.T, s wirechief.Store) {
			n := wirechief.Number{
				Number: "+13109060901", Tenant: acme, State: wirechief.NumberInService, Carrier: "sim", Type: wirechief.TypeLocal,
				Capabilities: wirechief.Capabilities{SMS: true}, Forwards: []wirechief.Forward{{Type: wirechief.KindEmail, Destination: "a@example.net", Enabled: true}},
				Replies: wirechief.Replies{Window: time.Hour}, ActivatedAt: t0,
			}
			offer := wirechief.Number{Number: "+13109060902", State: wirechief.NumberAvailable}
			do(t, s, wirechief.PutNumber{Number: &offer}, wirechief.PutNumber{Number: &n})
			same(t, "numbers", must(s.Numbers(t.Context()))(t), []*wirechief.Number{&n, &offer})
			stolen, changed, sold := n, n, offer
			stolen.Tenant = brand
			refuse(t, s, wirechief.Conflict, wirechief.PutNumber{Number: &stolen})
			changed.Name, sold.Tenant = "front desk", brand
			do(t, s, wirechief.PutNumber{Number: &changed}, wirechief.PutNumber{Number: &sold})
			same(t, "numbers", must(s.Numbers(t.Context()))(t), []*wirechief.Number{&changed, &sold})
			refuse(t, s, wirechief.Conflict, wirechief.PutNumber{Number: &wirechief.Number{Number: sold.Number, Tenant: acme}})
			released := changed
			released.Tenant, released.State = "", wirechief.NumberAging
			do(t, s, wirechief.PutNumber{Number: &released})
			do(t, s, wirechief.PutNumber{Number: &stolen}) // free now
		}},
		{"number/of two who change it, one is first", func(t *testing.T, s wirechief.Store) {
			n := wirechief.Number{Number: "+13109060901", Tenant: acme, State: wirechief.NumberReserved, Rev: 1}
			event := wirechief.NumberEvent{ID: 7, At: t0, Number: n.Number, Tenant: acme, Type: wirechief.NumberWasReserved, By: "x"}
			do(t, s, wirechief.PutNumber{Number: &n, Event: &event})
			late := wirechief.NumberEvent{ID: 8, At: t0, Number: n.Number, Tenant: acme, Type: wirechief.NumberWasReserved, By: "y"}
			refuse(t, s, wirechief.Conflict, wirechief.PutNumber{Number: &n, Event: &late})
			second := n
			second.State, second.Rev = wirechief.NumberInService, 2
			do(t, s, wirechief.SetBalance{Tenant: acme, Balance: 10})
			refuse(t, s, wirechief.Forbidden, wirechief.PutNumber{Number: &second, Debit: &wirechief.Debit{Tenant: acme, Amount: 11}})
			same(t, "numbers", must(s.Numbers(t.Context()))(t), []*wirechief.Number{&n})
			late.Number, late.Tenant = "+13109060902", brand
			do(t, s, wirechief.PutNumber{Number: &second, Debit: &wirechief.Debit{Tenant: acme, Amount: 10}},
				wirechief.PutNumber{Number: &wirechief.Number{Number: late.Number, Rev: 1}, Event: &late})
			same(t, "balance", must(s.Balances(t.Context()))(t)[acme], wirechief.Money(0))
			events := func(f wirechief.NumberEventFilter) []wirechief.NumberEvent {
				return must(s.NumberEvents(t.Context(), f))(t)
			}
			same(t, "all events", events(wirechief.NumberEventFilter{}), []wirechief.NumberEvent{late, event})
			same(t, "of a number", events(wirechief.NumberEventFilter{Number: n.Number}), []wirechief.NumberEvent{event})
			same(t, "of a tenant", events(wirechief.NumberEventFilter{Tenant: brand}), []wirechief.NumberEvent{late})
			same(t, "before", events(wirechief.NumberEventFilter{Before: 8}), []wirechief.NumberEvent{event})
			same(t, "the newest", events(wirechief.NumberEventFilter{Limit: 1}), []wirechief.NumberEvent{late})
		}},
		{"offers/put, replace, drop", func(t *testing.T, s wirechief.Store) {
			a := wirechief.OfferSource{Name: "a", Fingerprint: [32]byte{1}, Count: 2, Blocks: [][]byte{{0, 1}, {2}}}
			b := wirechief.OfferSource{Name: "b", Fingerprint: [32]byte{2}}
			bare := func(o wirechief.OfferSource) wirechief.OfferSource { o.Blocks = nil; return o }
			do(t, s, wirechief.PutOffers{OfferSource: b}, wirechief.PutOffers{OfferSource: a})
			same(t, "sources", must(s.OfferSources(t.Context()))(t), []wirechief.OfferSource{bare(a), b})
			same(t, "blocks", must(s.OfferBlocks(t.Context(), "a"))(t), a.Blocks)
			a.Count, a.Blocks = 1, [][]byte{{9}}
			do(t, s, wirechief.PutOffers{OfferSource: a}, wirechief.DropOffers{Source: "b"})
			same(t, "sources", must(s.OfferSources(t.Context()))(t), []wirechief.OfferSource{bare(a)})
			same(t, "blocks", must(s.OfferBlocks(t.Context(), "a"))(t), a.Blocks)
			same(t, "blocks of none", must(s.OfferBlocks(t.Context(), "b"))(t), [][]byte(nil))
			refuse(t, s, wirechief.NotFound, wirechief.DropOffers{Source: "b"})
		}},
		{"id/the highest in use", func(t *testing.T, s wirechief.Store) {
			last := func() int64 { return must(s.LastID(t.Context()))(t) }
			if last() != 0 {
				t.Fatal("an empty store has ids")
			}
			do(t, s, accept(text(acme, 5), text(brand, 9), text("third", 7)))
			same(t, "of messages", last(), int64(9))
			do(t, s, deliveries(webhook(acme, 12, 5), webhook(brand, 11, 5)))
			same(t, "of deliveries", last(), int64(12))
			do(t, s, wirechief.PutPart{StoredPart: wirechief.StoredPart{PartKey: wirechief.PartKey{Carrier: "sim", Since: 13, Total: 2}, Seq: 1, At: t0}})
			same(t, "of parts", last(), int64(13))
		}},
		{"media/by token", func(t *testing.T, s wirechief.Store) {
			m := &wirechief.Media{Token: "tok", Tenant: acme, Message: 7, Ext: ".jpg", Type: "image/jpeg", Size: 1 << 40, CreatedAt: t0, ExpiresAt: at(time.Hour)}
			do(t, s, wirechief.PutMedia{Media: m})
			same(t, "media", must(s.MediaByToken(t.Context(), "tok"))(t), m)
			_, err := s.MediaByToken(t.Context(), "no")
			wantKind(t, err, wirechief.NotFound)
		}},
		{"check/a healthy store is healthy", func(t *testing.T, s wirechief.Store) {
			for range 2 {
				if err := s.Check(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}},
	}
}

func purgeTests() []testCase {
	return []testCase{
		{"purge/what has outlived its use", func(t *testing.T, s wirechief.Store) {
			media := func(token string, d time.Duration) wirechief.PutMedia {
				return wirechief.PutMedia{Media: &wirechief.Media{Token: token, Tenant: acme, ExpiresAt: at(d)}}
			}
			late := receipt("new", wirechief.ReceiptDelivered)
			late.At = at(time.Hour)
			do(t, s,
				wirechief.Accept{Answer: answer("old", 1, at(-time.Hour))}, wirechief.Accept{Answer: answer("new", 1, t0)},
				media("old", -time.Hour), media("new", time.Hour), wirechief.PutMedia{Media: &wirechief.Media{Token: "forever", Tenant: acme}},
				wirechief.Correlate{Receipt: receipt("old", wirechief.ReceiptDelivered)}, wirechief.Correlate{Receipt: late},
			)
			r := do(t, s, wirechief.Purge{Answers: t0, Media: t0, Receipts: at(30 * time.Minute)})[0]
			if r.Count != 3 {
				t.Fatalf("count %d", r.Count)
			}
			if must(s.Answer(t.Context(), acme, "old"))(t) != nil || must(s.Answer(t.Context(), acme, "new"))(t) == nil {
				t.Error("answers")
			}
			_, err := s.MediaByToken(t.Context(), "old")
			wantKind(t, err, wirechief.NotFound)
			must(s.MediaByToken(t.Context(), "new"))(t)
			must(s.MediaByToken(t.Context(), "forever"))(t)
			same(t, "receipts", must(s.UnmatchedReceipts(t.Context(), 9))(t), []wirechief.Receipt{late})
			do(t, s, accept(text(acme, 1), text(acme, 2)), submit(key(acme, 1), "old"), submit(key(acme, 2), "new"))
			if got := message(t, s, key(acme, 1)).Status; got != wirechief.StatusSubmitted {
				t.Errorf("a purged receipt made it %s", got)
			}
			if got := message(t, s, key(acme, 2)).Status; got != wirechief.StatusDelivered {
				t.Errorf("a receipt that was kept left it %s", got)
			}
			if r := do(t, s, wirechief.Purge{})[0]; r.Count != 0 {
				t.Errorf("a purge of nothing removed %d", r.Count)
			}
		}},
		{"purge/very much", func(t *testing.T, s wirechief.Store) {
			var commands []wirechief.Command
			for i := range 4100 {
				commands = append(commands, wirechief.Accept{Answer: answer(fmt.Sprint(i), 1, at(-time.Hour))})
			}
			do(t, s, commands...)
			if r := do(t, s, wirechief.Purge{Answers: t0})[0]; r.Count != 4100 {
				t.Fatalf("count %d", r.Count)
			}
		}},
	}
}

func crowdTests() []testCase {
	return []testCase{
		{"crowd/sixty-four at once, with readers", func(t *testing.T, s wirechief.Store) {
			const callers, each = 64, 12
			do(t, s, wirechief.SetBalance{Tenant: acme, Balance: callers * each / 2})
			var wg sync.WaitGroup
			paid := make([]int, callers)
			for c := range callers {
				wg.Go(func() {
					for i := range each {
						k := key([]string{acme, brand}[c%2], int64(c*each+i+1))
						m := text([]string{acme, brand}[c%2], k.ID)
						carrier := fmt.Sprintf("c%d", k.ID)
						results, err := s.Apply(t.Context(),
							wirechief.Accept{Messages: []*wirechief.Message{m}}, submit(k, carrier),
							wirechief.Accept{Debit: &wirechief.Debit{Tenant: acme, Amount: 1}},
						)
						if err != nil || results[0].Err != nil || results[1].Err != nil {
							t.Error(err, results)
							return
						}
						if results[2].Err == nil {
							paid[c]++
						}
						results, err = s.Apply(t.Context(), wirechief.Correlate{Receipt: receipt(carrier, wirechief.ReceiptDelivered)})
						if err != nil || results[0].Parked {
							t.Error(err, results)
							return
						}
						if got, err := s.Message(t.Context(), k); err != nil || got.Status != wirechief.StatusDelivered {
							t.Errorf("what was acknowledged cannot be read: %v", err)
							return
						}
					}
				})
			}
			wg.Wait()
			total := 0
			for _, n := range paid {
				total += n
			}
			if left := must(s.Balances(t.Context()))(t)[acme]; total != callers*each/2 || left != 0 {
				t.Errorf("%d were paid and %d is left", total, left)
			}
			if got := len(must(s.Messages(t.Context(), wirechief.MessageFilter{Status: wirechief.StatusDelivered, Limit: 1000}))(t)); got != callers*each {
				t.Errorf("%d messages, want %d", got, callers*each)
			}
		}},
		{"crowd/one key, one winner", func(t *testing.T, s wirechief.Store) {
			var wg sync.WaitGroup
			won := make(chan int64, 32)
			for i := range int64(32) {
				wg.Go(func() {
					results, err := s.Apply(t.Context(), wirechief.Accept{Messages: []*wirechief.Message{text(acme, i+1)}, Answer: answer("k", 1, t0)})
					switch {
					case err != nil:
						t.Error(err)
					case results[0].Err == nil:
						won <- i
					case results[0].Answer == nil:
						t.Error("a loser got no answer")
					}
				})
			}
			wg.Wait()
			if len(won) != 1 {
				t.Fatalf("%d won", len(won))
			}
		}},
		{"crowd/a caller who gave up does not hang", func(t *testing.T, s wirechief.Store) {
			ctx, cancel := contextThatEnded(t)
			defer cancel()
			_, err := s.Apply(ctx, accept(text(acme, 1)))
			if err != nil {
				wantKind(t, err, wirechief.Unavailable)
			}
			do(t, s, accept(text(acme, 2)))
		}},
		{"crowd/a closed store says so", func(t *testing.T, s wirechief.Store) {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := s.Apply(t.Context(), accept(text(acme, 1)))
			wantKind(t, err, wirechief.Unavailable)
			_, err = s.Message(t.Context(), key(acme, 1))
			wantKind(t, err, wirechief.Unavailable)
		}},
	}
}
